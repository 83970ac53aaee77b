"""What kind of thing a noun means, as sites call their categories."""

from __future__ import annotations

from typing import Final

from domain.meaning.words import fold, forms

_KINDS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("concert", "gig", "live music"), ("music", "concerts", "live music")),
    **dict.fromkeys(("game", "match", "fixture"), ("sports", "sport")),
    **dict.fromkeys(("play", "musical", "theatre", "theater"), ("theater", "theatre", "theatre and arts")),
    **dict.fromkeys(("book", "novel"), ("books",)),
    **dict.fromkeys(("film", "movie"), ("movies", "film", "cinema")),
}


def kinds_meant(word: str) -> tuple[str, ...]:
    """Return the categories, folded, under which sites list what a noun in any usual form means."""
    folded = fold(word)
    same = (folded,) if " " in folded else (folded, *forms(folded))
    return tuple(dict.fromkeys(kind for spelling in same for kind in _KINDS.get(spelling, ())))
