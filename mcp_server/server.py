"""The MCP server: the low-level SDK server whose tools come from the registry."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import anyio
import mcp_types as types
import structlog
from mcp.server.lowlevel import Server
from mcp.server.lowlevel.server import NotificationOptions
from mcp.server.models import InitializationOptions
from mcp.server.stdio import stdio_server
from mcp.server.subscriptions import ListenHandler
from mcp.shared.exceptions import MCPError

from domain.errors import SchoolError, UnknownTool
from mcp_server.handlers import HANDLERS, Context, call_published, handle
from mcp_server.listing import Listing
from mcp_server.results import failed
from mcp_server.sessions import Audience
from school.app import School

INSTRUCTIONS = (
    "Agent School makes tools from websites and APIs. Use search_tools to find one and call_tool to run it. "
    "When none fits, learn_tool makes one from a site's address; it is proved on live data before it is published."
)
LOOK_EVERY_S = 1.0  # how soon a tool that another process published is announced

log = structlog.get_logger(__name__)


class SchoolServer(Server[dict[str, Any]]):
    """A low-level server that declares ``listChanged`` on every transport (off by default over HTTP)."""

    def create_initialization_options(
        self,
        notification_options: NotificationOptions | None = None,
        *arguments: Any,
        **named: Any,
    ) -> InitializationOptions:
        """Return the SDK's options with tool list changes declared."""
        options = notification_options or NotificationOptions(tools_changed=True)
        return super().create_initialization_options(options, *arguments, **named)


def build_server(school: School, audience: Audience, *, owner: str = "local") -> SchoolServer:
    """Return a server over the school's registry for one owner."""
    listing = Listing(school=school, owner=owner)

    async def list_tools(_: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return listing.page(params.cursor if params is not None else None)

    async def call_tool(ctx: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        before = school.registry.generation()
        result = await dispatch(school, owner, params, ctx)
        if school.registry.generation() != before:
            await audience.tell_tools_changed()
        return result

    server = SchoolServer(
        "agent-school",
        version=_version(),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_subscriptions_listen=ListenHandler(audience.bus),
    )
    server.middleware.append(audience.track)
    return server


async def dispatch(
    school: School, owner: str, params: types.CallToolRequestParams, ctx: Context
) -> types.CallToolResult:
    """Run a stable or published tool; no exception text leaves this function.

    Raises:
        MCPError: there is no tool of that name.
    """
    arguments = params.arguments or {}
    try:
        if params.name in HANDLERS:
            return await handle(school, owner, params.name, arguments, ctx)
        school.registry.tool(params.name, owner)
        return await call_published(school, owner, params.name, arguments)
    except UnknownTool as problem:
        raise MCPError(types.INVALID_PARAMS, f"Unknown tool: {params.name[:80]}") from problem
    except MCPError:
        raise
    except Exception as problem:
        log.exception("tool_call_broke", tool=params.name[:80], kind=type(problem).__name__)
        return failed(SchoolError("Something broke inside the server.", remedy="Its log has the details."))


async def serve_stdio(school: School) -> None:
    """Serve one client over stdin and stdout until it closes the stream."""
    audience = Audience()
    server = build_server(school, audience)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch_registry, school, audience)
        async with stdio_server() as (reader, writer):
            await server.run(reader, writer, server.create_initialization_options())
        tasks.cancel_scope.cancel()


async def watch_registry(school: School, audience: Audience) -> None:
    """Announce tools that other processes published."""
    known = school.registry.generation()
    while True:
        await anyio.sleep(LOOK_EVERY_S)  # a poll: SQLite tells other processes nothing
        current = school.registry.generation()
        if current != known:
            known = current
            await audience.tell_tools_changed()


def _version() -> str:
    try:
        return version("agent-school")
    except PackageNotFoundError:  # run from a checkout
        return "0.1.0"
