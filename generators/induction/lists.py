"""Lists inside a record: tags, genres, authors, each an element of the same kind, as many as the record has.

Aligned by occurrence, they would be several columns of which none tells all: the first tag, the second tag.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from generators.induction.alignment import Strand

_SHORT: Final = 40
"""Mean length of the values in characters above which they are paragraphs, not items of a list."""
_SHARED: Final = 0.3
"""Share of the second items that stand first in other records: they are of one vocabulary."""
_FEWER: Final = 0.95
"""Share of the records with a first item below which a second one makes their number vary."""


def with_joined_lists(strands: Sequence[Strand]) -> list[Strand]:
    """Return the strands with those of a list as one, at the place of the first; its values are joined by commas."""
    places: defaultdict[tuple[str, int], list[Strand]] = defaultdict(list)
    for strand in strands:
        if strand.is_text and not strand.label and strand.path:
            places[strand.path, strand.part].append(strand)
    joined: dict[int, Strand] = {}
    dropped: set[int] = set()
    for items in places.values():
        items.sort(key=lambda strand: strand.occurrence)
        if len(items) > 1 and [item.occurrence for item in items[:2]] == [1, 2] and _is_list(items):
            joined[id(items[0])] = _joined(items)
            dropped |= {id(item) for item in items[1:]}
    kept = [joined.get(id(strand), strand) for strand in strands if id(strand) not in dropped]
    for position, strand in enumerate(kept):
        strand.order = position
    return kept


def _is_list(items: Sequence[Strand]) -> bool:
    first, second = items[0], items[1]
    if len(second.present) >= _FEWER * len(first.present) or first.length > _SHORT:
        return False
    later = {value for item in items[1:] for value in item.present}
    return len(later & set(first.present)) >= _SHARED * len(later)


def _joined(items: Sequence[Strand]) -> Strand:
    first = items[0]
    whole = Strand("text", first.path, 1, part=first.part, many=True, order=first.order)
    whole.elements = list(first.elements)
    rows = zip(*(item.values for item in items), strict=True)
    whole.values = [", ".join(value for value in row if value is not None) or None for row in rows]
    return whole
