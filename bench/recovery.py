#!/usr/bin/env python3
"""How long the read model takes to come back, on the stack whose env was sourced:

    bench/recovery.py restart [--json FILE]    the projector is killed and started again
    bench/recovery.py rebuild [--json FILE]    the log is projected into new tables, which take over

Wants the programs in var/build/release/bin and psql.
"""
import argparse
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


def query(sql):
    answer = subprocess.run(["psql", os.environ["DUEL_POSTGRES_ADMIN"], "-XAtc", sql],
                            capture_output=True, text=True, check=True)
    return answer.stdout.strip()


def cpu_of_tree(root):
    """CPU seconds of a process and of all below it, those that ended and were waited for included."""
    children, own = {}, {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        process = int(path.parent.name)
        own[process] = sum(map(int, fields[11:15])) / TICKS
        children.setdefault(int(fields[1]), []).append(process)

    def below(process):
        return own.get(process, 0) + sum(map(below, children.get(process, [])))

    return below(root)


def is_ready():
    try:
        url = os.environ["DUEL_PROJECTOR_METRICS"].replace("/metrics", "/readyz")
        return urllib.request.urlopen(url, timeout=1).status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def restart():
    counts = {name: int(query(f"select count(*) from duel.{name}")) for name in ("positions", "portfolios")}
    os.kill(int(os.environ["DUEL_PROJECTOR_PID"]), signal.SIGKILL)
    began = time.monotonic()
    subprocess.run([ROOT / "run", "restart", "projector"], check=True, stdout=subprocess.DEVNULL)
    while not is_ready() or int(query("select coalesce(sum(lag_records), 0) from duel.shards")) > 0:
        time.sleep(0.01)
    yield from ((name, count, "") for name, count in counts.items())
    yield "from kill -9 to caught up", time.monotonic() - began, "s"


def rebuild():
    records = int(query("select sum(seq) from duel.shards"))
    postgres = int(os.environ["DUEL_POSTGRES_PID"])
    before = cpu_of_tree(postgres)
    began = time.monotonic()
    subprocess.run([ROOT / "var/build/release/bin/duel-projector", "rebuild"], cwd=ROOT, check=True)
    took = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    own, other = used.ru_utime + used.ru_stime, cpu_of_tree(postgres) - before
    yield "records of all shards", records, ""
    yield "seconds", took, "s"
    yield "records/s", records / took, ""
    yield "CPU of the rebuild, of a million", own * 1e6 / records, "s"
    yield "CPU of postgres, of a million", other * 1e6 / records, "s"


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("what", choices=("restart", "rebuild"))
    options.add_argument("--json", help="append the figures as a line of JSON")
    options = options.parse_args()
    figures = list({"restart": restart, "rebuild": rebuild}[options.what]())
    print(options.what)
    for name, value, unit in figures:
        print(f"  {name:34}{value:>14,.2f} {unit}" if unit else f"  {name:34}{value:>14,.0f}")
    if options.json:
        report = {"title": options.what, "settings": {},
                  "figures": [{"name": n, "value": v, "unit": u} for n, v, u in figures]}
        with open(options.json, "a", encoding="utf-8") as file:
            file.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    sys.exit(main())
