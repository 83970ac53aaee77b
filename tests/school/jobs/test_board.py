"""The board of jobs on both engines: of two who want to change a job, one wins and the other is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.events import Progress
from domain.job import Job, JobState
from registry.jobs import KEPT_PER_OWNER, JobBoard, open_board
from tests.registry.conftest import postgres_database, postgres_server
from tests.requirements import requirement

__all__ = ["postgres_server"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'jobs.db'}"
        return
    with postgres_database(request.getfixturevalue("postgres_server")) as made:
        yield made


@pytest.fixture
def board(url: str) -> Iterator[JobBoard]:
    opened = open_board(url)
    yield opened
    opened.close()


def job(name: str = "job_a", *, owner: str = "ada", **changes: object) -> Job:
    now = datetime.now(UTC)
    values = {"id": name, "owner": owner, "kind": "learn", "input": {"n": 1}, "created_at": now, "updated_at": now}
    return Job.model_validate({**values, **changes})


def progress(percent: float, message: str = "looking") -> Progress:
    return Progress(stage="observe", message=message, percent=percent)


@requirement("PROVE-6")
def test_a_job_is_read_as_it_was_put_up_whatever_stands_in_it(board: JobBoard, url: str) -> None:
    odd = {"text": 'a \ud83d surrogate, a \x00 and "quotes"', "deep": [1, 2.5, None, {"x": [True]}]}
    made = job(input=odd, message="ünïcode")
    assert board.add(made, most_open=5)
    other = open_board(url)  # as another process
    assert other.get("job_a") == made
    assert other.listing(owner="ada") == (made,)
    assert other.listing(owner="bea") == ()
    assert other.get("job_b") is None
    other.close()


@requirement("PROVE-6", "JOB-1")
def test_only_the_latest_claim_writes(board: JobBoard) -> None:
    board.add(job(), most_open=5)
    first = board.claim("job_a", 1, "one")
    second = board.claim("job_a", 1, "two")
    assert first is not None
    assert second is not None
    assert (first.claim, second.claim, second.attempts, second.worker) == (1, 2, 2, "two")
    assert not board.holds(first)
    assert not board.note(first, progress(50))
    assert not board.finish(first, JobState.DONE, result={"by": "one"})
    assert board.note(second, progress(40))
    assert board.finish(second, JobState.DONE, result={"by": "two"})
    assert not board.finish(second, JobState.FAILED, error={"code": "late"})
    ended = board.get("job_a")
    assert ended is not None
    assert (ended.state, ended.result, ended.error, ended.percent) == (JobState.DONE, {"by": "two"}, None, 100)
    assert board.claim("job_a", 1, "three") is None


@requirement("PROVE-6")
def test_progress_never_falls(board: JobBoard) -> None:
    board.add(job(), most_open=5)
    mine = board.claim("job_a", 1, "one")
    assert mine is not None
    board.note(mine, progress(60, "far"))
    board.note(mine, progress(10, "again"))
    seen = board.get("job_a")
    assert seen is not None
    assert (seen.percent, seen.message) == (60, "again")


@requirement("PROVE-6")
def test_a_cancelled_job_stays_cancelled_whoever_works_on_it(board: JobBoard) -> None:
    board.add(job(), most_open=5)
    mine = board.claim("job_a", 1, "one")
    assert mine is not None
    assert board.cancel("job_a")
    assert not board.finish(mine, JobState.DONE, result={})
    assert not board.cancel("job_a")
    seen = board.get("job_a")
    assert seen is not None
    assert seen.state is JobState.CANCELLED


@requirement("PROVE-6")
def test_a_question_is_answered_once_and_begins_a_new_round(board: JobBoard) -> None:
    board.add(job(), most_open=5)
    mine = board.claim("job_a", 1, "one")
    assert mine is not None
    board.finish(mine, JobState.NEEDS_INPUT, question={"text": "Which?", "field": "city", "choices": []})
    asking = board.get("job_a")
    assert asking is not None
    assert board.begin_again(asking, given={"n": 2}, message="answered")
    assert not board.begin_again(asking, given={"n": 3}, message="answered")
    again = board.get("job_a")
    assert again is not None
    assert (again.state, again.round, again.input, again.question) == (JobState.RUNNING, 2, {"n": 2}, None)
    assert board.claim("job_a", 1, "late") is None
    assert [each.id for each in board.unhanded("1")] == ["job_a"]


@requirement("PROVE-6")
def test_an_owner_has_so_many_jobs_at_a_time_and_keeps_so_many_ended_ones(board: JobBoard) -> None:
    assert board.add(job("job_1"), most_open=1)
    assert not board.add(job("job_2"), most_open=1)
    assert board.add(job("job_3", owner="bea"), most_open=1)
    old = datetime.now(UTC) - timedelta(days=1)
    for number in range(KEPT_PER_OWNER + 5):
        at = old + timedelta(seconds=number)
        board.add(job(f"old_{number:03}", state=JobState.DONE, created_at=at, updated_at=at), most_open=9)
    board.add(job("job_new"), most_open=9)
    kept = [each.id for each in board.listing(owner="ada", state=JobState.DONE, limit=1000)]
    assert len(kept) == KEPT_PER_OWNER
    assert "old_000" not in kept


@requirement("JOB-1")
def test_workers_show_life_and_are_taken_off(board: JobBoard) -> None:
    board.beat("one", "1")
    board.beat("one", "1")
    board.beat("two", "2")
    assert board.workers() == {"one": ("1", 2), "two": ("2", 1)}
    board.leave("two")
    assert board.workers()["two"] == ("2", -1)
    board.forget(["two"])
    assert set(board.workers()) == {"one"}
