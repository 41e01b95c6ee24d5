"""What projects the log a second time: verify, verify-contest, as-of, rebuild.

The log is a nasty one, written while the projector is killed again and again; everything afterwards has to give the
same rows from it.
"""

import datetime
import signal
import subprocess
import threading
import time
import unittest
from decimal import Decimal

from nasty_stream import NastyStream, produce
from stack import ROOT, Stack, until

STACK = Stack("replay")
MIGRATIONS = str(ROOT / "migrations")
TOLD = ("contests", "participants", "portfolios", "positions", "leaderboard", "final_standings")


def projector(*words, check=False):
    return STACK.program("duel-projector", *words, check=check, DUEL_MIGRATIONS=MIGRATIONS)


def owner(query):
    return STACK.sql(query, admin=True)


def model():
    [(schema,)] = owner("SELECT schema_name FROM duel_control.models WHERE active")
    return schema


def rows_of(contest, schema="duel"):
    return {relation: sorted(owner(f"SELECT * FROM \"{schema}\".{relation} WHERE contest_id = '{contest}'"), key=str)
            for relation in TOLD}


def printed(value):
    return "\\N" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


class Replays(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(STACK)
        cls.stream = NastyStream(2026)
        for part in range(12):
            produce(STACK, cls.stream.take(500))
            if part % 3 == 1:
                STACK.kill("projector")
                STACK.restart("projector")
            if part % 4 == 2:
                time.sleep(0.8)   # a silence, in which rankings are made
        STACK.settle()
        cls.remember_a_moment()
        produce(STACK, cls.stream.take(1500) + cls.stream.finish() + cls.stream.take(300))
        STACK.settle()
        cls.look_into_the_future()
        settled_rows()   # until the last silence is ranked

    @classmethod
    def look_into_the_future(cls):
        """The same record twice: taken with one setting of the limit, refused with another."""
        ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        tick = {"type": "price", "symbol": "FUTURE", "price": "1", "tick_id": "ahead", "timestamp": ahead.isoformat()}
        for limit in ("2h", "1m"):
            STACK.environment["DUEL_PROJECTOR_FUTURE_LIMIT"] = limit
            STACK.restart("projector")
            produce(STACK, [("prices", 0, tick)])
            STACK.settle()

    @classmethod
    def remember_a_moment(cls):
        """A contest that goes on, at a seq that its shard rests at."""
        time.sleep(1.5)
        [(cls.contest, shard)] = STACK.sql("SELECT contest_id, shard FROM duel.contests WHERE status = 'active'"
                                           " ORDER BY total_participants DESC, contest_id LIMIT 1")
        [(cls.seq,)] = STACK.sql("SELECT seq FROM duel.shards WHERE shard = %s", shard)
        cls.moment = rows_of(cls.contest)

    def test_the_log_has_a_history(self):
        causes = dict(owner(f"SELECT cause, count(*) FROM {model()}.journal GROUP BY 1"))
        codes = dict(STACK.sql("SELECT code, count(*) FROM duel.dead_letters GROUP BY 1"))
        print("stretches by cause:", causes, "refusals by code:", codes)
        self.assertGreater(sum(n for cause, n in causes.items() if "owner" in cause), 8)
        for code in ("MALFORMED_JSON", "UNKNOWN_TYPE", "INVALID_FIELD", "UNKNOWN_CONTEST", "CONTEST_NOT_ACTIVE",
                     "NOT_A_PARTICIPANT", "WRONG_PARTITION", "DUPLICATE_CONFLICT"):
            self.assertIn(code, codes)

    def test_a_replay_refuses_what_was_refused_when_it_came(self):
        [(taken,)] = STACK.sql("SELECT count(*) FROM duel.prices WHERE symbol = 'FUTURE'")
        [(refused,)] = STACK.sql("SELECT count(*) FROM duel.dead_letters WHERE field = 'timestamp'"
                                 " AND position('FUTURE'::bytea IN value) > 0")
        self.assertEqual((taken, refused), (1, 1))   # that verify agrees, the next test shows

    def test_verify_finds_nothing(self):
        said = projector("verify")
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        self.assertIn(" 0 differences", said.stdout)
        self.assertEqual(self.scratch_schemas(), [])

    def test_verify_names_every_row_that_was_changed_by_hand(self):
        schema = model()
        for table, change, column in (
                ("positions", "cost = cost + 0.000000000000000001", "cost"),
                ("trades", "fee = fee + 1", "fee"),
                ("candles", "revision = revision + 1", "revision"),
                ("leaderboard_history", "rank = rank + 1", "rank"),
                ("dead_letters", "code = 'INVALID_FIELD'", "code"),
                ("final_standings", "rank = rank + 1", "rank"),
        ):
            with self.subTest(table):
                [(place,)] = owner(f"SELECT min(ctid)::text FROM {schema}.{table}"
                                   + (" WHERE code <> 'INVALID_FIELD'" if table == "dead_letters" else ""))
                owner(f"CREATE TABLE public.kept AS SELECT * FROM {schema}.{table} WHERE ctid = '{place}'")
                [(changed,)] = owner(f"UPDATE {schema}.{table} SET {change} WHERE ctid = '{place}' RETURNING ctid::text")
                said = projector("verify")
                owner(f"DELETE FROM {schema}.{table} WHERE ctid = '{changed}'")
                owner(f"INSERT INTO {schema}.{table} SELECT * FROM public.kept")
                owner("DROP TABLE public.kept")
                self.assertEqual(said.returncode, 1, said.stdout + said.stderr)
                self.assertRegex(said.stdout, rf"(?m)^(contest|market)/\d {table} .*: {column} is ")
                self.assertIn(" 1 differences", said.stdout)

    def test_verify_names_a_row_that_is_gone(self):
        schema = model()
        some = f"(scope_no, trade_id) IN (SELECT scope_no, trade_id FROM {schema}.trades ORDER BY seq LIMIT 3)"
        owner(f"CREATE TABLE public.kept AS SELECT * FROM {schema}.trades WHERE {some}")
        owner(f"DELETE FROM {schema}.trades WHERE {some}")
        said = projector("verify")
        [(gone,)] = owner("SELECT count(*) FROM public.kept")
        owner(f"INSERT INTO {schema}.trades SELECT * FROM public.kept")
        owner("DROP TABLE public.kept")
        self.assertEqual(gone, 3)
        self.assertEqual(said.stdout.count("no row in the read model"), gone, said.stdout)

    def test_a_contest_is_shown_as_it_was(self):
        said = projector("as-of", self.seq, "--contest", self.contest, check=True).stdout
        blocks = dict(block.split("\n", 1) for block in said.split("# ")[1:])
        shown = {relation: [line.split("\t") for line in block.splitlines()[1:]] for relation, block in blocks.items()}
        for relation, rows in self.moment.items():
            self.assertEqual(len(shown[relation]), len(rows), relation)
        for relation, columns in (("portfolios", slice(1, 9)), ("positions", slice(1, 9)), ("leaderboard", slice(1, 6))):
            self.assertCountEqual([line[columns] for line in shown[relation]],
                                  [[printed(value) for value in row[columns]] for row in self.moment[relation]], relation)
        self.assertNotEqual(rows_of(self.contest)["portfolios"], self.moment["portfolios"])
        self.assertEqual(self.scratch_schemas(), [])

    def test_a_moment_can_be_kept_as_a_schema(self):
        projector("as-of", self.seq, "--contest", self.contest, "--into", "then", check=True)
        try:
            self.assertEqual(rows_of(self.contest, "then"), self.moment)
        finally:
            owner('DROP SCHEMA "then", then_model CASCADE')

    def test_what_is_asked_of_the_past_must_exist(self):
        for words, wanted in (((0, "--contest", self.contest), "SEQ is 0"), (("soon", "--contest", self.contest), "soon"),
                              ((5, "--contest", "nobody's"), "nobody's")):
            refused = projector("as-of", *words)
            self.assertEqual(refused.returncode, 2)
            self.assertIn(wanted, refused.stderr)
        refused = projector("verify-contest", "nobody's")
        self.assertEqual((refused.returncode, "nobody's" in refused.stderr), (2, True))

    def test_final_standings_are_worked_out_once_more(self):
        [(contest,)] = STACK.sql("SELECT contest_id FROM duel.final_standings GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
        said = projector("verify-contest", contest)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        self.assertIn("they agree", said.stdout)
        self.assertIn('"trades/', said.stdout)
        place = (f"{model()}.final_standings WHERE portfolio_no = (SELECT min(portfolio_no) FROM {model()}.final_standings f"
                 f" JOIN {model()}.contests c USING (contest_no) WHERE c.contest_id = '{contest}')")
        owner(f"UPDATE {place.replace(' WHERE', ' SET rank = rank + 5 WHERE', 1)}")
        said = projector("verify-contest", contest)
        owner(f"UPDATE {place.replace(' WHERE', ' SET rank = rank - 5 WHERE', 1)}")
        self.assertEqual(said.returncode, 1)
        self.assertIn("1 differ", said.stdout)

    @staticmethod
    def scratch_schemas():
        return owner("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'duel\\_%\\_%'"
                     " AND nspname NOT IN ('duel_control', 'duel_wire')")


def settled_rows():
    """All that was projected, once it stays as it is: what the log's silence lets be ranked comes a moment later."""
    while True:
        before = rows()
        time.sleep(1)
        if rows() == before:
            return before


def rows():
    return {relation: STACK.sql(f"SELECT * FROM duel.{relation} ORDER BY shard, seq, {relation}::text") for relation in (
        "contests", "participants", "portfolios", "positions", "trades", "transfers", "candles", "prices",
        "leaderboard", "leaderboard_history", "equity_history", "dead_letters", "market_sentiment")}


class Rebuilds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(STACK)
        cls.stream = NastyStream(7, "again")
        produce(STACK, cls.stream.take(6000))
        STACK.settle()

    def test_an_empty_model_fills_from_the_logs_beginning(self):
        said = projector("rebuild", "--from-empty")
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        until(lambda: STACK.sql("SELECT count(*) FROM duel.shards") == [(8,)], 30, "not all shards begin anew")
        STACK.settle()
        # Not the same rows: where two partitions claim a key, another may come first this time.
        self.assertGreater(STACK.sql("SELECT count(*) FROM duel.trades")[0][0], 500)
        verified = projector("verify")
        self.assertEqual(verified.returncode, 0, verified.stdout)

    def test_tables_of_other_rules_are_left_alone_until_they_are_rebuilt(self):
        STACK.settle()
        before = settled_rows()
        [(epoch,)] = STACK.sql("SELECT DISTINCT epoch FROM duel.shards")
        owner("UPDATE duel_control.models SET rules = 0 WHERE active")
        owner("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'duel-projector %'")
        until(lambda: "duel-projector rebuild" in STACK.health("projector")[1], 30, "no rebuild is asked for")
        self.assertIn("version 0 of the rules", STACK.health("projector")[1])
        up = STACK.run("up", timeout=120)   # the old tables serve, so the rest of the stack is of use
        self.assertIn("asks for you", up.stdout + up.stderr)
        produce(STACK, self.stream.take(100))
        time.sleep(1)
        for relation, found in rows().items():
            self.assertCountEqual(found, before[relation], relation)
        said = projector("rebuild")
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        STACK.settle()
        self.assertNotEqual(STACK.sql("SELECT DISTINCT epoch FROM duel.shards"), [(epoch,)])
        verified = projector("verify")
        self.assertEqual(verified.returncode, 0, verified.stdout)

    def test_a_dry_run_compares_and_leaves_nothing(self):
        said = projector("rebuild", "--dry-run")
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        self.assertIn("0 differ", said.stdout)
        self.assertEqual(owner("SELECT count(*) FROM duel_control.models"), [(1,)])

    def test_a_rebuild_under_load_is_noticed_by_its_epoch_only(self):
        old = model()
        [(epoch,)] = STACK.sql("SELECT DISTINCT epoch FROM duel.shards")
        stop = threading.Event()
        longest, asked, failures = [0.0], [0], []

        def analyst():
            with STACK.connection() as connection, connection.cursor() as cursor:
                connection.autocommit = True
                while not stop.is_set():
                    began = time.monotonic()
                    try:
                        cursor.execute("SELECT count(*), sum(cash) FROM duel.portfolios WHERE contest_id = 'again-0'")
                    except Exception as failure:   # none is expected
                        failures.append(failure)
                        return
                    longest[0] = max(longest[0], time.monotonic() - began)
                    asked[0] += 1

        def services():
            while not stop.is_set():
                produce(STACK, self.stream.take(100))
                time.sleep(0.05)

        watch = STACK.start("duel-watch", "contest:again-0", "--json", "--wallet", "spectator",
                            DUEL_TOKEN=STACK.run("token", "spectator").stdout.strip())
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(watch.stdout), daemon=True)
        threads = [threading.Thread(target=work) for work in (analyst, services)]
        for thread in (reader, *threads):
            thread.start()
        try:
            time.sleep(1)
            said = projector("rebuild")
            seen = len(lines)
            until(lambda: len(lines) > seen, 30, "the client hears nothing after the rebuild")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        self.assertNotEqual(model(), old)
        self.assertEqual(owner(f"SELECT to_regnamespace('{old}') IS NULL"), [(True,)])
        STACK.settle()
        self.assertNotEqual(STACK.sql("SELECT DISTINCT epoch FROM duel.shards"), [(epoch,)])
        print(f"{said.stdout.strip()}; {asked[0]} queries meanwhile, the longest took {longest[0] * 1000:.0f} ms")
        self.assertEqual(failures, [])
        watch.send_signal(signal.SIGTERM)
        watch.wait(10)
        watch.stdout.close()
        after = projector("verify")
        self.assertEqual(after.returncode, 0, after.stdout)

    def test_an_interrupted_rebuild_goes_on_where_it_was(self):
        STACK.settle()
        before = settled_rows()
        rebuild = subprocess.Popen([f"{STACK.environment['DUEL_BIN']}/duel-projector", "rebuild", "--replay-batch", "1000",
                                    "--jobs", "1"], env=STACK.environment | STACK.env | {"DUEL_MIGRATIONS": MIGRATIONS}, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        until(lambda: owner("SELECT count(*) FROM duel_control.models") == [(2,)], 20, "no second model")
        [(schema,)] = owner("SELECT schema_name FROM duel_control.models WHERE NOT active")
        until(lambda: rebuild.poll() is not None or owner(f"SELECT coalesce(sum(seq), 0) > 0 FROM {schema}.shards") == [(True,)],
              20, "nothing is written")
        rebuild.send_signal(signal.SIGINT)
        said = rebuild.communicate(timeout=60)
        if rebuild.returncode == 130:   # otherwise it was quicker
            self.assertIn("goes on with", said[0])
        said = projector("rebuild")
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        STACK.settle()
        for relation, found in settled_rows().items():
            self.assertCountEqual(found, before[relation], relation)


if __name__ == "__main__":
    unittest.main(verbosity=2)
