"""Values at every edge of what an event may hold, one at a time in an event that is fine but for it."""

import calendar
import itertools
import json
import random

EVENTS = {
    "positive": '{"type":"price","symbol":"S","price":%s,"timestamp":0}',
    "not_negative": '{"type":"token","symbol":"S","name":"","supply":%s,"timestamp":0}',
    "amount": '{"type":"source_status","source":"s","breaker":"open","since":0,"failures":0,"messages_per_second":0,'
              '"delay_ms":%s,"timestamp":0}',
    "count": '{"type":"round_started","contest_id":"c","round":%s,"timestamp":0}',
    "decimals": '{"type":"token","symbol":"S","name":"","decimals":%s,"timestamp":0}',
    "time": '{"type":"contest_started","contest_id":"c","timestamp":%s}',
    "id": '{"type":"contest_started","contest_id":%s,"timestamp":0}',
    "text": '{"type":"contest_started","contest_id":"c","reason":%s,"timestamp":0}',
}


def short_numbers():
    """Everything that so few characters can spell."""
    for alphabet, length in (("-+0159.eE", 3), ("-01.e", 4)):
        for size in range(length + 1):
            yield from map("".join, itertools.product(alphabet, repeat=size))


def wide_numbers(chance):
    """About as many digits as an amount may have."""
    for whole, places, zeros in itertools.product((0, 1, 9, 18, 19, 20, 21), (0, 1, 2, 17, 18, 19, 30), (0, 1, 20)):
        for first, other in itertools.product("189", "09"):
            digits = first + other * (whole - 1) if whole else "0"
            kept = "".join(chance.choices("0123456789", k=places - 1)) + first if places else ""
            yield chance.choice(("", "", "-")) + digits + ("." + kept + "0" * zeros if kept else "")


def exponents():
    for mantissa, letter, sign in itertools.product(("0", "-0", "0.0", "-0.00", "1", "-1", "1.9", "99", "0.000000001"), "eE", ("", "+", "-")):
        for digits in ("0", "1", "2", "9", "18", "19", "20", "99", "0001", "00000000019", "1000", "99999", "100000", "654321", "12345678901"):
            yield mantissa + letter + sign + digits
    yield f"1{'0' * 12_345}e-12345"
    yield f"0.{'0' * 12_344}1e12345"


def wholes(highest, chance):
    """Around what the first digits of the highest one allow."""
    text = str(highest)
    yield from map(str, range(301))
    for place in range(len(text)):
        for other in range(10):
            for rest in ("0", "9", "0123456789"):
                tail = "".join(chance.choices(rest, k=len(text) - place - 1))
                yield text[:place] + str(other) + tail
    for size in range(1, len(text) + 3):
        for first, rest in itertools.product("1289", ("0", "9", "0123456789")):
            yield first + "".join(chance.choices(rest, k=size - 1)) + chance.choice(("", ".0", ".00", ".5"))


def days():
    yield from (f"{year:04}-02-29" for year in range(1890, 10_000))
    for year, month, day in itertools.product((1970, 2024, 2025), range(14), range(33)):
        yield f"{year}-{month:02}-{day:02}"
    for year in (0, 999, 1969, 1970, 1979, 1989, 1999, 2000, 2999, 9999, 10_000, *range(1000, 10_000, 700)):
        yield f"{year:04}-{1 + year % 12:02}-{calendar.monthrange(max(year, 1), 1 + year % 12)[1] if year < 10_000 else 1:02}"


def times():
    yield from (f"{day}T00:00:00Z" for day in days())
    for hour, minute, second in itertools.chain(
            itertools.product(range(26), (0, 59, 60), ("00",)), itertools.product((0,), range(62), ("", "00", "59")),
            itertools.product((0,), (0,), (f"{second:02}" for second in range(63)))):
        yield f"2025-11-13T{hour:02}:{minute:02}{second and ':'}{second}Z"
    for fraction, zone in itertools.product(("", ".", ".0", ".9", ".123456", ".1234567890123456789", ",5"),
                                            ("", "Z", "z", "+00:00", "-00:00", "+00", "+0000", "+01:00", "Z0", "ZZ")):
        yield f"2025-11-13T19:15:12{fraction}{zone}"


def texts(limit):
    for character in ("x", "\u00e9", "\u20ac", "\U0001f600", "\u0000", "\ud800", "\n"):
        size = len(character.encode("utf-8", "surrogatepass"))
        for count in {0, 1, limit // size - 1, limit // size, limit // size + 1, limit - 1, limit, limit + 1}:
            yield json.dumps(character * count)


def values(kind, chance):
    """JSON texts; numbers with quotes and without."""
    if kind in ("id", "text"):
        return [*texts(200), *texts(1000)]
    if kind == "time":
        moments = [str(n) for n in (0, 1, -1, 253_402_300_799_999, 253_402_300_800_000)]
        return [json.dumps(time) for time in times()] + moments + [f"{n}.0" for n in moments] + [f"{n}.5" for n in moments]
    numbers = [*short_numbers(), *wide_numbers(chance), *exponents()]
    if kind in ("count", "decimals"):
        numbers += wholes(2_147_483_647 if kind == "count" else 255, chance)
    return [form % number for number in dict.fromkeys(numbers) for form in ("%s", '"%s"')]


def edges(seed):
    """Records, of each kind of value some hundreds or thousands."""
    chance = random.Random(seed)
    return {kind: [(event % value).encode() for value in values(kind, chance)] for kind, event in EVENTS.items()}
