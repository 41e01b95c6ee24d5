# The three programs of Duelcast: their settings, their start, and when they are ready.

# What the programs read from the environment; flags and a file could say the same.
export_settings() {
    export DUEL_KAFKA=$kafka_brokers
    export DUEL_PROJECTOR_POSTGRES DUEL_WSSERVER_POSTGRES DUEL_JWT_SECRET
    DUEL_PROJECTOR_POSTGRES=$(role_url duel_projector)
    DUEL_WSSERVER_POSTGRES=$(role_url duel_wsserver)
    DUEL_JWT_SECRET=$(jwt_secret)
    export DUEL_WSSERVER_LISTEN=127.0.0.1:$port_wss
    export DUEL_TLS_CERT=$duel_var/tls/server.crt DUEL_TLS_KEY=$duel_var/tls/server.key
    export DUEL_INGEST_METRICS_PORT=$port_ingest DUEL_PROJECTOR_METRICS_PORT=$port_projector
    export DUEL_WSSERVER_METRICS_PORT=$port_wsserver
    # Only migrating needs the owner's rights.
    unset DUEL_POSTGRES_ADMIN DUEL_POSTGRES
}

# Brings tables, roles and topics to where the programs expect them.
prepare_model() {
    local log=$duel_var/log/prepare.log
    DUEL_POSTGRES_ADMIN=$(admin_url) "$bin/duel-projector" migrate --migrations "$root/migrations" >"$log" 2>&1 </dev/null 9>&- ||
        { tail -n 15 "$log" >&2; die "duel-projector migrate failed"; }
    set_role_passwords || die "could not set the passwords of the roles duel_analyst, duel_projector and duel_wsserver"
    "$bin/duel-ingest" topics >>"$log" 2>&1 </dev/null 9>&- ||
        { tail -n 15 "$log" >&2; die "duel-ingest topics failed"; }
}

start_ingest() { launch_program ingest serve; }
start_projector() { launch_program projector run; }
start_wsserver() { choose_jwt_secret; launch_program wsserver run; }

launch_program() { # PART SUBCOMMAND
    [[ -x $bin/duel-$1 ]] || die "there is no $bin/duel-$1: ./run up builds it"
    export_settings
    launch "$1" "$bin/duel-$1" "$2"
}

# program_ready PART: its /readyz says so; otherwise its reason.
program_ready() {
    local port=port_$1 answer status
    answer=$(http_get "${!port}" /readyz | tr -d '\r') || { echo "no answer on port ${!port}"; return 1; }
    status=${answer%%$'\n'*}
    [[ $status == *' 200 '* || $status == *' 200' ]] || { sed '1,/^$/d' <<<"$answer" | paste -sd' '; return 1; }
}
ingest_ready() { program_ready ingest; }
projector_ready() { program_ready projector; }
wsserver_ready() { program_ready wsserver; }

# Whether a running program is older than its file: then a build has replaced it.
program_is_old() { # PART
    local pid
    pid=$(part_pid "$1") || return 1
    [[ "$bin/duel-$1" -nt /proc/$pid/cmdline ]] 2>/dev/null && [[ $(stat -c %Y "$bin/duel-$1") -gt $(stat -c %Y "/proc/$pid") ]]
}
