"""The cases of the Autobahn test suite (sections 1 to 7, 9 and 10) that apply to a server without echo, as a table.

A case is what a client sends, in pieces, and what it gets in words: "pong PAYLOAD" (a control frame), "answer" (to a
JSON ping), "error" (a message about a bad one, after which the connection stays), "close CODE". Every case ends with a
close frame, so that one where the connection stays ends with "close 1000". Where the suite waits for an echo, these send
a JSON ping: {"type":"ping"} with more in it.
"""

import struct

from raw_client import frame

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
LIMIT = 65_536
HELLO = b'{"type":"ping"}'
STAYS = "close 1000"


def ping_of(size):
    return HELLO.ljust(size)


def saying(text):
    """A JSON ping with that text in it."""
    return b'{"type":"ping","text":"' + text + b'"}'


def closing(code, reason=b""):
    return frame(CLOSE, struct.pack("!H", code) + reason)


def fragments(payload, size, between=b"", opcode=TEXT):
    """One message, a frame for every `size` bytes; `between` stands after each but the last."""
    parts = [payload[at:at + size] for at in range(0, len(payload), size)]
    return b"".join(frame(CONTINUATION if at else opcode, part, final=at == len(parts) - 1)
                    + (between if at < len(parts) - 1 else b"") for at, part in enumerate(parts))


def octets(sent):
    return [bytes([octet]) for octet in sent]


def chops(sent, size):
    return [sent[at:at + size] for at in range(0, len(sent), size)]


def framing():
    for number, size in enumerate([125, 126, 127, 128, 65_535, LIMIT], 2):
        yield f"1.1.{number}", [frame(TEXT, ping_of(size))], ["answer", STAYS]
    yield "1.1.1", [frame(TEXT)], ["error", STAYS]
    yield "1.1.8", chops(frame(TEXT, ping_of(LIMIT)), 997), ["answer", STAYS]
    for number, size in enumerate([0, 125, 126, 127, 128, 65_535, LIMIT], 1):
        yield f"1.2.{number}", [frame(BINARY, b"\xfe" * size)], ["close 1003"]
    yield "1.2.8", chops(frame(BINARY, b"\xfe" * LIMIT), 997), ["close 1003"]


def pings():
    for number, payload in [(1, b""), (2, b"Hello, world!"), (3, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"), (4, b"\xfe" * 125)]:
        yield f"2.{number}", [frame(PING, payload)], [("pong", payload), STAYS]
    yield "2.5", [frame(PING, b"\xfe" * 126)], ["close 1002"]
    yield "2.6", octets(frame(PING, b"\xfe" * 125)), [("pong", b"\xfe" * 125), STAYS]
    yield "2.7", [frame(PONG)], [STAYS]
    yield "2.8", [frame(PONG, b"unsolicited")], [STAYS]
    yield "2.9", [frame(PONG, b"unsolicited"), frame(PING, b"ping")], [("pong", b"ping"), STAYS]
    ten = [b"payload-%d" % at for at in range(10)]
    pongs = [("pong", payload) for payload in ten]
    yield "2.10", [frame(PING, payload) for payload in ten], [*pongs, STAYS]
    yield "2.11", octets(b"".join(frame(PING, payload) for payload in ten)), [*pongs, STAYS]


def reserved():
    """Bits (3) and opcodes (4) that mean nothing yet; what came before them is answered, what comes after is not."""
    ping, hello = frame(PING), frame(TEXT, HELLO)
    yield "3.1", [frame(TEXT, HELLO, reserved=1)], ["close 1002"]
    broken = [hello, frame(TEXT, HELLO, reserved=2), ping]
    yield "3.2", [b"".join(broken)], ["answer", "close 1002"]
    yield "3.3", [hello, frame(TEXT, HELLO, reserved=3), ping], ["answer", "close 1002"]
    yield "3.4", octets(hello + frame(TEXT, HELLO, reserved=4) + ping), ["answer", "close 1002"]
    yield "3.5", [frame(BINARY, b"\xff" * 8, reserved=5)], ["close 1002"]
    yield "3.6", [frame(PING, b"\xff" * 8, reserved=6)], ["close 1002"]
    yield "3.7", [frame(CLOSE, reserved=7)], ["close 1002"]
    for section, first in [(1, 3), (2, 11)]:
        yield f"4.{section}.1", [frame(first)], ["close 1002"]
        yield f"4.{section}.2", [frame(first + 1, b"reserved")], ["close 1002"]
        yield f"4.{section}.3", [hello, frame(first + 2), ping], ["answer", "close 1002"]
        yield f"4.{section}.4", [hello, frame(first + 3, b"reserved"), ping], ["answer", "close 1002"]
        yield f"4.{section}.5", octets(hello + frame(first + 4, b"reserved") + ping), ["answer", "close 1002"]


def fragmentation():
    yield "5.1", [fragments(b"fragment1fragment2", 9, opcode=PING)], ["close 1002"]
    yield "5.2", [fragments(b"fragment1fragment2", 9, opcode=PONG)], ["close 1002"]
    two = fragments(HELLO, 8)
    within = fragments(HELLO, 8, frame(PING, b"ping"))
    for number, sent in [(3, [two]), (4, chops(two, 14)), (5, octets(two))]:
        yield f"5.{number}", sent, ["answer", STAYS]
    for number, sent in [(6, [within]), (7, chops(within, 14)), (8, octets(within))]:
        yield f"5.{number}", sent, [("pong", b"ping"), "answer", STAYS]
    for number, final in [(9, True), (12, False)]:
        lonely = frame(CONTINUATION, b"non-continuation payload", final=final) + frame(TEXT, HELLO)
        for way, sent in enumerate([[lonely], chops(lonely, 30), octets(lonely)]):
            yield f"5.{number + way}", sent, ["close 1002"]
    lonely = frame(CONTINUATION, b"x", final=False)
    yield "5.15", [two, lonely, frame(TEXT, HELLO)], ["answer", "close 1002"]
    yield "5.16", [lonely + frame(TEXT, b"{", final=False) + frame(CONTINUATION, b"}")] * 2, ["close 1002"]
    yield "5.17", [frame(CONTINUATION, b"x"), frame(TEXT, b"{", final=False)] * 2, ["close 1002"]
    yield "5.18", [frame(TEXT, b"fragment1", final=False), frame(TEXT, b"fragment2")], ["close 1002"]
    five = fragments(HELLO, 3, frame(PING, b"p"))
    yield "5.19", chops(five, 40), [*[("pong", b"p")] * 4, "answer", STAYS]
    yield "5.20", octets(five), [*[("pong", b"p")] * 4, "answer", STAYS]


def closes():
    hello = frame(TEXT, HELLO)
    yield "7.1.1", [hello, closing(1000)], ["answer", "close 1000"]
    yield "7.1.2", [closing(1000), closing(1001)], ["close 1000"]
    yield "7.1.3", [closing(1000), frame(PING)], ["close 1000"]
    yield "7.1.4", [closing(1000), hello], ["close 1000"]
    yield "7.1.5", [frame(TEXT, HELLO[:5], final=False), closing(1000), frame(CONTINUATION, HELLO[5:])], ["close 1000"]
    yield "7.1.6", [frame(TEXT, ping_of(4 * LIMIT)) + closing(1000), frame(PING)], ["close 1009"]
    yield "7.3.1", [frame(CLOSE)], ["close 1000"]
    yield "7.3.2", [frame(CLOSE, b"a")], ["close 1002"]
    yield "7.3.3", [closing(1000)], ["close 1000"]
    yield "7.3.4", [closing(1000, b"Hello World!")], ["close 1000"]
    yield "7.3.5", [closing(1000, b"*" * 123)], ["close 1000"]
    yield "7.3.6", [closing(1000, b"*" * 124)], ["close 1002"]
    yield "7.5.1", [closing(1000, "Hello-µ@ßöäüàá".encode() + b"\xed\xa0\x80edited")], ["close 1007"]
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]:
        yield f"7.7, {code}", [closing(code)], [f"close {code}"]
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]:
        yield f"7.9 and 7.13, {code}", [closing(code)], ["close 1002"]


def sizes():
    """What the suite measures at up to 16 MB is bounded here, and what is beyond the limit is refused by its header."""
    for size in [64, 256, 1_024, 4_096]:
        yield f"9.3, {size}", [fragments(ping_of(LIMIT), size)], ["answer", STAYS]
    yield "9.5", chops(frame(TEXT, ping_of(LIMIT)), 128), ["answer", STAYS]
    yield "9.1, beyond", [frame(TEXT, length=16 << 20)], ["close 1009"]
    yield "9.1, one beyond", [frame(TEXT, length=LIMIT + 1)], ["close 1009"]
    yield "9.3, beyond", [fragments(ping_of(LIMIT + 1), 4_096)], ["close 1009"]
    yield "10.1.1", [fragments(ping_of(LIMIT), 1_300)], ["answer", STAYS]


def stricter():
    """What the suite leaves open and the RFC does not: masks, and lengths as short as they can be."""
    yield "unmasked", [frame(TEXT, HELLO, masked=False)], ["close 1002"]
    yield "unmasked ping", [frame(PING, masked=False)], ["close 1002"]
    yield "long length of 2 bytes", [frame(TEXT, HELLO, length_bytes=2)], ["close 1002"]
    yield "long length of 8 bytes", [frame(TEXT, ping_of(65_535), length_bytes=8)], ["close 1002"]
    yield "negative length", [frame(TEXT, length=1 << 63, length_bytes=8)], ["close 1002"]
    yield "code of its own", [closing(4321, b"bye")], ["close 4321"]


CASES = [case for table in (framing, pings, reserved, fragmentation, closes, sizes, stricter) for case in table()]
