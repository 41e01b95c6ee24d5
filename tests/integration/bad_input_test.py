"""Bad input in the log: every refusal is kept with its place, code and sentence, and nothing behind it suffers."""

import json
import re
import signal
import subprocess
import time
import unittest
import uuid
from datetime import datetime, timedelta, timezone

from event_checker import check
from stack import BIN, ROOT, Stack, until

STACK = Stack("shared")
PARTITION, OTHER_PARTITION = 1, 2
RUN = uuid.uuid4().hex[:8]   # the log of the shared stack is everybody's
CONTEST, UPCOMING, ENDED = (f"{name}-{RUN}" for name in ("bad", "upcoming", "ended"))
SYMBOL = f"BAD{RUN}"


def iso(seconds_from_now=0.0):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds_from_now)).isoformat().replace("+00:00", "Z")


def created(contest, **changes):
    return {"type": "contest_created", "timestamp": iso(), "contest_id": contest, "name": "Bad input",
            "starting_balance": "1000", "prize_pool": 0, "starts_at": iso(), "ends_at": iso(3600)} | changes


def step(kind, contest):
    return {"type": kind, "timestamp": iso(), "contest_id": contest}


def joined(contest, wallet="alice", **changes):
    return {"type": "participant_joined", "timestamp": iso(), "contest_id": contest, "wallet_address": wallet,
            "username": wallet} | changes


def trade(number, contest=CONTEST, **changes):
    return {"type": "trade", "timestamp": iso(), "contest_id": contest, "trade_id": f"t{number}", "wallet_address": "alice",
            "symbol": SYMBOL, "side": "buy", "amount": "1", "price": "2"} | changes


def transfer(kind, contest=CONTEST, **changes):
    return {"type": kind, "timestamp": iso(), "contest_id": contest, "wallet_address": "alice", "amount": "5"} | changes


def price(**changes):
    return {"type": "price", "timestamp": iso(), "symbol": SYMBOL, "price": "2"} | changes


def without(record, field):
    return {name: value for name, value in record.items() if name != field}


def with_raw(record, field, raw):
    """The record with a value that json.dumps would not write."""
    return json.dumps(record | {field: "@@"}).replace('"@@"', raw)


def nested(levels):
    return json.dumps(trade("nested")).replace('"side"', '"deep": ' + "[" * levels + "]" * levels + ', "side"')


SETTING_UP = [created(CONTEST), joined(CONTEST), step("contest_started", CONTEST), created(UPCOMING), joined(UPCOMING),
              created(ENDED), joined(ENDED), step("contest_started", ENDED), step("contest_completed", ENDED),
              trade("taken")]

# (what it is, the record, code, field); None as code: applied or a harmless retry.
TRADES = [
    ("nothing", b"", "MALFORMED_JSON", None),
    ("a tombstone", None, "MALFORMED_JSON", None),
    ("no JSON", b"hello", "MALFORMED_JSON", None),
    ("a cut record", json.dumps(trade(0))[:-9], "MALFORMED_JSON", None),
    ("two records", json.dumps(trade(0)) * 2, "MALFORMED_JSON", None),
    ("an array", json.dumps([trade(0)]), "MALFORMED_JSON", None),
    ("null", b"null", "MALFORMED_JSON", None),
    ("a number", b"17", "MALFORMED_JSON", None),
    ("no UTF-8", json.dumps(trade(0)).replace("alice", "al\udcffce").encode(errors="surrogateescape"),
     "MALFORMED_JSON", None),
    ("a byte order mark", b"\xef\xbb\xbf" + json.dumps(trade(0)).encode(), "MALFORMED_JSON", None),
    ("a key twice", json.dumps(trade(0)).replace('"side": "buy"', '"side": "buy", "side": "sell"'), "MALFORMED_JSON", None),
    ("too big", json.dumps(trade(0, note="x" * 65536)), "MALFORMED_JSON", None),
    ("too deep", nested(100), "MALFORMED_JSON", None),
    ("no type", without(trade(0), "type"), "UNKNOWN_TYPE", "type"),
    ("a number as type", trade(0, type=5), "UNKNOWN_TYPE", "type"),
    ("an unknown type", trade(0, type="gift"), "UNKNOWN_TYPE", "type"),
    ("a type of the other topic", price(), "UNKNOWN_TYPE", "type"),
    ("a negative amount", trade(0, amount="-1"), "INVALID_FIELD", "amount"),
    ("an amount of zero", trade(0, amount=0), "INVALID_FIELD", "amount"),
    ("a plus sign", trade(0, amount="+1"), "INVALID_FIELD", "amount"),
    ("no digit before the point", trade(0, amount=".5"), "INVALID_FIELD", "amount"),
    ("a leading zero", trade(0, amount="01"), "INVALID_FIELD", "amount"),
    ("19 places", trade(0, amount="0.1234567890123456789"), "INVALID_FIELD", "amount"),
    ("an amount of 10^20", trade(0, amount="1e20"), "INVALID_FIELD", "amount"),
    ("a product of 10^20", trade(0, amount="1e10", price="1e10"), "INVALID_FIELD", None),
    ("true as a price", trade(0, price=True), "INVALID_FIELD", "price"),
    ("a negative fee", trade(0, fee="-0.1"), "INVALID_FIELD", "fee"),
    ("no symbol", without(trade(0), "symbol"), "INVALID_FIELD", "symbol"),
    ("a number as symbol", trade(0, symbol=7), "INVALID_FIELD", "symbol"),
    ("an empty symbol", trade(0, symbol=""), "INVALID_FIELD", "symbol"),
    ("an id of 201 bytes", trade("x" * 200), "INVALID_FIELD", "trade_id"),
    ("a NUL in a symbol", trade(0, symbol="A\0B"), "INVALID_FIELD", "symbol"),
    ("a lone surrogate", with_raw(trade(0), "symbol", r'"\ud800"'), "INVALID_FIELD", "symbol"),
    ("neither buy nor sell", trade(0, side="hold"), "INVALID_FIELD", "side"),
    ("no timestamp", without(trade(0), "timestamp"), "INVALID_FIELD", "timestamp"),
    ("a date alone", trade(0, timestamp="2025-11-13"), "INVALID_FIELD", "timestamp"),
    ("another zone", trade(0, timestamp="2025-11-13T12:00:00+02:00"), "INVALID_FIELD", "timestamp"),
    ("milliseconds as text", trade(0, timestamp="1763000000000"), "INVALID_FIELD", "timestamp"),
    ("half a millisecond", trade(0, timestamp=1763000000000.5), "INVALID_FIELD", "timestamp"),
    ("two minutes ahead", trade(0, timestamp=iso(120)), "INVALID_FIELD", "timestamp"),
    ("a withdrawal of nothing", transfer("withdrawal", amount="0.0"), "INVALID_FIELD", "amount"),
    ("an unknown contest", trade(0, contest=f"none-{RUN}"), "UNKNOWN_CONTEST", None),
    ("joining an unknown contest", joined(f"none-{RUN}"), "UNKNOWN_CONTEST", None),
    ("trading before the start", trade(0, contest=UPCOMING), "CONTEST_NOT_ACTIVE", None),
    ("ending before the start", step("contest_completed", UPCOMING), "CONTEST_NOT_ACTIVE", None),
    ("trading after the end", trade(0, contest=ENDED), "CONTEST_NOT_ACTIVE", None),
    ("depositing after the end", transfer("deposit", contest=ENDED), "CONTEST_NOT_ACTIVE", None),
    ("joining after the end", joined(ENDED, "bob"), "CONTEST_NOT_ACTIVE", None),
    ("a stranger's trade", trade(0, wallet_address="mallory"), "NOT_A_PARTICIPANT", None),
    ("a stranger's deposit", transfer("deposit", wallet_address="mallory"), "NOT_A_PARTICIPANT", None),
    ("a stranger leaving", joined(CONTEST, "mallory", type="participant_left"), "NOT_A_PARTICIPANT", None),
    ("a trade_id with other content", trade("taken", amount="2"), "DUPLICATE_CONFLICT", None),
    ("a contest with other content", created(CONTEST, name="Other"), "DUPLICATE_CONFLICT", None),
    ("joining with another name", joined(CONTEST, username="alicia"), "DUPLICATE_CONFLICT", None),
    ("the same trade again", SETTING_UP[-1], None, None),
    ("starting twice", step("contest_started", CONTEST), None, None),
    ("joining twice", joined(CONTEST), None, None),
    ("the same contest again", SETTING_UP[0], None, None),
    ("an exponent", trade("exponent", amount="1e-3"), None, None),
    ("a number of 18 places", with_raw(trade("exact"), "amount", "0.000000000000000001"), None, None),
    ("trailing zeros past 18 places", trade("zeros", amount="1.50000000000000000000000"), None, None),
    ("type last and fields of no meaning", dict(reversed((trade("last") | {"note": {"a": [None]}}).items())), None, None),
    ("an optional field that is null", trade("null", fee=None), None, None),
    ("epoch milliseconds", trade("epoch", timestamp=int(time.time() * 1000)), None, None),
    ("a late trade", trade("late", timestamp="2025-11-13T12:00:00Z"), None, None),
    ("half a minute ahead", trade("ahead", timestamp=iso(30)), None, None),
    ("100 levels", nested(99).replace("tnested", "deep"), None, None),
]

PRICES = [
    ("no JSON", b"{", "MALFORMED_JSON", None),
    ("a type of the other topic", trade(0), "UNKNOWN_TYPE", "type"),
    ("a price of zero", price(price="0"), "INVALID_FIELD", "price"),
    ("a size of zero", price(size=0), "INVALID_FIELD", "size"),
    ("an unknown side", price(size=1, side="BUY"), "INVALID_FIELD", "side"),
    ("an empty name", {"type": "token", "timestamp": iso(), "symbol": SYMBOL}, "INVALID_FIELD", "name"),
    ("two minutes ahead", price(timestamp=iso(120)), "INVALID_FIELD", "timestamp"),
    ("a tick", price(size="3", side="sell"), None, None),
    ("a late tick", price(timestamp="2025-11-13T12:00:00Z", price="99"), None, None),
    ("a name", {"type": "token", "timestamp": iso(), "symbol": SYMBOL, "name": "Bad"}, None, None),
]


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wanted, cls.sent = {}, {}   # (topic, partition, offset) -> (code, field, what), bytes
        STACK.produce("trades", SETTING_UP, PARTITION, key=CONTEST)
        for topic, cases in (("trades", TRADES), ("prices", PRICES)):
            cls.send(topic, cases, PARTITION)
        STACK.settle()
        cls.send("trades", [("a contest's trade elsewhere", trade("elsewhere"), "WRONG_PARTITION", None)], OTHER_PARTITION)
        cls.send("prices", [("a symbol's tick elsewhere", price(price="77"), "WRONG_PARTITION", None)], OTHER_PARTITION)
        cls.send("trades", [("a trade behind all that", trade("behind"), None, None)], PARTITION)
        STACK.settle()
        cls.rows = {tuple(row[:3]): row[3:] for row in STACK.sql(
            'SELECT topic, partition, "offset", code, field, reason, key, value FROM duel.dead_letters')}

    @classmethod
    def send(cls, topic, cases, partition):
        offsets = STACK.produce(topic, [record for _, record, *_ in cases], partition, key=f"key-{RUN}")
        for offset, (what, record, code, field) in zip(offsets, cases, strict=True):
            content = json.dumps(record).encode() if isinstance(record, dict) else record or b""
            cls.wanted[topic, partition, offset] = (code, field, what)
            cls.sent[topic, partition, offset] = content if isinstance(content, bytes) else content.encode()

    def test_each_refusal_has_its_code_and_nothing_else_is_refused(self):
        for place, (code, field, what) in self.wanted.items():
            with self.subTest(what):
                found = self.rows.get(place, (None, None, "", None, None))
                self.assertEqual(found[0], code, found[2])
                if field:
                    self.assertEqual(found[1], field)

    def test_each_refusal_has_a_sentence(self):
        for place, (code, field, what) in self.wanted.items():
            if code:
                with self.subTest(what):
                    reason = self.rows[place][2]
                    self.assertTrue(reason and "\n" not in reason)
                    if field:
                        self.assertIn(field, reason)

    def test_a_refused_record_is_kept_byte_for_byte(self):
        for place, (code, _, what) in self.wanted.items():
            if code:
                with self.subTest(what):
                    self.assertEqual(bytes(self.rows[place][4]), self.sent[place])
                    self.assertEqual(self.rows[place][3], f"key-{RUN}")

    def test_the_topic_has_the_same_with_headers(self):
        letters = {}
        for message in STACK.log("dead-letters"):
            headers = {name: value.decode() for name, value in message.headers()}
            place = headers["topic"], int(headers["partition"]), int(headers["offset"])
            self.assertNotIn(place, letters, "twice in the topic")
            letters[place] = headers, message
        for place, (code, _, what) in self.wanted.items():
            with self.subTest(what):
                self.assertEqual(place in letters, code is not None)
                if code:
                    headers, message = letters[place]
                    self.assertEqual(headers["code"], code)
                    self.assertEqual(headers["reason"], self.rows[place][2])
                    self.assertEqual(message.value() or b"", self.sent[place])
                    self.assertEqual(message.key(), f"key-{RUN}".encode())

    def test_a_check_of_the_line_says_what_the_log_says_of_it(self):
        """Wherever the line alone decides."""
        for topic in ("trades", "prices"):
            places = [place for place in self.sent if place[0] == topic and b"\n" not in self.sent[place]]
            done = check("--topic", topic, "-", text=b"".join(self.sent[place] + b"\n" for place in places))
            for number, (place, said) in enumerate(zip(places, done.stdout.splitlines(), strict=True), 1):
                code, _, what = self.wanted[place]
                reason = self.rows[place][2] if code else ""
                with self.subTest(what):
                    if code in ("MALFORMED_JSON", "UNKNOWN_TYPE", "INVALID_FIELD") and what != "two minutes ahead":
                        self.assertEqual(said, f"-:{number}: " + (reason if reason.startswith(code) else f"{code}: {reason}"))
                    else:
                        self.assertIn(": ok: ", said)

    def test_what_became_of_a_record_is_asked_as_the_page_says(self):
        [lines] = re.findall(r"^```sql\n(.*?)^```", (ROOT / "docs/events.md").read_text(), re.M | re.S)
        wait, look = lines.splitlines()
        for (topic, partition, offset), (code, _, what) in self.wanted.items():
            if topic == "trades":
                with self.subTest(what):
                    mine = [query.replace("3, 1742", f"{partition}, {offset}").replace("= 3", f"= {partition}").replace("1742", str(offset))
                            for query in (wait, look)]
                    self.assertEqual(STACK.sql(mine[0]), [(True,)])
                    self.assertEqual([row[0] for row in STACK.sql(mine[1])], [code] if code else [])

    def test_what_stood_between_the_refusals_is_applied(self):
        trades = STACK.sql("SELECT trade_id FROM duel.trades WHERE contest_id = %s ORDER BY seq", CONTEST)
        self.assertEqual([row[0] for row in trades],
                         ["ttaken", "texponent", "texact", "tzeros", "tlast", "tnull", "tepoch", "tlate", "tahead",
                          "deep", "tbehind"])

    def test_a_late_tick_and_a_refused_one_move_no_price(self):
        self.assertEqual(STACK.sql("SELECT price FROM duel.prices WHERE symbol = %s", SYMBOL), [(2,)])
        self.assertEqual(STACK.sql("SELECT DISTINCT mark_price FROM duel.positions WHERE contest_id = %s", CONTEST), [(2,)])

    def test_the_order_of_the_log_decides_and_not_the_timestamps(self):
        self.assertEqual(STACK.sql("SELECT status, total_participants FROM duel.contests WHERE contest_id = %s", ENDED),
                         [("completed", 1)])
        self.assertEqual(STACK.sql("SELECT status FROM duel.contests WHERE contest_id = %s", UPCOMING), [("upcoming",)])


class IdlePipe(unittest.TestCase):
    def test_replay_stops_when_told_to_and_keeps_what_came(self):
        for signal_sent in (signal.SIGINT, signal.SIGTERM):
            symbol = f"PIPE{uuid.uuid4().hex[:8]}"
            process = subprocess.Popen([f"{BIN}/duel-ingest", "replay", "-"], env=STACK.environment | STACK.env,
                                       stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
            process.stdin.write(json.dumps({"type": "price", "symbol": symbol, "price": "1", "timestamp": 0}).encode() + b"\n{half")
            process.stdin.flush()
            found = lambda: [message for message in STACK.log("prices") if message.key() == symbol.encode()]
            until(found, 20, "the line before the pause is not in the log")
            process.send_signal(signal_sent)
            self.assertEqual(process.wait(10), 130)
            self.assertEqual(len(found()), 1)
            process.stdin.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
