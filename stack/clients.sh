# The ways in to a running stack: a session token, a channel, the analysts' psql, what was refused.

session_token() { # WALLET ROLE
    "$bin/duel-wsserver" token "$1" --role "$2" --ttl 24h
}

print_token() {
    (( $# )) || refuse "token: a wallet is wanted"
    locate_programs
    read_env
    exec "$bin/duel-wsserver" token "$@"
}

# `--wallet W` sees what W sees; without it, what an operator sees.
watch_channels() {
    local wallet='' arguments=()
    while (( $# )); do
        if [[ $1 == --wallet && $# -gt 1 ]]; then wallet=$2; shift; else arguments+=("$1"); fi
        shift
    done
    (( ${#arguments[@]} )) || refuse "watch: a channel is wanted: contest:ID, market:SYMBOL, portfolio or portfolio:CONTEST"
    locate_programs
    local chosen_token=${DUEL_TOKEN:-}
    read_env
    if [[ -n $wallet ]]; then DUEL_TOKEN=$(session_token "$wallet" user)
    else DUEL_TOKEN=${chosen_token:-$(session_token operator admin)}; fi
    export DUEL_TOKEN
    exec "$bin/duel-watch" "${arguments[@]}"
}

analyst_psql() {
    read_env
    PGOPTIONS="-c search_path=duel,public ${PGOPTIONS:-}" psql_at "$DUEL_POSTGRES" "$@"
}

# As the projector: it may read and write the log, too.
refused_records() {
    read_env
    load_settings
    locate_programs
    export_settings
    exec "$bin/duel-projector" dead-letters "$@"
}
