"""From recorded trades to a client's screen, with a network that is cut 20 times and a projector that is killed 5 times.

Part of the arena is replayed through Kafka. Two clients follow it through a proxy that cuts them off; the projector
dies by SIGKILL and is started again. In the end the clients saw every event once and in order, show what SQL
says, and SQL says what a recomputation from the log says.
"""

import collections
import json
import random
import threading
import time
import unittest
from decimal import Decimal

import ledger
import recordings
from cutting_proxy import CuttingProxy
from stack import OPEN_DOORS, Stack, token, until

FILLS, RATE = 6_000, 500
SECONDS = 2 * FILLS / RATE   # a fill is a tick and a trade
CUTS, KILLS = 20, 5
CONTEST = "arena"


def busiest_wallet():
    """Who trades most in the part of the arena that is replayed."""
    everything = sorted((row["filled_at"], slug) for slug, rows in recordings.fills().items() for row in rows)
    [(slug, _)] = collections.Counter(slug for _, slug in everything[:FILLS]).most_common(1)
    return recordings.wallets()[slug]


class Client:
    """duel-watch behind the proxy; collects every message as it came."""

    def __init__(self, stack, proxy, channel, wallet):
        self.channel, self.messages, self.arrived = channel, [], time.monotonic()
        self._process = stack.start("duel-watch", channel, "--json", DUEL_WSS=f"wss://localhost:{proxy.port}",
                                    DUEL_TOKEN=token(stack, wallet))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self.messages.append(json.loads(line, parse_float=Decimal, parse_int=Decimal))
            self.arrived = time.monotonic()

    def of(self, kind):
        """Messages of a type about the client's channel, and not about the markets of what it holds."""
        return [message for message in self.messages if (message["type"], message["channel"]) == (kind, self.channel)]

    def stop(self):
        self._process.terminate()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdout.close()


class EndToEnd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Clients that are cut off that often would be asked to wait.
        cls.stack = Stack("end_to_end", **OPEN_DOORS)
        cls.enterClassContext(cls.stack)
        cls.wallet = busiest_wallet()
        cls.replay_with_trouble()
        cls.log = {topic: [ledger.event(message.value()) for message in cls.stack.log(topic)]
                   for topic in ("prices", "trades")}
        cls.ledger = ledger.Ledger()
        for record in cls.log["prices"]:
            cls.ledger.apply_price(record)
        for record in cls.log["trades"]:
            cls.ledger.apply(record)

    @classmethod
    def answers(cls):
        """How often clients have been let in."""
        return sum(len(client.of("SUBSCRIBED")) for client in (cls.trader, cls.spectator))

    @classmethod
    def replay_with_trouble(cls):
        stack, dice = cls.stack, random.Random(20251113)
        replay = stack.start("duel-ingest", "replay", str(recordings.ARENA), "--limit", str(FILLS), "--rate", str(RATE))
        until(lambda: stack.sql("SELECT 1 FROM duel.contests WHERE contest_id = %s AND status = 'active'", CONTEST), 60,
              "the contest does not start")
        proxy = CuttingProxy(int(stack.env["DUEL_WSS"].rsplit(":", 1)[1]))
        cls.addClassCleanup(proxy.close)
        cls.trader = Client(stack, proxy, f"portfolio:{CONTEST}", cls.wallet)
        cls.spectator = Client(stack, proxy, f"contest:{CONTEST}", "spectator")
        until(lambda: cls.trader.messages and cls.spectator.messages, 20, "the clients get nothing")

        span = SECONDS * 0.8
        troubles = sorted([(dice.uniform(0, span), "cut") for _ in range(CUTS)] +
                          [(span * (turn + dice.random()) / KILLS, "kill") for turn in range(KILLS)])
        started, cls.cuts, cls.kills, seen = time.monotonic(), 0, 0, 0
        for at, trouble in troubles:
            time.sleep(max(0.0, started + at - time.monotonic()))
            if trouble == "kill":
                stack.kill("projector")
                stack.restart("projector")
                cls.kills += 1
            else:
                until(lambda: cls.answers() > seen, 20, "no client is back")
                cls.cuts += until(proxy.cut, 20, "no client has come back to be cut off") > 0
                seen = cls.answers()
        replay.communicate(timeout=120)
        assert replay.returncode == 0, f"the replay exited with {replay.returncode}"
        stack.settle()
        until(lambda: time.monotonic() - max(cls.trader.arrived, cls.spectator.arrived) > 3, 30,
              "the clients still get messages")
        cls.trader.stop()
        cls.spectator.stop()

    def test_the_trouble_was_real(self):
        self.assertEqual((self.cuts, self.kills), (CUTS, KILLS))
        answers = collections.Counter(message["recovery"] for client in (self.trader, self.spectator)
                                      for message in client.of("SUBSCRIBED"))
        print("answers to reconnecting clients:", dict(answers))
        self.assertEqual(answers["none"], 2)
        self.assertEqual(answers["snapshot"], 0)
        self.assertGreaterEqual(answers["replayed"], CUTS)
        self.assertGreater(len(self.trader.of("TRADE_EXECUTED")), 100)

    # The client's side ----------------------------------------------------------------------------------

    def assert_unbroken(self, events):
        """Each event names the one before it: no gap, no repeat, no swap."""
        for before, after in zip(events, events[1:]):
            self.assertEqual(after["prev_seq"], before["seq"], f"{before} is followed by {after}")

    def test_the_clients_trades_have_no_gap_repeat_or_swap_and_are_those_of_sql(self):
        events = self.trader.of("TRADE_EXECUTED")
        self.assert_unbroken(events)
        start = self.trader.of("SUBSCRIBED")[0]["seq"]
        rows = self.stack.sql("SELECT seq, trade_id, symbol, side, amount, price FROM duel.trades"
                              " WHERE contest_id = %s AND wallet_address = %s AND seq > %s ORDER BY seq",
                              CONTEST, self.wallet, start)
        self.assertEqual([(event["seq"], *(event["data"][name] for name in
                                           ("trade_id", "symbol", "side", "amount", "price"))) for event in events], rows)

    def test_the_spectators_activity_has_no_gap_repeat_or_swap_and_is_that_of_sql(self):
        events = self.spectator.of("PARTICIPANT_ACTIVITY")
        self.assert_unbroken(events)
        start = self.spectator.of("SUBSCRIBED")[0]["seq"]
        rows = self.stack.sql("SELECT seq, wallet_address, username, activity_type, symbol, amount, price FROM duel.activity"
                              " WHERE contest_id = %s AND seq > %s ORDER BY seq", CONTEST, start)
        shown = [(event["seq"], data["wallet_address"], data["username"], data["activity_type"],
                  *(data["details"][name] for name in ("symbol", "amount", "price")))
                 for event in events for data in [event["data"]]]
        self.assertEqual(shown, rows)

    def test_the_clients_portfolio_is_that_of_sql(self):
        shown = self.trader.of("PORTFOLIO_UPDATED")[-1]["data"]
        [(equity,)] = self.stack.sql("SELECT equity FROM duel.portfolios WHERE contest_id = %s AND wallet_address = %s",
                                     CONTEST, self.wallet)
        self.assertEqual(shown["total_value"], equity)   # performance_24h may be a minute behind
        held = self.stack.sql("SELECT symbol, quantity, duel.multiply(quantity, mark_price) FROM duel.positions"
                              " WHERE contest_id = %s AND wallet_address = %s AND quantity <> 0 ORDER BY symbol",
                              CONTEST, self.wallet)
        self.assertEqual(sorted((one["symbol"], one["amount"], one["value"]) for one in shown["tokens"]), held)

    def test_the_clients_leaderboard_is_that_of_sql(self):
        shown = self.spectator.of("LEADERBOARD_UPDATED")[-1]["data"]["leaderboard"]
        rows = self.stack.sql("SELECT rank, wallet_address, username, portfolio_value, performance, last_trade_time"
                              " FROM duel.leaderboard WHERE contest_id = %s ORDER BY rank, wallet_address", CONTEST)
        self.assertEqual([(row["rank"], row["wallet_address"], row["username"], row["portfolio_value"], row["performance"],
                           ledger.moment(row["last_trade_time"]) if "last_trade_time" in row else None)
                          for row in sorted(shown, key=lambda row: (row["rank"], row["wallet_address"]))], rows)

    # SQL's side -----------------------------------------------------------------------------------------

    def units(self, query, *parameters, keys=1):
        """Rows with everything behind the first `keys` columns in units of 1e-18, keyed by those."""
        return {row[:keys]: tuple(None if value is None else ledger.units(value) for value in row[keys:])
                for row in self.stack.sql(query, *parameters)}

    def test_every_trade_of_the_log_is_in_sql_with_what_it_realized(self):
        rows = self.units("SELECT contest_id, wallet_address, trade_id, realized_pnl FROM duel.trades", keys=3)
        self.assertEqual({key: realized for key, (realized,) in rows.items()}, self.ledger.trades)
        self.assertEqual(len(rows), sum(record["type"] == "trade" for record in self.log["trades"]))

    def test_portfolios_in_sql_are_those_of_a_recomputation(self):
        rows = self.units("SELECT contest_id, wallet_address, cash, put_in, realized_pnl, fees, equity, unrealized_pnl,"
                          " performance FROM duel.portfolios", keys=2)
        marks = self.ledger.marks
        wanted = {}
        for key, one in self.ledger.portfolios.items():
            equity = one.equity(marks)
            wanted[key] = (one.cash, one.put_in, one.realized, one.fees, equity, one.unrealized(marks),
                           ledger.performance(equity, one.put_in))
        self.assertEqual(rows, wanted)

    def test_positions_in_sql_are_those_of_a_recomputation(self):
        rows = self.units("SELECT contest_id, wallet_address, symbol, quantity, cost, realized_pnl, average_price, mark_price"
                          " FROM duel.positions", keys=3)
        wanted = {(*key, symbol): (position.quantity, position.cost, position.realized,
                                   ledger.quotient(position.cost, position.quantity) if position.quantity else None,
                                   self.ledger.marks[symbol])
                  for key, one in self.ledger.portfolios.items() for symbol, position in one.positions.items()}
        self.assertEqual(rows, wanted)

    def test_the_leaderboard_in_sql_is_that_of_a_recomputation(self):
        rows = self.stack.sql("SELECT rank, wallet_address, username, portfolio_value, performance FROM duel.leaderboard"
                              " WHERE contest_id = %s ORDER BY rank, wallet_address", CONTEST)
        self.assertEqual([(*row[:3], ledger.units(row[3]), ledger.units(row[4])) for row in rows],
                         self.ledger.leaderboard(CONTEST))

    def test_nothing_was_refused(self):
        self.assertEqual(self.stack.sql("SELECT * FROM duel.dead_letters"), [])


if __name__ == "__main__":
    recordings.need_arena()
    unittest.main(verbosity=2)
