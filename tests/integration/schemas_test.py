"""docs/schemas against the decoder, in both directions: golden records, mutants, every edge, the examples of the page.

A schema may take what the decoder refuses only by a rule of schema_limits.py, and may refuse nothing that it takes.
"""

import collections
import json
import re
import unittest

from jsonschema import Draft202012Validator

from event_checker import verdicts
from event_edges import edges
from event_mutants import Mutants
from event_schemas import Schemas, parsed
from schema_limits import LIMITS, limit_met
from stack import ROOT

SEED = 2026
STRUCTURED, OF_BYTES = 1_200, 200   # mutants of each type
LEAST = 150                         # of each verdict for each type
SCHEMAS = Schemas()
PAGE = (ROOT / "docs/events.md").read_text()


def golden():
    """(file, topic, record, entry) of every golden record that fits on a line."""
    for path in sorted((ROOT / "tests/golden").glob("*.json")):
        content = json.loads(path.read_text())
        for entry in content.get("accepted", []) + content.get("refused", []):
            record = bytes.fromhex(entry["record_hex"]) if "record_hex" in entry else entry["record"].encode()
            if b"\n" not in record:
                yield path.stem, content["topic"], record, entry


def taken_by_schema(record):
    try:
        return SCHEMAS.accepts(parsed(record))
    except ValueError:
        return False   # no JSON for any library


class Comparison:
    """Of what the decoder and the schemas say to records; `wrong` is where they may not differ as they do."""

    def __init__(self, records, *words):
        self.limits, self.wrong = collections.Counter(), []
        self.verdicts = verdicts(records, *words)
        for record, verdict in zip(records, self.verdicts, strict=True):
            by_schema, taken = taken_by_schema(record), verdict["verdict"] == "ok"
            if by_schema == taken:
                continue
            limit = limit_met(record, verdict) if by_schema else None
            self.limits[limit] += 1
            if limit is None:
                self.wrong.append(f"{'taken' if taken else verdict}, the schema says otherwise: {record[:400]!r}")


class SchemasTest(unittest.TestCase):
    def agree(self, comparison):
        self.assertEqual(comparison.wrong[:5], [], f"and {len(comparison.wrong) - 5} more")

    def test_every_event_has_a_schema_and_it_is_one(self):
        [verdict] = verdicts([b'{"type":"none"}'])
        self.assertEqual(sorted(verdict["wanted"].removeprefix("one of ").split(", ")), SCHEMAS.types)
        for schema in SCHEMAS.files.values():
            Draft202012Validator.check_schema(schema)

    def test_golden_records_are_taken_by_both_or_by_neither(self):
        records = list(golden())
        for topic in ("trades", "prices", "status"):
            mine = [(record, entry) for _, home, record, entry in records if home == topic]
            said = verdicts([record for record, _ in mine], "--topic", topic)
            for (_, entry), verdict in zip(mine, said, strict=True):
                with self.subTest(entry["name"]):
                    self.assertEqual((verdict.get("code"), verdict.get("field", "")), (entry.get("code"), entry.get("field", "")))
        comparison = Comparison([record for _, _, record, _ in records])
        self.agree(comparison)
        print(f"{len(records)} golden records; by what a schema cannot say: {dict(comparison.limits)}")

    def test_a_schema_takes_its_own_event_alone(self):
        records = [parsed(record) for *_, record, entry in golden() if "encoded" in entry]
        for kind in SCHEMAS.types:
            wrong = [event for event in records if event["type"] != kind and SCHEMAS.takes(kind, event)]
            mine = next(event for event in records if event["type"] == kind)
            without = {name: value for name, value in mine.items() if name != "type"}
            wrong += [event for event in (without, mine | {"type": kind.title()}, [], None, "x", 1) if SCHEMAS.takes(kind, event)]
            self.assertTrue(SCHEMAS.takes(kind, mine))
            self.assertEqual(wrong, [], kind)

    def test_mutants_are_taken_by_both_or_by_neither(self):
        records = {}
        for kind in SCHEMAS.types:
            bases = [record.decode() for file, _, record, entry in golden()
                     if file == kind and "encoded" in entry and not re.search(rb":\s*[\[{]", record)]
            mutants = Mutants(f"{SEED} {kind}", bases)
            made = [*mutants.of_types(), *(mutants.structured() for _ in range(STRUCTURED)),
                    *(mutants.of_bytes() for _ in range(OF_BYTES))]
            records[kind] = [record for record in made if b"\n" not in record]
        comparison = Comparison([record for made in records.values() for record in made])
        self.agree(comparison)
        said = iter(comparison.verdicts)
        for kind, made in records.items():
            mine = [next(said) for _ in made]
            count = collections.Counter(verdict["verdict"] for verdict in mine)
            self.assertGreater(min(count["ok"], count["refused"]), LEAST, f"{kind}: {count}")
            fields = {verdict["field"] for verdict in mine if verdict.get("code") == "INVALID_FIELD"}
            self.assertLessEqual(SCHEMAS.fields(kind), fields, f"{kind}: each field is refused once")
        self.assertGreater(len(comparison.verdicts), 10_000)
        self.assertEqual(set(comparison.limits), set(LIMITS), "each limit is met, and no other")
        print(f"{len(comparison.verdicts)} mutants; by what a schema cannot say: {dict(comparison.limits)}")

    def test_values_at_every_edge_are_taken_by_both_or_by_neither(self):
        records = edges(SEED)
        comparison = Comparison([record for made in records.values() for record in made])
        self.agree(comparison)
        said = iter(comparison.verdicts)
        counts = {kind: dict(collections.Counter(next(said)["verdict"] for _ in made)) for kind, made in records.items()}
        self.assertGreater(min(count[verdict] for count in counts.values() for verdict in ("ok", "refused")), 10)
        print(f"{len(comparison.verdicts)} values: {counts}; by what a schema cannot say: {dict(comparison.limits)}")

    def test_the_examples_of_the_page_fit(self):
        examples = [line for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S) for line in block.splitlines()]
        self.assertGreater(len(examples), len(SCHEMAS.types))
        for example in examples:
            self.assertTrue(taken_by_schema(example.encode()), example)

    def test_the_page_names_what_a_schema_cannot_say(self):
        [section] = re.findall(r"^\*\*What a schema cannot say\.\*\*.*?\n\n\|(.*?)\n\n", PAGE, re.M | re.S)
        named = [row.split("|")[1].strip() for row in section.splitlines()[2:]]
        self.assertEqual(named, list(LIMITS))


if __name__ == "__main__":
    unittest.main(verbosity=2)
