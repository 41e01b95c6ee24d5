"""The schemas of docs/schemas, with a validator that reads every number as it is written."""

import decimal
import json
from decimal import Decimal

from jsonschema import Draft202012Validator, RefResolver, validators

from stack import ROOT

FOLDER = ROOT / "docs/schemas"


def number(token):
    """Exact; a number beyond what Decimal can hold becomes one that every schema treats the same."""
    try:
        return Decimal(token)
    except decimal.InvalidOperation:
        digits, exponent = token.lower().split("e")
        return Decimal(digits) * Decimal("1e-9999" if exponent.startswith("-") else "1e9999")


def no_json(word):
    raise ValueError(f"{word} is no JSON")


def parsed(record):
    """What a producer's JSON library makes of the bytes of a record; ValueError for what is no JSON."""
    return json.loads(record.decode(), parse_float=number, parse_int=number, parse_constant=no_json)


def is_whole(_, value):
    """JSON has no integers beside numbers: 5.0 and 5e0 are 5."""
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


Exact = validators.extend(Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", is_whole))


class Schemas:
    def __init__(self):
        self.files = {path.name: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
        self.types = [name.removesuffix(".json") for name in self.files if name != "field_kinds.json"]
        self._validators = {kind: self._validator(f"{kind}.json") for kind in self.types}

    def _validator(self, name):
        schema = self.files[name]
        return Exact(schema, resolver=RefResolver("", schema, store=self.files))

    def fields(self, kind):
        return set(self.files[f"{kind}.json"]["properties"]) - {"type"}

    def takes(self, kind, value):
        return self._validators[kind].is_valid(value)

    def accepts(self, event):
        """Whether the schema that an event's type names takes it; no schema takes what has no type."""
        kind = event.get("type") if isinstance(event, dict) else None
        return isinstance(kind, str) and kind in self._validators and self.takes(kind, event)
