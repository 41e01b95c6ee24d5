#!/usr/bin/env python3
"""`duel-ingest exchanges` between exchanges of this machine and a real Kafka: exchanges that misbehave, their breakers on
admins' screens, which of several prices passes, and announcements. (Sessions: recorded_sessions_test.py.)"""

import asyncio
import contextlib
import json
import time
import unittest

import websockets

import exchange_frames
from exchange_server import ExchangeServer
from exchange_stage import AUTHORITY, GOOD, Ingest, QUICK, TRIP, now_ms, ticks
from live_ingest import LiveIngest
from stack import token, until
from wire import RUN, STACK, Client, connect, iso


async def eventually(*words):
    """until(), while connections of the test go on."""
    await asyncio.to_thread(until, *words)


async def read_on(client):
    """Keeps all that comes, so that the client is never slow."""
    with contextlib.suppress(websockets.ConnectionClosed):
        while True:
            await client.receive(3600)


def told(client, kind, source):
    """The first message of a kind about a source."""
    return next((message for message in client.messages if message["type"] == kind and message["service"] == source), None)


def kraken_v2_trade(market, price, number, **more):
    return json.dumps({"channel": "trade", "type": "update", "data": [
        {"symbol": market, "side": "buy", "price": price, "qty": 1, "trade_id": number, "timestamp": iso()} | more]})


def coinbase_match(market, price, number, kind="match"):
    return json.dumps({"type": kind, "trade_id": number, "side": "sell", "size": "1", "price": str(price), "product_id": market,
                       "time": iso()})


class Misbehaviour(unittest.IsolatedAsyncioTestCase):
    MODES = {"binance": "silent", "binance_usdm": "closing", "bitstamp": "huge", "coinbase": "saying", "kraken_v2": "saying",
             "okx": "refusing"}
    MARKETS = {"binance": "BTCUSDT", "binance_usdm": "BTCUSDT", "bitstamp": "btcusd", "coinbase": "BTC-USD", "kraken_v2": "BTC/USD",
               "okx": "BTC-USDT", "kraken": "XBT/USD", "coinbase_advanced": "BTC-USD"}
    WHY = {"binance": "nothing came for", "binance_usdm": "closed the connection", "bitstamp": "message of more than 1048576 bytes",
           "coinbase": "bad message", "kraken_v2": "price is", "okx": "refused: no such instrument", "kraken": "certificate verify failed",
           "coinbase_advanced": "certificate verify failed"}

    async def test_every_bad_exchange_opens_its_breaker_and_none_gives_a_tick(self):
        with contextlib.ExitStack() as opened:
            servers = {name: opened.enter_context(ExchangeServer(name, GOOD, mode)) for name, mode in self.MODES.items()}
            servers["kraken"] = opened.enter_context(ExchangeServer("kraken", AUTHORITY.context("elsewhere.example")))
            servers["coinbase_advanced"] = opened.enter_context(ExchangeServer("coinbase_advanced", AUTHORITY.context(days=-1)))
            servers["coinbase"].said = ["nonsense", '{"type":"match","price":', "[]", "\x00", '{"type":7}', "\ufffd" * 100]
            servers["kraken_v2"].said = [kraken_v2_trade("BTC/USD", price, 1).replace('"?"', raw)
                                         for price, raw in ((0, ""), (-1, ""), ("?", "1e999"), ("NaN", ""), (None, ""), ([], ""))]
            markets = {server: {self.MARKETS[name]: f"bad.{name}.{RUN}"} for name, server in servers.items()}
            follower = Client("/api/v69/ws/circuit-breaker", role="admin")
            async with follower:
                reading = asyncio.ensure_future(read_on(follower))
                with Ingest(markets, *QUICK) as ingest:
                    for name in servers:
                        await eventually(lambda: any(event["breaker"] == "open" and self.WHY[name] in event["last_error"]
                                                     for event in ingest.states().get(name, [])), TRIP,
                                         lambda: f"{name}: {ingest.states().get(name)}")
                    status, why = ingest.get("/readyz")
                    self.assertEqual(status, 503)
                    self.assertIn("no source for bad.", why)
                    self.assertEqual(ingest.get("/healthz")[0], 200)
                    self.assertGreater(ingest.metric("exchange_bad_frames_total", source="coinbase"), 2)
                    self.assertGreater(ingest.metric("exchange_trips_total", source="kraken"), 0)
                    self.assertEqual(ingest.metric("exchange_ticks_total"), 0)
                    await eventually(lambda: told(follower, "breaker:trip", "okx"), 20, "no breaker:trip")
                    self.assertEqual(told(follower, "breaker:trip", "okx")["data"]["circuit"]["state"], "open")
                    self.assertIn("breaker open for", ingest.said())
                    await self.mend(servers, ingest, follower)
                reading.cancel()
                self.assertEqual([event["breaker"] for event in ingest.states()["okx"]][-1], "open")   # it stopped
        found = ticks(*(f"bad.{name}.{RUN}" for name in servers))
        print("opened by each: " + ", ".join(f"{name} ({mode})" for name, mode in self.MODES.items()) + ", two certificates")
        self.assertEqual({symbol: len(events) for symbol, events in found.items() if events},
                         {f"bad.kraken_v2.{RUN}": 1})   # the good one at the end

    async def mend(self, servers, ingest, follower):
        """They behave again: a probe goes through and the breaker closes."""
        for name in self.MODES:
            servers[name].mode = "well"
        for name in self.MODES:
            await eventually(lambda: ingest.state(name)["breaker"] == "closed", 30, lambda: f"{name}: {ingest.states().get(name)}")
            states = [event["breaker"] for event in ingest.states()[name]]
            for before, after in zip(states, states[1:]):
                self.assertNotIn((before, after), {("closed", "half_open"), ("open", "closed")}, states)
        await eventually(lambda: told(follower, "breaker:reset", "okx"), 20, "no breaker:reset")
        servers["kraken_v2"].send(kraken_v2_trade("BTC/USD", 50000.5, 7))
        await eventually(lambda: ingest.metric("exchange_ticks_total", source="kraken_v2") == 1, 10, "no tick of the mended exchange")
        self.assertEqual(ingest.get("/readyz")[0], 503)   # two certificates are still bad

    def test_one_refused_market_ends_nothing_and_all_of_them_do(self):
        with ExchangeServer("kraken", GOOD) as server, \
                Ingest({server: {"XBT/USD": f"some.{RUN}", "NO/SUCH": f"none.{RUN}"}}, *QUICK, "--failures", "1") as ingest:
            server.unknown = {"NO/SUCH"}
            trade = lambda: server.send(json.dumps([1, [["100", "1", f"{time.time():.6f}", "b", "l", ""]], "trade", "XBT/USD"]))
            until(lambda: len(server.received) == 2, 20, "not subscribed")
            trade()
            until(lambda: ingest.metric("exchange_ticks_total") == 1, 10, "no tick of the good market")
            time.sleep(2.5)   # the refusal has had its time, and heartbeats came
            self.assertEqual((ingest.state("kraken")["breaker"], server.connections), ("closed", 1))
            self.assertIn("the exchange refused: no such pair: NO/SUCH", ingest.said())
            server.unknown.add("XBT/USD")
            server.cut()
            until(lambda: any(event["breaker"] == "open" and "refused: no such pair" in event["last_error"]
                              for event in ingest.states()["kraken"]), TRIP, lambda: ingest.states())
            server.unknown.remove("XBT/USD")
            until(lambda: ingest.state("kraken")["breaker"] == "closed", TRIP, lambda: ingest.states())
            self.assertNotIn("last_error", ingest.state("kraken"))

    def test_heartbeats_alone_are_no_subscription(self):
        with ExchangeServer("kraken", GOOD, "deaf") as server, Ingest({server: {"XBT/USD": f"deaf.{RUN}"}}, *QUICK) as ingest:
            until(lambda: any(event["breaker"] == "open" and "granted no subscription" in event["last_error"]
                              for event in ingest.states().get("kraken", [])), 2 * TRIP, lambda: ingest.states())

    def test_the_systems_authorities_count_where_no_other_is_named(self):
        def following(**environment):
            return LiveIngest(STACK, "", {server: {"BTC-USD": f"system.{RUN}"}}, *QUICK, **environment)

        with ExchangeServer("coinbase", GOOD) as server:
            with following() as ingest:
                until(lambda: "certificate verify failed" in ingest.state("coinbase").get("last_error", ""), TRIP, lambda: ingest.states())
                self.assertEqual(server.received, [])
            AUTHORITY.asked_for.clear()
            with following(SSL_CERT_FILE=AUTHORITY.ca) as ingest:   # where OpenSSL looks for the system's
                until(ingest.ready, 20, lambda: ingest.get("/readyz"))
                self.assertEqual(set(AUTHORITY.asked_for), {"localhost"})

    def test_nobody_at_the_address(self):
        with ExchangeServer("okx", GOOD) as gone:
            pass
        with Ingest({gone: {"BTC-USDT": f"gone.{RUN}"}}, *QUICK) as ingest:
            until(lambda: "refused" in ingest.state("okx").get("last_error", ""), TRIP, lambda: ingest.state("okx"))
            until(lambda: ingest.state("okx")["breaker"] != "closed", TRIP, lambda: ingest.state("okx"))


class Prices(unittest.TestCase):
    def test_trades_told_again_after_a_reconnect_are_dropped(self):
        symbol = f"again.{RUN}"
        with ExchangeServer("coinbase", GOOD) as server, Ingest({server: {"BTC-USD": symbol}}, *QUICK) as ingest:
            until(ingest.ready, 20, lambda: ingest.get("/readyz")[1])
            until(lambda: len(server.received) == 3, 10, server.received)
            self.assertTrue(server.compressed)
            server.send(coinbase_match("BTC-USD", 100, 9, "last_match"), *(coinbase_match("BTC-USD", 100 + i, 10 + i) for i in range(5)))
            until(lambda: ingest.metric("exchange_ticks_total") == 6, 10, "no ticks")
            server.cut()
            until(lambda: len(server.received) == 6, 20, server.received)
            server.send(coinbase_match("BTC-USD", 104, 14, "last_match"), coinbase_match("BTC-USD", 104, 14), coinbase_match("BTC-USD", 107, 17))
            until(lambda: ingest.metric("exchange_ticks_total") == 7, 10, "no tick after the reconnect")
            self.assertEqual(ingest.metric("exchange_withheld_total", why="repeated"), 2)
            until(lambda: ingest.metric("exchange_missed_total") == 2, 5, "two trades are missing")
            self.assertIn("2 trades or messages are missing", ingest.said())
            self.assertEqual(ingest.state("coinbase")["breaker"], "closed")
        found = ticks(symbol)[symbol]
        self.assertEqual([event["tick_id"] for event in found], ["9", "10", "11", "12", "13", "14", "17"])
        self.assertEqual([event.get("size") for event in found], [None, "1", "1", "1", "1", "1", "1"])

    def test_another_source_takes_over_and_an_outlier_is_held_back(self):
        symbol = f"two.{RUN}"
        with ExchangeServer("coinbase", GOOD) as first, ExchangeServer("kraken_v2", GOOD) as second, \
                Ingest({first: {"BTC-USD": symbol}, second: {"BTC/USD": symbol}}, *QUICK, "--fresh-for", "60s") as ingest:
            until(lambda: len(first.received) == 3 and len(second.received) == 2, 20, "not subscribed")
            first.send(coinbase_match("BTC-USD", 100, 1))
            until(lambda: ingest.metric("exchange_ticks_total") == 1, 10, "no tick of the first")
            second.send(kraken_v2_trade("BTC/USD", 101, 1))
            until(lambda: ingest.metric("exchange_withheld_total", why="spare") == 1, 10, "the second is spare")
            second.send(kraken_v2_trade("BTC/USD", 150, 2))
            until(lambda: ingest.metric("exchange_withheld_total", why="outlier") == 1, 10, "150 is far from 100")
            self.assertIn("far from other exchanges", ingest.said())
            first.mode = "silent"
            until(lambda: any(event["breaker"] == "open" for event in ingest.states()["coinbase"]), TRIP, lambda: ingest.state("coinbase"))
            self.assertTrue(ingest.ready(), ingest.get("/readyz"))
            second.send(kraken_v2_trade("BTC/USD", 102, 3))
            until(lambda: ingest.metric("exchange_ticks_total") == 2, 10, "the second took not over")
        self.assertEqual([(event["source"], event["price"]) for event in ticks(symbol)[symbol]],
                         [("coinbase", "100"), ("kraken_v2", "102")])

    def test_the_median(self):
        symbol = f"median.{RUN}"
        with ExchangeServer("coinbase", GOOD) as first, ExchangeServer("kraken_v2", GOOD) as second, \
                Ingest({first: {"BTC-USD": symbol}, second: {"BTC/USD": symbol}}, "--price-policy", "median") as ingest:
            until(lambda: len(first.received) == 3 and len(second.received) == 2, 20, "not subscribed")
            first.send(coinbase_match("BTC-USD", 100, 1))
            until(lambda: ingest.metric("exchange_ticks_total") == 1, 10, "no tick of the first")
            second.send(kraken_v2_trade("BTC/USD", 101, 1))
            until(lambda: ingest.metric("exchange_ticks_total") == 2, 10, "no tick of the second")
        self.assertEqual([event["price"] for event in ticks(symbol)[symbol]], ["100", "100.5"])

    def test_a_clock_too_far_ahead_is_set_back_and_an_old_price_held_back(self):
        symbol = f"clock.{RUN}"
        with ExchangeServer("kraken_v2", GOOD) as server, Ingest({server: {"BTC/USD": symbol}}, *QUICK) as ingest:
            until(lambda: len(server.received) == 2, 20, "not subscribed")
            before = now_ms()
            server.send(kraken_v2_trade("BTC/USD", 1, 1, timestamp=iso(3600)), kraken_v2_trade("BTC/USD", 1, 2, timestamp=iso(-3600)))
            until(lambda: ingest.metric("exchange_withheld_total", why="stale") == 1, 10, "not held back")
            after = now_ms()
            until(lambda: "ahead of ours" in ingest.said(), 20, "the clock is not reported")
        [tick] = ticks(symbol)[symbol]
        clamped = exchange_frames.iso(tick["timestamp"]) / 1000 - 5000
        self.assertTrue(before - 50 <= clamped <= after + 50, (before, clamped, after))


class Announcements(unittest.IsolatedAsyncioTestCase):
    PATHS = {"/api/v2/ws": "user", "/api/v2/ws/portfolio": "user", "/api/v2/ws/market?symbols=SOL": "user",
             "/api/v2/ws/monitor": "admin", "/api/v69/ws/portfolio": "user", "/api/v69/ws/contest": "user",
             "/api/v69/ws/market-data": "user", "/api/v69/ws/token-data": "user", "/api/v69/ws/monitor": "user",
             "/api/v69/ws/circuit-breaker": "admin"}

    def announce(self, status, words):
        STACK.program("duel-ingest", "announce", status, f"{words}, {RUN}")

    async def hear(self, client, status, words):
        told = await client.until(lambda m: m["type"] == "SERVER_STATUS_UPDATE" and words in m["data"]["message"])
        self.assertEqual((told["data"]["status"], told["data"]["message"]), (status, f"{words}, {RUN}"))

    async def test_every_client_is_told(self):
        async with contextlib.AsyncExitStack() as opened:
            clients = {path: await opened.enter_async_context(Client(path, role=role)) for path, role in self.PATHS.items()}
            late = await opened.enter_async_context(connect("/api/v2/ws"))
            await clients["/api/v2/ws/portfolio"].until("SUBSCRIBED")
            try:
                self.announce("maintenance", "back at noon")
                for path, client in clients.items():
                    with self.subTest(path):
                        await self.hear(client, "maintenance", "back at noon")
                await self.come_later(late)
            finally:
                self.announce("online", "here we are")
            for path, client in clients.items():
                with self.subTest(path):
                    await self.hear(client, "online", "here we are")
        async with Client("/api/v2/ws/portfolio") as client:   # all is well: nothing to be said
            await client.until("SUBSCRIBED")
            with self.assertRaises(asyncio.TimeoutError):
                while (await client.receive(2))["type"] != "SERVER_STATUS_UPDATE":
                    pass

    async def come_later(self, unknown):
        """Who connects meanwhile, or says only then who it is, is told after what it came for."""
        async with Client("/api/v2/ws/portfolio") as client, Client("/api/v69/ws/market-data") as old:
            await self.hear(client, "maintenance", "back at noon")
            self.assertEqual(client.messages[0]["type"], "SUBSCRIBED")
            await self.hear(old, "maintenance", "back at noon")
            self.assertEqual([message["type"] for message in old.messages][0], "connection_status")
        await unknown.send(json.dumps({"type": "authenticate", "token": token(STACK, f"late-{RUN}")}))
        said = [json.loads(await asyncio.wait_for(unknown.recv(), 10))["type"] for _ in range(2)]
        self.assertEqual(said, ["AUTHENTICATED", "SERVER_STATUS_UPDATE"])

    def test_what_is_no_announcement_is_refused(self):
        for words in (["closed", "x"], ["online"], ["online", "x" * 1001]):
            self.assertEqual(STACK.program("duel-ingest", "announce", *words, check=False).returncode, 2, words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
