"""What the stable tools do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import jsonschema_rs
import mcp_types as types
from mcp.server.context import ServerRequestContext

from domain.errors import InvalidArguments, SchoolError
from domain.events import Progress
from domain.workflow import WorkflowVersion
from mcp_server import meta_tools
from mcp_server.results import failed, given
from school.app import School
from school.call import call

Context = ServerRequestContext[Any, Any]
Handler = Callable[[School, str, dict[str, Any], Context], Awaitable[types.CallToolResult]]
WAITING_EVENTS = 100  # progress that a client has not read yet; more is dropped, oldest last


async def handle(
    school: School, owner: str, name: str, arguments: dict[str, Any], ctx: Context
) -> types.CallToolResult:
    """Run one stable tool; bad input and expected problems become error results."""
    validator, handler = HANDLERS[name]
    try:
        if not validator.is_valid(arguments):
            problem = next(iter(validator.iter_errors(arguments)))
            raise InvalidArguments(f"{name}: {problem.message[:300]}")
        return await handler(school, owner, arguments, ctx)
    except SchoolError as problem:
        return failed(problem)


async def search_tools(school: School, owner: str, arguments: dict[str, Any], _: Context) -> types.CallToolResult:
    """Find tools; each hit carries its input schema."""
    hits = school.registry.search(
        arguments["query"], owner, host=arguments.get("host"), limit=arguments.get("limit", 10)
    )
    tools = [_brief(school.registry.tool(hit.name, owner)) for hit in hits]
    hint = "" if tools else "No tool fits. learn_tool makes one from a site's address."
    return given({"tools": tools, "count": len(tools), **({"hint": hint} if hint else {})})


async def describe_tool(school: School, owner: str, arguments: dict[str, Any], _: Context) -> types.CallToolResult:
    """Describe one tool in full."""
    version = school.registry.tool(arguments["name"], owner)
    return given(
        {
            **_brief(version),
            "output_schema": version.tool.output_schema,
            "source": {"kind": version.plan.source.kind.value, "url": version.plan.source.url},
            "may_ask": [rule.host for rule in version.policy.hosts],
            "proof": [f.model_dump(mode="json") for f in version.verdict.findings],
            "examples": list(version.examples),
        }
    )


async def call_tool(school: School, owner: str, arguments: dict[str, Any], _: Context) -> types.CallToolResult:
    """Run a published tool."""
    return await call_published(school, owner, arguments["name"], arguments.get("arguments") or {})


async def call_published(school: School, owner: str, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
    """Run a published tool and shape its output; expected problems become error results."""
    try:
        done = await call(school, name, arguments, owner=owner)
    except SchoolError as problem:
        return failed(problem)
    output = done.run.output
    return given(output if isinstance(output, dict) else {"result": output})


async def learn_tool(school: School, owner: str, arguments: dict[str, Any], ctx: Context) -> types.CallToolResult:
    """Answer a question, learning a tool when none answers; progress goes to the client as it comes."""
    from domain.plan import Query  # noqa: PLC0415 - what learning needs is loaded when it is needed
    from school.answers import answered  # noqa: PLC0415
    from school.ask import Answer, ask  # noqa: PLC0415

    query = Query(text=arguments["query"], site=arguments.get("site"))
    sender, receiver = anyio.create_memory_object_stream[Progress](WAITING_EVENTS)

    def sink(event: Progress) -> None:
        try:
            sender.send_nowait(event)
        except anyio.WouldBlock:
            return  # a client that reads slowly misses a step of progress, nothing else

    async def report() -> None:
        async with receiver:
            async for event in receiver:
                await ctx.session.report_progress(event.percent, 100, f"{event.stage}: {event.message}")

    answers: list[Answer] = []
    problems: list[SchoolError] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(report)
        async with sender:
            try:
                found = await ask(school, query, owner=owner, fresh=arguments.get("fresh", False), on_progress=sink)
                answers.append(found)
            except SchoolError as problem:
                problems.append(problem)
    return failed(problems[0]) if problems else given(answered(answers[0]))


def _brief(version: WorkflowVersion) -> dict[str, Any]:
    return {
        "name": version.name,
        "version": version.number,
        "title": version.tool.title,
        "description": version.tool.description,
        "input_schema": version.tool.input_schema,
    }


HANDLERS: dict[str, tuple[Any, Handler]] = {
    tool.name: (jsonschema_rs.validator_for(tool.input_schema), handler)
    for tool, handler in (
        (meta_tools.SEARCH_TOOLS, search_tools),
        (meta_tools.DESCRIBE_TOOL, describe_tool),
        (meta_tools.CALL_TOOL, call_tool),
        (meta_tools.LEARN_TOOL, learn_tool),
    )
}
