"""One execution of a job: its steps, its progress, its time, and its end on the board."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import anyio
import structlog
from dbos import DBOS
from pydantic import TypeAdapter

from domain.errors import NeedsInput, RegistryUnusable, SchoolError, TookTooLong
from domain.events import Progress
from domain.job import Job, JobState
from domain.values import JsonObject
from registry.jobs import JobBoard
from school.app import School
from school.jobs.kinds import kind
from school.jobs.problems import JobLost, Superseded, as_error, as_value, told
from school.questions import question_of

MOST_ATTEMPTS = 5  # executions of one round; a job that ends its workers is given up then
MOST_ROUNDS = 30
NOTE_EVERY_S = 0.25
FINISH_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)  # while the board is out of reach; then the job begins a new round

T = TypeVar("T")
log = structlog.get_logger(__name__)


class DurableSteps:
    """Steps whose results outlive the process, as JSON. A step begins only while the execution holds the job."""

    def __init__(self, board: JobBoard, job: Job) -> None:
        self._board = board
        self._job = job

    @property
    def job_id(self) -> str | None:
        """The job."""
        return self._job.id

    async def do(self, name: str, kind: Any, work: Callable[[], Awaitable[T]]) -> T:
        """Return what the work gives, or gave before.

        Raises:
            SchoolError: what the work raised, now or before.
            Superseded: another execution has the job.
        """
        adapter: TypeAdapter[T] = TypeAdapter(kind)

        async def body() -> dict[str, Any]:
            try:
                return {"value": adapter.dump_python(await work(), mode="json")}
            except SchoolError as problem:
                return {"problem": as_value(problem)}

        if not self._board.holds(self._job):  # outside the step, whose every error would be kept as its result
            raise Superseded
        kept = await DBOS.run_step_async({"name": name}, body)
        if "problem" in kept:
            raise as_error(kept["problem"])
        return adapter.validate_python(kept["value"])


class Execution:
    """A claimed job at work. ``run`` returns how it went; the board has the rest."""

    def __init__(self, school: School, board: JobBoard, job: Job) -> None:
        self.job = job
        self._school = school
        self._board = board
        self._scope = anyio.CancelScope()
        self._stopped = False
        self._handed_back = False
        self._noted_at = 0.0
        self._stage = ""
        self._latest: Progress | None = None
        self._noting: asyncio.Task[None] | None = None
        self._one_note = anyio.Lock()

    def stop(self) -> None:
        """End the work: the job was cancelled, or is someone else's."""
        self._stopped = True
        self._scope.cancel()

    def hand_back(self) -> None:
        """End the work in a way that lets another worker go on with it."""
        self._handed_back = True
        self._scope.cancel()

    async def run(self) -> str:
        """Work to the end, at most for as long as the settings say."""
        if self.job.attempts > MOST_ATTEMPTS or self.job.round > MOST_ROUNDS:
            await self._finish(
                JobState.FAILED, error=told(JobLost("Its workers ended before the job did, several times."))
            )
            return "given up"
        with structlog.contextvars.bound_contextvars(job=self.job.id, owner=self.job.owner), self._scope:
            self._scope.deadline = anyio.current_time() + self._school.settings.learn_timeout_s
            return await self._work()
        if self._handed_back and not self._stopped:
            raise asyncio.CancelledError  # the engine then leaves the job as it is: unfinished
        if not self._stopped:
            await self._finish(JobState.FAILED, error=told(TookTooLong("Learning took too long.")))
        return "stopped"

    async def _work(self) -> str:
        try:
            function = await anyio.to_thread.run_sync(kind, self.job.kind)
            steps = DurableSteps(self._board, self.job)
            result = await function(self._school, self.job, steps, self._note)
            await self._finish(JobState.DONE, result=result)
        except NeedsInput as problem:
            await self._finish(JobState.NEEDS_INPUT, question=question_of(problem))
        except SchoolError as problem:
            await self._finish(JobState.FAILED, error=told(problem))
        except Superseded:
            return "superseded"
        except Exception as problem:  # the outermost loop of a job: it must end in a state
            log.exception("job_broke", kind=type(problem).__name__)
            broke = SchoolError("Something broke inside the server.", remedy="Its log has the details.")
            await self._finish(JobState.FAILED, error=told(broke))
        return "over"

    async def _finish(self, state: JobState, **given: JsonObject | None) -> None:
        """Write the end on the board, as soon as it can be reached, behind the last progress."""
        await self._keep_latest()
        for pause_s in (*FINISH_PAUSES_S, None):
            try:
                if not await anyio.to_thread.run_sync(partial(self._board.finish, self.job, state, **given)):
                    log.info("job_was_not_ours", job=self.job.id)
            except RegistryUnusable:
                if pause_s is None:
                    raise
                await anyio.sleep(pause_s)
            else:
                return

    def _note(self, event: Progress) -> None:
        """Keep progress: every new stage, and within one stage a few times a second; the latest where the board lags.

        Each write waits for the disk, and the calls of all clients would wait with it: so it is done beside them.
        """
        now = time.monotonic()
        if event.stage == self._stage and now - self._noted_at < NOTE_EVERY_S:
            return
        self._stage, self._noted_at = event.stage, now
        self._latest = event
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._keep_latest())

    async def _keep_latest(self) -> None:
        async with self._one_note:
            while (event := self._latest) is not None:
                self._latest = None
                try:
                    if not await anyio.to_thread.run_sync(self._board.note, self.job, event):
                        self.stop()
                except RegistryUnusable as problem:  # progress is a courtesy: the work goes on
                    log.warning("progress_not_kept", code=problem.code)
