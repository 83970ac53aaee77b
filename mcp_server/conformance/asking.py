"""Tools of the suite that ask the client: in the middle of a call (2025-11-25), or by ending it with questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mcp_types as types
import orjson
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from mcp_server.conformance.tools import Fixture, Result, Run, fixture, text
from mcp_server.desk import Desk
from mcp_server.principals import Context

Params = types.CallToolRequestParams


def form(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """Return the schema of a form."""
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def elicit(message: str, schema: dict[str, Any]) -> types.ElicitRequest:
    """Return a question with a form."""
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))


def sample(prompt: str, most: int = 100) -> types.CreateMessageRequest:
    """Return a question to the client's model."""
    message = types.SamplingMessage(role="user", content=types.TextContent(text=prompt))
    return types.CreateMessageRequest(params=types.CreateMessageRequestParams(messages=[message], max_tokens=most))


NAME = elicit("What is your name?", form({"name": {"type": "string"}}, ["name"]))
ROOTS = types.ListRootsRequest()


def asked_in_call(message: str | None, schema: dict[str, Any], shown: str) -> Run:
    """Return a run that asks by elicitation and shows the reply."""

    async def run(_: Desk, ctx: Context, params: Params) -> Result:
        said = message if message is not None else str((params.arguments or {}).get("message", ""))
        if ctx.protocol_version in MODERN_PROTOCOL_VERSIONS:
            reply = (params.input_responses or {}).get("reply")
            if not isinstance(reply, types.ElicitResult):
                return types.InputRequiredResult(input_requests={"reply": elicit(said, schema)})
        else:
            reply = await ctx.session.elicit_form(said, schema, related_request_id=ctx.request_id)
        return text(shown.format(action=reply.action, content=orjson.dumps(reply.content).decode()))

    return run


async def sampled(_: Desk, ctx: Context, params: Params) -> Result:
    """Ask the client's model."""
    prompt = str((params.arguments or {}).get("prompt", ""))
    reply = await ctx.session.create_message(
        sample(prompt).params.messages, max_tokens=100, related_request_id=ctx.request_id
    )
    said = reply.content.text if isinstance(reply.content, types.TextContent) else "no text"
    return text(f"LLM response: {said}")


def asked_once(requests: dict[str, types.InputRequest], done: Callable[[Any], str], state: str | None = None) -> Run:
    """Return a run that ends with questions until each has an answer of the right kind."""

    async def run(_: Desk, __: Context, params: Params) -> Result:
        replies = params.input_responses or {}
        sound = all(_fits(request, replies.get(key)) for key, request in requests.items())
        if not sound or (state is not None and params.request_state != state):
            return types.InputRequiredResult(input_requests=requests, request_state=state)
        return text(done(replies))

    return run


async def two_rounds(_: Desk, __: Context, params: Params) -> Result:
    """Ask twice, keeping the first answer in the state."""
    replies = params.input_responses or {}
    if params.request_state is None:
        first = elicit("Step 1: What is your name?", form({"name": {"type": "string"}}, ["name"]))
        return types.InputRequiredResult(input_requests={"step1": first}, request_state="round-1")
    if params.request_state == "round-1":
        name = _content(replies.get("step1")).get("name", "")
        second = elicit("Step 2: What is your favorite color?", form({"color": {"type": "string"}}, ["color"]))
        return types.InputRequiredResult(input_requests={"step2": second}, request_state=f"round-2 {name}")
    name = params.request_state.removeprefix("round-2 ")
    return text(f"{name} likes {_content(replies.get('step2')).get('color', '')}")


async def by_capability(_: Desk, ctx: Context, params: Params) -> Result:
    """Ask only what the client declared that it can answer."""
    if params.input_responses:
        return text("answered")
    declared = ctx.session.client_capabilities or types.ClientCapabilities()
    requests: dict[str, types.InputRequest] = {}
    if declared.elicitation is not None:
        requests["user_name"] = NAME
    if declared.sampling is not None:
        requests["greeting"] = sample("Generate a greeting", 50)
    if declared.roots is not None:
        requests["client_roots"] = ROOTS
    return types.InputRequiredResult(input_requests=requests) if requests else text("nothing can be asked")


def _fits(request: types.InputRequest, reply: object) -> bool:
    if isinstance(request, types.ElicitRequest):
        params = request.params
        required = (
            params.requested_schema.get("required", []) if isinstance(params, types.ElicitRequestFormParams) else []
        )
        return isinstance(reply, types.ElicitResult) and (
            reply.action != "accept" or all(name in (reply.content or {}) for name in required)
        )
    if isinstance(request, types.ListRootsRequest):
        return isinstance(reply, types.ListRootsResult)
    return isinstance(reply, types.CreateMessageResult | types.CreateMessageResultWithTools)


def _content(reply: object) -> dict[str, Any]:
    return dict(reply.content or {}) if isinstance(reply, types.ElicitResult) else {}


def _said(reply: Any) -> str:
    content = reply.content if not isinstance(reply.content, list) else reply.content[0]
    return str(getattr(content, "text", ""))


DEFAULTS = form(
    {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    }
)
OPTIONS = ["option1", "option2", "option3"]


def titled(stem: str) -> list[dict[str, str]]:
    """Return three choices with titles."""
    return [
        {"const": f"value{number}", "title": f"{word} {stem}"}
        for number, word in enumerate(("First", "Second", "Third"), 1)
    ]


ENUMS = form(
    {
        "untitledSingle": {"type": "string", "enum": OPTIONS},
        "titledSingle": {"type": "string", "oneOf": titled("Option")},
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": OPTIONS}},
        "titledMulti": {"type": "array", "items": {"anyOf": titled("Choice")}},
    }
)
USER = form(
    {
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    },
    ["username", "email"],
)
COMPLETED = "Elicitation completed: action={action}, content={content}"
CONFIRM = elicit("Please confirm", form({"ok": {"type": "boolean"}}, ["ok"]))
ONE_TEXT = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}
ONE_PROMPT = {"type": "object", "properties": {"prompt": {"type": "string"}}, "required": ["prompt"]}

FIXTURES: tuple[Fixture, ...] = (
    fixture("test_sampling", "Asks the client's model.", sampled, ONE_PROMPT),
    fixture(
        "test_elicitation",
        "Asks the user.",
        asked_in_call(None, USER, "User response: action: {action}, content: {content}"),
        ONE_TEXT,
    ),
    fixture(
        "test_elicitation_sep1034_defaults",
        "Asks with defaults.",
        asked_in_call("Please check these values.", DEFAULTS, COMPLETED),
    ),
    fixture(
        "test_elicitation_sep1330_enums",
        "Asks with choices.",
        asked_in_call("Please choose.", ENUMS, COMPLETED),
    ),
    fixture(
        "test_streaming_elicitation",
        "Asks without a request on the stream.",
        asked_once({"user_name": NAME}, lambda replies: f"Hello, {_content(replies['user_name']).get('name', '')}!"),
    ),
    fixture(
        "test_input_required_result_elicitation",
        "Ends with a question.",
        asked_once({"user_name": NAME}, lambda replies: f"Hello, {_content(replies['user_name']).get('name', '')}!"),
    ),
    fixture(
        "test_input_required_result_sampling",
        "Ends with a question to the model.",
        asked_once(
            {"capital_question": sample("What is the capital of France?")},
            lambda replies: _said(replies["capital_question"]),
        ),
    ),
    fixture(
        "test_input_required_result_list_roots",
        "Ends with a question for the roots.",
        asked_once(
            {"client_roots": ROOTS},
            lambda replies: ", ".join(str(root.uri) for root in replies["client_roots"].roots) or "no roots",
        ),
    ),
    fixture(
        "test_input_required_result_request_state",
        "Ends with a question and a state.",
        asked_once({"confirm": CONFIRM}, lambda _: "state-ok", state="confirming"),
    ),
    fixture(
        "test_input_required_result_tampered_state",
        "Ends with a question and a sealed state.",
        asked_once({"confirm": CONFIRM}, lambda _: "state-ok", state="sealed"),
    ),
    fixture(
        "test_input_required_result_multiple_inputs",
        "Ends with three questions.",
        asked_once(
            {"user_name": NAME, "greeting": sample("Generate a greeting", 50), "client_roots": ROOTS},
            lambda replies: f"{_said(replies['greeting'])} {_content(replies['user_name']).get('name', '')}",
            state="three",
        ),
    ),
    fixture("test_input_required_result_multi_round", "Asks twice.", two_rounds),
    fixture("test_input_required_result_capabilities", "Asks what can be answered.", by_capability),
)
