"""A Kafka that asks who comes: every program runs with the ACLs of docs/operations.md, needs each of them, and says what
it is refused for. (Whom the brokers do not let in at all: kafka_refusals_test.py.)"""

import asyncio
import contextlib
import json
import os
import pathlib
import re
import ssl
import subprocess
import unittest
from datetime import datetime, timezone

import confluent_kafka
import websockets

from exchange_server import Authority as ExchangeAuthority, ExchangeServer
from kafka_security_stage import (ALLOWED, KAFKA, STACK, TOPICS, USERS, Server, allowed, begin, command, end, environment, event_file,
                                  producer, until_command, up_as_one_user, verdict_of_reading, verdict_of_writing, without)
from stack import BIN, ROOT, alive, token, until

PAGE = (ROOT / "docs/operations.md").read_text()


def now():
    return datetime.now(timezone.utc).isoformat()


def trade(number, **fields):
    return {"type": "trade", "timestamp": now(), "contest_id": "cup", "trade_id": f"t{number}", "wallet_address": "w-alice",
            "symbol": "SOL", "side": "buy", "amount": "1", "price": "150"} | fields


CONTEST = [
    {"type": "contest_created", "timestamp": now(), "contest_id": "cup", "name": "Cup", "starting_balance": "1000", "prize_pool": "5",
     "starts_at": now(), "ends_at": "2100-01-01T00:00:00Z"},
    {"type": "contest_started", "timestamp": now(), "contest_id": "cup"},
    {"type": "participant_joined", "timestamp": now(), "contest_id": "cup", "wallet_address": "w-alice", "username": "alice"},
    trade(1),
    {"type": "price", "timestamp": now(), "symbol": "SOL", "price": "160", "size": "1", "side": "buy"},
]


def setUpModule():
    begin()
    unittest.addModuleCleanup(end)
    Creation.said = grant_creation_one_by_one()
    KAFKA.acls.allow([acl for acl in ALLOWED if acl[1] != "Create"])
    up_as_one_user()


def grant_creation_one_by_one():
    """What `duel-ingest topics` says with no right to create any topic, with that for the first, and so on."""
    said = []
    KAFKA.acls.allow([acl for acl in allowed("duel-topics") if acl[1] != "Create"])
    for topic in (None, *TOPICS):
        if topic:
            KAFKA.acls.allow([("duel-topics", "Create", topic)])
        # A broker learns of a changed ACL a moment after it was changed.
        until(lambda: topics_command().stderr != said[-1].stderr if said else "Create" in topics_command().stderr, 30, lambda: said[-1:])
        said.append(topics_command())
    return said


def topics_command():
    return subprocess.run([pathlib.Path(BIN) / "duel-ingest", "topics"], env=KAFKA.settings("duel-topics"), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


class Creation(unittest.TestCase):
    said = []

    def test_each_topic_needs_its_right_to_be_created(self):
        for topic, done in zip(TOPICS, self.said):
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(f"creating topic {topic}: ", done.stderr)
            self.assertIn(f"needs an ACL for Create on topic {topic}", done.stderr)
        self.assertEqual(self.said[-1].returncode, 0, self.said[-1].stderr)
        self.assertIn("trades: as it should be", self.said[-1].stdout)


class AsOneUser(unittest.TestCase):
    """`./run` with a Kafka like that."""

    @classmethod
    def setUpClass(cls):
        STACK.up()   # in case it was ended

    def test_a_stack_is_ready_and_keeps_to_itself_what_nobody_should_see(self):
        self.assertEqual(STACK.run("status", check=False).returncode, 0)
        password = KAFKA.passwords["duelcast"]
        for part in ("ingest", "projector", "wsserver"):
            self.assertEqual(STACK.health(part)[0], 200, STACK.health(part))
            self.assertNotIn(password, STACK.said(part))
            self.assertNotIn(password, pathlib.Path(f"/proc/{STACK.pid(part)}/cmdline").read_text())
        for file in ("choices", "env", "kafka/client.properties"):
            self.assertEqual((STACK.var / file).stat().st_mode & 0o77, 0, file)
        self.assertEqual(STACK.env["DUEL_KAFKA_USER"], "duelcast")

    def test_the_page_has_every_setting_and_starts_a_stack_like_this_one(self):
        for program in ("duel-ingest", "duel-projector", "duel-wsserver"):
            told = subprocess.run([pathlib.Path(BIN) / program, "--help"], check=True, capture_output=True, text=True).stdout
            settings = re.findall(r"^  (--kafka-\S+) .* (DUEL_KAFKA_\S+)$", told, re.M)
            self.assertEqual(len(settings), 10, told)
            for flag, variable in settings:
                if flag != "--kafka-option":
                    self.assertIn(f"| `{flag}`, `{variable}` |", PAGE)
        [example] = [block for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S) if "DUEL_KAFKA_PROTOCOL" in block]
        self.assertEqual(set(re.findall(r"(DUEL_\w+)=", example)),
                         {name for name in STACK.environment if name.startswith("DUEL_KAFKA")})

    def test_kcat_gets_in_with_the_file_that_is_written_for_it(self):
        words = ["kcat", "-F", STACK.var / "kafka/client.properties", "-b", KAFKA.brokers, "-L", "-m", "20"]
        self.assertIn(" topic \"trades\"", subprocess.run(words, check=True, capture_output=True, text=True).stdout)

    def test_settings_hold_while_the_stack_runs(self):
        environment_now = dict(STACK.environment)
        try:
            for name in [name for name in STACK.environment if name.startswith("DUEL_KAFKA")]:
                del STACK.environment[name]
            STACK.restart("ingest")
            STACK.until_ready("ingest")
            done = STACK.run("restart", "ingest", check=False, DUEL_KAFKA_USER="somebody")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("DUEL_KAFKA_USER is not what the stack", done.stderr)
        finally:
            STACK.environment = environment_now

    def test_settings_without_brokers_are_refused(self):
        done = subprocess.run([ROOT / "run", "up"], capture_output=True, text=True, stdin=subprocess.DEVNULL, env={
            "PATH": os.environ["PATH"], "DUEL_VAR": str(STACK.var / "other"), "DUEL_KAFKA_PROTOCOL": "SSL", "DUEL_BIN": BIN})
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("DUEL_KAFKA_PROTOCOL is for a Kafka of your own: DUEL_KAFKA, where its brokers are, is missing", done.stderr)

    def test_a_wrong_password_is_told_by_up(self):
        done = subprocess.run([ROOT / "run", "up"], capture_output=True, text=True, stdin=subprocess.DEVNULL, env=STACK.environment | {
            "DUEL_VAR": str(STACK.var / "other"), "DUEL_KAFKA_PASSWORD": "wr0ng", "DUEL_KAFKA_PASSWORD_FILE": "", "DUEL_START_LIMIT": "10",
            "DUEL_POSTGRES_ADMIN": STACK.env["DUEL_POSTGRES_ADMIN"], "DUEL_PORT_BASE": str(STACK.base + 20)})
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("SASL authentication error", done.stderr)
        self.assertNotIn("wr0ng", done.stderr)


class EachAsItself(unittest.TestCase):
    """Every program as a user of its own; the stack's are ended."""

    @classmethod
    def setUpClass(cls):
        for part in ("ingest", "projector", "wsserver"):
            pid = STACK.pid(part)
            if alive(pid):
                STACK.kill(part, 15)
        cls.projector = KAFKA.settings("duel-projector")
        cls.wsserver = KAFKA.certificate_settings("duel-wsserver")
        cls.replay = KAFKA.settings("duel-replay")
        cls.trades = 1
        done = command(cls.replay, "duel-ingest", "replay", "--speed", "max", event_file("contest", *CONTEST))
        assert done.returncode == 0, done.stderr

    def next_trade(self):
        EachAsItself.trades += 1
        return event_file("trade", trade(EachAsItself.trades))

    def send(self, file):
        done = command(self.replay, "duel-ingest", "replay", file)
        self.assertEqual(done.returncode, 0, done.stderr)

    # All of it ------------------------------------------------------------------------------------------

    def test_from_an_event_file_to_the_leaderboard_and_live_to_a_client(self):
        with Server(self.projector, "duel-projector", "run") as projector, Server(self.wsserver, "duel-wsserver", "run") as wsserver, \
                Server(KAFKA.settings("duel-topics"), "duel-ingest", "serve") as ingest:
            for server in (projector, wsserver, ingest):
                server.until_ready()
            until(lambda: STACK.sql("SELECT rank, username FROM duel.leaderboard WHERE contest_id = 'cup'") == [(1, "alice")], 20,
                  "the contest has no leaderboard")
            snapshot, live = asyncio.run(self.watch())
            self.assertEqual(snapshot["data"]["leaderboard"][0]["username"], "alice")
            self.assertEqual(live["data"]["details"]["amount"], 1)
            said = projector.said() + wsserver.said() + ingest.said()
        for secret in (*KAFKA.passwords.values(), "locked"):
            self.assertNotIn(secret, said)

    async def watch(self):
        """The leaderboard that a client gets when it comes, and the trade that it sees after that."""
        trust = ssl.create_default_context(cafile=STACK.var / "tls/ca.crt")
        session = token(STACK, "somebody", secret=environment({})["DUEL_JWT_SECRET"])
        address = f"wss://localhost:{STACK.base + 3}/api/v2/ws/contest/cup"
        async with websockets.connect(address, ssl=trust, subprotocols=[session]) as socket:
            snapshot = await self.told(socket, "LEADERBOARD_UPDATED")
            await asyncio.to_thread(self.send, self.next_trade())
            return snapshot, await self.told(socket, "PARTICIPANT_ACTIVITY")

    async def told(self, socket, kind):
        while True:
            message = json.loads(await asyncio.wait_for(socket.recv(), 20))
            if message["type"] == kind:
                return message

    # Each of what is allowed is needed ------------------------------------------------------------------

    def assert_each_is_needed(self, user, *words, operations=("Describe", "DescribeConfigs", "Write")):
        """Without any of its ACLs the command fails, and says which one it needs."""
        for acl in allowed(user):
            if acl[1] in operations:
                with self.subTest(acl=acl), without(acl) as needed:
                    until_command(1, needed, KAFKA.settings(user), *words)
        until_command(0, "", KAFKA.settings(user), *words)

    def test_topics_needs_what_it_is_allowed(self):
        self.assert_each_is_needed("duel-topics", "duel-ingest", "topics")

    def test_replay_needs_what_it_is_allowed(self):
        file = event_file("both", {"type": "contest_started", "timestamp": now(), "contest_id": "cup"},
                          {"type": "price", "timestamp": now(), "symbol": "SOL", "price": "160"})
        self.assert_each_is_needed("duel-replay", "duel-ingest", "replay", "--speed", "max", file)

    def test_announce_needs_what_it_is_allowed(self):
        self.assert_each_is_needed("duel-announce", "duel-ingest", "announce", "online", "here we are")

    def test_dump_needs_what_it_is_allowed(self):
        self.assert_each_is_needed("duel-operator", "duel-ingest", "dump", STACK.var / "dump.jsonl", operations=("Read",))

    def test_replaying_dead_letters_needs_what_it_is_allowed(self):
        mended = {"trades": {"type": "contest_started", "timestamp": now(), "contest_id": "cup"},
                  "prices": {"type": "price", "timestamp": now(), "symbol": "SOL", "price": "160"}}
        with Server(self.projector, "duel-projector", "run"):
            for topic, event in mended.items():
                place = self.refused(topic, event)
                for operation in ("Read", "Write"):
                    words = ("duel-projector", "dead-letters", "replay", place, "--with", event_file("mended", event))
                    with self.subTest(topic=topic, operation=operation), without(("duel-operator", operation, topic)) as needed:
                        until_command(1, needed, KAFKA.settings("duel-operator"), *words)
                until_command(0, "accepted", KAFKA.settings("duel-operator"), *words)

    def refused(self, topic, event):
        """The place of a dead letter in the partition where such an event lives."""
        partition = self.home(topic, event)
        places = []
        writing = producer("admin")
        writing.produce(topic, b"no event", partition=partition, on_delivery=lambda error, message: places.append(message.offset()))
        assert writing.flush(10) == 0
        until(lambda: STACK.sql('SELECT 1 FROM duel.dead_letters WHERE topic = %s AND partition = %s AND "offset" = %s',
                                topic, partition, places[0]), 20, "no dead letter")
        return f"{topic}/{partition}:{places[0]}"

    def home(self, topic, event):
        kept = confluent_kafka.Consumer(KAFKA.client("admin") | {"group.id": "none", "enable.partition.eof": True})
        key = (event.get("contest_id") or event.get("symbol")).encode()
        kept.assign([confluent_kafka.TopicPartition(topic, number, 0) for number in range(4)])
        while True:
            message = kept.poll(10)
            if message.error() is None and message.key() == key:
                kept.close()
                return message.partition()

    def test_the_projector_needs_what_it_is_allowed(self):
        for acl in allowed("duel-projector"):
            if acl[1] != "Write":
                with self.subTest(acl=acl), without(acl) as needed:
                    with Server(self.projector, "duel-projector", "run") as projector:
                        projector.until_refused(needed)

    def test_a_projector_that_may_not_tell_says_so_and_tells_it_later(self):
        for topic, bad in (("feed", False), ("dead-letters", True)):
            acl = ("duel-projector", "Write", topic)
            with self.subTest(acl=acl), Server(self.projector, "duel-projector", "run") as projector:
                projector.until_ready()
                with without(acl) as needed:
                    if bad:
                        self.refused("trades", CONTEST[0])
                    else:
                        self.send(self.next_trade())
                    projector.until_refused(needed)
                projector.until_ready()

    def test_the_websocket_server_needs_what_it_is_allowed_and_is_ready_when_it_has_it(self):
        for acl in allowed("duel-wsserver"):
            with self.subTest(acl=acl), without(acl) as needed:
                with Server(self.wsserver, "duel-wsserver", "run") as wsserver:
                    wsserver.until_refused(needed)
                    KAFKA.acls.allow([acl])
                    wsserver.until_ready()

    def test_a_topic_that_nothing_is_allowed_on_is_told_as_the_page_says(self):
        KAFKA.acls.take_away(("duel-wsserver", "Read", "feed"))
        try:
            with Server(self.wsserver, "duel-wsserver", "run") as wsserver:
                said = "partitions of feed: Broker: Topic authorization failed; this user needs an ACL for Read on topic feed"
                wsserver.until_refused(said)
                self.assertIn(said, PAGE)
        finally:
            KAFKA.acls.allow([("duel-wsserver", "Read", "feed")])

    def test_exchanges_need_what_they_are_allowed(self):
        authority = ExchangeAuthority()
        words = ["duel-ingest", "exchanges", "--exchange-ca", authority.ca, "--source", "coinbase:BTC"]
        with ExchangeServer("coinbase", authority.context()) as exchange:
            words += ["--exchange-url", f"coinbase={exchange.url}"]
            for acl in allowed("duel-exchanges"):
                with self.subTest(acl=acl), without(acl) as needed, Server(KAFKA.settings("duel-exchanges"), *words) as ingest:
                    if acl[1:] == ("Write", "prices"):
                        until(lambda: exchange.received, 20, "nobody subscribes")
                        exchange.send(json.dumps({"type": "match", "trade_id": 1, "side": "sell", "size": "1", "price": "100",
                                                  "product_id": "BTC-USD", "time": now()}))
                    ingest.until_refused(needed)
            with contextlib.ExitStack() as taken:
                for acl in allowed("duel-exchanges"):
                    if acl[1] == "Write":
                        taken.enter_context(without(acl))
                with Server(KAFKA.settings("duel-exchanges"), *words) as ingest:
                    ingest.until_refused("needs an ACL for Write on topic")
                    taken.close()
                    ingest.until_ready()

    def test_commands_that_read_the_log_end_where_they_are_not_let_in(self):
        access = KAFKA.settings("duel-projector") | {"DUEL_KAFKA_PASSWORD": "wr0ng"}
        owner = {"DUEL_POSTGRES_ADMIN": STACK.env["DUEL_POSTGRES_ADMIN"], "DUEL_MIGRATIONS": str(ROOT / "migrations")}
        with Server(self.projector, "duel-projector", "run") as projector:
            projector.until_ready()
            until(lambda: STACK.sql("SELECT 1 FROM duel.trades"), 20, "there is nothing to verify")
        for words in (("duel-ingest", "dump", STACK.var / "none.jsonl"), ("duel-projector", "verify"),
                      ("duel-projector", "as-of", "1", "--contest", "cup")):
            with self.subTest(words=words):
                until_command(1, "--kafka-user or --kafka-password is not what the brokers know", access | owner, *words)

    def test_a_server_that_is_not_let_in_waits_and_says_why(self):
        with Server(KAFKA.settings("duel-topics") | {"DUEL_KAFKA_PASSWORD": "wr0ng"}, "duel-ingest", "serve") as ingest:
            ingest.until_refused("--kafka-user or --kafka-password is not what the brokers know")
            self.assertNotIn("wr0ng", ingest.said())

    # And nothing else -----------------------------------------------------------------------------------

    def test_what_is_not_listed_is_refused(self):
        for user in USERS:
            wanted = {(operation, topic) for _, operation, topic in allowed(user)}
            for operation, verdict in (("Write", verdict_of_writing), ("Read", verdict_of_reading)):
                with self.subTest(user=user, operation=operation):
                    self.assertEqual(verdict(user), {
                        topic: None if (operation, topic) in wanted else "TOPIC_AUTHORIZATION_FAILED" for topic in TOPICS})

if __name__ == "__main__":
    unittest.main(verbosity=2)
