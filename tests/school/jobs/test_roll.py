"""Who is dead is told by beats that stand still, by a lock that nobody holds, and by a goodbye."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.job import Job
from registry.jobs import JobBoard, open_board
from school.jobs.roll import Roll
from tests.requirements import requirement


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def board(tmp_path: Path) -> Iterator[JobBoard]:
    opened = open_board(f"sqlite:///{tmp_path / 'jobs.db'}")
    yield opened
    opened.close()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def roll(board: JobBoard, folder: Path, seconds: Seconds, version: str = "1") -> Roll:
    return Roll(board, folder, version, lease_s=10, clock=seconds)


def a_job(worker: str) -> Job:
    now = datetime.now(UTC)
    return Job(id="job_a", owner="ada", kind="learn", input={}, worker=worker, created_at=now, updated_at=now)


@requirement("JOB-1")
def test_a_worker_of_another_machine_is_dead_once_its_lease_is_over(
    board: JobBoard, tmp_path: Path, seconds: Seconds
) -> None:
    far, near = roll(board, tmp_path / "far", seconds), roll(board, tmp_path / "near", seconds)
    far.join()
    near.join()
    assert near.dead() == ()
    seconds.now = 9
    assert near.dead() == ()
    far.beat()
    seconds.now = 18
    assert near.dead() == ()
    seconds.now = 27.9
    assert near.dead() == ()
    seconds.now = 28
    assert near.dead() == (far.me,)
    assert near.orphaned((a_job(far.me),))
    near.bury((far.me,))
    far.beat()  # it was only paused
    assert near.dead() == ()
    far.leave(unfinished=False)
    near.leave(unfinished=False)
    assert board.workers() == {}


@requirement("JOB-1")
def test_a_worker_of_this_machine_that_ended_is_dead_at_once(board: JobBoard, tmp_path: Path, seconds: Seconds) -> None:
    gone, here = roll(board, tmp_path, seconds), roll(board, tmp_path, seconds)
    gone.join()
    here.join()
    assert here.dead() == ()
    board.beat("ended", "1")
    (tmp_path / "ended.lock").touch()  # as a process leaves it that was killed: nobody holds it
    assert here.dead() == ("ended",)
    here.bury(("ended",))
    assert not (tmp_path / "ended.lock").exists()
    gone.leave(unfinished=True)
    assert here.dead() == (gone.me,)
    here.leave(unfinished=False)


@requirement("JOB-1")
def test_a_job_waits_for_nobody_only_where_no_worker_lives(board: JobBoard, tmp_path: Path, seconds: Seconds) -> None:
    watcher, worker = roll(board, tmp_path, seconds), roll(board, tmp_path, seconds, "2")
    assert not watcher.orphaned(())
    assert watcher.orphaned((a_job(""),))
    worker.join()
    assert not watcher.orphaned((a_job(""),))
    assert not watcher.orphaned((a_job(worker.me),))
    assert watcher.orphaned((a_job("nobody"),))
    assert (watcher.served("2"), watcher.served("1")) == (True, False)
    worker.leave(unfinished=False)
