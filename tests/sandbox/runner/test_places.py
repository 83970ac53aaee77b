from __future__ import annotations

import pytest

from domain.policy import Policy
from domain.run import Outcome
from domain.workflow import Artifact
from sandbox.places import needs_places
from sandbox.runner import open_runner
from tests.requirements import requirement
from tests.sandbox.runner.workflows import HEAD, call

BODY = """    found = place(request.word)
    return Response(rows=[Item(name=found.name, number=int(same_place("Tokyo", "tokyo")))], count=1)
"""
CODE = HEAD.replace("import asyncio\n\n", "").replace(
    "import workflow_kit\n", "from workflow_kit import place, same_place\n"
)


@requirement("BOX-3")
async def test_a_workflow_that_names_places_finds_them_in_the_jail() -> None:
    async with open_runner() as runner:
        run = await call(runner, Artifact(code=CODE + BODY), Policy(), arguments={"word": "NYC"})
    assert (run.outcome, run.error) == (Outcome.OK, None)
    assert run.rows == [{"name": "New York", "number": 1}]


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("from workflow_kit import day, place", True),
        ("from workflow_kit import same_place as same", True),
        ("import workflow_kit", True),
        ("import workflow_kit as kit", True),
        ("from workflow_kit import day", False),
        ("place = 'somewhere'", False),
        ("def broken(", False),
    ],
)
def test_only_code_that_names_places_carries_their_index(source: str, needed: bool) -> None:
    assert needs_places(source) is needed
