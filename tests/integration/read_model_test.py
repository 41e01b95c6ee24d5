"""The read model as analysts meet it: names, types, comments, rights, exact arithmetic, the documented queries."""

import io
import random
import re
import shutil
import unittest
from fractions import Fraction

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

import ledger
from stack import ROOT, Stack

STACK = Stack("shared")

AMOUNT, TIME, TEXT, INT, BIGINT, JSON, BYTES = (
    "numeric(38,18)", "timestamp with time zone", "text", "integer", "bigint", "jsonb", "bytea")


def columns(kind, names):
    return dict.fromkeys(names.split(), kind)


WHERE = {"shard": TEXT, "seq": BIGINT}
PLACE = {"partition": INT, "offset": BIGINT}
STANDING = columns(TEXT, "contest_id wallet_address username") | columns(AMOUNT, "portfolio_value performance") | {
    "rank": INT, "last_trade_time": TIME, "ranked_at": TIME} | WHERE

# Relation: (key, {column: type}), as the design has them.
RELATIONS = {
    "tokens": ("symbol", columns(TEXT, "symbol name image_url") | {"decimals": INT, "supply": AMOUNT} | WHERE),
    "wallets": ("wallet_address", columns(TEXT, "wallet_address username")
                | columns(TIME, "first_seen_at last_trade_at") | WHERE),
    "contests": ("contest_id", columns(TEXT, "contest_id name status") | columns(AMOUNT, "starting_balance prize_pool")
                 | columns(TIME, "starts_at ends_at created_at started_at ended_at")
                 | columns(INT, "rounds current_round total_participants") | WHERE),
    "participants": ("contest_id wallet_address", columns(TEXT, "contest_id wallet_address username")
                     | columns(TIME, "joined_at left_at") | WHERE),
    "portfolios": ("contest_id wallet_address", columns(TEXT, "contest_id wallet_address") | columns(
        AMOUNT, "cash equity realized_pnl unrealized_pnl fees put_in performance performance_24h")
        | {"last_trade_at": TIME} | WHERE),
    "positions": ("contest_id wallet_address symbol", columns(TEXT, "contest_id wallet_address symbol") | columns(
        AMOUNT, "quantity cost average_price mark_price realized_pnl unrealized_pnl") | WHERE),
    "trades": ("contest_id wallet_address trade_id", columns(TEXT, "contest_id wallet_address trade_id symbol side")
               | columns(AMOUNT, "amount price fee realized_pnl") | {"traded_at": TIME} | PLACE | WHERE),
    "transfers": ("contest_id wallet_address partition offset", columns(
        TEXT, "contest_id wallet_address transfer_id kind") | {"amount": AMOUNT, "transferred_at": TIME} | PLACE | WHERE),
    "activity": ("contest_id seq", columns(TEXT, "contest_id wallet_address username activity_type symbol")
                 | columns(AMOUNT, "amount price") | {"at": TIME} | WHERE),
    "prices": ("symbol", {"symbol": TEXT, "updated_at": TIME}
               | columns(AMOUNT, "price change_24h volume_24h high_24h low_24h") | WHERE),
    "candles": ("symbol interval opened_at", columns(TEXT, "symbol interval") | columns(
        AMOUNT, "open high low close volume buy_volume sell_volume")
        | {"opened_at": TIME, "trades_count": BIGINT, "revision": INT} | WHERE),
    "market_sentiment": ("symbol", columns(TEXT, "symbol volume_trend") | columns(
        AMOUNT, "sentiment_score buy_pressure sell_pressure") | {"updated_at": TIME} | WHERE),
    "leaderboard": ("contest_id wallet_address", STANDING),
    "final_standings": ("contest_id wallet_address", STANDING),
    "leaderboard_history": ("contest_id minute wallet_address", columns(TEXT, "contest_id wallet_address")
                            | {"minute": TIME, "rank": INT} | columns(AMOUNT, "portfolio_value performance") | WHERE),
    "equity_history": ("contest_id wallet_address minute", columns(TEXT, "contest_id wallet_address")
                       | {"minute": TIME} | columns(AMOUNT, "equity put_in") | WHERE),
    "dead_letters": ("topic partition offset", columns(TEXT, "topic code reason field key")
                     | {"value": BYTES, "logged_at": TIME} | PLACE | WHERE),
    "journal": ("shard seq_from", columns(BIGINT, "seq_from seq_to") | columns(JSON, "start_offsets end_offsets")
                | columns(TEXT, "cause epoch") | WHERE),
    "shards": ("shard", columns(TEXT, "epoch owner") | columns(BIGINT, "lag_records fence published_seq")
               | columns(TIME, "now updated_at") | {"offsets": JSON} | WHERE),
    "reconciliation_breaks": ("relation contest_id wallet_address symbol what", columns(
        TEXT, "relation contest_id wallet_address symbol what") | columns("numeric", "expected found") | WHERE),
}


class Relations(unittest.TestCase):
    def test_every_relation_has_the_columns_and_types_of_the_design_and_no_other(self):
        found = {}
        for relation, column, kind in STACK.sql("""
                SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
                JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace = 'duel'::regnamespace AND c.relkind = 'v'
                WHERE a.attnum > 0"""):
            found.setdefault(relation, {})[column] = kind
        self.maxDiff = None
        self.assertEqual(found, {relation: kinds for relation, (_, kinds) in RELATIONS.items()})

    def test_every_relation_and_column_says_what_it_is(self):
        silent = STACK.sql("""
            SELECT c.relname, a.attname FROM pg_class c
            LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            WHERE c.relnamespace = 'duel'::regnamespace AND c.relkind = 'v'
              AND (obj_description(c.oid) IS NULL OR col_description(c.oid, a.attnum) IS NULL)""")
        self.assertEqual(silent, [])

    def test_keys_are_unique(self):
        for relation, (key, _) in RELATIONS.items():
            names = ", ".join(f'"{name}"' for name in key.split())
            twice = STACK.sql(f"SELECT {names} FROM duel.{relation} GROUP BY {names} HAVING count(*) > 1 LIMIT 1")
            self.assertEqual(twice, [], relation)

    def test_the_documented_queries_run(self):
        text = "".join((ROOT / "docs" / name).read_text() for name in ("read-model.md", "questions.md"))
        queries = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
        self.assertGreaterEqual(len(queries), 20)
        for query in queries:
            with self.subTest(query.splitlines()[0]):
                STACK.sql(query)

    def test_the_documentation_lists_every_relation(self):
        listed = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/read-model.md").read_text(), re.MULTILINE)
        self.assertEqual(sorted(listed), sorted(RELATIONS))


class Waiting(unittest.TestCase):
    """duel.wait_for: a producer reads its own writes, and a place that cannot be is an error."""

    def test_it_ends_when_the_record_is_applied_or_patience_runs_out(self):
        [offset] = STACK.produce("trades", ["no event"], partition=0)
        self.assertEqual(STACK.sql("SELECT duel.wait_for('trades', 0, %s)", offset), [(True,)])
        self.assertEqual(STACK.sql("SELECT count(*) FROM duel.dead_letters WHERE topic = 'trades' AND partition = 0"
                                   ' AND "offset" = %s', offset), [(1,)])
        self.assertEqual(STACK.sql("SELECT duel.wait_for('trades', 0, 9000000000, '50 ms')"), [(False,)])

    def test_a_tick_is_waited_for_in_every_shard_that_values_positions_at_it(self):
        for _ in range(20):
            [offset] = STACK.produce("prices", ["no event"], partition=1)
            self.assertEqual(STACK.sql("SELECT duel.wait_for('prices', 1, %s)", offset), [(True,)])
            behind = STACK.sql("SELECT shard FROM duel.shards WHERE (shard = 'market/1' OR shard LIKE 'contest/%%')"
                               " AND coalesce((offsets ->> 'prices/1')::bigint, 0) <= %s", offset)
            self.assertEqual(behind, [])

    def test_a_shard_that_has_read_nothing_of_the_partition_is_waited_for(self):
        with STACK.connection(admin=True) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT schema_name FROM duel_control.models WHERE active")
            [(model,)] = cursor.fetchall()
            # Seen by this transaction alone; a shard that was taken and has read nothing looks like this.
            cursor.execute(f"UPDATE {model}.shards SET offsets = offsets - 'prices/1' WHERE shard = 0")
            cursor.execute("SELECT duel.wait_for('prices', 1, 0, '50 ms')")
            self.assertEqual(cursor.fetchall(), [(False,)])
            connection.rollback()

    def test_a_place_that_cannot_be_is_an_error_that_says_why(self):
        for arguments, words in (
                ("'status', 0, 1", 'topic is "status"; wanted trades or prices'),
                ("'Trades', 0, 1", 'topic is "Trades"'),
                ("'trades', 0, -1", "offset is -1"),
                ("'trades', -1, 1", "partition is -1"),
                ("'trades', 4711, 1, '50 ms'", "nobody projects trades/4711: duel.shards has no contest/4711"),
                ("'prices', 4711, 1, '50 ms'", "nobody projects prices/4711: duel.shards has no market/4711"),
                ("NULL, 0, 1", "none of them null"),
                ("'trades', 0, NULL", "none of them null"),
                ("'trades', 0, 1, NULL", "none of them null"),
        ):
            with self.subTest(arguments), self.assertRaises(psycopg2.Error) as refused:
                STACK.sql(f"SELECT duel.wait_for({arguments})")
            self.assertIn(words, str(refused.exception))

    def test_a_transaction_that_can_see_nothing_new_does_not_wait_in_vain(self):
        with STACK.connection() as connection, connection.cursor() as cursor:
            connection.set_session(isolation_level="REPEATABLE READ")
            with self.assertRaises(psycopg2.Error) as refused:
                cursor.execute("SELECT duel.wait_for('trades', 0, 9000000000)")
            self.assertIn("wait before it", str(refused.exception))


class Rights(unittest.TestCase):
    def test_the_analyst_reads_every_relation(self):
        for relation in RELATIONS:
            STACK.sql(f"SELECT * FROM duel.{relation} LIMIT 1")

    def test_the_analyst_does_nothing_else(self):
        for attempt in (
                "SELECT * FROM model_1.trades",
                "SELECT * FROM duel_control.models",
                "INSERT INTO duel.contests (contest_id) VALUES ('mine')",
                "UPDATE duel.portfolios SET cash = 0",
                "DELETE FROM duel.contests",
                "TRUNCATE model_1.trades",
                "CREATE TABLE public.mine (n int)",
                "CREATE VIEW duel.mine AS SELECT 1",
                "CREATE TEMPORARY TABLE mine (n int)",
                "CREATE SCHEMA mine",
                "SELECT pg_advisory_lock(1)",
                "SELECT pg_try_advisory_xact_lock(1, 2)",
                "SELECT lo_create(0)",
                "SELECT pg_read_file('postgresql.conf')",
                "COPY (SELECT 1) TO PROGRAM 'true'",
                "SET ROLE duel_projector",
        ):
            with self.subTest(attempt), STACK.connection() as connection, connection.cursor() as cursor:
                cursor.execute("SET default_transaction_read_only = off")
                connection.commit()
                with self.assertRaises(psycopg2.Error) as refused:
                    cursor.execute(attempt)
                # 42501: not allowed; 55000: a view that nobody can write to
                self.assertIn(refused.exception.pgcode, ("42501", "55000"))

    def test_an_analysts_query_ends_by_itself(self):
        self.assertEqual(STACK.sql("SHOW statement_timeout"), [("1min",)])

    def test_the_websocket_server_reads_the_same_and_writes_nothing(self):
        for role, privilege, wanted in (("duel_wsserver", "SELECT", True), ("duel_wsserver", "UPDATE", False),
                                        ("duel_projector", "SELECT", True)):
            self.assertEqual(
                STACK.sql("SELECT bool_and(has_table_privilege(%s, oid, %s)) FROM pg_class"
                          " WHERE relnamespace = 'duel'::regnamespace AND relkind = 'v'", role, privilege), [(wanted,)])


class Arithmetic(unittest.TestCase):
    CASES = 10_000

    @staticmethod
    def amount(dice):
        """Few digits or many, ties and carries more often than by chance."""
        count = dice.randrange(10 ** dice.choice((1, 2, 5, 18, 19, 24, 38)))
        if dice.random() < 0.3:
            count = count // 10 ** (places := dice.choice((3, 6, 17, 18))) * 10 ** places
        return count * dice.choice((1, 1, -1))

    def cases(self, function):
        """Rows (a, b, what the SQL function made of them) in units of 1e-18."""
        dice = random.Random(20251113)
        pairs = [(self.amount(dice), self.amount(dice)) for _ in range(self.CASES)]
        with STACK.connection(admin=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE cases (n int, a numeric(38,18), b numeric(38,18))")
            rows = "".join(f"{n}\t{ledger.text(a)}\t{ledger.text(b)}\n" for n, (a, b) in enumerate(pairs))
            cursor.copy_from(io.StringIO(rows), "cases")
            cursor.execute(f"SELECT {function} FROM cases ORDER BY n")
            return [(a, b, result) for (a, b), (result,) in zip(pairs, cursor.fetchall())]

    @staticmethod
    def rounded(value):
        """A fraction to 18 places, half away from zero."""
        scaled = abs(value) * 10**18 + Fraction(1, 2)
        return Fraction(scaled.numerator // scaled.denominator, 10**18) * (1 if value >= 0 else -1)

    def test_division_rounds_once(self):
        for a, b, result in self.cases("duel.divide(a, b)"):
            wanted = self.rounded(Fraction(a, b)) if b else None
            self.assertEqual(result if result is None else Fraction(result), wanted, f"{a} / {b}")

    def test_the_cases_catch_a_division_that_rounds_twice(self):
        wrong = sum(b != 0 and Fraction(result) != self.rounded(Fraction(a, b))
                    for a, b, result in self.cases("(a / nullif(b, 0))::numeric(80,18)"))
        self.assertGreater(wrong, 0)

    def test_multiplication_rounds_half_away_from_zero(self):
        for a, b, result in self.cases("duel.multiply(a, b)"):
            self.assertEqual(Fraction(result), self.rounded(Fraction(a * b, 10**36)), f"{a} * {b}")

    def test_performance_is_null_without_anything_put_in_and_beyond_the_range(self):
        for equity, put_in, result in self.cases("duel.performance(a, b)"):
            wanted = self.rounded(Fraction((equity - put_in) * 100, put_in)) if put_in > 0 else None
            if wanted is not None and abs(wanted) >= 10**20:
                wanted = None
            self.assertEqual(result if result is None else Fraction(result), wanted, f"{equity} of {put_in}")


class Migrations(unittest.TestCase):
    DATABASE = "duel_migrations_test"

    def setUp(self):
        self.owner = STACK.env["DUEL_POSTGRES_ADMIN"]
        self.administer(f"DROP DATABASE IF EXISTS {self.DATABASE}", f"CREATE DATABASE {self.DATABASE}")
        self.addCleanup(self.administer, f"DROP DATABASE {self.DATABASE} WITH (FORCE)")
        self.url = make_dsn(**parse_dsn(self.owner) | {"dbname": self.DATABASE})
        self.folder = STACK.var / "migrations"
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(ROOT / "migrations", self.folder)

    def administer(self, *statements):
        with STACK.connection(admin=True) as connection:
            connection.autocommit = True
            for statement in statements:
                connection.cursor().execute(statement)

    def migrate(self):
        return STACK.program("duel-projector", "migrate", "--migrations", self.folder, check=False,
                             DUEL_POSTGRES_ADMIN=self.url)

    def applied(self):
        with psycopg2.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT number, name FROM duel_control.migrations ORDER BY number")
            return cursor.fetchall()

    def test_two_at_once_apply_each_file_once(self):
        both = [STACK.start("duel-projector", "migrate", "--migrations", str(self.folder), DUEL_POSTGRES_ADMIN=self.url)
                for _ in range(2)]
        for process in both:
            process.communicate(timeout=60)
        self.assertEqual([process.returncode for process in both], [0, 0])
        files = sorted(path.name for path in self.folder.glob("*.sql"))
        self.assertEqual([f"{number:03}_{name}.sql" for number, name in self.applied()], files)

    def test_a_changed_file_is_refused_by_name(self):
        self.assertEqual(self.migrate().returncode, 0)
        changed = sorted(self.folder.glob("*.sql"))[1]
        changed.write_text(changed.read_text() + "-- changed\n")
        refused = self.migrate()
        self.assertEqual(refused.returncode, 1)
        self.assertIn(changed.name, refused.stderr)

    def test_a_missing_file_is_refused_by_name(self):
        self.assertEqual(self.migrate().returncode, 0)
        missing = sorted(self.folder.glob("*.sql"))[-1]
        missing.unlink()
        refused = self.migrate()
        self.assertEqual(refused.returncode, 1)
        self.assertIn(missing.name, refused.stderr)

    def test_new_files_wait_for_a_rebuild_that_is_at_work(self):
        self.assertEqual(self.migrate().returncode, 0)
        with psycopg2.connect(self.url) as rebuild, rebuild.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(1685415276, 1919247980)")
            self.assertEqual(self.migrate().returncode, 0)   # nothing to do
            (self.folder / f"{len(list(self.folder.glob('*.sql'))) + 1:03}_new.sql").write_text("SELECT 1;\n")
            refused = self.migrate()
            self.assertEqual(refused.returncode, 1)
            self.assertIn("a rebuild is at work", refused.stderr)
        rebuild.close()
        self.assertEqual(self.migrate().returncode, 0)

    def test_a_failing_file_leaves_nothing_of_itself_behind(self):
        bad = self.folder / f"{len(list(self.folder.glob('*.sql'))) + 1:03}_bad.sql"
        bad.write_text("CREATE TABLE duel_control.half (n int);\nSELECT 1 / 0;\n")
        refused = self.migrate()
        self.assertEqual(refused.returncode, 1)
        self.assertIn(bad.name, refused.stderr)
        with psycopg2.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('duel_control.half')")
            self.assertEqual(cursor.fetchall(), [(None,)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
