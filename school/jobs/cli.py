"""The commands on jobs, and the worker that takes them from the queue.

The person at this machine sees the jobs of every owner, and what they answer is a person's word.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import anyio
import structlog
import typer

from domain.errors import APPROVAL, APPROVE, SettingsProblem
from domain.job import Job, JobState
from domain.values import JsonObject
from school import show
from school.app import School
from school.console import plain_error, print_json, run
from school.jobs.board import JobDesk, open_job_desk
from school.jobs.crew import open_crew

app = typer.Typer(no_args_is_help=True, help="See, answer and cancel jobs.")
worker_app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]
JobId = Annotated[str, typer.Argument(help="Id of the job.")]


@app.command("list")
def list_jobs(
    state: Annotated[JobState | None, typer.Option("--state", help="Only jobs in this state.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only this owner's jobs.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Most jobs.")] = 50,
    as_json: Json = False,
) -> None:
    """List jobs, newest first."""
    found = _with_desk(lambda _, desk: desk.board.listing(owner=owner, state=state, limit=limit), as_json=as_json)
    if as_json:
        print_json({"status": "ok", "jobs": [_shown(job) for job in found], "count": len(found)})
        return
    rows = [
        {"job": job.id, "owner": job.owner, "state": job.state.value, "stage": job.stage, "message": job.message[:60],
         "percent": round(job.percent)}
        for job in found
    ]  # fmt: skip
    show.table(f"{len(found)} jobs", rows)


@app.command("show")
def show_job(job_id: JobId, as_json: Json = False) -> None:
    """Show how a job stands, with its question, result or error."""
    _print(_with_desk(lambda _, desk: desk.get(job_id, None), as_json=as_json), as_json=as_json)


@app.command("cancel")
def cancel_job(job_id: JobId, as_json: Json = False) -> None:
    """End a job that is at work or waits for an answer; whoever works on it stops within a second."""
    _print(_with_desk(lambda _, desk: desk.cancel(job_id, None), as_json=as_json), as_json=as_json)


@app.command("answer")
def answer_job(job_id: JobId, text: Annotated[str, typer.Argument(help="The answer.")], as_json: Json = False) -> None:
    """Answer a job's question; it goes on in a server or worker, now or when one is started."""

    def use(school: School, desk: JobDesk) -> Job:
        question = desk.get(job_id, None).question or {}
        field = str(question.get("field", ""))
        if field.startswith(APPROVAL):
            if text.strip() != APPROVE:
                return desk.cancel(job_id, None)
            from school.approvals import grant  # noqa: PLC0415 - few commands need it

            grant(school, field, owner=desk.get(job_id, None).owner, actor="terminal")
        return desk.answer(job_id, None, text, by_person=True)

    _print(_with_desk(use, as_json=as_json), as_json=as_json)


@worker_app.command()
def worker(
    at_once: Annotated[int | None, typer.Option("--at-once", min=1, max=64, help="Jobs at a time.")] = None,
) -> None:
    """Work on jobs until stopped; what is unfinished then goes to another worker, or waits for one."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )

    async def use(school: School) -> None:
        number = at_once or school.settings.jobs_at_once
        if not number:
            raise SettingsProblem("AGENT_SCHOOL_JOBS_AT_ONCE is 0.", remedy="Say how many with --at-once.")
        working = replace(school, settings=school.settings.model_copy(update={"jobs_at_once": number}))
        async with open_job_desk(school, working=False) as desk, open_crew(working, desk.board) as crew:
            crew.call()
            await crew.ready.wait()
            show.out.print(f"worker {crew.name} takes {number} jobs at a time")
            with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
                async for _ in signals:
                    break

    run(use, as_json=False, on_error=plain_error)


def begin_at_terminal(kind: str, given: JsonObject, *, owner: str, as_json: bool) -> None:
    """Begin a job and print it; a server or worker takes it up, now or when one is started."""
    _print(_with_desk(lambda _, desk: desk.begin(kind, given, owner=owner), as_json=as_json), as_json=as_json)


def _with_desk(use: Callable[[School, JobDesk], Any], *, as_json: bool) -> Any:
    async def inside(school: School) -> Any:
        async with open_job_desk(school, working=False) as desk:
            return use(school, desk)

    return run(inside, as_json=as_json, on_error=plain_error)


def _shown(job: Job) -> dict[str, Any]:
    shown = job.model_dump(mode="json", exclude={"input", "claim", "engine_version", "handed", "error"})
    error = None if job.error is None else {name: job.error.get(name) for name in ("code", "message", "remedy")}
    return {**shown, "query": job.input.get("query"), "error": error}


def _print(job: Job, *, as_json: bool) -> None:
    shown = _shown(job)
    if as_json:
        print_json({"status": "ok", "job": shown})
        return
    show.out.print(f"{job.id}  {job.state.value}  {job.percent:.0f}%  {job.stage}: {job.message}", markup=False)
    if job.question is not None:
        show.out.print(f"asks: {job.question['text']}\nanswer with: main.py jobs answer {job.id} TEXT", markup=False)
    if shown["error"] is not None:
        show.out.print(f"error: {shown['error']['message']} {shown['error']['remedy']}", markup=False)
    rows = (job.result or {}).get("rows")
    if isinstance(rows, list):
        show.table(f"{len(rows)} rows", [row for row in rows if isinstance(row, dict)])
