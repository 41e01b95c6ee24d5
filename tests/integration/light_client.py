"""A light WebSocket client, hundreds of which fit into one test: it keeps what its channels show and checks their order."""

import asyncio
import json
import random
import ssl
from decimal import Decimal
from urllib.parse import urlsplit

from raw_client import KEY, frame
from stack import token

EVENTS = {"TRADE_EXECUTED", "PARTICIPANT_ACTIVITY"}
ENTRIES = {"LEADERBOARD_UPDATED": ("leaderboard", "wallet_address"), "PORTFOLIO_UPDATED": ("tokens", "symbol")}


class Place:
    """One channel as a client saw it: the seq of every event message in order, and the newest state of each type."""

    def __init__(self, may_be_announced):
        self.may_be_announced = may_be_announced   # as the market of what a followed portfolio holds
        self.states = {}
        self.whole = set()        # types whose state came whole since the last SUBSCRIBED
        self.renumbered = 0
        self.begin()

    def begin(self):
        self.start, self.seq, self.cursor, self.events = None, 0, None, []
        self.checkpoints = []     # (seq, cursor) of messages, some of them old: any of these may be resumed from

    def subscribed(self, message):
        """What is wrong with the server's answer, if anything."""
        self.whole.clear()
        recovery, is_renumbered = message["recovery"], message.get("reason") == "epoch_changed"
        # A market that a portfolio brings too is answered twice, in any order. It has no event messages: nothing can
        # be missing.
        if is_renumbered or self.may_be_announced:
            self.renumbered += is_renumbered
            self.begin()
            self.start = message["seq"]
            return None
        if self.cursor is None:
            self.start = message["seq"]
            return recovery != "none" and f"{message} answers a fresh subscription"
        if (recovery, message["seq"]) != ("replayed", self.seq):
            return f"{message} answers a cursor of {self.seq}"

    def event(self, message):
        seq, before = message["seq"], message["prev_seq"]
        known = self.events[-1] if self.events else None
        self.events.append(seq)
        if known is not None and before != known:
            return f"{message} follows the event {known}"
        if known is None and not before <= self.start < seq:
            return f"{message} is the first event after {self.start}"

    def state(self, message):
        kind, data, mode = message["type"], message["data"], message.get("mode", "full")
        if kind == "MARKET_VOLUME":
            kind += data["interval"]
        wrong = None
        if mode != "full" and (mode == "snapshot") != (kind not in self.whole):
            wrong = f"{message} is no {mode}"
        self.whole.add(kind)
        if kind in ENTRIES:
            name, key = ENTRIES[kind]
            entries = self.states[kind][1] if mode == "diff" else {}
            for gone in data.get("removed", ()):
                entries.pop(gone, None)   # also what came and went before this client's snapshot
            entries |= {entry[key]: entry for entry in data[name]}
            self.states[kind] = ({field: value for field, value in data.items() if field != name}, entries)
        else:
            self.states[kind] = data
        return wrong

    def take(self, message):
        kind = message["type"]
        before = self.seq
        told = (self.subscribed if kind == "SUBSCRIBED" else self.event if kind in EVENTS else self.state)(message)
        wrong = min(before, self.seq) > message["seq"] and f"{message} comes after seq {before}"
        self.seq, self.cursor = message["seq"], message["cursor"]
        if not self.checkpoints or self.seq > self.checkpoints[-1][0]:
            self.checkpoints = [*self.checkpoints[-20:], (self.seq, self.cursor)]
        return wrong or told

    def go_back(self, dice):
        """Forgets the newest messages, as a page does that has stored an older cursor."""
        self.checkpoints = self.checkpoints[:dice.randint(1, len(self.checkpoints))]
        self.seq, self.cursor = self.checkpoints[-1]
        self.events = [seq for seq in self.events if seq <= self.seq]


class Follower(asyncio.Protocol):
    """Follows its channels on /api/v2/ws, comes back when it is cut off, and resumes."""

    trust = None

    def __init__(self, stack, wallet, channels, seed, **wanted):
        self.wallet, self.channels, self.wanted, self.dice = wallet, channels, wanted, random.Random(seed)
        self.places, self.faults, self.connects, self.stopping = {}, [], 0, False
        url = urlsplit(stack.env["DUEL_WSS"])
        self.address = url.hostname, url.port
        self.offer = f"duel.v2, {token(stack, wallet)}"
        Follower.trust = Follower.trust or ssl.create_default_context(cafile=stack.env["DUEL_CA"])
        self.transport = None

    async def run(self):
        loop = asyncio.get_running_loop()
        while not self.stopping:
            self.buffer, self.upgraded, self.gone = bytearray(), False, loop.create_future()
            try:
                await loop.create_connection(lambda: self, *self.address, ssl=Follower.trust, server_hostname="localhost")
                await self.gone
            except OSError:
                pass   # the server is away
            self.transport = None
            await asyncio.sleep(self.dice.uniform(0, 0.4))

    @property
    def is_following(self):
        return self.transport is not None and self.upgraded

    def cut(self):
        """The connection ends as connections do: by TCP alone, or politely."""
        if self.dice.random() < 0.7:
            self.transport.abort()
        else:
            self.transport.write(frame(8, b""))
            self.transport.close()

    def stop(self):
        self.stopping = True
        if self.transport:
            self.transport.abort()

    # The connection ----------------------------------------------------------------------------------

    def connection_made(self, transport):
        self.transport = transport
        if self.stopping:
            return transport.abort()
        transport.write((f"GET /api/v2/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n"
                         f"Sec-WebSocket-Protocol: {self.offer}\r\n\r\n").encode())

    def connection_lost(self, _):
        self.gone.done() or self.gone.set_result(None)

    def data_received(self, data):
        if self.transport.is_closing():
            return
        self.buffer += data
        if not self.upgraded:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                self.faults.append(bytes(head))
                return self.stop()
            self.buffer, self.upgraded = rest, True
            self.subscribe()
        at = 0
        while (end := self.frame_at(at)) is not None:
            at = end
        del self.buffer[:at]

    def frame_at(self, at):
        """Handles the frame that begins there and gives back its end; None where it has not come whole."""
        buffer = self.buffer
        if len(buffer) < at + 2:
            return None
        length, body = buffer[at + 1], at + 2
        if length >= 126:
            body += 2 if length == 126 else 8
            length = int.from_bytes(buffer[at + 2:body], "big")
        if len(buffer) < body + length:   # also where the length is not there in full: it is of at least as many bytes
            return None
        payload = bytes(buffer[body:body + length])
        match buffer[at] & 15:
            case 1:
                self.take(json.loads(payload, parse_float=Decimal))
            case 9:
                self.transport.write(frame(10, payload))
        return body + length

    # What is said ------------------------------------------------------------------------------------

    def subscribe(self):
        self.connects += 1
        if self.dice.random() < 0.3:
            for place in self.places.values():
                place.go_back(self.dice)
        since = {channel: place.cursor for channel, place in self.places.items()}
        message = {"type": "SUBSCRIBE", "channels": self.channels, **self.wanted, **({"since": since} if since else {})}
        self.transport.write(frame(1, json.dumps(message).encode()))

    def take(self, message):
        if "channel" in message:
            channel = message["channel"]
            if channel not in self.places:
                holds = any(asked.startswith("portfolio") for asked in self.channels)
                self.places[channel] = Place(holds and channel.startswith("market:"))
            wrong = self.places[channel].take(message)
        else:
            wrong = message["type"] != "SERVER_SHUTDOWN" and f"{message} was not wanted"
        if wrong:
            self.faults.append(wrong)
