"""What `duel-ingest check` says, without a stack."""

import json
import pathlib
import subprocess
import tempfile

from stack import BIN

PROGRAM = pathlib.Path(BIN) / "duel-ingest"


def check(*words, text=b"", folder=None):
    """The finished process; its output as text."""
    done = subprocess.run([PROGRAM, "check", *map(str, words)], input=text, capture_output=True, timeout=60, cwd=folder)
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done


def verdicts(records, *words):
    """A verdict for each record, as --json gives it: one process, one file."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(b"".join(record + b"\n" for record in records))
        file.flush()
        done = check("--json", *words, file.name)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == (3 if any(line["verdict"] == "refused" for line in said) else 0), done.stderr
    assert [line["line"] for line in said] == list(range(1, len(records) + 1)), "a verdict for each line"
    return said
