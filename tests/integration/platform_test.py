"""The unit tests of platform/ that talk to Kafka and Postgres, this time to the real ones of the shared stack."""

import os
import pathlib
import subprocess
import sys

from stack import Stack

STACK = Stack("shared")

if __name__ == "__main__":
    program = pathlib.Path(os.environ["DUEL_BIN"]).parent / "tests/unit/unit-platform"
    where = {"DUEL_TEST_KAFKA": STACK.env["DUEL_KAFKA"], "DUEL_TEST_POSTGRES": STACK.env["DUEL_POSTGRES_ADMIN"]}
    done = subprocess.run([program, "[kafka],[postgres]"], env=os.environ | where, timeout=110, check=False)
    sys.exit(done.returncode)
