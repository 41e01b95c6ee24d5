"""The alert rules hold what their tests say, and every metric that they name is one of the programs'."""

import re
import shutil
import subprocess
import unittest

from stack import ROOT, Stack

STACK = Stack("shared")
RULES = ROOT / "stack/alerts/alerts.yml"
PROMETHEUS_OWN = {"up"}


class Alerts(unittest.TestCase):
    def test_every_metric_is_there(self):
        expressions = re.findall(r"expr: (>\n(?:          .*\n)+|.*)", RULES.read_text())
        self.assertEqual(len(expressions), RULES.read_text().count("- alert:"))
        named = set(re.findall(r"\b(?:duel|process)_\w+|\bup\b", " ".join(expressions))) - PROMETHEUS_OWN
        self.assertGreater(len(named), 15)
        # A counter with labels is there from its first count on; the source says that it comes.
        found = "".join(STACK.health(part, "/metrics")[1] for part in ("ingest", "projector", "wsserver"))
        source = "".join(path.read_text() for part in ("ingest", "projector", "wsserver") for path in (ROOT / part).rglob("*.?pp"))
        families = set(re.findall(r"^# TYPE (\w+)", found, re.M)) | set(re.findall(r'"(duel_\w+)"', source))
        self.assertEqual({name for name in named if name.removesuffix("_bucket") not in families}, set())
        self.assertEqual(re.findall(r"^# TYPE (duel_ws_\w+) untyped", found, re.M), [])

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not there (Debian package prometheus)")
    def test_the_rules_do_what_their_tests_say(self):
        done = subprocess.run(["promtool", "test", "rules", "alerts_test.yml"], cwd=RULES.parent, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
