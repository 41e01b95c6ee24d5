"""Every command of README.md runs as it is written, in its order, and shows what the README says."""

import re
import subprocess
import unittest

from stack import ROOT, Stack, token, until

BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.M | re.S)
# The two commands that this test program is itself a part of.
STARTS = ("./run  ", "./test")
STACK = Stack("shared")


def blocks():
    return BLOCK.findall((ROOT / "README.md").read_text())


class Readme(unittest.TestCase):
    producers = 0

    def execute(self, language, text):
        environment = STACK.environment | STACK.env | {"DUEL_TOKEN": token(STACK, "w-alice")}
        if language == "sh":
            # The README speaks of the usual place; this stack has one of its own.
            words = ["bash", "-euo", "pipefail", "-c", text.replace("source var/env", 'source "$DUEL_VAR/env"')]
        else:
            words = ["/usr/bin/python3", "-c", text]
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, f"{text}\n{done.stdout}{done.stderr}")
        if "trade_id" in text:
            self.producers += 1
            until(self.is_ranked, 20, "the producer's trade has not reached the leaderboard")
        return done.stdout

    def is_ranked(self):
        return STACK.sql("SELECT count(last_trade_time) FROM duel.leaderboard WHERE contest_id = 'my-cup'") == [(self.producers,)]

    def test_every_example_runs_and_shows_the_contest(self):
        examples = [block for block in blocks() if not block[1].startswith(STARTS)]
        self.assertGreaterEqual(len(examples), 6)
        said = [self.execute(language, text) for language, text in examples]
        rows = STACK.sql("SELECT rank, username, portfolio_value, performance FROM duel.leaderboard"
                              " WHERE contest_id = 'my-cup' ORDER BY rank")
        # alice: 10000 - 10 * 150.25 - 0.5 + 10 * 151.75; bob: 10000 + 4 * 151.5 - 4 * 151.75
        self.assertEqual([(rank, name, str(value.normalize())) for rank, name, value, _ in rows],
                         [(1, "alice", "10014.5"), (2, "bob", "9999")])
        query = next(text for (_, block), text in zip(examples, said) if "psql" in block)
        self.assertRegex(query, r"1 \| alice +\| 10014\.5")
        watched, client = said[-2:]
        self.assertIn("my-cup", watched)
        for kind in ("SUBSCRIBED", "CONTEST_UPDATED", "LEADERBOARD_UPDATED"):
            self.assertIn(f'"type":"{kind}"', client)


if __name__ == "__main__":
    unittest.main(verbosity=2)
