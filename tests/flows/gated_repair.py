"""A repair job as it is, for what happens when its worker is killed: each step stops at the gate once it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from domain.events import EventSink
from domain.job import Job
from domain.values import JsonObject
from school.app import School
from school.jobs.repairing import repair_job
from school.steps import Steps
from tests.flows.light_jobs import pass_gate

T = TypeVar("T")


class GatedSteps:
    """A job's steps, held after their work and before the engine knows its result."""

    def __init__(self, steps: Steps, job: Job) -> None:
        self._steps = steps
        self._job = job

    @property
    def job_id(self) -> str | None:
        return self._steps.job_id

    async def do(self, name: str, kind: Any, work: Callable[[], Awaitable[T]]) -> T:
        async def done_and_held() -> T:
            value = await work()
            await pass_gate(self._job, name)
            return value

        return await self._steps.do(name, kind, done_and_held)


async def repair(school: School, job: Job, steps: Steps, on_progress: EventSink) -> JsonObject:
    """A repair as it is, whose steps stop at the gate."""
    return await repair_job(school, job, GatedSteps(steps, job), on_progress)
