"""How clients get in, and who may stay: behind proxies, with a certificate that is renewed, into a full server, in silence."""

import asyncio
import socket
import ssl
import struct
import subprocess
import time
import unittest
from pathlib import Path

from raw_client import Raw, address, frame, request
from stack import OPEN_DOORS, until
from wire import STACK, WireTest

def tearDownModule():
    STACK.restart("wsserver")


async def attempt(forwarded):
    """The status of an attempt that is limited by address: without a token."""
    raw = await Raw.connect()
    status = await raw.answer(request(X_Forwarded_For=forwarded))
    raw.close()
    return status


class ForwardedFor(WireTest):
    async def test_the_word_of_a_listed_proxy_counts(self):
        STACK.restart("wsserver", DUEL_WSSERVER_PROXIES="127.0.0.0/8", DUEL_WSSERVER_ATTEMPTS_PER_MINUTE="3")
        self.assertEqual([await attempt("203.0.113.7") for _ in range(4)], [101, 101, 101, 429])
        self.assertEqual([await attempt("9.9.9.9, 203.0.113.7"), await attempt("203.0.113.8, 127.0.0.9")], [429, 101])
        self.assertIn("203.0.113.7", STACK.said("wsserver"))

    async def test_the_word_of_another_is_ignored(self):
        STACK.restart("wsserver", DUEL_WSSERVER_PROXIES="10.0.0.0/8", DUEL_WSSERVER_ATTEMPTS_PER_MINUTE="3")
        self.assertEqual([await attempt(f"203.0.113.{n}") for n in range(4)], [101, 101, 101, 429])


class ProxyProtocol(WireTest):
    async def said(self, *pieces):
        """Sends pieces before TLS begins; the HTTP status of an upgrade after it, 0 where there is none."""
        plain = socket.create_connection(address())
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            plain.sendall(piece)
            await asyncio.sleep(0.05)
        trust = ssl.create_default_context(cafile=STACK.env["DUEL_CA"])
        try:
            reader, writer = await asyncio.open_connection(sock=plain, ssl=trust, server_hostname="localhost")
        except (ssl.SSLError, ConnectionError):
            return 0
        status = await Raw(reader, writer).answer(request())
        writer.close()
        return status

    async def test_what_it_says_before_tls_is_the_client(self):
        STACK.restart("wsserver", DUEL_WSSERVER_PROXIES="127.0.0.1", DUEL_WSSERVER_PROXY_PROTOCOL="true",
                      DUEL_WSSERVER_ATTEMPTS_PER_MINUTE="2")
        one = b"PROXY TCP4 203.0.113.1 192.0.2.1 51234 443\r\n"
        self.assertEqual([await self.said(one), await self.said(one[:20], one[20:]), await self.said(one)], [101, 101, 429])
        two = b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack("!H4s4sHH", 12, b"\xcb\x00\x71\x02", b"\x7f\0\0\1", 1, 2)
        self.assertEqual([await self.said(two), await self.said(two[:13], two[13:]), await self.said(two)], [101, 101, 429])
        self.assertEqual(await self.said(b"HELLO\r\n"), 0)
        self.assertEqual(await self.said(), 0, "a proxy that is listed has to say it")


class Certificate(WireTest):
    def served(self):
        host, port = address()
        return ssl.get_server_certificate((host, port))

    async def test_a_renewed_certificate_is_for_new_connections_and_drops_none(self):
        paths = [Path(STACK.env["DUEL_CA"]).parent / name for name in ("server.crt", "server.key")]
        contents = [path.read_bytes() for path in paths]
        STACK.restart("wsserver", **OPEN_DOORS)
        before = self.served()
        raw = await (await Raw.connect()).upgrade("/api/v2/ws/market", symbols="A")
        fresh = [path.with_name(path.name + ".new") for path in paths]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                        "/CN=localhost", "-days", "2", "-out", fresh[0], "-keyout", fresh[1]], check=True, capture_output=True)
        try:
            fresh[0].replace(paths[0])
            until(lambda: "stays as it was" in STACK.said("wsserver"), 10, lambda: "a certificate without its key is told")
            self.assertEqual(self.served(), before)
            fresh[1].replace(paths[1])
            until(lambda: self.served() != before, 30, lambda: "the new certificate is served")
            self.assertEqual(self.served().strip(), paths[0].read_text().strip())
            raw.writer.write(frame(9, b"still here"))   # to the old connection
            while await raw.receive() != (10, b"still here"):
                pass
            raw.close()
        finally:
            for path, content in zip(paths, contents):
                path.write_bytes(content)


class Room(WireTest):
    async def test_a_full_server_says_so_before_the_upgrade_until_somebody_leaves(self):
        STACK.restart("wsserver", **OPEN_DOORS, DUEL_WSSERVER_MAX_CONNECTIONS="2")
        inside = [await (await Raw.connect()).upgrade("/api/v2/ws/market", symbols="A") for _ in range(2)]
        turned_away = await Raw.connect()
        turned_away.writer.write(request())
        answer = (await asyncio.wait_for(turned_away.reader.read(), 10)).decode()
        self.assertRegex(answer, r"^HTTP/1.1 429 ")
        self.assertIn("\r\nRetry-After: 5\r\n", answer)
        self.assertIn("SERVER_FULL", answer)
        self.assertRegex(STACK.health("wsserver", "/metrics")[1],
                         r'(?m)^duel_ws_rejections_total\{[^}]*reason="server_full"[^}]*\} 1$')
        inside.pop().close()
        deadline = time.monotonic() + 30
        while (status := await (again := await Raw.connect()).answer(request())) != 101 and time.monotonic() < deadline:
            again.close()
        self.assertEqual(status, 101)
        inside[0].writer.write(frame(9, b"still here"))
        while await inside[0].receive() != (10, b"still here"):
            pass


class Silence(WireTest):
    async def test_three_heartbeats_without_a_frame_end_a_connection(self):
        STACK.restart("wsserver", **OPEN_DOORS, DUEL_WSSERVER_HEARTBEAT="2s", DUEL_WSSERVER_MARKET_HEARTBEAT="1s")
        began = time.monotonic()

        async def silent(path, **query):
            """When its connection ends, and how."""
            raw = await (await Raw.connect()).upgrade(path, **query)
            code = await raw.close_code(20)
            return code, time.monotonic() - began

        async def alive(sent):
            """The codes of what a client gets that sends a frame for each ping, until the silent ones are gone."""
            raw = await (await Raw.connect()).upgrade("/api/v2/ws/market", symbols="A")
            codes = []
            while time.monotonic() - began < 12:
                codes.append((await raw.receive(20))[0])
                if codes[-1] == 9:
                    raw.writer.write(sent)
            raw.close()
            return codes

        market, portfolio, ponging, talking = await asyncio.gather(
            silent("/api/v2/ws/market", symbols="A"), silent("/api/v69/ws/portfolio"),
            alive(frame(10)), alive(frame(1, b'{"type":"ping"}')))
        self.assertEqual((market[0], portfolio[0]), (1001, 1001))
        self.assertGreater(market[1], 3)
        self.assertLess(market[1], portfolio[1])
        self.assertGreater(portfolio[1], 6)
        for codes in (ponging, talking):
            self.assertGreaterEqual(codes.count(9), 6)
            self.assertNotIn(8, codes)


class Settings(WireTest):
    def test_a_proxy_that_is_none_is_refused_by_its_name(self):
        result = STACK.program("duel-wsserver", "run", check=False, DUEL_WSSERVER_PROXIES="10.0.0.0/40",
                               DUEL_TLS_CERT="a", DUEL_TLS_KEY="b", DUEL_WSSERVER_POSTGRES="c")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn('--proxy (DUEL_WSSERVER_PROXIES) is "10.0.0.0/40"', result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
