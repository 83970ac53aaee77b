"""The engine in one process: steps keep their values, versions drain or begin anew, and nothing listens or speaks."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil
import pytest

from domain.events import EventSink, Progress
from domain.job import Job, JobState
from registry.jobs import open_board
from school.app import School
from school.jobs import JobDesk, kinds, open_job_desk
from school.jobs.crew import ENGINE_VERSION
from school.jobs.roll import Roll
from school.steps import Steps
from tests.flows import light_jobs
from tests.requirements import requirement

assert light_jobs.work  # its import makes the kind known


async def over(desk: JobDesk, job_id: str, seconds: float = 60) -> Job:
    async with asyncio.timeout(seconds):
        return await desk.wait(job_id, None, longest_s=seconds)


@requirement("PROVE-6", "JOB-1")
async def test_jobs_of_another_version_wait_for_its_workers_and_begin_anew_without_them(school: School) -> None:
    now = datetime.now(UTC)
    left = Job(
        id="job_left", owner="ada", kind="light", input={"name": "left"}, handed=True, engine_version="0",
        stage="trials", percent=60, attempts=1, claim=1, created_at=now, updated_at=now,
    )  # fmt: skip
    board = open_board(school.settings.jobs_url)
    old = Roll(board, school.settings.home / "jobs", "0", lease_s=600)
    old.join()
    board.add(left, most_open=5)
    async with open_job_desk(school) as desk:
        mine = desk.begin("light", {"name": "mine"}, owner="ada")
        assert (await over(desk, mine.id)).state is JobState.DONE
        assert desk.get("job_left", "ada").round == 1  # a worker of its own version may still finish it
        old.leave(unfinished=True)
        done = await over(desk, "job_left")
    assert (done.state, done.round, done.engine_version) == (JobState.DONE, 2, ENGINE_VERSION)
    assert school.registry.tool("left", "ada").number == 1
    board.close()


@requirement("JOB-1")
async def test_the_engine_is_silent_listens_nowhere_and_keeps_no_data_of_ended_jobs_and_no_pickle(
    school: School, capfd: pytest.CaptureFixture[str]
) -> None:
    file = Path(school.settings.jobs_url.removeprefix("sqlite:///"))
    before = listening()
    async with open_job_desk(school) as desk:
        job = desk.begin("light", {"name": "quiet"}, owner="ada")
        assert (await over(desk, job.id)).state is JobState.DONE
        with sqlite3.connect(file) as found:
            stored = {row[0] for row in found.execute("SELECT DISTINCT serialization FROM operation_outputs")}
            assert found.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert stored == {"agent_school_json"}
        assert listening() == before
        assert await swept(file, 30)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("dbos").level == logging.CRITICAL


def listening() -> set[int]:
    """The ports on which this process listens; the test run's own may be among them."""
    found = psutil.Process().net_connections("inet")
    return {each.laddr.port for each in found if each.status == psutil.CONN_LISTEN}


async def swept(file: Path, seconds: float) -> bool:
    """Whether the engine's data of all jobs is taken away within a time."""
    until = time.monotonic() + seconds
    with sqlite3.connect(file) as found:
        while time.monotonic() < until:
            if found.execute("SELECT COUNT(*) FROM workflow_status").fetchone() == (0,):
                return True
            await asyncio.sleep(0.1)
    return False


async def odd(_: School, job: Job, steps: Steps, __: object) -> dict[str, object]:
    """A kind whose steps give every sort of value."""

    async def give(value: object) -> object:
        return value

    first = await steps.do("tuple", tuple[str, int | None], partial(give, ("\ud83d\x00", None)))
    second = await steps.do("job", Job, partial(give, job))
    third = await steps.do("moment", datetime, partial(give, job.created_at))
    fourth = await steps.do("number", float, partial(give, float("inf")))
    fifth = await steps.do("nothing", str | None, partial(give, None))
    same = (first, second, third, fourth, fifth) == (("\ud83d\x00", None), job, job.created_at, float("inf"), None)
    return {"same": same, "rows": []}


async def broken(*_: object) -> dict[str, object]:
    raise ZeroDivisionError("a secret of the inside")


@requirement("PROVE-6")
async def test_steps_give_back_what_they_were_given_and_a_bug_ends_its_job_alone(school: School) -> None:
    kinds.register("odd", f"{__name__}:odd")
    kinds.register("broken", f"{__name__}:broken")
    async with open_job_desk(school) as desk:
        ids = [desk.begin(kind, {"name": kind}, owner="ada").id for kind in ("odd", "broken", "no such kind")]
        good, bad, unknown = [await over(desk, each) for each in ids]
    assert good.error is None
    assert good.result == {"same": True, "rows": []}
    for job in (bad, unknown):
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert job.error["message"] == "Something broke inside the server."
        assert "secret" not in str(job.error)


async def held_up(school: School, _: Job, __: Steps, on_progress: EventSink) -> dict[str, object]:
    """A kind that tells of its progress while another process has the board for itself."""
    with closing(sqlite3.connect(school.settings.jobs_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        on_progress(Progress(stage="held up", message="nobody can write", percent=40))
        other.execute("ROLLBACK")  # comes in time only if this thread did not wait for the board
    return {"rows": []}


@requirement("PROVE-6", "MCP-5")
async def test_progress_that_the_board_cannot_take_at_once_holds_nobody_up_and_is_kept(school: School) -> None:
    kinds.register("held up", f"{__name__}:held_up")
    async with open_job_desk(school) as desk:
        done = await over(desk, desk.begin("held up", {}, owner="ada").id)
    assert (done.state, done.stage) == (JobState.DONE, "held up")
