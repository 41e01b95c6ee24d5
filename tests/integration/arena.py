"""The recorded arena worked out without the programs under test: its fills, and its history in the order of the log.

Amounts are whole numbers of 1e-18, as in ledger.py. Fills come from the files; what held at which minute depends on
the order in which ticks and trades met in the log, so the history follows the log and the shard's journal.
"""

import bisect
import collections
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import ledger
import recordings

CONTEST, STAKE = "arena", 10_000 * ledger.UNIT


@dataclass
class Fill:
    trade_id: str
    username: str
    symbol: str
    sign: int      # 1 bought, -1 sold
    amount: int
    price: int
    fee: int
    at: datetime
    realized: int = 0
    offset: int = 0   # in the contest's partition

    @property
    def turnover(self):
        return ledger.product(self.amount, self.price)

    @property
    def minute(self):
        return minute_of(self.at)


def minute_of(time):
    return time.replace(second=0, microsecond=0)


def adjusted(slug, first_fill):
    """Whether the recording knows that a wallet began with something else than the stake."""
    path = recordings.ARENA / f"hyperliquid-{slug}-portfolio.json"
    if not path.exists():
        return False
    history = json.loads(path.read_text())["allTime"]
    for (at, value), (_, profit) in zip(history["accountValueHistory"], history["pnlHistory"]):
        if ledger.moment(at) >= first_fill:
            return ledger.units(value) - ledger.units(profit) != STAKE
    return False


def fills():
    """Every fill in the order in which it is replayed, with what it realized and where its record stands."""
    addresses = json.loads((recordings.ARENA / "tracked-wallets.json").read_text())["wallets"]
    names = {entry["address"]: entry["model"] for entry in addresses}
    wallets = recordings.wallets()
    read, opening = [], 2   # its creation and start
    for slug, rows in recordings.fills().items():
        portfolio = ledger.Portfolio(0)
        opening += 1 + adjusted(slug, ledger.moment(rows[0]["filled_at"]))
        for line, row in enumerate(rows, 2):
            fill = Fill(f"{slug}:{line}", names[wallets[slug]], row["symbol"], 1 if row["side"] == "BUY" else -1,
                        ledger.units(row["shares"]), ledger.units(row["price"]), ledger.units(row["fee"]),
                        ledger.moment(row["filled_at"]))
            fill.realized = portfolio.trade(fill.symbol, row["side"].lower(), fill.amount, fill.price, fill.fee, fill.at)
            read.append(fill)
    read.sort(key=lambda fill: fill.at)
    for offset, fill in enumerate(read, opening):
        fill.offset = offset
    return read


class Candle:
    """The ticks of an interval; every fill is one."""

    def __init__(self, fill):
        self.open = self.high = self.low = fill.price
        self.bought = self.sold = 0

    def add(self, fill):
        self.close = fill.price
        self.high, self.low = max(self.high, fill.price), min(self.low, fill.price)
        if fill.sign > 0:
            self.bought += fill.amount
        else:
            self.sold += fill.amount


def candles(all_fills, opening):
    """{symbol: {opened_at: candle}}; `opening` says where the interval of a time begins."""
    made = collections.defaultdict(dict)
    for fill in all_fills:
        made[fill.symbol].setdefault(opening(fill.at), Candle(fill)).add(fill)
    return made


@dataclass
class Standing:
    rank: int
    username: str
    equity: int
    performance: int
    put_in: int


class History:
    """What the contest's shard went through, record by record, in the order that its journal tells."""

    def __init__(self, stack):
        log = {(topic, message.partition(), message.offset()): message
               for topic in ("trades", "prices") for message in stack.log(topic)}
        self.partition = next(place[1] for place in log if place[0] == "trades")
        self.names, self.portfolios = {}, {}
        self.marks, self.marked_at, self.ticked = {}, {}, set()
        self.now = None
        self.minutes, self.boards = [], []      # when a minute was left, and how all stood then
        self.last_record = {}                   # (username, symbol) -> (seq, trade_id, offset, stretch, cause)
        self.ended_at = None
        seq = 0
        for seq_from, seq_to, start, end, cause in stack.sql(
                "SELECT seq_from, seq_to, start_offsets, end_offsets, cause FROM duel.journal WHERE shard = %s"
                " ORDER BY seq_from", f"contest/{self.partition}"):
            for place in self.stretch(log, start, end):
                seq += 1
                if self.ended_at is None:
                    self.apply(ledger.event(log[place].value()), place, seq, (seq_from, cause))
            assert seq == seq_to, f"the journal says {seq_to} records, the log has {seq}"

    @staticmethod
    def stretch(log, start, end):
        places = [(topic, int(partition), offset) for source, until in end.items()
                  for topic, partition in [source.split("/")] for offset in range(start.get(source, 0), until)]
        return sorted(places, key=lambda place: (log[place].timestamp()[1], *place))

    def apply(self, record, place, seq, stretch):
        at = ledger.moment(record["timestamp"])
        if self.now is not None and minute_of(at) > minute_of(self.now):
            self.note(minute_of(self.now))
        self.now = max(at, self.now or at)
        wallet, symbol = record.get("wallet_address"), record.get("symbol")
        match record["type"]:
            case "price":
                self.mark(symbol, record["price"], at, is_tick=True)
            case "participant_joined":
                self.names[wallet] = record["username"]
                self.portfolios[wallet] = ledger.Portfolio(STAKE)
            case "deposit":
                self.portfolios[wallet].move(ledger.units(record["amount"]))
            case "withdrawal":
                self.portfolios[wallet].move(-ledger.units(record["amount"]))
            case "trade":
                self.portfolios[wallet].trade(symbol, record["side"], ledger.units(record["amount"]),
                                              ledger.units(record["price"]), ledger.units(record["fee"]), at)
                self.mark(symbol, record["price"], at, is_tick=False)
                self.last_record[self.names[wallet], symbol] = (seq, record["trade_id"], place[2], *stretch)
            case "contest_completed":
                self.note(minute_of(self.now))
                self.ended_at = at

    def mark(self, symbol, price, at, is_tick):
        """The newest tick; until there is one, the newest trade."""
        if is_tick and symbol not in self.ticked:
            self.ticked.add(symbol)
            self.marked_at.pop(symbol, None)
        if is_tick == (symbol in self.ticked) and at >= self.marked_at.get(symbol, at):
            self.marks[symbol], self.marked_at[symbol] = ledger.units(price), at

    def note(self, minute):
        worth = []
        for wallet, portfolio in self.portfolios.items():
            equity = portfolio.equity(self.marks)
            worth.append((ledger.performance(equity, portfolio.put_in), self.names[wallet], equity, portfolio.put_in))
        worth.sort(key=lambda entry: (-entry[0], entry[1]))
        self.minutes.append(minute)
        self.boards.append([Standing(1 + sum(other[0] > percent for other in worth), name, equity, percent, put_in)
                            for percent, name, equity, put_in in worth])

    def board(self, minute):
        """How all stood at the newest minute up to this one; nothing before the first."""
        index = bisect.bisect_right(self.minutes, minute)
        return self.boards[index - 1] if index else []

    def board_before(self, time):
        return self.board(time - timedelta(microseconds=1))

    def portfolio(self, username):
        [wallet] = [wallet for wallet, name in self.names.items() if name == username]
        return self.portfolios[wallet]
