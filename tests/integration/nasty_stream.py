"""A seeded stream of everything that services get right and wrong, for tests that need a log with a history.

Records go to explicit partitions of four, as producers with different partitioners would send them. Event time
starts two days ago and moves some seconds a record, so that minutes pass and nothing is from the future.
"""

import datetime
import json
import random

PARTITIONS = 4
SYMBOLS = ("SOL", "BTC", "ETH", "WIF", "BONK")


class NastyStream:
    """Makes (topic, partition, record) without end; the records of one place keep their order."""

    def __init__(self, seed, prefix="nasty"):
        self.dice = random.Random(seed)
        self.now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=2)
        self.prefix = prefix
        self.contests = {}   # contest_id -> (partition, members)
        self.wallets = [f"{prefix}-w{number}" for number in range(12)]
        self.sent = []       # trades, to be repeated
        self.count = 0

    def stamp(self, late=0):
        return (self.now - datetime.timedelta(seconds=late)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def take(self, count):
        return [self.next() for _ in range(count)]

    def next(self):
        self.count += 1
        self.now += datetime.timedelta(seconds=self.dice.choice((0, 0, 0.4, 3, 20)))
        if not self.contests or (len(self.contests) < 6 and self.dice.random() < 0.01):
            return self.create()
        kind = self.dice.choices(
            (self.tick, self.trade, self.repeat, self.join, self.leave, self.transfer, self.start, self.stray,
             self.garbage, self.early), (40, 40, 4, 8, 2, 3, 6, 2, 1, 1))[0]
        return kind() or self.tick()

    def create(self):
        contest = f"{self.prefix}-{len(self.contests)}"
        self.contests[contest] = (len(self.contests) % PARTITIONS, {})
        return self.ledger(contest, type="contest_created", name=contest, starting_balance="10000", prize_pool="1",
                           starts_at=self.stamp(), ends_at=self.stamp(), rounds=3)

    def ledger(self, contest, **fields):
        partition, _ = self.contests[contest]
        return "trades", partition, {"timestamp": self.stamp()} | fields | {"contest_id": contest}

    def pick(self):
        return self.dice.choice(list(self.contests))

    def start(self):
        return self.ledger(self.pick(), type=self.dice.choice(("contest_started", "round_started")), round=1)

    def join(self):
        contest, wallet = self.pick(), self.dice.choice(self.wallets)
        self.contests[contest][1][wallet] = True
        return self.ledger(contest, type="participant_joined", wallet_address=wallet,
                           username=self.dice.choice((wallet.upper(), wallet.upper(), "somebody else")))

    def leave(self):
        contest = self.pick()
        members = self.contests[contest][1]
        if members:
            return self.ledger(contest, type="participant_left", wallet_address=self.dice.choice(list(members)), username="-")

    def amount(self):
        return self.dice.choice(("1", "2.5", "0.333333333333333333", "0.000000000000000001", "1e6", "1000000000000000"))

    def trade(self):
        contest, wallet = self.pick(), self.dice.choice(self.wallets)
        fields = {"type": "trade", "trade_id": f"t{self.count}", "wallet_address": wallet,
                  "symbol": self.dice.choice(SYMBOLS), "side": self.dice.choice(("buy", "sell")),
                  "amount": self.amount(), "price": self.dice.choice(("1.01", "99.999999999999999999", "0.37", "250")),
                  "fee": self.dice.choice(("0", "0.1")), "timestamp": self.stamp(self.dice.choice((0, 0, 0, 90, 4000)))}
        if self.dice.random() < 0.2:   # outside any contest
            return self.remember(("trades", hash_of(wallet), fields))
        return self.remember(self.ledger(contest, **fields))

    def remember(self, sent):
        self.sent = (self.sent + [sent])[-200:]
        return sent

    def repeat(self):
        if self.sent:
            topic, partition, record = self.dice.choice(self.sent)
            changed = {"amount": "7"} if self.dice.random() < 0.3 else {}
            return topic, partition, record | changed

    def transfer(self):
        contest = self.pick()
        return self.ledger(contest, type=self.dice.choice(("deposit", "withdrawal")), amount="12.5",
                           wallet_address=self.dice.choice(self.wallets), transfer_id=f"x{self.dice.randrange(40)}")

    def tick(self):
        symbol = self.dice.choice(SYMBOLS)
        return "prices", hash_of(symbol), {
            "type": "price", "symbol": symbol, "price": f"{self.dice.uniform(0.5, 300):.6f}", "size": "1.5",
            "side": self.dice.choice(("buy", "sell")), "timestamp": self.stamp(self.dice.choice((0, 0, 0, 0, 45, 9000)))}

    def stray(self):
        """Somewhere else than at home."""
        topic, partition, record = self.dice.choice((self.tick, self.trade))()
        return topic, (partition + 1) % PARTITIONS, record

    def early(self):
        """Of a contest that does not exist yet, and then will, in another partition."""
        contest = f"{self.prefix}-{len(self.contests)}"
        return "trades", (len(self.contests) + 1) % PARTITIONS, {
            "type": "contest_started", "contest_id": contest, "timestamp": self.stamp()}

    def garbage(self):
        return self.dice.choice(("trades", "prices")), self.dice.randrange(PARTITIONS), self.dice.choice(
            ("no json", '{"type":"trade"}', '{"type":"who knows"}', {"type": "price", "symbol": "SOL", "price": "-1"}))

    def finish(self):
        """The ends of all contests: one is cancelled, the others completed."""
        return [self.ledger(contest, type="contest_cancelled" if number == 1 else "contest_completed")
                for number, contest in enumerate(self.contests)]


def hash_of(text):
    return sum(text.encode()) % PARTITIONS


def produce(stack, records):
    """Sends them and waits until Kafka has them."""
    for topic, partition, record in records:
        stack.producer.produce(topic, record if isinstance(record, str) else json.dumps(record), partition=partition)
        stack.producer.poll(0)
    assert stack.producer.flush(30) == 0
