"""Whether a source brings the records that a page shows: the page's names are looked for among its values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.meaning.words import fold
from domain.observation import RecordCandidate
from domain.plan import FieldType
from domain.values import JsonObject, JsonValue
from generators.sources.paths import leaves
from generators.sources.typing import as_text

_TELLING: Final = 0.7
"""Share of a column's values that must differ for it to name records."""
_MOST: Final = 200
_FEWEST_NAMES: Final = 8
_SHARED: Final = 0.4
"""Fewer distinct values, by number or by share of the rows, are kinds of records, not names that some share."""


def naming_texts(candidate: RecordCandidate, rows: Sequence[JsonObject]) -> tuple[frozenset[str], ...]:
    """Return, for each column that names records, its values (folded).

    Since several records may bear one name, the column that tells most of the others apart is among them.
    """
    found = []
    second: frozenset[str] = frozenset()
    for column in candidate.columns:
        if column.type is not FieldType.STRING:
            continue
        texts = [fold(as_text(row.get(column.name))) for row in rows[:_MOST] if row.get(column.name)]
        distinct = frozenset(t for t in texts if len(t) > 3)
        if len(distinct) >= _TELLING * len(rows[:_MOST]) and len(distinct) > 2:
            found.append(distinct)
        elif len(distinct) > max(len(second), _FEWEST_NAMES, _SHARED * len(rows[:_MOST])):
            second = distinct
    return (*found, second) if second else tuple(found)


def agreement(columns: Sequence[frozenset[str]], records: Sequence[JsonValue]) -> float:
    """Return the share (0 to 1) of the page's records whose name is a value of the records; the best column counts."""
    values = {fold(v) for record in records for _, v in leaves(record, depth=6) if isinstance(v, str) and len(v) < 300}
    return round(max((len(c & values) / len(c) for c in columns), default=0.0), 4)
