"""A question to a site with its true rows, and what counts as a right answer.

A row is right when each value of a true row stands somewhere in it: sites name their fields as they like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from starlette.applications import Starlette

NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)
"""A Wednesday morning, on which every question is asked."""

TODAY = NOW.date()

Fact = str | int | float | date | datetime
"""One value of a true row."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question as a user would ask it.

    ``rows`` holds the values that each true row must have. ``ordered`` compares the order too; ``distinct`` lets a
    thing be named by several rows (a film by its showings). ``asks`` is the field that must be asked back instead.
    ``honest`` says that no right answer is known to come yet: then a typed refusal is right, and wrong rows are not.
    """

    id: str
    text: str
    begin: str = "/"
    rows: tuple[tuple[Fact, ...], ...] = ()
    ordered: bool = False
    distinct: bool = False
    asks: str = ""
    honest: bool = False


@dataclass(frozen=True, kw_only=True)
class TownSite:
    """A site: its name, the application, what is asked of it, and the header and value that it wants, if any."""

    name: str
    app: Starlette
    questions: tuple[Question, ...]
    secret: tuple[str, str] | None = None


def differences(question: Question, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return how the rows differ from the truth, or an empty text when they are right."""
    left = [_values(row) for row in rows]
    lacking: list[tuple[Fact, ...]] = []
    order: list[int] = []
    taken: set[int] = set()
    for true in question.rows:
        found = [at for at, row in enumerate(left) if at not in taken and all(_stands(fact, row) for fact in true)]
        if not found:
            lacking.append(true)
            continue
        order.append(found[0])
        taken |= set(found) if question.distinct else {found[0]}
    beyond = [row for at, row in enumerate(left) if at not in taken]
    if lacking or beyond:
        return f"{len(lacking)} of {len(question.rows)} missing {lacking[:2]}, {len(beyond)} too many {beyond[:2]}"
    return "in another order" if question.ordered and order != sorted(order) else ""


def _values(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [leaf for one in value.values() for leaf in _values(one)]
    if isinstance(value, list | tuple):
        return [leaf for one in value for leaf in _values(one)]
    return [value]


def _stands(fact: Fact, row: list[Any]) -> bool:
    return any(_same(fact, value) for value in row)


def _same(fact: Fact, value: Any) -> bool:
    if isinstance(fact, str):
        return _folded(fact) == _folded(str(value))
    if isinstance(fact, date):
        return str(value).replace(" ", "T").startswith(fact.isoformat()[:16])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return abs(float(value) - fact) < 0.005
    digits = re.sub(r"[^\d]", "", str(value))
    return digits in {f"{fact:g}".replace(".", ""), f"{fact:.2f}".replace(".", "")}


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
