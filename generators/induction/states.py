"""States of one badge: the same place of a record under another class, which always says the same words.

A site marks its states by class (``label-success`` "Buy now", ``label-danger`` "Sold out"), so that each is a column of
its own that says nothing, or is too rare for one. Together they are the column that tells the state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from generators.induction.alignment import Strand

_STEM = re.compile(r"[^\W\d_]+")
_One = TypeVar("_One")


def with_joined_states(strands: Sequence[Strand]) -> list[Strand]:
    """Return the strands with the states of a badge as one, at the place of the first.

    Only texts that never stand in one record together, each the same wherever its class is, are states; a record may
    be in none of them.
    """
    places: dict[tuple[str, str, int, int], list[Strand]] = {}
    for strand in strands:
        place = _place(strand)
        if place is not None:
            places.setdefault(place, []).append(strand)
    joined: dict[int, Strand] = {}
    dropped: set[int] = set()
    for (above, step, _, _), states in places.items():
        if len(states) > 1 and _exclude_each_other(states):
            joined[id(states[0])] = _joined(states, f"{above}/{step}")
            dropped |= {id(state) for state in states[1:]}
    kept = [joined.get(id(strand), strand) for strand in strands if id(strand) not in dropped]
    for position, strand in enumerate(kept):
        strand.order = position
    return kept


def _place(strand: Strand) -> tuple[str, str, int, int] | None:
    """Return where a badge stands: the path above, its tag with the first word of its class, part and occurrence."""
    above, _, step = strand.path.rpartition("/")
    tag, _, mark = step.partition(".")
    cell = mark[mark.find("[") :] if mark.endswith("]") else ""
    stem = _STEM.match(mark)
    if not strand.is_text or strand.label or stem is None or len(set(strand.present)) != 1:
        return None
    return above, f"{tag}.{stem.group()}{cell}", strand.part, strand.occurrence


def _exclude_each_other(states: Sequence[Strand]) -> bool:
    said = {state.present[0] for state in states}
    rows = zip(*(state.values for state in states), strict=True)
    return len(said) > 1 and all(sum(value is not None for value in row) <= 1 for row in rows)


def _joined(states: Sequence[Strand], path: str) -> Strand:
    first = states[0]
    whole = Strand("text", path, first.occurrence, part=first.part, order=first.order)
    whole.values = [_one(row) for row in zip(*(state.values for state in states), strict=True)]
    whole.elements = [_one(row) for row in zip(*(state.elements for state in states), strict=True)]
    return whole


def _one(row: Sequence[_One | None]) -> _One | None:
    return next((value for value in row if value is not None), None)
