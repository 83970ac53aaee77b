"""From an Observation to Findings: which records a source has, and the questions that would make sure.

Study is pure. It is repeated with the answers to its own probes until none is open; then the findings are grounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

from domain.observation import Findings, Observation, ProbeAnswer, ProbePurpose
from domain.plan import Intent, SourceKind
from generators.openapi.grounding import study_documents
from generators.sources.asking import Questions
from generators.sources.details import study_details
from generators.sources.documents import documents
from generators.sources.feeds import study_feeds
from generators.sources.json_study import Sight, study_json
from generators.sources.page_study import study_pages
from generators.sources.relevance import visible_text
from generators.sources.requests import template_of
from generators.sources.roles import Role, first
from generators.sources.shown_labels import with_shown_labels
from generators.sources.whole_answers import whole_answer

_MOST_TWINS: Final = 3
_CAPTCHA: Final = re.compile(
    r"captcha|verify (that )?you are (a )?human|are you a robot|unusual traffic|checking your browser|"
    r"enable javascript and cookies to continue",
    re.IGNORECASE,
)
_REFUSED: Final = re.compile(r"access denied", re.IGNORECASE)


def study(observation: Observation, intent: Intent, answers: tuple[ProbeAnswer, ...] = ()) -> Findings:
    """Return record candidates, endpoints and open probes of an observation, for a question.

    At most 25 probes are asked over all rounds, by GET unless the page itself sends another method.
    """
    questions = Questions(answers)
    described = study_documents(observation, intent, questions)
    for url in _twins(observation):
        questions.ask(template_of(url), ProbePurpose.DOCUMENT, "a JSON form of the page")
    visible = visible_text(observation)
    more, pages, names = study_pages(observation, intent, visible, questions)
    sight = Sight(visible=visible, names=names)
    candidates, endpoints = study_json(observation, intent, documents(observation, answers), sight, questions)
    candidates = with_shown_labels(candidates, more)
    best = [*described[:1], *candidates[:1], *[c for c in more if c.kind is not SourceKind.BROWSER][:2]]
    choices = [choice for e in (*endpoints, *pages) for p in e.parameters for choice in p.choices]
    whole = whole_answer(observation, intent)
    details = study_details(observation, intent, best, choices, questions)
    alone = not any(first(c.columns, Role.START) for c in (*candidates, *more))
    return Findings(
        candidates=(
            *((whole,) if whole is not None else ()),
            *described,
            *candidates,
            *more,
            *study_feeds(observation, visible, alone=alone),
            *details,
        ),
        endpoints=(*endpoints, *pages),
        probes=questions.open,
        walls=tuple(_walls(observation)),
    )


def _twins(observation: Observation) -> list[str]:
    """Addresses that the page names as the same content in JSON."""
    found: dict[str, None] = {}
    for page in observation.pages[:1]:
        host = urlsplit(page.final_url).netloc
        for link in page.links:
            href = urljoin(page.final_url, link.href).split("#", 1)[0]
            if urlsplit(href).netloc != host:
                continue
            alternate = "alternate" in link.rel.lower() and "json" in link.type.lower() and "oembed" not in link.type
            named = link.text.strip().lower() in {"json", "as json", "view as json", "download json"}
            if (alternate or named) and "+xml" not in link.type:
                found[href] = None
    return list(found)[:_MOST_TWINS]


def _walls(observation: Observation) -> Iterator[str]:
    """What stands between us and the content: login forms and captchas on the page that was asked for."""
    for page in observation.pages[:1]:
        text = (page.text_after or page.text_before)[:3000]
        if page.status in (401, 407):
            yield f"login ({page.status})"
        elif len(text) < 1500 and (_CAPTCHA.search(text) or "wall: captcha" in observation.notes):
            yield f"captcha ({page.status})"
        elif page.status in (403, 429) or (_REFUSED.search(text) and len(text) < 1500):
            yield f"refused ({page.status})"
        elif any(f.kind == "password" for form in page.forms for f in form.fields) and len(text) < 1500:
            yield "login form"
