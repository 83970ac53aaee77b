"""Questions that follow links from page to page: what is linked from what is linked, beginning at the given address."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from domain.meaning.words import fold
from domain.observation import Column, ProbePurpose, RecordCandidate
from domain.plan import FieldType, Intent, Paging, PagingKind, SourceKind
from generators.sources.asking import Questions, good
from generators.sources.reading import read_rows
from generators.sources.requests import template_of
from generators.sources.roles import Role, roles_of

_FOLLOWS: Final = re.compile(
    r"\b(?:follow\w*|crawl\w*) (?:\w+ ){0,3}links?\b|\breachable from\b"
    r"|\b(?:linked|connected) (?:page|site|document|article|entr)\w*\b.*\b(?:start|begin)\w* (?:from|at|with|on)\b"
    r"|\b(?:start|begin)\w* (?:from|at|with|on)\b.*\b(?:linked|connected) (?:page|site|document|article|entr)\w*\b"
)
_ONLY_SAYS_HOW: Final = frozenset({"linked", "connected", "reachable", "follow", "crawl", "link", "links"})


def asks_to_follow(intent: Intent) -> bool:
    """Return whether the question wants what links lead to, page after page, and not one page's links alone."""
    return bool(_FOLLOWS.search(fold(intent.text)))


def says_how(word: str, candidate: RecordCandidate) -> bool:
    """Return whether a word of such a question only says how its records are reached."""
    follows = candidate.paging is not None and candidate.paging.kind is PagingKind.LINKS
    return follows and fold(word) in _ONLY_SAYS_HOW


def followed(candidate: RecordCandidate, intent: Intent, questions: Questions) -> RecordCandidate:
    """Return the candidate that reads its records' own pages for more of them, where it was asked and holds there.

    It holds where the page of a record that was asked has records by the same selectors, all at the same host.
    """
    link = _link(candidate)
    if link is None or candidate.paging is not None or not asks_to_follow(intent):
        return candidate
    address = urljoin(candidate.url, link.samples[0])
    answer = questions.ask(template_of(address), ProbePurpose.PAGE_TWO, "what the first record's page links to")
    rows = read_rows(candidate, answer.body) or [] if answer is not None and good(answer) else []
    host = urlsplit(candidate.url).netloc
    led = [urljoin(address, str(row[link.name])) for row in rows if row.get(link.name)]
    if not led or any(urlsplit(one).netloc != host for one in led):
        return candidate
    paging = Paging(kind=PagingKind.LINKS, location="url", next_locator=link.locator, proven=True)
    return candidate.model_copy(update={"paging": paging, "complete": True})


def _link(candidate: RecordCandidate) -> Column | None:
    if candidate.kind is not SourceKind.HTML:
        return None
    links = [c for c in candidate.columns if c.type is FieldType.URL and Role.LINK in roles_of(c) and c.samples]
    return links[0] if links else None
