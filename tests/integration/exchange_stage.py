"""What tests of live exchanges have in common: exchanges of this machine, an ingest that follows them, and what came of it."""

import functools
import json
import time

from exchange_server import Authority
from live_ingest import LiveIngest
from wire import STACK

AUTHORITY = Authority()
GOOD = AUTHORITY.context()
Ingest = functools.partial(LiveIngest, STACK, AUTHORITY.ca)
QUICK = ["--silence", "2s", "--failures", "3", "--good-messages", "5", "--retry-base", "200ms", "--retry-cap", "1s"]
TRIP = 15   # seconds in which a breaker with these settings has opened, or closed again


def log_of(*symbols):
    """(log time, event) of the symbols' records in the topic, which is everybody's, in order."""
    keys = {symbol.encode() for symbol in symbols}
    return [(message.timestamp()[1], json.loads(message.value())) for message in STACK.log("prices") if message.key() in keys]


def ticks(*symbols):
    """The ticks of the topic, in order, by symbol."""
    found = {symbol: [] for symbol in symbols}
    for _, event in log_of(*symbols):
        found[event["symbol"]].append(event)
    return found


def now_ms():
    return int(time.time() * 1000)
