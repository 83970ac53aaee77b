"""Jobs as clients see them: the school's durable jobs without what only the server needs to know."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.job import ENDS, Job, JobState
from domain.plan import Query
from domain.values import JsonObject, Value
from school.app import School
from school.jobs import JobDesk, JobRefused, Learning, UnknownJob, open_job_desk

__all__ = ["ENDS", "JobRefused", "JobState", "JobView", "Jobs", "UnknownJob", "open_jobs", "view_of"]


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


def view_of(job: Job) -> JobView:
    """Return what a client sees of a job."""
    error = None if job.error is None else {name: job.error.get(name) for name in ("code", "message", "remedy")}
    shown = job.model_dump(include={"state", "stage", "message", "percent", "question", "result"})
    return JobView(job_id=job.id, error=error, **shown)


class Jobs:
    """Long work with progress, for one owner each; it goes on when this process ends. Made by ``open_jobs``."""

    def __init__(self, desk: JobDesk) -> None:
        self.desk = desk

    @property
    def running(self) -> int:
        """How many jobs this process works on."""
        return self.desk.running

    def learn(self, query: Query, *, owner: str, fresh: bool) -> JobView:
        """Start learning.

        Raises:
            JobRefused: the owner has too many jobs at work.
        """
        return view_of(self.desk.learn(Learning(query=query, fresh=fresh), owner=owner))

    def get(self, job_id: str, owner: str) -> JobView:
        """Return how a job stands.

        Raises:
            UnknownJob: it does not exist for this owner.
        """
        return view_of(self.desk.get(job_id, owner))

    async def wait(self, job_id: str, owner: str, *, longest_s: float) -> JobView:
        """Return how a job stands once it has ended or asks something, at the latest after ``longest_s``.

        Raises:
            UnknownJob: it does not exist for this owner.
        """
        return view_of(await self.desk.wait(job_id, owner, longest_s=longest_s))

    def answer(self, job_id: str, owner: str, text: str) -> JobView:
        """Give the answer that a job waits for, and let it go on.

        Raises:
            UnknownJob, JobRefused: it does not exist, or it asks nothing.
        """
        return view_of(self.desk.answer(job_id, owner, text))

    def cancel(self, job_id: str, owner: str) -> JobView:
        """End a job; one that has ended stays as it was.

        Raises:
            UnknownJob: it does not exist for this owner.
        """
        return view_of(self.desk.cancel(job_id, owner))


@asynccontextmanager
async def open_jobs(school: School) -> AsyncIterator[Jobs]:
    """Open the jobs; what this process works on at the end of the block stays for another to finish."""
    async with open_job_desk(school) as desk:
        yield Jobs(desk)
