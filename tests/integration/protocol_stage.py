"""Connections that write down what the server says, in the words of docs/protocol.md.

Each scene has names of its own: `SOL` is `SOL-m…` on the wire in the scene `m`, and is written down as `SOL` again.
"""

import asyncio
import itertools
import json
import re
from datetime import datetime, timedelta, timezone

import websockets

import protocol_page as page
from stack import token
from wire import RUN, STACK, connect, iso

SAID = []                              # (path, message)
CODES, CLOSES, STATUSES = set(), set(), {}
PARAMETERS = set()
TRIED = set()                          # examples of clients
ADDRESSES = itertools.count(1)
AHEAD = timedelta(seconds=59)          # of "now" of the stack: whoever joins has a minute of history with nothing but the start
NAMES = re.compile(r"\b(c1|w[123]|SOL|BTC|ETH|binance)\b")


def ours(text, scene):
    return NAMES.sub(rf"\1-{scene}{RUN}", text)


def theirs(text):
    return re.sub(rf"-[a-z]{RUN}", "", text)


def happen(scene, *events, topic="trades", key="c1"):
    home = {"trades": ord(scene) % 4, "prices": ord(scene) % 2, "status": 0}[topic]
    STACK.produce(topic, [ours(json.dumps({"timestamp": iso()} | event), scene) for event in events], home, ours(key, scene))


def trade(number, wallet, side, amount, symbol, price):
    return {"type": "trade", "contest_id": "c1", "trade_id": f"t{number}", "wallet_address": wallet, "symbol": symbol,
            "side": side, "amount": amount, "price": price}


def ticks(scene, *prices):
    """(symbol, price, more fields…)"""
    happen(scene, *({"type": "price", "symbol": symbol, "price": price} | more for symbol, price, more in prices), topic="prices",
           key="SOL")


class Socket:
    """One connection that writes down all that comes."""

    def __init__(self, path, who=None, scene="a", *, role="user", bearer=None, own=False, ip=None, **query):
        PARAMETERS.update(query)
        self.path, self.scene, self.messages, self.taken = path, scene, [], set()
        self.bearer = bearer or token(STACK, ours(who or "w1", scene), role=role)
        address = ip or "10.1.{}.{}".format(*divmod(next(ADDRESSES), 250))
        words = ("duel.v2", self.bearer) if own else (self.bearer,) if who or bearer else ()
        self.connecting = connect(ours(path, scene), *words, headers={"X-Forwarded-For": address}, **{
            name: ours(str(value), scene) for name, value in query.items()})

    async def __aenter__(self):
        self.socket = await self.connecting
        self.reading = asyncio.create_task(self.read())
        return self

    async def __aexit__(self, *_):
        await self.socket.close()
        await self.reading

    async def read(self):
        try:
            while True:
                message = page.parse(theirs(await self.socket.recv()))
                self.messages.append(message)
                SAID.append((self.path, message))
        except websockets.ConnectionClosed:
            pass

    async def until(self, kind, *conditions, seconds=10):
        """The next message of a type that fulfils the conditions; others stay for later."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            is_over = self.reading.done() or asyncio.get_running_loop().time() > deadline
            for number, message in enumerate(self.messages):
                if number not in self.taken and message["type"] == kind and all(one(message) for one in conditions):
                    self.taken.add(number)
                    return message
            if is_over:
                raise AssertionError(f"{self.path}: no {kind}, but {[message['type'] for message in self.messages][-20:]}")
            await asyncio.sleep(0.01)

    async def send(self, message):
        await self.socket.send(message if isinstance(message, (str, bytes)) else ours(json.dumps(message), self.scene))

    async def say(self, kind, **known):
        """The client's examples of this type as they are written, but for names."""
        spoken = [one for one in page.examples() if page.is_sent(one.value) and one.value["type"] == kind]
        assert spoken, f"the page has no example of {kind}"
        for one in spoken:
            text = ours(one.text, self.scene)
            for wanted, value in {"eyJ…": self.bearer, **known}.items():
                text = text.replace(wanted, value)
            await self.send(text)
            TRIED.add(one.text)

    async def spoil(self, kind):
        """Every field of these examples is one that the server reads: it minds a wrong value."""
        for one in page.examples():
            if not page.is_sent(one.value) or one.value["type"] != kind:
                continue
            for name in one.value.keys() - {"type"}:
                await self.send(json.dumps(one.value | {name: False}))
                is_v2 = "/v2/" in self.path
                error = await self.until("ERROR" if is_v2 else "error")
                told = error["error"] if is_v2 else error
                assert told["code"] == "INVALID_FIELD" and told["message"].startswith(f"{name} is "), (name, error)

    async def closed(self, seconds=10):
        await asyncio.wait_for(self.socket.wait_closed(), seconds)
        await self.reading
        if "/test/" not in self.path:
            CLOSES.add(self.socket.close_code)
        return self.socket.close_code

    async def fails(self, *messages):
        """Says these, is told an error, and stays or is closed."""
        for message in messages:
            await self.send(message)
        error = (await self.until("ERROR"))["error"]
        try:
            await self.send({"type": "ping"})
            await self.until("pong")
            CODES.add((error["code"], "stays"))
        except (AssertionError, websockets.ConnectionClosed):
            CODES.add((error["code"], await self.closed()))
        return error


def prepare():
    """What happened before anybody looks."""
    begun = datetime.now(timezone.utc) + AHEAD

    def at(**before):
        return (begun - timedelta(**before)).isoformat().replace("+00:00", "Z")

    joined = ({"type": "participant_joined", "contest_id": "c1", "wallet_address": wallet, "username": name}
              for wallet, name in (("w1", "ann"), ("w2", "bob"), ("w3", "cy")))
    begin = [{"type": "contest_created", "contest_id": "c1", "name": "Cup", "starting_balance": "1000", "prize_pool": "500",
              "rounds": 3, "starts_at": at(), "ends_at": at(hours=-1)}, *joined,
             {"type": "contest_started", "contest_id": "c1"}, {"type": "round_started", "contest_id": "c1", "round": 1}]
    for scene in "ar":
        happen(scene, *begin)
    STACK.settle()
    happen("m", {"type": "token", "symbol": "SOL", "name": "Solana", "decimals": 9, "supply": "500000000",
                 "image_url": "https://example.org/sol.png"}, topic="prices", key="SOL")
    happen("a", {"type": "token", "symbol": "SOL", "name": "Solana"}, topic="prices", key="SOL")
    ticks("a", ("SOL", "100", {"size": "1", "side": "buy"}), ("ETH", "1", {}), ("BTC", "2", {}))
    ticks("m", ("SOL", "140", {"timestamp": at(hours=25)}), ("SOL", "139.5", {"timestamp": at(hours=4)}),
          ("SOL", "144.42", {"timestamp": at(hours=3)}), ("SOL", "140.95703125", {"timestamp": at(hours=2)}),
          ("SOL", "144.34", {"timestamp": at(minutes=10), "size": "744.876", "side": "buy"}),
          ("SOL", "144.34", {"timestamp": at(minutes=10), "size": "1117.314", "side": "sell"}),
          *(("SOL", "144.34", {"timestamp": at(), "size": size, "side": side})
            for size, side in (("5", "buy"), ("4", "sell"), ("3.5", "sell"))))
    breaker("closed", 0)
    STACK.settle()
    happen("a", trade(1, "w1", "buy", "0.5", "SOL", "100"))
    STACK.settle()


def breaker(state, failures, **fields):
    happen("a", {"type": "source_status", "source": "binance", "breaker": state, "since": iso(), "failures": failures,
                 "messages_per_second": 0, "delay_ms": 30} | fields, topic="status", key="binance")


def announce(status, message):
    happen("a", {"type": "announcement", "status": status, "message": message}, topic="status", key="announcement")
