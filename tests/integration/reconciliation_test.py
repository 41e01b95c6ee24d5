"""The books add up: no break after a nasty stream and after the recorded arena, and every kind of break is found."""

import random
import unittest
import uuid
from datetime import datetime, timedelta, timezone

import ledger
import recordings
from stack import Stack, until

STACK = Stack("shared")
RUN = uuid.uuid4().hex[:8]   # the log of the shared stack is everybody's
SYMBOLS = [f"{name}{RUN}" for name in ("AA", "BB", "CC", "DD")]
BREAKS = "SELECT relation, contest_id, wallet_address, symbol, what, expected, found FROM duel.reconciliation_breaks"


class NastyStream:
    """Contests and main portfolios in which everything happens that may: shorts and flips, dust and fortunes, exact
    closings, comings and goings, retries, refusals, late ticks."""

    EVENTS = 6_000
    # Name: (partition, starting balance, how it ends). "rich" outgrows what numeric(38,18) holds.
    CONTESTS = {"won": (0, "10000.000000000000000001", "contest_completed"), "poor": (1, "0", "contest_completed"),
                "rich": (2, "90000000000000000000", "contest_completed"), "off": (3, "500", "contest_cancelled"),
                "live": (0, "1000", None)}
    MAIN = {f"main{n}-{RUN}": n for n in range(4)}   # wallet: partition

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.clock = datetime.now(timezone.utc) - timedelta(hours=1)
        self.held = {}      # (contest, wallet, symbol) -> units
        self.trades = []    # (partition, record)
        self.number = 0

    def event(self, kind, contest, **fields):
        self.clock += timedelta(milliseconds=self.dice.randrange(400))
        scope = {"contest_id": f"{contest}-{RUN}"} if contest else {}
        return {"type": kind, "timestamp": self.clock.isoformat()} | scope | fields

    def amount(self, most):
        """Dust, round numbers and all 18 places."""
        digits = self.dice.choice((1, 3, 9, 18, 20, most))
        return ledger.text(1 + self.dice.randrange(10**digits))

    def wallets(self, contest):
        return [f"{name}-{contest}-{RUN}" for name in "abcdef"]

    def opening(self):
        for contest, (partition, balance, _) in self.CONTESTS.items():
            yield partition, self.event("contest_created", contest, name=contest, starting_balance=balance, prize_pool=0,
                                        starts_at=self.clock.isoformat(), ends_at=self.clock.isoformat())
            for wallet in self.wallets(contest):
                yield partition, self.event("participant_joined", contest, wallet_address=wallet, username=wallet)
            yield partition, self.event("contest_started", contest)

    def trade(self, partition, contest, wallet):
        symbol, side = self.dice.choice(SYMBOLS), self.dice.choice(("buy", "sell"))
        amount = self.amount(23)
        held = self.held.get((contest, wallet, symbol), 0)
        if held and self.dice.random() < 0.3:   # exactly out of it, or exactly to the other side
            side, amount = "sell" if held > 0 else "buy", ledger.text(abs(held) * self.dice.choice((1, 2)))
        signed = ledger.units(amount) * (1 if side == "buy" else -1)
        self.held[contest, wallet, symbol] = held + signed
        self.number += 1
        record = self.event("trade", contest, trade_id=f"{RUN}-{self.number}", wallet_address=wallet, symbol=symbol, side=side,
                            amount=amount, price=self.amount(21), fee=self.dice.choice((None, "0", self.amount(19))))
        self.trades.append((partition, record))
        return partition, record

    def happening(self):
        """One record as (topic, partition, record)."""
        chance = self.dice.random()
        if chance < 0.15:
            number = self.dice.randrange(len(SYMBOLS))
            late = timedelta(seconds=self.dice.choice((0, 0, 0, 900)))
            return "prices", number, self.event("price", None, symbol=SYMBOLS[number], price=self.amount(22)) | {
                "timestamp": (self.clock - late).isoformat()}
        if chance < 0.35:
            wallet, partition = self.dice.choice(list(self.MAIN.items()))
            contest = None
        else:
            contest, (partition, *_) = self.dice.choice(list(self.CONTESTS.items()))
            wallet = self.dice.choice(self.wallets(contest))
        if chance < 0.40 and contest:
            kind = self.dice.choice(("participant_joined", "participant_left"))
            return "trades", partition, self.event(kind, contest, wallet_address=wallet, username=wallet)
        if chance > 0.92:
            kind = "withdrawal" if contest == "poor" else self.dice.choice(("deposit", "withdrawal"))
            transfer = self.dice.choice((None, f"x{self.dice.randrange(50)}"))
            return "trades", partition, self.event(kind, contest, wallet_address=wallet, amount=self.amount(21),
                                                   transfer_id=transfer)
        if chance > 0.88 and self.trades:
            return "trades", *self.dice.choice(self.trades)
        return "trades", *self.trade(partition, contest, wallet)

    def send(self):
        for partition, record in self.opening():
            STACK.produce("trades", [record], partition)
        records = {}
        for _ in range(self.EVENTS):
            topic, partition, record = self.happening()
            records.setdefault((topic, partition), []).append(record)
        for (topic, partition), part in records.items():
            STACK.produce(topic, part, partition)
        STACK.settle()
        for contest, (partition, _, end) in self.CONTESTS.items():
            if end:
                STACK.produce("trades", [self.event(end, contest)], partition)
        STACK.settle()


class Reconciliation(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        NastyStream(20251126).send()
        cls.won, cls.live = f"won-{RUN}", f"live-{RUN}"
        cls.model = STACK.sql("SELECT schema_name FROM duel_control.models WHERE active", admin=True)[0][0]

    def test_the_stream_was_nasty(self):
        [(trades, crossed, shorts, beyond, left)] = STACK.sql(
            "SELECT (SELECT count(*) FROM duel.trades WHERE symbol = ANY(%s)),"
            " (SELECT count(*) FROM duel.trades WHERE symbol = ANY(%s) AND realized_pnl <> 0),"
            " (SELECT count(*) FROM duel.positions WHERE symbol = ANY(%s) AND quantity < 0),"
            " (SELECT count(*) FROM duel.final_standings WHERE contest_id LIKE %s AND performance IS NULL),"
            " (SELECT count(*) FROM duel.participants WHERE contest_id LIKE %s AND left_at IS NOT NULL)",
            SYMBOLS, SYMBOLS, SYMBOLS, f"%{RUN}", f"%{RUN}")
        print(f"nasty stream: {trades} trades, {crossed} of them realized something, {shorts} short positions,"
              f" {beyond} standings without a performance, {left} wallets left")
        self.assertGreater(trades, 2_000)
        self.assertGreater(crossed, 500)
        for count in (shorts, beyond, left):
            self.assertGreater(count, 2)

    def test_nothing_breaks(self):
        self.assertEqual(STACK.sql(BREAKS), [])

    def test_nothing_breaks_in_the_recorded_arena(self):
        if not recordings.ARENA.is_dir():
            self.skipTest(f"no recordings in {recordings.ARENA}")
        STACK.program("duel-ingest", "replay", recordings.ARENA, "--speed", "max", timeout=150)
        STACK.settle(120)
        self.assertGreater(STACK.sql("SELECT count(*) FROM duel.trades WHERE contest_id = 'arena'")[0][0], 60_000)
        self.assertEqual(STACK.sql(BREAKS), [])

    # Every kind of break -----------------------------------------------------------------------------------

    def portfolio_of(self, contest, place):
        """(portfolio_no, wallet) of who came in at a place of the standings; 0 is the first of the list."""
        return STACK.sql(f"""
            SELECT p.portfolio_no, w.wallet_address FROM {self.model}.leaderboard l
            JOIN {self.model}.portfolios p USING (portfolio_no) JOIN {self.model}.wallets w USING (wallet_no)
            JOIN {self.model}.contests c ON c.contest_no = p.contest_no
            WHERE c.contest_id = %s ORDER BY l.rank, w.wallet_address OFFSET %s LIMIT 1""", contest, place, admin=True)[0]

    def breaks_after(self, statement, *parameters):
        """What is found after a change of the tables; it is undone before anybody else sees it."""
        with STACK.connection(admin=True) as connection, connection.cursor() as cursor:
            cursor.execute(f"SET search_path = {self.model}")
            cursor.execute(statement, parameters)
            self.assertGreaterEqual(cursor.rowcount, 1, statement)
            cursor.execute(BREAKS)
            found = cursor.fetchall()
            connection.rollback()
        return found

    def assert_found(self, found, contest, wallet, *rules):
        """Each rule, as "relation: its first words", is broken by this wallet, and no other one is."""
        self.assertEqual(sorted({(row[0], row[4]) for row in found if (row[1], row[2]) == (contest, wallet)}),
                         sorted((relation, what) for relation, what in map(self.rule, rules)))
        self.assertEqual({row[1:3] for row in found}, {(contest, wallet)})

    @staticmethod
    def rule(words):
        relation, start = words.split(": ")
        [whole] = [what for what in RULES[relation] if what.startswith(start)]
        return relation, whole

    def test_a_changed_position_is_found(self):
        portfolio, wallet = self.portfolio_of(self.live, 0)
        one = " WHERE portfolio_no = %s AND quantity <> 0 AND symbol_no = (SELECT min(symbol_no) FROM positions" \
              " WHERE portfolio_no = %s AND quantity <> 0 AND cost <> 0)"
        for change, *rules in (
                ("quantity = quantity + 0.000000000000000001 * sign(quantity)", "positions: quantity"),
                ("cost = cost + 0.000000000000000001 * sign(cost)", "positions: cost is"),
                ("cost = -cost", "positions: cost is", "positions: cost has"),
                ("realized_pnl = realized_pnl - 1", "positions: realized_pnl"),
        ):
            with self.subTest(change):
                found = self.breaks_after(f"UPDATE positions SET {change}{one}", portfolio, portfolio)
                self.assert_found(found, self.live, wallet, *rules)
                self.assertEqual(len({row[3] for row in found} - {None}), 1)
        found = self.breaks_after(f"DELETE FROM positions{one}", portfolio, portfolio)
        self.assertIn((None, "quantity"), [(row[6], row[4].split()[0]) for row in found])

    def test_a_changed_portfolio_is_found(self):
        portfolio, wallet = self.portfolio_of(self.live, 1)
        for change, *rules in (
                ("cash = cash + 0.000000000000000001", "portfolios: cash"),
                ("put_in = put_in - 7", "portfolios: put_in"),
                ("fees = fees + 1", "portfolios: fees"),
                ("realized_pnl = realized_pnl + 1", "portfolios: realized_pnl"),
        ):
            with self.subTest(change):
                found = self.breaks_after(f"UPDATE portfolios SET {change} WHERE portfolio_no = %s", portfolio)
                self.assert_found(found, self.live, wallet, *rules)

    def test_the_difference_is_told_to_the_last_digit(self):
        portfolio, _ = self.portfolio_of(self.live, 1)
        [(*_, expected, found)] = self.breaks_after(
            "UPDATE portfolios SET cash = cash + 0.000000000000000001 WHERE portfolio_no = %s", portfolio)
        self.assertEqual(ledger.units(found) - ledger.units(expected), 1)

    def test_a_lost_or_changed_trade_or_transfer_is_found(self):
        portfolio, wallet = self.portfolio_of(self.live, 0)
        one = " WHERE portfolio_no = %s AND seq = (SELECT max(seq) FROM trades WHERE portfolio_no = %s AND fee > 0" \
              " AND amount > 1 AND price > 1)"
        books = ["positions: quantity", "positions: cost is", "portfolios: cash"]
        for statement, *rules in (
                ("UPDATE trades SET amount = amount + 1", *books),
                ("UPDATE trades SET price = price + 1", *books[1:]),
                ("UPDATE trades SET side = -side", *books),
                ("UPDATE trades SET fee = fee + 1", "portfolios: cash", "portfolios: fees"),
                ("UPDATE trades SET realized_pnl = realized_pnl + 1", "positions: cost is", "positions: realized_pnl",
                 "portfolios: realized_pnl"),
        ):
            with self.subTest(statement):
                self.assert_found(self.breaks_after(statement + one, portfolio, portfolio), self.live, wallet, *rules)
        found = self.breaks_after("DELETE FROM trades" + one, portfolio, portfolio)
        self.assertIn("cash", [row[4].split()[0] for row in found])
        found = self.breaks_after("DELETE FROM transfers WHERE (shard, \"offset\") = (SELECT x.shard, x.\"offset\" FROM transfers x"
                                  " JOIN contests ON contest_no = scope_no WHERE contest_id = %s LIMIT 1)", self.live)
        self.assert_found(found, self.live, found[0][2], "portfolios: put_in", "portfolios: cash")

    def test_who_is_in_is_counted(self):
        found = self.breaks_after("UPDATE contests SET total_participants = total_participants + 1 WHERE contest_id = %s",
                                  self.live)
        self.assert_found(found, self.live, None, "contests: total")
        self.assertEqual(found[0][6] - found[0][5], 1)
        portfolio, wallet = self.portfolio_of(self.live, 0)
        found = self.breaks_after("UPDATE participants SET left_at = now() WHERE portfolio_no = %s AND left_at IS NULL",
                                  portfolio)
        self.assertEqual({(row[1], row[2], self.first(row)) for row in found},
                         {(self.live, None, "contests: total_participants"), (self.live, wallet, "participants: left_at")})
        found = self.breaks_after("DELETE FROM participants WHERE portfolio_no = %s", portfolio)
        self.assertIn((wallet, "participants: left_at", None), [(row[2], self.first(row), row[6]) for row in found])

    def test_final_standings_are_worked_out_again(self):
        portfolio, wallet = self.portfolio_of(self.won, 0)
        for change, *rules in (
                ("portfolio_value = portfolio_value + 0.000000000000000001", "final_standings: portfolio_value",
                 "leaderboard: portfolio_value"),
                ("performance = performance - 1", "final_standings: performance"),
                ("rank = rank + 1", "final_standings: rank", "leaderboard: rank of"),
        ):
            with self.subTest(change):
                found = self.breaks_after(f"UPDATE final_standings SET {change} WHERE portfolio_no = %s", portfolio)
                self.assert_found(found, self.won, wallet, *rules)
        found = self.breaks_after("DELETE FROM final_standings WHERE portfolio_no = %s", portfolio)
        self.assertIn((wallet, "final_standings: rank", None), [(row[2], self.first(row), row[6]) for row in found])
        found = self.breaks_after("UPDATE leaderboard SET rank = rank + 1 WHERE portfolio_no = %s", portfolio)
        self.assert_found(found, self.won, wallet, "leaderboard: rank of")
        found = self.breaks_after("UPDATE final_marks SET price = price * 2 WHERE contest_no ="
                                  " (SELECT contest_no FROM contests WHERE contest_id = %s)", self.won)
        self.assertIn("final_standings: portfolio_value", {self.first(row) for row in found})

    def test_a_live_ranking_follows_performance(self):
        contest = f"ties-{RUN}"
        moment = datetime.now(timezone.utc).isoformat()
        step = {"timestamp": moment, "contest_id": contest}
        STACK.produce("trades", [
            {"type": "contest_created", "name": "Ties", "starting_balance": 5, "prize_pool": 0, "starts_at": moment,
             "ends_at": moment} | step,
            *({"type": "participant_joined", "wallet_address": f"{name}-{contest}", "username": name} | step for name in "abcd"),
            {"type": "contest_started"} | step,
            *({"type": "trade", "trade_id": name, "wallet_address": f"{name}-{contest}", "symbol": f"T{RUN}", "side": "buy",
               "amount": 1, "price": 1, "fee": fee} | step for name, fee in zip("abcd", (0, 1, 1, 2)))], 3)
        STACK.settle()
        ranks = "SELECT array_agg(rank ORDER BY rank) FROM duel.leaderboard WHERE contest_id = %s"
        until(lambda: STACK.sql(ranks, contest) == [([1, 2, 2, 4],)], 20, lambda: f"the ranks are {STACK.sql(ranks, contest)}")
        self.assertEqual(STACK.sql(BREAKS), [])
        portfolio, wallet = self.portfolio_of(contest, 3)
        found = self.breaks_after("UPDATE leaderboard SET rank = 3 WHERE portfolio_no = %s", portfolio)
        self.assert_found(found, contest, wallet, "leaderboard: rank follows")

    @staticmethod
    def first(row):
        return f"{row[0]}: {row[4].split()[0]}"


RANK = "rank follows performance, equal ones share it (1, 2, 2, 4)"
RULES = {
    "positions": ["quantity is what was bought less what was sold",
                  "cost is what was paid less what was received, plus what that realized",
                  "cost has the sign of quantity", "realized_pnl is the sum over its trades"],
    "portfolios": ["put_in is the starting balance plus deposits less withdrawals",
                   "cash is what was put in, less what its trades cost and their fees",
                   "fees is the sum over its trades", "realized_pnl is the sum over its trades"],
    "contests": ["total_participants is how many joined and have not left"],
    "participants": ["left_at is set while the wallet left as often as it joined", "it has a portfolio"],
    "final_standings": ["portfolio_value is the equity at the marks of the end", "performance is that of this equity", RANK],
    "leaderboard": ["portfolio_value of an ended contest is that of its final standings",
                    "rank of an ended contest is that of its final standings", RANK],
}


if __name__ == "__main__":
    unittest.main(verbosity=2)
