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

_ALIKE: Final = (
    ("thread", "topic", "discussion", "conversation", "post"),
    ("article", "post", "story", "news", "entry"),
    ("issue", "ticket", "bug", "task", "request"),
    ("job", "vacancy", "position", "opening", "role"),
    ("flat", "apartment", "home", "rental", "property", "listing", "place"),
    ("product", "item", "article", "good"),
    ("talk", "session", "lecture", "presentation"),
    ("package", "module", "library", "plugin", "extension", "add-on", "addon"),
    ("event", "happening", "show", "date"),
    ("object", "artwork", "work", "piece", "item"),
    ("doctor", "physician", "specialist", "provider", "clinician"),
    ("course", "class", "workshop", "lesson"),
    ("notice", "announcement", "filing", "bulletin"),
    ("photo", "picture", "image"),
    ("recipe", "dish"),
    ("car", "vehicle"),
    ("hut", "cabin", "refuge", "shelter"),
    ("race", "run", "competition", "event"),
    ("lot", "item", "auction"),
    ("company", "firm", "business", "organisation", "organization"),
    ("person", "people", "member", "staff", "employee", "user"),
    ("paper", "publication", "article", "preprint"),
    ("shop", "store", "branch", "location"),
    ("hotel", "accommodation", "property", "place"),
    ("trip", "journey", "departure", "connection"),
    ("order", "purchase", "sale"),
    ("song", "track", "recording"),
    ("repository", "repo", "project"),
)
"""Nouns by which sites call records of the same kind."""


def called_too(noun: str) -> frozenset[str]:
    """Return the other nouns, folded and singular, by which a site may call what a noun in any usual form names."""
    spellings = {fold(noun), *forms(fold(noun))}
    return frozenset(other for group in _ALIKE if spellings & set(group) for other in group if other not in spellings)


def kinds_meant(word: str) -> tuple[str, ...]:
    """Return the categories, folded, under which sites list what a noun in any usual form means."""
    folded = fold(word)
    same = (folded,) if " " in folded else (folded, *forms(folded))
    return tuple(dict.fromkeys(kind for spelling in same for kind in _KINDS.get(spelling, ())))
