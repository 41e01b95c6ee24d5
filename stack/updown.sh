# ./run up, down and restart: parts in their order, each only if it is not running yet.

services=(kafka postgres)
daemons=(ingest projector wsserver)
start_limit=${DUEL_START_LIMIT:-90}   # seconds that one part may take until it is ready
[[ $start_limit =~ ^[1-9][0-9]{0,4}$ ]] || refuse "DUEL_START_LIMIT=$start_limit: whole seconds from 1 to 99999 are wanted"

stack_up() {
    local fresh=no part wanted=() started=$EPOCHREALTIME
    for part in "$@"; do
        case $part in
            --fresh) fresh=yes ;;
            kafka | postgres | ingest | projector | wsserver) wanted+=("$part") ;;
            *) refuse "up: '$part' is neither --fresh nor a part (kafka, postgres, ingest, projector, wsserver)" ;;
        esac
    done
    (( ${#wanted[@]} )) || wanted=("${services[@]}" "${daemons[@]}")
    lock_stack
    install_packages "$root/stack/packages.txt"
    load_settings
    locate_programs
    [[ $fresh == no ]] || empty_stack
    [[ $own_kafka == no ]] || fetch_kafka
    if wants_programs "${wanted[@]}"; then build_programs; fi
    check_ports "${wanted[@]}"
    save_choices
    make_certificates
    start_parts "${services[@]}" --of "${wanted[@]}"
    [[ $own_kafka == yes ]] || await_yours kafka DUEL_KAFKA
    [[ $own_postgres == yes ]] || await_yours postgres DUEL_POSTGRES_ADMIN
    if wants_programs "${wanted[@]}"; then
        prepare_model
        restart_old_programs
        start_parts "${daemons[@]}" --of "${wanted[@]}"
    fi
    write_env
    unlock_stack
    say "ready after $(elapsed "$started") s; source $duel_var/env for the addresses"
}

wants_programs() { [[ " $* " == *" ingest "* || " $* " == *" projector "* || " $* " == *" wsserver "* ]]; }

# Whether a part is for us to start: a Kafka or Postgres of the user's own is not.
is_wanted() { # PART WANTED…
    local part=$1
    shift
    [[ " $* " == *" $part "* ]] || return 1
    [[ $part != kafka || $own_kafka == yes ]] && [[ $part != postgres || $own_postgres == yes ]]
}

# start_parts PART… --of WANTED…: starts those that are wanted and not running, all at once, then waits for each.
start_parts() {
    local part pid parts=() waiting=()
    while [[ $1 != --of ]]; do parts+=("$1"); shift; done
    shift
    for part in "${parts[@]}"; do
        is_wanted "$part" "$@" || continue
        if pid=$(part_pid "$part"); then echo "$pid" >"$duel_var/pid/$part"; else "start_$part"; fi
        waiting+=("$part")
    done
    for part in "${waiting[@]}"; do
        until_ready "$part" "$start_limit" "${part}_ready" || { write_env; die "up failed; ./run status says more, ./run down stops the rest"; }
    done
}

# Before anything starts: a stack that comes up by half helps nobody.
check_ports() { # WANTED…
    local part
    for part in "$@"; do
        if is_wanted "$part" "$@" && ! part_pid "$part" >/dev/null; then need_ports "$part"; fi
    done
}

# A Kafka or Postgres of the user's own may be on its way up as well.
await_yours() { # PART SETTING
    local deadline=$((SECONDS + start_limit)) why
    until why=$("$1_ready" 2>&1); do
        (( SECONDS < deadline )) || die "$2 is set, so no $1 is started here, and after $start_limit s: $why"
        sleep 0.5
    done
}

restart_old_programs() {
    local part
    for part in "${daemons[@]}"; do
        ! program_is_old "$part" || { say "$(printf '%-10s is another build now' "$part")"; stop_part "$part"; }
    done
}

# Programs first, so that they end what they are at; then what they stand on.
stack_down() {
    local part
    lock_stack
    load_settings
    for part in "${all_parts[@]}"; do stop_part "$part"; done
    [[ ! -f $duel_var/env ]] || write_env
    unlock_stack
}

# Removes the log and the tables of this stack, and of nobody else.
empty_stack() {
    local part
    [[ $own_kafka == yes && $own_postgres == yes ]] ||
        refuse "up --fresh empties only a Kafka and a Postgres of this stack's own: drop the topics (trades, prices, status, feed, dead-letters) and the database behind DUEL_KAFKA and DUEL_POSTGRES_ADMIN yourself"
    for part in "${all_parts[@]}"; do stop_part "$part"; done
    rm -rf "$duel_var"/kafka/{data,data.new} "$duel_var"/postgres/{data,data.new}
}

stack_restart() {
    local part=${1:-}
    [[ $part =~ ^(ingest|projector|wsserver|kafka|postgres)$ && $# == 1 ]] ||
        refuse "restart: one of ingest, projector, wsserver, kafka, postgres is wanted${part:+, not '$*'}"
    lock_stack
    load_settings
    locate_programs
    is_wanted "$part" "$part" || refuse "restart $part: it is yours (DUEL_${part^^}…), not this stack's"
    stop_part "$part"
    check_ports "$part"
    start_parts "$part" --of "$part"
    save_choices
    write_env
    unlock_stack
}
