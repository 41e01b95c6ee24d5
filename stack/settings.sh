# Where this stack lies, which ports it takes, and whether Kafka and Postgres are its own: from the
# environment (DUEL_VAR, DUEL_PORT_BASE, DUEL_KAFKA, DUEL_POSTGRES_ADMIN, DUEL_BIN), checked here.
#
# While any part runs, the choices that it was started with (kept in var/choices) hold for every command;
# an environment that says otherwise is refused, so that no command mixes two stacks.

say() { printf '%s\n' "$*" >&2 || true; }   # a terminal may have gone; the work goes on
die() { say "run: $*"; exit 1; }
refuse() { say "run: $*"; exit 2; }

all_parts=(input wsserver projector ingest kafka postgres)   # in the order in which they stop

locate_var() {
    duel_var=$(realpath -m -- "${DUEL_VAR:-$root/var}")
    mkdir -p "$duel_var"/{log,pid,tmp} 2>/dev/null || refuse "DUEL_VAR=$duel_var: a folder that I may write to is wanted"
    mkdir -p "$root/var" 2>/dev/null || refuse "$root/var: I may not write there"
    export TMPDIR=$duel_var/tmp
}

# Sets port_base, own_kafka, own_postgres, kafka_brokers, postgres_admin and the ports.
load_settings() {
    local last_port_base='' last_kafka='' last_postgres='' running
    # shellcheck disable=SC1091
    [[ ! -f $duel_var/choices ]] || source "$duel_var/choices"
    running=$(running_parts)

    port_base=${DUEL_PORT_BASE:-21000}
    if [[ ! $port_base =~ ^[1-9][0-9]{3,4}$ ]] || (( port_base < 1024 || port_base > 65500 )); then
        refuse "DUEL_PORT_BASE=$port_base: a number from 1024 to 65500 is wanted"
    fi
    kafka_brokers=${DUEL_KAFKA:-}
    postgres_admin=${DUEL_POSTGRES_ADMIN:-}
    # Somebody who sourced var/env has the addresses of our own ones in the environment.
    [[ $kafka_brokers != 127.0.0.1:"${last_port_base:-$port_base}" ]] || kafka_brokers=''
    [[ ! -f $duel_var/secrets/postgres || $postgres_admin != *":$(<"$duel_var/secrets/postgres")@127.0.0.1:"* ]] || postgres_admin=''

    if [[ -n $running && -n $last_port_base ]]; then
        keep_choice DUEL_PORT_BASE port_base "${DUEL_PORT_BASE:-}" "$last_port_base"
        keep_choice DUEL_KAFKA kafka_brokers "$kafka_brokers" "$last_kafka"
        keep_choice DUEL_POSTGRES_ADMIN postgres_admin "$postgres_admin" "$last_postgres"
    fi
    own_kafka=no own_postgres=no
    if [[ -z $kafka_brokers ]]; then own_kafka=yes kafka_brokers=127.0.0.1:$port_base; fi
    [[ -n $postgres_admin ]] || own_postgres=yes
    load_kafka_access "$running"
    port_kafka=$port_base
    port_controller=$((port_base + 1)) port_postgres=$((port_base + 2)) port_wss=$((port_base + 3))
    port_ingest=$((port_base + 4)) port_projector=$((port_base + 5)) port_wsserver=$((port_base + 6))
}

# keep_choice NAME VARIABLE WANTED KEPT: sets VARIABLE to what the running stack was started with.
keep_choice() {
    [[ -z $3 || $3 == "$4" || ${command:-} == down ]] ||
        refuse "$1=$(masked "$3"), but the stack in $duel_var runs with $(masked "${4:-one of its own}"): ./run down first, or another DUEL_VAR"
    printf -v "$2" '%s' "$4"
}

# A URL without its password.
masked() { sed -E 's#^([a-z]+://[^:/@]*):[^@/]*@#\1:…@#' <<<"$1"; }

# Notes what this stack is started with; an empty address means one of its own.
save_choices() {
    local kafka='' postgres=''
    [[ $own_kafka == yes ]] || kafka=$kafka_brokers
    [[ $own_postgres == yes ]] || postgres=$postgres_admin
    write_private "$duel_var/choices" \
        "$(printf 'last_port_base=%q\nlast_kafka=%q\nlast_postgres=%q\n' "$port_base" "$kafka" "$postgres"; kafka_access_choices)"
    write_kafka_properties
}

# write_private FILE TEXT: whole or not at all, and for this user's eyes only.
write_private() {
    (umask 077; printf '%s\n' "$2" >"$1.new.$$")
    mv -f "$1.new.$$" "$1"
}

# secret NAME: a random text that is made once and kept in var/secrets.
secret() {
    local file=$duel_var/secrets/$1
    if [[ ! -s $file ]]; then
        (umask 077; mkdir -p "$duel_var/secrets")
        write_private "$file" "$(od -An -N 24 -tx1 /dev/urandom | tr -d ' \n')"
    fi
    cat "$file"
}

# One command at a time changes a stack; a second one waits. Programs do not inherit the lock.
lock_stack() {
    exec 9<>"$duel_var/lock"
    if ! flock -n 9; then
        say "another ./run (process $(cat "$duel_var/lock")) is at work in $duel_var: waiting for it"
        flock -w 900 9 || die "process $(cat "$duel_var/lock") still holds $duel_var/lock"
    fi
    echo $$ >"$duel_var/lock"
}
unlock_stack() { exec 9>&-; }
