#!/usr/bin/env python3
"""`duel-ingest frames` gives the ticks that recorded frames hold: those of an independent reading, and the tape's."""

import csv
import io
import json
import os
import pathlib
import subprocess

import exchange_frames
from exchange_frames import FRAMES, RAW
from recordings import need
from stack import BIN, RECORDINGS

ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("DUEL_")}
RECORDED = {"BINANCE.ws.1.0.zst": "binance", "BINANCE_US.ws.1.0.zst": "binance", "BINANCE_FUTURES.ws.1.0.zst": "binance_usdm",
            "COINBASE.ws.28.0.zst": "coinbase", "KRAKEN.ws.48.0.zst": "kraken", "KRAKEN.ws.49.0.zst": "kraken",
            "OKX.ws.1.0.zst": "okx", "BITSTAMP.ws.1.0.zst": "bitstamp"}


def frames(exchange, path, symbols, *flags):
    """The ticks and the counts of the program."""
    words = [pathlib.Path(BIN) / "duel-ingest", "frames", *flags, "--source", f"{exchange}:" + ",".join(symbols),
             "--symbol", ",".join(f"{market}={symbol}" for market, symbol in symbols.items())]
    text = path.read_bytes() if path.suffix == ".zst" else subprocess.run(["zcat", path], capture_output=True, check=True).stdout
    done = subprocess.run([*words, "-"], input=text, env=ENVIRONMENT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    counts = dict(word.split("=") for word in done.stderr.decode().split())
    ticks = [exchange_frames.plain(json.loads(line), exchange) for line in done.stdout.splitlines()]
    return ticks, {name: int(count) for name, count in counts.items()}


def compare(exchange, path, *flags, **rules):
    names = exchange_frames.markets(exchange, path)
    symbols = {market: f"S.{market}" for market in names}
    wanted = exchange_frames.ticks(exchange, path, symbols, **rules)
    found, counts = frames(exchange, path, symbols, *flags)
    for number, (one, other) in enumerate(zip(found, wanted)):
        assert one == other, f"{path.name}: tick {number} is {one}, wanted {other}"
    assert len(found) == len(wanted) == counts["ticks"], f"{path.name}: {len(found)} ticks, wanted {len(wanted)}"
    trades = sum("size" in tick for tick in wanted)
    print(f"{path.name}: {counts['frames']} frames, {len(found)} ticks, {trades} trades as an independent reading has them")
    return wanted, counts


def test_every_exchange_as_recorded():
    for name, exchange in RECORDED.items():
        wanted, _ = compare(exchange, FRAMES / name)
        assert wanted, name


def tape_rows():
    """{(market, pair, id): (exch_ms, price, size, side)} of the tape's trades."""
    text = subprocess.run(["zstd", "-dcq", RECORDINGS / "tape/tape.csv.zst"], capture_output=True, text=True, check=True).stdout
    rows = csv.DictReader(io.StringIO(text))
    return {(row["market"], row["symbol"], row["id"]): (row["exch_ms"], row["price_or_bid"], row["qty_or_bidqty"], row["side_or_ask"])
            for row in rows if row["kind"] == "T"}


def test_the_tape():
    tape = tape_rows()
    for path in sorted(RAW.glob("*.gz")):
        market, pair = path.name.split("_")[:2]
        exchange = "binance" if market == "spot" else "binance_usdm"
        wanted, counts = compare(exchange, path)
        trades = [tick for tick in wanted if "size" in tick]
        for tick in trades:
            exch_ms, price, size, side = tape[market, pair.upper(), tick["tick_id"]]
            row = {"timestamp": int(exch_ms) * 1000, "price": exchange_frames.decimal.Decimal(price),
                   "size": exchange_frames.decimal.Decimal(size), "side": {"b": "buy", "s": "sell"}[side]}
            assert {name: tick[name] for name in row} == row, (tick, row)
        assert counts["clamped"] == 0
        print(f"{path.name}: {len(trades)} trades equal the tape's rows")


def test_clocks_ahead_of_ours():
    """The exchange's clock is 1.3 s ahead in the recordings of 2024."""
    path = RAW / "usdm_btcusdt_20240718.gz"
    wanted, counts = compare("binance_usdm", path, "--clock-tolerance", "1s", tolerance_us=1_000_000)
    assert counts["clamped"] > len(wanted) * 0.9, counts
    print(f"{path.name}: {counts['clamped']} times set to arrival and a second")


def main():
    need(FRAMES)
    need(RAW)
    test_every_exchange_as_recorded()
    test_the_tape()
    test_clocks_ahead_of_ours()


if __name__ == "__main__":
    main()
