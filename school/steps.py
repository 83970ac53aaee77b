"""Steps of long work: the same use case runs straight through, or as a job that remembers each finished step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Steps(Protocol):
    """Runs the steps of one piece of work, in the same order whenever it is run again."""

    @property
    def job_id(self) -> str | None:
        """The job that the steps belong to, if any: the key under which it publishes and pays once."""

    async def do(self, name: str, kind: Any, work: Callable[[], Awaitable[T]]) -> T:
        """Return what ``work`` gives, or what it gave before a crash.

        ``kind`` is the type of the value, anything that pydantic can write as JSON and read back.

        Raises:
            SchoolError: what the work raised, now or before a crash.
        """


class Straight:
    """Steps that are run and not remembered."""

    job_id: str | None = None

    async def do(self, name: str, kind: Any, work: Callable[[], Awaitable[T]]) -> T:  # noqa: ARG002 - the protocol's
        """Return what the work gives."""
        return await work()


STRAIGHT = Straight()
