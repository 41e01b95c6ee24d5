"""The producers of docs/producers.md run as they are written, and their contests are what the page says.

The Node one needs node and npm, which ./test does not install.
"""

import json
import re
import subprocess
import unittest
import uuid

from confluent_kafka import Producer

from node_packages import install
from stack import ROOT, Stack

STACK = Stack("shared")
PLACE = STACK.var / "producers"
FILES = {"bash": "contest.sh", "python": "contest.py", "js": "contest.mjs", "java": "Contest.java"}
PAGE = (ROOT / "docs/producers.md").read_text()


def block(language):
    [text] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.M | re.S)
    return text


class Producers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.no_node = install(ROOT / "tests/integration/producers", PLACE)
        PLACE.mkdir(parents=True, exist_ok=True)
        for language, name in FILES.items():
            (PLACE / name).write_text(block(language))

    def assert_contest(self, *words):
        contest = f"{self._testMethodName}-{uuid.uuid4().hex[:8]}"
        done = subprocess.run([*words, contest], cwd=PLACE, env=STACK.environment | STACK.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, block("text")), done.stderr)
        self.assertEqual(STACK.sql("SELECT username, rank, trim_scale(portfolio_value)::text FROM duel.final_standings"
                                   " WHERE contest_id = %s ORDER BY rank", contest),
                         [("alice", 1, "10099"), ("bob", 2, "9990")])
        self.assertEqual(STACK.sql("SELECT count(*) FROM duel.dead_letters WHERE key = %s", contest), [(0,)])
        [(partition,)] = STACK.sql("SELECT DISTINCT partition FROM duel.trades WHERE contest_id = %s", contest)
        self.assertEqual(partition, self.partition_of(contest))

    def partition_of(self, contest):
        """Where murmur2 puts the contest: a second end of it goes there, and changes nothing."""
        places = []
        producer = Producer({"bootstrap.servers": STACK.env["DUEL_KAFKA"], "partitioner": "murmur2_random"})
        producer.produce("trades", json.dumps({"type": "contest_completed", "contest_id": contest, "timestamp": 0}), contest,
                         on_delivery=lambda error, message: places.append(message.partition()))
        producer.flush(10)
        return places[0]

    def test_shell(self):
        self.assert_contest("bash", "contest.sh")

    def test_python(self):
        self.assert_contest("/usr/bin/python3", "contest.py")

    def test_node(self):
        if self.no_node:
            self.skipTest(self.no_node)
        self.assert_contest("node", "contest.mjs")

    def test_java(self):
        [libraries] = re.findall(r'java -cp "([^"]*)"', PAGE)
        self.assert_contest("java", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp",
                            libraries.replace("var/kafka", str(ROOT / "var/kafka")), "Contest.java")


if __name__ == "__main__":
    unittest.main(verbosity=2)
