"""What a schema cannot say: the rules by which the decoder may refuse what a schema takes, each with how to tell it."""

import json
from decimal import Decimal

from event_schemas import number, parsed

LIMIT = Decimal(10) ** 20
BYTES = {"text of 1 to 200 bytes": 200, "text of 0 to 1000 bytes": 1000}
LONG_EXPONENT = 100_000   # from here on a schema can say that no record has enough digits to make up for it


def has_key_twice(record, _):
    def pairs(items):
        nonlocal last
        last = items   # the outermost object is the last one that is read
        return dict(items)
    last = []
    json.loads(record, object_pairs_hook=pairs, parse_int=str, parse_float=str)
    return len(last) != len({name for name, _ in last})


def is_long(record, _):
    return len(record) > 65_536


def levels(value):
    return 1 + max(map(levels, value), default=0) if isinstance(value, list) else 0


def is_deep(record, _):
    def values(items):   # also of a key that is there again
        return [value for _, value in items]
    return levels(json.loads(record, object_pairs_hook=values, parse_int=str, parse_float=str)) > 100


def field_of(record, verdict):
    return parsed(record)[verdict["field"]]


def has_many_bytes(record, verdict):
    text, most = field_of(record, verdict), BYTES[verdict["wanted"]]
    return len(text) <= most < len(text.encode("utf-8", "surrogatepass"))


def has_half_a_pair(record, verdict):
    return any(0xD800 <= ord(character) < 0xE000 for character in field_of(record, verdict))


def places(value):
    """Of a decimal, after dropping trailing zeros."""
    _, digits, exponent = value.as_tuple()
    kept = "".join(map(str, digits)).rstrip("0")
    return max(0, -(exponent + len(digits) - len(kept))) if kept else 0


def has_many_places(record, verdict):
    value = field_of(record, verdict)
    return isinstance(value, Decimal) and places(value) > 18


def is_out_of_range_by_exponent(record, verdict):
    value = field_of(record, verdict)
    if not isinstance(value, str) or "e" not in value.lower() or abs(int(value.lower().split("e")[1])) >= LONG_EXPONENT:
        return False
    exact = number(value)
    if verdict["wanted"].startswith("a whole number"):
        highest = int(verdict["wanted"].split()[-1])
        return places(exact) > 0 or not 0 <= exact <= highest
    return abs(exact) >= LIMIT if "below" in verdict["wanted"] else places(exact) > 18


def has_a_big_product(record, _):
    event = parsed(record)
    return number(str(event["amount"])) * number(str(event["price"])) >= LIMIT - Decimal("5e-19")


# As docs/events.md names it: (code, what the decoder wanted instead begins so, whether that is the case).
LIMITS = {
    "a key twice": ("MALFORMED_JSON", "each key once", has_key_twice),
    "more than 65,536 bytes": ("MALFORMED_JSON", "at most 65536 bytes", is_long),
    "more than 100 levels": ("MALFORMED_JSON", "at most 100 levels", is_deep),
    "bytes of a text": ("INVALID_FIELD", "text of ", has_many_bytes),
    "half of a surrogate pair": ("INVALID_FIELD", "text without a lone surrogate", has_half_a_pair),
    "places of a JSON number": ("INVALID_FIELD", "a number with at most 18 decimal places", has_many_places),
    "an exponent in a text": ("INVALID_FIELD", "a ", is_out_of_range_by_exponent),
    "`amount` × `price`": ("INVALID_FIELD", "amount × price below 10^20", has_a_big_product),
}


def limit_met(record, verdict):
    """The name of the rule by which the decoder refused a record that its schema takes; None if by no such rule."""
    for name, (code, wanted, is_so) in LIMITS.items():
        if verdict["code"] == code and verdict["wanted"].startswith(wanted) and is_so(record, verdict):
            return name
    return None
