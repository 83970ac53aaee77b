"""Questions about an answer itself: its status, where redirects end, whether a page that sometimes fails answers."""

from __future__ import annotations

import re
from typing import Final

from domain.meaning.words import fold
from domain.observation import Column, Observation, RecordCandidate
from domain.plan import FieldType, Intent, RecordSource, SourceKind
from generators.sources.paths import ONE
from generators.sources.requests import template_of

WHOLE: Final = "text"
"""The format of a source whose answer is one record, whatever it holds."""
_ONE_PAGE: Final = re.compile(
    r"\b(?:the|an?|this|that|which) (?:[\w-]+ )?(?:page|address|url|endpoint|request|answer|response|resource|server)\b"
)
_STATUS: Final = re.compile(r"\bstatus(?: code)?\b|\banswer(?:s|ed)?(?: with)? [1-5]\d\d\b")
_REDIRECTS: Final = re.compile(r"\bfollow\w*\b.*\bredirect|\bredirect\w*\b.*\b(?:ends?|lands?|leads?|goes)\b")


def asks_of_answer(intent: Intent) -> bool:
    """Return whether the question wants to know how an address answers rather than what records are there."""
    said = fold(intent.text)
    return bool(_REDIRECTS.search(said) or (_ONE_PAGE.search(said) and _STATUS.search(said)))


def tells_of_address(intent: Intent, candidate: RecordCandidate) -> bool:
    """Return whether words that a single record does not say describe the address that was given: "the slow page"."""
    return candidate.source.records.startswith(ONE) and bool(_ONE_PAGE.search(fold(intent.text)))


def whole_answer(observation: Observation, intent: Intent) -> RecordCandidate | None:
    """Return the candidate that takes the answer of the given address as one record; None where nobody asks for it."""
    page = observation.pages[0] if observation.pages else None
    if page is None or not 200 <= page.status < 300 or not asks_of_answer(intent):
        return None
    told = {
        "status": (page.status, FieldType.INTEGER, "The status of the last answer"),
        "url": (page.final_url, FieldType.URL, "The address at which it was given"),
        "path": (_path(page.final_url), FieldType.STRING, "The path of that address"),
        "content_type": (page.content_type, FieldType.STRING, "What kind of content it has"),
    }
    kept = {name: one for name, one in told.items() if one[0]}
    columns = tuple(
        Column(name=name, locator=name, type=kind, fill=1.0, label=label, samples=(str(value),))
        for name, (value, kind, label) in kept.items()
    )
    request = template_of(observation.url)
    return RecordCandidate(
        id=f"answer of {observation.url}",
        kind=SourceKind.JSON,
        source=RecordSource(request=request, records=ONE, format=WHOLE),
        columns=columns,
        count=1,
        coverage=1.0,
        agreement=1.0,
        score=1.0,
        exemplars=({name: one[0] for name, one in kept.items()},),
        identity=("url",),
        grounded=True,
        complete=True,
        url=request.url,
    )


def _path(url: str) -> str:
    return "/" + url.split("#", 1)[0].split("?", 1)[0].partition("://")[2].partition("/")[2]
