"""Connections to Postgres that die in COMMIT, before and after it was heard, and statements that run out of time."""

import random
import time
import unittest

from cutting_proxy import CuttingProxy
from fleet import STACK, Fleet, Load, cpu_seconds
from stack import ROOT, until

COMMIT = b"Q\x00\x00\x00\x0bcommit\x00"   # as the protocol of Postgres has it


class CommitCutter(CuttingProxy):
    """Cuts connections in the COMMIT of a batch: the server never hears it, or nobody hears the answer."""

    def __init__(self, port, seed, one_in):
        self.dice, self.one_in = random.Random(seed), one_in
        self.unsent = self.unheard = 0
        self.muted = set()
        super().__init__(port)

    def passes_on(self, data, sink, pair):
        if pair in self.muted:
            return False
        if data.endswith(COMMIT) and self.dice.randrange(self.one_in) == 0:
            if self.dice.random() < 0.5:
                self.unsent += 1
                return False
            self.unheard += 1
            self.muted.add(pair)   # before the answer can come
            sink.sendall(data)
            time.sleep(0.05)
            return False
        return True


class Commit(Fleet):
    def only_through(self, proxy):
        """A projector that reaches Postgres through the proxy, alone."""
        projector = self.start(proxy.port if proxy else None)
        STACK.kill("projector")
        until(lambda: projector.health()[0] == 200, 20, lambda: f"not ready: {projector.health()}")
        return projector

    def test_a_commit_without_an_answer_is_neither_lost_nor_repeated(self):
        load = Load(rate=400)
        cutter = CommitCutter(STACK.base + 2, seed=3, one_in=25)
        self.only_through(cutter)
        load.start()
        until(lambda: cutter.unsent >= 10 and cutter.unheard >= 10, 180, "few commits were cut")
        print(f"    cut before the server heard of it: {cutter.unsent}, before its answer: {cutter.unheard}")
        cutter.one_in = 10 ** 9
        self.applies_everywhere()
        self.assert_exactly_once(load)
        self.assertEqual(STACK.sql("SELECT * FROM duel.reconciliation_breaks LIMIT 5"), [])
        verified = STACK.program("duel-projector", "verify", check=False, DUEL_MIGRATIONS=str(ROOT / "migrations"))
        self.assertEqual(verified.returncode, 0, verified.stdout)
        cutter.close()

    def test_statements_that_run_out_of_time_are_said_and_tried_again(self):
        load = Load()
        projector = self.only_through(None)
        load.start()
        time.sleep(1)
        STACK.sql("ALTER ROLE duel_projector SET statement_timeout = '1ms'", admin=True)
        STACK.sql("CREATE FUNCTION public.slowly() RETURNS trigger LANGUAGE plpgsql AS"
                  " 'BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END'", admin=True)
        [(schema,)] = STACK.sql("SELECT schema_name FROM duel_control.models WHERE active", admin=True)
        STACK.sql(f"CREATE TRIGGER slow AFTER INSERT OR UPDATE ON {schema}.positions FOR STATEMENT"
                  " EXECUTE FUNCTION public.slowly()", admin=True)
        STACK.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'duel_projector'", admin=True)
        try:
            self.within(lambda: "statement timeout" in projector.health()[1], "/readyz names the time-out")
            before = cpu_seconds(projector.pid)
            time.sleep(3)
            self.assertLess((cpu_seconds(projector.pid) - before) / 3, 0.4, "a busy loop")
            self.assertEqual(projector.health()[0], 503)
        finally:
            STACK.sql(f"DROP TRIGGER slow ON {schema}.positions", admin=True)
            STACK.sql("ALTER ROLE duel_projector RESET statement_timeout", admin=True)
            STACK.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'duel_projector'", admin=True)
        self.applies_everywhere()
        self.within(lambda: projector.health()[0] == 200, "/readyz is green again")
        self.assert_exactly_once(load)


if __name__ == "__main__":
    unittest.main(verbosity=2)
