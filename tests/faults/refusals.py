#!/usr/bin/env python3
"""Every third record of a busy log is bad. Nothing may stall, and every one of them is accounted for:

    tests/faults/refusals.py [--records 60000]

Each good trade is applied once; each bad record stands in `duel.dead_letters` and in the topic once, with its code and
its bytes; while all that is worked off, every shard that is behind moves on within two seconds.
"""

import argparse
import collections
import itertools
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from stack import IS_STRICT, Stack, until  # noqa: E402

PARTITIONS = 4
LONGEST_STILL = 2.0 if IS_STRICT else 10.0   # seconds
NOW = int(time.time() * 1000)


def event(kind, contest, **fields):
    return {"type": kind, "timestamp": NOW, "contest_id": contest} | fields


def trade(contest, number, **changes):
    return event("trade", contest, trade_id=f"t{number}", wallet_address="ann", symbol="SOL", side="buy", amount="1",
                 price="2") | changes


BAD = (
    ("MALFORMED_JSON", lambda contest, n: json.dumps(trade(contest, n))[:-1 - n % 40]),
    ("MALFORMED_JSON", lambda contest, n: '{"a":' + "[" * 2_000 + str(n)),
    ("UNKNOWN_TYPE", lambda contest, n: json.dumps(trade(contest, n, type="gift"))),
    ("INVALID_FIELD", lambda contest, n: json.dumps(trade(contest, n, amount=f"{n + 1}e30"))),
    ("INVALID_FIELD", lambda contest, n: json.dumps(trade(contest, n, price="1e-19"))),
    ("UNKNOWN_CONTEST", lambda contest, n: json.dumps(trade(f"none-{n}", n))),
    ("NOT_A_PARTICIPANT", lambda contest, n: json.dumps(trade(contest, n, wallet_address="eve"))),
    ("DUPLICATE_CONFLICT", lambda contest, n: json.dumps(trade(contest, 0, price="3", fee=str(n)))),
)


def send(stack, topic, value, partition):
    while True:
        try:
            return stack.producer.produce(topic, value, partition=partition)
        except BufferError:
            stack.producer.poll(0.1)


def fill(stack, count):
    """Writes the log; code -> number of bad records, and the number of good trades."""
    bad = collections.Counter()
    kinds = itertools.cycle(BAD)
    for partition in range(PARTITIONS):
        contest = f"refusals-{partition}"
        opening = (event("contest_created", contest, name="Refusals", starting_balance="1000", prize_pool=0, starts_at=NOW,
                         ends_at=NOW + 1000), event("participant_joined", contest, wallet_address="ann", username="ann"),
                   event("contest_started", contest), trade(contest, 0))
        for record in opening:
            send(stack, "trades", json.dumps(record), partition)
    for n in range(1, count + 1):
        partition = n % PARTITIONS
        contest = f"refusals-{partition}"
        if n % 3 == 0:
            code, make = next(kinds)
            bad[code] += 1
            send(stack, "trades", make(contest, n), partition)
        else:
            send(stack, "trades", json.dumps(trade(contest, n)), partition)
    assert stack.producer.flush(60) == 0
    return bad, count - bad.total() + PARTITIONS


def longest_still(stack):
    """Waits until all is worked off; the longest time that a shard which was behind did not move."""
    longest, moved, seen = 0.0, {}, {}
    while behind := {shard for shard, _ in stack.behind()}:
        now = time.monotonic()
        for shard, seq in stack.sql("SELECT shard, seq FROM duel.shards"):
            if shard not in behind or seen.get(shard) != seq:
                seen[shard], moved[shard] = seq, now
            longest = max(longest, now - moved[shard])
        time.sleep(0.05)
    return longest


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=60_000)
    asked = options.parse_args()
    with Stack("refusals") as stack:
        stack.kill("projector")
        wanted, good = fill(stack, asked.records)
        stack.restart("projector")
        began = time.monotonic()
        still = longest_still(stack)
        took = time.monotonic() - began
        in_table = collections.Counter(dict(stack.sql("SELECT code, count(*) FROM duel.dead_letters GROUP BY 1")))
        [(places,)] = stack.sql('SELECT count(DISTINCT (topic, partition, "offset")) FROM duel.dead_letters')
        [(applied, ids)] = stack.sql("SELECT count(*), count(DISTINCT (contest_id, trade_id)) FROM duel.trades")
        until(lambda: sum(stack.ends("dead-letters").values()) >= wanted.total(), 30, "letters are on their way to the topic")
        in_topic = collections.Counter(dict(message.headers())["code"].decode() for message in stack.log("dead-letters"))
    print(f"{asked.records} records in {took:.1f} s, {sum(in_table.values())} refused ({dict(in_table)}), {applied} trades"
          f" applied; no shard stood still for longer than {still:.2f} s")
    problems = [what for what, is_so in (
        (f"in the table {dict(in_table)}, wanted {dict(wanted)}", in_table != wanted),
        (f"in the topic {dict(in_topic)}, wanted {dict(wanted)}", in_topic != wanted),
        (f"{places} places of {in_table.total()} dead letters", places != in_table.total()),
        (f"{applied} trades with {ids} ids, wanted {good}", not applied == ids == good),
        (f"a shard stood still for {still:.2f} s", still > LONGEST_STILL),
    ) if is_so]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
