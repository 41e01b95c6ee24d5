"""Users with SCRAM passwords over TLS, at a Kafka that takes SCRAM of any librdkafka: they create the topics, write, and
read back, each with the ACLs of docs/operations.md."""

import json
import subprocess
import unittest

import older_kafka
from kafka_acls import acls_of_page
from secured_kafka import SecuredKafka
from stack import BIN, ROOT, Stack, until

STACK = Stack("kafka_scram")
ALLOWED = acls_of_page((ROOT / "docs/operations.md").read_text())
USERS = ("duel-topics", "duel-replay", "duel-operator")
MECHANISMS = ("SCRAM-SHA-256", "SCRAM-SHA-512")
EVENTS = [{"type": "price", "symbol": "SOL", "price": str(number), "timestamp": number} for number in range(1, 1001)]


class Scram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kafka = SecuredKafka(STACK.var / "secured", STACK.base, USERS, libs=older_kafka.fetch(), scram=MECHANISMS)
        cls.kafka = cls.enterClassContext(kafka)
        cls.kafka.acls.allow([acl for acl in ALLOWED if acl[0] in USERS])
        # A broker learns of ACLs a moment after they were made.
        until(lambda: cls.ingest("duel-topics", MECHANISMS[0], "topics").returncode == 0, 30, "the ACLs do not count")

    @classmethod
    def ingest(cls, user, mechanism, *words, **changes):
        access = cls.kafka.settings(user) | {"DUEL_KAFKA_SASL_MECHANISM": mechanism} | changes
        return subprocess.run([f"{BIN}/duel-ingest", *words], env=access, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    def test_what_is_written_is_read_back(self):
        file, copy = STACK.var / "ticks.jsonl", STACK.var / "copy.jsonl"
        file.write_text("".join(json.dumps(event) + "\n" for event in EVENTS))
        for turn, mechanism in enumerate(MECHANISMS, 1):
            for user, words in (("duel-topics", ["topics"]), ("duel-replay", ["replay", "--speed", "max", file]),
                                ("duel-operator", ["dump", "--topic", "prices", copy])):
                done = self.ingest(user, mechanism, *words)
                self.assertEqual(done.returncode, 0, (user, mechanism, done.stderr))
            self.assertEqual([json.loads(line)["price"] for line in copy.read_text().splitlines()],
                             [event["price"] for event in EVENTS] * turn)

    def test_a_wrong_password_and_a_missing_right_are_told(self):
        for mechanism in MECHANISMS:
            done = self.ingest("duel-topics", mechanism, "topics", DUEL_KAFKA_PASSWORD="wr0ng")
            self.assertEqual(done.returncode, 1)
            self.assertIn("--kafka-user or --kafka-password is not what the brokers know", done.stderr)
            self.assertNotIn("wr0ng", done.stderr)
            done = self.ingest("duel-operator", mechanism, "announce", "online", "here")
            self.assertEqual(done.returncode, 1)
            self.assertIn("needs an ACL for", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
