"""Kafka goes away while ticks and trades are on their way: of a market's ticks the newest is kept and the rest are counted,
of a file nothing is lost."""

import json
import subprocess
import time
import unittest
from collections import defaultdict

from exchange_server import Authority, ExchangeServer
from live_ingest import LiveIngest
from stack import BIN, Stack, until

STACK = Stack("kafka_away")
AUTHORITY = Authority()
MARKETS = {"BTC/USD": "BTC", "ETH/USD": "ETH"}
TICKS, TRADES = 3000, 20_000


def setUpModule():
    STACK.up("--fresh", "kafka")
    unittest.addModuleCleanup(STACK.down)
    STACK.program("duel-ingest", "topics")


def trade(market, number):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return json.dumps({"channel": "trade", "type": "update", "data": [
        {"symbol": market, "side": "buy", "price": 100 + number, "qty": 1, "trade_id": number, "timestamp": at}]})


class KafkaAway(unittest.TestCase):
    def test_the_newest_tick_of_each_symbol_is_kept_and_the_others_are_counted(self):
        with ExchangeServer("kraken_v2", AUTHORITY.context()) as server, \
                LiveIngest(STACK, AUTHORITY.ca, {server: MARKETS}) as ingest:
            until(ingest.ready, 20, lambda: ingest.get("/readyz"))
            until(lambda: len(server.received) == 2, 10, server.received)
            server.send(*(trade(market, 0) for market in MARKETS))
            until(lambda: ingest.metric("events_total", type="price") == 2, 10, lambda: ingest.get("/metrics")[1])
            STACK.kill("kafka")
            until(lambda: ingest.get("/readyz")[0] == 503, 20, lambda: ingest.get("/readyz"))
            for number in range(1, TICKS + 1):
                server.send(*(trade(market, number) for market in MARKETS))
            until(lambda: ingest.metric("exchange_ticks_total") == 2 * (TICKS + 1), 20, lambda: ingest.metric("exchange_ticks_total"))
            dropped = ingest.metric("dropped_ticks_total")
            self.assertGreater(dropped, TICKS)
            self.assertEqual(ingest.get("/healthz")[0], 200)
            STACK.up("kafka")
            until(ingest.ready, 60, lambda: ingest.get("/readyz"))
            until(lambda: ingest.metric("queue_records") == 0, 20, "records are still on their way")
            found = defaultdict(list)
            for message in STACK.log("prices"):
                found[message.key().decode()].append(json.loads(message.value()))
            self.assertEqual(sum(map(len, found.values())) + dropped, 2 * (TICKS + 1))
            for symbol in MARKETS.values():
                ids = [int(tick["tick_id"]) for tick in found[symbol]]
                self.assertEqual((ids, ids[-1]), (sorted(set(ids)), TICKS))
            print(f"{2 * TICKS} ticks while Kafka was away: {dropped:.0f} dropped for newer ones")

    def test_of_a_file_nothing_is_lost_and_nothing_comes_twice(self):
        file = STACK.var / "trades.jsonl"
        events = [{"type": "trade", "trade_id": str(number), "wallet_address": "w", "symbol": "SOL", "side": "buy", "amount": "1",
                   "price": "1", "timestamp": number} for number in range(TRADES)]
        file.write_text("".join(json.dumps(event) + "\n" for event in events))
        process = subprocess.Popen([f"{BIN}/duel-ingest", "replay", "--rate", "4000", file], env=STACK.environment | STACK.env,
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        until(lambda: sum(STACK.ends("trades").values()) > 100, 20, "the replay does not begin")
        STACK.kill("kafka")
        time.sleep(3)
        STACK.up("kafka")
        said = process.communicate(timeout=120)[1]
        self.assertEqual(process.returncode, 0, said)
        self.assertEqual([json.loads(message.value())["trade_id"] for message in STACK.log("trades")],
                         [event["trade_id"] for event in events])


if __name__ == "__main__":
    unittest.main(verbosity=2)
