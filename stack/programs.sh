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
    : >"$duel_var/log/prepare.log"
    prepare duel-projector migrate --migrations "$root/migrations"
    set_role_passwords || die "could not set the passwords of the roles duel_analyst, duel_projector and duel_wsserver"
    prepare duel-ingest topics
}

prepare() { # PROGRAM ARGUMENT…
    (
        export_settings
        export DUEL_POSTGRES_ADMIN
        DUEL_POSTGRES_ADMIN=$(admin_url)
        exec timeout "$start_limit" "$bin/$1" "${@:2}"
    ) >>"$duel_var/log/prepare.log" 2>&1 </dev/null 9>&- && return 0
    tail -n 15 "$duel_var/log/prepare.log" >&2
    die "up failed at $1 $2; all it said is in $duel_var/log/prepare.log"
}

start_ingest() { launch_program ingest serve; }
start_projector() { launch_program projector run; }
start_wsserver() { choose_jwt_secret; launch_program wsserver run; }

launch_program() { # PART SUBCOMMAND
    [[ -x $bin/duel-$1 ]] || die "there is no $bin/duel-$1: ./run up builds it"
    export_settings
    launch "$1" "$bin/duel-$1" "$2"
}

# program_ready PART: its /readyz says so; otherwise what is missing.
program_ready() {
    local port=port_$1 answer
    answer=$(http_get "${!port}" /readyz | tr -d '\r') || { echo "no answer on port ${!port}"; return 1; }
    [[ ${answer%%$'\n'*} != *' 200'* ]] || return 0
    # A line "name", a line "ok", perhaps a line "reason": of those that are not ok.
    awk -F': ' '
        { sub(/^ */, ""); text = substr($0, index($0, ": ") + 2); gsub(/^"|",?$/, "", text) }
        /^"name"/ { name = text }
        /^"ok": false/ { missing = missing separator name; separator = ", "; bad = 1 }
        /^"ok": true/ { bad = 0 }
        /^"reason"/ && bad { missing = missing " (" text ")" }
        END { print missing ? missing : "not ready" }' <<<"$answer"
    return 1
}
ingest_ready() { program_ready ingest; }
projector_ready() { program_ready projector; }
wsserver_ready() { program_ready wsserver; }

# Whether a running program is another file than the one to run: a build has replaced it, or DUEL_BIN has changed.
program_is_old() { # PART
    local pid
    pid=$(part_pid "$1") || return 1
    [[ $(readlink "/proc/$pid/exe") != "$(realpath "$bin/duel-$1")" ]]
}
