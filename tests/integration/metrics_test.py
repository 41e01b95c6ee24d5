"""The projector's metrics count what the read model has: records by outcome, batches by phase, rankings, dead letters."""

import json
import re
import time
import unittest
import uuid
from collections import Counter
from datetime import datetime, timezone

from stack import ROOT, Stack, until

STACK = Stack("shared")
RUN = uuid.uuid4().hex[:8]   # the log of the shared stack is everybody's
CONTEST, SYMBOL, PARTITION = f"metrics-{RUN}", f"M{RUN}", 2
TICKS = 30
SHARD = f'shard="contest/{PARTITION}"'


def metrics():
    """series -> value, of the projector."""
    text = STACK.health("projector", "/metrics")[1]
    return {name: float(value) for name, value in re.findall(r"^(duel_\S+) (\S+)$", text, re.M)}


def total(series, *parts):
    return sum(value for name, value in series.items() if all(part in name for part in parts))


def event(kind, **fields):
    stamp = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
    return {"type": kind, "timestamp": stamp, "contest_id": CONTEST} | fields


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        STACK.settle()
        time.sleep(1)   # until the last batches are counted
        cls.before = metrics()
        records = [event("contest_created", name="Metrics", starting_balance="1000", prize_pool=0,
                         starts_at="2026-01-01T00:00:00Z", ends_at="2030-01-01T00:00:00Z")]
        records += [event("participant_joined", wallet_address=wallet, username=wallet) for wallet in ("ann", "bob")]
        records += [event("contest_started")]
        trades = [event("trade", trade_id=f"t{n}", wallet_address=("ann", "bob")[n % 2], symbol=SYMBOL, side="buy",
                        amount="1", price="2") for n in range(40)]
        records += trades + trades[:5] + [trades[0] | {"price": "3"}, event("trade", trade_id="x"), "no JSON"]
        for record in records:
            STACK.producer.produce("trades", record if isinstance(record, str) else json.dumps(record),
                                   partition=PARTITION)
        STACK.producer.flush(30)
        for n in range(TICKS):   # so that the moves are ranked while records flow
            STACK.producer.produce("prices", json.dumps({"type": "price", "symbol": SYMBOL, "price": str(n + 1),
                                                         "timestamp": datetime.now(timezone.utc).isoformat()}), partition=0)
            STACK.producer.flush(30)
            time.sleep(0.05)
        STACK.settle()
        # A batch is counted when it is stored and told.
        until(lambda: total(metrics(), "records_total", SHARD) - total(cls.before, "records_total", SHARD) >= len(records) + TICKS,
              20, "not everything is counted")
        until(lambda: total(metrics(), "lag_records", SHARD) == 0, 20, "the gauge of the lag stays up")
        cls.after = metrics()

    def more(self, *parts):
        return total(self.after, *parts) - total(self.before, *parts)

    def test_records_are_counted_by_outcome(self):
        seen = {outcome: self.more("records_total", SHARD, 'topic="trades"', f'outcome="{outcome}"')
                for outcome in ("applied", "retried", "refused")}
        self.assertEqual(seen, {"applied": 44, "retried": 5, "refused": 3})
        self.assertEqual(self.more("records_total", SHARD, 'topic="prices"'), TICKS)

    def test_dead_letters_are_counted_by_code(self):
        seen = Counter({code: self.more("dead_letters_total", SHARD, f'code="{code}"')
                        for code in ("DUPLICATE_CONFLICT", "MALFORMED_JSON", "INVALID_FIELD")})
        rows = Counter(dict(STACK.sql("SELECT code, count(*) FROM duel.dead_letters"
                                      " WHERE position(convert_to(%s, 'UTF8') IN value) > 0 GROUP BY 1", CONTEST)))
        self.assertEqual(seen, rows | {"MALFORMED_JSON": 1})   # which does not say whose it is

    def test_every_batch_has_its_phases_and_its_age(self):
        batches = self.more("batch_records_count", SHARD)
        self.assertGreater(batches, 5)
        self.assertEqual(self.more("batch_records_sum", SHARD), self.more("records_total", SHARD))
        self.assertEqual(self.more("append_to_commit_seconds_count", SHARD), batches)
        for phase in ("apply", "publish"):
            self.assertEqual(self.more("phase_seconds_count", SHARD, f'phase="{phase}"'), batches, phase)
        for phase in ("fetch", "write", "commit"):   # rankings in a silence are written too
            self.assertGreaterEqual(self.more("phase_seconds_count", SHARD, f'phase="{phase}"'), batches, phase)
            self.assertGreater(self.more("phase_seconds_sum", SHARD, f'phase="{phase}"'), 0, phase)

    def test_rankings_and_their_cost(self):
        self.assertGreater(self.more("rankings_total", SHARD), 1)
        self.assertGreater(self.more("ranking_seconds_total", SHARD), 0)

    def test_what_the_documents_name_is_there(self):
        named = set(re.findall(r"`(duel_projector_\w+)", (ROOT / "docs/operations.md").read_text()))
        self.assertGreater(len(named), 15)
        self.assertEqual({name for name in named if not any(series.startswith(name) for series in self.after)}, set())

    def test_the_rest_is_there_for_every_shard(self):
        for name in ("lag_records", "lag_seconds", "queued_records", "untold_records", "owned", "halted",
                     "fencing_losses_total", "batches_again_total"):
            shards = [series for series in self.after if series.startswith(f"duel_projector_{name}{{")]
            self.assertEqual(len(shards), 8, name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
