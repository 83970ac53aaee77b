"""One call of a tool, stable or published: counted, logged with its ids, ended with its client, never leaking."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import anyio
import mcp_types as types
import structlog
from mcp.shared.exceptions import MCPError

from domain.errors import SchoolError, UnknownTool
from mcp_server.approvals import with_approvals
from mcp_server.author_tools import PUBLISH_WORKFLOW
from mcp_server.desk import Asked, Desk
from mcp_server.handlers import HANDLERS, Answer, call_published, handle
from mcp_server.meta_tools import ANSWER_JOB, LEARN_TOOL
from mcp_server.presence import while_present
from mcp_server.results import failed
from school.tracing import note, span

PUBLISHED = "published"
PUBLISHING = frozenset({LEARN_TOOL.name, PUBLISH_WORKFLOW.name, ANSWER_JOB.name})

log = structlog.get_logger(__name__)


async def dispatch(desk: Desk, asked: Asked) -> Answer:
    """Run a tool; no exception text leaves this function.

    Raises:
        MCPError: there is no tool of that name.
    """
    name = asked.params.name
    kind = name if name in HANDLERS else PUBLISHED
    begun = time.perf_counter()
    outcome = "cancelled"
    with bound(asked), span(f"call {kind}"), desk.meters.call():
        try:
            async with while_present(asked.ctx):
                result = await _run(desk, asked)
                outcome = outcome_of(result)
                return result
            return failed(SchoolError("The client is gone."))  # nobody reads this
        except MCPError:
            outcome = "unknown_tool"
            raise
        finally:
            took_s = time.perf_counter() - begun
            note(outcome=outcome)
            desk.meters.ended(kind, outcome, took_s)
            log.info("tool_called", outcome=outcome, took_ms=round(took_s * 1000, 1))


@contextmanager
def bound(asked: Asked) -> Iterator[None]:
    """Put the ids of a call on every line of the log that is written in the block."""
    tokens = structlog.contextvars.bind_contextvars(
        tool=asked.params.name[:80],
        owner=asked.owner,
        key=asked.principal.key,
        request=str(asked.ctx.request_id)[:80],
        run="",
    )
    try:
        yield
    finally:
        structlog.contextvars.reset_contextvars(**tokens)


async def _run(desk: Desk, asked: Asked) -> Answer:
    name = asked.params.name
    try:
        if name not in PUBLISHING:
            return await with_approvals(desk, asked, partial(_do, desk))
        return await _announced(desk, asked)
    except UnknownTool as problem:
        raise MCPError(types.INVALID_PARAMS, f"Unknown tool: {name[:80]}") from problem
    except SchoolError as problem:
        return failed(problem)
    except MCPError:
        raise
    except anyio.get_cancelled_exc_class():
        raise
    except Exception as problem:
        log.exception("tool_call_broke", kind=type(problem).__name__)
        return failed(SchoolError("Something broke inside the server.", remedy="Its log has the details."))


async def _do(desk: Desk, asked: Asked) -> Answer:
    name, arguments = asked.params.name, asked.params.arguments or {}
    if name in HANDLERS:
        return await handle(desk, asked, name, arguments)
    return await call_published(desk, asked, name, arguments)


async def _announced(desk: Desk, asked: Asked) -> Answer:
    """Learn or publish, and tell all clients at once when that published something."""
    before = desk.school.registry.generation()
    result = await with_approvals(desk, asked, partial(_do, desk))
    if desk.school.registry.generation() != before:
        await desk.audience.tell_tools_changed()
    return result


def outcome_of(result: Answer) -> str:
    """Return ``ok``, ``asked`` or the code of the error."""
    if isinstance(result, types.InputRequiredResult):
        return "asked"
    if not result.is_error:
        return "ok"
    value = result.structured_content if isinstance(result.structured_content, dict) else {}
    if value.get("status") == "needs_input":
        return "needs_input"
    error = value.get("error")
    return str(error.get("code", "error")) if isinstance(error, dict) else "error"
