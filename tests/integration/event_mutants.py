"""Records that are nearly events, by a seed: those of the golden files with one to three things changed."""

import json
import random

from nasty_values import AMOUNTS, Values

OPTIONAL = ("reason", "fee", "size", "side", "contest_id", "transfer_id", "decimals", "rounds", "supply", "source", "tick_id",
            "last_error", "image_url", "failure_threshold", "recovery_timeout_ms")
TYPES = ["null", "true", "false", "[]", "{}", "[1]", '["x"]', '{"a":1}', "0", "1", '"x"', '""']
BYTES = b'"\\,:{}[]0123456789.eE+-truefalsnTZ \t\x00\x1f\x7f\x80\xc3\xa9\xed\xa0\xff'


class Mutants:
    """`records` are texts of events without anything nested."""

    def __init__(self, seed, records):
        self.random = random.Random(seed)
        self.values = Values(self.random)
        self.records = [{name: written(value) for name, value in json.loads(text, parse_int=Token, parse_float=Token).items()}
                        for text in records]

    def structured(self):
        fields = list(self.random.choice(self.records).items())
        for _ in range(self.random.choices((1, 2, 3), (60, 30, 10))[0]):
            changes = (self.replaced, self.dropped, self.repeated, self.renamed, self.added, self.requoted, self.shuffled)
            fields = self.random.choices(changes, (60, 8, 3, 4, 8, 10, 7))[0](fields)
        return record(fields, self.random.choice(("", "", " ")))

    def of_types(self):
        """Every field as a value of every type of JSON, one at a time."""
        for fields in self.records:
            for name in (*fields, *OPTIONAL):
                for value in TYPES:
                    yield record(list((fields | {name: value}).items()))

    def of_bytes(self):
        text = bytearray(record(list(self.random.choice(self.records).items())))
        for _ in range(self.random.choice((1, 1, 2))):
            place, byte = self.random.randrange(len(text)), self.random.choice(BYTES)
            self.random.choice((lambda: text.__setitem__(place, byte), lambda: text.insert(place, byte), lambda: text.pop(place)))()
        return bytes(text)

    # Each takes the fields of an event as pairs of a name and a JSON text, and gives back other ones.

    def replaced(self, fields):
        place = self.random.randrange(len(fields))
        name, _ = fields[place]
        value = self.random.choice(TYPES) if self.random.random() < 0.15 else self.values.value_of(name)
        return [*fields[:place], (name, value), *fields[place + 1:]]

    def dropped(self, fields):
        place = self.random.randrange(len(fields))
        return (fields[:place] + fields[place + 1:]) or fields

    def repeated(self, fields):
        name, value = self.random.choice(fields)
        return [*fields, (self.random.choice((name, escaped(name))), self.random.choice((value, self.values.value_of(name))))]

    def renamed(self, fields):
        change = self.random.choice((str.upper, escaped, escaped, lambda name: name + " ", lambda name: name[:-1]))
        place = self.random.randrange(len(fields))
        return [*fields[:place], (change(fields[place][0]), fields[place][1]), *fields[place + 1:]]

    def added(self, fields):
        depth = self.random.choice((2, 98, 99, 100, 101))
        name = self.random.choice(("note", *OPTIONAL))
        nested = self.random.choice(("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth))
        long = json.dumps("x" * self.random.choice((10, 65_000, 66_000)))
        value = self.random.choice((self.values.value_of(name), "null", nested, long, "1e99999999999", r'"\ud800"'))
        return [*fields, (name if len(value) < 80 else "note", value)]

    def requoted(self, fields):
        """Numbers as texts, texts as numbers where they are some."""
        return [(name, value if self.random.random() < 0.5 else value[1:-1] or value if value.startswith('"') and name in AMOUNTS
                 else f'"{value}"' if value[0] in "-0123456789" else value) for name, value in fields]

    def shuffled(self, fields):
        return self.random.sample(fields, len(fields))


class Token(str):
    """A number as it was written."""


def written(value):
    return str(value) if isinstance(value, Token) else json.dumps(value)


def record(fields, space=""):
    names = (name if name.startswith('"') else json.dumps(name) for name, _ in fields)
    return ("{" + f",{space}".join(f"{name}:{space}{value}" for name, (_, value) in zip(names, fields)) + "}").encode()


def escaped(name):
    """The same key for a JSON reader, in other bytes."""
    return name if name.startswith('"') else f'"\\u{ord(name[0]):04x}{name[1:]}"'
