"""What clients and commands do with jobs: begin, look, wait, answer, cancel. For another owner a job does not exist.

Only rows are changed here; ``Crew`` sees to it that someone works on them. A process that merely looks loads no engine.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio

from domain.errors import APPROVAL, NeedsInput, SchoolError
from domain.events import EventSink, Progress
from domain.job import ENDS, Job, JobState
from domain.plan import Query
from domain.values import JsonObject
from registry.jobs import JobBoard, open_board
from school.app import School
from school.approvals import approval_of
from school.jobs.crew import Crew, open_crew
from school.jobs.problems import JobRefused, UnknownJob, as_error

if TYPE_CHECKING:
    from school.settings import Settings

OPEN_PER_OWNER = 20
LOOK_EVERY_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Learning:
    """What is to be learned: the question, and whether a tool that would answer is passed over."""

    query: Query
    fresh: bool = False


class JobDesk:
    """Jobs of all owners, as one process sees them. Made by ``open_job_desk``."""

    def __init__(self, board: JobBoard, crew: Crew | None, *, most_open: int = OPEN_PER_OWNER) -> None:
        self.board = board
        self._crew = crew
        self._most_open = most_open

    @property
    def running(self) -> int:
        """How many jobs this process works on."""
        return 0 if self._crew is None else self._crew.running

    def learn(self, learning: Learning, *, owner: str) -> Job:
        """Begin to learn.

        Raises:
            JobRefused: the owner has too many jobs at work.
        """
        given: JsonObject = {"query": learning.query.model_dump(mode="json"), "fresh": learning.fresh, "answers": []}
        return self.begin("learn", given, owner=owner)

    def begin(self, kind: str, given: JsonObject, *, owner: str) -> Job:
        """Begin a job of any kind.

        Raises:
            JobRefused: the owner has too many jobs at work.
        """
        now = datetime.now(UTC)
        job_id = f"job_{secrets.token_urlsafe(12)}"
        job = Job(id=job_id, owner=owner, kind=kind, input=given, created_at=now, updated_at=now)
        if not self.board.add(job, most_open=self._most_open):
            raise JobRefused(
                f"{self._most_open} jobs are at work for this owner.", remedy="Wait for one, or cancel one."
            )
        self._call_crew()
        return job

    def get(self, job_id: str, owner: str | None) -> Job:
        """Return how a job stands; ``owner`` None is the person at this machine, who sees every job.

        Raises:
            UnknownJob: it does not exist for this owner.
        """
        job = self.board.get(job_id)
        if job is None or owner not in {None, job.owner}:
            raise UnknownJob(f"There is no job {job_id[:40]!r}.")
        return job

    async def wait(self, job_id: str, owner: str | None, *, longest_s: float) -> Job:
        """Return how a job stands once it has ended or asks something, at the latest after ``longest_s``.

        Raises:
            UnknownJob: it does not exist for this owner.
        """
        job = self.get(job_id, owner)
        with anyio.move_on_after(longest_s):
            while job.state is JobState.RUNNING:
                await anyio.sleep(LOOK_EVERY_S)  # a poll: another process may work on it
                job = await anyio.to_thread.run_sync(self.get, job_id, owner)
        return job

    async def follow(self, job_id: str, owner: str | None, on_progress: EventSink) -> Job:
        """Return the job once it has ended or asks something, telling of its progress meanwhile.

        Raises:
            UnknownJob: it does not exist for this owner.
        """
        shown: tuple[str, str] | None = None
        while True:
            job = await anyio.to_thread.run_sync(self.get, job_id, owner)
            if (job.stage, job.message) != shown:
                shown = job.stage, job.message
                on_progress(Progress(stage=job.stage, message=job.message, percent=job.percent))
            if job.state is not JobState.RUNNING:
                return job
            await anyio.sleep(LOOK_EVERY_S)  # as in wait

    def answer(self, job_id: str, owner: str | None, text: str, *, by_person: bool = False) -> Job:
        """Give the answer that a job waits for, and let it go on.

        ``by_person`` says that a person gave it (elicitation, a terminal, an admin key), not a client's model.

        Raises:
            UnknownJob, JobRefused: it does not exist, or it asks nothing.
        """
        job = self.get(job_id, owner)
        if job.state is not JobState.NEEDS_INPUT or job.question is None:
            raise JobRefused(f"This job is {job.state.value}; it asks nothing.", remedy="See it with get_job.")
        given = job.input.get("answers")
        answer: JsonObject = {"field": str(job.question["field"]), "text": text, "by_person": by_person}
        answers = [*(given if isinstance(given, list) else []), answer]
        if not self.board.begin_again(job, given={**job.input, "answers": answers}, message="answered"):
            raise JobRefused("This job was answered or cancelled just now.", remedy="See it with get_job.")
        self._call_crew()
        return self.get(job_id, owner)

    def cancel(self, job_id: str, owner: str | None) -> Job:
        """End a job; one that has ended stays as it was.

        Raises:
            UnknownJob: it does not exist for this owner.
        """
        job = self.get(job_id, owner)
        if job.state not in ENDS and self.board.cancel(job_id):
            if self._crew is not None:
                self._crew.drop(job_id)
            return self.get(job_id, owner)
        return self.get(job_id, owner)

    def _call_crew(self) -> None:
        if self._crew is not None:
            self._crew.call()


def outcome(job: Job) -> JsonObject:
    """Return the result of a job that is over.

    Raises:
        NeedsInput: it waits for an answer.
        SchoolError: it failed, with the error that ended it; JobRefused: it was cancelled, or is still at work.
    """
    if job.state is JobState.DONE and job.result is not None:
        return job.result
    if job.state is JobState.NEEDS_INPUT and job.question is not None:
        choices = job.question.get("choices")
        texts = tuple(str(choice) for choice in choices) if isinstance(choices, list) else ()
        if str(job.question["field"]).startswith(APPROVAL):
            raise approval_of(job.question)
        raise NeedsInput(str(job.question["text"]), field=str(job.question["field"]), choices=texts)
    if job.state is JobState.FAILED and job.error is not None:
        raised = job.error.get("raised")
        raise as_error(raised) if isinstance(raised, dict) else SchoolError(str(job.error.get("message")))
    raise JobRefused(f"The job is {job.state.value}.")


def board_of(settings: Settings) -> JobBoard:
    """Open the board that the settings name.

    Raises:
        RegistryUnusable: damaged, locked or out of reach.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return open_board(settings.jobs_url)


@asynccontextmanager
async def open_job_desk(school: School, *, working: bool = True) -> AsyncIterator[JobDesk]:
    """Open the jobs; what this process works on at the end of the block is handed back for others to finish.

    Raises:
        RegistryUnusable: the board is damaged, locked or out of reach.
    """
    board = board_of(school.settings)
    try:
        if not working or school.settings.jobs_at_once == 0:
            yield JobDesk(board, None)
            return
        async with open_crew(school, board) as crew:
            yield JobDesk(board, crew)
    finally:
        board.close()
