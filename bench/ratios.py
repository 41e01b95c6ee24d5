#!/usr/bin/env python3
"""Sets what one run of bench/run.sh measured side by side: projector, floor and peer.

    bench/ratios.py FIGURES.jsonl
"""
import json
import sys

TITLES = {
    "projector": ("trades: from Kafka", "ticks: from Kafka"),
    "floor": ("floor: the trades", "floor: the ticks"),
    "peer in Node": ("peer in Node: trades", "peer in Node: ticks"),
}
OWN = {"projector": ("projector",), "floor": ("the floor",), "peer in Node": ("the peer",)}


def figures_of(reports, noun, titles):
    """The last report of that noun under one of the titles, by name; None where there is none."""
    found = [r for r in reports if r["title"].startswith(titles) and r["figures"][0]["name"] == noun]
    return {f["name"]: f["value"] for f in found[-1]["figures"]} if found else None


def main(path):
    with open(path, encoding="utf-8") as file:
        reports = [json.loads(line) for line in file]
    for noun in ("trades", "ticks"):
        rows = {name: figures_of(reports, noun, titles) for name, titles in TITLES.items()}
        rows = {name: row for name, row in rows.items() if row}
        if "projector" not in rows:
            continue
        rate = rows["projector"][f"{noun}/s"]
        print(f"{noun}, side by side")
        print(f"  {'':14}{'a second':>10}{'projector ÷ it':>16}{'CPU each: own':>16}{'postgres':>10}{'kafka':>8} µs")
        for name, row in rows.items():
            own = sum(row.get(f"CPU of {process} each", 0) for process in OWN[name])
            postgres, kafka = (row.get(f"CPU of {process} each", 0) for process in ("postgres", "kafka"))
            speed = row[f"{noun}/s"]
            print(f"  {name:14}{speed:10,.0f}{rate / speed:16.2f}{own:16.1f}{postgres:10.1f}{kafka:8.1f}")
        print()


if __name__ == "__main__":
    main(sys.argv[1])
