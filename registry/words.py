"""Words of tools and of questions: how a name, a text or a schema becomes searchable words.

Both engines get words that are folded and stemmed here, so that they find and rank the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]  # PyStemmer ships no types

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
CHUNK = re.compile(r"[^\W_]+")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{3,}")  # written without blanks: cut into pairs
TEXT_CHARACTERS = 2000  # a longer question says nothing more about which tool is meant
QUERY_WORDS = 24
WORD_CHARACTERS = 40

STOP_WORDS = frozenset(
    [
        "a",
        "all",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "could",
        "do",
        "does",
        "every",
        "for",
        "from",
        "given",
        "had",
        "has",
        "have",
        "how",
        "i",
        "in",
        "into",
        "is",
        "it",
        "its",
        "let",
        "like",
        "me",
        "my",
        "need",
        "of",
        "on",
        "one",
        "or",
        "our",
        "out",
        "please",
        "so",
        "some",
        "specified",
        "tell",
        "that",
        "the",
        "their",
        "them",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "up",
        "us",
        "use",
        "using",
        "want",
        "was",
        "way",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)

SYNONYMS = {
    word: group[0]
    for group in (
        ("get", "fetch", "retrieve", "show", "read", "view", "obtain", "look", "display", "return", "give", "see"),
        ("list", "enumerate", "browse", "index"),
        ("create", "add", "make", "new", "insert", "register"),
        ("delete", "remove", "erase", "drop", "destroy", "rid"),
        ("update", "modify", "change", "edit", "alter", "patch"),
        ("search", "find", "query", "hunt", "lookup", "seek"),
        ("send", "submit", "dispatch", "post"),
        ("cancel", "abort", "stop"),
        ("person", "people"),
        ("picture", "photo", "image", "photograph"),
        ("film", "movie"),
        ("price", "cost"),
        ("cheap", "inexpensive"),
        ("concert", "gig"),
        ("shop", "store"),
        ("job", "vacancy"),
        ("flat", "apartment"),
        ("car", "automobile"),
        ("company", "firm"),
        ("doc", "document", "documentation"),
        ("repo", "repository"),
        ("config", "configuration"),
        ("info", "information"),
        ("app", "application"),
        ("org", "organization", "organisation"),
        ("id", "identifier"),
    )
    for word in group
}


def words(text: str) -> list[str]:
    """Return the words of a text in order: accents folded, lower case, camelCase split but also kept whole."""
    found: list[str] = []
    for chunk in CHUNK.findall(fold(text)):
        if UNSPACED.fullmatch(chunk):
            found += [chunk[place : place + 2] for place in range(len(chunk) - 1)]
            continue
        parts = [part.lower()[:WORD_CHARACTERS] for part in CAMEL.split(chunk)]
        found += parts
        if len(parts) > 1:
            found.append(chunk.lower()[:WORD_CHARACTERS])
    return found


def fold(text: str) -> str:
    """Return a text without accents."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=50_000)
def term(word: str) -> str:
    """Return the word as the index knows it: the first of its synonyms, stemmed."""
    stemmed = str(STEMMER.stemWord(word))
    return STEMMED_SYNONYMS.get(stemmed, stemmed)


STEMMER = Stemmer.Stemmer("english")
STEMMED_SYNONYMS = {str(STEMMER.stemWord(word)): str(STEMMER.stemWord(first)) for word, first in SYNONYMS.items()}


def text_of(*texts: str) -> str:
    """Return the terms of texts on one line, as the index keeps them."""
    return " ".join(term(word) for text in texts for word in words(text))


@lru_cache(maxsize=4096)
def query_terms(text: str) -> tuple[str, ...]:
    """Return the distinct terms that matter in a question, in order; all of them when none matters."""
    found = words(text[:TEXT_CHARACTERS])
    kept = [word for word in found if word not in STOP_WORDS]
    return unique(term(word) for word in (kept or found))[:QUERY_WORDS]


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts without repeats and empties, in order."""
    return tuple(dict.fromkeys(text for text in texts if text))
