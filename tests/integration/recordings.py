"""The recordings as their files have them, read without the programs under test."""

import csv
import glob
import io
import json
import re
import subprocess
import sys

from stack import RECORDINGS, SKIPPED

ARENA = RECORDINGS / "arena"


def need_arena():
    """Ends the test program as skipped where there are no recordings."""
    need(ARENA)


def need(folder):
    """The same for the recordings of one folder."""
    if not folder.is_dir():
        print(f"SKIPPED: no recordings in {folder}; DUEL_RECORDINGS says where they are")
        sys.exit(SKIPPED)


def fills():
    """{slug: rows of its file in order}."""
    read = {}
    for path in sorted(glob.glob(f"{ARENA}/hyperliquid-*-trade-history-*.csv.zst")):
        slug = re.search(r"hyperliquid-(.*)-trade-history-", path)[1]
        text = subprocess.run(["zstd", "-dcq", path], capture_output=True, text=True, check=True).stdout
        read[slug] = list(csv.DictReader(io.StringIO(text)))
    return read


def wallets():
    """{slug: wallet address}."""
    listed = json.loads((ARENA / "tracked-wallets.json").read_text())["wallets"]
    return {re.sub(r"[^a-z0-9]+", "-", entry["model"].lower()).strip("-"): entry["address"] for entry in listed}
