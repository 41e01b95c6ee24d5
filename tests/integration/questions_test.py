"""docs/questions.md: every query as it stands there, its answer compared with one that is worked out without SQL.

A stack of its own: a recording has a history only in a log that has seen nothing newer.
"""

import bisect
import collections
import json
import re
import unittest
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import arena
import ledger
import recordings
from ledger import product, quotient
from stack import ROOT, Stack

QUESTIONS = 20
RATE = 20_000   # events a second, so that ticks and trades come into the log about as they happened


def utc(*words):
    return datetime(*words, tzinfo=timezone.utc)


AFTERNOON, MONDAY, NEXT_MONDAY = utc(2025, 12, 1, 14, 5), utc(2025, 12, 1), utc(2025, 12, 8)


def documented():
    """{number: (question, query)}."""
    text = (ROOT / "docs/questions.md").read_text()
    found = {}
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        number, question = re.match(r"(\d+)\. (.*)", section).groups()
        [query] = re.findall(r"```sql\n(.*?)```", section, re.DOTALL)
        found[int(number)] = question, query
    return found


def by(key, items):
    groups = collections.defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def ordered(rows, *columns):
    """Sorted by columns; a negative one is counted from 1 and sorts descending."""
    return sorted(rows, key=lambda row: [-row[-c - 1] if c < 0 else row[c] for c in columns])


class Answers:
    """Rows of the answer to each question, amounts in units of 1e-18."""

    def __init__(self, stack, refused):
        self.fills, self.refused = arena.fills(), refused
        self.history = arena.History(stack)
        self.final = self.history.boards[-1]
        [self.leader] = [standing.username for standing in self.final if standing.rank == 1]
        self.by_name = by(lambda fill: fill.username, self.fills)
        self.minutes = arena.candles(self.fills, arena.minute_of)

    def to_1_how_it_stands(self):
        last = {name: max(fill.at for fill in fills) for name, fills in self.by_name.items()}
        return ordered([(s.rank, s.username, s.equity, s.performance, last[s.username]) for s in self.final], 0, 1)

    def to_2_who_led(self):
        return ordered([(s.rank, s.username, s.equity, s.performance) for s in self.history.board(AFTERNOON)], 0, 1)

    def to_3_how_long_each_led(self):
        led = collections.defaultdict(timedelta)
        ends = self.history.minutes[1:] + [self.history.ended_at]
        for start, end, board in zip(self.history.minutes, ends, self.history.boards):
            for standing in board:
                if standing.rank == 1:
                    led[standing.username] += end - start
        return sorted(led.items(), key=lambda row: (-row[1], row[0]))

    def to_4_who_climbed(self):
        before, after = ({s.username: s.rank for s in self.history.board_before(time)} for time in (MONDAY, NEXT_MONDAY))
        return ordered([(name, before[name], after[name], before[name] - after[name]) for name in before], -4, 0)

    def to_5_what_the_leader_holds(self):
        rows = [(symbol, p.quantity, quotient(p.cost, p.quantity), mark, product(p.quantity, mark) - p.cost, p.realized)
                for symbol, p in self.history.portfolio(self.leader).positions.items() if p.quantity
                for mark in [self.history.marks[symbol]]]
        return sorted(rows, key=lambda row: -abs(row[1] * row[3]))

    def to_6_the_leaders_days(self):
        rows = []
        for number in range(29):
            day = utc(2025, 11, 14) + timedelta(days=number)
            rows += [(day.date(), s.equity, s.equity - s.put_in)
                     for s in self.history.board_before(day + timedelta(days=1)) if s.username == self.leader]
        return rows

    def to_7_drawdowns(self):
        peaks, lowest = {}, {}
        for minute, board in zip(self.history.minutes, self.history.boards):
            for s in board:
                worth = quotient(s.equity, s.put_in)
                peak = peaks[s.username] = max(worth, peaks.get(s.username, worth))
                drawdown = quotient(100 * (worth - peak), peak)
                if s.username not in lowest or drawdown < lowest[s.username][0]:
                    lowest[s.username] = drawdown, minute
        return ordered([(name, *low) for name, low in lowest.items()], 0)

    def to_8_risk(self):
        rows = []
        for s in self.final:
            values = [product(p.quantity, self.history.marks[symbol])
                      for symbol, p in self.history.portfolio(s.username).positions.items() if p.quantity]
            rows.append((s.username, s.equity, sum(v for v in values if v > 0), sum(v for v in values if v < 0),
                         quotient(sum(map(abs, values)), s.equity)))
        return ordered(rows, -5, 0)

    def to_9_who_held_what(self):
        held = collections.Counter()
        for fill in self.fills:
            if fill.at <= AFTERNOON:
                held[fill.username, fill.symbol] += fill.sign * fill.amount
        return ordered([(*key, quantity) for key, quantity in held.items() if quantity], 0, 1)

    def to_10_turnover_by_symbol(self):
        return ordered([(symbol, len(fills), len({fill.username for fill in fills}), sum(fill.turnover for fill in fills),
                         sum(fill.turnover for fill in fills if fill.sign > 0))
                        for symbol, fills in by(lambda fill: fill.symbol, self.fills).items()], -4)

    def to_11_who_trades_most(self):
        rows = []
        for name, fills in self.by_name.items():
            turnover, fees = sum(fill.turnover for fill in fills), sum(fill.fee for fill in fills)
            rows.append((name, len(fills), turnover, fees, quotient(10_000 * fees, turnover)))
        return ordered(rows, -3)

    def to_12_win_rates(self):
        rows = []
        for name, fills in self.by_name.items():
            wins = [fill.realized for fill in fills if fill.realized > 0]
            losses = [fill.realized for fill in fills if fill.realized < 0]
            rows.append((name, len(wins), len(losses), quotient(100 * len(wins), len(wins) + len(losses)),
                         quotient(sum(wins), -sum(losses))))
        return ordered(rows, -4)

    def to_13_biggest(self):
        biggest = sorted(self.fills, key=lambda fill: (-abs(fill.realized), fill.trade_id))[:10]
        return [(f.username, f.trade_id, f.symbol, "buy" if f.sign > 0 else "sell", f.amount, f.price, f.realized, f.at)
                for f in biggest]

    def to_14_holding_times(self):
        held, began, lasted = collections.Counter(), {}, collections.defaultdict(list)
        for fill in self.fills:
            key = fill.username, fill.symbol
            first, last = began.get(key, (fill.at, fill.at))
            began[key] = min(first, fill.at), max(last, fill.at)
            held[key] += fill.sign * fill.amount
            if held[key] == 0:
                first, last = began.pop(key)
                lasted[fill.username].append(last - first)
        # The median is the first of the values that half of them do not pass.
        return ordered([(name, len(spans), sorted(spans)[(len(spans) + 1) // 2 - 1], max(spans))
                        for name, spans in lasted.items()], 2, 0)

    def to_15_slippage(self):
        opened = {symbol: sorted(made) for symbol, made in self.minutes.items()}
        slips = collections.defaultdict(list)
        for fill in self.fills:
            if not MONDAY <= fill.at < NEXT_MONDAY:
                continue
            before = bisect.bisect_left(opened[fill.symbol], fill.minute) - 1
            minute = opened[fill.symbol][before]
            if before >= 0 and minute >= fill.minute - timedelta(hours=1):
                worse = fill.sign * (fill.price - self.minutes[fill.symbol][minute].close)
                slips[fill.username].append((product(fill.amount, worse), fill.turnover))
        rows = [(name, len(pairs), sum(slip for slip, _ in pairs),
                 quotient(10_000 * sum(slip for slip, _ in pairs), sum(turnover for _, turnover in pairs)))
                for name, pairs in slips.items()]
        return ordered(rows, -4)

    def to_16_realized_by_day(self):
        groups = by(lambda fill: (fill.at.date(), fill.symbol), self.fills)
        return ordered([(*key, sum(f.realized for f in fills), sum(f.fee for f in fills),
                         sum(f.realized - f.fee for f in fills)) for key, fills in groups.items()], 0, 1)

    def to_17_movers(self):
        days = arena.candles(self.fills, lambda at: at.date())
        rows = [(symbol, c.open, c.close, c.high, c.low, quotient(100 * (c.close - c.open), c.open))
                for symbol, made in days.items() for day, c in made.items() if day == date(2025, 12, 12)]
        return sorted(rows, key=lambda row: -abs(row[5]))[:5]

    def to_18_minutes_of_a_price(self):
        rows = [(minute, c.open, c.high, c.low, c.close, c.bought + c.sold, quotient(100 * c.bought, c.bought + c.sold))
                for minute, c in self.minutes["NVDA"].items() if minute < utc(2025, 12, 12, 17)]
        return sorted(rows, key=lambda row: row[0], reverse=True)[:60]

    def to_19_the_record_of_a_row(self):
        place = {fill.trade_id: fill.offset for fill in self.fills}
        positions = self.history.portfolio(self.leader).positions
        rows = []
        for (name, symbol), (seq, trade_id, offset, stretch, cause) in self.history.last_record.items():
            if name == self.leader:
                assert offset == place[trade_id], f"{trade_id} stands at {offset}; by the files at {place[trade_id]}"
                rows.append((symbol, positions[symbol].quantity, seq, trade_id, self.history.partition, offset, stretch, cause))
        return ordered(rows, 0)

    def to_20_refusals(self):
        return self.refused


class Questions(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        stack = cls.stack = Stack("questions")
        cls.addClassCleanup(stack.remove_data)
        cls.addClassCleanup(stack.down)
        stack.up("--fresh", "kafka", "postgres", "projector")
        stack.program("duel-ingest", "replay", recordings.ARENA, "--rate", RATE, timeout=60)
        stack.settle(60)
        cls.answers = Answers(stack, cls.send_what_is_refused())

    @classmethod
    def send_what_is_refused(cls):
        """Rows of question 20, newest first."""
        late = {"type": "trade", "timestamp": "2025-12-01T00:00:00Z", "contest_id": "arena", "trade_id": "too-late",
                "wallet_address": "0x0", "symbol": "BTC", "side": "buy", "amount": 1, "price": 1}
        sent = []
        for topic, partition, record, code, reason in (
                ("trades", 0, b"\xff\0 JSON", "MALFORMED_JSON", "\ufffd\ufffd JSON; wanted one JSON object"),
                ("trades", 1, late | {"contest_id": "nowhere"}, "UNKNOWN_CONTEST",
                 'contest_id is "nowhere"; wanted a contest that was created before'),
                ("prices", 2, {"type": "price", "timestamp": "2025-12-01T00:00:00Z", "symbol": "BTC", "price": "-1"},
                 "INVALID_FIELD", 'price is "-1"; wanted a number above 0')):
            text = record if isinstance(record, bytes) else json.dumps(record).encode()
            [offset] = cls.stack.produce(topic, [text], partition)
            milliseconds = cls.stack.record(topic, partition, offset).timestamp()[1]
            logged_at = datetime.fromtimestamp(0, timezone.utc) + timedelta(milliseconds=milliseconds)
            sent.insert(0, (topic, partition, offset, code, reason, cls.escaped(text[:120]), logged_at))
        cls.stack.settle()
        return sent

    @staticmethod
    def escaped(record):
        return "".join(chr(byte) if 0 < byte < 128 else f"\\{byte:03o}" for byte in record)

    @staticmethod
    def comparable(row):
        return tuple(ledger.units(value) if isinstance(value, Decimal) else value for value in row)

    def test_there_are_twenty_and_each_has_an_answer_to_compare_with(self):
        numbers = sorted(int(name.split("_")[1]) for name in dir(Answers) if name.startswith("to_"))
        self.assertEqual(numbers, list(range(1, QUESTIONS + 1)))
        self.assertEqual(list(documented()), numbers)

    def test_every_answer_is_the_one_worked_out_without_sql(self):
        answer = {int(name.split("_")[1]): getattr(self.answers, name) for name in dir(Answers) if name.startswith("to_")}
        total = 0
        for number, (question, query) in documented().items():
            with self.subTest(f"{number}. {question}"):
                rows = [self.comparable(row) for row in self.stack.sql(query.replace("%", "%%"))]
                self.assertGreater(len(rows), 1)
                self.assertEqual(rows, answer[number]())
                total += len(rows)
        print(f"{QUESTIONS} questions: {total} rows agree")


if __name__ == "__main__":
    recordings.need_arena()
    unittest.main(verbosity=2)
