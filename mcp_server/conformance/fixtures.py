"""Adding the suite's fixtures to a server: tools through the registry, the rest beside the server's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mcp_types as types

from mcp_server.conformance import asking, tools
from mcp_server.conformance.media import png
from mcp_server.conformance.versions import OWNER, version_of, with_structure
from mcp_server.desk import Desk
from mcp_server.principals import Context
from mcp_server.server import SchoolServer

TEMPLATE = "test://template/{id}/data"
TEXTS = {
    "test://static-text": "This is the content of the static text resource.",
    "test://watched-resource": "This is a resource that can be watched.",
}
BINARY = "test://static-binary"
FIXTURES = {each.tool.name: each for each in (*tools.FIXTURES, *asking.FIXTURES)}
ARGUMENTS = [
    types.PromptArgument(name="arg1", description="First test argument", required=True),
    types.PromptArgument(name="arg2", description="Second test argument", required=True),
]
PROMPTS = [
    types.Prompt(name="test_simple_prompt", description="A prompt without arguments."),
    types.Prompt(name="test_prompt_with_arguments", description="A prompt with arguments.", arguments=ARGUMENTS),
    types.Prompt(
        name="test_prompt_with_embedded_resource",
        description="A prompt with a resource.",
        arguments=[types.PromptArgument(name="resourceUri", description="The resource's address.", required=True)],
    ),
    types.Prompt(name="test_prompt_with_image", description="A prompt with an image."),
    types.Prompt(name="test_input_required_result_prompt", description="A prompt that asks first."),
]


@contextmanager
def published_fixtures(server: SchoolServer, desk: Desk) -> Iterator[None]:
    """Add the suite's tools, resources and prompts to a server for the block, and methods that only the suite uses.

    The tools are published in the registry, for an owner of their own: they pass its gate and come to clients through
    its listing and its lookup like any other. What runs in place of a workflow is the fixture of that name.

    Raises:
        NameRefused: the registry refuses a fixture.
    """
    registry = desk.school.registry
    for each in FIXTURES.values():
        registry.publish(version_of(each, desk.school.clock.now()), actor=OWNER)
    _add_calls(server, desk)
    _add_resources(server)
    _add_prompts(server)

    async def accept(_: Context, __: Any) -> types.EmptyResult:
        return types.EmptyResult()

    server.add_request_handler("logging/setLevel", types.SetLevelRequestParams, accept)
    server.add_request_handler("resources/subscribe", types.SubscribeRequestParams, accept)
    server.add_request_handler("resources/unsubscribe", types.UnsubscribeRequestParams, accept)
    try:
        yield
    finally:
        for name in FIXTURES:
            registry.delete(name, OWNER, actor=OWNER)


def _handler(server: SchoolServer, method: str) -> Any:
    entry = server.get_request_handler(method)
    assert entry is not None
    return entry.handler


def _add_calls(server: SchoolServer, desk: Desk) -> None:
    call_before = _handler(server, "tools/call")

    async def call_tool(ctx: Context, params: types.CallToolRequestParams) -> tools.Result:
        if params.name not in FIXTURES:
            result: tools.Result = await call_before(ctx, params)
            return result
        version = desk.school.shelf.version(params.name, OWNER)
        return with_structure(await FIXTURES[version.name].run(desk, ctx, params))

    server.add_request_handler("tools/call", types.CallToolRequestParams, call_tool)


def _add_resources(server: SchoolServer) -> None:
    list_before, read_before = _handler(server, "resources/list"), _handler(server, "resources/read")
    templates_before = _handler(server, "resources/templates/list")

    async def list_resources(ctx: Context, params: types.PaginatedRequestParams) -> types.ListResourcesResult:
        page: types.ListResourcesResult = await list_before(ctx, params)
        if params.cursor is not None:
            return page
        own = [
            *(
                types.Resource(uri=uri, name=uri, description=text, mime_type="text/plain")
                for uri, text in TEXTS.items()
            ),
            types.Resource(uri=BINARY, name=BINARY, description="An image.", mime_type="image/png"),
        ]
        return page.model_copy(update={"resources": [*own, *page.resources]})

    async def list_templates(ctx: Context, params: Any) -> types.ListResourceTemplatesResult:
        page: types.ListResourceTemplatesResult = await templates_before(ctx, params)
        own = types.ResourceTemplate(
            uri_template=TEMPLATE, name="template", description="Data by id.", mime_type="application/json"
        )
        return page.model_copy(update={"resource_templates": [own, *page.resource_templates]})

    async def read_resource(ctx: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        uri = str(params.uri)
        contents = _contents(uri)
        if contents is None:
            result: types.ReadResourceResult = await read_before(ctx, params)
            return result
        return types.ReadResourceResult(contents=[contents])

    server.add_request_handler("resources/list", types.PaginatedRequestParams, list_resources)
    server.add_request_handler("resources/templates/list", types.PaginatedRequestParams, list_templates)
    server.add_request_handler("resources/read", types.ReadResourceRequestParams, read_resource)


def _contents(uri: str) -> types.TextResourceContents | types.BlobResourceContents | None:
    if uri in TEXTS:
        return types.TextResourceContents(uri=uri, mime_type="text/plain", text=TEXTS[uri])
    if uri == BINARY:
        return types.BlobResourceContents(uri=uri, mime_type="image/png", blob=png())
    head, tail = TEMPLATE.split("{id}")
    if uri.startswith(head) and uri.endswith(tail):
        number = uri[len(head) : -len(tail)]
        text = f'{{"id":"{number}","templateTest":true,"data":"Data for ID: {number}"}}'
        return types.TextResourceContents(uri=uri, mime_type="application/json", text=text)
    return None


def _add_prompts(server: SchoolServer) -> None:
    list_before, get_before = _handler(server, "prompts/list"), _handler(server, "prompts/get")

    async def list_prompts(ctx: Context, params: Any) -> types.ListPromptsResult:
        page: types.ListPromptsResult = await list_before(ctx, params)
        return page.model_copy(update={"prompts": [*PROMPTS, *page.prompts]})

    async def get_prompt(
        ctx: Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult | types.InputRequiredResult:
        own = _prompt(params)
        if own is None:
            result: types.GetPromptResult = await get_before(ctx, params)
            return result
        return own

    server.add_request_handler("prompts/list", types.PaginatedRequestParams, list_prompts)
    server.add_request_handler("prompts/get", types.GetPromptRequestParams, get_prompt)


def _prompt(params: types.GetPromptRequestParams) -> types.GetPromptResult | types.InputRequiredResult | None:
    given = params.arguments or {}
    if params.name == "test_simple_prompt":
        return _messages(types.TextContent(text="This is a simple prompt for testing."))
    if params.name == "test_prompt_with_arguments":
        said = f"Prompt with arguments: arg1='{given.get('arg1', '')}', arg2='{given.get('arg2', '')}'"
        return _messages(types.TextContent(text=said))
    if params.name == "test_prompt_with_embedded_resource":
        uri = given.get("resourceUri", "test://example-resource")
        return _messages(
            tools.embedded(uri, "text/plain", "Embedded resource content for testing."),
            types.TextContent(text="Please process the embedded resource above."),
        )
    if params.name == "test_prompt_with_image":
        return _messages(tools.IMAGE, types.TextContent(text="Please analyze the image above."))
    if params.name == "test_input_required_result_prompt":
        reply = (params.input_responses or {}).get("user_context")
        if not isinstance(reply, types.ElicitResult):
            schema = asking.form({"context": {"type": "string"}}, ["context"])
            question = asking.elicit("What context should the prompt use?", schema)
            return types.InputRequiredResult(input_requests={"user_context": question})
        return _messages(types.TextContent(text=f"Context: {(reply.content or {}).get('context', '')}"))
    return None


def _messages(*contents: types.ContentBlock) -> types.GetPromptResult:
    return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=each) for each in contents])
