# Programs in the background: start, find, stop, and what a port or a health address says.
#
# A part (kafka, postgres, ingest, projector, wsserver) is found by its pid file, which counts only if that
# process carries our mark; after a crash of everything else, by the mark alone. So a pid that the system
# gave to somebody else is never taken for ours.

# launch PART COMMAND…: in a session of its own, so that Ctrl-C ends only what was meant; output goes to its log.
launch() {
    local part=$1 log=$duel_var/log/$1.log
    shift
    [[ ! -f $log || $(stat -c %s "$log") -lt 50000000 ]] || mv -f "$log" "$log.1"
    env "DUEL_PART=$part@$duel_var" setsid "$@" </dev/null >>"$log" 2>&1 9>&- &
    local pid=$!
    echo "$pid" >"$duel_var/pid/$part"
    disown "$pid"
}

is_ours() { # PART PID
    if [[ $1 == postgres ]]; then   # runs as another user: its environment may be closed to us
        tr '\0' '\n' 2>/dev/null <"/proc/$2/cmdline" | grep -qxF -- "$duel_var/postgres/data"
    else
        grep -qszxF -- "DUEL_PART=$1@$duel_var" "/proc/$2/environ"
    fi 2>/dev/null
}

# part_pid PART: its process, or nothing and failure.
part_pid() {
    local pid
    pid=$(cat "$duel_var/pid/$1" 2>/dev/null) || true
    if [[ $pid =~ ^[0-9]+$ ]] && is_ours "$1" "$pid"; then echo "$pid"; return 0; fi
    for pid in $(marked_processes "$1"); do
        if [[ $pid =~ ^[0-9]+$ ]] && is_ours "$1" "$pid"; then echo "$pid"; return 0; fi
    done
    return 1   # every return names its status: a bare one, within a trap, gives that of before the trap
}

marked_processes() {
    if [[ $1 == postgres ]]; then
        head -n 1 "$duel_var/postgres/data/postmaster.pid" 2>/dev/null || true
    else
        grep -lszxF -- "DUEL_PART=$1@$duel_var" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 || true
    fi
}

running_parts() {
    local part
    for part in "${all_parts[@]}"; do
        if part_pid "$part" >/dev/null; then echo "$part"; fi
    done
}

# stop_part PART: asks it to end and waits until it has. One that does not run is no error.
stop_part() {
    local pid signal=TERM waited=0
    pid=$(part_pid "$1") || { rm -f "$duel_var/pid/$1"; return 0; }
    [[ $1 != postgres ]] || signal=INT   # a fast shutdown: open sessions are ended, not waited for
    kill -s "$signal" "$pid" 2>/dev/null || true
    while is_ours "$1" "$pid"; do
        (( waited++ < 600 )) || die "$1 (process $pid) did not stop within a minute; its log is $duel_var/log/$1.log, and kill -9 $pid loses nothing that was committed"
        sleep 0.1
    done
    rm -f "$duel_var/pid/$1"
    say "$(printf '%-10s stopped' "$1")"
}

# until_ready PART SECONDS PROBE…: runs the probe until it succeeds. Fails as soon as the process is gone.
# What the probe printed last is the reason that the message gives. Old tables serve until a person rebuilds them: that is
# said, and waited for by nobody.
until_ready() {
    local part=$1 limit=$2 why='' started=$EPOCHREALTIME deadline=$((SECONDS + $2)) pid
    shift 2
    pid=$(<"$duel_var/pid/$part")
    until why=$("$@" 2>&1); do
        if [[ ! -d /proc/$pid ]]; then failed_start "$part" "it ended right after its start"; return 1; fi
        if [[ $why == *'run `duel-projector rebuild`'* ]]; then say "$(printf '%-10s runs and asks for you: %s' "$part" "$why")"; return 0; fi
        if (( SECONDS >= deadline )); then failed_start "$part" "not ready after $limit s${why:+: $why}"; return 1; fi
        sleep 0.1
    done
    say "$(printf '%-10s ready after %s s' "$part" "$(elapsed "$started")")"
}

failed_start() { # PART REASON
    say "run: $1: $2. The end of $duel_var/log/$1.log:"
    tail -n 15 "$duel_var/log/$1.log" | sed 's/^/    /' >&2
}

elapsed() { # since a value of EPOCHREALTIME, in seconds with one digit
    local us=$(( ${EPOCHREALTIME/./} - ${1/./} ))
    printf '%d.%d' $((us / 1000000)) $((us / 100000 % 10))
}

port_taken() { # PORT: whether something listens on it
    grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf '%04X' "$1") [0-9A-F]+:[0-9A-F]+ 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# part_ports PART: the ports that it listens on, each with what for.
part_ports() {
    case $1 in
        kafka) printf '%s %s\n' "$port_kafka" "Kafka" "$port_controller" "Kafka's controller" ;;
        postgres) echo "$port_postgres Postgres" ;;
        ingest) echo "$port_ingest duel-ingest's metrics" ;;
        projector) echo "$port_projector duel-projector's metrics" ;;
        wsserver) printf '%s %s\n' "$port_wss" "WebSocket clients" "$port_wsserver" "duel-wsserver's metrics" ;;
    esac
}

# need_ports PART: refuses when somebody else has one of its ports.
need_ports() {
    local port purpose pid who
    while read -r port purpose; do
        port_taken "$port" || continue
        who=somebody
        pid=$(ss -Hltnp "sport = :$port" 2>/dev/null | grep -om1 'pid=[0-9]*' | cut -d= -f2 || true)
        [[ -z $pid ]] || who="process $pid ($(command_line "$pid"))"
        die "port $port, wanted for $purpose, is in use by $who; DUEL_PORT_BASE (now $port_base) moves all ports of this stack"
    done < <(part_ports "$1")
}

# command_line PID: its two ends where it is long.
command_line() {
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | sed -E 's/ *$//; s/^(.{40}).{40,}(.{60})$/\1 … \2/'
}

# http_get PORT PATH: status line, headers and body of an answer from this machine.
http_get() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$1"
        printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
        timeout 3 cat <&3
    ) 2>/dev/null
}
