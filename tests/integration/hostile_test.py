"""What the internet sends: broken upgrades, clients that flood, that do not read, that never finish (broken frames:
frames_test.py)."""

import asyncio
import os
import time
import unittest

from raw_client import Raw, address, frame, request
from stack import IS_STRICT, OPEN_DOORS
from wire import STACK, Client, WireTest, World

SLOW = int(os.environ.get("DUEL_TEST_SLOW_HANDSHAKES", "500"))   # 5000 by hand


def setUpModule():
    STACK.restart("wsserver", **OPEN_DOORS)


def tearDownModule():
    STACK.restart("wsserver")


def closes(code):
    name = f'duel_ws_closes_total{{code="{code}"}} '
    text = STACK.health("wsserver", "/metrics")[1]
    return sum(float(line.removeprefix(name)) for line in text.splitlines() if line.startswith(name))


class Upgrades(WireTest):
    async def test_a_broken_request_gets_an_http_error_at_once(self):
        for wanted, sent in [
            (400, request(more="Content-Length: 5\r\n", after=b"hello")),
            (400, request(more="Transfer-Encoding: chunked\r\n", after=b"0\r\n\r\n")),
            (400, request(more="Transfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n", after=b"abc")),
            (400, request(Host=["localhost", "localhost"])),
            (400, request(Sec_WebSocket_Key=["dGhlIHNhbXBsZSBub25jZQ=="] * 2)),
            (400, request(Sec_WebSocket_Version=["13", "13"])),
            (400, request(Sec_WebSocket_Key=None)),
            (400, request(Sec_WebSocket_Key="short")),
            (400, request(Host=None)),
            (400, request("GET /api/v2/ws/market?symbols=%FF HTTP/1.1")),
            (400, request("GET /api/v2/ws/market?symbols=A HTTP/1.0")),
            (400, b"\x16\x03\x01\x02\x00" * 20 + b"\r\n\r\n"),
            (400, b"GET\r\n\r\n"),
            (400, request(more="No colon here\r\n")),
            (426, request(Sec_WebSocket_Version="12")),
            (426, request(Upgrade=None)),
            (426, request(Connection="close")),
            (404, request("GET /nothing HTTP/1.1")),
            (405, request("POST /api/v2/ws/market?symbols=A HTTP/1.1")),
            (401, request(Origin="https://elsewhere.example")),
            (401, request(Origin="null")),
            (431, request(more="X-Long: " + "x" * 20_000 + "\r\n")),
            (431, request(more="X-Long: " + "x" * 2_000_000 + "\r\n")),
        ]:
            raw = await Raw.connect()
            began = time.monotonic()
            self.assertEqual(await raw.answer(sent), wanted, sent[:300])
            self.assertLess(time.monotonic() - began, 1 if IS_STRICT else 10)
            await asyncio.wait_for(raw.reader.read(), 20)
            raw.close()

    async def test_what_is_no_tls_is_closed(self):
        for sent in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x00" * 100, os.urandom(500)):
            reader, writer = await asyncio.open_connection(*address())
            writer.write(sent)
            try:
                await asyncio.wait_for(reader.read(), 5)
            except ConnectionError:
                pass
            writer.close()

    async def test_unfinished_handshakes_and_requests_end_in_time_and_hold_nobody_up(self):
        async def connects():
            times = []
            for _ in range(20):
                began = time.monotonic()
                raw = await Raw.connect()
                await raw.upgrade("/api/v2/ws/market", symbols="A")
                times.append(time.monotonic() - began)
                raw.close()
            return sorted(times)[len(times) // 2]

        STACK.restart("wsserver", DUEL_WSSERVER_HANDSHAKE_DEADLINE="3s", DUEL_WSSERVER_UPGRADE_DEADLINE="3s",
                      **OPEN_DOORS)
        alone = await connects()
        began = time.monotonic()
        silent = [await asyncio.open_connection(*address()) for _ in range(SLOW)]
        for _, writer in silent[::2]:
            writer.write(b"\x16\x03\x01\x00")
        half = [await Raw.connect() for _ in range(20)]
        for raw in half:
            raw.writer.write(b"GET /api/v2/ws/market HTTP/1.1\r\nHost:")
        beside = await connects()
        self.assertLess(beside, 2 * alone + (0.005 if IS_STRICT else 1), "others connect as fast as before")

        async def ends(reader):
            try:
                await asyncio.wait_for(reader.read(), 30)
            except ConnectionError:
                pass
        await asyncio.gather(*(ends(reader) for reader, _ in silent), *(ends(raw.reader) for raw in half))
        self.assertLess(time.monotonic() - began, 3 + (3 if IS_STRICT else 30) + SLOW / 500)


class Floods(WireTest):
    async def code_after(self, *sent):
        raw = await (await Raw.connect()).upgrade("/api/v2/ws/market", symbols="A")
        for piece in sent:
            raw.writer.write(piece)
        code = await raw.close_code()
        self.assertEqual(await raw.reader.read(), b"", "nothing comes after a close")
        raw.close()
        return code

    async def test_floods_end_with_4429_and_malformed_messages_with_1008(self):
        self.assertEqual(await self.code_after(frame(9, b"x") * 200), 4429)
        self.assertEqual(await self.code_after(frame(1, b'{"type":"ping"}') * 200), 4429)
        self.assertEqual(await self.code_after(*[frame(1, b"{")] * 12), 1008)


class SlowReaders(WireTest):
    async def test_one_that_reads_nothing_is_closed_and_the_others_get_everything(self):
        STACK.restart("wsserver", DUEL_WSSERVER_QUEUE_SOFT="64kB", DUEL_WSSERVER_QUEUE_HARD="512kB",
                      DUEL_WSSERVER_WRITE_DEADLINE="2s", **OPEN_DOORS)
        world = World("slow")
        path = f"/api/v2/ws/contest/{world.contest}"
        slow = await Raw.connect(receive_buffer=4_096)
        await slow.upgrade(path)
        slow.writer.transport.pause_reading()
        async with Client(path) as fast:
            await fast.until("LEADERBOARD_UPDATED")
            seen = []
            for part in range(8):
                world.write(*(world.event("trade", trade_id=f"s{part}-{n}", wallet_address=world.alice, side="buy",
                                          symbol=world.symbol, amount="0.001", price="1") for n in range(1_000)))
                while len(seen) < 1_000 * (part + 1):
                    message = await fast.receive()
                    if message["type"] == "PARTICIPANT_ACTIVITY" and message["data"]["activity_type"] == "trade":
                        seen.append(message["seq"])
        self.assertEqual(seen, sorted(set(seen)))

        deadline = time.monotonic() + 10
        while not closes(4408) and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        self.assertEqual(closes(4408), 1)
        slow.close()

    async def test_closing_again_and_again_puts_off_no_end(self):
        STACK.restart("wsserver", DUEL_WSSERVER_QUEUE_SOFT="8MB", DUEL_WSSERVER_QUEUE_HARD="16MB",
                      DUEL_WSSERVER_WRITE_DEADLINE="60s", DUEL_WSSERVER_CLOSE_DEADLINE="2s", **OPEN_DOORS)
        world = World("again")
        path = f"/api/v2/ws/contest/{world.contest}"
        deaf = await Raw.connect(receive_buffer=4_096)
        await deaf.upgrade(path)
        deaf.writer.transport.pause_reading()
        async with Client(path) as other:
            await other.until("LEADERBOARD_UPDATED")
            world.write(*(world.event("trade", trade_id=f"d{n}", wallet_address=world.alice, side="buy",
                                      symbol=world.symbol, amount="0.001", price="1") for n in range(8_000)))
            for _ in range(8_000):
                await other.until("PARTICIPANT_ACTIVITY")
            began = time.monotonic()
            while not closes(1000) and time.monotonic() - began < 30:
                deaf.writer.write(frame(8, b"\x03\xe8"))
                await asyncio.sleep(0.2)
            self.assertEqual(closes(1000), 1)
            self.assertLess(time.monotonic() - began, 4 if IS_STRICT else 20)
        deaf.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
