"""Every example and every table of docs/protocol.md is what a live server says, and it says nothing else."""

import asyncio
import re
import unittest

import protocol_page as page
import protocol_scenes as scenes
import protocol_stage as stage
import protocol_troubles as troubles
from wire import STACK

EXAMPLES = list(page.examples())
SHOWN = [one for one in EXAMPLES if not page.is_sent(one.value)]
SETTINGS = {"TEST_ENDPOINTS": "1", "PROXIES": "127.0.0.1", "MAX_MISSED": "20", "PATIENCE": "6s", "QUEUE_SOFT": "256kB",
            "QUEUE_HARD": "1MB"}
BREAKERS = {"health:update", "metrics:update", "breaker:trip", "breaker:reset"}   # "All have this form"
PROBLEMS = []


def setUpModule():
    STACK.restart("wsserver", **{f"DUEL_WSSERVER_{name}": value for name, value in SETTINGS.items()})
    try:
        PROBLEMS.extend(asyncio.run(play()))
    except BaseException:
        STACK.restart("wsserver")
        raise


async def play():
    """All scenes, the last of which restarts the server as it was; gives back what went wrong: (scene, exception)."""
    problems = []

    async def one(scene, *words):
        try:
            await scene(*words)
        except Exception as problem:
            problems.append((scene.__name__, problem))

    client, admin = await scenes.arrive()
    async with stage.Socket("/api/v69/ws/market-data") as listening:
        ping = asyncio.create_task(one(scenes.silence, listening))
        await one(scenes.watching, client, admin)
        await asyncio.to_thread(stage.prepare)
        await asyncio.gather(*map(one, scenes.ALL), *map(one, troubles.ALL), one(troubles.slow_reader, admin))
        await one(troubles.no_answer)
        await ping
        await admin.socket.close()
    await one(troubles.restart)
    return problems


def said(kind):
    return [message for _, message in stage.SAID if message["type"] == kind]


def is_said(value):
    if "type" not in value:
        return any(page.fits(value, body) for _, body in stage.STATUSES.values())
    return any(page.fits(value, message) for message in said(value["type"]))


class Scenes(unittest.TestCase):
    def test_every_scene_goes_on_to_its_end(self):
        for name, problem in PROBLEMS:
            with self.subTest(name):
                raise problem


class Examples(unittest.TestCase):
    def test_the_server_says_each_as_it_is_written(self):
        self.assertGreater(len(SHOWN), 30)
        for one in SHOWN:
            with self.subTest(one.text[:120]):
                kind = one.value.get("type")
                self.assertTrue(is_said(one.value), f"{one.text}\nbut\n" + "\n".join(map(str, said(kind)[-3:])))

    def test_a_field_that_is_changed_in_one_of_them_is_noticed(self):
        for one in SHOWN:
            for what, mutant in page.mutants(one.value):
                # A second without errors is a true one too.
                if mutant not in [other.value for other in SHOWN] and not what.endswith("errors.INVALID_FIELD dropped"):
                    with self.subTest(f"{one.text[:60]}: {what}"):
                        self.assertFalse(is_said(mutant))

    def test_a_cursor_holds_the_seq_and_the_channel_of_its_message(self):
        [example] = [one.value for one in SHOWN if len(one.value.get("cursor", "")) > 1]
        _, _, seq, channel = scenes.cursor_parts(example["cursor"])
        self.assertEqual((int(seq), channel), (example["seq"], example["channel"]))
        version = scenes.cursor_parts(example["cursor"])[0]
        for _, message in stage.SAID:
            if "cursor" in message:
                parts = scenes.cursor_parts(message["cursor"])
                self.assertEqual((parts[0], int(parts[2])), (version, message["seq"]), message)

    def test_clients_say_each_as_it_is_written(self):
        self.assertEqual({one.text for one in EXAMPLES if page.is_sent(one.value)}, set(stage.TRIED))

    def test_clients_are_shown_every_field_that_the_server_reads(self):
        read = set(page.source(r'fields\.(?:find|contains)\("(\w+)"\)', "wsserver/streams/*.cpp"))
        read |= set(page.source(r'texts?_of\(demand, "(\w+)"\)', "wsserver/streams/*.cpp"))
        read |= set(page.source(r'object->find\("(\w+)"\)', "wsserver/net/client_message.cpp"))
        self.assertGreater(len(read), 10)
        self.assertEqual(read, {name for one in EXAMPLES if page.is_sent(one.value) for name in one.value})


class Messages(unittest.TestCase):
    def examples_of(self, kind):
        found = [one for one in SHOWN if one.value.get("type") in (BREAKERS if kind in BREAKERS else {kind})]
        self.assertTrue(found, f"no example of {kind}")
        return found

    def test_each_has_an_example_and_every_field_of_it_is_shown_or_named(self):
        texts = page.sections()
        for kind in {message["type"] for _, message in stage.SAID}:
            with self.subTest(kind):
                found = self.examples_of(kind)
                shown = {field for one in found for field in page.fields(one.value)}
                paths = {path for path, _ in shown}
                named = {word for one in found for word in page.names(texts[one.section])}
                strange = {field for message in said(kind) for field in page.fields(message)
                           if field not in shown and (field[0] in paths or field[0][-1] not in named)}
                self.assertEqual(strange, set())

    def test_fields_come_in_the_order_of_the_examples(self):
        for kind in {message["type"] for _, message in stage.SAID}:
            with self.subTest(kind):
                orders = {}
                for one in self.examples_of(kind):
                    for path, keys in page.objects(one.value):
                        orders[path] = max(orders.get(path, []), keys, key=len)
                for message in said(kind):
                    for path, keys in page.objects(message):
                        order = [key for key in orders.get(path, []) if key in keys]
                        self.assertEqual([key for key in keys if key in order], order, message)


class Tables(unittest.TestCase):
    def test_every_endpoint_says_what_its_row_lists(self):
        for cell, _, listed in page.rows("endpoint", "who", "messages") + [(*row, "") for row in page.rows("endpoint", "shows")]:
            for path in page.names(cell):
                pattern = re.sub(r"\{id\}", "[^/]+", path.partition("?")[0]).replace("…", ".+")
                found = {message["type"] for where, message in stage.SAID if re.fullmatch(pattern, where)}
                kinds = {name for name in page.names(listed) if re.fullmatch(r"[A-Za-z_:]+", name)} - page.SENT - stage.PARAMETERS
                with self.subTest(path):
                    self.assertTrue(found, "no scene opened it")
                    self.assertLessEqual(kinds, found)

    def test_every_parameter_is_used_and_has_a_row(self):
        rows = {name for row in page.rows("parameter", "where", "meaning") for name in page.names(row[0])}
        after = page.sections()["Testing a client"]
        more = set(re.findall(r"`(rate|seed)`", after))
        self.assertEqual(rows | more, stage.PARAMETERS)

    def test_every_recovery_and_reason_is_met(self):
        answers = said("SUBSCRIBED")
        for heading, key in (("`recovery`", "recovery"), ("`reason`", "reason")):
            rows = {name for row in page.rows(heading, "meaning") for name in page.names(row[0])}
            self.assertEqual(rows, {answer[key] for answer in answers if key in answer})

    def test_every_event_has_the_fields_of_its_row(self):
        fields = set()
        for cell, _, listed in page.rows("`event`", "when", "beside `ip`"):
            [event] = page.names(cell)
            fields = (fields if "the same" in listed else set()) | set(page.names(listed))
            found = [set(message["data"]) for message in said("MONITOR_EVENT") if message["data"]["event"] == event]
            with self.subTest(event):
                self.assertIn(fields | {"event", "ip", "timestamp"}, found)
                self.assertLessEqual(set().union(*found), fields | {"event", "ip", "timestamp"})

    def test_every_error_is_met_with_what_follows(self):
        wanted = set()
        for cell, _, then in page.rows("code", "when", "then"):
            [code] = page.names(cell)
            wanted |= {(code, "stays")} if "stays" in then else set()
            wanted |= {(code, int(number)) for number in re.findall(r"closed, (\d+)", then)}
        self.assertEqual(wanted, stage.CODES)

    def test_every_code_of_the_source_is_on_the_page(self):
        told = {word for word in page.names(page.PAGE)}
        self.assertEqual(page.sent_codes() - told, set())
        listed = {word for word in told if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", word)}
        types = {one.value.get("type") for one in EXAMPLES} | {row[0].strip("`") for row in page.rows("code", "when", "then")}
        self.assertLessEqual(listed - types, set(page.codes().values()))

    def test_every_close_code_is_met(self):
        rows = {int(number) for row in page.rows("code", "meaning") for number in row[0].split(",")}
        self.assertEqual(rows, stage.CLOSES)
        never = {int(number) for number in re.findall(r"\b1\d{3}\b", page.prose(page.sections()["Testing a client"]))}
        self.assertEqual(rows | never, set(page.close_codes()))

    def test_every_status_is_met(self):
        codes = {int(number): page.names(cell) for statuses, cell, _ in page.rows("status", "code", "when")
                 for number in statuses.split(",")}
        self.assertEqual(set(codes), set(stage.STATUSES))
        for status, (_, body) in stage.STATUSES.items():
            self.assertIn(body["error"]["code"], codes[status])
        written = page.source(r"(?:UpgradeRefusal|refuse\()\s*\{\s*(\d{3}),", "wsserver/net/*.cpp")
        self.assertGreater(len(written), 5)
        self.assertLessEqual(set(map(int, written)), set(codes))
        self.assertRegex(stage.STATUSES[429][0], r"\r\nRetry-After: \d+\r\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
