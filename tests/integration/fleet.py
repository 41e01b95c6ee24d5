"""Several projectors at work on one stack, and a load that is counted: for tests of who projects what."""

import ctypes
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import unittest
from datetime import datetime, timezone

import confluent_kafka

from stack import BIN, PROMISED, Stack, asked, until

STACK = Stack(pathlib.Path(sys.argv[0]).stem.removesuffix("_test"))   # one for each test program
PARTITIONS = 4
CONTESTS, MARKETS = [f"contest/{p}" for p in range(PARTITIONS)], [f"market/{p}" for p in range(PARTITIONS)]
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
        return asked(f"http://127.0.0.1:{self.port}{path}")


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


class Fleet(unittest.TestCase):
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
