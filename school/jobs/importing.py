"""The job that imports an API document."""

from __future__ import annotations

from domain.events import EventSink
from domain.job import Job
from domain.values import JsonObject
from school.app import School
from school.importing import ImportRequest, as_object, import_document
from school.steps import Steps


async def import_job(school: School, job: Job, steps: Steps, on_progress: EventSink) -> JsonObject:
    """Keep the operations of the job's document as drafts; returns the object of ``learn --all --json``.

    Raises:
        SchoolError: see import_document.
    """
    request = ImportRequest.model_validate(job.input["request"])
    at_terminal = job.input.get("at_terminal") is True
    done = await import_document(
        school, request, owner=job.owner, at_terminal=at_terminal, on_progress=on_progress, steps=steps
    )
    return as_object(done)
