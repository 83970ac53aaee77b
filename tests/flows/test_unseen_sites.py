"""The built-in planner on small sites of unlike kinds: every question ends in the true rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import SchoolError
from domain.plan import PlannerKind, Query
from examples.events_site.serve import serving
from school.app import School
from school.ask import ask
from tests.requirements import requirement
from tests.sites import (
    agenda,
    answers,
    docs,
    feeds,
    films,
    guarded,
    jobs,
    laden,
    scripted,
    shipments,
    shop,
    tower,
    various,
    wiki,
)
from tests.sites.asked import Asked, Site, differs

SITES = (agenda, answers, docs, feeds, films, guarded, jobs, laden, scripted, shipments, shop, tower, various, wiki)


async def wrong(school: School, asked: Asked, base: str, owner: str) -> str:
    """Return what is wrong with the answer to a question, or with the published tool's answer to the same question."""
    query = Query(text=asked.text, site=base + asked.path, planner=PlannerKind.BUILTIN)
    try:
        answer = await ask(school, query, owner=owner, at_terminal=True)
        again = await ask(school, query, owner=owner, at_terminal=True)
    except SchoolError as problem:
        return "" if problem.code == asked.outcome else f"{problem.code}: {problem.message}"
    if again.learned:
        return "asked again, it was learned anew"
    if len(again.run.rows) != len(answer.run.rows):
        return f"asked again, it gives {len(again.run.rows)} rows with {dict(again.arguments)}"
    return differs(asked, answer.run.rows) or differs(asked, again.run.rows)


@pytest.mark.browser
@pytest.mark.timeout(400)
@pytest.mark.parametrize("site", [module.SITE for module in SITES], ids=lambda site: site.name)
@requirement(
    "LEARN-1",
    "LEARN-3",
    "LEARN-6",
    "LEARN-7",
    "PLAN-2",
    "PLAN-3",
    "PLAN-4",
    "GEN-1",
    "GEN-2",
    "GEN-3",
    "GEN-4",
    "PROVE-2",
)
async def test_every_question_to_an_unseen_site_ends_in_the_true_rows(site: Site, school: School) -> None:
    async with serving(site.app) as base:
        found = {
            f"{asked.path} {asked.text}": await wrong(school, asked, base, f"asker-{number}")
            for number, asked in enumerate(site.questions)
        }
    assert {text: what for text, what in found.items() if what} == {}


@pytest.mark.browser
@requirement("LEARN-6")
async def test_a_token_is_asked_for_anew_in_every_run(school: School) -> None:
    """The site takes a token only a few times; runs go on after the one that was observed is used up."""
    from school.call import call

    async with serving(guarded.SITE.app) as base:
        asked = guarded.SITE.questions[0]
        query = Query(text=asked.text, site=base + asked.path, planner=PlannerKind.BUILTIN)
        answer = await ask(school, query, at_terminal=True)
        token = answer.version.plan.records.tokens[0]
        assert (token.location, token.name) == ("header", "x-csrf-token")
        used = [value for value in guarded.ISSUED if value in answer.version.artifact.code]
        assert used == []
        for _ in range(guarded.USES + 1):
            again = await call(school, answer.version.name, {})
            assert differs(asked, again.run.rows) == ""


def test_the_sites_are_known_to_the_tests_alone() -> None:
    rooms = ("generators", "sandbox", "school", "domain", "registry", "mcp_server")
    names = ("Hearth &amp; Co", "Fortwiki", "Möbelhaus Nord")
    root = Path(__file__).resolve().parents[2]
    texts = [path.read_text(encoding="utf-8") for room in rooms for path in (root / room).rglob("*.py")]
    assert [name for name in names if any(name in text for text in texts)] == []
