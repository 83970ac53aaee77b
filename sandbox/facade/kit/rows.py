"""Ordering rows and taking out doubles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sandbox.facade.kit.paths import pick

Row = TypeVar("Row")


def sort_rows(rows: Iterable[Row], key: str, descending: bool = False) -> list[Row]:
    """Return the rows ordered by a field (a name, or a path for dicts); rows without a value come last.

    Works on models and on dicts; text is compared without case, lists by their length. The order of equal rows is kept.

    Example:
        ``sort_rows(items, "price", descending=True)``
    """
    kept = list(rows)
    present = [row for row in kept if _field(row, key) is not None]
    absent = [row for row in kept if _field(row, key) is None]
    try:
        present.sort(key=lambda row: _comparable(_field(row, key)), reverse=descending)
    except TypeError:  # values of mixed types have no order of their own
        present.sort(key=lambda row: str(_field(row, key)).casefold(), reverse=descending)
    return present + absent


def distinct(rows: Iterable[Row], keys: Sequence[str]) -> list[Row]:
    """Return the rows without doubles: the first of each combination of the given fields is kept.

    Example:
        ``distinct(items, ["url"])``
    """
    seen: set[Any] = set()
    kept: list[Row] = []
    for row in rows:
        identity = tuple(_hashable(_field(row, key)) for key in keys)
        if identity not in seen:
            seen.add(identity)
            kept.append(row)
    return kept


def _field(row: Any, key: str) -> Any:
    return pick(row, key) if isinstance(row, dict) else getattr(row, key, None) if not key.startswith("_") else None


def _comparable(value: Any) -> Any:
    if isinstance(value, list | dict):
        return len(value)
    return value.casefold() if isinstance(value, str) else value


def _hashable(value: Any) -> Any:
    return repr(value) if isinstance(value, list | dict | set) else value
