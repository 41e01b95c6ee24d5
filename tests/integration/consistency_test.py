"""What clients see is what SQL says: under heavy writes, for clients that come and go, across deaths of the server
and a rebuild.

Its sizes are settings of the environment (DUEL_CONSISTENCY_…). By hand, in full:
DUEL_CONSISTENCY_SUBSCRIBES=1000 DUEL_CONSISTENCY_CLIENTS=500 DUEL_CONSISTENCY_CUTS=1000 DUEL_CONSISTENCY_KILLS=5
DUEL_CONSISTENCY_SECONDS=60. All clients live in one process of Python: where it is too slow for that, the server
closes them with 4408, which they survive too, and a smaller DUEL_CONSISTENCY_RATE helps.
"""

import asyncio
import collections
import json
import os
import random
import threading
import time
import unittest
from datetime import datetime, timezone

import confluent_kafka

import ledger
from light_client import Follower
from stack import OPEN_DOORS, ROOT, Stack


def number(name, usual):
    """A size of the test: from the environment, or what fits into ./test."""
    return int(os.environ.get(f"DUEL_CONSISTENCY_{name}", usual))


SUBSCRIBES, CLIENTS = number("SUBSCRIBES", 100), number("CLIENTS", 40)
CUTS, KILLS = number("CUTS", 100), number("KILLS", 2)
SECONDS, RATE, SEED = number("SECONDS", 8), number("RATE", 200), number("SEED", 1)
CONTESTS, WALLETS, SYMBOLS = [f"c{n}" for n in range(20)], [f"w{n}" for n in range(100)], [f"S{n}" for n in range(20)]
QUIET = number("QUIET", 30)   # seconds until everybody shows the last state
STACK = Stack("consistency", **OPEN_DOORS)


def now():
    return datetime.now(timezone.utc).isoformat()


def partition(name):
    return int(name[1:]) % 4


class Writer(threading.Thread):
    """RATE trades a second in many contests and outside them, as many ticks, and some who join and leave."""

    trades = 0

    def __init__(self):
        super().__init__(daemon=True)
        self.stopping, self.dice = threading.Event(), random.Random(SEED)
        self.producer = confluent_kafka.Producer({"bootstrap.servers": STACK.env["DUEL_KAFKA"], "linger.ms": 5,
                                                  "enable.idempotence": True, "log_level": 2})

    def write(self, kind, key, **fields):
        topic = "prices" if kind in ("price", "token") else "trades"
        self.producer.produce(topic, json.dumps({"type": kind, "timestamp": now()} | fields), key, partition(key))

    def open(self):
        for symbol in SYMBOLS:
            self.write("price", symbol, symbol=symbol, price="10")
        for contest in CONTESTS:
            self.write("contest_created", contest, contest_id=contest, name=contest, starting_balance="1000",
                       prize_pool="5", starts_at=now(), ends_at="2100-01-01T00:00:00Z")
            for wallet in self.players(contest):
                self.write("participant_joined", contest, contest_id=contest, wallet_address=wallet, username=f"{wallet}!")
            self.write("contest_started", contest, contest_id=contest)
        self.producer.flush()

    @staticmethod
    def players(contest):
        return [WALLETS[(7 * int(contest[1:]) + n) % len(WALLETS)] for n in range(20)]

    def run(self):
        began, written = time.monotonic(), 0
        while not self.stopping.is_set():
            while written < (time.monotonic() - began) * RATE:
                written += 1
                self.happen()
            self.producer.poll(0)
            time.sleep(0.01)
        self.producer.flush()

    def happen(self):
        dice = self.dice
        symbol, contest = dice.choice(SYMBOLS), dice.choice(CONTESTS)
        self.write("price", symbol, symbol=symbol, price=f"{dice.uniform(5, 15):.6f}", size=f"{dice.uniform(0.1, 2):.3f}",
                   side=dice.choice(["buy", "sell"]))
        wallet = dice.choice(self.players(contest))
        if dice.random() < 0.02:
            for kind in ("participant_left", "participant_joined"):
                self.write(kind, contest, contest_id=contest, wallet_address=wallet, username=f"{wallet}!")
        Writer.trades += 1
        where = {"contest_id": contest} if dice.random() < 0.9 else {}
        self.write("trade", contest if where else wallet, **where, trade_id=f"t{Writer.trades}", wallet_address=wallet,
                   symbol=SYMBOLS[(int(contest[1:]) + dice.randint(0, 1)) % len(SYMBOLS)], side=dice.choice(["buy", "sell"]),
                   amount=f"{dice.uniform(0.01, 1):.4f}", price=f"{dice.uniform(5, 15):.4f}", fee="0.01")

    def stop(self):
        self.stopping.set()
        self.join()
        STACK.settle(120)


def follower(seed):
    """One of the kinds of clients that there are."""
    dice = random.Random(f"{SEED}-{seed}")
    contest, symbol = dice.choice(CONTESTS), dice.choice(SYMBOLS)
    wallet = dice.choice(Writer.players(contest))
    channels = dice.choice([[f"contest:{contest}"], [f"market:{symbol}"], [f"portfolio:{contest}"], ["portfolio"],
                            [f"contest:{contest}", f"portfolio:{contest}", f"market:{symbol}"]])
    return Follower(STACK, wallet, channels, seed, mode=dice.choice(["full", "diff"]), top=dice.choice([1, 5, 10, 100]))


class Truth:
    """What SQL says: {channel: {type: state}} in the form of the wire, and {channel: [seq of every event message]}."""

    def __init__(self):
        self.states, self.events = collections.defaultdict(dict), collections.defaultdict(list)
        self.boards, self.tokens = collections.defaultdict(list), collections.defaultdict(dict)
        for contest, *row in STACK.sql("SELECT contest_id, rank, wallet_address, username, portfolio_value, performance,"
                                       " last_trade_time FROM duel.leaderboard ORDER BY contest_id, rank, wallet_address"):
            self.boards[f"contest:{contest}"].append(tuple(row))
        for contest, status, participants in STACK.sql("SELECT contest_id, status, total_participants FROM duel.contests"):
            self.states[f"contest:{contest}"]["CONTEST_UPDATED"] = {"status": status, "total_participants": participants}
        for contest, wallet, symbol, amount, value in STACK.sql(
                "SELECT contest_id, wallet_address, symbol, quantity, duel.multiply(quantity, mark_price)"
                " FROM duel.positions WHERE quantity <> 0"):
            self.tokens[wallet, contest][symbol] = (amount, value)
        self.equity = {(wallet, contest): equity for contest, wallet, equity in STACK.sql(
            "SELECT contest_id, wallet_address, equity FROM duel.portfolios")}
        self.read_market("MARKET_PRICE", "symbol, price, change_24h, volume_24h, high_24h, low_24h FROM duel.prices")
        self.read_market("PRICE_UPDATED", "symbol, price, change_24h FROM duel.prices")
        self.read_market("MARKET_SENTIMENT", "symbol, sentiment_score, buy_pressure, sell_pressure, volume_trend"
                                             " FROM duel.market_sentiment")
        self.read_market("MARKET_VOLUME1m", "DISTINCT ON (symbol) symbol, volume, trades_count, buy_volume, sell_volume"
                                            " FROM duel.candles WHERE interval = '1m' ORDER BY symbol, opened_at DESC")
        for contest, seq in STACK.sql("SELECT contest_id, seq FROM duel.activity ORDER BY seq"):
            self.events[f"contest:{contest}"].append(seq)
        for contest, wallet, seq in STACK.sql("SELECT contest_id, wallet_address, seq FROM duel.trades ORDER BY seq"):
            self.events[wallet, contest].append(seq)

    def read_market(self, kind, query):
        names = query.replace("DISTINCT ON (symbol) ", "").split(" FROM ")[0].split(", ")
        for row in STACK.sql("SELECT " + query):
            found = dict(zip(names, row))
            self.states[f"market:{found['symbol']}"][kind] = {k: v for k, v in found.items() if v is not None}

    def board(self, channel, wallet, top):
        rows = self.boards[channel]
        return rows[:top] + [row for row in rows[top:] if row[1] == wallet]

    def differences(self, client):
        """Every way in which what the client shows is not what SQL says."""
        for channel, place in client.places.items():
            portfolio = None
            if channel.startswith("portfolio"):
                portfolio = client.wallet, channel.partition(":")[2] or None
            happened = [seq for seq in self.events[portfolio or channel] if seq > place.start]
            if place.events != happened:
                yield f"{channel}: events {place.events} instead of {happened}"
            for kind, state in place.states.items():
                shown, wanted = self.both(client, channel, portfolio, kind, state)
                if shown != wanted:
                    yield f"{channel} {kind} of {client.wallet} ({client.wanted}): {shown} instead of {wanted}"
        for channel in client.channels:
            kinds = set(client.places[channel].states) if channel in client.places else set()
            wanted = {"c": {"CONTEST_UPDATED", "LEADERBOARD_UPDATED"}, "p": {"PORTFOLIO_UPDATED"},
                      "m": {"MARKET_PRICE", "MARKET_VOLUME1m", "MARKET_SENTIMENT"}}[channel[0]]
            if not wanted <= kinds:
                yield f"{channel} of {client.wallet} shows {kinds} and not {wanted - kinds}"
        if "portfolio" in client.channels:
            missing = {f"portfolio:{contest}" for wallet, contest in self.equity if wallet == client.wallet and contest}
            if missing := missing - set(client.places):
                yield f"the portfolios of {client.wallet} lack {missing}"

    def both(self, client, channel, portfolio, kind, state):
        if kind == "LEADERBOARD_UPDATED":
            rows = sorted(((row["rank"], row["wallet_address"], row["username"], row["portfolio_value"], row["performance"],
                            ledger.moment(row["last_trade_time"]) if "last_trade_time" in row else None)
                           for row in state[1].values()), key=lambda row: row[:2])
            return rows, self.board(channel, client.wallet, client.wanted["top"])
        if kind == "PORTFOLIO_UPDATED":   # performance_24h may be a minute behind
            tokens = {symbol: (token["amount"], token["value"]) for symbol, token in state[1].items()}
            return (state[0]["total_value"], tokens), (self.equity.get(portfolio, 0), self.tokens[portfolio])
        wanted = self.states[channel].get(kind, {})
        return {name: value for name, value in state.items() if name in wanted}, wanted


class Consistency(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(STACK)
        Writer().open()
        STACK.settle()

    async def asyncSetUp(self):
        self.dice, self.clients, self.tasks = random.Random(SEED), [], []
        self.writer = Writer()
        self.writer.start()

    async def asyncTearDown(self):
        self.writer.stopping.set()
        for client in self.clients:
            client.stop()
        await asyncio.gather(*self.tasks)

    def follow(self):
        self.clients.append(follower(f"{self._testMethodName}-{len(self.clients)}"))
        self.tasks.append(asyncio.create_task(self.clients[-1].run()))

    def assert_no_faults(self):
        faults = [f"{client.wallet} {client.channels}: {fault}" for client in self.clients for fault in client.faults]
        if faults:
            self.fail(f"{len(faults)} faults:\n" + "\n".join(faults[:9]))

    async def assert_all_show_what_sql_says(self):
        await asyncio.to_thread(self.writer.stop)
        self.assert_no_faults()
        deadline = time.monotonic() + QUIET
        while True:
            truth = await asyncio.to_thread(Truth)
            different = [one for client in self.clients for one in truth.differences(client)]
            if not different:
                break
            if time.monotonic() > deadline:
                self.fail(f"{len(different)} differences:\n" + "\n".join(different[:5]))
            await asyncio.sleep(0.5)
        self.assert_no_faults()
        events = sum(len(place.events) for client in self.clients for place in client.places.values())
        print(f"    {len(self.clients)} clients, {sum(client.connects for client in self.clients)} connections, {events} event"
              f" messages, {Writer.trades} trades", flush=True)
        self.assertGreater(events, len(self.clients))

    async def test_whoever_subscribes_under_load_shows_what_sql_says(self):
        began = time.monotonic()
        for count in range(SUBSCRIBES):
            await asyncio.sleep(max(0.0, began + count * SECONDS / SUBSCRIBES - time.monotonic()))
            self.follow()
        await self.assert_all_show_what_sql_says()

    async def test_whoever_is_cut_off_or_loses_the_server_misses_nothing(self):
        for _ in range(CLIENTS):
            self.follow()
        began = time.monotonic()
        troubles = sorted([(self.dice.uniform(1, SECONDS), "cut") for _ in range(CUTS)] +
                          [(SECONDS * (turn + self.dice.random()) / KILLS, "kill") for turn in range(KILLS)])
        cuts = 0
        for at, trouble in troubles:
            await asyncio.sleep(max(0.0, began + at - time.monotonic()))
            if trouble == "kill":
                await asyncio.to_thread(STACK.kill, "wsserver")
                await asyncio.to_thread(STACK.restart, "wsserver")
                continue
            while not (there := [client for client in self.clients if client.is_following]):
                await asyncio.sleep(0.05)
            self.dice.choice(there).cut()
            cuts += 1
        await self.assert_all_show_what_sql_says()
        self.assertEqual(cuts, CUTS)
        self.assertFalse(any(place.renumbered for client in self.clients for place in client.places.values()))
        self.assertGreaterEqual(sum(client.connects for client in self.clients), CLIENTS + CUTS // 2)

    async def test_whoever_follows_while_the_model_is_rebuilt_goes_on_in_the_new_numbering(self):
        for _ in range(CLIENTS):
            self.follow()
        while not all(set(client.channels) <= set(client.places) for client in self.clients):
            await asyncio.sleep(0.1)
        rebuilding = asyncio.create_task(asyncio.to_thread(STACK.program, "duel-projector", "rebuild",
                                                           DUEL_MIGRATIONS=str(ROOT / "migrations")))
        while not rebuilding.done():   # who is cut off then brings a cursor of before
            await asyncio.sleep(0.2)
            if there := [client for client in self.clients if client.is_following]:
                self.dice.choice(there).cut()
        await rebuilding
        await asyncio.sleep(2)
        await self.assert_all_show_what_sql_says()
        self.assertEqual({client.places[channel].renumbered for client in self.clients for channel in client.channels}, {1})


if __name__ == "__main__":
    unittest.main(verbosity=2)
