"""A WebSocket client that may do anything: raw bytes over TLS, frames of any kind, and what came back."""

import asyncio
import os
import socket
import ssl
import struct
from urllib.parse import urlencode, urlsplit

from stack import token
from wire import STACK

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def address():
    url = urlsplit(STACK.env["DUEL_WSS"])
    return url.hostname, url.port


def headers(**changes):
    """Those of an upgrade, some changed; None leaves one out, a list repeats it."""
    found = {"Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": KEY,
             "Sec-WebSocket-Version": "13"}
    found |= {name.replace("_", "-"): value for name, value in changes.items()}
    return "".join(f"{name}: {one}\r\n" for name, value in found.items() if value is not None
                   for one in (value if isinstance(value, list) else [value]))


def request(line="GET /api/v2/ws/market?symbols=A HTTP/1.1", more="", after=b"", **changes):
    return f"{line}\r\n{headers(**changes)}{more}\r\n".encode() + after


def frame(opcode, payload=b"", final=True, reserved=0, masked=True, length=None, length_bytes=None):
    """A client's frame; `length` and `length_bytes` lie where they are given."""
    length = len(payload) if length is None else length
    if length_bytes is None:
        length_bytes = 0 if length < 126 else 2 if length < 65536 else 8
    short = {0: length, 2: 126, 8: 127}[length_bytes]
    head = bytes([(final << 7) | (reserved << 4) | opcode, (masked << 7) | short])
    head += length.to_bytes(length_bytes, "big") if length_bytes else b""
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


class Raw:
    """One TLS connection."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, receive_buffer=None):
        plain = socket.socket()
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, address())
        trust = ssl.create_default_context(cafile=STACK.env["DUEL_CA"])
        return cls(*await asyncio.open_connection(sock=plain, ssl=trust, server_hostname="localhost", limit=1 << 16))

    async def answer(self, sent, seconds=10):
        """The status of the HTTP answer; 0 where the connection ended without one."""
        self.writer.write(sent)
        try:
            head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), seconds)
        except (asyncio.IncompleteReadError, ConnectionError):
            return 0
        return int(head.split(b" ", 2)[1])

    async def upgrade(self, path, wallet="raw", **query):
        bearer = "duel.v2, " + token(STACK, wallet)
        line = f"GET {path}{'?' + urlencode(query, doseq=True) if query else ''} HTTP/1.1"
        status = await self.answer(request(line, Sec_WebSocket_Protocol=bearer))
        assert status == 101, status
        return self

    async def receive(self, seconds=10):
        """The next frame of the server: its opcode and payload."""
        head = await asyncio.wait_for(self.reader.readexactly(2), seconds)
        length = head[1] & 127
        if length >= 126:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
        return head[0] & 15, await self.reader.readexactly(length)

    async def close_code(self, seconds=10):
        """That of the server's close frame, after whatever else it sends; 0 where TCP ends without one."""
        try:
            while True:
                opcode, payload = await self.receive(seconds)
                if opcode == 8:
                    self.writer.write(frame(8, payload[:2]))
                    return struct.unpack("!H", payload[:2])[0] if payload else 1005
        except (asyncio.IncompleteReadError, ConnectionError):
            return 0

    def close(self):
        self.writer.close()
