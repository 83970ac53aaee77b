"""Values that a schema admits: the document's own examples where they fit, else plausible ones, always the same."""

from __future__ import annotations

import random
import re
from typing import Any, Final

import jsonschema_rs
from rstr import Rstr

from domain.values import JsonObject, JsonValue
from generators.openapi.document import Document
from generators.openapi.schemas import shape

_DEPTH: Final = 5
_MOST_ITEMS: Final = 10
_SEEDS: Final = 8
_LONGEST: Final = 200
FORMATS: Final[dict[str, str]] = {
    "date": "2027-05-12",
    "date-time": "2027-05-12T12:00:00Z",
    "time": "12:00:00Z",
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "uri": "https://example.org/",
    "url": "https://example.org/",
    "uri-reference": "/",
    "email": "person@example.org",
    "idn-email": "person@example.org",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "ip": "192.0.2.1",
    "byte": "dGV4dA==",
    "duration": "P1D",
    "json-pointer": "/a",
    "regex": "a",
}
_PLAIN: Final = ("text", "1", "a", "A", "AA", "en", "1234", "abc123", "2027-05-12", "12:00", *FORMATS.values())


def sample(document: Document, schema: Any, *examples: JsonValue, depth: int = 0) -> JsonValue:
    """Return a value that the schema admits; of the given examples the first that fits.

    Examples that a document writes as text ("5") are read as the schema's type where that is another one.
    """
    shaped = shape(document, schema)
    told = shaped.get("examples")
    listed = told if isinstance(told, list) else []
    offered = (*examples, shaped.get("example"), *listed[:3], shaped.get("default"), shaped.get("const"))
    for example in offered:
        value = retyped(shaped, example)
        if value is not None and value not in ("", [], {}) and admits(shaped, value):
            return value
    return _made(document, shaped, depth)


def admits(shaped: JsonObject, value: JsonValue) -> bool:
    """Whether a shape's own type, choices, bounds and pattern take a value; what is inside it is not looked at."""
    kind = shaped.get("type")
    if kind in _KINDS and (not isinstance(value, _KINDS[str(kind)]) or (isinstance(value, bool) and kind != "boolean")):
        return False
    choices = shaped.get("enum")
    if isinstance(choices, list) and kind != "array" and value not in choices:
        return False
    if isinstance(value, str):
        return _text_fits(shaped, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = _bounds(shaped)
        step = shaped.get("multipleOf")
        return low <= value <= high and not (isinstance(step, int) and step > 0 and value % step)
    return True


_KINDS: Final[dict[str, Any]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def retyped(shaped: JsonObject, example: JsonValue) -> JsonValue:
    """Return an example as the shape types it: numbers and truth values out of text, text out of numbers."""
    kind = shaped.get("type")
    if isinstance(example, str):
        if kind == "integer" and re.fullmatch(r"-?\d{1,18}", example.strip()):
            return int(example)
        if kind == "number" and re.fullmatch(r"-?\d{1,18}(\.\d+)?", example.strip()):
            return float(example)
        if kind == "boolean" and example.lower() in ("true", "false"):
            return example.lower() == "true"
        if kind == "array":
            return [part.strip() for part in example.split(",")]
    if kind == "string" and isinstance(example, int | float) and not isinstance(example, bool):
        return str(example)
    if kind == "integer" and isinstance(example, float) and example.is_integer():
        return int(example)
    return example


def _made(document: Document, shaped: JsonObject, depth: int) -> JsonValue:
    choices = shaped.get("enum")
    if isinstance(choices, list) and (kept := [c for c in choices if c is not None]):
        first: JsonValue = next((c for c in kept if c != ""), kept[0])
        return first
    match shaped.get("type"):
        case "integer":
            return int(_number(shaped))
        case "number":
            return float(_number(shaped))
        case "boolean":
            return True
        case "array":
            return _list(document, shaped, depth)
        case "object":
            return _object(document, shaped, depth)
    return _text(shaped)


def _bounds(shaped: JsonObject) -> tuple[float, float]:
    low, high = _real(shaped.get("minimum"), -1e18), _real(shaped.get("maximum"), 1e18)
    least = 1.0 if shaped.get("type") == "integer" else 1e-3
    above, below = shaped.get("exclusiveMinimum"), shaped.get("exclusiveMaximum")
    if above is True or (isinstance(above, int | float) and not isinstance(above, bool)):
        low = (low if above is True else float(above)) + least
    if below is True or (isinstance(below, int | float) and not isinstance(below, bool)):
        high = (high if below is True else float(below)) - least
    return low, high


def _real(value: Any, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else otherwise


def _number(shaped: JsonObject) -> float:
    low, high = _bounds(shaped)
    step = shaped.get("multipleOf")
    if isinstance(step, int | float) and not isinstance(step, bool) and step > 0:
        times = max(1.0, -(-low // step)) if low > -1e18 else 1.0
        return times * step
    return min(max(1.0, low), high)


def _list(document: Document, shaped: JsonObject, depth: int) -> JsonValue:
    least = shaped.get("minItems")
    count = min(max(1, least if isinstance(least, int) else 1), _MOST_ITEMS)
    one = sample(document, shaped.get("items"), depth=depth + 1) if depth < _DEPTH else None
    if one is None:
        return []
    inside = shape(document, shaped.get("items")).get("enum")
    if shaped.get("uniqueItems") is True and isinstance(inside, list):
        return list(inside[:count])
    return [one] * count


def _object(document: Document, shaped: JsonObject, depth: int) -> JsonValue:
    if depth >= _DEPTH:
        return {}
    members, needed = shaped.get("properties"), shaped.get("required")
    names = [str(n) for n in needed] if isinstance(needed, list) else []
    known = members if isinstance(members, dict) else {}
    return {n: sample(document, known.get(n), depth=depth + 1) for n in dict.fromkeys(names)}


def _text_fits(shaped: JsonObject, text: str) -> bool:
    least, most = shaped.get("minLength"), shaped.get("maxLength")
    if isinstance(least, int) and len(text) < least:
        return False
    if isinstance(most, int) and len(text) > most:
        return False
    form = str(shaped.get("format") or "")
    if form in _SHAPES and not re.fullmatch(_SHAPES[form], text):
        return False
    return _matches(shaped.get("pattern"), text)


_SHAPES: Final = {
    "date": r"\d{4}-\d\d-\d\d",
    "date-time": r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)",
    "uuid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "ipv4": r"\d{1,3}(\.\d{1,3}){3}",
}
"""What examples must look like where servers check formats; documents often show others."""


def _matches(pattern: Any, text: str) -> bool:
    if not isinstance(pattern, str) or len(pattern) > _LONGEST:
        return True
    try:  # an engine with a bound on its steps: patterns come from strangers
        return bool(jsonschema_rs.validator_for({"pattern": _in_python(pattern)}).is_valid(text))
    except ValueError:
        return True  # written for another engine, and nothing can be told


def _in_python(pattern: str) -> str:
    """The pattern in Python's spelling: without the slashes of a literal, and classes of letters as ASCII."""
    bare = re.sub(r"^/(.*)/[a-z]*$", r"\1", pattern)
    return bare.replace(r"\p{L}", "a-zA-Z").replace(r"\p{N}", "0-9").replace(r"\z", r"\Z")


def _text(shaped: JsonObject) -> str:
    form = str(shaped.get("format") or "")
    usual: tuple[str, ...] = (FORMATS[form],) if form in FORMATS else ()
    for candidate in (*usual, *_PLAIN):
        if _text_fits(shaped, candidate):
            return candidate
    pattern = shaped.get("pattern")
    if isinstance(pattern, str) and _is_small(pattern):
        return _of_pattern(_in_python(pattern), shaped)
    least = shaped.get("minLength")
    times = 1 + (min(least, _LONGEST) if isinstance(least, int) else 1) // 4
    return ("text" * times)[: _most(shaped)]


def _most(shaped: JsonObject) -> int:
    most = shaped.get("maxLength")
    return most if isinstance(most, int) else _LONGEST


def _is_small(pattern: str) -> bool:
    """Whether texts of a pattern stay short: repeated groups multiply."""
    counts = [int(c) for c in re.findall(r"[{,](\d{1,9})(?=[},])", pattern)]
    return len(pattern) <= _LONGEST and max(counts, default=0) <= _LONGEST and len(re.findall(r"\)[*+{]", pattern)) <= 1


def _of_pattern(pattern: str, shaped: JsonObject) -> str:
    """A text that the pattern matches; of several the one with most letters and figures."""
    made: list[str] = []
    for seed in range(_SEEDS):
        try:
            text: str = Rstr(random.Random(seed)).xeger(pattern)  # noqa: S311 - a sample, always the same
        except (re.error, LookupError, NotImplementedError, ValueError, OverflowError):  # an operator it does not know
            continue
        if _text_fits(shaped, text):
            made.append(text)
    return max(made, key=lambda t: sum(c.isalnum() for c in t) / (len(t) or 1), default="text")
