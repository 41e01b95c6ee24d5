"""Whom a Kafka that asks who comes does not let in at all: what `duel-ingest topics` says, with what to change."""

import pathlib
import subprocess
import unittest

import confluent_kafka

from kafka_acls import acls_of_page
from secured_kafka import Authority, SecuredKafka
from stack import BIN, ROOT, Stack

PAGE = (ROOT / "docs/operations.md").read_text()
STACK = Stack("kafka_refusals")
KAFKA = SecuredKafka(STACK.var / "secured", STACK.base, ["duel-topics"])


def setUpModule():
    unittest.enterModuleContext(KAFKA)
    KAFKA.acls.allow([acl for acl in acls_of_page(PAGE) if acl[0] == "duel-topics"])


class Refused(unittest.TestCase):

    def refusal(self, *changes, user="duel-topics", access=None):
        """What `duel-ingest topics` says, which ends at once."""
        settings = (access or KAFKA.settings(user)) | dict(changes)
        done = subprocess.run([pathlib.Path(BIN) / "duel-ingest", "topics"], env=settings, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 1, done.stderr)
        for secret in (*KAFKA.passwords.values(), "wr0ng", "locked"):
            self.assertNotIn(secret, done.stderr + done.stdout)
        return done.stderr

    def test_a_wrong_password(self):
        said = self.refusal(("DUEL_KAFKA_PASSWORD", "wr0ng"))
        self.assertIn("SASL authentication error: Authentication failed: Invalid username or password; --kafka-user or "
                      "--kafka-password is not what the brokers know", said)
        self.assertIn(said.splitlines()[-1].replace(KAFKA.brokers, "broker1:9093"), PAGE)

    def test_an_authority_that_has_not_issued_the_brokers_certificate(self):
        other = Authority(KAFKA.folder / "other")
        said = self.refusal(("DUEL_KAFKA_CA", str(other.certificate)))
        self.assertIn("its certificate is not accepted (", said)
        self.assertIn("--kafka-ca names the authorities that are trusted", said)

    def test_a_certificate_for_another_host(self):
        said = self.refusal(("DUEL_KAFKA", KAFKA.brokers.replace("localhost", "127.0.0.1")))
        self.assertIn("its certificate is not accepted (IP address mismatch); --kafka must name it as its certificate does", said)

    def test_no_client_certificate_or_one_of_another_authority(self):
        access = KAFKA.certificate_settings("duel-topics")
        without_one = {name: value for name, value in access.items() if name in ("DUEL_KAFKA", "DUEL_KAFKA_PROTOCOL", "DUEL_KAFKA_CA")}
        self.assertIn("the brokers want a client certificate: --kafka-cert and --kafka-key", self.refusal(access=without_one))
        certificate, key = Authority(KAFKA.folder / "stranger").issue("duel-topics", key_password="locked")
        said = self.refusal(("DUEL_KAFKA_CERT", str(certificate)), ("DUEL_KAFKA_KEY", str(key)), access=access)
        self.assertIn("the brokers do not accept the client certificate of --kafka-cert", said)

    def test_a_key_that_does_not_open_is_a_wrong_setting(self):
        access = KAFKA.certificate_settings("duel-topics") | {"DUEL_KAFKA_KEY_PASSWORD": "wr0ng"}
        done = subprocess.run([pathlib.Path(BIN) / "duel-ingest", "topics"], env=access, capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("--kafka-key failed: ", done.stderr)
        self.assertNotIn("wr0ng", done.stderr)

    def test_a_mechanism_that_the_brokers_do_not_have(self):
        said = self.refusal(("DUEL_KAFKA_SASL_MECHANISM", "SCRAM-SHA-256"))
        self.assertIn("broker's supported mechanisms: PLAIN,SCRAM-SHA-512; --kafka-sasl-mechanism must be one of them", said)

    def test_scram_works_where_librdkafka_is_new_enough_and_says_so_where_it_is_not(self):
        access = KAFKA.settings("duel-topics") | {"DUEL_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512"}
        if confluent_kafka.libversion()[1] < 0x020601ff:
            self.assertIn("this librdkafka (before 2.6.1) cannot do SCRAM", self.refusal(access=access))
        else:
            done = subprocess.run([pathlib.Path(BIN) / "duel-ingest", "topics"], env=access, capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_plain_text_on_a_listener_with_tls(self):
        """It may as well be a broker on its way up: the command waits, and says what it looks like."""
        process = subprocess.Popen([pathlib.Path(BIN) / "duel-ingest", "topics"], env={"DUEL_KAFKA": KAFKA.brokers},
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            line = next(line for line in process.stderr if "waiting for Kafka" in line)
        finally:
            process.terminate()
            process.communicate(timeout=20)
        self.assertIn("might be caused by incorrect --kafka-protocol configuration (connecting to a SSL listener?)", line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
