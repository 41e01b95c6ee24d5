"""What the log says, worked out a second time and differently: whole numbers of 1e-18 and the table of words.

Nothing here is shared with the programs under test. Reads decoded records in log order and keeps what
portfolios hold; marks follow the newest tick. Knows the arithmetic, not the refusals: feed it records that
the projector is expected to apply.
"""

import json
from datetime import datetime, timezone
from decimal import Decimal

UNIT = 10**18
RANGE = 10**38


def units(number):
    """An amount as JSON has it (text, int or Decimal) in units of 1e-18; fails if it has finer places."""
    scaled = Decimal(number).scaleb(18)
    assert scaled == scaled.to_integral_value(), number
    return int(scaled)


def text(count):
    """Units of 1e-18 as the shortest exact decimal."""
    whole, part = divmod(abs(count), UNIT)
    digits = f"{whole}.{part:018d}".rstrip("0").rstrip(".")
    return "-" + digits if count < 0 else digits


def rounded(numerator, denominator):
    """The quotient as a whole number, half away from zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def product(a, b):
    return rounded(a * b, UNIT)


def quotient(a, b):
    return rounded(a * UNIT, b)


def moment(timestamp):
    """An event's time, ISO text or epoch milliseconds, to the microsecond."""
    if isinstance(timestamp, (int, Decimal)):
        return datetime.fromtimestamp(int(timestamp) // 1000, timezone.utc).replace(
            microsecond=int(timestamp) % 1000 * 1000)
    return datetime.fromisoformat(timestamp.replace("Z", "+00:00"))


def event(value):
    """A record's JSON with every number exact."""
    return json.loads(value, parse_float=Decimal, parse_int=Decimal)


class Position:
    def __init__(self):
        self.quantity = self.cost = self.realized = 0


class Portfolio:
    def __init__(self, cash):
        self.cash = self.put_in = cash
        self.fees = self.realized = 0
        self.positions = {}
        self.last_trade_at = None

    def trade(self, symbol, side, amount, price, fee, at):
        """Books a trade; returns what it realized."""
        sign = 1 if side == "buy" else -1
        total = product(amount, price)
        position = self.positions.setdefault(symbol, Position())
        held = abs(position.quantity)
        if position.quantity * sign >= 0:
            closed, proceeds, taken = 0, 0, 0
        elif amount < held:
            closed, proceeds = amount, total
            taken = rounded(position.cost * closed, held)
        else:
            closed, taken = held, position.cost
            proceeds = total if amount == held else product(closed, price)
        realized = -sign * proceeds - taken
        position.quantity += sign * amount
        position.cost += sign * (total - proceeds) - taken
        position.realized += realized
        self.realized += realized
        self.fees += fee
        self.cash -= sign * total + fee
        self.last_trade_at = max(at, self.last_trade_at or at)
        return realized

    def move(self, amount):
        self.cash += amount
        self.put_in += amount

    def equity(self, marks):
        return self.cash + sum(product(p.quantity, marks[s]) for s, p in self.positions.items() if p.quantity)

    def unrealized(self, marks):
        return sum(product(p.quantity, marks[s]) - p.cost for s, p in self.positions.items() if p.quantity)


def performance(equity, put_in):
    """Percent; None where nothing was put in or the value is out of range."""
    if put_in <= 0 or abs(equity) >= RANGE:
        return None
    percent = quotient((equity - put_in) * 100, put_in)
    return percent if abs(percent) < RANGE else None


class Ledger:
    """Contests, portfolios and marks of a log. One shard's worth: hand it the ticks before asking for values."""

    def __init__(self):
        self.portfolios = {}   # (contest_id or None, wallet) -> Portfolio
        self.trades = {}       # (contest_id or None, wallet, trade_id) -> realized, in log order
        self.present = {}      # contest_id -> {wallet: username} of who is in
        self.stakes = {}       # contest_id -> starting balance
        self.marks = {}        # symbol -> price of the newest tick
        self.marked_at = {}

    def apply_price(self, record):
        if record["type"] != "price":
            return
        symbol, at = record["symbol"], moment(record["timestamp"])
        if symbol not in self.marks or at >= self.marked_at[symbol]:
            self.marks[symbol], self.marked_at[symbol] = units(record["price"]), at

    def apply(self, record):
        contest, wallet = record.get("contest_id"), record.get("wallet_address")
        kind = record["type"]
        if kind == "contest_created":
            self.stakes.setdefault(contest, units(record["starting_balance"]))
            self.present.setdefault(contest, {})
        elif kind == "participant_joined":
            self.present[contest][wallet] = record["username"]
            self.portfolio(contest, wallet)
        elif kind == "participant_left":
            self.present[contest].pop(wallet)
        elif kind == "deposit":
            self.portfolio(contest, wallet).move(units(record["amount"]))
        elif kind == "withdrawal":
            self.portfolio(contest, wallet).move(-units(record["amount"]))
        elif kind == "trade" and (contest, wallet, record["trade_id"]) not in self.trades:
            self.trades[contest, wallet, record["trade_id"]] = self.portfolio(contest, wallet).trade(
                record["symbol"], record["side"], units(record["amount"]), units(record["price"]),
                units(record.get("fee") or 0), moment(record["timestamp"]))

    def portfolio(self, contest, wallet):
        return self.portfolios.setdefault((contest, wallet), Portfolio(self.stakes.get(contest, 0)))

    def leaderboard(self, contest):
        """[(rank, wallet, username, portfolio value, performance)], best first."""
        rows = []
        for wallet, username in self.present[contest].items():
            portfolio = self.portfolios[contest, wallet]
            equity = portfolio.equity(self.marks)
            rows.append((performance(equity, portfolio.put_in) or 0, wallet, username, equity))
        rows.sort(key=lambda row: (-row[0], row[1]))
        return [(1 + sum(other[0] > row[0] for other in rows), row[1], row[2], row[3], row[0]) for row in rows]
