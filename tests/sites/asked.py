"""A site with its questions, and how an answer is compared with the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette

from domain.meaning.words import fold

Truth = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question at a path of the site. ``rows`` are values that each row must hold, under whatever names.

    ``outcome`` is ``ok`` or the code of the error that is the right end.
    """

    text: str
    rows: Sequence[Truth] = ()
    path: str = "/"
    ordered: bool = False
    outcome: str = "ok"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A small application with what can be asked of it."""

    name: str
    app: Starlette
    questions: Sequence[Asked] = field(default_factory=tuple)


def differs(asked: Asked, rows: Sequence[dict[str, Any]]) -> str:
    """Return how an answer differs from the truth, or nothing."""
    got = [_values(row) for row in rows]
    if asked.ordered:
        wrong = [n for n, (true, row) in enumerate(zip(asked.rows, got, strict=False)) if not _holds(row, true)]
        if wrong:
            return f"row {wrong[0]} should be {asked.rows[wrong[0]]}, is {rows[wrong[0]]}"
    left = list(got)
    lacking = []
    for true in asked.rows:
        found = next((i for i, row in enumerate(left) if _holds(row, true)), None)
        if found is None:
            lacking.append(true)
        else:
            left.pop(found)
    if not lacking and not left:
        return ""
    return f"{len(lacking)} of {len(asked.rows)} lacking {lacking[:2]}, {len(left)} too many {rows[:1] if left else ''}"


def _holds(row: set[str], true: Truth) -> bool:
    return all(_plain(value) in row for value in true)


def _values(row: dict[str, Any]) -> set[str]:
    found = {_plain(v) for v in row.values() if not isinstance(v, list | dict)}
    dates = {v[:10] for v in found if v[4:5] == " " or v[4:5] == "-"}
    parts = {str(v).rstrip("/").rsplit("/", 1)[-1] for v in row.values() if isinstance(v, str) and "/" in v}
    lists = {_plain(p) for v in row.values() if isinstance(v, list) for p in v}
    return found | dates | {_plain(p) for p in parts} | lists


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{float(value):g}"
    text = fold(str(value)) if value is not None else ""
    return f"{float(text):g}" if text.isdecimal() else text
