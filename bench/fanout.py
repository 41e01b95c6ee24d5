#!/usr/bin/env python3
"""What a delivery costs the WebSocket server, beside the floor or the peer in Node, in turns:

    bench/fanout.py [--json FILE]           all clients follow one symbol that ticks at the rate, as the floor's do
    bench/fanout.py peer [--json FILE]      bursts of ten events to all clients of a contest, as the peer's
    bench/fanout.py calm [--json FILE]      p99 of the others where one client of a hundred reads nothing, beside without

Needs a stack with its env (bench/run.sh starts one); the peer needs npm."""

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

BIN = Path(__file__).resolve().parent.parent / "var/build/release/bin"


def figures(program, *arguments):
    """The figures of one run, by name."""
    with tempfile.NamedTemporaryFile("r") as file:
        subprocess.run([BIN / program, "--json", file.name, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)
        return {figure["name"]: figure["value"] for figure in json.loads(file.readlines()[-1])["figures"]}


def against_floor(chosen):
    load = ("--clients", chosen.clients, "--rate", chosen.rate, "--for", chosen.length)
    ours = figures("bench-latency", "--kind", "market", "--per-symbol", chosen.rate, *load)
    return ours["CPU of wsserver each"], figures("bench-fanout-floor", *load)["CPU of the floor each"]


def against_calm(chosen):
    """A hundred symbols at one tick a second; those who read nothing follow all of them. Each run leaves a contest behind,
    so calm is the mean of the runs before and after."""
    load = ("bench-latency", "--kind", "market", "--clients", chosen.clients, "--rate", 100, "--per-symbol", 1, "--for", chosen.length)
    before, stalled, after = (figures(*load, "--stalled", count)["latency p99"] for count in (0, chosen.clients // 100, 0))
    return stalled, (before + after) / 2


def against_peer(chosen):
    """Ten events each tenth of a second."""
    ours = figures("bench-latency", "--kind", "contest", "--clients", chosen.clients, "--rate", 100, "--burst", 10,
                   "--for", chosen.length)
    port, seconds = 22650, int(chosen.length.removesuffix("s"))
    peer = subprocess.Popen([BIN.parents[3] / "bench/peers/node/run.sh", "fanout", *map(str, (chosen.clients, 10, 100, seconds, port))],
                            stdout=subprocess.PIPE, text=True)
    while peer.stdout.readline() not in ("listening\n", ""):   # npm may have something to say before
        pass
    audience = subprocess.Popen([BIN / "bench-audience", "--wss", f"wss://localhost:{port}", "--clients", str(chosen.clients),
                                 "--for", f"{seconds + 5}s"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    each = float(peer.stdout.readline())
    peer.wait()
    audience.kill()
    return ours["CPU of wsserver each"], each


# Beside what, with how many clients, and in which unit.
MODES = {"floor": (against_floor, 2_000, "µs"), "peer": (against_peer, 500, "µs"), "calm": (against_calm, 10_000, "ms")}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("beside", nargs="?", choices=MODES, default="floor")
    options.add_argument("--clients", type=int, help=", ".join(f"{count} beside {name}" for name, (_, count, _) in MODES.items()))
    options.add_argument("--rate", type=int, default=10, help="messages a second, to every client (floor)")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--for", dest="length", default="8s")
    options.add_argument("--json")
    chosen = options.parse_args()
    measure, clients, unit = MODES[chosen.beside]
    chosen.clients = chosen.clients or clients
    rounds = []
    for _ in range(chosen.rounds):
        ours, other = measure(chosen)
        rounds.append((ours / other, ours, other))
        print(f"  ours {ours:.2f} {unit}, {chosen.beside} {other:.2f} {unit}", flush=True)
    found = dict(zip(("ratio", "ours", chosen.beside), map(statistics.median, zip(*rounds))))
    title = f"fan-out to {chosen.clients} beside {chosen.beside}"
    print(f"{title}: {found['ours']:.2f} {unit}, ratio {found['ratio']:.3f}, medians of {chosen.rounds}")
    if chosen.json:
        with open(chosen.json, "a", encoding="utf-8") as file:
            file.write(json.dumps({"title": title, "settings": {}, "figures": [
                {"name": name, "value": value, "unit": "" if name == "ratio" else unit} for name, value in found.items()]}) + "\n")


if __name__ == "__main__":
    main()
