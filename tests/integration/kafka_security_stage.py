"""A secured Kafka, a Postgres and the programs, each as the user that docs/operations.md gives it."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import confluent_kafka

from kafka_acls import acls_of_page
from secured_kafka import SecuredKafka
from stack import BIN, ROOT, Stack, asked, until

TOPICS = ("trades", "prices", "status", "feed", "dead-letters")
ALLOWED = acls_of_page((ROOT / "docs/operations.md").read_text())
USERS = list(dict.fromkeys(user for user, _, _ in ALLOWED))
STACK = Stack("kafka_security")
KAFKA = SecuredKafka(STACK.var / "secured", STACK.base + 7, [*USERS, "duelcast"])
PROGRAMS = ("duel-topics", "duel-projector", "duel-wsserver")   # that ./run runs, all as `duelcast`


def allowed(*users):
    return [acl for acl in ALLOWED if acl[0] in users]


@contextlib.contextmanager
def without(acl):
    """Without that ACL, but with the Describe that it includes; gives what is said then."""
    user, operation, topic = acl
    if operation in ("Read", "Write"):
        KAFKA.acls.allow([(user, "Describe", topic)])
    KAFKA.acls.take_away(acl)
    try:
        yield f"needs an ACL for {operation} on topic {topic}"
    finally:
        KAFKA.acls.allow([acl])
        if operation in ("Read", "Write"):
            KAFKA.acls.take_away((user, "Describe", topic))


def role_url(role):
    admin = STACK.env["DUEL_POSTGRES_ADMIN"]
    password = (STACK.var / "secrets" / role).read_text().strip()
    return admin.replace(admin.split("//")[1].split("@")[0], f"{role}:{password}")


def environment(access):
    """For a program: this stack's Postgres and TLS, and `access` to Kafka."""
    shell = {name: value for name, value in os.environ.items() if not name.startswith("DUEL_")}
    own = {name: STACK.env[name] for name in ("DUEL_JWT_SECRET",)}
    return shell | own | access | {
        "DUEL_PROJECTOR_POSTGRES": role_url("duel_projector"), "DUEL_WSSERVER_POSTGRES": role_url("duel_wsserver"),
        "DUEL_WSSERVER_LISTEN": f"127.0.0.1:{STACK.base + 3}", "DUEL_TLS_CERT": str(STACK.var / "tls/server.crt"),
        "DUEL_TLS_KEY": str(STACK.var / "tls/server.key"), "DUEL_INGEST_METRICS_PORT": str(STACK.base + 4),
        "DUEL_PROJECTOR_METRICS_PORT": str(STACK.base + 5), "DUEL_WSSERVER_METRICS_PORT": str(STACK.base + 6)}


class Server:
    """One of the servers with that access, until it is left."""

    PORTS = {"duel-ingest": 4, "duel-projector": 5, "duel-wsserver": 6}
    number = 0

    def __init__(self, access, program, *words):
        Server.number += 1
        self.port = STACK.base + self.PORTS[program]
        self.log = STACK.var / "log" / f"{program}-{Server.number}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen([pathlib.Path(BIN) / program, *words], env=environment(access), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, self.said()

    def said(self):
        return self.log.read_text()

    def health(self):
        """(status, text) of /readyz, unless the program has ended."""
        assert self.process.poll() is None, self.said()
        return asked(f"http://127.0.0.1:{self.port}/readyz")

    def until_ready(self):
        until(lambda: self.health()[0] == 200, 30, lambda: f"{self.health()[1]}\n{self.said()}")

    def until_refused(self, text):
        """Not ready, and both /readyz and the log say why."""
        until(lambda: self.health()[0] == 503 and text in self.health()[1], 30, lambda: f"{text}\n{self.health()[1]}\n{self.said()}")
        assert text in self.said(), self.said()


def command(access, *words):
    """A command of duel-ingest or duel-projector, done."""
    return subprocess.run([pathlib.Path(BIN) / words[0], *map(str, words[1:])], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=environment(access) | {"DUEL_INGEST_METRICS_PORT": "0"}, timeout=60)


def until_command(status, text, access, *words):
    """The same until it ends like that: a broker learns of a changed ACL a moment after it was changed."""
    said = []

    def is_so():
        done = command(access, *words)
        said[:] = [done.returncode, done.stderr]
        return done.returncode == status and text in done.stderr

    until(is_so, 15, lambda: f"not {status}, {text!r}, but {said}")


def event_file(name, *events):
    path = STACK.var / f"{name}.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def up_as_one_user():
    """`./run up` with this Kafka: all of it as `duelcast`, whose password is in a file."""
    KAFKA.acls.allow([("duelcast", operation, topic) for _, operation, topic in set(allowed(*PROGRAMS))])
    password = STACK.var / "kafka-password"
    password.write_text(KAFKA.passwords["duelcast"] + "\n")
    access = KAFKA.settings("duelcast") | {"DUEL_KAFKA_PASSWORD_FILE": str(password)}
    del access["DUEL_KAFKA_PASSWORD"]
    STACK.environment |= access
    STACK.up()


def begin():
    STACK.down()
    shutil.rmtree(STACK.var, ignore_errors=True)
    STACK.var.mkdir(parents=True)
    KAFKA.__enter__()


def end():
    STACK.down()
    KAFKA.__exit__(None)
    STACK.remove_data()


def producer(user):
    return confluent_kafka.Producer(KAFKA.client(user) | {"log_level": 0, "message.timeout.ms": 10000})


def verdict_of_writing(user):
    """{topic: the error that a record of that user gets, or None}."""
    found = {}
    writing = producer(user)
    for topic in TOPICS:
        writing.produce(topic, b"", b"key", 0, on_delivery=lambda error, _, topic=topic: found.update({topic: error and error.name()}))
    assert writing.flush(15) == 0
    return found


def verdict_of_reading(user):
    """{topic: the error that a fetch of that user gets, or None at its end or a record}."""
    reading = confluent_kafka.Consumer(KAFKA.client(user) | {"group.id": "none", "enable.partition.eof": True, "log_level": 0})
    errors = {topic: reading.list_topics(topic, timeout=10).topics[topic].error for topic in TOPICS}
    found = {topic: error.name() for topic, error in errors.items() if error}
    reading.assign([confluent_kafka.TopicPartition(topic, 0, confluent_kafka.OFFSET_BEGINNING) for topic in TOPICS if topic not in found])
    deadline = time.monotonic() + 20
    while len(found) < len(TOPICS) and time.monotonic() < deadline:
        message = reading.poll(0.2)
        if message is not None and message.topic():
            error = message.error()
            found.setdefault(message.topic(), None if error is None or error.name() == "_PARTITION_EOF" else error.name())
    return found
