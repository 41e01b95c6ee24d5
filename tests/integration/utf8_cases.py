"""Section 6 of the Autobahn test suite: texts that are UTF-8 and texts that are not, whole and in pieces.

A broken text is refused when its message is complete; the suite calls that correct, if not strict. The sequences are
those of Markus Kuhn's UTF-8 decoder test, which the suite uses too.
"""

from frame_cases import CONTINUATION, STAYS, TEXT, chops, fragments, octets, saying
from raw_client import frame

KOSME = "κόσμε".encode()

VALID = {
    "6.2": "Hello-µ@ßöäüàá-UTF-8!!".encode(),
    "6.5": KOSME,
    "6.7, two bytes": "\u0080".encode(),
    "6.7, three bytes": "\u0800".encode(),
    "6.7, four bytes": "\U00010000".encode(),
    "6.9, one byte": b"\x7f",
    "6.9, two bytes": "\u07ff".encode(),
    "6.9, three bytes": "\uffff".encode(),
    "6.9, four bytes": "\U0010ffff".encode(),
    "6.11, before the surrogates": "\ud7ff".encode(),
    "6.11, after the surrogates": "\ue000".encode(),
    "6.11, replacement": "\ufffd".encode(),
    "6.22, noncharacters": "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF)
                                   for plane in range(17)).encode(),
    "6.23, specials": "".join(chr(code) for code in range(0xFFF9, 0xFFFE)).encode(),
}

INVALID = {
    "6.3": KOSME + b"\xed\xa0\x80edited",
    "6.4": KOSME + b"\xf4\x90\x80\x80edited",
    "6.8, five bytes": b"\xf8\x88\x80\x80\x80",
    "6.8, six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "6.10, beyond Unicode": b"\xf7\xbf\xbf\xbf",
    "6.10, five bytes": b"\xfb\xbf\xbf\xbf\xbf",
    "6.10, six bytes": b"\xfd\xbf\xbf\xbf\xbf\xbf",
    "6.11, one beyond Unicode": b"\xf4\x90\x80\x80",
    "6.12, first continuation": b"\x80",
    "6.12, last continuation": b"\xbf",
    "6.12, all continuations": bytes(range(0x80, 0xC0)),
    "6.13, starts of two bytes": b"".join(bytes([start, 0x20]) for start in range(0xC0, 0xE0)),
    "6.13, starts of three bytes": b"".join(bytes([start, 0x20]) for start in range(0xE0, 0xF0)),
    "6.13, starts of four bytes": b"".join(bytes([start, 0x20]) for start in range(0xF0, 0xF8)),
    "6.14, two bytes": b"\xdf",
    "6.14, three bytes": b"\xef\xbf",
    "6.14, four bytes": b"\xf7\xbf\xbf",
    "6.15": b"\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80\xdf\xef\xbf\xf7\xbf\xbf",
    "6.16, FE": b"\xfe",
    "6.16, FF": b"\xff",
    "6.16, both": b"\xfe\xfe\xff\xff",
    "6.17, slash of two bytes": b"\xc0\xaf",
    "6.17, slash of three bytes": b"\xe0\x80\xaf",
    "6.17, slash of four bytes": b"\xf0\x80\x80\xaf",
    "6.18, two bytes": b"\xc1\xbf",
    "6.18, three bytes": b"\xe0\x9f\xbf",
    "6.18, four bytes": b"\xf0\x8f\xbf\xbf",
    "6.19, NUL of two bytes": b"\xc0\x80",
    "6.19, NUL of three bytes": b"\xe0\x80\x80",
    **{f"6.20, {high:02x} {low:02x}": bytes([0xED, high, low]) for high, low in
       [(0xA0, 0x80), (0xAD, 0xBF), (0xAE, 0x80), (0xAF, 0xBF), (0xB0, 0x80), (0xBE, 0x80), (0xBF, 0xBF)]},
    **{f"6.21, {high.hex()} {low.hex()}": high + low for high in (b"\xed\xa0\x80", b"\xed\xaf\xbf")
       for low in (b"\xed\xb0\x80", b"\xed\xbf\xbf")},
}


def empty():
    yield "6.1.1", [frame(TEXT)], ["error", STAYS]
    yield "6.1.2", [frame(TEXT, final=False) + frame(CONTINUATION, final=False) + frame(CONTINUATION)], ["error", STAYS]
    middle = frame(CONTINUATION, saying(b""), final=False)
    yield "6.1.3", [frame(TEXT, final=False) + middle + frame(CONTINUATION)], ["answer", STAYS]


def texts():
    for known, outcome in [(VALID, ["answer", STAYS]), (INVALID, ["close 1007"])]:
        for name, text in known.items():
            sent = saying(text)
            yield f"{name}, whole", [frame(TEXT, sent)], outcome
            yield f"{name}, frames of an octet", [fragments(sent, 1)], outcome
            yield f"{name}, chops of an octet", octets(frame(TEXT, sent)), outcome
            yield f"{name}, frames of two and chops of five", chops(fragments(sent, 2), 5), outcome


def beginnings():
    """6.6: a character that ends too early, wherever it ends."""
    for size in range(1, len(KOSME) + 1):
        try:
            KOSME[:size].decode()
            outcome = ["error", STAYS]
        except UnicodeDecodeError:
            outcome = ["close 1007"]
        yield f"6.6, {size} bytes", [frame(TEXT, KOSME[:size])], outcome


CASES = [*empty(), *texts(), *beginnings()]
