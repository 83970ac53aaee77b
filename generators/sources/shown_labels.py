"""What a page calls the values of its data: an answer's ``feet`` stands under the heading "Length"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from domain.meaning.words import fold
from domain.observation import Column, RecordCandidate
from domain.plan import FieldType

_ENOUGH: Final = 3
"""Values that must be the same ones for two columns to be one."""
_SAME: Final = 0.6
_MARKUP: Final = re.compile(r"<[^>]*>")


def with_shown_labels(candidates: Sequence[RecordCandidate], shown: Sequence[RecordCandidate]) -> list[RecordCandidate]:
    """Return data candidates whose columns have the labels under which the page's own list shows their values."""
    labelled = [(column.label, _values(column)) for c in shown for column in c.columns if column.label]
    # The words before a colon in a title ("Cloud Conference: Day One") look like a label, and are part of the value.
    labelled = [
        (label, values)
        for label, values in labelled
        if len(values) >= _ENOUGH and not any(fold(label) in text for text in values)
    ]
    if not labelled:
        return list(candidates)
    return [
        candidate.model_copy(update={"columns": tuple(_labelled(column, labelled) for column in candidate.columns)})
        for candidate in candidates
    ]


def _labelled(column: Column, labelled: Sequence[tuple[str, frozenset[str]]]) -> Column:
    mine = _values(column)
    if column.label or column.type is FieldType.BOOLEAN or len(mine) < _ENOUGH:
        return column
    shares = [(len(mine & theirs) / min(len(mine), len(theirs)), label) for label, theirs in labelled]
    share, label = max(shares, key=lambda one: one[0])
    return column.model_copy(update={"label": label}) if share >= _SAME else column


def _values(column: Column) -> frozenset[str]:
    told = (fold(_MARKUP.sub("", text)) for text in (*column.samples, *column.values))
    return frozenset(text for text in told if text)
