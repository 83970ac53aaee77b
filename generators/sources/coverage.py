"""How much of a page's visible text the values of a JSON document account for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from domain.meaning.words import fold
from domain.values import JsonValue
from generators.sources.paths import leaves
from generators.sources.typing import as_text

_SHORTEST: Final = 3
_LONGEST: Final = 400
_MOST_LEAVES: Final = 20_000


def coverage(value: JsonValue, visible: str) -> float:
    """Return the share (0 to 1) of the visible text that distinct leaf values of ``value`` stand in."""
    return text_coverage((as_text(v) for _, v in leaves(value) if isinstance(v, str | int | float)), visible)


def text_coverage(texts: Iterable[str], visible: str) -> float:
    """Return the share (0 to 1) of ``visible`` (plain text) that the texts cover, each counted once."""
    page = _folded(visible)
    if len(page) < 3:
        return 0.0
    seen: set[str] = set()
    for number, text in enumerate(texts):
        if number > _MOST_LEAVES:
            break
        folded = fold(text[:_LONGEST])
        if len(folded) >= _SHORTEST and f" {folded} " in page:
            seen.add(folded)
    return min(1.0, sum(map(len, seen)) / len(page))


@lru_cache(maxsize=8)
def _folded(visible: str) -> str:
    return f" {fold(visible)} "


def shown(texts: Iterable[str], visible: str) -> float:
    """Return the share of the texts that a page shows."""
    page = _folded(visible)
    wanted = [fold(t) for t in texts if t]
    return sum(1 for t in wanted if t and f" {t} " in page) / len(wanted) if wanted else 0.0
