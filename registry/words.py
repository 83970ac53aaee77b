"""Words of tools and of questions: how a name, a text or a schema becomes searchable words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
WORD = re.compile(r"[a-z0-9]+")
QUERY_WORDS = 32  # a longer question says nothing more about which tool is meant

STOP_WORDS = frozenset(
    ["a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "could", "do", "does", "for", "from", "give", "had", "has", "have", "how", "i", "in", "into", "is", "it", "its", "let", "like", "me", "my", "of", "on", "or", "our", "please", "show", "so", "some", "tell", "that", "the", "their", "them", "there", "these", "they", "this", "those", "to", "up", "us", "want", "was", "we", "were", "what", "when", "where", "which", "who", "will", "with", "would", "you", "your", "need", "find"]
)


def words(text: str) -> list[str]:
    """Return the words of a text in order: camelCase and snake_case split, accents folded, lower case."""
    folded = unicodedata.normalize("NFKD", CAMEL.sub(" ", text))
    return WORD.findall("".join(c for c in folded if not unicodedata.combining(c)).lower())


def text_of(*texts: str) -> str:
    """Return texts as one line of words, as the index keeps them."""
    return " ".join(word for text in texts for word in words(text))


@lru_cache(maxsize=4096)
def query_words(text: str) -> tuple[str, ...]:
    """Return the distinct words that matter in a question, in order; all of them when none matters."""
    found = list(dict.fromkeys(words(text[:2000])))
    kept = [word for word in found if word not in STOP_WORDS]
    return tuple((kept or found)[:QUERY_WORDS])


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts without repeats and empties, in order."""
    return tuple(dict.fromkeys(text for text in texts if text))
