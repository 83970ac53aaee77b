"""The job that repairs a tool whose site changed."""

from __future__ import annotations

from domain.events import EventSink
from domain.job import Job
from domain.values import JsonObject
from school.app import School
from school.jobs.learning import approved_version
from school.repair import Repair, Wish, repair
from school.repaired import as_object
from school.steps import Steps


async def repair_job(school: School, job: Job, steps: Steps, on_progress: EventSink) -> JsonObject:
    """Repair the tool that the job names; returns the object of ``tools repair --json``.

    A version that waits for a person is no question of the job: it waits for ``tools approve``.

    Raises:
        SchoolError: see repair.
    """
    wish = Wish.model_validate(job.input["wish"])
    if approved_version(job):  # what this job had made is published by now
        wish = wish.model_copy(update={"force": False})
    done: Repair = await repair(
        school,
        str(job.input["name"]),
        owner=job.owner,
        wish=wish,
        actor=job.owner,
        on_progress=on_progress,
        steps=steps,
    )
    return {"status": "ok", **as_object(school, done, job.owner)}
