# ./run status: every part with its process, its port and whether it can do its job; then the projector's lag.
# Succeeds only if all is well.

show_status() {
    local part pid lag well=yes
    load_settings
    printf '%-10s %-9s %-8s %-14s %s\n' part state pid port reason
    for part in kafka postgres ingest projector wsserver; do status_line "$part" || well=no; done
    ! pid=$(part_pid input) || printf '%-10s %-9s %-8s %-14s %s\n' input running "$pid" - "a simulation, a replay or exchanges"
    lag=$(shards_lag)
    [[ -z $lag ]] || printf '\n%s\n' "$lag"
    [[ $well == yes ]]
}

status_line() { # PART
    local pid state=ready why='' ports
    ports=$(part_ports "$1" | cut -d' ' -f1 | paste -sd,)
    if is_wanted "$1" "$1"; then pid=$(part_pid "$1") || { state=stopped pid=-; }
    else pid=yours ports=-; fi
    if [[ $state == ready ]]; then
        why=$("$1_ready" 2>&1) || state=waiting
    elif [[ -f $duel_var/pid/$1 ]]; then
        why="it ended without ./run down; its log is $duel_var/log/$1.log"
    fi
    printf '%-10s %-9s %-8s %-14s %s\n' "$1" "$state" "$pid" "$ports" "$why"
    [[ $state == ready ]]
}

shards_lag() {
    PGCONNECT_TIMEOUT=3 psql_at "$(role_url duel_analyst)" -qX -c \
        'SELECT shard, owner, seq, lag_records, now AS event_time, updated_at FROM duel.shards ORDER BY shard' 2>/dev/null || true
}
