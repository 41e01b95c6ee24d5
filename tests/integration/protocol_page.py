"""docs/protocol.md as data: its examples and tables, and whether a message of the server is what an example shows."""

import copy
import json
import re
from collections import namedtuple
from decimal import Decimal

from stack import ROOT

PAGE = (ROOT / "docs/protocol.md").read_text()
Example = namedtuple("Example", "section text value")
SENT = {"SUBSCRIBE", "UNSUBSCRIBE", "FILTER", "CLOSE_CONNECTION", "JOIN_ROOM", "LEAVE_ROOM", "subscribe", "unsubscribe",
        "authenticate", "get_all_tokens", "subscribe_tokens", "unsubscribe_tokens", "error", "close", "ping", "pong"}

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?Z")
TIMES = {"timestamp", "last_trade_time", "connected_at", "expires_at", "expiresAt", "lastFailure"}
# Texts and numbers that no scene can choose, by their form.
TEXTS = {"id": re.compile(r"[0-9a-f]+"), "cursor": re.compile(r"[A-Za-z0-9_-]{20,}")}
NUMBERS = re.compile(r"(prev_)?seq|idle_ms|messages_out|queue_bytes|lasted_ms|\w+_per_second")
# Where the server may tell of more than an example shows: all that the stack knows, everybody's connections.
OPEN = {"data", "connections", "events"}


def unique(pairs):
    found = dict(pairs)
    assert len(found) == len(pairs), f"a key twice: {pairs}"
    return found


def parse(text):
    return json.loads(text, parse_float=Decimal, object_pairs_hook=unique)


def sections():
    """Heading -> its text."""
    parts = re.split(r"^#+ (.*)\n", PAGE, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def examples():
    """Those of the json blocks and those that stand within sentences."""
    decoder = json.JSONDecoder(parse_float=Decimal, object_pairs_hook=unique)
    for section, text in sections().items():
        for block in re.findall(r"^```json\n(.*?)^```$", text, re.M | re.S):
            while block.strip():
                value, end = decoder.raw_decode(block)
                yield Example(section, block[:end], value)
                block = block[end:].lstrip()
        for words in re.findall(r"`(\{[^`]*\})`", prose(text)):
            # {"code","message"} leaves the values out.
            whole = re.sub(r'(?<=[{,])("\w+")(?=[,}])', r'\1:"…"', words)
            yield Example(section, whole, parse(whole))


def is_sent(value):
    """Whether clients say it. Errors, pings and pongs of the server have a time."""
    return value.get("type") in SENT and "timestamp" not in value


def rows(*header):
    """The rows of all tables with these headings, as lists of cells."""
    found = []
    for table in re.findall(r"(?:^\|.*\|\n)+", PAGE, re.M):
        lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        if lines[0] == list(header):
            found += lines[2:]
    assert found, f"no table {header}"
    return found


def prose(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def names(text):
    return re.findall(r"`([^`]+)`", prose(text))


def fits_text(wanted, found, key):
    if not isinstance(found, str):
        return False
    if key in TIMES:
        return all(text == "…" or TIME.fullmatch(text) for text in (wanted, found)) and found != "…"
    pattern = ".+".join(map(re.escape, wanted.split("…")))
    return all(text == "…" or TEXTS[key].fullmatch(text.replace("…", "")) for text in (wanted, found)) \
        if key in TEXTS else bool(re.fullmatch(pattern, found, re.S))


def fits(wanted, found, key=None):
    """Whether a message has the fields of an example, in their order, with its types and the values that are not volatile."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            return False
        return list(wanted) == list(found) and all(fits(wanted[name], found[name], name) for name in wanted)
    if isinstance(wanted, list):
        if not isinstance(found, list):
            return False
        if key in OPEN:
            return all(any(fits(one, other) for other in found) for one in wanted)
        return len(wanted) == len(found) and all(map(fits, wanted, found))
    if isinstance(wanted, bool) or wanted is None:
        return wanted is found
    if isinstance(wanted, str):
        return fits_text(wanted, found, key)
    is_number = isinstance(found, (int, Decimal)) and not isinstance(found, bool)
    return is_number and (bool(key and NUMBERS.fullmatch(key)) or wanted == found)


KINDS = {dict: "object", list: "list", str: "text", bool: "flag", type(None): "null", int: "number", Decimal: "number"}


def fields(value, path=()):
    """(path, kind) of every field; the elements of a list share one path, and names of endpoints and codes are no fields."""
    if isinstance(value, list):
        for element in value:
            yield from fields(element, path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            name = "*" if path[-1:] in (("connections",), ("errors",)) and isinstance(inner, int) else name
            yield (*path, name), KINDS[type(inner)]
            yield from fields(inner, (*path, name))


def objects(value, path=()):
    """(path, keys) of every object whose keys are fields."""
    if isinstance(value, list):
        for element in value:
            yield from objects(element, path)
    elif isinstance(value, dict):
        if not all(isinstance(inner, int) for inner in value.values()):
            yield path, list(value)
        for name, inner in value.items():
            yield from objects(inner, (*path, name))


def places(value, path=()):
    """Where the fields of an example are: the path of each."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if isinstance(key, str):
            yield (*path, key)
        yield from places(inner, (*path, key))


def mutants(value):
    """The example with one field renamed, dropped, put last, of another type, or of another value: (what was done, mutant)."""
    for path in places(value):
        for what in ("renamed", "dropped", "moved", "of another type", "of another value"):
            mutant = copy.deepcopy(value)
            parent = mutant
            for key in path[:-1]:
                parent = parent[key]
            name = path[-1]
            inner = parent[name]
            is_value = isinstance(inner, (str, int, Decimal)) and not isinstance(inner, bool) \
                and name not in TIMES | TEXTS.keys() and not NUMBERS.fullmatch(name) and inner != "…"
            if what == "dropped":
                del parent[name]
            elif what == "renamed":
                items = [(key + "x" if key == name else key, one) for key, one in parent.items()]
                parent.clear()
                parent.update(items)
            elif what == "moved":
                if list(parent)[-1] == name:
                    continue
                parent[name] = parent.pop(name)
            elif what == "of another type":
                parent[name] = 7 if isinstance(inner, str) else "7"
            elif is_value:
                parent[name] = inner + "x" if isinstance(inner, str) else inner + 1
            else:
                continue
            yield f"{'.'.join(map(str, path))} {what}", mutant


def source(pattern, *globs):
    """What the C++ says: all that the pattern finds in these files."""
    texts = (path.read_text() for glob in globs for path in sorted(ROOT.glob(glob)))
    return [found for text in texts for found in re.findall(pattern, text)]


def codes():
    """enumerator -> code, as core/error.cpp spells it."""
    return dict(source(r'case Code::(\w+):\s+return "(\w+)"', "core/error.cpp"))


def sent_codes():
    """The codes of what clients are refused: the second part of the enumeration, and what wsserver uses of the first."""
    [refusals] = source(r"// Why a client's message or connection was refused\.\n((?:    \w+,\n)+)\};", "core/error.hpp")
    used = set(re.findall(r"\w+", refusals)) | set(source(r"Code::(\w+)", "wsserver/**/*.cpp"))
    return {codes()[name] for name in used}


def close_codes():
    """Those that the test endpoint takes."""
    [numbers] = source(r"kCloseCodes\{([\d, ]+)\}", "wsserver/streams/test_endpoints.cpp")
    return sorted(map(int, numbers.split(",")))
