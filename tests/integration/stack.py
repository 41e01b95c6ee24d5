"""A stack of Kafka, Postgres and the three programs for a test, through the same `./run` that people use.

DUEL_BIN is the folder of the programs to test, that of the preset dev by default. Everything a stack writes lies
under var/test/NAME, its logs stay there after a failure. `stack.py up NAME` and `stack.py down NAME` keep one for
several test programs.
"""

import base64
import contextlib
import ctypes
import hashlib
import hmac
import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import confluent_kafka
import psycopg2

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORDINGS = pathlib.Path(os.environ.get("DUEL_RECORDINGS", ROOT / "../shared/data"))
BIN = os.environ.get("DUEL_BIN", str(ROOT / "var/build/dev/bin"))
SKIPPED = 77   # what a test program exits with when it could not test anything
# With DUEL_TEST_STRICT=1, on a machine that does nothing else, promises are held to the second.
IS_STRICT = os.environ.get("DUEL_TEST_STRICT") == "1"
PROMISED = 5 if IS_STRICT else 20   # seconds until work goes on, or trouble shows
PASSING = {getattr(confluent_kafka.KafkaError, name) for name in (
    "NOT_LEADER_FOR_PARTITION", "LEADER_NOT_AVAILABLE", "UNKNOWN_TOPIC_OR_PART", "REQUEST_TIMED_OUT", "_TRANSPORT", "_TIMED_OUT")}
PORTS = {"shared": 0, "end_to_end": 10, "failures": 20, "replay": 30, "questions": 40, "ownership": 50, "faults": 60,
         "disk_full": 70, "log_identity": 80, "clock": 90, "refusals": 100, "commit": 110, "consistency": 120,
         "kafka_security": 130, "kafka_away": 170, "kafka_scram": 180, "kafka_refusals": 190}


def until(condition, seconds, what):
    """Asks until the answer is true, and gives it back; fails with `what` (text, or asked for it) after that."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise AssertionError(f"after {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.05)


def asked(url):
    """(status, text) of an HTTP address; status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


class Stack:
    """`settings` reach the programs, beside what `./run` gives them."""

    def __init__(self, name, **settings):
        self.name = name
        self.var = ROOT / "var/test" / name
        base = int(os.environ.get("DUEL_TEST_PORT_BASE", "22400")) + PORTS[name]
        # Addresses of another stack that this shell may know must not reach ours.
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("DUEL_")}
        self.environment |= {"DUEL_VAR": str(self.var), "DUEL_PORT_BASE": str(base), "DUEL_BIN": BIN}
        self.environment |= settings
        self.base = base
        self._producer = None

    def __enter__(self):
        try:
            self.up("--fresh")
        except BaseException:
            self.down()
            raise
        return self

    def __exit__(self, failure, *_):
        self.down()
        if failure is None:
            self.remove_data()

    def run(self, *words, check=True, timeout=180, **settings):
        """`./run WORDS…`; extra settings go to the environment."""
        done = subprocess.run([ROOT / "run", *words], env=self.environment | settings, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if check and done.returncode != 0:
            raise AssertionError(f"./run {shlex.join(words)} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def up(self, *words, **settings):
        self.run("up", *words, **settings)

    def down(self):
        self.run("down", check=False)

    def restart(self, part, **settings):
        self.run("restart", part, **settings)

    def remove_data(self):
        for part in ("kafka", "postgres"):
            shutil.rmtree(self.var / part, ignore_errors=True)

    @property
    def env(self):
        """var/env as it is now."""
        lines = (self.var / "env").read_text().splitlines()
        words = [shlex.split(line)[1] for line in lines if line.startswith("export ")]
        return dict(word.split("=", 1) for word in words)

    def pid(self, part):
        return int(self.env[f"DUEL_{part.upper()}_PID"])

    def kill(self, part, kind=signal.SIGKILL):
        """Ends one program of this stack and waits until it is gone."""
        pid = self.pid(part)
        os.kill(pid, kind)
        until(lambda: not alive(pid), 10, f"{part} (process {pid}) is still there")

    def program(self, name, *words, check=True, timeout=120, **settings):
        """Runs a program against this stack and gives back what it said."""
        environment = self.environment | self.env | settings
        done = subprocess.run([pathlib.Path(BIN) / name, *map(str, words)], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{name} {shlex.join(map(str, words))} exited with {done.returncode}:\n{done.stderr}")
        return done

    def start(self, name, *words, **settings):
        """The same in the background: the process, with its output to read."""
        return subprocess.Popen([pathlib.Path(BIN) / name, *map(str, words)],
                                env=self.environment | self.env | settings, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)

    # Postgres -------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def connection(self, admin=False):
        connection = psycopg2.connect(self.env["DUEL_POSTGRES_ADMIN" if admin else "DUEL_POSTGRES"])
        try:
            yield connection
        finally:
            connection.close()

    def sql(self, query, *parameters, admin=False):
        """The rows of one query, as tuples."""
        with self.connection(admin) as connection, connection, connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []

    # Kafka ----------------------------------------------------------------------------------------------

    @property
    def producer(self):
        if self._producer is None:
            self._producer = confluent_kafka.Producer({"bootstrap.servers": self.env["DUEL_KAFKA"], "linger.ms": 5, "log_level": 2})
        return self._producer

    def produce(self, topic, records, partition=0, key=None):
        """Writes records (bytes, text, or dicts as JSON) and gives back their offsets."""
        offsets = []

        def delivered(error, message):
            assert error is None, error
            offsets.append(message.offset())

        for record in records:
            value = json.dumps(record) if isinstance(record, dict) else record
            self.producer.produce(topic, value, key, partition, on_delivery=delivered)
            self.producer.poll(0)
        assert self.producer.flush(30) == 0
        return offsets

    def log(self, topic):
        """All records of a topic, by partition and offset."""
        consumer = confluent_kafka.Consumer({"bootstrap.servers": self.env["DUEL_KAFKA"], "group.id": "test",
                                             "enable.auto.commit": False, "auto.offset.reset": "earliest"})
        try:
            ends = self.ends(topic, consumer)
            places = [confluent_kafka.TopicPartition(topic, partition, 0) for partition in ends]
            missing = {partition for partition, end in ends.items() if end > 0}
            consumer.assign(places)
            messages = []
            deadline = time.monotonic() + 60
            while missing:
                assert time.monotonic() < deadline, f"{topic}: no end of partitions {missing}"
                for message in consumer.consume(5000, 0.5):
                    assert message.error() is None, message.error()
                    if message.offset() >= ends[message.partition()] - 1:
                        missing.discard(message.partition())
                    messages.append(message)
        finally:
            consumer.close()
        return sorted(messages, key=lambda message: (message.partition(), message.offset()))

    def record(self, topic, partition, offset):
        """One record of the log."""
        consumer = confluent_kafka.Consumer({"bootstrap.servers": self.env["DUEL_KAFKA"], "group.id": "test"})
        try:
            consumer.assign([confluent_kafka.TopicPartition(topic, partition, offset)])
            [message] = consumer.consume(1, 20)
        finally:
            consumer.close()
        assert message.error() is None and message.offset() == offset, message.error()
        return message

    def ends(self, topic, consumer=None):
        """How far each partition reaches: {partition: next offset}. Waits where a topic or its broker has only just come up."""
        asking = consumer or confluent_kafka.Consumer({"bootstrap.servers": self.env["DUEL_KAFKA"], "group.id": "test"})

        def found():
            try:
                known = asking.list_topics(topic, timeout=10).topics[topic]
                return known.partitions and {
                    number: asking.get_watermark_offsets(confluent_kafka.TopicPartition(topic, number), timeout=10)[1]
                    for number in known.partitions}
            except confluent_kafka.KafkaException as failure:
                if failure.args[0].code() not in PASSING:
                    raise
                return None

        try:
            return until(found, 30, f"{topic} cannot be asked for its ends")
        finally:
            if asking is not consumer:
                asking.close()

    def delete_records(self, topic, partition, before):
        """Cuts off the beginning of a partition. Debian's confluent_kafka cannot, the library below it can."""
        kafka = ctypes.CDLL("librdkafka.so.1")
        for name in ("conf_new", "new", "topic_partition_list_new", "topic_partition_list_add", "DeleteRecords_new",
                     "queue_new", "queue_poll"):
            getattr(kafka, f"rd_kafka_{name}").restype = ctypes.c_void_p
        pointer = ctypes.c_void_p
        conf = kafka.rd_kafka_conf_new()
        kafka.rd_kafka_conf_set(pointer(conf), b"bootstrap.servers", self.env["DUEL_KAFKA"].encode(), None, 0)
        client = pointer(kafka.rd_kafka_new(0, pointer(conf), None, 0))
        places = pointer(kafka.rd_kafka_topic_partition_list_new(1))
        place = kafka.rd_kafka_topic_partition_list_add(places, topic.encode(), partition)
        ctypes.c_int64.from_address(place + 16).value = before   # after a pointer and a padded int32
        requests, queue = (pointer * 1)(kafka.rd_kafka_DeleteRecords_new(places)), pointer(kafka.rd_kafka_queue_new(client))
        kafka.rd_kafka_DeleteRecords(client, requests, 1, None, queue)
        event = kafka.rd_kafka_queue_poll(queue, 10000)
        assert event and kafka.rd_kafka_event_error(pointer(event)) == 0, "Kafka deletes no records"

    # What has been applied ------------------------------------------------------------------------------

    def behind(self):
        """What shards have still to apply: {(shard, partition): records}."""
        ends = {f"{topic}/{number}": end for topic in ("trades", "prices") for number, end in self.ends(topic).items()}
        waiting = {}
        for shard, offsets in self.sql("SELECT shard, offsets FROM duel.shards"):
            for place, end in ends.items():
                if place in offsets and offsets[place] < end:
                    waiting[shard, place] = end - offsets[place]
        return waiting

    def settle(self, seconds=60):
        """Waits until every shard has applied everything that the log holds."""
        until(lambda: not self.behind(), seconds, lambda: f"still to apply: {self.behind()}")

    # Programs' own health -------------------------------------------------------------------------------

    def health(self, part, path="/readyz"):
        """(status, text) of a program's health address; status 0 when nobody answers."""
        return asked(self.env[f"DUEL_{part.upper()}_METRICS"].removesuffix("/metrics") + path)

    def until_ready(self, part, ready=True, seconds=30):
        until(lambda: (self.health(part)[0] == 200) == ready, seconds,
              lambda: f"{part} is {'not' if ready else 'still'} ready: {self.health(part)}")

    def said(self, part):
        """The log of a program."""
        return (self.var / "log" / f"{part}.log").read_text()


# Many connections from one address, whatever comes.
OPEN_DOORS = {"DUEL_WSSERVER_ATTEMPTS_PER_MINUTE": "0", "DUEL_WSSERVER_ATTEMPTS_PER_MINUTE_IP": "0"}


def alive(pid):
    """Whether a process runs; a zombie does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def token(stack, wallet, role="user", ttl=3600, secret=None, **claims):
    """A session token made here and not by the program that checks it."""
    def part(content):
        return base64.urlsafe_b64encode(content).rstrip(b"=")

    now = int(time.time())
    payload = {"sub": wallet, "role": role, "iat": now, "exp": now + ttl} | claims
    signed = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(payload).encode())
    key = (secret or stack.env["DUEL_JWT_SECRET"]).encode()
    return (signed + b"." + part(hmac.new(key, signed, hashlib.sha256).digest())).decode()


if __name__ == "__main__":
    action, name = sys.argv[1:]
    if action == "up":
        Stack(name).up("--fresh")
    else:
        Stack(name).down()
        Stack(name).remove_data()
