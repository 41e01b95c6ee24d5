#!/usr/bin/env python3
"""Two processes of the WebSocket server on one port, and clients for both: bench/twins.py [--clients N]

Needs a stack with its env (bench/run.sh starts one) whose server shares its port (DUEL_WSSERVER_SHARE_PORT=1). The kernel
divides the clients; metrics say how. Ends with 1 where one of the clients was lost."""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

BIN = pathlib.Path(__file__).resolve().parent.parent / "var/build/release/bin"
MOST = 10_000   # clients of one bench-latency


def connected(metrics):
    with urllib.request.urlopen(metrics, timeout=10) as page:
        return sum(float(value) for value in re.findall(r"^duel_ws_connected\S* (\S+)$", page.read().decode(), re.M))


def second_server(port):
    """With the settings of the first."""
    path = pathlib.Path(f"/proc/{os.environ['DUEL_WSSERVER_PID']}/environ")
    environment = dict(word.split("=", 1) for word in path.read_text().split("\0") if "=" in word)
    twin = subprocess.Popen([BIN / "duel-wsserver", "run"], env=environment | {"DUEL_WSSERVER_METRICS_PORT": str(port)},
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            return twin
        except OSError:
            time.sleep(0.1)
    twin.kill()
    raise SystemExit("the second server is not ready")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--clients", type=int, default=20_000)
    options.add_argument("--for", dest="length", type=int, default=20, help="seconds")
    options.add_argument("--json")
    chosen = options.parse_args()
    first = os.environ["DUEL_WSSERVER_METRICS"]
    port = int(first.split(":")[2].split("/")[0]) + 3
    twin = second_server(port)
    halves = [min(MOST, chosen.clients - start) for start in range(0, chosen.clients, MOST)]
    crowds = []
    with tempfile.TemporaryDirectory() as folder:
        for number, clients in enumerate(halves):
            crowds.append(subprocess.Popen([BIN / "bench-latency", "--json", f"{folder}/{number}", "--kind", "market", "--rate", "20",
                                            "--per-symbol", "1", "--clients", str(clients), "--for", f"{chosen.length}s"],
                                           stdout=subprocess.DEVNULL))
        most = (0.0, 0.0, 0.0)
        while any(crowd.poll() is None for crowd in crowds):
            one, other = connected(first), connected(f"http://127.0.0.1:{port}/metrics")
            most = max(most, (one + other, one, other))
            time.sleep(0.5)
        twin.terminate()
        twin.wait()
        if any(crowd.returncode for crowd in crowds):
            sys.exit("a crowd did not get in")
        lost = 0.0
        for number in range(len(halves)):
            figures = json.loads(pathlib.Path(f"{folder}/{number}").read_text().splitlines()[-1])["figures"]
            lost += next(figure["value"] for figure in figures if figure["name"] == "connections lost")
    print(f"{most[0]:.0f} clients at once ({most[1]:.0f} and {most[2]:.0f}), {lost:.0f} lost")
    if chosen.json:
        with open(chosen.json, "a", encoding="utf-8") as file:
            file.write(json.dumps({"title": "two servers on one port", "settings": {}, "figures": [
                {"name": "clients at once", "value": most[0], "unit": ""}, {"name": "lost", "value": lost, "unit": ""}]}) + "\n")
    sys.exit(lost > 0)


if __name__ == "__main__":
    main()
