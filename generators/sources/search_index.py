"""The full-text index that a site's own search runs on: it has the site's pages as records, not what they tell of."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from domain.meaning.words import fold, forms
from domain.observation import RecordCandidate
from domain.plan import Intent

_NAMED_SO: Final = re.compile(r"search[-_.]?(?:index|data|docs|documents|db)|lunr|pagefind", re.IGNORECASE)
_PLACE: Final = frozenset({"location", "url", "href", "path", "permalink", "uri", "ref", "link", "slug"})
_TEXT: Final = frozenset({"text", "content", "contents", "body", "html", "plain", "excerpt"})
_PAGES: Final = frozenset({"page", "article", "section", "chapter", "document", "doc", "post", "topic", "entry"})


def is_search_index(candidate: RecordCandidate, intent: Intent) -> bool:
    """Return whether records are the site's pages with their whole text, and other things than those are asked for."""
    names = {c.name for c in candidate.columns}
    if not _NAMED_SO.search(urlsplit(candidate.source.request.url).path) or not (names & _PLACE and names & _TEXT):
        return False
    nouns = {form for word in fold(intent.subject).split() for form in (word, *forms(word))}
    return not nouns & _PAGES
