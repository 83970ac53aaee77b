"""The stable tools by which a client's own model is the author of a tool (MCP-8)."""

from __future__ import annotations

from typing import Any

import mcp_types as types

from mcp_server.tool_shapes import LEARN, READ, RUN, object_of

CODE: dict[str, Any] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 60_000,
    "description": "The whole Python module, as observe_source's contract tells.",
}
HANDLE: dict[str, Any] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 80,
    "description": "The handle that observe_source gave.",
}
TRIALS: dict[str, Any] = {
    "type": "array",
    "maxItems": 8,
    "description": "Further sets of arguments to try, beside the plan's own; three in all at least.",
    "items": object_of(
        {
            "arguments": {"type": "object", "description": "Values for Request.", "maxProperties": 60},
            "expect": {
                "enum": ["rows", "empty", "any"],
                "default": "any",
                "description": "What must come: rows, nothing, or either.",
            },
        },
        ["arguments"],
    ),
}
OBSERVE_SOURCE = types.Tool(
    name="observe_source",
    title="Look at a site, to write a tool for it yourself",
    description=(
        "Open a page or API as learn_tool would and return what you need to write the workflow's code yourself: a "
        "compact view, the records found, a plan where one could be made, the policy that the code will run under, "
        "and the contract for the code. Gives a handle for check_workflow, try_workflow and publish_workflow. Use it "
        'when learn_tool cannot make the tool. Example: {"site": "https://example.org/events", '
        '"query": "concerts under $30"}.'
    ),
    input_schema=object_of(
        {
            "site": {"type": "string", "minLength": 1, "maxLength": 2000, "description": "Address of the page or API."},
            "query": {"type": "string", "maxLength": 2000, "description": "What the tool should answer, plainly."},
            "send_forms": {
                "type": "boolean",
                "default": False,
                "description": "The workflow must send forms (POST), such as a login or a search. The person is asked.",
            },
        },
        ["site"],
    ),
    annotations=RUN,
)
CHECK_WORKFLOW = types.Tool(
    name="check_workflow",
    title="Check a workflow's code",
    description=(
        "Hold code against the rules, without running it. Returns the violations, each with code, line, reason and "
        'remedy. Example: {"handle": "source_…", "code": "…"}.'
    ),
    input_schema=object_of({"code": CODE, "handle": HANDLE}, ["code", "handle"]),
    annotations=READ,
)
TRY_WORKFLOW = types.Tool(
    name="try_workflow",
    title="Try a workflow's code",
    description=(
        "Run code in the sandbox on the live source with several sets of arguments, and judge it as publish_workflow "
        "will. Returns rows, errors with their line, and the verdict. "
        'Example: {"handle": "source_…", "code": "…", "trials": [{"arguments": {"limit": 3}, "expect": "rows"}]}.'
    ),
    input_schema=object_of({"code": CODE, "handle": HANDLE, "trials": TRIALS}, ["code", "handle"]),
    annotations=RUN,
)
PUBLISH_WORKFLOW = types.Tool(
    name="publish_workflow",
    title="Publish a workflow as a tool",
    description=(
        "Check, try and judge the code once more on the server, and publish it as a tool only if it passes. Show the "
        "person the rows and the policy first. "
        'Example: {"handle": "source_…", "code": "…", "name": "concerts", "title": "Concerts", '
        '"description": "Find concerts by city and price."}.'
    ),
    input_schema=object_of(
        {
            "code": CODE,
            "handle": HANDLE,
            "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$", "description": "The tool's name."},
            "title": {"type": "string", "minLength": 1, "maxLength": 100, "description": "A few words for people."},
            "description": {
                "type": "string",
                "minLength": 1,
                "maxLength": 1000,
                "description": "What the tool gives, in one to three plain sentences of your own.",
            },
            "trials": TRIALS,
        },
        ["code", "handle", "name", "title", "description"],
    ),
    annotations=LEARN,
)
AUTHOR_TOOLS: tuple[types.Tool, ...] = (OBSERVE_SOURCE, CHECK_WORKFLOW, TRY_WORKFLOW, PUBLISH_WORKFLOW)
