"""Profiles: what a version's rows look like when all is well, which drift is measured against.

Pure functions over samples; a sample is the rows of one run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from statistics import median_low

from domain.errors import UsageProblem
from domain.values import JsonObject, JsonValue, Value

LEAST_SAMPLES = 3
PATTERN_SHARE = 0.9  # of a field's texts must have one shape for it to be a pattern
PATTERN_CHARACTERS = 64  # longer texts are prose and have no shape
OPTIONAL_BELOW = 1.0


class FieldProfile(Value):
    """One field: the share of rows that have it, its JSON types by share, and the shape of its texts.

    ``pattern`` is a regular expression that at least nine tenths of the texts match, or "" when they share none.
    """

    name: str
    fill: float
    optional: bool
    types: dict[str, float] = {}
    pattern: str = ""

    @property
    def type(self) -> str:
        """The type that most values have; "null" for a field that is never filled."""
        return max(self.types, key=lambda name: (self.types[name], name), default="null")


class Profile(Value):
    """All fields over all samples, and how many rows the samples had."""

    samples: int
    rows_least: int
    rows_median: int
    rows_most: int
    fields: tuple[FieldProfile, ...] = ()

    def field(self, name: str) -> FieldProfile | None:
        """Return one field's profile."""
        return next((field for field in self.fields if field.name == name), None)


def profile(samples: Sequence[Sequence[JsonObject]]) -> Profile:
    """Return the profile of at least three samples; fields in the order they are first seen.

    Raises:
        UsageProblem: fewer samples, from which optional and constant cannot be told apart.
    """
    if len(samples) < LEAST_SAMPLES:
        raise UsageProblem(f"A profile needs at least {LEAST_SAMPLES} samples; there are {len(samples)}.")
    rows = [row for sample in samples for row in sample]
    names = list(dict.fromkeys(name for row in rows for name in row))
    counts = sorted(len(sample) for sample in samples)
    return Profile(
        samples=len(samples),
        rows_least=counts[0],
        rows_median=median_low(counts),
        rows_most=counts[-1],
        fields=tuple(field_profile(name, [row.get(name) for row in rows]) for name in names),
    )


def field_profile(name: str, values: Sequence[JsonValue]) -> FieldProfile:
    """Return the profile of one field over all rows. An empty text or list counts as not filled."""
    filled = [value for value in values if value is not None and value not in ("", [], {})]
    fill = len(filled) / len(values) if values else 0.0
    types = Counter(type_of(value) for value in filled)
    return FieldProfile(
        name=name,
        fill=round(fill, 4),
        optional=fill < OPTIONAL_BELOW,
        types={kind: round(count / len(filled), 4) for kind, count in sorted(types.items())},
        pattern=pattern([value for value in filled if isinstance(value, str)]),
    )


def type_of(value: JsonValue) -> str:
    """Return the JSON type's name; whole numbers are integers."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def pattern(texts: Sequence[str]) -> str:
    """Return the regular expression of the shape that nine tenths of the texts share, or ""."""
    if not texts:
        return ""
    shapes: dict[tuple[str, ...], list[tuple[int, ...]]] = {}
    for text in texts:
        kinds, lengths = shape(text[: PATTERN_CHARACTERS + 1])
        shapes.setdefault(kinds, []).append(lengths)
    kinds, seen = max(shapes.items(), key=lambda item: len(item[1]))
    longest = max(sum(lengths) for lengths in seen)
    if len(seen) < PATTERN_SHARE * len(texts) or longest > PATTERN_CHARACTERS:
        return ""
    columns = zip(kinds, zip(*seen, strict=True), strict=True)
    return "".join(kind + repeat(set(lengths)) for kind, lengths in columns)


def shape(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the runs of digits, letters, blanks and single signs of a text, and their lengths."""
    runs = [(kind, len(list(group))) for kind, group in groupby(text, key=kind_of)]
    return tuple(kind for kind, _ in runs), tuple(length for _, length in runs)


def kind_of(character: str) -> str:
    """Return the class of a character as a regular expression."""
    if character.isdecimal():
        return r"\d"
    if character.isalpha():
        return r"[^\W\d_]"
    return r"\s" if character.isspace() else re.escape(character)


def repeat(lengths: set[int]) -> str:
    """Return how often a class stands there: a fixed count, or any."""
    if lengths == {1}:
        return ""
    return f"{{{lengths.pop()}}}" if len(lengths) == 1 else "+"
