"""A full disk under the read model: the projector stands still and says why, and nothing is skipped.

The table of trades is moved to a small disk of its own (a tmpfs), so that only Postgres is short of room. Where this
machine allows no mounting, the test is skipped.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest
from datetime import datetime, timezone

from stack import PROMISED, ROOT, SKIPPED, Stack, until

STACK = Stack("disk_full")
SMALL = STACK.var / "small"
ROOM, MORE = "2m", "200m"
TRADES = 30_000


def mount(*options):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", SMALL],
                          capture_output=True, text=True).returncode == 0


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def trade(number):
    return {"type": "trade", "timestamp": datetime.now(timezone.utc).isoformat(), "trade_id": f"trade-{number:06}",
            "wallet_address": "somebody", "symbol": "SOL", "side": "buy", "amount": "1", "price": "1"}


class DiskFull(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(cls.clean_up)
        STACK.up("--fresh")
        shutil.chown(SMALL, *(os.stat(STACK.var / "postgres/data")[4:6]))
        with STACK.connection(admin=True) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(f"CREATE TABLESPACE small LOCATION '{SMALL}'")
            cursor.execute("ALTER TABLE model_1.trades SET TABLESPACE small")

    @staticmethod
    def clean_up():
        STACK.down()
        subprocess.run(["umount", SMALL], check=True)
        STACK.remove_data()

    def trades(self):
        return STACK.sql("SELECT count(*), count(DISTINCT trade_id), sum(amount) FROM duel.trades")[0]

    def test_it_waits_for_room_and_says_so(self):
        STACK.produce("trades", (trade(number) for number in range(TRADES)), key="somebody")
        until(lambda: "No space left on device" in STACK.health("projector")[1], 60, lambda: STACK.health("projector"))
        self.assertIn("contest/0", STACK.health("projector")[1])
        before, busy = self.trades(), cpu_seconds(STACK.pid("projector"))
        offsets = STACK.sql("SELECT offsets FROM duel.shards WHERE shard = 'contest/0'")
        time.sleep(8)
        self.assertLess(before[0], TRADES)
        self.assertEqual(self.trades(), before)
        self.assertEqual(STACK.sql("SELECT offsets FROM duel.shards WHERE shard = 'contest/0'"), offsets)
        self.assertLess((cpu_seconds(STACK.pid("projector")) - busy) / 8, 0.4, "a busy loop")

        self.assertTrue(mount("remount", f"size={MORE}"))
        began = time.monotonic()
        until(lambda: self.trades() > before, PROMISED, "nothing is applied although there is room")
        print(f"{before[0]} trades had room; work resumes {time.monotonic() - began:.1f} s after there is more")
        STACK.settle()
        STACK.until_ready("projector", seconds=PROMISED)
        self.assertEqual(self.trades(), (TRADES, TRADES, TRADES))
        verified = STACK.program("duel-projector", "verify", check=False, DUEL_MIGRATIONS=str(ROOT / "migrations"))
        self.assertEqual(verified.returncode, 0, verified.stdout)


if __name__ == "__main__":
    SMALL.mkdir(parents=True, exist_ok=True)
    subprocess.run(["umount", "-l", SMALL], check=False, capture_output=True)
    if not mount(f"size={ROOM}", "mode=0700"):
        print("this machine allows no mounting: skipped")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
