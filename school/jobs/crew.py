"""Who sees to it that jobs are worked on in this process: loads the engine when it is needed, and never before.

The engine's library costs a second or two to load, which no server pays at its start, nor one that never learns.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import anyio
import structlog

from domain.errors import RegistryUnusable, SchoolError
from registry.jobs import JobBoard
from school.app import School
from school.jobs.roll import Roll

if TYPE_CHECKING:
    from school.jobs.engine import Engine

ENGINE_VERSION = "2"  # of the steps that jobs run through; raise it when recorded steps would not fit any more
AGAIN_S = 2.0
BESIDE_S = 2.0  # how soon an idle process notices jobs that nobody works on

log = structlog.get_logger(__name__)


class Crew:
    """The jobs of this process. Made by ``open_crew``."""

    def __init__(self, school: School, board: JobBoard) -> None:
        self._school = school
        self._board = board
        folder, lease_s = school.settings.home / "jobs", school.settings.jobs_lease_s
        self._roll = Roll(board, folder, ENGINE_VERSION, lease_s=lease_s)
        self._called = anyio.Event()
        self._engine: Engine | None = None
        self.ready = anyio.Event()

    @property
    def name(self) -> str:
        """This process's name among the workers."""
        return self._roll.me

    @property
    def running(self) -> int:
        """How many jobs are at work here."""
        return 0 if self._engine is None else self._engine.running

    def call(self) -> None:
        """Say that there is something to do."""
        self._called.set()

    def drop(self, job_id: str) -> None:
        """Stop working on a job that was cancelled."""
        if self._engine is not None:
            self._engine.drop(job_id)

    async def stand_by(self) -> None:
        """Work for as long as the process lives. An engine that does not start is tried again: the server goes on."""
        while True:
            try:
                await self._work()
            except Exception as problem:  # noqa: BLE001 - the outermost loop; the engine's database has errors of its own
                log.warning("jobs_wait", kind=type(problem).__name__)
            await anyio.sleep(AGAIN_S)

    async def _work(self) -> None:
        """Sleep until there is a job that nobody else works on, then work."""
        async with AsyncExitStack() as stack:
            try:
                await self._until_needed()
                self._roll.join()  # before the engine is loaded: others see that someone comes
                stack.callback(self._leave)
                beating = await stack.enter_async_context(anyio.create_task_group())
                stack.callback(beating.cancel_scope.cancel)
                beating.start_soon(self._beat)
                engines = await anyio.to_thread.run_sync(import_module, "school.jobs.engine")
                engine: Engine = await stack.enter_async_context(
                    engines.open_engine(self._school, self._board, self._roll, ENGINE_VERSION)
                )
                self._engine = engine
                self.ready.set()
                await self._keep_going(engine)
            finally:
                self._engine = None

    async def _until_needed(self) -> None:
        while not self._called.is_set():
            if await anyio.to_thread.run_sync(self._orphaned):
                return
            with anyio.move_on_after(BESIDE_S):
                await self._called.wait()

    async def _keep_going(self, engine: Engine) -> None:
        while True:
            self._called = anyio.Event()
            try:
                await engine.tend()
            except RegistryUnusable as problem:  # a database that is away for a moment must not end the server
                log.warning("jobs_wait", code=problem.code)
            with anyio.move_on_after(engine.pause_s):
                await self._called.wait()

    async def _beat(self) -> None:
        """Show life beside all work: who is only busy must not be taken for dead."""
        while True:
            await anyio.sleep(self._roll.beat_every_s)
            try:
                await anyio.to_thread.run_sync(self._roll.beat)
            except RegistryUnusable as problem:
                log.warning("no_sign_of_life", code=problem.code)

    def _orphaned(self) -> bool:
        return self._roll.orphaned(self._board.open_jobs())

    def _leave(self) -> None:
        try:
            self._roll.leave(unfinished=bool(self._board.held_by(self._roll.me)))
        except RegistryUnusable as problem:  # the lock of a process that ended tells it as well
            log.warning("left_without_a_word", code=problem.code)


@asynccontextmanager
async def open_crew(school: School, board: JobBoard) -> AsyncIterator[Crew]:
    """Stand by for jobs; at the end of the block, what is at work is handed back."""
    problems: list[SchoolError] = []
    async with anyio.create_task_group() as tasks:
        crew = Crew(school, board)
        tasks.start_soon(crew.stand_by)
        try:
            yield crew
        except SchoolError as problem:  # the group would wrap it, and the command line would not know it
            problems.append(problem)
        finally:
            tasks.cancel_scope.cancel()
    if problems:
        raise problems[0]
