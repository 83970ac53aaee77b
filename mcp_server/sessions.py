"""Telling every connected client, on both protocol revisions, that the list of tools has changed."""

from __future__ import annotations

from typing import Any

import anyio
import structlog
from mcp.server.connection import Connection
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.subscriptions import InMemorySubscriptionBus, ResourcesListChanged, ToolsListChanged

SLOW_CLIENT_S = 1.0  # a client that does not read must not hold up the others

log = structlog.get_logger(__name__)


class Audience:
    """The connections of clients of the older revision, and the bus of the newer one."""

    def __init__(self) -> None:
        self.bus = InMemorySubscriptionBus()
        self._connections: set[Connection] = set()

    @property
    def sessions(self) -> int:
        """How many connections of the older revision are open; the newer one has no sessions."""
        return len(self._connections)

    async def track(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Middleware: remember each connection from its ``initialized`` until it closes."""
        if ctx.method == "notifications/initialized":
            # Sessions live for one request; the connection behind them is what lasts.
            connection = ctx.session._connection
            self._connections.add(connection)
            connection.exit_stack.callback(self._connections.discard, connection)
        return await call_next(ctx)

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
