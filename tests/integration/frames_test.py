"""Frames to the letter, over wss: the cases of the Autobahn test suite that apply here."""

import asyncio
import json
import struct
import unittest

import frame_cases
import utf8_cases
from hostile_test import setUpModule, tearDownModule  # noqa: F401: doors that stay open for so many connections
from raw_client import Raw
from wire import WireTest

AT_ONCE = 8


async def outcome(sent):
    """What the server says to these pieces, in the words of frame_cases.py, until TCP ends."""
    raw = await (await Raw.connect()).upgrade("/api/v2/ws/market", symbols="A")
    said = []
    try:
        await raw.receive()   # SUBSCRIBED
        for piece in sent:
            raw.writer.write(piece)
            await asyncio.sleep(0)
        raw.writer.write(frame_cases.closing(1000))
        while True:
            opcode, payload = await raw.receive()
            if opcode == frame_cases.PONG:
                said.append(("pong", payload))
            elif opcode == frame_cases.CLOSE:
                said.append(f"close {struct.unpack('!H', payload[:2])[0]}")
            elif opcode == frame_cases.TEXT:
                kind = json.loads(payload)["type"]
                said.append({"pong": "answer", "ERROR": "error"}.get(kind, kind))
    except (asyncio.IncompleteReadError, ConnectionError):
        return said
    finally:
        raw.close()


class Frames(WireTest):
    async def check(self, cases):
        free = asyncio.Semaphore(AT_ONCE)

        async def one(name, sent, wanted):
            async with free:
                found = await outcome(sent)
            return None if found == wanted else f"{name}: {found}, not {wanted}"
        wrong = [text for text in await asyncio.gather(*(one(*case) for case in cases)) if text]
        self.assertEqual(wrong, [], "\n".join(wrong))

    async def test_frames_get_what_the_rfc_says(self):
        await self.check(frame_cases.CASES)

    async def test_texts_are_utf8_however_they_are_cut(self):
        await self.check(utf8_cases.CASES)


if __name__ == "__main__":
    unittest.main(verbosity=2)
