"""Ending a call whose client is gone.

On 2026-07-28 the SDK itself cancels a handler when the response stream closes, but not in JSON mode. On 2025-11-25 it
lets it run, so that a client could come back for the answer; this server keeps no answers for that (no event store),
so the work would be for nobody. The door (http/door.py) puts a Presence into each request and tells it when the
connection closes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import anyio
from starlette.requests import Request

from mcp_server.principals import Context

KEY = "school.presence"  # in the ASGI scope


class Presence:
    """Whether somebody is still there, and what to do once not: the client behind a request, or a server."""

    def __init__(self) -> None:
        self.left = anyio.Event()
        self._ends: set[Callable[[], None]] = set()

    def leave(self) -> None:
        """Note that it is gone."""
        self.left.set()
        for end in list(self._ends):
            end()

    def add(self, end: Callable[[], None]) -> None:
        """Call ``end`` once it is gone."""
        self._ends.add(end)
        if self.left.is_set():
            end()

    def remove(self, end: Callable[[], None]) -> None:
        """Forget about ``end``."""
        self._ends.discard(end)


@asynccontextmanager
async def while_present(ctx: Context) -> AsyncIterator[None]:
    """Run the block until it ends or its client is gone; then the block is cancelled and left quietly."""
    request = ctx.request
    presence = request.scope.get(KEY) if isinstance(request, Request) else None
    if not isinstance(presence, Presence):
        yield
        return
    with ended_with(presence):
        yield


@contextmanager
def ended_with(presence: Presence) -> Iterator[None]:
    """Run the block until it ends or whose presence it is has left; then it is cancelled and left quietly."""
    with anyio.CancelScope() as scope:
        end = scope.cancel
        presence.add(end)
        try:
            yield
        finally:
            presence.remove(end)
