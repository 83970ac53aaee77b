from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.meaning import gazetteer
from domain.policy import Policy
from domain.run import Outcome
from domain.workflow import Artifact
from sandbox.mapping import mapped
from sandbox.places import needs_places
from sandbox.runner import RunnerOptions, open_runner
from sandbox.towns import close_towns, open_towns
from tests.attacks.jail.raw import compile_unchecked, execute
from tests.requirements import requirement
from tests.sandbox.runner.workflows import HEAD, call


@pytest.fixture(autouse=True)
def apart() -> Iterator[None]:
    """Let each test open the index anew."""
    close_towns()
    yield
    close_towns()


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


@requirement("BOX-3")
async def test_a_small_town_is_found_in_the_jail_as_outside(tmp_path: Path) -> None:
    names = ("Half Moon Bay", "Half Moon Bay, CA", "Sausalito", "Zermatt", "Dingle", "Aach")
    small = [gazetteer.known(name, towns=False) for name in names]
    outside = [gazetteer.find(name) for name in names]
    assert () in small
    for _ in range(2):  # the index is made, and then found in its folder
        async with open_runner(RunnerOptions(cache=tmp_path / "cache")) as runner:
            inside = [(await call(runner, Artifact(code=CODE + BODY), Policy(), arguments={"word": n})) for n in names]
        assert [run.rows[0]["name"] for run in inside] == [found.name for found in outside if found is not None]
        close_towns()
    assert open_towns(tmp_path / "cache").size > 10_000_000


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    whole = open_towns(tmp_path)
    close_towns()
    (kept,) = tmp_path.glob("towns-*")
    kept.write_bytes(kept.read_bytes()[:-100])
    assert open_towns(tmp_path).size == whole.size
    close_towns()


def test_the_index_without_a_folder_can_be_read_and_not_changed() -> None:
    towns = open_towns(None)
    lines = mapped(towns)
    assert lines[:200].count(b"\n") > 0
    assert max(map(len, bytes(lines[:]).split(b"\n"))) < 400
    for attempt in (lambda: os.write(towns.descriptor, b"x"), lambda: os.ftruncate(towns.descriptor, 1)):
        with pytest.raises(OSError, match=r"Bad file|Invalid"):
            attempt()


@requirement("BOX-3")
async def test_a_process_with_places_has_one_descriptor_and_cannot_write_to_them() -> None:
    looks = """
async def run(arguments, http):
    import ctypes, os
    from domain.meaning import gazetteer
    if False:
        import workflow_kit
    found = []
    for number in range(64):
        try:
            os.lseek(number, 0, 1)
            found.append(number)
        except OSError as error:
            if error.errno == 29:
                found.append(number)
    towns = gazetteer._TOWNS[0]
    if arguments.get("write"):
        towns[0] = b"x"
    return {"rows": [{"size": len(towns)}], "count": len(found)}
"""
    async with open_runner(RunnerOptions(), compiler=compile_unchecked) as runner:
        run = await execute(runner, looks)
        assert run.output == {"rows": [{"size": open_towns(None).size}], "count": 4}
        assert (await execute(runner, looks, arguments={"write": True})).error is not None
        assert (await execute(runner, looks)).output == run.output


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
