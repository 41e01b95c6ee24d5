#!/usr/bin/env bash
# What ./run promises about a stack: it comes up, survives crashes and leftovers, keeps its data, leaves
# others alone, and says what is wrong. DUEL_BIN: the folder of the programs to run.
#
# Prints a line a promise and fails with the first one that does not hold.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
home=$root/var/test/stack
base=$((${DUEL_TEST_PORT_BASE:-22400} + 700))
: "${DUEL_BIN:?the folder of the programs is wanted}"
export DUEL_BIN
unset DUEL_KAFKA DUEL_POSTGRES_ADMIN DUEL_JWT_SECRET
strangers=()

a() { DUEL_VAR=$home/a DUEL_PORT_BASE=$base "$root/run" "$@"; }
b() { DUEL_VAR=$home/b DUEL_PORT_BASE=$((base + 10)) "$root/run" "$@"; }

holds() { echo "ok - $*"; }
broken() { echo "not ok - $*"; exit 1; }
# says TEXT COMMAND…: the command fails and its message has the text.
says() {
    local text=$1 output
    shift
    ! output=$("$@" 2>&1 </dev/null) || broken "'$*' should fail and say '$text'"
    [[ $output == *"$text"* ]] || broken "'$*' should say '$text' and says: $output"
}
exits() { # STATUS COMMAND…
    local status=0 wanted=$1
    shift
    "$@" >/dev/null 2>&1 </dev/null || status=$?
    [[ $status == "$wanted" ]] || broken "'$*' exits with $status, not $wanted"
}
value() { bash -c 'source "$1/env" && echo "${!2}"' _ "$home/$1" "$2"; }   # value STACK NAME
sql() { psql -qXAt "$(value a DUEL_POSTGRES_ADMIN)" -c "$1"; }
stranger() { "$@" & strangers+=($!); disown; }
kill_hard() { kill -9 "$1" && while [[ -e /proc/$1/exe ]]; do sleep 0.05; done; }

clean_up() {
    a down >/dev/null 2>&1 || true
    b down >/dev/null 2>&1 || true
    (( ! ${#strangers[@]} )) || kill "${strangers[@]}" 2>/dev/null || true
}
trap clean_up EXIT
clean_up
rm -rf "$home"
mkdir -p "$home"

# Wrong settings, before anything is written.
says "DUEL_PORT_BASE=abc: a number from 1024 to 65500 is wanted" env DUEL_VAR="$home/x" DUEL_PORT_BASE=abc "$root/run" up
exits 2 env DUEL_VAR="$home/x" DUEL_PORT_BASE=80 "$root/run" up
says "DUEL_VAR=/proc/none" env DUEL_VAR=/proc/none "$root/run" up
says "DUEL_BIN=/nowhere: a folder with duel-ingest is wanted" env DUEL_VAR="$home/x" DUEL_BIN=/nowhere "$root/run" up
says "DUEL_START_LIMIT=soon" env DUEL_START_LIMIT=soon DUEL_VAR="$home/x" "$root/run" up
says "'zookeeper'" a up zookeeper
says "one of ingest, projector, wsserver, kafka, postgres is wanted" a restart everything
exits 2 a nonsense
says "--replay /nowhere: there is no such file or folder" a --replay /nowhere
exits 1 a status
says "./run up starts one" a psql
holds "wrong settings and commands are refused by name"

# From nothing.
mkdir -p "$home"/a/kafka/data.new "$home"/a/postgres/data.new
touch "$home"/a/kafka/data.new/half "$home"/a/postgres/data.new/PG_VERSION
a up 2>"$home/up.log" || { cat "$home/up.log"; broken "a stack comes up from nothing"; }
a status >"$home/status" || { cat "$home/status"; broken "status succeeds when all is well"; }
holds "a stack comes up from half-made folders, and status says that all is well"

wanted="CA INGEST_METRICS INGEST_PID JWT_SECRET KAFKA KAFKA_PID POSTGRES POSTGRES_ADMIN POSTGRES_PID PROJECTOR_METRICS PROJECTOR_PID WSS WSSERVER_METRICS WSSERVER_PID"
[[ $(sed -nE 's/^export DUEL_([A-Z_]+)=.*/\1/p' "$home/a/env" | sort | paste -sd' ') == "$wanted" ]] || broken "var/env has its variables"
for part in KAFKA POSTGRES INGEST PROJECTOR WSSERVER; do
    [[ -d /proc/$(value a DUEL_${part}_PID) ]] || broken "DUEL_${part}_PID runs"
done
[[ -z $(find "$home/a/env" "$home/a/secrets" "$home/a/tls" \( -name env -o -path '*/secrets/*' -o -name '*.key' \) -perm /077) ]] ||
    broken "secrets are for their owner's eyes only"
openssl verify -CAfile "$(value a DUEL_CA)" -verify_hostname localhost "$home/a/tls/server.crt" >/dev/null || broken "the certificate is for localhost"
openssl verify -CAfile "$(value a DUEL_CA)" -verify_ip 127.0.0.1 "$home/a/tls/server.crt" >/dev/null || broken "the certificate is for 127.0.0.1"
! ss -Hltn | awk '{print $4}' | grep -E ":($base|$((base + 1))|$((base + 2))|$((base + 3))|$((base + 4)))\$" | grep -qvE '^(127\.0\.0\.1|\[::ffff:127\.0\.0\.1\])' ||
    broken "only the loopback is listened on"
holds "var/env, secrets and certificates are as promised, and nothing listens beyond the loopback"

# Again, while it runs; also from a shell that sourced its env.
before=$(grep _PID "$home/a/env")
SECONDS=0
bash -c 'source "$1/env" && DUEL_VAR=$1 DUEL_PORT_BASE=$2 "$3/run" up' _ "$home/a" "$base" "$root" 2>/dev/null
(( SECONDS < 60 )) || broken "a second up is ready within 60 s, not $SECONDS"
[[ $(grep _PID "$home/a/env") == "$before" ]] || broken "a second up leaves what runs alone"
says "runs with $base: ./run down first" env DUEL_VAR="$home/a" DUEL_PORT_BASE=$((base + 20)) "$root/run" up
holds "a second up leaves what runs alone, and a running stack's ports do not move"

# Data.
sql 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)'
echo '{"type":"kept"}' | kcat -P -b "$(value a DUEL_KAFKA)" -t trades
a restart kafka 2>/dev/null
[[ $(grep KAFKA_PID "$home/a/env") != "$(grep KAFKA_PID <<<"$before")" ]] || broken "restart starts anew, and env follows"
a down 2>/dev/null
[[ -z $(value a DUEL_POSTGRES_PID) ]] || broken "down empties the pids of env"
! ss -Hltn | grep -q "127.0.0.1:$base " || broken "down ends what listened"
holds "down stops everything"

# Strangers: a pid that is somebody else's by now, a port, a lock.
stranger sleep 1000
echo "${strangers[-1]}" | tee "$home/a/pid/kafka" "$home/a/pid/postgres" >"$home/a/pid/ingest"
stranger python3 -c '
import socket, sys, time
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(1000)' $((base + 3))
until ss -Hltn | grep -q ":$((base + 3)) "; do sleep 0.05; done
says "port $((base + 3)), wanted for WebSocket clients, is in use by process ${strangers[-1]}" a up
says "DUEL_PORT_BASE (now $base)" a up
kill "${strangers[-1]}"
stranger python3 -c '
import fcntl, sys, time
f = open(sys.argv[1], "w")
fcntl.lockf(f, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(1000)' "$home/a/kafka/data/.lock" >"$home/locked"
until [[ -s $home/locked ]]; do sleep 0.05; done
says "is locked by process ${strangers[-1]}" a up
kill "${strangers[-1]}"
holds "a port and a lock that somebody else has are named, with their holder"

a up 2>/dev/null
[[ $(sql 'SELECT n FROM kept') == 42 ]] || broken "tables survive down and up"
[[ $(kcat -C -q -e -b "$(value a DUEL_KAFKA)" -t trades) == '{"type":"kept"}' ]] || broken "the log survives down and up"
[[ -d /proc/${strangers[0]} ]] || broken "a stranger's process is left alone"
holds "stale pids are no obstacle, strangers are left alone, and data survive down and up"

# Crashes of everything at once; then a pid in postmaster.pid that lives, as the same user.
for part in POSTGRES KAFKA PROJECTOR; do kill_hard "$(value a DUEL_${part}_PID)"; done
says "it ended without ./run down" a status
as_postgres=()
[[ $EUID != 0 ]] || as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups)
stranger "${as_postgres[@]}" sleep 1000
sed "1s/.*/${strangers[-1]}/" "$home/a/postgres/data/postmaster.pid" >"$home/postmaster.pid"
cat "$home/postmaster.pid" >"$home/a/postgres/data/postmaster.pid"
a up 2>"$home/up.log" || { cat "$home/up.log"; broken "up mends a crash"; }
[[ $(sql 'SELECT n FROM kept') == 42 ]] || broken "tables survive a crash"
[[ $(kcat -C -q -e -b "$(value a DUEL_KAFKA)" -t trades) == '{"type":"kept"}' ]] || broken "the log survives a crash"
a status >/dev/null || broken "all is well after a crash and up"
holds "up mends what a crash of Postgres, Kafka and a program left, and the data are still there"

# A second stack, on the Kafka and Postgres of the first one; then on its own.
a up kafka postgres 2>/dev/null
DUEL_KAFKA=$(value a DUEL_KAFKA) DUEL_POSTGRES_ADMIN=$(value a DUEL_POSTGRES_ADMIN) b up kafka postgres 2>/dev/null
[[ -z $(value b DUEL_KAFKA_PID)$(value b DUEL_POSTGRES_PID) && $(value b DUEL_KAFKA) == "127.0.0.1:$base" ]] ||
    broken "a Kafka and a Postgres of the user's own are used, and none started"
says "empties only a Kafka and a Postgres of this stack's own" env \
    DUEL_VAR="$home/b" DUEL_PORT_BASE=$((base + 10)) DUEL_KAFKA="127.0.0.1:$base" DUEL_POSTGRES_ADMIN="$(value a DUEL_POSTGRES_ADMIN)" "$root/run" up --fresh
holds "a user's own Kafka and Postgres are used, not started and not emptied"

mkdir -p "$home/b"
chmod 700 "$home/b"   # as a checkout in /root would be
b up kafka postgres 2>"$home/up.log" || { cat "$home/up.log"; broken "a stack comes up in a closed folder"; }
[[ $(value b DUEL_KAFKA) == "127.0.0.1:$((base + 10))" && -d /proc/$(value a DUEL_KAFKA_PID) ]] || broken "two stacks run side by side"
b down 2>/dev/null
[[ -d /proc/$(value a DUEL_KAFKA_PID) && -d /proc/$(value a DUEL_POSTGRES_PID) ]] || broken "down stops this stack only"
holds "two stacks run side by side, one of them in a folder that user postgres may not enter"

mv "$home/b/postgres/data/PG_VERSION" "$home/b/postgres/data/was"
says "has no PG_VERSION" b up postgres
holds "a data folder that is none is named"

a up --fresh 2>/dev/null
[[ $(sql "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == 0 ]] || broken "--fresh empties the tables"
holds "up --fresh starts from nothing"

# Live prices of an exchange that cannot be reached: nobody listens there.
DUEL_VAR=$home/a DUEL_PORT_BASE=$base DUEL_INGEST_EXCHANGE_URLS=coinbase=wss://127.0.0.1:$((base + 9)) \
    "$root/run" --source coinbase:BTC >"$home/source.log" 2>&1 </dev/null &
strangers+=($!)
SECONDS=0
until grep -q 'no live price yet; coinbase: breaker open for .*Connection refused' "$home/source.log"; do
    (( SECONDS < 60 )) || { cat "$home/source.log"; broken "--source says that an exchange cannot be reached"; }
    sleep 0.2
done
kcat -C -q -e -b "$(value a DUEL_KAFKA)" -t status | grep -q '"source":"coinbase","breaker":"open"' || broken "status has the open breaker"
kill "${strangers[-1]}"
while [[ -d /proc/${strangers[-1]} ]]; do sleep 0.1; done
grep -q 'input *stopped' "$home/source.log" || broken "the end of --source ends what it started"
holds "--source says that an exchange cannot be reached, and its breaker is seen"
