# A private Postgres 15 cluster in the stack's postgres/data: made once, on the loopback, passwords in var/secrets.
# As root it runs as user postgres, since Postgres refuses to run as root.

postgres_bin=/usr/lib/postgresql/15/bin

# Sets `as_postgres`, the words that go before a command of Postgres's own.
choose_postgres_user() {
    as_postgres=()
    mkdir -p "$duel_var/postgres"
    [[ $EUID == 0 ]] || return 0
    chown postgres: "$duel_var/postgres"
    local user=(setpriv --reuid=postgres --regid=postgres --init-groups) caps
    # A checkout in a closed folder (/root) is out of that user's reach: then it may, beyond its own
    # rights, pass through folders, and nothing else is opened to anybody.
    for caps in '' dac_read_search dac_override; do
        as_postgres=("${user[@]}" ${caps:+--securebits=+no_setuid_fixup --inh-caps=+$caps --ambient-caps=+$caps})
        ! "${as_postgres[@]}" test -x "$duel_var/postgres/." 2>/dev/null || return 0
    done
    die "user postgres cannot pass through $(first_closed_folder "$duel_var/postgres"): chmod o+x it, or set DUEL_VAR to a folder elsewhere"
}

first_closed_folder() { # PATH: the outermost folder on its way that user postgres may not enter
    local path='' name
    while IFS= read -r -d / name; do
        path+=$name/
        setpriv --reuid=postgres --regid=postgres --init-groups test -x "$path" 2>/dev/null || { echo "$path"; return 0; }
    done <<<"$1/"
}

# Made under another name and renamed when complete, database included.
create_cluster() {
    local data=$duel_var/postgres/data password=$duel_var/postgres/password log=$duel_var/log/postgres.log
    if [[ -d $data ]]; then
        [[ -f $data/PG_VERSION ]] || die "$data has no PG_VERSION, so it is no folder of Postgres's: move it away, or ./run up --fresh"
        [[ $(<"$data/PG_VERSION") == 15 ]] || die "$data is of Postgres $(<"$data/PG_VERSION"), not 15: move it away, or ./run up --fresh"
        return 0
    fi
    rm -rf "$data.new"
    (umask 077; secret postgres >"$password")
    [[ $EUID != 0 ]] || chown postgres: "$password"
    {
        "${as_postgres[@]}" "$postgres_bin/initdb" -D "$data.new" -U postgres -A scram-sha-256 --pwfile="$password" \
            --encoding=UTF8 --locale=C.UTF-8 --data-checksums &&
        echo 'CREATE DATABASE duelcast' |
            "${as_postgres[@]}" "$postgres_bin/postgres" --single -D "$data.new" postgres
    } >>"$log" 2>&1 </dev/null || { rm -f "$password"; failed_start postgres "could not make $data"; exit 1; }
    rm -f "$password"
    echo "include 'duelcast.conf'" >>"$data.new/postgresql.conf"   # after what initdb found out about this machine
    sync -f "$data.new"
    mv "$data.new" "$data"
}

start_postgres() {
    local data=$duel_var/postgres/data as_postgres
    choose_postgres_user
    create_cluster
    settle_crash "$data"
    { cat "$root/stack/postgresql.conf"; echo "port = $port_postgres"; } >"$data/duelcast.conf"
    [[ $EUID != 0 ]] || chown postgres: "$data/duelcast.conf"
    (cd "$data" && launch postgres "${as_postgres[@]}" "$postgres_bin/postgres" -D "$data")
}

# After a crash the pid in postmaster.pid may be somebody else's by now, whom Postgres would take for itself
# still running; and sessions of the crashed one may live on for a moment. The rest of that file stays: it
# is how Postgres itself makes sure that none does.
settle_crash() { # DATA
    local file=$1/postmaster.pid rest waited=0
    [[ -f $file ]] || return 0
    say "postgres   was not stopped cleanly the last time: it recovers by its own log"
    while pgrep_cwd "$1" >/dev/null; do
        (( waited++ < 300 )) || die "sessions of a Postgres that crashed still run in $1: processes $(pgrep_cwd "$1" | paste -sd' ')"
        sleep 0.1
    done
    rest=$(tail -n +2 "$file")
    if [[ -z $rest ]]; then rm -f "$file"
    else printf '%s\n' 2147483647 "$rest" >"$file"; fi   # a pid that nobody has
}

pgrep_cwd() { # FOLDER: the processes that work in it, the pids one a line; fails if there are none
    find /proc/[0-9]*/cwd -maxdepth 0 -lname "$1" 2>/dev/null | cut -d/ -f3 | grep .
}

postgres_ready() {
    if [[ $own_postgres == yes ]]; then
        "$postgres_bin/pg_isready" -q -h 127.0.0.1 -p "$port_postgres" || { echo "no answer on port $port_postgres"; return 1; }
    else
        "$postgres_bin/pg_isready" -q -t 3 -d "$postgres_admin" || { echo "no answer from the Postgres of DUEL_POSTGRES_ADMIN"; return 1; }
    fi
}

# The owner's URL: of our own cluster, or the one that the user gave.
admin_url() {
    if [[ $own_postgres == yes ]]; then echo "postgresql://postgres:$(secret postgres)@127.0.0.1:$port_postgres/duelcast"
    else echo "$postgres_admin"; fi
}

# role_url ROLE: the same server and database as that role.
role_url() {
    local url password
    url=$(admin_url) password=$(secret "$1")
    if [[ $url =~ ^(postgres(ql)?://)([^@/]*@)?(.*)$ ]]; then echo "${BASH_REMATCH[1]}$1:$password@${BASH_REMATCH[4]}"
    else echo "$url user=$1 password=$password"; fi
}

# Gives the roles that the migrations made their passwords. They travel by standard input: no list of processes shows them.
set_role_passwords() {
    local role
    for role in duel_analyst duel_projector duel_wsserver; do
        echo "ALTER ROLE $role PASSWORD '$(secret "$role")';"
    done | psql_at "$(admin_url)" -qX -v ON_ERROR_STOP=1 >/dev/null
}

# psql_at URL ARGUMENT…: psql, with no password of ours in the list of processes.
psql_at() {
    local url=$1
    shift
    if [[ $url =~ ^(postgresql://[a-z_]+):([0-9a-f]{48})@(.*)$ ]]; then
        PGPASSWORD=${BASH_REMATCH[2]} psql "${BASH_REMATCH[1]}@${BASH_REMATCH[3]}" "$@"
    else
        psql "$url" "$@"
    fi
}
