"""Jobs that are cheap enough to run hundreds of, for what can happen to workers; and the worker that knows them.

A light job publishes a version whose words differ with every execution, so that a second publishing would show.
``python -m tests.flows.light_jobs worker …`` is ``main.py worker`` with this kind added.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from functools import partial

import httpx2

from domain.errors import NeedsInput, NothingFound
from domain.events import EventSink, Progress
from domain.job import Job
from domain.values import JsonObject
from domain.workflow import WorkflowVersion
from school.app import School
from school.jobs import kinds
from school.steps import Steps
from tests.registry.making import make_version


async def work(school: School, job: Job, steps: Steps, on_progress: EventSink) -> JsonObject:
    """Make, show and publish a version; ``input`` may hold it up at a gate, or let it ask or fail."""
    name = str(job.input["name"])
    on_progress(Progress(stage="make", message=f"making {name}", percent=20))
    made = await steps.do("make", str, partial(_make, job, "make"))
    if job.input.get("ask") and not job.input.get("answers"):
        raise NeedsInput("Which city?", field="city", choices=("Rome", "Oslo"))
    if job.input.get("fail"):
        await steps.do("fail", str, _fail)
    on_progress(Progress(stage="show", message=f"showing {made}", percent=60))
    shown = await steps.do("show", str, partial(_make, job, "show"))
    version = await steps.do("publish", WorkflowVersion, partial(_publish, school, job, name))
    return {"made": made, "shown": shown, "number": version.number, "answers": job.input.get("answers"), "rows": []}


async def _make(job: Job, what: str) -> str:
    await pass_gate(job, what)
    return f"{what}-{secrets.token_hex(4)}"


async def _publish(school: School, job: Job, name: str) -> WorkflowVersion:
    await pass_gate(job, "publish")
    version = make_version(name, owner=job.owner, description=f"Light work, made as {secrets.token_hex(8)}.")
    return school.registry.publish(version, actor=job.owner, idempotency_key=job.id)


async def _fail() -> str:
    raise NothingFound("There is nothing light here.", remedy="Take another.")


async def pass_gate(job: Job, what: str) -> None:
    gate = job.input.get("gate")
    if gate:
        async with httpx2.AsyncClient(timeout=60) as http:
            await http.get(f"{gate}/{job.input['name']}/{what}/{os.getpid()}")
    else:
        await asyncio.sleep(0.02)


kinds.register("light", "tests.flows.light_jobs:work")
kinds.register("gated repair", "tests.flows.gated_repair:repair")

if __name__ == "__main__":
    from main import app

    app()
