"""Learning in the background: jobs that a client starts, asks after, answers and cancels.

``Jobs`` is what the tools need; ``JobTable`` keeps jobs in this process, for as long as it lives. A job belongs to an
owner, and for every other owner it does not exist.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import anyio
import structlog
from anyio.abc import TaskGroup

from domain.errors import NeedsInput, SchoolError, UsageProblem
from domain.events import Progress
from domain.plan import Query
from domain.values import JsonObject, Value
from mcp_server.questions import question_of, with_answer
from school.app import School

RUNNING_PER_OWNER = 20
KEPT_PER_OWNER = 200  # ended jobs; the oldest go first

log = structlog.get_logger(__name__)


class JobState(StrEnum):
    """Where a job stands. The last three are ends."""

    RUNNING = "running"
    NEEDS_INPUT = "needs_input"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDS = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class UnknownJob(UsageProblem):
    """No job of this id belongs to this owner."""

    code = "unknown_job"
    default_remedy = "Use the job_id that learn_tool gave; jobs of a server that was restarted are gone."


class JobRefused(UsageProblem):
    """The job is in no state for this, or there are too many."""

    code = "job_refused"


class JobView(Value):
    """What a client sees of a job. ``result`` is what learn_tool would have returned."""

    job_id: str
    state: JobState
    stage: str = ""
    message: str = ""
    percent: float = 0.0
    question: JsonObject | None = None
    result: JsonObject | None = None
    error: JsonObject | None = None


class Jobs(Protocol):
    """Long work with progress, for one owner each."""

    def learn(self, query: Query, *, owner: str, fresh: bool) -> JobView:
        """Start learning."""

    def get(self, job_id: str, owner: str) -> JobView:
        """Return how a job stands."""

    async def wait(self, job_id: str, owner: str, *, longest_s: float) -> JobView:
        """Return how a job stands once it has ended or asks something, or after a while."""

    def answer(self, job_id: str, owner: str, text: str) -> JobView:
        """Answer a job's question, so that it goes on."""

    def cancel(self, job_id: str, owner: str) -> JobView:
        """End a job; one that has ended stays as it was."""


@dataclass(kw_only=True)
class _Job:
    owner: str
    query: Query
    fresh: bool
    view: JobView
    scope: anyio.CancelScope | None = None
    moved: anyio.Event = field(default_factory=anyio.Event)

    def show(self, **changes: Any) -> None:
        self.view = self.view.model_copy(update=changes)
        if changes.get("state", JobState.RUNNING) is not JobState.RUNNING:
            self.moved.set()


class JobTable:
    """Jobs of this process. Made by ``open_jobs``."""

    def __init__(self, school: School, tasks: TaskGroup) -> None:
        self._school = school
        self._tasks = tasks
        self._jobs: OrderedDict[str, _Job] = OrderedDict()

    @property
    def running(self) -> int:
        """How many jobs are at work."""
        return sum(job.view.state is JobState.RUNNING for job in self._jobs.values())

    def learn(self, query: Query, *, owner: str, fresh: bool) -> JobView:
        """Start learning.

        Raises:
            JobRefused: the owner has too many jobs at work.
        """
        mine = [job for job in self._jobs.values() if job.owner == owner]
        if sum(job.view.state not in ENDS for job in mine) >= RUNNING_PER_OWNER:
            raise JobRefused(
                f"{RUNNING_PER_OWNER} jobs are at work for this owner.", remedy="Wait for one, or cancel one."
            )
        ended = [job for job in mine if job.view.state in ENDS]
        for job in ended[: max(0, len(ended) - KEPT_PER_OWNER + 1)]:
            del self._jobs[job.view.job_id]
        job_id = f"job_{secrets.token_urlsafe(12)}"
        job = _Job(owner=owner, query=query, fresh=fresh, view=JobView(job_id=job_id, state=JobState.RUNNING))
        self._jobs[job_id] = job
        self._tasks.start_soon(self._work, job)
        return job.view

    def get(self, job_id: str, owner: str) -> JobView:
        """Return how a job stands.

        Raises:
            UnknownJob: it does not exist for this owner.
        """
        return self._mine(job_id, owner).view

    async def wait(self, job_id: str, owner: str, *, longest_s: float) -> JobView:
        """Return how a job stands once it has ended or asks something, at the latest after ``longest_s``.

        Raises:
            UnknownJob: it does not exist for this owner.
        """
        job = self._mine(job_id, owner)
        with anyio.move_on_after(longest_s):
            await job.moved.wait()
        return job.view

    def answer(self, job_id: str, owner: str, text: str) -> JobView:
        """Give the answer that a job waits for, and let it go on.

        Raises:
            UnknownJob, JobRefused: it does not exist, or it asks nothing.
        """
        job = self._mine(job_id, owner)
        question = job.view.question
        if job.view.state is not JobState.NEEDS_INPUT or question is None:
            raise JobRefused(f"This job is {job.view.state.value}; it asks nothing.", remedy="See it with get_job.")
        job.query = with_answer(job.query, str(question["field"]), text)
        job.moved = anyio.Event()
        job.show(state=JobState.RUNNING, question=None, message="answered")
        self._tasks.start_soon(self._work, job)
        return job.view

    def cancel(self, job_id: str, owner: str) -> JobView:
        """End a job; one that has ended stays as it was.

        Raises:
            UnknownJob: it does not exist for this owner.
        """
        job = self._mine(job_id, owner)
        if job.view.state not in ENDS:
            job.show(state=JobState.CANCELLED, question=None, message="cancelled")
            if job.scope is not None:
                job.scope.cancel()
        return job.view

    def _mine(self, job_id: str, owner: str) -> _Job:
        job = self._jobs.get(job_id)
        if job is None or job.owner != owner:
            raise UnknownJob(f"There is no job {job_id[:40]!r}.")
        return job

    async def _work(self, job: _Job) -> None:
        from school.answers import answered  # noqa: PLC0415 - what learning needs is loaded when it is needed
        from school.ask import ask  # noqa: PLC0415 - loaded when something is learned

        def note(event: Progress) -> None:
            if job.view.state is JobState.RUNNING:
                job.show(stage=event.stage, message=event.message, percent=event.percent)

        if job.view.state is JobState.CANCELLED:  # before its first step
            return
        with (
            structlog.contextvars.bound_contextvars(job=job.view.job_id, owner=job.owner),
            anyio.move_on_after(self._school.settings.learn_timeout_s) as scope,
        ):
            job.scope = scope
            try:
                answer = await ask(self._school, job.query, owner=job.owner, fresh=job.fresh, on_progress=note)
                job.show(state=JobState.DONE, percent=100, result=answered(answer))
            except NeedsInput as problem:
                job.show(state=JobState.NEEDS_INPUT, question=question_of(problem))
            except SchoolError as problem:
                job.show(state=JobState.FAILED, error=problem.as_json())
            except Exception as problem:  # the outermost loop of a job: it must end in a state
                log.exception("job_broke", kind=type(problem).__name__)
                broke = SchoolError("Something broke inside the server.", remedy="Its log has the details.")
                job.show(state=JobState.FAILED, error=broke.as_json())
        if job.view.state is JobState.RUNNING:  # neither ended nor cancelled by its owner: its time is over
            late = SchoolError("Learning took too long.", remedy="Try a page that shows less, or a longer limit.")
            job.show(state=JobState.FAILED, error=late.as_json())


@asynccontextmanager
async def open_jobs(school: School) -> AsyncIterator[JobTable]:
    """Open a table of jobs; what is still at work at the end of the block is cancelled."""
    problems: list[SchoolError] = []
    async with anyio.create_task_group() as tasks:
        try:
            yield JobTable(school, tasks)
        except SchoolError as problem:  # the group would wrap it, and the command line would not know it
            problems.append(problem)
        finally:
            tasks.cancel_scope.cancel()
    if problems:
        raise problems[0]
