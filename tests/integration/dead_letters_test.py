"""Refused records: found, shown and sent again by `dead-letters`; and a log of which a third is bad loses nothing."""

import json
import random
import time
import unittest
import uuid
from collections import Counter
from datetime import datetime, timedelta, timezone

from nasty_stream import NastyStream
from stack import Stack

STACK = Stack("shared")
PARTITION = 3
REFUSED = 3   # exit status
RUN = uuid.uuid4().hex[:8]   # the log of the shared stack is everybody's
CONTEST, SYMBOL = f"letters-{RUN}", f"LET{RUN}"


def iso(seconds_from_now=0.0):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds_from_now)).isoformat().replace("+00:00", "Z")


def opening(contest, wallets=("alice",)):
    step = {"timestamp": iso(), "contest_id": contest}
    return [{"type": "contest_created", "name": "Letters", "starting_balance": "1000000", "prize_pool": 0, "starts_at": iso(),
             "ends_at": iso(3600)} | step,
            *({"type": "participant_joined", "wallet_address": wallet, "username": wallet} | step for wallet in wallets),
            {"type": "contest_started"} | step]


def trade(number, contest=CONTEST, **changes):
    return {"type": "trade", "timestamp": iso(), "contest_id": contest, "trade_id": f"t{number}", "wallet_address": "alice",
            "symbol": SYMBOL, "side": "buy", "amount": "1", "price": "2"} | changes


def refuse(record, partition=PARTITION, key=CONTEST):
    """Has a record refused; its place as the commands write it."""
    [offset] = STACK.produce("trades", [record], partition, key)
    STACK.sql("SELECT duel.wait_for('trades', %s, %s)", partition, offset)
    return f"trades/{partition}:{offset}"


def command(*words, status=0):
    done = STACK.run("dead-letters", *words, check=False)
    assert done.returncode == status, f"dead-letters {words} exited with {done.returncode}: {done.stdout}{done.stderr}"
    return done


def file_with(record):
    path = STACK.var / "mended.json"
    path.write_text((record if isinstance(record, str) else json.dumps(record)) + "\n")
    return path


def record_at(place):
    topic, partition, offset = place.replace(":", "/").split("/")
    return STACK.record(topic, int(partition), int(offset))


def row_of(place):
    topic, partition, offset = place.replace(":", "/").split("/")
    return STACK.sql("SELECT code, reason, field, key, value, logged_at FROM duel.dead_letters"
                     ' WHERE topic = %s AND partition = %s AND "offset" = %s', topic, partition, offset)


class DeadLetters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        STACK.produce("trades", opening(CONTEST), PARTITION, key=CONTEST)
        STACK.settle()

    def test_a_mended_record_is_applied_and_linked_and_the_old_row_stays(self):
        place = refuse(trade("mended", amount="-5"))
        self.assertIn(f" {place} INVALID_FIELD amount is \"-5\"; wanted a number above 0\n", command("list").stdout)
        before = row_of(place)

        done = command("replay", place, "--with", file_with(trade("mended", amount="5")))
        landed = done.stdout.strip()
        self.assertRegex(landed, rf"^trades/{PARTITION}:\d+$")
        self.assertEqual(done.stderr, "accepted\n")

        self.assertEqual(STACK.sql('SELECT amount, partition, "offset" FROM duel.trades WHERE contest_id = %s AND trade_id = %s',
                                   CONTEST, "tmended"), [(5, PARTITION, int(landed.split(":")[1]))])
        self.assertEqual(record_at(landed).headers(), [("replayed-from", place.encode())])
        self.assertEqual(record_at(landed).key(), record_at(place).key())
        self.assertEqual(row_of(place), before)
        self.assertEqual(row_of(landed), [])

    def test_sending_a_mended_record_twice_is_harmless(self):
        place = refuse(trade("twice", price="0"))
        mended = file_with(trade("twice"))
        for _ in range(2):
            self.assertEqual(command("replay", place, "--with", mended).stderr, "accepted\n")
        self.assertEqual(STACK.sql("SELECT count(*) FROM duel.trades WHERE contest_id = %s AND trade_id = 'ttwice'", CONTEST),
                         [(1,)])

    def test_a_record_is_sent_as_it_was_once_its_time_has_come(self):
        contest = f"later-{RUN}"
        place = refuse(trade("early", contest))
        self.assertEqual(row_of(place)[0][0], "UNKNOWN_CONTEST")
        self.assertIn("refused again: UNKNOWN_CONTEST", command("replay", place, status=REFUSED).stderr)
        STACK.produce("trades", opening(contest), PARTITION, key=contest)
        landed = command("replay", place).stdout.strip()
        self.assertEqual(record_at(landed).value(), record_at(place).value())
        self.assertEqual(STACK.sql("SELECT trade_id FROM duel.trades WHERE contest_id = %s", contest), [("tearly",)])

    def test_the_key_is_kept_whatever_it_is(self):
        for key in (b"\xff\x00\xfe", None, b"", b"wallet"):
            with self.subTest(key):
                place = refuse(b"no event", key=key)
                mended = file_with(trade(uuid.uuid4().hex))
                self.assertEqual(record_at(command("replay", place, "--with", mended).stdout.strip()).key(),
                                 record_at(place).key())

    def test_what_would_be_refused_again_is_not_sent(self):
        place = refuse(b"no event")
        ends = STACK.ends("trades")
        for mended, words in (
                (None, "MALFORMED_JSON no event; wanted one JSON object"),
                ("{}", "UNKNOWN_TYPE"),
                (trade(1, side="hold"), 'INVALID_FIELD side is "hold"'),
                (trade(1) | {"type": "price"}, "UNKNOWN_TYPE"),
                (trade(1, timestamp=iso(600)), "INVALID_FIELD timestamp is"),
        ):
            with self.subTest(words):
                options = ("--with", file_with(mended)) if mended else ()
                done = command("replay", place, *options, status=REFUSED)
                self.assertIn(f"not sent, it would be refused: {words}", done.stderr)
                self.assertEqual(done.stdout, "")
        elsewhere = refuse(trade("elsewhere"), partition=1)
        self.assertIn(f"WRONG_PARTITION partition is 1; wanted the home of contest:{CONTEST}, partition {PARTITION}",
                      command("replay", elsewhere, status=REFUSED).stderr)
        self.assertEqual(STACK.ends("trades"), ends | {1: ends[1] + 1})

    def test_one_record_is_shown_with_everything_that_is_known(self):
        record = json.dumps(trade("shown", amount="-1")).replace("alice", "al\\u001bice") + "\x1b[2J"
        place = refuse(record)
        shown = command("show", place).stdout
        [(code, reason, _, key, value, logged_at)] = row_of(place)
        for words in (place, code, reason, key, f"contest/{PARTITION}", f"{len(record)} bytes",
                      logged_at.isoformat(timespec="milliseconds").removesuffix("+00:00")):
            self.assertIn(words, shown)
        self.assertIn(r"\x1b[2J", shown)
        self.assertNotIn("\x1b", shown, "a record does not get at the terminal")
        self.assertEqual(command("show", place, "--raw").stdout.encode(), bytes(value))

    def test_the_list_is_narrowed_down(self):
        started = iso(-0.002)   # log times are whole milliseconds
        one, two, three = (refuse(record) for record in (b"one", b"two", trade(0, f"none-{RUN}")))
        lines = command("list", "--since", started).stdout.splitlines()
        self.assertEqual([line.split()[1:3] for line in lines],
                         [[three, "UNKNOWN_CONTEST"], [two, "MALFORMED_JSON"], [one, "MALFORMED_JSON"]])
        lines = command("list", "--since", started, "--code", "MALFORMED_JSON", "--topic", "trades").stdout.splitlines()
        self.assertEqual([line.split()[1] for line in lines], [two, one])
        self.assertIn("two;", lines[0])
        limited = command("list", "--limit", "1")
        self.assertEqual(len(limited.stdout.splitlines()), 1)
        self.assertIn("there are older ones", limited.stderr)
        nothing = command("list", "--since", started, "--topic", "prices")
        self.assertEqual((nothing.stdout, nothing.stderr), ("", "no dead letters\n"))

    def test_a_wrong_question_gets_a_clear_answer(self):
        for words, status, answer in (
                (("show", "trades/0:8000000000"), 1, "trades/0:8000000000: no record of this place was refused"),
                (("show",), 2, "PLACE is required"),
                (("replay", "feed/0:1"), 2, "wanted a place such as trades/3:17"),
                (("replay", "trades/0"), 2, "wanted a place such as trades/3:17"),
                (("list", "--code", "BAD"), 2, "MALFORMED_JSON"),
                (("burn",), 2, "list, show, replay"),
        ):
            with self.subTest(words):
                self.assertIn(answer, command(*words, status=status).stderr)


class Rehearsed(unittest.TestCase):
    """What `duel-projector check` says of a file is what becomes of its records in a log that knows nothing of them."""

    def test_a_file_fares_as_it_was_told_to(self):
        stream = NastyStream(20251127, f"rehearsed-{RUN}")
        records = [record for topic, _, record in stream.take(4000) + stream.finish() + stream.take(300) if topic == "trades"]
        said = self.verdicts(records)
        offsets = STACK.produce("trades", records, PARTITION)
        STACK.settle()
        first, last = offsets[0], offsets[-1]
        self.assertEqual(offsets, list(range(first, last + 1)), "nobody else writes meanwhile")

        refused = {first + number: (verdict["code"], verdict.get("field", "")) for number, verdict in enumerate(said)
                   if verdict["verdict"] == "refused"}
        self.assertEqual(refused, {offset: (code, field or "") for offset, code, field in STACK.sql(
            'SELECT "offset", code, field FROM duel.dead_letters'
            " WHERE topic = 'trades' AND partition = %s AND \"offset\" BETWEEN %s AND %s", PARTITION, first, last)})
        traded = {first + number for number, verdict in enumerate(said)
                  if verdict["verdict"] == "ok" and verdict["type"] == "trade"}
        self.assertEqual(traded, {offset for offset, in STACK.sql(
            'SELECT "offset" FROM duel.trades WHERE partition = %s AND "offset" BETWEEN %s AND %s', PARTITION, first, last)})
        found = Counter(verdict.get("code", verdict["verdict"]) for verdict in said)
        print(dict(found))
        self.assertLessEqual({"ok", "retry", "MALFORMED_JSON", "UNKNOWN_TYPE", "INVALID_FIELD", "UNKNOWN_CONTEST", "CONTEST_NOT_ACTIVE",
                              "NOT_A_PARTICIPANT", "DUPLICATE_CONFLICT"}, set(found))

    def test_a_contest_that_runs_is_played_from_its_log(self):
        contest = f"running-{RUN}"
        STACK.produce("trades", opening(contest), PARTITION, contest)
        log, mine = STACK.var / "log.jsonl", STACK.var / "mine.jsonl"
        STACK.program("duel-ingest", "dump", log, check=False)   # others have written what no line can hold
        mine.write_text("".join(json.dumps(trade(wallet, contest, wallet_address=wallet)) + "\n" for wallet in ("alice", "mallory")))
        said = STACK.program("duel-projector", "check", log, mine, check=False).stdout.splitlines()
        self.assertEqual([line.partition("mine.jsonl:")[2].split(": ")[:2] for line in said[-2:]],
                         [["1", "ok"], ["2", "NOT_A_PARTICIPANT"]])

    def verdicts(self, records):
        path = STACK.var / "rehearsed.jsonl"
        path.write_text("".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records))
        done = STACK.program("duel-projector", "check", "--json", "--topic", "trades", path, check=False)
        self.assertEqual(done.returncode, REFUSED, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]


class AThirdIsBad(unittest.TestCase):
    """One record of three is refused: nothing stalls, and each is either applied or a dead letter."""

    RECORDS, PARTITIONS, WALLETS = 60_000, 4, tuple(f"w{n}" for n in range(50))

    def bad(self, dice, contest, elsewhere):
        """A record that is refused, and its code."""
        number = f"bad{dice.random()}"
        return dice.choice((
            (b"{" + dice.randbytes(dice.randrange(200)), "MALFORMED_JSON"),
            (json.dumps(trade(number, contest))[:-dice.randrange(1, 90)], "MALFORMED_JSON"),
            (trade(number, contest, type="gift"), "UNKNOWN_TYPE"),
            (trade(number, contest, amount="-1"), "INVALID_FIELD"),
            (trade(number, contest, timestamp=iso(600)), "INVALID_FIELD"),
            (trade(number, f"none-{RUN}"), "UNKNOWN_CONTEST"),
            (trade(number, contest, wallet_address="mallory"), "NOT_A_PARTICIPANT"),
            (trade("first", contest, wallet_address="w0", price="3"), "DUPLICATE_CONFLICT"),
            (trade(number, elsewhere, wallet_address="w0"), "WRONG_PARTITION"),
        ))

    def test_everything_is_accounted_for(self):
        dice = random.Random(20251126)
        contests = [f"third-{n}-{RUN}" for n in range(self.PARTITIONS)]
        for partition, contest in enumerate(contests):
            STACK.produce("trades", [*opening(contest, self.WALLETS), trade("first", contest, wallet_address="w0")], partition,
                          contest)
        STACK.settle()

        records = {partition: [] for partition in range(self.PARTITIONS)}
        for number in range(self.RECORDS):
            partition = number % self.PARTITIONS
            contest, elsewhere = contests[partition], contests[partition - 1]
            good = trade(number, contest, wallet_address=dice.choice(self.WALLETS), fee="0.01"), None
            records[partition].append(good if dice.randrange(3) else self.bad(dice, contest, elsewhere))
        started = time.monotonic()
        wanted, applied = {}, set()
        for partition, part in records.items():
            offsets = STACK.produce("trades", [record for record, _ in part], partition, contests[partition])
            for offset, (_, code) in zip(offsets, part, strict=True):
                if code:
                    wanted[partition, offset] = code
                else:
                    applied.add((partition, offset))
        STACK.settle()
        took = time.monotonic() - started

        first = {partition: min(place[1] for place in (*wanted, *applied) if place[0] == partition) for partition in records}
        found = {row[:2]: row[2] for row in STACK.sql(
            "SELECT partition, \"offset\", code FROM duel.dead_letters WHERE topic = 'trades'") if row[1] >= first[row[0]]}
        trades = {row[:2] for row in STACK.sql(
            'SELECT partition, "offset" FROM duel.trades WHERE contest_id = ANY(%s)', contests) if row[1] >= first[row[0]]}
        print(f"{len(trades)} applied + {len(found)} refused = {self.RECORDS} in {took:.1f} s")
        self.assertEqual(len(trades) + len(found), self.RECORDS)
        self.assertEqual(found, wanted)
        self.assertEqual(trades, applied)
        self.assertGreater(len(found), self.RECORDS * 0.3)
        self.assertLess(took, 60, "it stalled")
        in_topic = {(int(headers[b"partition"]), int(headers[b"offset"])) for headers in (
            {name.encode(): value for name, value in message.headers()} for message in STACK.log("dead-letters"))
            if headers[b"topic"] == b"trades"}
        self.assertLessEqual(set(wanted), in_topic)
        self.assertEqual(STACK.sql("SELECT * FROM duel.reconciliation_breaks"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
