#!/usr/bin/env python3
"""Kills the projector and Postgres at random moments under load, again and again, and checks what is left:

    tests/faults/crash_loop.py [--runs 20] [--seed 1]

After all of it the read model must be exactly what the log gives (`duel-projector verify`, whose journal has every
change of owner), no sum may be broken, and every trade of the log is there once or was refused with a reason.
"""

import argparse
import collections
import json
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from nasty_stream import NastyStream, produce  # noqa: E402
from stack import ROOT, Stack  # noqa: E402


def crash(stack, dice, runs):
    """Kills and starts again; how often each part died."""
    died = collections.Counter()
    for _ in range(runs):
        part = dice.choice(("projector", "projector", "postgres"))
        time.sleep(dice.uniform(0, 0.7))
        stack.kill(part)
        died[part] += 1
        time.sleep(dice.uniform(0, 0.3))
        stack.restart(part)
    return died


def trades_of_log(stack):
    """Ids of all trades in the log that can be read, by contest or wallet."""
    ids = set()
    for message in stack.log("trades"):
        try:
            record = json.loads(message.value())
        except ValueError:
            continue
        if isinstance(record, dict) and record.get("type") == "trade" and "trade_id" in record:
            ids.add((record.get("contest_id"), record["wallet_address"], record["trade_id"]))
    return ids


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    dice, stop = random.Random(asked.seed), threading.Event()
    with Stack("faults") as stack:
        stream = NastyStream(asked.seed, "crash")

        def services():
            while not stop.is_set():
                produce(stack, stream.take(200))
                time.sleep(0.02)

        producer = threading.Thread(target=services)
        producer.start()
        try:
            died = crash(stack, dice, asked.runs)
        finally:
            stop.set()
            producer.join()
        stack.settle(120)
        time.sleep(1)

        verified = stack.program("duel-projector", "verify", check=False, DUEL_MIGRATIONS=str(ROOT / "migrations"))
        broken = stack.sql("SELECT * FROM duel.reconciliation_breaks LIMIT 5")
        applied = {(contest, wallet, trade) for contest, wallet, trade in
                   stack.sql("SELECT contest_id, wallet_address, trade_id FROM duel.trades")}
        refused = {(record.get("contest_id"), record.get("wallet_address"), record.get("trade_id")) for (value,) in
                   stack.sql("SELECT convert_from(value, 'UTF8') FROM duel.dead_letters WHERE topic = 'trades'"
                             " AND code NOT IN ('MALFORMED_JSON', 'UNKNOWN_TYPE')")
                   for record in [json.loads(value)]}
        lost = trades_of_log(stack) - applied - refused
    print(f"seed {asked.seed}: {dict(died)} died, {stream.count} records; {verified.stdout.strip()};"
          f" {len(applied)} trades, {len(lost)} lost, {len(broken)} sums broken")
    return 0 if verified.returncode == 0 and not lost and not broken else 1


if __name__ == "__main__":
    sys.exit(main())
