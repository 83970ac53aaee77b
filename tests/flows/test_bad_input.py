"""Pages that no site should serve: questions end in right rows or a typed error, in time, nothing half-published."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from domain.errors import SchoolError
from domain.plan import PlannerKind, Query
from domain.workflow import Status
from examples.events_site.serve import serving
from school.app import School, open_school
from school.ask import ask
from school.settings import load_settings
from tests.conftest import NOW
from tests.homes import furnished
from tests.requirements import requirement
from tests.sites import bad

OWNER = "guest"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[School]:
    """A school that gives every question a minute: more would end as ``took_too_long``."""
    settings = load_settings(
        home=furnished(tmp_path / "home"), now=datetime.fromisoformat(NOW), database="", learn_timeout_s=60.0
    )
    async with open_school(settings) as opened:
        yield opened


async def ended(school: School, path: str, text: str = "dishes") -> str | list[str]:
    """Return the code of the error that a question ended with, or every text of its rows."""
    async with serving(bad.site()) as base:
        query = Query(text=text, site=base + path, planner=PlannerKind.BUILTIN)
        try:
            answer = await ask(school, query, owner=OWNER, at_terminal=True)
        except SchoolError as problem:
            code = problem.code
        else:
            return [str(value) for row in answer.run.rows for value in row.values()]
    published = [tool for status in Status for tool in school.registry.tools(OWNER, status=status).entries]
    assert published == []
    return code


@pytest.mark.parametrize("path", bad.ENCODED)
@requirement("LEARN-2")
async def test_names_are_right_in_whatever_encoding_a_page_comes(school: School, path: str) -> None:
    texts = await ended(school, path)
    wanted = bad.CYRILLIC if path == "/header-wrong" else bad.NAMES
    assert isinstance(texts, list), texts
    assert set(wanted) <= set(texts)


CLOSED = {
    "/captcha": "source_blocked",
    "/captcha-200": "source_blocked",
    "/login": "source_blocked",
    "/to-login": "source_blocked",
    "/loop": "source_unreachable",
    "/never": "source_unreachable",
    "/stream": "source_unreachable",
    "/bomb": "source_unreachable",
    "/nothing": "nothing_found",
    "/empty": "nothing_found",
    "/pdf": "nothing_found",
    "/png": "nothing_found",
    "/pdf-as-html": "nothing_found",
    "/scalar": "nothing_found",
    "/null": "nothing_found",
    "/not-json": "nothing_found",
    "/nested": "nothing_found",
}


@pytest.mark.parametrize("path", CLOSED)
@requirement("PROVE-3")
async def test_a_page_that_cannot_serve_ends_with_what_it_is(school: School, path: str) -> None:
    assert await ended(school, path) == CLOSED[path]


@pytest.mark.parametrize(("path", "text"), [("/trap", "dishes"), ("/broken", "dishes"), ("/calendar", "concerts")])
@requirement("LEARN-3")
async def test_traps_broken_markup_and_endless_calendars_give_the_list_itself(
    school: School, path: str, text: str
) -> None:
    texts = await ended(school, path, text)
    assert isinstance(texts, list), texts
    wanted = ("Concert May 0", "Concert May 7") if path == "/calendar" else bad.NAMES
    assert all(any(name in found for found in texts) for name in wanted)


BOUNDED = {"source_unreachable", "nothing_found", "not_proved", "took_too_long"}


@pytest.mark.parametrize("path", ["/huge", "/scroll"])
@requirement("LEARN-2")
async def test_huge_and_endless_pages_end_in_their_rows_or_a_typed_error(school: School, path: str) -> None:
    texts = await ended(school, path)
    if isinstance(texts, str):
        assert texts in BOUNDED
    else:
        assert {"Dish 0", "Dish 39"} <= set(texts)
