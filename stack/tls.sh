# A certificate authority of this installation's own, and the server's certificate for localhost: made on
# first use, renewed a month before they end. The authority may vouch for this machine's names and no others.

make_certificates() {
    local tls=$duel_var/tls month=$((30 * 24 * 3600)) log=$duel_var/log/tls.log
    if openssl x509 -checkend "$month" -noout -in "$tls/server.crt" >/dev/null 2>&1 &&
        openssl verify -CAfile "$tls/ca.crt" "$tls/server.crt" >/dev/null 2>&1 &&
        [[ -s $tls/server.key ]]; then
        return 0
    fi
    rm -rf "$tls.new"
    (umask 077; mkdir -p "$tls.new")
    # The authority is kept as long as it lasts, so that who trusts it goes on doing so.
    if openssl x509 -checkend "$((400 * 24 * 3600))" -noout -in "$tls/ca.crt" >/dev/null 2>&1 && [[ -s $tls/ca.key ]]; then
        cp "$tls/ca.crt" "$tls/ca.key" "$tls.new/"
    fi
    (cd "$tls.new" && umask 077 && write_certificates) >"$log" 2>&1 ||
        { tail -n 5 "$log" >&2; die "openssl could not make certificates; all it said is in $log"; }
    mkdir -p "$tls"
    mv -f "$tls.new"/* "$tls/"
    rmdir "$tls.new"
}

write_certificates() { # into the current folder
    local key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
    [[ -s ca.key ]] || openssl req -x509 "${key[@]}" -keyout ca.key -out ca.crt -days 3650 -sha256 \
        -subj "/CN=Duelcast local authority $(date -u +%F)" \
        -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
        -addext 'nameConstraints=critical,permitted;DNS:localhost,permitted;IP:127.0.0.1/255.255.255.255' &&
    openssl req -new "${key[@]}" -keyout server.key -out server.csr -subj /CN=localhost &&
    printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' \
        'extendedKeyUsage=serverAuth' 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
        'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid' >server.ext &&
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 16 | tr 89a-f 0-7)" \
        -days 397 -sha256 -extfile server.ext -out server.crt &&
    chmod 644 ca.crt server.crt && rm -f server.csr server.ext
}
