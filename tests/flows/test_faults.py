"""The events site while it misbehaves: a question ends in the rows that it truly has, or in a typed error."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from domain.errors import LearnProblem, NeedsInput, NothingFound, SourceUnreachable
from domain.plan import PlannerKind, Query
from examples.events_site.app import store_for
from examples.events_site.faults import Fault
from examples.events_site.serve import running
from examples.truth import QUERIES_PATH, truth_of
from school.app import open_school
from school.ask import ask
from school.examples_cli import differences
from school.settings import load_settings
from tests.homes import furnished
from tests.requirements import requirement

DOCUMENT = json.loads(Path(QUERIES_PATH).read_text(encoding="utf-8"))
ASKED = next(query for query in DOCUMENT["queries"] if query["id"] == "climate-berlin-10km")
TYPED = (SourceUnreachable, LearnProblem)
"""A slow site may be too slow for the limits, as long as that is what it is called."""


@pytest.mark.browser
@pytest.mark.timeout(240)
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
@requirement("LEARN-2", "GEN-4", "PROVE-3")
async def test_a_site_that_misbehaves_gives_its_true_rows_or_a_typed_error(fault: Fault, tmp_path: Path) -> None:
    today = date.fromisoformat(DOCUMENT["today"])
    truth = truth_of(ASKED, store_for(seed=DOCUMENT["seed"], faults=frozenset({fault}), today=today))
    now = datetime.fromisoformat(DOCUMENT["now"])
    settings = load_settings(home=furnished(tmp_path / "home"), now=now, database="")
    async with running(DOCUMENT["seed"], [fault], today) as site, open_school(settings) as school:
        query = Query(text=ASKED["query"], site=site + ASKED["path"], planner=PlannerKind.BUILTIN)
        if fault is Fault.EMPTY:
            with pytest.raises((NothingFound, NeedsInput)):
                await ask(school, query, at_terminal=True)
            return
        try:
            answer = await ask(school, query, at_terminal=True)
        except TYPED:
            assert fault is Fault.SLOW
        else:
            assert differences(answer.run.rows, truth) == ""
