"""The engine: jobs as DBOS workflows on a queue, in this process's own event loop.

DBOS keeps the result of each finished step, gives each queued job to one worker, and lets an execution that lost
its job write nothing. Ours are: the board that everybody reads, claims, heartbeats and take-over. Importing this
module loads DBOS; only ``crew`` does. DBOS is one per process.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import anyio
import structlog
from dbos import DBOS, DBOSConfig, Serializer, SetWorkflowID

from domain.job import Job
from registry.jobs import JobBoard
from school.app import School
from school.jobs.execution import Execution
from school.jobs.roll import Roll

NAME = "agent-school"
QUEUE = "jobs"
THREADS = 32
CONNECTIONS = 10  # to PostgreSQL, of one process, at most
PAUSE_S = 0.5
CARE_EVERY_S = 1.0
DEQUEUE_EVERY_S = 0.2
KEEP_DATA = timedelta(seconds=5)  # of a job that is over, so that its last write finds its place

_engines: list[Engine] = []
log = structlog.get_logger(__name__)


class JsonText(Serializer):
    """Everything that the engine stores is JSON in ASCII: no pickle, and nothing that a database would refuse."""

    def name(self) -> str:
        """Return the name that stands beside stored values."""
        return "agent_school_json"

    def serialize(self, data: Any) -> str:
        """Return the text; an exception becomes its type and words."""
        if isinstance(data, BaseException):
            data = {"raised": [type(data).__name__, str(data)]}
        return json.dumps(data)

    def deserialize(cls, serialized_data: str) -> Any:  # noqa: N805 - the base class names it so
        """Return the value."""
        value = json.loads(serialized_data)
        if isinstance(value, dict) and set(value) == {"raised"}:
            return RuntimeError(*value["raised"])
        return value


@DBOS.workflow(name="agent_school_job", max_recovery_attempts=None)
async def run_job(job_id: str, round_number: int) -> str:
    """Work on one round of a job; its outcome stands on the board."""
    return await _engines[-1].work(job_id, round_number)


class Engine:
    """DBOS and the jobs at work here. Made by ``open_engine``."""

    pause_s = PAUSE_S

    def __init__(self, school: School, board: JobBoard, roll: Roll, version: str) -> None:
        self._school = school
        self._board = board
        self._roll = roll
        self._version = version
        self._executions: dict[str, Execution] = {}
        self._cared_at = 0.0
        self._left = anyio.Event()

    @property
    def running(self) -> int:
        """How many jobs are at work."""
        return len(self._executions)

    async def work(self, job_id: str, round_number: int) -> str:
        """Work on a job to its end, or until it is no longer this process's."""
        job = await anyio.to_thread.run_sync(self._board.claim, job_id, round_number, self._roll.me)
        if job is None:
            return "superseded"
        execution = Execution(self._school, self._board, job)
        self._executions[job_id] = execution
        try:
            return await execution.run()
        finally:
            if self._executions.get(job_id) is execution:
                del self._executions[job_id]
            self._left.set()

    def drop(self, job_id: str) -> None:
        """Stop working on a job."""
        if job_id in self._executions:
            self._executions[job_id].stop()

    async def tend(self) -> None:
        """Give new jobs to the queue, drop what was lost; now and then look after workers and data.

        Raises:
            RegistryUnusable: the board is out of reach.
        """
        for job in await anyio.to_thread.run_sync(self._board.unhanded, self._version):
            await self._hand(job)
        for execution in tuple(self._executions.values()):
            if not await anyio.to_thread.run_sync(self._board.holds, execution.job):
                execution.stop()
        if time.monotonic() - self._cared_at >= CARE_EVERY_S:
            self._cared_at = time.monotonic()
            await self._take_over()
            await self._pick_up()
            await self._upgrade()
            await self._sweep()

    async def close(self) -> None:
        """Stop at the next possible moment; unfinished jobs stay for others, at their last finished step."""
        for execution in tuple(self._executions.values()):
            execution.hand_back()
        while self._executions:
            self._left = anyio.Event()
            await self._left.wait()

    async def _hand(self, job: Job) -> None:
        try:
            with SetWorkflowID(job.engine_id):
                await DBOS.enqueue_workflow_async(QUEUE, run_job, job.id, job.round)
        except Exception as problem:  # noqa: BLE001 - its database's own errors; tried again at the next look
            log.warning("job_not_queued", kind=type(problem).__name__)
            return
        await anyio.to_thread.run_sync(self._board.hand, job, self._version)

    async def _take_over(self) -> None:
        dead = await anyio.to_thread.run_sync(self._roll.dead)
        if dead:
            # The only way of DBOS that moves the jobs of given workers and leaves those alone that moved already.
            await anyio.to_thread.run_sync(DBOS._recover_pending_workflows, list(dead))
            await anyio.to_thread.run_sync(self._roll.bury, dead)

    async def _pick_up(self) -> None:
        """Begin jobs anew that this process holds and yet does not work on: their end could not be written."""
        for job in await anyio.to_thread.run_sync(self._board.held_by, self._roll.me):
            if job.id not in self._executions and datetime.now(UTC) - job.updated_at > KEEP_DATA:
                await self._begin_again(job, "begun anew: its end was not written")

    async def _upgrade(self) -> None:
        """Begin jobs anew that stopped in steps of another version, once no worker of that version lives."""
        for job in await anyio.to_thread.run_sync(self._board.open_jobs):
            stale = job.engine_version not in {"", self._version}
            if stale and not await anyio.to_thread.run_sync(self._roll.served, job.engine_version):
                await self._begin_again(job, "begun anew by another version")

    async def _begin_again(self, job: Job, message: str) -> None:
        await anyio.to_thread.run_sync(partial(self._board.begin_again, job, given=job.input, message=message))

    async def _sweep(self) -> None:
        for job in await anyio.to_thread.run_sync(lambda: self._board.leftover(older_than=KEEP_DATA)):
            if job.id not in self._executions:
                found = await DBOS.list_workflows_async(
                    workflow_id_prefix=f"{job.id}.", load_input=False, load_output=False
                )
                await DBOS.delete_workflows_async([each.workflow_id for each in found])
                await anyio.to_thread.run_sync(self._board.let_go, job)


@asynccontextmanager
async def open_engine(school: School, board: JobBoard, roll: Roll, version: str) -> AsyncIterator[Engine]:
    """Start DBOS without a word, a listener or a report to anyone; stop it at the end of the block."""
    quiet = logging.getLogger("dbos")
    quiet.setLevel(logging.CRITICAL)
    quiet.propagate = False
    if not quiet.handlers:
        quiet.addHandler(logging.NullHandler())
    config = DBOSConfig(
        name=NAME,
        system_database_url=school.settings.jobs_url.replace("postgres://", "postgresql://", 1),
        sys_db_pool_size=CONNECTIONS,
        application_version=version,
        executor_id=roll.me,
        serializer=JsonText(),
        max_executor_threads=THREADS,
        log_level="CRITICAL",
        enable_otlp=False,
        notification_listener_polling_interval_sec=1.0,
    )
    if _engines:
        raise RuntimeError("There is an engine in this process already.")
    instance = DBOS(config=config)
    # Launched in a thread, since it migrates; told beforehand that jobs belong into this loop, where the School is.
    instance._background_event_loop.set_main_loop()
    engine = Engine(school, board, roll, version)
    _engines.append(engine)
    try:
        await anyio.to_thread.run_sync(DBOS.launch)
        await DBOS.register_queue_async(
            QUEUE,
            worker_concurrency=school.settings.jobs_at_once,
            polling_interval_sec=DEQUEUE_EVERY_S,
            on_conflict="always_update",
        )
        yield engine
    finally:
        with anyio.CancelScope(shield=True):
            await engine.close()
            await anyio.to_thread.run_sync(DBOS.destroy)
            _engines.remove(engine)
            # DBOS had given its own threads to the loop, and they are gone.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(thread_name_prefix="asyncio"))
