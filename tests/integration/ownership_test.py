"""Who projects which shard: fair shares, owners that die, freeze or are cut off, and what stands in their way."""

import os
import signal
import time
import unittest

import psycopg2

from cutting_proxy import CuttingProxy
from fleet import PARTITIONS, STACK, Fleet, Load, Tracing, cpu_seconds, fences, owners, thread_named
from stack import PROMISED, until


class Ownership(Fleet):
    # Shares ---------------------------------------------------------------------------------------------

    def test_two_and_three_projectors_have_fair_shares_and_keep_them(self):
        load = Load()
        load.start()
        second = self.start()
        self.within(lambda: self.are_even([self.first, second.pid]), "two projectors share")
        third = self.start()
        all_three = [self.first, second.pid, third.pid]
        self.within(lambda: self.are_even(all_three), "three projectors share")
        time.sleep(1)
        settled = fences()
        time.sleep(4)
        self.assertEqual(fences(), settled, "shards change hands although nobody comes or goes")
        self.assertEqual({p.health()[0] for p in (second, third)}, {200}, second.health())
        self.assertIn("has it", second.health()[1])
        third.process.send_signal(signal.SIGTERM)
        self.within(lambda: self.are_even([self.first, second.pid]), "the shares of one that leaves are taken")
        self.assertEqual(third.end(), 0)
        self.assert_exactly_once(load)

    def test_the_shards_of_a_killed_projector_work_elsewhere(self):
        second, third = self.start(), self.start()
        load = Load()
        load.start()
        self.within(lambda: self.are_even([self.first, second.pid, third.pid]), "three projectors share")
        second.end(signal.SIGKILL)
        killed = time.monotonic()
        self.within(lambda: self.are_even([self.first, third.pid]), "a dead one's shards are taken")
        self.applies_everywhere()
        self.assertLess(time.monotonic() - killed, PROMISED)
        self.assert_exactly_once(load)

    # Frozen and cut off ---------------------------------------------------------------------------------

    def test_a_frozen_projector_loses_its_shards_and_writes_nothing_when_it_wakes(self):
        second = self.start()
        load = Load()
        load.start()
        self.within(lambda: self.are_even([self.first, second.pid]), "two projectors share")
        lost = [shard for shard, pid in owners().items() if pid == second.pid]
        before = fences()
        second.process.send_signal(signal.SIGSTOP)
        self.within(lambda: self.are_even([self.first]), "a frozen one's shards are taken", PROMISED + 1)
        self.applies_everywhere()
        self.assertTrue(all(fences()[shard] > before[shard] for shard in lost))
        time.sleep(2)
        taken = fences()
        second.process.send_signal(signal.SIGCONT)
        self.within(lambda: self.are_even([self.first, second.pid]), "it is back and has its share")
        self.assertRegex(STACK.said("projector"), rf"/{second.pid} has given no sign of life for \d+ ms")
        for shard, pid in owners().items():
            if pid == second.pid:
                self.assertGreater(fences()[shard], taken[shard])
        self.within(lambda: second.health()[0] == 200, "it is ready again")
        self.assert_exactly_once(load)

    def test_a_projector_that_is_parted_from_postgres_loses_its_shards_and_writes_nothing_when_it_is_back(self):
        proxy = CuttingProxy(STACK.base + 2)
        second = self.start(proxy.port)
        load = Load()
        load.start()
        self.within(lambda: self.are_even([self.first, second.pid]), "two projectors share")
        proxy.hold()
        self.within(lambda: second.health()[0] == 503, "it knows that something is wrong")
        self.within(lambda: self.are_even([self.first]), "its shards are taken", PROMISED + 1)
        self.applies_everywhere()
        time.sleep(2)
        proxy.let_go()
        self.within(lambda: self.are_even([self.first, second.pid]), "it is back and has its share")
        self.within(lambda: second.health()[0] == 200, "it is ready again")
        self.assert_exactly_once(load)
        second.end()
        proxy.close()

    def test_a_projector_whose_sessions_are_ended_takes_its_shards_again(self):
        second = self.start()
        load = Load()
        load.start()
        self.within(lambda: self.are_even([self.first, second.pid]), "two projectors share")
        before = fences()
        ended = STACK.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'duel_projector'",
                          admin=True)
        self.assertGreaterEqual(len(ended), 2 * PARTITIONS + 2)
        self.within(lambda: all(fences()[shard] > before[shard] for shard in before) and
                    self.are_even([self.first, second.pid]), "all are taken again")
        self.applies_everywhere()
        self.assert_exactly_once(load)

    def test_a_lock_that_a_stranger_holds_makes_its_shard_not_ready_until_it_is_let_go(self):
        stranger = psycopg2.connect(STACK.env["DUEL_POSTGRES_ADMIN"])
        stranger.autocommit = True
        cursor = stranger.cursor()
        cursor.execute("""SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 0
                          AND classid = 'x4475656c'::bit(32)::int""")
        cursor.execute("SELECT pg_advisory_lock('x4475656c'::bit(32)::int, 0)")
        self.within(lambda: STACK.health("projector")[0] == 503, "it is not ready")
        until(lambda: "is no projector's" in STACK.health("projector")[1], 30, lambda: STACK.health("projector"))
        busy = cpu_seconds(self.first)
        time.sleep(2)
        self.assertLess(cpu_seconds(self.first) - busy, 0.8, "a busy loop")
        cursor.execute("SELECT pg_advisory_unlock_all()")
        self.within(lambda: STACK.health("projector")[0] == 200, "it is ready again")
        stranger.close()
        self.applies_everywhere()

    def test_rows_that_a_stranger_locks_make_it_not_ready_until_they_are_let_go(self):
        load = Load()
        load.start()
        stranger = psycopg2.connect(STACK.env["DUEL_POSTGRES_ADMIN"])
        stranger.cursor().execute("LOCK TABLE model_1.shards")
        self.within(lambda: STACK.health("projector")[0] == 503, "it is not ready", PROMISED + 1)
        self.assertIn("lock timeout", STACK.health("projector")[1])
        busy = cpu_seconds(self.first)
        time.sleep(8)
        self.assertLess((cpu_seconds(self.first) - busy) / 8, 0.4, "a busy loop")
        stranger.close()
        self.applies_everywhere()
        STACK.until_ready("projector", seconds=PROMISED)
        self.assert_exactly_once(load)

    def test_an_owner_whose_fence_was_raised_writes_nothing_and_begins_again(self):
        load = Load()
        load.start()
        time.sleep(1)
        before = fences()
        STACK.sql("UPDATE model_1.shards SET fence = fence + 1", admin=True)
        self.within(lambda: all(fences()[shard] > before[shard] + 1 for shard in before), "all are taken again")
        self.applies_everywhere()
        self.assertIn("contest/0 was taken by another projector", STACK.said("projector"))
        self.assert_exactly_once(load)

    def test_work_goes_on_when_postgres_is_back(self):
        load = Load(rate=50)
        load.start()
        STACK.kill("postgres")
        STACK.until_ready("projector", ready=False, seconds=PROMISED)
        busy = cpu_seconds(self.first)
        time.sleep(8)
        self.assertLess((cpu_seconds(self.first) - busy) / 8, 0.4, "a busy loop")
        STACK.restart("postgres")
        self.applies_everywhere()
        STACK.until_ready("projector", seconds=PROMISED)
        self.assert_exactly_once(load)

    def test_work_goes_on_when_kafka_is_back(self):
        before = fences()
        STACK.kill("kafka")
        STACK.until_ready("projector", ready=False, seconds=PROMISED)
        busy = cpu_seconds(self.first)
        time.sleep(8)
        self.assertLess((cpu_seconds(self.first) - busy) / 8, 0.4, "a busy loop")
        STACK.restart("kafka")
        self.applies_everywhere()
        STACK.until_ready("projector", seconds=PROMISED)
        self.assertEqual(fences(), before, "a broker that was away is no reason to take a shard again")

    # Health ---------------------------------------------------------------------------------------------

    def assert_red_while(self, freeze, thaw, what):
        self.assertEqual(STACK.health("projector")[0], 200)
        freeze()
        try:
            self.within(lambda: STACK.health("projector")[0] == 503, what)
        finally:
            thaw()
        self.within(lambda: STACK.health("projector")[0] == 200, "and green again")

    def test_a_broker_that_does_not_answer_makes_it_not_ready(self):
        kafka = STACK.pid("kafka")
        self.assert_red_while(lambda: os.kill(kafka, signal.SIGSTOP), lambda: os.kill(kafka, signal.SIGCONT),
                              "red while the broker is silent")

    def test_a_thread_that_hangs_makes_it_not_ready(self):
        for name in ("contest/0", "read contest/1", "read prices", "roll call"):
            with self.subTest(name):
                thread = thread_named(self.first, name)
                try:
                    tracing = Tracing(thread)
                except PermissionError:
                    self.skipTest("threads cannot be stopped here")
                self.assert_red_while(tracing.stop, tracing.end, f"red while thread {name} hangs")
                self.assertEqual(STACK.health("projector", "/healthz")[0], 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
