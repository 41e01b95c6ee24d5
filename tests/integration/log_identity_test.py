"""A log that is not the one that was read: its shards halt and say what they found, until a person decides."""

import re
import time
import unittest

import confluent_kafka

from fleet import CONTESTS, MARKETS, PARTITIONS, STACK, Fleet, Load, fences, now
from stack import PROMISED, until


def make_anew(admin, topic):
    admin.delete_topics([topic])[topic].result(20)
    until(lambda: topic not in admin.list_topics(timeout=10).topics, 20, f"{topic} is still there")
    until(lambda: STACK.program("duel-ingest", "topics", check=False).returncode == 0, 20, f"{topic} cannot be made anew")


class LogIdentity(Fleet):
    def test_a_topic_made_anew_halts_its_shards_until_the_loss_is_accepted(self):
        load = Load()
        load.start()
        time.sleep(1)
        self.assert_exactly_once(load)
        before = dict(STACK.sql("SELECT shard, seq FROM duel.shards"))
        stood = {p: STACK.sql("SELECT offsets FROM duel.shards WHERE shard = %s", f"contest/{p}")[0][0][f"trades/{p}"]
                 for p in range(PARTITIONS)}
        admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": STACK.env["DUEL_KAFKA"]})
        make_anew(admin, "trades")
        # In partition 0 the new log quickly grows past where the shard stands: fetching by offset shows nothing.
        def other(partition, count):
            return [{"type": "deposit", "timestamp": now(), "wallet_address": f"new-{partition}-{i}", "amount": 1}
                    for i in range(count)]

        STACK.produce("trades", other(0, stood[0] + 50), 0)
        for partition in range(1, PARTITIONS):
            STACK.produce("trades", other(partition, 10), partition)

        def says(partition):
            return re.search(rf"contest/{partition} stands at offset (\d+) of trades/{partition}, but (.*?)\. Either",
                             STACK.health("projector")[1])

        # They may have halted before the new log had records; they look again every three seconds.
        self.within(lambda: all(says(p) for p in range(PARTITIONS)) and "had log time" in says(0)[2],
                    "all contest shards halt", 2 * PROMISED)
        ready = STACK.health("projector")
        self.assertEqual(ready[0], 503)
        for partition in range(PARTITIONS):
            self.assertEqual(int(says(partition)[1]), stood[partition], "records of another log were applied")
        for partition in range(1, PARTITIONS):
            self.assertRegex(says(partition)[2], r"log ends at offset \d+: ")
        self.assertIn("that was applied had log time", says(0)[2])
        self.assertIn("--accept-loss-from trades/1:OFFSET", ready[1])
        self.assertIn("duel-projector rebuild", ready[1])
        self.assertIn("halts: contest/1 stands at offset", STACK.said("projector"))
        price = STACK.produce("prices", [{"type": "price", "timestamp": now(), "symbol": "P1", "price": 7}], 1)[0]
        self.within(lambda: STACK.sql("SELECT (offsets->>'prices/1')::bigint > %s FROM duel.shards WHERE shard = 'market/1'",
                                      price)[0][0], "market shards go on")
        halted = fences()
        STACK.run("restart", "projector", check=False, DUEL_START_LIMIT="4")
        self.assertTrue(until(lambda: all(says(p) for p in range(PARTITIONS)), PROMISED, "a restart forgets the halt"))
        self.assertEqual({shard: fence for shard, fence in fences().items() if shard in CONTESTS},
                         {shard: fence for shard, fence in halted.items() if shard in CONTESTS})

        losses = ",".join(f"trades/{p}:0" for p in range(PARTITIONS))
        STACK.restart("projector", DUEL_PROJECTOR_ACCEPT_LOSS_FROM=losses)
        STACK.settle(30)
        self.assertIn("goes on from offset 0 of trades/1 as it was told to", STACK.said("projector"))
        for partition in range(PARTITIONS):
            shard = f"contest/{partition}"
            causes = STACK.sql("""SELECT cause, start_offsets->>%s, seq_from FROM duel.journal
                                  WHERE shard = %s AND cause LIKE '%%loss%%'""", f"trades/{partition}", shard)
            # Contests may have been ranked in the silence before, which the next record departs from.
            self.assertEqual([(cause.removesuffix("+silence"), start) for cause, start, *_ in causes], [("owner+loss", "0")])
            self.assertEqual(causes[0][2], before[shard] + 1)
        applied = STACK.sql("SELECT partition, count(*) FROM duel.transfers WHERE wallet_address LIKE 'new-%' GROUP BY 1 ORDER BY 1")
        self.assertEqual(applied, [(0, stood[0] + 50), (1, 10), (2, 10), (3, 10)])
        losses_noted = "SELECT count(*) FROM duel.journal WHERE cause LIKE '%loss%'"
        journal = STACK.sql(losses_noted)
        STACK.restart("projector", DUEL_PROJECTOR_ACCEPT_LOSS_FROM=losses)   # means nothing any more
        self.applies_everywhere()
        self.assertEqual(STACK.sql(losses_noted), journal)

        # Records deleted from the front before they were applied.
        self.first = STACK.pid("projector")
        STACK.kill("projector")
        STACK.produce("trades", other(3, 10), 3)
        end = STACK.ends("trades")[3]
        STACK.delete_records("trades", 3, end - 5)
        STACK.run("restart", "projector", check=False, DUEL_START_LIMIT="3")
        until(lambda: "records were deleted before they were applied" in STACK.health("projector")[1], PROMISED,
              lambda: STACK.health("projector"))
        STACK.run("restart", "projector", check=False, DUEL_START_LIMIT="3",
                  DUEL_PROJECTOR_ACCEPT_LOSS_FROM=f"trades/3:{end - 6}")
        until(lambda: f"offset {end - 6} of --accept-loss-from is not in the log" in STACK.health("projector")[1],
              PROMISED, lambda: STACK.health("projector"))
        STACK.restart("projector", DUEL_PROJECTOR_ACCEPT_LOSS_FROM=f"trades/3:{end - 5}")
        STACK.settle(30)
        self.applies_everywhere()

    def test_prices_made_anew_halt_every_shard_that_reads_them(self):
        for _ in range(3):
            self.applies_everywhere()
        admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": STACK.env["DUEL_KAFKA"]})
        make_anew(admin, "prices")
        # Longer than the old one was: fetching by offset shows nothing.
        for partition in range(PARTITIONS):
            STACK.produce("prices", [{"type": "price", "timestamp": now(), "symbol": f"NEW{partition}", "price": 1}] * 300,
                          partition)

        def halted():
            return [shard for shard in CONTESTS + MARKETS
                    if re.search(rf"{shard} stands at offset \d+ of prices/\d, but ", STACK.health("projector")[1])]

        self.within(lambda: len(halted()) == 2 * PARTITIONS, "all shards halt", 2 * PROMISED)
        self.assertEqual(STACK.sql("SELECT count(*) FROM duel.prices WHERE symbol LIKE 'NEW%%'"), [(0,)])
        STACK.restart("projector", DUEL_PROJECTOR_ACCEPT_LOSS_FROM=",".join(f"prices/{p}:0" for p in range(PARTITIONS)))
        STACK.settle(30)
        self.assertEqual(STACK.sql("SELECT count(*), min(price) FROM duel.prices WHERE symbol LIKE 'NEW%%'"), [(PARTITIONS, 1)])
        self.applies_everywhere()



if __name__ == "__main__":
    unittest.main(verbosity=2)
