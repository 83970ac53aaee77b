"""Long work within one call: its progress goes to the client, and it ends at its deadline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from domain.errors import LearnProblem
from domain.events import EventSink, Progress
from mcp_server.desk import Asked

WAITING_EVENTS = 100  # progress that a client has not read yet; more is dropped, oldest last

T = TypeVar("T")


async def reported(asked: Asked, work: Callable[[EventSink], Awaitable[T]], *, longest_s: float) -> T:
    """Return what the work gives, telling the client of its progress meanwhile.

    Raises:
        LearnProblem: it took longer than ``longest_s`` seconds.
        SchoolError: what the work itself raised.
    """
    sender, receiver = anyio.create_memory_object_stream[Progress](WAITING_EVENTS)

    def sink(event: Progress) -> None:
        try:
            sender.send_nowait(event)
        except anyio.WouldBlock:
            return  # a client that reads slowly misses a step of progress, nothing else

    async def report() -> None:
        async with receiver:
            async for event in receiver:
                await asked.ctx.session.report_progress(event.percent, 100, f"{event.stage}: {event.message}")

    done: list[T] = []
    problems: list[Exception] = []
    with anyio.move_on_after(longest_s):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(report)
            async with sender:
                try:
                    done.append(await work(sink))
                except Exception as problem:  # noqa: BLE001 - raised below, outside the task group that would wrap it
                    problems.append(problem)
    if problems:
        raise problems[0]
    if not done:
        raise LearnProblem(
            f"Learning took longer than {longest_s:g} seconds.",
            remedy="Start it with background: true, or learn from a page that shows less.",
        )
    return done[0]
