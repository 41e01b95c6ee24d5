"""The wire as a client sees it: worlds to look at, a client in Python's own words, and the shapes of its messages."""

import asyncio
import json
import logging
import ssl
import unittest
import uuid
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import urlencode

import websockets

from stack import Stack, token

STACK = Stack("shared")
RUN = uuid.uuid4().hex[:8]
logging.getLogger("asyncio").setLevel(logging.ERROR)   # events are produced between awaits, and it would mind

NUMBER, TEXT, LIST, WHOLE = (Decimal, int), str, list, int
PLACE = {"channel": TEXT, "seq": WHOLE, "cursor": TEXT}
# type: (fields beside `type`, fields of `data`, fields that may be missing)
SHAPES = {
    "SUBSCRIBED": (PLACE | {"recovery": TEXT}, None, {"reason"}),
    "PORTFOLIO_UPDATED": (PLACE | {"timestamp": TEXT},
                          {"tokens": LIST, "total_value": NUMBER, "performance_24h": NUMBER}, set()),
    "TRADE_EXECUTED": (PLACE | {"prev_seq": WHOLE},
                       {"trade_id": TEXT, "wallet_address": TEXT, "symbol": TEXT, "side": TEXT, "amount": NUMBER,
                        "price": NUMBER, "timestamp": TEXT, "contest_id": TEXT}, {"contest_id"}),
    "PRICE_UPDATED": (PLACE, {"symbol": TEXT, "price": NUMBER, "change_24h": NUMBER, "timestamp": TEXT}, {"change_24h"}),
    "CONTEST_UPDATED": (PLACE, {"contest_id": TEXT, "status": TEXT, "current_round": WHOLE, "time_remaining": WHOLE,
                                "total_participants": WHOLE, "total_prize_pool": NUMBER}, {"current_round"}),
    "LEADERBOARD_UPDATED": (PLACE, {"contest_id": TEXT, "leaderboard": LIST, "timestamp": TEXT}, set()),
    "PARTICIPANT_ACTIVITY": (PLACE | {"prev_seq": WHOLE},
                             {"contest_id": TEXT, "wallet_address": TEXT, "username": TEXT, "activity_type": TEXT,
                              "details": dict, "timestamp": TEXT}, {"details"}),
    "MARKET_PRICE": (PLACE, {"symbol": TEXT, "price": NUMBER, "change_24h": NUMBER, "volume_24h": NUMBER,
                             "high_24h": NUMBER, "low_24h": NUMBER, "timestamp": TEXT}, {"change_24h"}),
    "MARKET_VOLUME": (PLACE, {"symbol": TEXT, "volume": NUMBER, "trades_count": WHOLE, "buy_volume": NUMBER,
                              "sell_volume": NUMBER, "interval": TEXT, "timestamp": TEXT}, set()),
    "SERVER_STATUS_UPDATE": ({"timestamp": TEXT}, {"status": TEXT, "message": TEXT, "timestamp": TEXT}, set()),
    "MARKET_SENTIMENT": (PLACE, {"symbol": TEXT, "sentiment_score": NUMBER, "buy_pressure": NUMBER,
                                 "sell_pressure": NUMBER, "volume_trend": TEXT, "timestamp": TEXT}, set()),
}


def iso(seconds=0.0):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


class World:
    """A contest of its own for one test, with what happens in it."""

    def __init__(self, name, wallets=("alice", "bob")):
        self.contest, self.symbol, self.trades = f"{name}-{RUN}", f"{name.upper()}{RUN}", 0
        self.alice = f"alice-{name}-{RUN}"
        self.wallets = [f"{wallet}-{name}-{RUN}" for wallet in wallets]
        self.write(self.event("contest_created", name=name, starting_balance="1000", prize_pool="2.5", starts_at=iso(),
                              ends_at=iso(3600)),
                   *(self.event("participant_joined", wallet_address=wallet, username=wallet.split("-")[0])
                     for wallet in self.wallets),
                   self.event("contest_started"))
        STACK.settle()

    def event(self, kind, **fields):
        return {"type": kind, "timestamp": iso(), "contest_id": self.contest} | fields

    def write(self, *events):
        STACK.produce("trades", events, partition=hash(self.contest) % 4, key=self.contest)

    def trade(self, amount="1", price="2", wallet=None, **fields):
        self.trades += 1
        self.write(self.event("trade", trade_id=f"t{self.trades}", wallet_address=wallet or self.alice,
                              symbol=self.symbol, side="buy", amount=amount, price=price, **fields))

    def tick(self, price, size="1.5", side="buy"):
        STACK.produce("prices", [{"type": "price", "timestamp": iso(), "symbol": self.symbol, "price": price,
                                  "size": size, "side": side}], partition=hash(self.symbol) % 4, key=self.symbol)


def connect(path, *subprotocols, headers=None, **query):
    trust = ssl.create_default_context(cafile=STACK.env["DUEL_CA"])
    address = STACK.env["DUEL_WSS"] + path + ("?" + urlencode(query, doseq=True) if query else "")
    return websockets.connect(address, ssl=trust, subprotocols=subprotocols or None, extra_headers=headers, open_timeout=10,
                              close_timeout=5)


class Client:
    """One connection; keeps every message as it came."""

    def __init__(self, path, wallet=None, /, role="user", **query):
        self.connecting = connect(path, token(STACK, wallet or f"spectator-{uuid.uuid4().hex}", role=role), **query)
        self.messages, self.raw = [], []

    async def __aenter__(self):
        self.socket = await self.connecting.__aenter__()
        return self

    async def __aexit__(self, *failure):
        await self.connecting.__aexit__(*failure)

    async def receive(self, seconds=20):
        self.raw.append(await asyncio.wait_for(self.socket.recv(), seconds))
        self.messages.append(json.loads(self.raw[-1], parse_float=Decimal))
        return self.messages[-1]

    async def until(self, wanted, seconds=20):
        """The next message that is wanted: of a type, or for which a function says so."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            left = deadline - asyncio.get_running_loop().time()
            try:
                message = await self.receive(max(left, 0.01))
            except asyncio.TimeoutError:
                raise AssertionError(f"nothing wanted within {seconds} s, but {[m['type'] for m in self.messages]}") from None
            if wanted(message) if callable(wanted) else message["type"] == wanted:
                return message

    async def send(self, message):
        await self.socket.send(message if isinstance(message, (str, bytes)) else json.dumps(message))


class WireTest(unittest.IsolatedAsyncioTestCase):
    def assert_shapes(self, messages, *expected):
        """Every message has the fields of its type and no other; all the expected types were seen."""
        for message in messages:
            beside, data, optional = SHAPES[message["type"]]
            self.assert_fields({k: v for k, v in message.items() if k not in ("type", "data", "mode")}, beside, optional)
            if data is not None:
                mode = {"removed": LIST} if message.get("mode") == "diff" else {}
                self.assert_fields(message["data"], data | mode, optional)
        self.assertLessEqual(set(expected), {message["type"] for message in messages})

    def assert_fields(self, found, wanted, optional):
        self.assertLessEqual(set(found), set(wanted), found)
        self.assertLessEqual(set(wanted) - optional, set(found), found)
        for name, value in found.items():
            self.assertIsInstance(value, wanted[name], name)
            self.assertFalse(isinstance(value, bool), name)
            if name == "timestamp":
                self.assertRegex(value, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?Z$")
