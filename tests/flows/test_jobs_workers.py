"""Workers that die, pause, stop and come back: nothing is lost, and nothing is published twice."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from domain.job import Job, JobState
from registry import open_registry
from school.jobs import JobDesk
from tests import prepared
from tests.flows.jobs_workshop import desk, environment, gate, sqlite_jobs, worker
from tests.homes import furnished
from tests.registry.conftest import postgres_database, postgres_server, postgres_template
from tests.requirements import requirement

__all__ = ["postgres_server", "postgres_template"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return furnished(tmp_path / "home")


async def over(jobs: JobDesk, *ids: str, seconds: float = 60) -> list[Job]:
    async with asyncio.timeout(seconds):
        return [await jobs.wait(each, None, longest_s=seconds) for each in ids]


def numbers(home: Path, name: str, registry_url: str = "") -> list[int]:
    """The numbers of all versions that a tool ever had."""
    with open_registry(registry_url or home / "registry.sqlite", keys_folder=home / "keys") as registry:
        return [entry.number for entry in registry.versions(name, "ada")]


def command(home: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    done = prepared.run(prepared.MAIN, "jobs", *arguments, "--json", env=environment(home), timeout=60)
    return done.returncode, json.loads(done.stdout)


@requirement("PROVE-6", "JOB-1")
async def test_a_killed_workers_job_goes_on_at_its_last_finished_step(home: Path) -> None:
    with gate() as held, desk(sqlite_jobs(home)) as jobs:
        job = jobs.begin("light", {"name": "killed", "gate": held.url}, owner="ada")
        with worker(home) as first:
            assert held.arrived() == f"killed/publish/{first.pid}"
            first.kill()
            first.wait()
        with worker(home) as second:
            held.let(f"killed/publish/{second.pid}")
            (done,) = await over(jobs, job.id)
    assert (done.state, done.percent, done.attempts) == (JobState.DONE, 100, 2)
    made = [path for path in held.seen if path.split("/")[1] != "publish"]
    assert made == [f"killed/make/{first.pid}", f"killed/show/{first.pid}"]
    assert numbers(home, "killed") == [1]


@requirement("JOB-1")
async def test_a_paused_worker_that_comes_back_publishes_nothing(home: Path) -> None:
    with gate() as held, desk(sqlite_jobs(home)) as jobs, worker(home) as paused:
        job = jobs.begin("light", {"name": "paused", "gate": held.url}, owner="ada")
        assert held.arrived() == f"paused/publish/{paused.pid}"
        paused.send_signal(signal.SIGSTOP)
        try:
            with worker(home) as taker:
                held.let(f"paused/publish/{taker.pid}")
                (done,) = await over(jobs, job.id)
                held.let(f"paused/publish/{paused.pid}")  # the answer waits until it wakes in the middle of its step
                paused.send_signal(signal.SIGCONT)
                again = jobs.begin("light", {"name": "after"}, owner="ada")
                (after,) = await over(jobs, again.id)
        finally:
            paused.send_signal(signal.SIGCONT)
        paused.terminate()
        paused.wait(timeout=30)  # it has finished whatever it was in the middle of
        assert (done.state, after.state) == (JobState.DONE, JobState.DONE)
        assert jobs.get(job.id, "ada") == done
    assert numbers(home, "paused") == [1]


@pytest.mark.timeout(240)
@requirement("JOB-1", "PROVE-6")
async def test_two_workers_on_postgresql_finish_200_jobs_though_one_is_killed(
    home: Path, postgres_server: str, postgres_template: str
) -> None:
    with postgres_database(postgres_server, postgres_template) as url, desk(url) as jobs:
        with worker(home, at_once=8, database=url) as first, worker(home, at_once=8, database=url) as second:
            ids = [jobs.begin("light", {"name": f"tool_{n}"}, owner="ada").id for n in range(200)]
            await over(jobs, ids[20])  # both are in the middle of it
            first.kill()
            first.wait()
            done = await over(jobs, *ids, seconds=100)
            assert second.poll() is None
        assert [job.state for job in done] == [JobState.DONE] * 200
        with open_registry(url, keys_folder=home / "keys") as registry:
            versions = {name: len(registry.versions(name, "ada")) for name in (f"tool_{n}" for n in range(200))}
        assert set(versions.values()) == {1}


@requirement("PROVE-6")
async def test_a_job_is_seen_answered_and_cancelled_from_another_process(home: Path) -> None:
    with gate(holding=("show",)) as held, desk(sqlite_jobs(home)) as jobs, worker(home) as at_work:
        asks = jobs.begin("light", {"name": "asks", "ask": True}, owner="ada")
        (asked,) = await over(jobs, asks.id)
        assert (asked.state, asked.question) == (
            JobState.NEEDS_INPUT,
            {"text": "Which city?", "field": "city", "choices": ["Rome", "Oslo"]},
        )
        status, listed = command(home, "list", "--state", "needs_input")
        assert status == 0
        assert [(each["id"], each["owner"]) for each in listed["jobs"]] == [(asks.id, "ada")]
        assert command(home, "answer", asks.id, "Oslo")[0] == 0
        (done,) = await over(jobs, asks.id)
        assert (done.state, done.round) == (JobState.DONE, 2)
        assert done.result is not None
        assert done.result["answers"] == [{"field": "city", "text": "Oslo", "by_person": True}]
        status, refused = command(home, "answer", asks.id, "Rome")
        assert (status, refused["error"]["code"]) == (2, "job_refused")

        long = jobs.begin("light", {"name": "long", "gate": held.url}, owner="ada")
        assert held.arrived() == f"long/show/{at_work.pid}"
        _, shown = command(home, "show", long.id)
        assert (shown["job"]["stage"], shown["job"]["percent"]) == ("show", 60.0)
        _, cancelled = command(home, "cancel", long.id)
        assert cancelled["job"]["state"] == "cancelled"
        held.let(f"long/show/{at_work.pid}")
        (other,) = await over(jobs, jobs.begin("light", {"name": "other"}, owner="ada").id)
        assert other.state is JobState.DONE
        assert jobs.get(long.id, "ada").state is JobState.CANCELLED
        assert command(home, "show", "job_nothing")[1]["error"]["code"] == "unknown_job"
    with open_registry(home / "registry.sqlite") as registry:
        assert registry.search("long", "ada") == ()


@requirement("JOB-1")
async def test_a_worker_that_is_stopped_hands_its_job_on_at_once(home: Path) -> None:
    with gate() as held, desk(sqlite_jobs(home)) as jobs, worker(home, jobs_lease_s="600") as second:
        os.kill(second.pid, signal.SIGSTOP)
        with worker(home, jobs_lease_s="600") as first:
            job = jobs.begin("light", {"name": "handed", "gate": held.url}, owner="ada")
            assert held.arrived() == f"handed/publish/{first.pid}"
            os.kill(second.pid, signal.SIGCONT)
            first.terminate()
            assert first.wait(timeout=30) == 0
        with worker(home, jobs_lease_s="600") as third:
            for pid in (second.pid, third.pid):
                held.let(f"handed/publish/{pid}")
            (done,) = await over(jobs, job.id)
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    assert numbers(home, "handed") == [1]


@requirement("PROVE-6")
async def test_an_expected_failure_ends_the_job_with_its_code_and_remedy(home: Path) -> None:
    with desk(sqlite_jobs(home)) as jobs, worker(home):
        (failed,) = await over(jobs, jobs.begin("light", {"name": "fails", "fail": True}, owner="ada").id)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert {name: failed.error[name] for name in ("code", "message", "remedy")} == {
        "code": "nothing_found",
        "message": "There is nothing light here.",
        "remedy": "Take another.",
    }
