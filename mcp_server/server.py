"""The MCP server: the low-level SDK server whose tools come from the registry, for stdio and HTTP alike."""

from __future__ import annotations

import contextlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
import structlog
from mcp.server.lowlevel import Server
from mcp.server.lowlevel.server import NotificationOptions
from mcp.server.models import InitializationOptions
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.server.subscriptions import ListenHandler

from domain.errors import RegistryUnusable
from mcp_server import author_prompt, resources
from mcp_server.desk import Asked, Desk, open_desk
from mcp_server.dispatch import dispatch
from mcp_server.listing import Listing
from mcp_server.memory import give_back_freed
from mcp_server.principals import Context, principal_of
from mcp_server.sessions import Audience
from mcp_server.shaping import Shaping
from mcp_server.stdio import standard_streams
from school import tracing
from school.app import School

NAME = "agent-school"
INSTRUCTIONS = (
    "Agent School makes tools from websites and APIs. Use search_tools to find one and call_tool to run it. "
    "When none fits, learn_tool makes one from a site's address; it is proved on live data before it is published."
)
LOOK_EVERY_S = 1.0  # how soon a tool that another process published is announced
LISTINGS = 256  # owners whose list is kept
STATE_KEY = "request-state"  # file in the keys folder; all servers of one home share it
STATE_KEY_BYTES = 32

log = structlog.get_logger(__name__)


class SchoolServer(Server[dict[str, Any]]):
    """A low-level server that declares ``listChanged`` on every transport (off by default over HTTP)."""

    def create_initialization_options(
        self,
        notification_options: NotificationOptions | None = None,
        *arguments: Any,
        **named: Any,
    ) -> InitializationOptions:
        """Return the SDK's options with list changes declared."""
        options = notification_options or NotificationOptions(tools_changed=True, resources_changed=True)
        return super().create_initialization_options(options, *arguments, **named)


@dataclass(frozen=True, kw_only=True)
class Served:
    """A server and what must be told when it stops."""

    server: SchoolServer
    listeners: ListenHandler


def build_server(desk: Desk) -> Served:
    """Return a server over the school's registry; each message is served for the owner who sent it."""
    listings: OrderedDict[str, Listing] = OrderedDict()
    listeners = ListenHandler(desk.audience.bus)

    def listing(owner: str) -> Listing:
        found = listings.pop(owner, None) or Listing(school=desk.school, owner=owner)
        listings[owner] = found
        while len(listings) > LISTINGS:
            listings.popitem(last=False)
        return found

    async def list_tools(ctx: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return listing(principal_of(ctx).owner).page(params.cursor if params is not None else None)

    async def call_tool(
        ctx: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        return await dispatch(desk, Asked(principal=principal_of(ctx), ctx=ctx, params=params))

    async def list_resources(ctx: Context, params: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        return resources.list_resources(desk, principal_of(ctx).owner, params.cursor if params is not None else None)

    async def list_templates(_: Context, __: types.PaginatedRequestParams | None) -> types.ListResourceTemplatesResult:
        return resources.list_templates()

    async def read_resource(ctx: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        return await resources.read_resource(desk, principal_of(ctx).owner, str(params.uri))

    async def complete(ctx: Context, params: types.CompleteRequestParams) -> types.CompleteResult:
        return await resources.complete(desk, principal_of(ctx).owner, params)

    async def list_prompts(_: Context, __: types.PaginatedRequestParams | None) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=[resources.PROMPT, author_prompt.PROMPT])

    async def get_prompt(_: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        if params.name == author_prompt.PROMPT.name:
            return author_prompt.get_prompt(params)
        return resources.get_prompt(params)

    server = SchoolServer(
        NAME,
        version=_version(),
        instructions=INSTRUCTIONS,
        get_tool_input_schema=lambda _: None,  # no parameter of ours is mirrored in a header; saves a listing per call
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        on_completion=complete,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
        on_subscriptions_listen=listeners,
    )
    add_middleware(server, desk)
    return Served(server=server, listeners=listeners)


def add_middleware(server: SchoolServer, desk: Desk) -> None:
    """Set what every message passes, outermost first."""
    security = RequestStateSecurity(keys=[state_key(desk.school.settings.home / "keys")])
    spans = server.middleware if tracing.is_on() else []  # the SDK's own, which cost a thirtieth of a call
    server.middleware[:] = [
        *spans,
        RequestStateBoundary(security, default_audience=NAME),
        desk.audience.track,
        Shaping(server),
    ]


async def serve_stdio(school: School) -> None:
    """Serve one client over stdin and stdout until it closes the stream."""
    async with open_desk(school) as desk, anyio.create_task_group() as tasks:
        server = build_server(desk).server
        tasks.start_soon(watch_registry, school, desk.audience)
        tasks.start_soon(give_back_freed)
        async with standard_streams() as (reader, writer):
            await server.run(reader, writer, server.create_initialization_options())
        tasks.cancel_scope.cancel()


async def watch_registry(school: School, audience: Audience) -> None:
    """Announce tools that other processes or jobs published."""
    known: int | None = None
    away = False
    while True:
        try:
            # In a thread: a database that is away can take seconds to say so, and every call would wait for that.
            current = await anyio.to_thread.run_sync(school.registry.generation, abandon_on_cancel=True)
        except RegistryUnusable as problem:  # a database that is away for a moment must not end the server
            if not away:
                log.warning("registry_away", code=problem.code, reason=problem.message)
            away = True
        else:
            away = False
            if known not in {None, current}:
                await audience.tell_tools_changed()
            known = current
        await anyio.sleep(LOOK_EVERY_S)  # a poll: SQLite tells other processes nothing


def state_key(folder: Path) -> bytes:
    """Return the secret that seals the state of questions, made at the first use."""
    path = folder / STATE_KEY
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = path.read_bytes() if path.exists() else b""
    if len(found) >= STATE_KEY_BYTES:
        return found
    made = folder / f"{STATE_KEY}.{secrets.token_hex(4)}"
    made.touch(mode=0o600)
    try:
        made.write_bytes(secrets.token_bytes(STATE_KEY_BYTES))
        if found or path.exists():  # of a process that ended while it wrote
            made.replace(path)
        else:
            with contextlib.suppress(FileExistsError):  # another process was first, and its key is whole
                path.hardlink_to(made)
    finally:
        made.unlink(missing_ok=True)
    return path.read_bytes()


def _version() -> str:
    try:
        return version(NAME)
    except PackageNotFoundError:  # run from a checkout
        return "0.1.0"
