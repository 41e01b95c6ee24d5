#!/usr/bin/env bash
# Installs the peer's packages under var/ and measures it on the stack whose env was sourced:
#   bench/peers/node/run.sh [--json FILE]
#   bench/peers/node/run.sh fanout CLIENTS BURST TICK_MS SECONDS PORT
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
modules=$here/../../../var/peers/node

mkdir -p "$modules"
if ! cmp -s "$here/package-lock.json" "$modules/package-lock.json" || [[ ! -d $modules/node_modules ]]; then
    cp "$here/package.json" "$here/package-lock.json" "$modules/"
    npm ci --prefix "$modules" --no-audit --no-fund --loglevel=error
fi
program=peer.mjs
if [[ ${1:-} == fanout ]]; then program=fanout.mjs; shift; fi
DUEL_PEER_MODULES=$(realpath "$modules") exec node "$here/$program" "$@"
