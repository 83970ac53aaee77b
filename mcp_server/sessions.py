"""Telling every connected client, on both protocol revisions, that the list of tools has changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import anyio
import structlog
from mcp.server.connection import Connection
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.subscriptions import InMemorySubscriptionBus, ResourcesListChanged, ToolsListChanged

from mcp_server.principals import principal_of

SLOW_CLIENT_S = 1.0  # a client that does not read must not hold up the others

log = structlog.get_logger(__name__)


class Audience:
    """The connections of clients of the older revision, and the bus of the newer one."""

    def __init__(self) -> None:
        self.bus = InMemorySubscriptionBus()
        self._connections: set[Connection] = set()
        self._opened: Counter[str] = Counter()

    @property
    def sessions(self) -> int:
        """How many sessions are open. Clients of the newer revision have none."""
        return self._opened.total()

    def sessions_of(self, key: str) -> int:
        """Return how many sessions a key has open."""
        return self._opened[key]

    async def track(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Middleware: count each session, and remember its connection from ``initialized`` on, until it closes."""
        if ctx.method == "initialize":
            # The SDK's session object lives for one request; the connection behind it is what lasts.
            connection = ctx.session._connection
            key = principal_of(ctx).key
            self._opened[key] += 1
            connection.exit_stack.callback(self._closed, key)
        elif ctx.method == "notifications/initialized":
            connection = ctx.session._connection
            self._connections.add(connection)
            connection.exit_stack.callback(self._connections.discard, connection)
        return await call_next(ctx)

    def _closed(self, key: str) -> None:
        self._opened[key] -= 1
        if not self._opened[key]:
            del self._opened[key]

    async def tell_tools_changed(self) -> None:
        """Notify every client; one that does not take it in time is left out."""
        await self.bus.publish(ToolsListChanged())
        await self.bus.publish(ResourcesListChanged())  # each tool has resources
        async with anyio.create_task_group() as tasks:
            for connection in list(self._connections):
                tasks.start_soon(_tell, connection)


async def _tell(connection: Connection) -> None:
    with anyio.move_on_after(SLOW_CLIENT_S):
        try:
            await connection.send_tool_list_changed()
            await connection.send_resource_list_changed()
        except (anyio.ClosedResourceError, anyio.BrokenResourceError) as problem:
            log.info("client_gone", reason=type(problem).__name__)
