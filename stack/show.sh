# What a person looks at: the contest that ./run shows, a token, a channel, the analysts' psql.

# ./run and ./run --replay: everything up, events in, the board on the screen until Ctrl-C.
show_contest() {
    # Not local: the trap that ends it all reads them when the function has gone.
    paths=() pace=() markets=() hints=() contest='' showing=no watch_pid=''
    parse_show "$@"
    trap leave_show EXIT
    trap 'show_interrupted 130' INT
    trap 'show_interrupted 143' TERM
    trap 'show_interrupted 129' HUP
    stack_up
    read_env
    export DUEL_TOKEN
    stop_part input
    : >"$duel_var/log/input.log"
    if (( ${#paths[@]} )); then start_replay; else start_simulation; fi
    DUEL_TOKEN=$(session_token operator admin)
    showing=yes
    # In the background, so that a signal is answered at once and not when the board ends.
    if [[ -n $contest ]]; then
        await_contest "$contest"
        board_hints
        "$bin/duel-watch" --board "contest:$contest" "${hints[@]}" 9>&- &
    else
        say "no contest in this input: watching its markets"
        "$bin/duel-watch" "${markets[@]}" 9>&- &
    fi
    watch_pid=$!
    wait "$watch_pid"
}

parse_show() {
    local replay=no
    while (( $# )); do
        case $1 in
            --replay) replay=yes ;;
            --speed | --rate) (( $# > 1 )) || refuse "$1: a value is missing"; pace+=("$1" "$2"); shift ;;
            --*) refuse "'$1' is not an option of ./run --replay" ;;
            *) [[ -e $1 ]] || refuse "--replay $1: there is no such file or folder"; paths+=("$(realpath -- "$1")") ;;
        esac
        shift
    done
    [[ $replay == no && ${#pace[@]} == 0 ]] || (( ${#paths[@]} )) || refuse "--replay: a file or a folder is wanted"
}

start_simulation() {
    contest=sim-$(date -u +%Y%m%d-%H%M%S)
    say "a simulated contest, $contest: bots trade on an invented market"
    launch_input simulate --contest "$contest"
}

start_replay() {
    say "replaying ${paths[*]}; its progress is in $duel_var/log/input.log"
    contest=$(contest_of "${paths[@]}")
    launch_input replay "${pace[@]}" "${paths[@]}"
}

launch_input() {
    export_settings
    launch input "$bin/duel-ingest" "$@"
}

# The contest that a recording tells of: the arena is one; an event file names its first.
contest_of() { # PATH…
    local path
    for path in "$@"; do
        [[ $path != */arena && $path != */arena/* ]] || { echo arena; return 0; }
        [[ -f $path ]] || continue
        case $path in *.zst) zstd -dcq -- "$path" ;; *) cat -- "$path" ;; esac 2>/dev/null |
            sed -nE '/"type" *: *"contest_created"/{s/.*"contest_id" *: *"([^"]*)".*/\1/p;q}' && return 0
    done
}

# Waits until the read model knows the contest. An input that has ended leaves it ten more seconds.
await_contest() {
    local ended=0
    until [[ $(analyst_value "SELECT 1 FROM duel.contests WHERE contest_id = '${1//\'/\'\'}'") == 1 ]]; do
        part_pid input >/dev/null || (( ended++ < 50 )) ||
            { tail -n 15 "$duel_var/log/input.log" >&2; die "duel-ingest ended, and there is no contest $1"; }
        sleep 0.2
    done
}

analyst_value() { psql_at "$(role_url duel_analyst)" -qXAt -c "$1" 2>/dev/null || true; }

# Three commands to try, under the board.
board_hints() {
    local file=$duel_var/my-trade.jsonl symbol price now kcat
    IFS='|' read -r symbol price < <(analyst_value "SELECT symbol, price FROM duel.prices ORDER BY volume_24h DESC NULLS LAST LIMIT 1") || true
    kcat="kcat -P -l -b $DUEL_KAFKA -X topic.partitioner=murmur2_random -t trades -k $contest"
    hints=(--hint "in another terminal, in $root:"
        --hint "  ./run psql -c \"select rank, username, portfolio_value, performance from leaderboard where contest_id = '$contest'\""
        --hint "  ./run watch contest:$contest")
    if (( ${#paths[@]} )); then
        hints+=(--hint "  kcat -C -b $DUEL_KAFKA -t trades -o -5 -e")
        return 0
    fi
    now=$(date +%s%3N)
    printf '%s\n' >"$file" \
        "{\"type\":\"participant_joined\",\"timestamp\":$now,\"contest_id\":\"$contest\",\"wallet_address\":\"my-wallet\",\"username\":\"me\"}" \
        "{\"type\":\"trade\",\"timestamp\":$now,\"contest_id\":\"$contest\",\"trade_id\":\"my-first\",\"wallet_address\":\"my-wallet\",\"symbol\":\"${symbol:-SOL}\",\"side\":\"buy\",\"amount\":\"10\",\"price\":\"${price:-100}\"}"
    hints+=(--hint "  $kcat $(realpath --relative-base="$root" -- "$file")")
}

show_interrupted() { [[ $showing == no ]] || exit 0; exit "$1"; }

leave_show() {
    trap '' INT TERM HUP
    command=down
    [[ -z $watch_pid ]] || kill "$watch_pid" 2>/dev/null || true
    [[ -z $watch_pid ]] || wait "$watch_pid" 2>/dev/null || true
    echo >&2
    stack_down
    [[ $showing == no ]] || say "stopped; ./run up starts it again with what it knows by now"
}

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
