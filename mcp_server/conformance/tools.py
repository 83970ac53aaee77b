"""Tools of the suite that answer by themselves: contents, errors, progress, logs, changed lists."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import mcp_types as types
from mcp.server.subscriptions import PromptsListChanged
from mcp.shared.exceptions import MCPError

from mcp_server.conformance.media import png, wav
from mcp_server.desk import Desk
from mcp_server.principals import Context

Result = types.CallToolResult | types.InputRequiredResult
Run = Callable[[Desk, Context, types.CallToolRequestParams], Awaitable[Result]]
STEP_S = 0.05  # between notifications, as the suite asks
NOTHING: dict[str, Any] = {"type": "object", "properties": {}}


@dataclass(frozen=True, kw_only=True)
class Fixture:
    """One tool of the suite."""

    tool: types.Tool
    run: Run


def fixture(name: str, description: str, run: Run, schema: dict[str, Any] | None = None) -> Fixture:
    """Return a fixture that takes nothing, or what ``schema`` says."""
    return Fixture(
        tool=types.Tool(name=name, title=name, description=description, input_schema=schema or NOTHING), run=run
    )


def text(*lines: str) -> types.CallToolResult:
    """Return texts as a result."""
    return types.CallToolResult(content=[types.TextContent(text=line) for line in lines])


def fixed(*content: types.ContentBlock, is_error: bool = False) -> Run:
    """Return a run that always gives the same content."""

    async def run(_: Desk, __: Context, ___: types.CallToolRequestParams) -> Result:
        return types.CallToolResult(content=list(content), is_error=is_error)

    return run


async def log(ctx: Context, message: str) -> None:
    """Send a log message, where the client asked for any."""
    await ctx.session.send_log_message("info", message, logger="conformance", related_request_id=ctx.request_id)


async def with_logging(_: Desk, ctx: Context, __: types.CallToolRequestParams) -> Result:
    """Log three times."""
    for message in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await log(ctx, message)
        await anyio.sleep(STEP_S)
    return text("Logged three times.")


async def with_progress(_: Desk, ctx: Context, __: types.CallToolRequestParams) -> Result:
    """Report progress three times."""
    for percent in (0, 50, 100):
        await ctx.session.report_progress(percent, 100)
        await anyio.sleep(STEP_S)
    return text("Progressed.")


async def tools_changed(desk: Desk, _: Context, __: types.CallToolRequestParams) -> Result:
    """Tell all clients that the list of tools has changed."""
    await desk.audience.tell_tools_changed()
    return text("Told.")


async def prompts_changed(desk: Desk, _: Context, __: types.CallToolRequestParams) -> Result:
    """Tell all who listen that the list of prompts has changed."""
    await desk.audience.bus.publish(PromptsListChanged())
    return text("Told.")


async def needs_capability(_: Desk, ctx: Context, __: types.CallToolRequestParams) -> Result:
    """Refuse a client that did not declare sampling."""
    declared = ctx.session.client_capabilities
    if declared is None or declared.sampling is None:
        required = types.ClientCapabilities(sampling=types.SamplingCapability())
        raise MCPError(
            types.MISSING_REQUIRED_CLIENT_CAPABILITY,
            "This tool needs a client that samples.",
            data={"requiredCapabilities": required.model_dump(by_alias=True, exclude_none=True)},
        )
    return text("The client samples.")


def embedded(uri: str, kind: str, content: str) -> types.EmbeddedResource:
    """Return a resource inside a content."""
    return types.EmbeddedResource(resource=types.TextResourceContents(uri=uri, mime_type=kind, text=content))


IMAGE = types.ImageContent(data=png(), mime_type="image/png")
SCHEMA_2020_12: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}
FIXTURES = (
    fixture(
        "test_simple_text",
        "Gives a text.",
        fixed(types.TextContent(text="This is a simple text response for testing.")),
    ),
    fixture("test_image_content", "Gives an image.", fixed(IMAGE)),
    fixture("test_audio_content", "Gives a sound.", fixed(types.AudioContent(data=wav(), mime_type="audio/wav"))),
    fixture(
        "test_embedded_resource",
        "Gives a resource.",
        fixed(embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")),
    ),
    fixture(
        "test_multiple_content_types",
        "Gives several contents.",
        fixed(
            types.TextContent(text="Multiple content types test:"),
            IMAGE,
            embedded("test://mixed-content-resource", "application/json", '{"test":"data","value":123}'),
        ),
    ),
    fixture(
        "test_error_handling",
        "Always fails.",
        fixed(types.TextContent(text="This tool intentionally returns an error for testing"), is_error=True),
    ),
    fixture("test_tool_with_logging", "Logs.", with_logging),
    fixture("test_logging_tool", "Logs.", with_logging),
    fixture("test_tool_with_progress", "Reports progress.", with_progress),
    fixture("test_trigger_tool_change", "Announces changed tools.", tools_changed),
    fixture("test_trigger_prompt_change", "Announces changed prompts.", prompts_changed),
    fixture("test_missing_capability", "Needs sampling.", needs_capability),
    fixture(
        "json_schema_2020_12_tool",
        "Has a schema with the vocabulary of 2020-12.",
        fixed(types.TextContent(text="ok")),
        SCHEMA_2020_12,
    ),
)
