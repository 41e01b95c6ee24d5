# ./run, ./run --replay and ./run --source: everything up, events in, the board on the screen until Ctrl-C.

show_contest() {
    # Not local: the trap that ends it all reads them when the function has gone.
    paths=() sources=() pace=() markets=() hints=() contest='' showing=no watch_pid=''
    parse_show "$@"
    load_settings   # what it refuses must not end a stack that runs
    locate_programs
    trap leave_show EXIT
    trap 'show_interrupted 130' INT
    trap 'show_interrupted 143' TERM
    trap 'show_interrupted 129' HUP
    stack_up
    read_env
    export DUEL_TOKEN
    stop_part input
    : >"$duel_var/log/input.log"
    if (( ${#sources[@]} )); then start_exchanges; elif (( ${#paths[@]} )); then start_replay; else start_simulation; fi
    DUEL_TOKEN=$(session_token operator admin)
    showing=yes
    # In the background, so that a signal is answered at once and not when the board ends.
    if [[ -n $contest ]]; then
        await_rows "SELECT 1 FROM duel.contests WHERE contest_id = '${contest//\'/\'\'}'"
        board_hints
        "$bin/duel-watch" --board "contest:$contest" "${hints[@]}" 9>&- &
    else
        if (( ${#sources[@]} )); then await_exchanges; else
            await_rows "SELECT 'market:' || symbol FROM duel.prices ORDER BY volume_24h DESC NULLS LAST LIMIT 4"
        fi
        mapfile -t markets <<<"$rows"
        say "no contest in this input: watching ${markets[*]}"
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
            --source) (( $# > 1 )) || refuse "$1: NAME:SYMBOLS is missing"; sources+=("$1" "$2"); shift ;;
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

start_exchanges() {
    (( ! ${#paths[@]} )) || refuse "either --source or --replay"
    say "following live exchanges; how they stand is in $duel_var/log/input.log"
    launch_input exchanges "${sources[@]}"
}

# Waits for the first live price, and says when the breaker of an exchange opens meanwhile.
await_exchanges() {
    local line='' newest
    until rows=$(analyst_value "SELECT 'market:' || symbol FROM duel.prices WHERE updated_at > now() - interval '1 minute'
        ORDER BY volume_24h DESC NULLS LAST LIMIT 4") && [[ -n $rows ]]; do
        part_pid input >/dev/null ||
            { tail -n 15 "$duel_var/log/input.log" >&2; die "duel-ingest ended"; }
        newest=$(sed -nE 's/.* ([a-z0-9_]+: breaker open .*)/\1/p' "$duel_var/log/input.log" | tail -n 1)
        [[ $newest == "$line" ]] || say "no live price yet; $newest"
        line=$newest
        sleep 0.5
    done
}

start_replay() {
    if (( ! ${#pace[@]} )); then
        pace=(--rate 2000)
        say "at 2,000 events a second, to be watched; --speed and --rate choose, --speed max is as fast as it goes"
    fi
    say "replaying ${paths[*]}; its progress is in $duel_var/log/input.log"
    contest=$(contest_of "${paths[@]}")
    launch_input replay "${pace[@]}" "${paths[@]}"
}

launch_input() {
    export_settings
    export DUEL_INGEST_METRICS_PORT=0   # that port is `duel-ingest serve`'s
    launch input "$bin/duel-ingest" "$@"
}

# The contest that a recording tells of: an arena's is "arena"; of event files it is the first that they create.
contest_of() { # PATH…
    local path file id
    for path in "$@"; do
        for file in "$path" "$path"/*; do
            [[ -f $file ]] || continue
            case $file in
                *-trade-history-*.csv | *-trade-history-*.csv.zst) echo arena; return 0 ;;
                *.jsonl) id=$(first_contest <"$file") ;;
                *.jsonl.zst) id=$(zstd -dcq -- "$file" 2>/dev/null | first_contest) || true ;;
                *) continue ;;
            esac
            if [[ -n $id ]]; then echo "$id"; return 0; fi
        done
    done
}
first_contest() { sed -nE '/"type" *: *"contest_created"/{s/.*"contest_id" *: *"([^"]*)".*/\1/p;q}'; }

# await_rows QUERY: sets `rows` to what the read model answers, as soon as that is something. An input that
# has ended leaves it ten more seconds.
await_rows() {
    local ended=0
    rows=''
    until rows=$(analyst_value "$1") && [[ -n $rows ]]; do
        part_pid input >/dev/null || (( ended++ < 50 )) ||
            { tail -n 15 "$duel_var/log/input.log" >&2; die "duel-ingest ended, and nothing of it is in the read model"; }
        sleep 0.2
    done
}

analyst_value() { psql_at "$(role_url duel_analyst)" -qXAt -c "$1" 2>/dev/null || true; }

# Three commands to try, under the board. No commas: duel-watch takes one hint or several from a word.
board_hints() {
    local kcat_access kcat
    choose_kcat_access
    kcat="kcat${kcat_access[*]:+ ${kcat_access[*]}}"
    hints=(--hint "to try in another terminal (cd $root):"
        --hint "  ./run psql -c \"select * from leaderboard where contest_id = '$contest' order by rank\""
        --hint "  ./run watch contest:$contest")
    if (( ${#paths[@]} )); then
        hints+=(--hint "  $kcat -C -b $DUEL_KAFKA -t trades -o -5 -e")
    else
        write_my_trade "$duel_var/my-trade.jsonl"
        hints+=(--hint "  $kcat -P -l -b $DUEL_KAFKA -X topic.partitioner=murmur2_random -t trades -k $contest $(realpath --relative-base="$root" -- "$duel_var/my-trade.jsonl")")
    fi
}

# A participant of one's own and its first trade, for about 2,000 of the symbol that is traded most.
write_my_trade() { # FILE
    local symbol price amount now
    await_rows "SELECT symbol, trim_scale(price), trim_scale(round(2000 / price, 3))
        FROM duel.prices WHERE price < 1000000 ORDER BY volume_24h DESC NULLS LAST LIMIT 1"
    IFS='|' read -r symbol price amount <<<"$rows"
    now=$(date +%s%3N)
    printf '%s\n' >"$1" \
        "{\"type\":\"participant_joined\",\"timestamp\":$now,\"contest_id\":\"$contest\",\"wallet_address\":\"my-wallet\",\"username\":\"me\"}" \
        "{\"type\":\"trade\",\"timestamp\":$now,\"contest_id\":\"$contest\",\"trade_id\":\"my-first\",\"wallet_address\":\"my-wallet\",\"symbol\":\"$symbol\",\"side\":\"buy\",\"amount\":\"$amount\",\"price\":\"$price\"}"
}

show_interrupted() { [[ $showing == no ]] || exit 0; exit "$1"; }

leave_show() {
    trap '' INT TERM HUP PIPE
    command=down
    [[ -z $watch_pid ]] || kill "$watch_pid" 2>/dev/null || true
    [[ -z $watch_pid ]] || wait "$watch_pid" 2>/dev/null || true
    say ''
    stack_down
    [[ $showing == no ]] || say "stopped; ./run up starts it again with what it knows by now"
}
