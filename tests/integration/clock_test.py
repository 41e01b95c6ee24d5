"""Clocks that jump while records flow: those of the programs, and the broker's, which stamps the log.

moved_clock.cpp is preloaded into one process at a time; nobody else sees the other time.
"""

import collections
import json
import mmap
import pathlib
import random
import re
import struct
import sys
import threading
import time
import unittest
from datetime import datetime, timedelta, timezone

from fleet import STACK, Fleet, Load, cpu_seconds, fences
from stack import BIN, PROMISED, ROOT, SKIPPED, token, until

LIBRARY = pathlib.Path(BIN).parent / "lib/libmoved_clock.so"
PARTS = ("projector", "wsserver")
HOUR, DAY = 3600, 86400
JUMPS = ((HOUR, "an hour ahead"), (0, "an hour back"), (-DAY, "a day back"), (0, "right again"))
AT_EACH = 1     # seconds that records flow after a jump
PRICE = 2       # of every trade


class Clock:
    """How far the clock of the processes that were started with `settings` is ahead of the true one."""

    def __init__(self, name):
        path = STACK.var / f"{name}.clock"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self.place = mmap.mmap(file.fileno(), 8)
        self.settings = {"LD_PRELOAD": str(LIBRARY), "DUEL_MOVED_CLOCK": str(path)}

    def move(self, seconds):
        self.place[:] = struct.pack("q", seconds)


class Market(Load):
    """Trades of both sides in a contest of every partition, and as many ticks; they happened so many seconds ago."""

    def __init__(self, ago=0, rate=200):
        self.ago, self.dice, self.ticks = ago, random.Random(7), collections.Counter()
        super().__init__(rate)
        self.symbol = f"TICK{self.run_number}"

    def now(self):
        return (datetime.now(timezone.utc) - timedelta(seconds=self.ago)).isoformat()

    def trade(self, partition, trade_id):
        contest, amount = self.contest(partition), self.dice.choice((-3, -2, -1, 1, 2, 3))

        def traded(error, _):
            if error is None:
                self.sent[contest, trade_id] = amount

        def ticked(error, _):
            if error is None:
                self.ticks[f"{self.symbol}-{partition}"] += 1

        self.producer.produce("trades", json.dumps({
            "type": "trade", "timestamp": self.now(), "contest_id": contest, "trade_id": trade_id,
            "wallet_address": "w", "symbol": f"{self.symbol}-{partition}",
            "side": "buy" if amount > 0 else "sell", "amount": abs(amount), "price": PRICE}),
            None, partition, on_delivery=traded)
        self.producer.produce("prices", json.dumps({
            "type": "price", "timestamp": self.now(), "symbol": f"{self.symbol}-{partition}", "size": 1,
            "price": self.dice.randint(1, 9)}),
            None, partition, on_delivery=ticked)


class Spectator:
    """duel-watch on a contest: the trades that it was told of."""

    def __init__(self, contest):
        self.process = STACK.start("duel-watch", f"contest:{contest}", "--json",
                                   DUEL_TOKEN=token(STACK, "spectator", ttl=3 * DAY))
        self.messages = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.messages.append(json.loads(line))

    def trades(self):
        return [message for message in list(self.messages)
                if message["type"] == "PARTICIPANT_ACTIVITY" and message["data"]["activity_type"] == "trade"]

    def rankings(self):
        return sum(message["type"] == "LEADERBOARD_UPDATED" for message in list(self.messages))

    def end(self):
        self.process.terminate()
        self.process.wait(10)
        self.reader.join(10)
        self.process.stdout.close()


def metrics(name, shard="contest/"):
    """{shard: value} of the projector's series of that name."""
    text = STACK.health("projector", "/metrics")[1]
    return {series: float(value) for series, value in
            re.findall(rf'^duel_projector_{name}\{{shard="({shard}[^"]*)"\}} (\S+)$', text, re.M)}


class Jumps(Fleet):
    def assert_goes_on(self, what):
        """Every shard applies within what is promised; everything stays green, and contests are ranked all the time."""
        self.applies_everywhere(what=f"{what}: every shard applies")
        for part in PARTS:
            STACK.until_ready(part, seconds=PROMISED)
        before = metrics("rankings_total")

        def are_ranked():
            now = metrics("rankings_total")
            return all(now[shard] >= count + 2 for shard, count in before.items())

        self.within(are_ranked, f"{what}: every shard ranks twice")
        began = time.monotonic()
        while time.monotonic() < began + AT_EACH:
            self.assertEqual([STACK.health(part)[0] for part in PARTS], [200, 200], what)
            time.sleep(0.2)

    def assert_applied_once(self, market):
        sent = market.stop()
        STACK.settle(30)
        self.assertGreater(len(sent), 500)
        mine = f"load-{market.run_number}-%"
        self.assertEqual(STACK.sql("SELECT contest_id, trade_id FROM duel.trades WHERE contest_id LIKE %s"
                                   " ORDER BY contest_id COLLATE \"C\", trade_id COLLATE \"C\"", mine), sent)
        bought = collections.Counter()
        for (contest, _), amount in market.sent.items():
            bought[contest] += amount
        self.assertEqual(STACK.sql("SELECT contest_id, quantity, 1000000 - cash FROM duel.positions"
                                   " JOIN duel.portfolios USING (contest_id, wallet_address)"
                                   " WHERE contest_id LIKE %s ORDER BY 1", mine),
                         [(contest, amount, PRICE * amount) for contest, amount in sorted(bought.items())])
        # Without the volume of a tick its candle is wrong, and with twice that too.
        self.assertEqual(dict(STACK.sql("SELECT symbol, sum(volume)::bigint FROM duel.candles WHERE interval = '1m'"
                                        " AND symbol LIKE %s GROUP BY 1", f"{market.symbol}-%")), dict(market.ticks))
        self.assertEqual(STACK.sql("SELECT topic, code, reason FROM duel.dead_letters WHERE convert_from(value, 'UTF8')"
                                   " ~ %s LIMIT 3", f"{mine[:-1]}|{market.symbol}-"), [])
        self.assertEqual(STACK.sql("SELECT * FROM duel.reconciliation_breaks LIMIT 3"), [])
        print(f"    {len(sent)} trades and {sum(market.ticks.values())} ticks, each once; journal:",
              STACK.sql("SELECT cause, count(*) FROM duel.journal GROUP BY 1 ORDER BY 1"), flush=True)
        self.assert_idle()
        verified = STACK.program("duel-projector", "verify", check=False, DUEL_MIGRATIONS=str(ROOT / "migrations"))
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)

    def assert_idle(self):
        for name in ("lag_records", "lag_seconds"):
            until(lambda name=name: set(metrics(name, "").values()) == {0}, PROMISED, lambda name=name: f"{name}: {metrics(name, '')}")
        before = {part: cpu_seconds(STACK.pid(part)) for part in PARTS}
        time.sleep(3)
        busy = {part: (cpu_seconds(STACK.pid(part)) - before[part]) / 3 for part in PARTS}
        print(f"    idle: {busy}", flush=True)
        self.assertTrue(all(share < 0.3 for share in busy.values()), f"a busy loop: {busy}")

    def test_nothing_is_lost_or_applied_twice_when_the_clocks_of_the_programs_jump(self):
        clock = Clock("programs")
        for part in PARTS:
            STACK.restart(part, **clock.settings)
        market = Market()
        market.start()
        self.applies_everywhere(what="the shards settle whose the probe is")
        spectator = Spectator(market.contest(0))
        self.addCleanup(spectator.end)
        until(spectator.trades, 10, lambda: f"a spectator sees {spectator.messages[-2:]}")
        owned = fences()
        sums = [sum(metrics("append_to_commit_seconds_sum").values())]
        for ahead, what in JUMPS:
            clock.move(ahead)
            seen, ranked = len(spectator.trades()), spectator.rankings()
            self.assert_goes_on(what)
            self.within(lambda: len(spectator.trades()) > seen and spectator.rankings() > ranked,
                        f"{what}: a spectator hears of trades and rankings")
            sums.append(sum(metrics("append_to_commit_seconds_sum").values()))
        self.assertGreater(sums[1] - sums[0], HOUR, "the projector did not see the clock that was moved")
        self.assertEqual(sums, sorted(sums), "times that sum up to less than before")
        self.assert_applied_once(market)
        self.assertEqual(fences(), owned, "a clock is no reason to take a shard again")
        told = [trade["seq"] for trade in spectator.trades()]
        happened = STACK.sql("SELECT seq FROM duel.activity WHERE contest_id = %s AND seq >= %s ORDER BY 1",
                             market.contest(0), told[0])
        self.assertEqual(told, [seq for (seq,) in happened])

    def test_rankings_go_on_and_a_replay_agrees_when_the_clock_of_the_broker_jumps(self):
        clock = Clock("broker")
        STACK.restart("kafka", **clock.settings)
        self.addCleanup(STACK.kill, "kafka")   # Kafka itself waits by the clock when it is to stop
        STACK.until_ready("projector")
        # By a clock that is a day behind, what happens now would come from the future, and is refused.
        market = Market(ago=DAY)
        market.start()
        self.applies_everywhere(what="the shards settle whose the probe is")
        owned = fences()
        for ahead, what in JUMPS:
            clock.move(ahead)
            self.assert_goes_on(f"the broker's clock {what}")
        self.assert_applied_once(market)
        self.assertEqual(fences(), owned, "a clock is no reason to take a shard again")
        times = [message.timestamp()[1] for message in STACK.log("trades") if message.partition() == 0]
        steps = [after - before for before, after in zip(times, times[1:])]
        self.assertGreater(max(steps), 0.9 * DAY * 1000)
        self.assertLess(min(steps), -0.9 * DAY * 1000, "log times that only grow: the broker did not see its clock")


if __name__ == "__main__":
    if not LIBRARY.exists():
        print(f"there is no {LIBRARY}, with which clocks are moved: skipped")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
