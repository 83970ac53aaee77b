"""How many records a page says it has: "144 plants", "1-20 of 144", "out of 21 total". Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from domain.meaning.words import fold, forms

_NUMBER: Final = r"\d{1,3}(?:,\d{3})+|\d+"
_RANGE: Final = re.compile(rf"(?<![\w.])({_NUMBER}) ?(?:-|\u2013|to) ?({_NUMBER}) (?:of|out of) ({_NUMBER})(?![\w%])")
_OUT_OF: Final = re.compile(rf"(?<![\w.])({_NUMBER}) (?:[^\W\d_]+ ){{0,5}}[^\W\d_]+,? out of ({_NUMBER}) (?:in )?total")
_ALONE: Final = re.compile(
    rf"^\W*({_NUMBER}) ([^\W\d_]+)(?: (?:found|in total|in all|available|listed))?\W*$", re.MULTILINE
)
_ANY: Final = frozenset({"results", "result", "items", "entries", "records", "hits", "matches", "listings", "rows"})


def told_counts(text: str, noun: str = "") -> tuple[frozenset[int], int | None]:
    """Return the numbers of records that a page says it shows or has, and how many it has in all, where it says so.

    A line such as "144 plants" counts for the ``noun`` that is asked for, and where no other line like it says
    another number (each of several kinds tells its own).
    """
    shown: set[int] = set()
    in_all: set[int] = set()
    for first, last, total in _RANGE.findall(text):
        shown.add(_number(last) - _number(first) + 1)
        in_all.add(_number(total))
    for count, total in _OUT_OF.findall(text):
        shown.add(_number(count))
        in_all.add(_number(total))
    lines = {_number(n) for n, word in _ALONE.findall(text) if _counts(word, noun)}
    in_all |= lines if len(lines) == 1 else set()
    return frozenset(shown | in_all), next(iter(in_all)) if len(in_all) == 1 else None


def _counts(word: str, noun: str) -> bool:
    nouns: Collection[str] = {f for w in fold(noun).split() for f in (w, *forms(w))}
    return fold(word) in nouns or word.casefold() in _ANY


def _number(text: str) -> int:
    return int(text.replace(",", ""))
