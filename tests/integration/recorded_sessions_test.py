"""Recorded sessions of exchanges, told again by exchanges of this machine: the ticks in the topic are those that an
independent reading of the same frames gives, at full speed and at their own."""

import contextlib
import json
import time
import unittest
from datetime import datetime, timezone

import exchange_frames
from exchange_frames import FRAMES
from exchange_server import ExchangeServer
from exchange_stage import GOOD, Ingest, log_of, now_ms, ticks
from stack import IS_STRICT, until
from wire import RUN


class Recorded(unittest.TestCase):
    FILES = {"binance": "BINANCE.ws.1.0.zst", "coinbase": "COINBASE.ws.28.0.zst", "kraken": "KRAKEN.ws.48.0.zst",
             "okx": "OKX.ws.1.0.zst", "bitstamp": "BITSTAMP.ws.1.0.zst"}

    def test_sessions_at_full_speed(self):
        if not FRAMES.is_dir():
            self.skipTest(f"SKIPPED: no recordings in {FRAMES}; DUEL_RECORDINGS says where they are")
        with contextlib.ExitStack() as opened:
            servers = {name: opened.enter_context(ExchangeServer(name, GOOD)) for name in self.FILES}
            markets = {}
            for name, file in self.FILES.items():
                names = exchange_frames.markets(name, FRAMES / file)
                markets[servers[name]] = {market: f"{name}.{market}.{RUN}" for market in names}
            wanted = {name: exchange_frames.ticks(name, FRAMES / file, markets[servers[name]], stale_us=10**18)
                      for name, file in self.FILES.items()}
            ingest = opened.enter_context(Ingest(markets, "--stale-after", "7300d"))
            until(ingest.ready, 20, lambda: ingest.get("/readyz")[1])
            for name, server in servers.items():
                until(lambda: self.is_subscribed(name, server, markets[server]), 20,
                      lambda: f"{name} was asked only {server.received}")
            for name, server in servers.items():
                frames = [text for _, kind, text in exchange_frames.lines(FRAMES / self.FILES[name]) if kind == "received"]
                server.send(*frames)
                until(lambda: ingest.metric("exchange_ticks_total", source=name) >= len(wanted[name]), 30,
                      lambda: f"{name}: {ingest.metric('exchange_ticks_total', source=name)} ticks of {len(wanted[name])}")
            until(lambda: ingest.metric("queue_records") == 0, 10, "records are still on their way")
            found = ticks(*(symbol for table in markets.values() for symbol in table.values()))
        for name, events in wanted.items():
            for symbol in markets[servers[name]].values():
                mine = [exchange_frames.plain(event, name) for event in found[symbol]]
                theirs = [event for event in events if event["symbol"] == symbol]
                for one, other in zip(mine, theirs):
                    if "tick_id" not in other and "size" not in other:   # an exchange that gives no time
                        one.pop("timestamp"), other.pop("timestamp")
                    self.assertEqual(one, other)
                self.assertEqual(len(mine), len(theirs), symbol)
            print(f"{name}: {len(events)} ticks in the topic as an independent reading has them")

    def test_a_session_at_its_own_pace(self):
        if not FRAMES.is_dir():
            self.skipTest(f"SKIPPED: no recordings in {FRAMES}; DUEL_RECORDINGS says where they are")
        file = FRAMES / self.FILES["okx"]
        frames = [(at, text) for at, kind, text in exchange_frames.lines(file) if kind == "received"]
        markets = {market: f"pace.{market}.{RUN}" for market in exchange_frames.markets("okx", file)}
        with ExchangeServer("okx", GOOD) as server, Ingest({server: markets}, "--stale-after", "7300d") as ingest:
            until(lambda: self.is_subscribed("okx", server, markets), 20, lambda: server.received)
            began = now_ms()
            server.replay(frames)
            took = now_ms() - began
            states = ingest.states()["okx"]
            self.assertEqual({state["breaker"] for state in states}, {"closed"})
            self.assertGreaterEqual(len(states), 3)   # nothing changed, and it was said again every five seconds
        recorded = {}   # when each trade was told, in milliseconds after the first frame
        for at, message in ((at, json.loads(text)) for at, text in frames):
            for trade in message.get("data", []) if message["arg"]["channel"] == "trades" else []:
                recorded[markets[trade["instId"]], trade["tradeId"]] = (at - frames[0][0]) / 1000
        late = []
        for logged_at, tick in log_of(*markets.values()):
            late.append(logged_at - began - recorded[tick["symbol"], tick["tick_id"]])
        self.assertEqual(len(late), len(recorded))
        self.assertGreater(min(late), -100)
        self.assertLess(sorted(late)[len(late) // 2], 200 if IS_STRICT else 2000, sorted(late))
        print(f"okx: {len(late)} ticks over {took} ms as recorded, half of them in the log after {sorted(late)[len(late) // 2]:.0f} ms")

    def test_a_session_that_begins_now_is_no_failure(self):
        """Markets where nobody traded for long are told with the time of their last trade."""
        if not FRAMES.is_dir():
            self.skipTest(f"SKIPPED: no recordings in {FRAMES}; DUEL_RECORDINGS says where they are")
        file = FRAMES / self.FILES["coinbase"]
        frames = [(at, json.loads(text)) for at, kind, text in exchange_frames.lines(file) if kind == "received"]
        first = frames[0][0]
        frames = [(at, message) for at, message in frames if at < first + 5_000_000]
        markets = {market: f"now.{market}.{RUN}" for market in exchange_frames.markets("coinbase", file)}
        with ExchangeServer("coinbase", GOOD) as server, Ingest({server: markets}) as ingest:
            until(lambda: self.is_subscribed("coinbase", server, markets), 20, lambda: server.received)
            later = time.time_ns() // 1000 - first
            moved = lambda text: datetime.fromtimestamp((exchange_frames.iso(text) + later) / 1e6, timezone.utc).isoformat()
            server.replay([(at, json.dumps(message | ({"time": moved(message["time"])} if "time" in message else {})))
                           for at, message in frames])
            told = [message for _, message in frames if message["type"] in ("match", "last_match", "ticker")]
            oldest = max(first - exchange_frames.iso(message["time"]) for message in told if "time" in message)
            self.assertGreater(oldest, 60_000_000)   # some stood for a minute and longer
            self.assertEqual((ingest.metric("exchange_withheld_total", why="stale"), ingest.metric("exchange_failures_total")), (0, 0))
            self.assertEqual(ingest.state("coinbase")["breaker"], "closed")
            self.assertGreater(ingest.metric("exchange_ticks_total"), len(markets))

    def is_subscribed(self, name, server, table):
        """Whether it was asked for what the recorded client asked for, and for nothing twice."""
        asked = [json.loads(text) for text in server.received if text != "ping"]
        sent = [json.loads(text) for text in exchange_frames.sent(FRAMES / self.FILES[name])]
        match name:
            case "coinbase":   # products stand in another order
                asked = [message | {"product_ids": set(message["product_ids"])} for message in asked]
                return all(message | {"product_ids": set(message["product_ids"]) & set(table)} in
                           [one | {"product_ids": one["product_ids"] & set(message["product_ids"])} for one in asked]
                           for message in sent if message["channels"] != ["level2"]) and len(asked) == 3
            case "kraken":
                pairs = {pair for message in asked if message["subscription"]["name"] == "trade" for pair in message["pair"]}
                return pairs == set(table) <= {pair for message in sent for pair in message["pair"]}
            case "bitstamp":
                channels = [message["data"]["channel"] for message in asked if message["event"] == "bts:subscribe"]
                recorded = {message["data"]["channel"] for message in sent}
                return set(channels) == {f"live_trades_{market}" for market in table} <= recorded and len(channels) == len(table)
            case "okx":
                mine = [argument for message in asked for argument in message["args"]]
                return mine == [{"channel": "trades", "instId": market} for market in table] and \
                    all(argument in sent[-1]["args"] for argument in mine)
            case "binance":
                streams = {stream for message in asked if message["method"] == "SUBSCRIBE" for stream in message["params"]}
                return streams == {f"{market.lower()}@{kind}" for market in table for kind in ("trade", "bookTicker")}


if __name__ == "__main__":
    unittest.main(verbosity=2)
