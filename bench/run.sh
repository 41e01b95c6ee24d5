#!/usr/bin/env bash
# Measures on a stack of its own (var/bench, ports from 22600), stops it again, prints tables, and leaves the figures,
# one JSON object a line, in var/bench/figures.jsonl:
#   bench/run.sh [quick] [speed] [latency] [recovery] [clients] [growth] [overload] [long]
# Without a part: the first three.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.."

export DUEL_VAR=${DUEL_VAR:-$PWD/var/bench} DUEL_PORT_BASE=${DUEL_PORT_BASE:-22600}
# Every client comes from this machine, which the server would take for one who knocks too often.
export DUEL_WSSERVER_ATTEMPTS_PER_MINUTE=0 DUEL_WSSERVER_ATTEMPTS_PER_MINUTE_IP=0
bin=$PWD/var/build/release/bin
records=500000 length=20s
if [[ ${1:-} == quick ]]; then records=100000 length=5s; shift; fi
parts=("$@")
if [[ $# == 0 ]]; then parts=(speed latency recovery); fi

case $DUEL_VAR in */bench*) ;; *) echo "bench/run.sh empties its stack: DUEL_VAR must be a folder named bench" >&2; exit 2 ;; esac
figures=$DUEL_VAR/figures.jsonl

refresh_env() {
    # shellcheck disable=SC1091
    source "$DUEL_VAR/env"
}

# Each part begins with an empty log and empty tables.
begin() {
    ./run up --fresh
    refresh_env
    export DUEL_TLS_CERT=$DUEL_VAR/tls/server.crt DUEL_TLS_KEY=$DUEL_VAR/tls/server.key
}
measure() { "$bin/$1" --json "$figures" "${@:2}"; }

# Trades and ticks alike through projector, floor and peer.
speed() {
    begin
    measure bench-projector --trades "$records" --ticks "$records"
    measure bench-projector-floor
    # The peer reads the same topics; node is not part of what this project needs otherwise.
    if command -v npm >/dev/null; then
        bench/peers/node/run.sh --json "$figures"
    else
        echo "no npm: the peer in Node is left out"
    fi
    bench/ratios.py "$figures"
}

latency() {
    begin
    for kind in portfolio contest market; do
        measure bench-latency --kind "$kind" --clients 100 --rate 100 --for "$length"
    done
    measure bench-latency --kind contest --clients 100 --rate 10 --for "$length"
    measure bench-fanout-floor --clients 100 --rate 100 --for "$length"
    for partitions in 4 1; do
        export DUEL_PARTITIONS=$partitions
        begin
        measure bench-steady --rate 5000 --for "$length"
    done
    unset DUEL_PARTITIONS
}

# Half of a million positions: of a million pairs of wallet and symbol in the contests, those that have traded.
recovery() {
    begin
    measure bench-projector --contests 100 --trades $((records * 7 / 5)) --ticks "$records"
    bench/recovery.py restart --json "$figures"
    bench/recovery.py rebuild --json "$figures"
}

# Many clients: what one message costs, what one that does nothing takes, ten thousand, and all coming back at once.
clients() {
    local many
    export DUEL_WSSERVER_MAX_PER_USER=100000
    begin
    bench/fanout.py --json "$figures"
    begin
    if command -v npm >/dev/null; then bench/fanout.py peer --json "$figures"; fi
    for _ in 1 2 3; do
        begin
        bench/fanout.py calm --rounds 1 --for "$length" --json "$figures"
    done
    begin
    bench/allocations.py --json "$figures"
    for many in 10 100 1000 10000; do
        begin
        measure bench-reconnect --clients "$many"
        measure bench-latency --kind market --clients "$many" --rate 100 --per-symbol 1 --for "$length"
    done
    for many in 1000 4000 10000; do
        ./run restart wsserver
        refresh_env
        bench/idle.py --clients "$many" --json "$figures"
    done
    export DUEL_WSSERVER_SHARE_PORT=1 DUEL_WSSERVER_MAX_CONNECTIONS=15000
    begin
    bench/twins.py --json "$figures"
    unset DUEL_WSSERVER_MAX_PER_USER DUEL_WSSERVER_SHARE_PORT DUEL_WSSERVER_MAX_CONNECTIONS
}

growth() {
    for wallets in 1000 10000 100000; do
        begin
        measure bench-projector --contests 16 --wallets $((wallets / 16)) --trades "$records" --ticks 1000
        measure bench-ranking --entrants "$wallets"
    done
}

# More than the machine can do, for five minutes.
overload() {
    begin
    measure bench-steady --rate 100000 --warm-up 30s --for 300s
}

# Ten million records, and a rebuild of them.
long() {
    begin
    measure bench-projector --trades 2000000 --ticks 8000000 --longest 1200s
    bench/recovery.py rebuild --json "$figures"
}

for part in "${parts[@]}"; do
    case $part in
        speed | latency | recovery | clients | growth | overload | long) ;;
        *) echo "bench/run.sh: \"$part\"; wanted speed, latency, recovery, clients, growth, overload or long" >&2; exit 2 ;;
    esac
done
trap './run down' EXIT
./run up --fresh   # builds what is not built
ninja -C var/build/release bench
: >"$figures"
for part in "${parts[@]}"; do "$part"; done
echo "figures: $figures"
