#!/usr/bin/env python3
"""What a delivery costs the WebSocket server and what it costs the floor, in turns: bench/fanout.py [--json FILE]

Needs a stack with its env (bench/run.sh starts one). All clients follow one symbol that ticks at the rate."""

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


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--clients", type=int, default=2000)
    options.add_argument("--rate", type=int, default=10, help="messages a second, to every client")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--for", dest="length", default="8s")
    options.add_argument("--json")
    chosen = options.parse_args()
    load = ("--clients", chosen.clients, "--rate", chosen.rate, "--for", chosen.length)
    ours, floor, p99 = [], [], []
    for _ in range(chosen.rounds):
        found = figures("bench-latency", "--kind", "market", "--per-symbol", chosen.rate, *load)
        ours.append(found["CPU of wsserver each"])
        p99.append(found["latency p99"])
        floor.append(figures("bench-fanout-floor", *load)["CPU of the floor each"])
        print(f"  ours {ours[-1]:.2f} µs, the floor {floor[-1]:.2f} µs, p99 {p99[-1]:.0f} ms", flush=True)
    ratio = statistics.median(mine / least for mine, least in zip(ours, floor))
    found = {"clients": chosen.clients, "ours": statistics.median(ours), "floor": statistics.median(floor),
             "ratio": ratio, "p99": statistics.median(p99)}
    print(f"fan-out to {chosen.clients}: {found['ours']:.2f} µs a delivery, {ratio:.2f} of the floor, median of {chosen.rounds}")
    if chosen.json:
        with open(chosen.json, "a", encoding="utf-8") as file:
            units = {"ours": "µs", "floor": "µs", "p99": "ms"}
            file.write(json.dumps({"title": f"fan-out to {chosen.clients}", "settings": {}, "figures": [
                {"name": name, "value": value, "unit": units.get(name, "")} for name, value in found.items()]}) + "\n")


if __name__ == "__main__":
    main()
