#!/usr/bin/env python3
"""Allocations of the WebSocket server for each delivery of a message: bench/allocations.py [--clients N]

Four runs with a server of their own: few and many clients of one symbol, for a short and a long time. jemalloc counts
what was asked of it. Long less short leaves out start and connecting; many less few what a message costs however many
get it. What is left is what each client more costs. Needs a stack with its env (bench/run.sh starts one)."""

import argparse
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
VAR = pathlib.Path(os.environ["DUEL_VAR"])
FEW = 10
SHORT, LONG = 4, 12   # seconds


def restart(environment):
    subprocess.run([ROOT / "run", "restart", "wsserver"], check=True, env=environment, stdout=subprocess.DEVNULL)
    words = [shlex.split(line)[1] for line in (VAR / "env").read_text().splitlines() if line.startswith("export ")]
    return os.environ | dict(word.split("=", 1) for word in words)


def run(clients, seconds, rate):
    """Allocations and messages of one server's life."""
    log = VAR / "log/wsserver.log"
    environment = restart(os.environ | {"MALLOC_CONF": "stats_print:true,stats_print_opts:Jdabl"})
    with tempfile.NamedTemporaryFile("r") as file:
        subprocess.run([ROOT / "var/build/release/bin/bench-latency", "--json", file.name, "--kind", "market", "--clients", str(clients),
                        "--rate", str(rate), "--per-symbol", str(rate), "--for", f"{seconds}s"],
                       check=True, env=environment, stdout=subprocess.DEVNULL)
        found = {figure["name"]: figure["value"] for figure in json.loads(file.readlines()[-1])["figures"]}
    restart(os.environ)
    said = re.findall(r'\{"jemalloc":.*', log.read_text())[-1]
    merged = json.JSONDecoder().raw_decode(said)[0]["jemalloc"]["stats.arenas"]["merged"]
    return sum(merged[size]["nrequests"] for size in ("small", "large")), found["all messages"]


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--clients", type=int, default=1000)
    options.add_argument("--rate", type=int, default=10, help="messages a second, to every client")
    options.add_argument("--json")
    chosen = options.parse_args()
    more = []
    for clients in (FEW, chosen.clients):
        short, long = (run(clients, seconds, chosen.rate) for seconds in (SHORT, LONG))
        more.append((long[0] - short[0], long[1] - short[1]))
        print(f"  {clients} clients: {more[-1][0]} allocations for {more[-1][1]:.0f} messages", flush=True)
    each = (more[1][0] - more[0][0]) / (more[1][1] - more[0][1])
    print(f"{each:.4f} allocations a delivery")
    if chosen.json:
        with open(chosen.json, "a", encoding="utf-8") as file:
            file.write(json.dumps({"title": "allocations", "settings": {}, "figures": [
                {"name": "allocations a delivery", "value": each, "unit": ""}]}) + "\n")


if __name__ == "__main__":
    main()
