# Installs the Debian packages that are missing: one look at dpkg's list when nothing is.

# The packages of these lists that are not installed, one a line.
missing_packages() {
    local wanted
    wanted=$(grep -hv -e '^#' -e '^$' "$@" | sort -u)
    # shellcheck disable=SC2086  # one package a word
    comm -23 <(echo "$wanted") \
        <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' | sort -u)
}

# install_packages LIST…: as root installs what is missing; otherwise names the line that root has to run.
install_packages() {
    command -v dpkg-query >/dev/null || die "this is made for Debian 12, and here is no dpkg-query"
    local missing
    missing=$(missing_packages "$@" | paste -sd' ')
    [[ -n $missing ]] || return 0
    [[ $EUID == 0 ]] || die "packages are missing. As root, once:
    apt-get update && apt-get install -y --no-install-recommends $missing"
    say "installing from Debian: $missing"
    local log=$duel_var/log/install.log
    # shellcheck disable=SC2086
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
        >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        die "apt-get failed; all it said is in $log"
    fi
}
