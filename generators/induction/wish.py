"""What a question asks of the records of a page: kinds of value, files, and the words of its subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.plan import Intent, Topic
from generators.induction.patterns import stem, words

_WANTED_PATTERNS = (
    ("link", r"\b(?:url|link|href|website|page)\b"),
    ("image", r"\b(?:image|photo|picture|logo|thumbnail)s?\b"),
    ("email", r"e-?mail"),
    ("phone", r"phone|\btel\b|mobile|\bfax\b"),
    ("price", r"price|cost|fee\b|amount|salary"),
    ("date", r"\b(?:date|time|day|posted|published|deadline|start|end)\b"),
)
_FILES = re.compile(r"document|\bpdfs?\b|\bfiles?\b|download", re.IGNORECASE)
_FILLER = frozenset(
    [
        "all",
        "the",
        "of",
        "on",
        "a",
        "an",
        "and",
        "or",
        "in",
        "to",
        "for",
        "from",
        "with",
        "their",
        "this",
        "that",
        "page",
        "current",
        "fetch",
        "extract",
        "get",
        "find",
        "show",
        "list",
        "are",
        "is",
        "be",
        "if",
        "it",
        "any",
        "each",
        "you",
        "your",
        "as",
        "by",
        "at",
        "more",
        "which",
        "may",
        "there",
        "these",
        "those",
        "not",
        "do",
        "does",
        "no",
        "me",
        "my",
        "under",
        "over",
        "within",
        "please",
        "information",
        "links",
        "link",
        "detail",
        "details",
        "website",
        "site",
    ]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is asked for: kinds of value that records should show, files or not, and the words of the subject."""

    kinds: tuple[str, ...] = ()
    files: bool = False
    terms: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()


def read_wish(intent: Intent | None, wanted: Sequence[str]) -> Wish:
    """Return what the question and the wanted field names ask of a record."""
    fields = tuple(wanted) or (intent.wanted if intent else ())
    named = " ".join(fields).lower().replace("_", " ")
    kinds = [kind for kind, pattern in _WANTED_PATTERNS if re.search(pattern, named)]
    if any(not _asks_kind(field) for field in fields):
        kinds.append("text")
    if intent is None:
        return Wish(kinds=tuple(kinds), files=bool(_FILES.search(named)), fields=fields)
    if intent.about(Topic.PRICE) or intent.about(Topic.FREE):
        kinds.append("price")
    if intent.about(Topic.DATE):
        kinds.append("date")
    said = f"{intent.subject} {intent.text}"
    return Wish(
        kinds=tuple(dict.fromkeys(kinds)),
        files=bool(_FILES.search(f"{named} {said}")),
        terms=frozenset(stem(w) for w in words(said) if len(w) > 2 and w not in _FILLER),
        fields=fields,
    )


def _asks_kind(field: str) -> bool:
    return any(re.search(pattern, field.lower().replace("_", " ")) for _, pattern in _WANTED_PATTERNS)
