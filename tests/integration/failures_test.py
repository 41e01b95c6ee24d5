"""What dies, what is missing and what is set wrongly: nothing is lost, and everybody says why they wait or refuse."""

import json
import random
import signal
import time
import unittest
from datetime import datetime, timezone

import psycopg2

from stack import RECORDINGS, Stack, until

STACK = Stack("failures")
FREE_PORT = STACK.base + 8

# Everything that the log alone decides. Rankings before the end are left out: their pace is the machine's.
COMPARED = {
    "contests": "*", "participants": "*", "wallets": "*", "portfolios": "*", "positions": "*", "trades": "*",
    "transfers": "*", "activity": "*", "prices": "*", "candles": "*", "dead_letters": "*", "tokens": "*",
    "final_standings": "contest_id, wallet_address, rank, portfolio_value, performance",
}


def rows():
    return {relation: STACK.sql(f"SELECT {names} FROM duel.{relation} t ORDER BY t::text")
            for relation, names in COMPARED.items()}


class Failures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.contests = 0
        STACK.up("--fresh")

    @classmethod
    def tearDownClass(cls):
        STACK.down()

    def setUp(self):
        STACK.up()

    def write_contest(self):
        """Produces a new contest; gives back how to ask whether it was applied."""
        Failures.contests += 1
        contest, now = f"contest-{self.contests}", datetime.now(timezone.utc).isoformat()
        STACK.produce("trades", [{"type": "contest_created", "timestamp": now, "contest_id": contest, "name": contest,
                                  "starting_balance": 1, "prize_pool": 0, "starts_at": now, "ends_at": now}],
                      self.contests % 4)
        return lambda: STACK.sql("SELECT 1 FROM duel.contests WHERE contest_id = %s", contest)

    # Away -----------------------------------------------------------------------------------------------

    def assert_survives_without(self, service):
        """Kills a service under the programs: they stay, say so, and go on by themselves."""
        before = {part: STACK.pid(part) for part in ("projector", "wsserver")}
        STACK.kill(service)
        STACK.until_ready("projector", ready=False, seconds=60)
        self.assertIn(service, [condition["name"] for condition in json.loads(STACK.health("projector")[1])["conditions"]
                                if not condition["ok"]])
        time.sleep(3)
        STACK.restart(service)
        for part in before:
            STACK.until_ready(part, seconds=60)
        self.assertEqual({part: STACK.pid(part) for part in before}, before)
        until(self.write_contest(), 30, f"nothing is applied after {service} came back")

    def test_programs_outlive_a_broker_that_goes_away(self):
        self.assert_survives_without("kafka")

    def test_programs_outlive_a_database_that_goes_away(self):
        self.assert_survives_without("postgres")

    def test_programs_start_before_broker_and_database_and_wait_for_them(self):
        STACK.settle()
        for part in ("projector", "wsserver", "kafka", "postgres"):
            STACK.kill(part)
        for part in ("projector", "wsserver"):
            waiting = STACK.run("restart", part, check=False, DUEL_START_LIMIT="2")
            self.assertNotEqual(waiting.returncode, 0)
            until(lambda part=part: STACK.health(part)[0] == 503, 30, lambda part=part: STACK.health(part))
            self.assertEqual(STACK.health(part, "/healthz")[0], 200)
        before = {part: STACK.pid(part) for part in ("projector", "wsserver")}
        STACK.restart("postgres")
        STACK.restart("kafka")
        for part in before:
            STACK.until_ready(part, seconds=60)
        self.assertEqual({part: STACK.pid(part) for part in before}, before)
        until(self.write_contest(), 30, "nothing is applied")

    def test_everything_is_as_it_was_after_down_and_up(self):
        until(self.write_contest(), 30, "nothing is applied")
        before = rows()
        STACK.run("down")
        STACK.up()
        self.assertEqual(rows(), before)
        until(self.write_contest(), 30, "nothing is applied afterwards")

    # Crashes --------------------------------------------------------------------------------------------

    def test_a_second_projector_takes_the_shards_of_one_that_died(self):
        second = STACK.start("duel-projector", "run", DUEL_PROJECTOR_METRICS_PORT=str(FREE_PORT),
                             DUEL_PROJECTOR_POSTGRES=self.projector_url())
        try:
            time.sleep(1)
            STACK.kill("projector")
            for _ in range(4):   # one in every partition
                until(self.write_contest(), 30, "the second projector applies nothing")
        finally:
            second.send_signal(signal.SIGTERM)
            second.communicate(timeout=20)
        self.assertEqual(second.returncode, 0)

    def projector_url(self):
        password = (STACK.var / "secrets/duel_projector").read_text().strip()
        return STACK.env["DUEL_POSTGRES_ADMIN"].replace(
            STACK.env["DUEL_POSTGRES_ADMIN"].split("//")[1].split("@")[0], f"duel_projector:{password}")

    @unittest.skipUnless((RECORDINGS / "arena").is_dir(), f"no recordings in {RECORDINGS}")
    def test_a_projector_killed_under_load_leaves_the_same_rows_as_one_that_was_not(self):
        STACK.kill("projector")
        STACK.program("duel-ingest", "replay", RECORDINGS / "arena", "--limit", "60000", "--speed", "max")
        dice = random.Random(7)
        killed_at_work = 0
        while killed_at_work < 5:
            STACK.restart("projector")
            time.sleep(dice.uniform(0, 0.2))
            killed_at_work += bool(STACK.behind())
            if not STACK.behind():
                break
            STACK.kill("projector")
        STACK.run("restart", "projector")
        STACK.settle(120)
        with_kills = rows()
        self.assertGreaterEqual(killed_at_work, 2, "too fast to be killed at work: raise the limit")

        STACK.kill("projector")
        database = psycopg2.extensions.parse_dsn(STACK.env["DUEL_POSTGRES_ADMIN"])["dbname"]
        server = STACK.env["DUEL_POSTGRES_ADMIN"].removesuffix(database) + "postgres"
        connection = psycopg2.connect(server)
        connection.autocommit = True
        connection.cursor().execute(f"DROP DATABASE {database} WITH (FORCE)")
        connection.cursor().execute(f"CREATE DATABASE {database}")
        connection.close()
        STACK.up()
        STACK.settle(120)
        without = rows()
        for relation in COMPARED:
            self.assertEqual(len(with_kills[relation]), len(without[relation]), relation)
            for one, other in zip(with_kills[relation], without[relation]):
                self.assertEqual(one, other, relation)

    def good_settings(self):
        """With these all programs would run, beside the ones that do."""
        return {"DUEL_PROJECTOR_METRICS_PORT": f"{FREE_PORT}", "DUEL_WSSERVER_METRICS_PORT": f"{FREE_PORT}",
                "DUEL_WSSERVER_LISTEN": f"127.0.0.1:{FREE_PORT + 1}", "DUEL_PROJECTOR_POSTGRES": self.projector_url(),
                "DUEL_WSSERVER_POSTGRES": STACK.env["DUEL_POSTGRES"],
                "DUEL_TLS_CERT": f"{STACK.var}/tls/server.crt", "DUEL_TLS_KEY": f"{STACK.var}/tls/server.key"}

    # Wrong settings -------------------------------------------------------------------------------------

    def test_a_wrong_setting_is_refused_with_its_name_its_value_and_what_is_allowed(self):
        for program, words, settings, wanted in (
                ("duel-projector", ["run", "--metrics-port", "99999"], {}, ["metrics-port", "99999", "65535"]),
                ("duel-projector", ["run"], {"DUEL_PROJECTOR_METRICS_PORT": "soon"}, ["METRICS_PORT", "soon"]),
                ("duel-ingest", ["topics", "--partitions", "0"], {}, ["partitions", "0", "1"]),
                ("duel-ingest", ["topics"], {"DUEL_PARTITIONS": "many"}, ["DUEL_PARTITIONS", "many"]),
                ("duel-wsserver", ["run", "--log-format", "xml"], {}, ["log-format", "xml", "json"]),
                ("duel-wsserver", ["run"], {"DUEL_WSSERVER_LISTEN": "here"}, ["LISTEN", "here"]),
                ("duel-wsserver", ["run", "--no-such-flag"], {}, ["no-such-flag"]),
                ("duel-wsserver", ["run"], {"DUEL_TLS_CERT": "/nowhere.crt"}, ["DUEL_TLS_CERT", "/nowhere.crt", "PEM"]),
        ):
            with self.subTest(f"{program} {words} {settings}"):
                refused = STACK.program(program, *words, check=False, timeout=20, **self.good_settings() | settings)
                self.assertEqual(refused.returncode, 2, refused.stderr)
                for word in wanted:
                    self.assertIn(word, refused.stderr)

    def test_a_port_in_use_is_named_with_the_setting_that_changes_it(self):
        taken = STACK.base   # Kafka's
        for program, setting, value in (
                ("duel-projector", "DUEL_PROJECTOR_METRICS_PORT", f"{taken}"),
                ("duel-ingest", "DUEL_INGEST_METRICS_PORT", f"{taken}"),
                ("duel-wsserver", "DUEL_WSSERVER_LISTEN", f"127.0.0.1:{taken}"),
        ):
            with self.subTest(program):
                refused = STACK.program(program, "serve" if program == "duel-ingest" else "run", check=False, timeout=20,
                                        **self.good_settings() | {setting: value})
                self.assertEqual(refused.returncode, 1, refused.stderr)
                self.assertIn(str(taken), refused.stderr)
                self.assertIn(setting, refused.stderr)

    def test_topics_that_are_set_up_otherwise_are_refused_with_what_differs(self):
        refused = STACK.program("duel-ingest", "topics", "--partitions", "5", check=False)
        self.assertEqual(refused.returncode, 1)
        for word in ("trades", "partitions", "4", "5"):
            self.assertIn(word, refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
