#!/usr/bin/env bash
# Measures everything on a stack of its own (var/bench, ports from 22600) and stops it again:
#   bench/run.sh [quick]
# Prints tables and leaves the figures, one JSON object a line, in var/bench/figures.jsonl.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.."

export DUEL_VAR=${DUEL_VAR:-$PWD/var/bench} DUEL_PORT_BASE=${DUEL_PORT_BASE:-22600}
# Every client comes from this machine, which the server would take for one who knocks too often.
export DUEL_WSSERVER_ATTEMPTS_PER_MINUTE=0 DUEL_WSSERVER_ATTEMPTS_PER_MINUTE_IP=0
bin=$PWD/var/build/release/bin
records=500000 length=20s
if [[ ${1:-} == quick ]]; then records=100000 length=5s; fi

case $DUEL_VAR in */bench*) ;; *) echo "bench/run.sh empties its stack: DUEL_VAR must be a folder named bench" >&2; exit 2 ;; esac
trap './run down' EXIT
./run up --fresh
ninja -C var/build/release bench
# shellcheck disable=SC1091
source "$DUEL_VAR/env"
figures=$DUEL_VAR/figures.jsonl
: >"$figures"

measure() { "$bin/$1" --json "$figures" "${@:2}"; }
# What the stack still has to do for the last measurement must not weigh on the next.
settle() { sleep 5; }

measure bench-projector --trades "$records" --ticks "$records"
measure bench-projector-floor
# The peer reads the same topics; node is not part of what this project needs otherwise.
if command -v npm >/dev/null; then
    bench/peers/node/run.sh --json "$figures"
else
    echo "no npm: the peer in Node is left out"
fi
bench/ratios.py "$figures"
settle
for kind in portfolio contest market; do
    measure bench-latency --kind "$kind" --clients 100 --rate 100 --for "$length"
done
measure bench-latency --kind contest --clients 100 --rate 10 --for "$length"
export DUEL_TLS_CERT=$DUEL_VAR/tls/server.crt DUEL_TLS_KEY=$DUEL_VAR/tls/server.key
measure bench-fanout-floor --clients 100 --rate 100 --for "$length"
echo "figures: $figures"
