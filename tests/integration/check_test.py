"""`duel-ingest check`: every line gets a verdict, whatever the file is, and it needs no Kafka."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest

from event_checker import PROGRAM, check
from stack import ROOT

TRADE = {"type": "trade", "timestamp": "2026-02-09T10:00:04Z", "contest_id": "cup", "trade_id": "t", "wallet_address": "w",
         "symbol": "SOL", "side": "buy", "amount": "1", "price": "2"}
TICK = {"type": "price", "timestamp": "2026-02-09T10:00:04Z", "symbol": "SOL", "price": "2"}
BLOCK = re.compile(r"^```(sh|python|text)\n(.*?)^```$", re.M | re.S)


def line(event, **changes):
    return json.dumps(event | changes).encode() + b"\n"


class Check(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, content):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(content)
        return name

    def says(self, done, status, out=None, err=None):
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        if out is not None:
            self.assertEqual(done.stdout.splitlines(), out)
        if err is not None:
            self.assertRegex(done.stderr, err)

    def test_each_line_gets_its_verdict_in_order(self):
        name = self.write("cup.jsonl", line(TRADE) + line(TRADE, amount=0) + b"\n" + line(TICK) + b"{")
        self.says(check(name, folder=self.folder), 3, [
            'cup.jsonl:1: ok: trade, topic trades, key "cup"',
            "cup.jsonl:2: INVALID_FIELD: amount is 0; wanted a number above 0",
            "cup.jsonl:3: MALFORMED_JSON; wanted one JSON object",
            'cup.jsonl:4: ok: price, topic prices, key "SOL"',
            "cup.jsonl:5: MALFORMED_JSON: {; wanted one valid JSON object and nothing after it"],
            r"^5 lines, 2 taken, 3 refused: MALFORMED_JSON 2, INVALID_FIELD 1$")

    def test_a_file_of_events_is_fine(self):
        self.says(check("-", text=line(TICK) * 1200), 0, ['-:%d: ok: price, topic prices, key "SOL"' % n for n in range(1, 1201)],
                  "^1,200 lines, 1,200 taken, 0 refused$")

    def test_quiet_names_only_what_is_refused(self):
        self.says(check("--quiet", "-", text=line(TICK) + line(TICK, price="x")), 3,
                  ['-:2: INVALID_FIELD: price is "x"; wanted a JSON number, or a text with the grammar of one'])

    def test_json_has_an_object_for_each_line(self):
        done = check("--json", "-", text=line(TRADE) + line(TICK, size="0"))
        self.says(done, 3)
        self.assertEqual([json.loads(said) for said in done.stdout.splitlines()], [
            {"file": "-", "line": 1, "verdict": "ok", "type": "trade", "topic": "trades", "key": "cup"},
            {"file": "-", "line": 2, "verdict": "refused", "code": "INVALID_FIELD", "field": "size", "value": '"0"',
             "wanted": "a number above 0"}])

    def test_a_topic_refuses_the_types_of_the_others(self):
        self.says(check("--topic", "prices", "-", text=line(TICK) + line(TRADE)), 3, [
            '-:1: ok: price, topic prices, key "SOL"', '-:2: UNKNOWN_TYPE: type is "trade"; wanted one of price, token'])

    def test_files_follow_each_other_compressed_or_not(self):
        self.write("a.jsonl", line(TICK))
        self.write("b.jsonl", line(TRADE))
        subprocess.run(["zstd", "-q", "b.jsonl"], cwd=self.folder, check=True)
        self.says(check("b.jsonl.zst", "a.jsonl", folder=self.folder), 0, [
            'b.jsonl.zst:1: ok: trade, topic trades, key "cup"', 'a.jsonl:1: ok: price, topic prices, key "SOL"'])

    def test_what_cannot_be_read_is_named(self):
        self.write("a.jsonl", line(TICK))
        for words, status, err in (
                (["none.jsonl"], 2, r"none\.jsonl: no such file"),
                (["a.jsonl", "."], 2, r"\.: a folder; wanted an event file"),
                ([], 2, "FILE"),
                (["--topic", "feed", "a.jsonl"], 2, "feed.*trades, prices or status"),
                (["/proc/self/mem"], 1, r"/proc/self/mem: Input/output error")):
            with self.subTest(words=words):
                self.says(check(*words, folder=self.folder), status, [], err)

    def test_a_file_that_was_cut_short_fails_behind_its_whole_lines(self):
        self.write("a.jsonl", b"".join(line(TICK, tick_id=os.urandom(20).hex()) for _ in range(20_000)))
        subprocess.run(["zstd", "-q", "a.jsonl"], cwd=self.folder, check=True)
        with open(os.path.join(self.folder, "a.jsonl.zst"), "rb") as file:
            whole = file.read()
        self.write("cut.jsonl.zst", whole[:len(whole) // 2])
        done = check("cut.jsonl.zst", folder=self.folder)
        self.says(done, 1, err=r"cut\.jsonl\.zst: ends inside a zstd frame: it was cut short")
        self.assertIn("cut.jsonl.zst:1: ok: price", done.stdout)

    def test_an_empty_file_refuses_nothing_and_says_so(self):
        self.says(check(self.write("empty.jsonl", b""), folder=self.folder), 0, [], r"empty\.jsonl: no line in it\n0 lines, 0 taken")

    def test_bytes_of_any_kind_are_told_in_plain_text(self):
        done = check("-", text=bytes(range(256)) * 40)
        self.says(done, 3, err="^41 lines, 0 taken, 41 refused: MALFORMED_JSON 41$")
        self.assertRegex(done.stdout, r"\A([^\x00-\x09\x0b-\x1f\x7f]*; wanted [^\x00-\x09\x0b-\x1f\x7f]*\n)*\Z")

    def test_a_record_of_65536_bytes_is_the_longest(self):
        room = 65_536 - len(line(TICK, note="")) + 1
        self.says(check("-", text=line(TICK, note="x" * room) + line(TICK, note="x" * (room + 1))), 3)
        self.assertRegex(check("--quiet", "-", text=line(TICK, note="x" * (room + 1))).stdout, "MALFORMED_JSON.*; wanted at most 65536 bytes")

    def test_a_line_of_a_gigabyte_takes_no_memory(self):
        source = subprocess.Popen(["sh", "-c", "head -c 1000000000 /dev/zero; echo; cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        source.stdin.write(line(TICK))
        source.stdin.close()
        checker = subprocess.Popen([PROGRAM, "check", "-"], stdin=source.stdout, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        source.stdout.close()
        said = checker.stdout.read().decode().splitlines()
        checker.stdout.close()
        _, status, usage = os.wait4(checker.pid, 0)
        checker.returncode = os.waitstatus_to_exitcode(status)
        source.wait()
        self.assertEqual(checker.returncode, 3)
        self.assertRegex(said[0], "^-:1: MALFORMED_JSON: .*; wanted at most 65536 bytes$")
        self.assertEqual(said[1:], ['-:2: ok: price, topic prices, key "SOL"'])
        self.assertLess(usage.ru_maxrss, 100_000, "kB")

    def test_it_stops_when_told_to_while_a_pipe_gives_nothing(self):
        for signal_sent in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen([PROGRAM, "check", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            process.stdin.write(line(TICK) + b'{"half')
            process.stdin.flush()
            time.sleep(0.3)   # it waits for the rest of the line now
            process.send_signal(signal_sent)
            self.assertEqual(process.wait(10), 130)
            self.assertEqual(process.stdout.read(), b'-:1: ok: price, topic prices, key "SOL"\n')
            self.assertEqual(process.stderr.read(), b"1 line, 1 taken, 0 refused\n")
            for end in (process.stdin, process.stdout, process.stderr):
                end.close()

    def test_a_full_disk_is_no_success(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "check", "-"], input=line(TICK), stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output", done.stderr)


class Page(unittest.TestCase):
    """The examples of docs/events.md that need no stack, with the output that stands behind each."""

    def test_the_examples_say_what_stands_behind_them(self):
        blocks = BLOCK.findall((ROOT / "docs/events.md").read_text())
        shown = [(language, text, then[1]) for (language, text), then in zip(blocks, blocks[1:]) if then[0] == "text"]
        self.assertEqual([language for language, _, _ in shown], ["python", "sh", "sh"])
        for language, text, wanted in shown:
            words = ["/usr/bin/python3", "-c", text] if language == "python" else ["bash", "-c", text]
            done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60,
                                  env=os.environ | {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"})
            self.assertEqual(done.stdout + done.stderr, wanted)


if __name__ == "__main__":
    unittest.main(verbosity=2)
