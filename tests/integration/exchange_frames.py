"""What recorded frames of exchanges say, worked out with Python's json and Decimal.

Everything here is written a second time on purpose: the programs under test must come to the same.
"""

import dataclasses
import datetime
import decimal
import json
import subprocess

from stack import RECORDINGS

FRAMES = RECORDINGS / "exchange-frames"
RAW = RECORDINGS / "tape/raw"
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
decimal.getcontext().prec = 60


@dataclasses.dataclass
class Seen:
    """One price of a market; `us` is microseconds since 1970, or None where the exchange does not say."""
    market: str
    price: decimal.Decimal
    size: decimal.Decimal = None
    side: str = None
    id: int = None
    us: int = None
    past: bool = False


def lines(path):
    """(microseconds, kind, message) of a recording; the kind is received, sent or connected."""
    tool = ["zcat"] if path.suffix == ".gz" else ["zstd", "-dcq"]
    text = subprocess.run([*tool, path], capture_output=True, check=True).stdout.decode()
    for line in text.splitlines():
        words = line.split(" ", 3)
        if not line.strip():
            continue
        if words[0].startswith("wss://"):
            kind = {"<-": "sent", "<->": "connected"}[words[1]]
            yield seconds(words[2].rstrip(":")), kind, words[3] if len(words) > 3 else ""
        elif words[0].endswith(":"):
            yield seconds(words[0][:-1]), "received", line.split(" ", 1)[1]
        else:
            yield int(words[0][:16]), "received", line.split(" ", 1)[1]


def seconds(text):
    return int(decimal.Decimal(text) * 1_000_000)


def iso(text):
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (at - EPOCH) // datetime.timedelta(microseconds=1)


def of_binance(message):
    stream, data = message.get("stream", ""), message.get("data")
    if stream.endswith("@trade"):
        yield Seen(data["s"], decimal.Decimal(data["p"]), decimal.Decimal(data["q"]), "sell" if data["m"] else "buy",
                   data["t"], data["T"] * 1000)
    if stream.endswith("@bookTicker"):
        middle = (decimal.Decimal(data["b"]) + decimal.Decimal(data["a"])) / 2
        yield Seen(data["s"], middle, us=data["T"] * 1000 if "T" in data else None)


def of_coinbase(message):
    if message["type"] in ("match", "last_match"):
        yield Seen(message["product_id"], decimal.Decimal(message["price"]), decimal.Decimal(message["size"]),
                   {"buy": "sell", "sell": "buy"}[message["side"]], message["trade_id"], iso(message["time"]),
                   message["type"] == "last_match")
    if message["type"] == "ticker":
        yield Seen(message["product_id"], decimal.Decimal(message["price"]), id=message["trade_id"], us=iso(message["time"]))


def of_kraken(message):
    if not isinstance(message, list):
        return
    if message[-2] == "trade":
        for price, size, at, side, *_ in message[1]:
            yield Seen(message[-1], decimal.Decimal(price), decimal.Decimal(size), {"b": "buy", "s": "sell"}[side], us=seconds(at))
    if message[-2] == "ticker":
        yield Seen(message[-1], decimal.Decimal(message[1]["c"][0]))


def of_okx(message):
    if message.get("arg", {}).get("channel") == "trades":
        for trade in message.get("data", []):
            yield Seen(trade["instId"], decimal.Decimal(trade["px"]), decimal.Decimal(trade["sz"]), trade["side"],
                       int(trade["tradeId"]), int(trade["ts"]) * 1000)


def of_bitstamp(message):
    if message["event"] == "trade":
        data = message["data"]
        yield Seen(message["channel"].removeprefix("live_trades_"), decimal.Decimal(data["price_str"]),
                   decimal.Decimal(data["amount_str"]), ["buy", "sell"][data["type"]], data["id"], int(data["microtimestamp"]))


READERS = {"binance": of_binance, "binance_usdm": of_binance, "coinbase": of_coinbase, "kraken": of_kraken,
           "okx": of_okx, "bitstamp": of_bitstamp}


def observations(exchange, path):
    """(arrival, Seen) of all prices in a recording."""
    for at, kind, text in lines(path):
        if kind == "received":
            for seen in READERS[exchange](json.loads(text)):
                yield at, seen


def markets(exchange, path):
    return list(dict.fromkeys(seen.market for _, seen in observations(exchange, path)))


def sent(path):
    """What the recorded client sent."""
    return [text for _, kind, text in lines(path) if kind == "sent"]


def ticks(exchange, path, symbols, tolerance_us=5_000_000, stale_us=30_000_000):
    """The ticks that a recording of one connection gives, as the events that they become."""
    known, latest, given, quoted = set(), {}, [], set()
    for arrival, seen in observations(exchange, path):
        stood = seen.size is None and seen.market not in quoted   # since before the connection, maybe
        quoted |= {seen.market} if stood else set()
        if seen.size is None:
            if (seen.market, seen.id) in known or latest.get(seen.market) == seen.price:
                continue
        elif seen.id is not None:
            if (seen.market, seen.id) in known:
                continue
            known.add((seen.market, seen.id))
        if not seen.past and not stood and seen.us is not None and arrival - seen.us > stale_us:
            continue
        latest[seen.market] = seen.price
        at = arrival if seen.us is None else min(seen.us, arrival + tolerance_us)
        tick = {"symbol": symbols[seen.market], "price": seen.price, "timestamp": at}
        if seen.size is not None and seen.id is not None:
            tick["tick_id"] = str(seen.id)
        if seen.size is not None and not seen.past:
            tick |= {"size": seen.size, "side": seen.side}
        given.append(tick)
    return given


def plain(event, source):
    """A tick that a program gave, in the same words; its type and source are checked here."""
    assert event.pop("type") == "price" and event.pop("source") == source, event
    for name in ("price", "size"):
        if name in event:
            event[name] = decimal.Decimal(event[name])
    event["timestamp"] = iso_or_ms(event["timestamp"])
    return event


def iso_or_ms(value):
    return iso(value) if isinstance(value, str) else value * 1000
