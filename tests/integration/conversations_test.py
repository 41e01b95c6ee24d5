"""What real front ends say, written down in tests/conversations, played against the server."""

import asyncio
import json
import struct
import unittest
from decimal import Decimal
from urllib.parse import urlsplit

from raw_client import Raw, frame, request
from stack import ROOT, token
from wire import RUN, STACK, World, iso

SCRIPTS = sorted((ROOT / "tests/conversations").glob("*.json"))
NO_ANSWER = 20   # seconds


def fits(wanted, found):
    """Whether everything that is wanted is there; lists have to be as they are."""
    if wanted == "*":
        return found is not None or wanted is None
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(key in found and (value == "*" or fits(value, found[key]))
                                               for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(wanted) == len(found) and all(map(fits, wanted, found))
    return wanted == found and isinstance(wanted, bool) == isinstance(found, bool)


class Conversation:
    """One socket of a client, by its script."""

    count = 0

    def __init__(self, entry, world=None):
        Conversation.count += 1
        self.world = world or World(f"talk{Conversation.count}")
        self.service = f"exchange{Conversation.count}-{RUN}"
        self.token = token(STACK, self.world.alice, role=entry.get("role", "user"))
        known = {"$WALLET": self.world.alice, "$CONTEST": self.world.contest, "$SYMBOL": self.world.symbol,
                 "$SERVICE": self.service, "$TOKEN": self.token}
        text = json.dumps(entry)
        for name, value in known.items():
            text = text.replace(name, value)
        self.entry, self.messages = json.loads(text), []
        self.world.tick("2")

    def breaker(self, state, **fields):
        STACK.produce("status", [{"type": "source_status", "timestamp": iso(), "source": self.service, "breaker": state,
                                  "since": iso(), "messages_per_second": 5, "delay_ms": 20} | fields], key=self.service)

    def happen(self, what):
        match what:
            case "tick":
                self.world.tick("3")
            case "trade":
                self.world.trade("1", "2")
            case "listing":
                STACK.produce("prices", [{"type": "token", "timestamp": iso(), "symbol": f"NEW{RUN}", "name": "New"}], 0)
            case "trip":
                self.breaker("open", failures=5, last_error="refused")
            case "notice":
                for status, message in (("maintenance", "back soon"), ("online", "here we are")):
                    STACK.produce("status", [{"type": "announcement", "timestamp": iso(), "status": status,
                                              "message": message}], key="announcement")

    async def play(self):
        await self.open()
        for step in self.entry["script"]:
            match step:
                case {"sends": message}:
                    for _ in range(step.get("times", 1)):
                        self.raw.writer.write(frame(1, json.dumps(message).encode()))
                case {"gets": wanted}:
                    await self.get(wanted)
                case {"happens": what}:
                    await self.follow_all()
                    self.happen(what)
                case {"says_nothing_for": seconds}:
                    await self.listen(seconds)
                case {"never": kinds}:
                    came = [message for message in self.messages if message["type"] in kinds]
                    assert not came, came
                case {"closes": "empty"}:
                    await self.close()

    async def follow_all(self):
        """The plain portfolio socket learns of a wallet's contests a moment later: their trades count from then on."""
        if "/ws/portfolio" not in self.entry["url"] or "contest_id" in self.entry["url"]:
            return
        channel = f"portfolio:{self.world.contest}"
        async with asyncio.timeout(NO_ANSWER):
            while not any((message["type"], message.get("channel")) == ("SUBSCRIBED", channel) for message in self.messages):
                await self.receive()

    async def open(self):
        """Upgrades as a browser does, which sends its Origin and refuses any other echo than that of its offer."""
        self.breaker("closed", failures=0)   # here, or it would be too old in the last ones
        bring, url = self.entry.get("token"), self.entry["url"]
        if bring == "query":
            url += ("&" if "?" in url else "?") + "token=" + self.token
        offered = self.token if bring == "subprotocol" else None
        host = urlsplit(STACK.env["DUEL_WSS"]).netloc
        self.raw = await Raw.connect()
        self.raw.writer.write(request(f"GET {url} HTTP/1.1", Host=host, Origin=f"https://{host}",
                                      Sec_WebSocket_Protocol=offered))
        head = (await asyncio.wait_for(self.raw.reader.readuntil(b"\r\n\r\n"), NO_ANSWER)).decode()
        assert head.startswith("HTTP/1.1 101 "), head
        echoed = [line.partition(":")[2].strip() for line in head.split("\r\n")
                  if line.lower().startswith("sec-websocket-protocol:")]
        assert echoed == ([offered] if offered else []), echoed

    async def receive(self):
        """The next message; control pings are answered, as by every browser."""
        while True:
            opcode, payload = await self.raw.receive(None)
            if opcode == 9:
                self.raw.writer.write(frame(10, payload))
                continue
            assert opcode == 1, (opcode, payload)
            self.messages.append(json.loads(payload, parse_float=Decimal))
            return self.messages[-1]

    async def get(self, wanted):
        """The wanted message after those that were taken before; a ping of the server counts whenever it came."""
        if wanted["type"] == "ping" and any(fits(wanted, message) for message in self.messages):
            return
        try:
            async with asyncio.timeout(NO_ANSWER):
                while not fits(wanted, await self.receive()):
                    pass
        except TimeoutError:
            raise AssertionError(f"no {wanted}, but\n" + "\n".join(map(str, self.messages))) from None

    async def listen(self, seconds):
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.receive()
        except TimeoutError:
            pass

    async def close(self):
        """With an empty Close; nothing else ends the connection on this side."""
        self.raw.writer.write(frame(8))
        async with asyncio.timeout(20):
            while (answer := await self.raw.receive(None))[0] != 8:
                pass
            assert answer[1][:2] == struct.pack("!H", 1000), answer
            assert await self.raw.reader.read(1) == b"", "TCP goes on after the Close"
        self.raw.close()


class Conversations(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        STACK.restart("wsserver")   # which forgets the attempts of the tests before

    async def test_every_conversation_goes_as_it_is_written(self):
        entries = [(path.stem, entry) for path in SCRIPTS for entry in json.loads(path.read_text())]
        self.assertGreaterEqual(len(entries), 16)
        conversations = [Conversation(entry) for _, entry in entries]
        STACK.settle()
        ends = await asyncio.gather(*(one.play() for one in conversations), return_exceptions=True)
        for (file, entry), end in zip(entries, ends):
            with self.subTest(f"{file}: {entry['name']}"):
                if end:
                    raise end
        for one in conversations:
            self.assertNotIn(one.token.split(".")[1], STACK.said("wsserver"))


class Page(unittest.IsolatedAsyncioTestCase):
    """One page opens nine sockets at once, and again after a restart."""

    async def test_nine_sockets_at_once_and_again_after_a_restart(self):
        await asyncio.to_thread(STACK.restart, "wsserver")
        urls = ["/api/v69/ws/monitor", "/api/v69/ws/token-data", "/api/v69/ws/token-data", "/api/v69/ws/market-data",
                "/api/v69/ws/portfolio", "/api/v69/ws/contest", "/api/v69/ws/contest", "/api/v69/ws/portfolio",
                "/api/v69/ws/token-data"]
        world = World("page")
        page = [Conversation({"url": url} | ({"token": "subprotocol"} if url.endswith(("portfolio", "contest")) else {}), world)
                for url in urls]
        for _ in range(2):
            await asyncio.gather(*(socket.open() for socket in page))
            for socket in page:
                await asyncio.wait_for(socket.receive(), NO_ANSWER)
            restarting = asyncio.create_task(asyncio.to_thread(STACK.restart, "wsserver"))
            self.assertEqual(await asyncio.gather(*(socket.raw.close_code() for socket in page)), [1001] * 9)
            await restarting


if __name__ == "__main__":
    unittest.main(verbosity=2)
