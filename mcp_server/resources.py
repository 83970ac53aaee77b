"""A tool's code, evidence and runs as resources, large results, completions of tool names, and the design prompt."""

from __future__ import annotations

import re
from typing import Any

import anyio.to_thread
import mcp_types as types
import orjson
from mcp.shared.exceptions import MCPError

from domain.errors import InvalidArguments, SchoolError
from domain.workflow import WorkflowVersion
from mcp_server.desk import Desk
from mcp_server.large import SCHEME
from registry import RunEntry

PAGE = 50
COMPLETIONS = 100  # the protocol's own limit
LOOKED_THROUGH = 1000
RUNS = 50
URI = re.compile(r"tool://(?P<name>[a-z0-9_-]{1,64})/(?P<part>code|evidence|runs)")
PARTS = {
    "code": ("text/x-python", "The workflow that runs when the tool is called."),
    "evidence": ("application/json", "How the tool was proved: trials, findings, cost of learning."),
    "runs": ("application/json", "The latest runs of the tool."),
}
PROMPT = types.Prompt(
    name="design_tool",
    title="Design a tool",
    description="Turn a wish into a question that learn_tool can make a tool of.",
    arguments=[
        types.PromptArgument(name="wish", description="What the tool should do.", required=True),
        types.PromptArgument(name="site", description="Address of the page or API that has it.", required=False),
    ],
)


def list_resources(desk: Desk, owner: str, cursor: str | None) -> types.ListResourcesResult:
    """Return the resources of the tools that the owner sees, a page of tools at a time.

    Raises:
        MCPError: the cursor is not one of ours.
    """
    try:
        page = desk.school.registry.tools(owner, after=cursor, limit=PAGE)
    except InvalidArguments as problem:
        raise MCPError(types.INVALID_PARAMS, problem.message) from problem
    return types.ListResourcesResult(
        resources=[_resource(entry.tool.name, part) for entry in page.entries for part in PARTS],
        next_cursor=page.next,
    )


def list_templates() -> types.ListResourceTemplatesResult:
    """Return the forms of the addresses."""
    return types.ListResourceTemplatesResult(
        resource_templates=[
            types.ResourceTemplate(
                uri_template=f"tool://{{name}}/{part}", name=f"tool {part}", description=description, mime_type=kind
            )
            for part, (kind, description) in PARTS.items()
        ]
    )


async def read_resource(desk: Desk, owner: str, uri: str) -> types.ReadResourceResult:
    """Return one resource that the owner sees.

    Raises:
        MCPError: there is none of that address for this owner.
    """
    if uri.startswith(f"{SCHEME}://"):
        text = desk.results.read(owner, uri)
        if text is None:
            raise unknown(uri)
        return _read(uri, "application/json", text)
    found = URI.fullmatch(uri)
    if found is None:
        raise unknown(uri)
    try:
        version = desk.school.registry.tool(found["name"], owner)
    except SchoolError as problem:
        raise unknown(uri) from problem
    kind, _ = PARTS[found["part"]]
    if found["part"] == "code":
        return _read(uri, kind, version.artifact.code)
    value = _evidence(version) if found["part"] == "evidence" else await _runs(desk, owner, version.name)
    return _read(uri, kind, orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode())


async def complete(desk: Desk, owner: str, params: types.CompleteRequestParams) -> types.CompleteResult:
    """Complete a tool's name in an address."""
    names: list[str] = []
    if isinstance(params.ref, types.ResourceTemplateReference) and params.argument.name == "name":
        begun = params.argument.value.casefold()
        page = await anyio.to_thread.run_sync(lambda: desk.school.registry.tools(owner, limit=LOOKED_THROUGH))
        names = [entry.tool.name for entry in page.entries if entry.tool.name.startswith(begun)]
    return types.CompleteResult(
        completion=types.Completion(values=names[:COMPLETIONS], total=len(names), has_more=len(names) > COMPLETIONS)
    )


def get_prompt(params: types.GetPromptRequestParams) -> types.GetPromptResult:
    """Return the prompt's words.

    Raises:
        MCPError: there is no such prompt, or the wish is lacking.
    """
    given = params.arguments or {}
    if params.name != PROMPT.name:
        raise MCPError(types.INVALID_PARAMS, f"Unknown prompt: {params.name[:80]}")
    if not given.get("wish", "").strip():
        raise MCPError(types.INVALID_PARAMS, "The argument 'wish' is required.")
    site = f" It should learn from {given['site']}." if given.get("site") else ""
    text = (
        f"I want a tool that does this: {given['wish']}.{site}\n\n"
        "First see with search_tools whether a published tool does it already. If none does, settle with me what is "
        "open: the page or API that has the data, what a row is, which fields I need, and what should be a parameter "
        "rather than fixed. Then call learn_tool with one plain question that names example values for each "
        "parameter, look at the rows it returns with me, and tell me the tool's name and parameters."
    )
    return types.GetPromptResult(
        description=PROMPT.description,
        messages=[types.PromptMessage(role="user", content=types.TextContent(text=text))],
    )


def unknown(uri: str) -> MCPError:
    """Return the protocol's error for an address that nothing is at."""
    return MCPError(types.INVALID_PARAMS, "Resource not found", data={"uri": uri[:300]})


def _resource(name: str, part: str) -> types.Resource:
    kind, description = PARTS[part]
    return types.Resource(uri=f"tool://{name}/{part}", name=f"{name} {part}", description=description, mime_type=kind)


def _read(uri: str, kind: str, text: str) -> types.ReadResourceResult:
    return types.ReadResourceResult(contents=[types.TextResourceContents(uri=uri, mime_type=kind, text=text)])


def _evidence(version: WorkflowVersion) -> dict[str, Any]:
    return {
        "tool": version.name,
        "version": version.number,
        "source": version.plan.source.model_dump(mode="json"),
        "verdict": version.verdict.model_dump(mode="json"),
        "provenance": version.provenance.model_dump(mode="json"),
        "sha256": version.artifact.sha256,
    }


async def _runs(desk: Desk, owner: str, name: str) -> list[dict[str, Any]]:
    await anyio.to_thread.run_sync(desk.school.registry.flush)
    entries: tuple[RunEntry, ...] = desk.school.registry.runs(name, owner, limit=RUNS)
    return [entry.model_dump(mode="json") for entry in entries]
