"""Who projects which shard: fair shares, owners that die, freeze or are cut off, and logs that are not the same any more."""

import ctypes
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request
from datetime import datetime, timezone

import confluent_kafka
import psycopg2

from cutting_proxy import CuttingProxy
from stack import BIN, Stack, until

STACK = Stack("ownership")
PARTITIONS = 4
CONTESTS, MARKETS = [f"contest/{p}" for p in range(PARTITIONS)], [f"market/{p}" for p in range(PARTITIONS)]
PROMISED = 5   # seconds, of everything that is promised
FREE_PORT = STACK.base + 7


def now():
    return datetime.now(timezone.utc).isoformat()


class Projector:
    """One more projector beside that of the stack, with its log in a file."""

    started = 0

    def __init__(self, postgres_port=None):
        Projector.started += 1
        self.port = FREE_PORT + Projector.started % 3
        self.log = STACK.var / "log" / f"projector-{Projector.started}.log"
        password = (STACK.var / "secrets/duel_projector").read_text().strip()
        admin = STACK.env["DUEL_POSTGRES_ADMIN"]
        url = admin.replace(admin.split("//")[1].split("@")[0], f"duel_projector:{password}")
        if postgres_port:
            url = url.replace(f":{STACK.base + 2}/", f":{postgres_port}/")
        environment = STACK.environment | STACK.env
        environment |= {"DUEL_PROJECTOR_METRICS_PORT": str(self.port), "DUEL_PROJECTOR_POSTGRES": url}
        with self.log.open("w") as log:
            self.process = subprocess.Popen([pathlib.Path(BIN) / "duel-projector", "run"], env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.pid = self.process.pid

    def end(self, kind=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(kind)
        return self.process.wait(timeout=20)

    def said(self):
        return self.log.read_text()

    def health(self, path="/readyz"):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=3) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)


class Load(threading.Thread):
    """Trades in every partition of `trades`, a contest each, until it is stopped; `sent` are those that Kafka has."""

    runs = 0
    newest = None

    def __init__(self, rate=200):
        super().__init__(daemon=True)
        Load.runs += 1
        Load.newest = self
        self.run_number, self.rate, self.sent, self.stopping = Load.runs, rate, {}, threading.Event()
        self.producer = confluent_kafka.Producer({"bootstrap.servers": STACK.env["DUEL_KAFKA"], "linger.ms": 5,
                                                  "enable.idempotence": True, "log_level": 2})
        for partition in range(PARTITIONS):
            about = {"timestamp": now(), "contest_id": self.contest(partition)}
            STACK.produce("trades", [
                about | {"type": "contest_created", "name": "c", "starting_balance": 1000000, "prize_pool": 0,
                         "starts_at": now(), "ends_at": "2100-01-01T00:00:00Z"},
                about | {"type": "contest_started"},
                about | {"type": "participant_joined", "wallet_address": "w", "username": "w"}], partition)

    def contest(self, partition):
        return f"load-{self.run_number}-{partition}"

    def run(self):
        number = 0
        while not self.stopping.is_set():
            for partition in range(PARTITIONS):
                number += 1
                self.trade(partition, f"t{number}")
            self.producer.poll(0)
            time.sleep(PARTITIONS / self.rate)

    def trade(self, partition, trade_id):
        contest = self.contest(partition)

        def delivered(error, _):
            if error is None:
                self.sent[contest, trade_id] = True

        self.producer.produce("trades", json.dumps({
            "type": "trade", "timestamp": now(), "contest_id": contest, "trade_id": trade_id, "wallet_address": "w",
            "symbol": "SOL", "side": "buy", "amount": 1, "price": 1}), None, partition, on_delivery=delivered)

    def stop(self):
        self.stopping.set()
        self.join()
        assert self.producer.flush(30) == 0
        return sorted(self.sent)


def owners():
    """{shard: process that has it by its lock}, from Postgres alone."""
    rows = STACK.sql("""
        SELECT duel.shard_name(l.objid::bigint::smallint), a.application_name, s.owner
        FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN duel.shards s ON s.shard = duel.shard_name(l.objid::bigint::smallint)
        WHERE l.locktype = 'advisory' AND l.classid = 'x4475656c'::bit(32)::int AND l.granted""", admin=True)
    return {shard: int(owner.rsplit("/", 1)[1]) for shard, name, owner in rows}


def fences():
    return dict(STACK.sql("SELECT shard, fence FROM duel.shards"))


def shares():
    """{process: (contest shards, market shards)}."""
    counted = {}
    for shard, pid in owners().items():
        contests, markets = counted.get(pid, (0, 0))
        counted[pid] = (contests + shard.startswith("contest"), markets + shard.startswith("market"))
    return counted


class Ownership(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        STACK.up("--fresh")

    @classmethod
    def tearDownClass(cls):
        STACK.down()

    def setUp(self):
        self.projectors = []
        STACK.up()
        STACK.until_ready("projector")
        until(lambda: sum(map(sum, shares().values())) == 2 * PARTITIONS, 10, lambda: f"shards are free: {owners()}")
        self.first = STACK.pid("projector")

    def tearDown(self):
        if Load.newest:
            Load.newest.stopping.set()
        for projector in self.projectors:
            projector.end()

    def start(self, postgres_port=None):
        projector = Projector(postgres_port)
        self.projectors.append(projector)
        return projector

    def within(self, condition, what, seconds=PROMISED):
        """How long it took; printed, for these are promises."""
        began = time.monotonic()
        until(condition, seconds, what)
        took = time.monotonic() - began
        print(f"    {self._testMethodName}: {what if isinstance(what, str) else what()}: {took:.2f} s", flush=True)
        return took

    def are_even(self, pids):
        """Whether exactly these have all shards, fairly."""
        found = shares()
        if set(found) != set(pids) or sum(map(sum, found.values())) != 2 * PARTITIONS:
            return False
        contests, markets = zip(*found.values())
        both = [c + m for c, m in zip(contests, markets)]
        return all(max(counts) - min(counts) <= 1 for counts in (contests, markets, both))

    def applies_everywhere(self, seconds=PROMISED, what="every shard applies again"):
        """Writes a record in every partition and waits until each is applied."""
        places = [("trades", p, STACK.produce("trades", [{"type": "deposit", "timestamp": now(), "wallet_address": "probe",
                                                          "amount": 1}], p)[0]) for p in range(PARTITIONS)]
        places += [("prices", p, STACK.produce("prices", [{"type": "price", "timestamp": now(), "symbol": f"P{p}",
                                                           "price": 1}], p)[0]) for p in range(PARTITIONS)]

        def is_applied():
            offsets = {shard: offsets for shard, offsets in STACK.sql("SELECT shard, offsets FROM duel.shards")}
            return all(offsets[("contest/" if topic == "trades" else "market/") + str(p)].get(f"{topic}/{p}", 0) > offset
                       for topic, p, offset in places)

        return self.within(is_applied, what, seconds)

    def assert_exactly_once(self, load):
        """Every trade that Kafka has taken from the load is in the tables, once, and nothing else is."""
        sent = load.stop()
        STACK.settle(60)
        applied = STACK.sql("SELECT contest_id, trade_id FROM duel.trades WHERE contest_id LIKE %s", f"load-{load.run_number}-%")
        self.assertGreater(len(sent), 100)
        self.assertEqual(sorted(applied), sent)
        quantities = STACK.sql("SELECT sum(quantity)::bigint FROM duel.positions WHERE contest_id LIKE %s",
                               f"load-{load.run_number}-%")
        self.assertEqual(quantities, [(len(sent),)])
        print(f"    {self._testMethodName}: {len(sent)} trades, each once", flush=True)

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
        until(lambda: "is no projector's" in STACK.health("projector")[1], 3, lambda: STACK.health("projector"))
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
        for name in ("contest/0", "read contest/1", "roll call"):
            with self.subTest(name):
                thread = thread_named(self.first, name)
                try:
                    tracing = Tracing(thread)
                except PermissionError:
                    self.skipTest("threads cannot be stopped here")
                self.assert_red_while(tracing.stop, tracing.end, f"red while thread {name} hangs")
                self.assertEqual(STACK.health("projector", "/healthz")[0], 200)

    # Another log ----------------------------------------------------------------------------------------

    def test_zz_a_topic_made_anew_halts_its_shards_until_the_loss_is_accepted(self):
        load = Load()
        load.start()
        time.sleep(1)
        self.assert_exactly_once(load)
        before = dict(STACK.sql("SELECT shard, seq FROM duel.shards"))
        stood = {p: STACK.sql("SELECT offsets FROM duel.shards WHERE shard = %s", f"contest/{p}")[0][0][f"trades/{p}"]
                 for p in range(PARTITIONS)}
        admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": STACK.env["DUEL_KAFKA"]})
        admin.delete_topics(["trades"])["trades"].result(20)
        for attempt in range(20):
            made = STACK.program("duel-ingest", "topics", check=False)
            if made.returncode == 0:
                break
        self.assertEqual(made.returncode, 0, made.stderr)
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

        self.within(lambda: all(says(p) for p in range(PARTITIONS)), "all contest shards halt", 2 * PROMISED)
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
            self.assertEqual([(cause[0], cause[1]) for cause in causes], [("owner+loss", "0")])
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


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def thread_named(pid, name):
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == name[:15]:
            return int(task.name)
    raise AssertionError(f"process {pid} has no thread {name}")


class Tracing:
    """Stops one thread of a process, as a debugger does."""

    SEIZE, INTERRUPT, DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000
    libc = ctypes.CDLL(None, use_errno=True)

    def __init__(self, thread):
        self.thread = thread
        self.ask(self.SEIZE)

    def ask(self, request):
        if self.libc.ptrace(request, self.thread, None, None) != 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))

    def stop(self):
        self.ask(self.INTERRUPT)
        os.waitpid(self.thread, self.WALL)

    def end(self):
        self.ask(self.DETACH)


if __name__ == "__main__":
    unittest.main(verbosity=2)
