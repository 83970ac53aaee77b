"""A scripted client plays the author: it learns a tool through the authoring tools alone, over stdio."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import mcp_types as types
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from domain.errors import SchoolError
from mcp_server.handles import LIVES_S, PER_OWNER, Handles, UnknownHandle
from tests.mcp_server.serving import MODES
from tests.mcp_server.test_approvals import Person
from tests.mcp_server.test_stdio import connected
from tests.requirements import requirement

CODE = '''"""Find events of the events site by words and city.

Generated 2027-05-12.

Args:
    keywords: Words that must all occur.
    city: Only events there.
    limit: At most so many rows.

Returns:
    Response with rows, count and truncated.

Raises:
    SourceChanged: an expected structure is missing.

Examples:
    Request(keywords=["yoga"], city="Oakland")
"""

from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field
from workflow_kit import get_json, matches, pick, records, same_place, to_text

SOURCE = "@SITE@/discover/get-paginated-events"
MAX_PAGES = 100


class Request(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")

    keywords: list[str] | None = Field(default=["yoga"], description="Words that must all occur.")
    city: str | None = Field(default="Oakland", description="Only events in this city.")
    limit: int | None = Field(default=None, ge=1, le=1000, description="At most so many rows.")


class Item(BaseModel):
    """One event."""

    api_id: str | None = Field(default=None, description="The event's id.")
    name: str | None = Field(default=None, description="What it is called.")
    description_short: str | None = Field(default=None, description="One sentence about it.")
    city: str | None = Field(default=None, description="Where it is.")
    calendar_name: str | None = Field(default=None, description="Whose calendar it is in.")
    categories_name: list[Any] | None = Field(default=None, description="Its categories.")


class Response(BaseModel):
    """All results, or the first of them when truncated."""

    rows: list[Item] = Field(description="The results.")
    count: int = Field(description="How many rows there are.")
    truncated: bool = Field(description="Whether there is more.")


def read_item(entry: Any) -> Item:
    """Read one event."""
    return Item(
        api_id=to_text(pick(entry, "api_id")),
        name=to_text(pick(entry, "event.name")),
        description_short=to_text(pick(entry, "event.description_short")),
        city=to_text(pick(entry, "event.geo_address_info.city")),
        calendar_name=to_text(pick(entry, "calendar.name")),
        categories_name=pick(entry, "categories.*.name"),
    )


def wanted(item: Item, request: Request) -> bool:
    """Return whether an event is what was asked for."""
    texts = [item.name, item.description_short, item.city, item.calendar_name, *(item.categories_name or [])]
    if request.keywords and not matches(texts, request.keywords):
        return False
    return not request.city or same_place(item.city, request.city)


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Page through all events and keep those that were asked for."""
    rows: list[Item] = []
    more = True
    cursor = ""
    for _ in range(MAX_PAGES):
        params = {"discover_place_api_id": "@PLACE@", "pagination_limit": "100"}
        if cursor:
            params["pagination_cursor"] = cursor
        answer = await get_json(http, SOURCE, params=params)
        rows += [item for item in map(read_item, records(answer, "entries")) if wanted(item, request)]
        cursor = to_text(pick(answer, "next_cursor")) or ""
        more = bool(pick(answer, "has_more")) and bool(cursor)
        if not more or (request.limit is not None and len(rows) > request.limit):
            break
    kept = rows if request.limit is None else rows[: request.limit]
    return Response(rows=kept, count=len(kept), truncated=more or len(rows) > len(kept))
'''
BAKED = ("same_place(item.city, request.city)", 'same_place(item.city, "Oakland")')
FACE = {"name": "gather_yoga", "title": "Yoga events", "description": "Find events by words and city."}
AUTHORING = {"observe_source", "check_workflow", "try_workflow", "publish_workflow"}
TRIALS = [{"arguments": {"keywords": [], "city": "Berkeley"}, "expect": "rows"}]


@asynccontextmanager
async def author(
    environment: dict[str, str], events_site: str, mode: str = "auto", **options: Any
) -> AsyncIterator[Client]:
    host = events_site.split("//")[1]
    async with connected({**environment, "AGENT_SCHOOL_PRIVATE_HOSTS": host}, mode, **options) as opened:
        yield opened


def text_of(content: object) -> str:
    assert isinstance(content, types.TextContent)
    return content.text


async def told(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    value: dict[str, Any] = (await client.call_tool(tool, arguments)).structured_content
    return value


def written(brief: str, site: str) -> str:
    """Write the module from what the brief says."""
    place = re.search(r'"discover_place_api_id","([\w-]+)"', brief)
    assert place is not None
    return CODE.replace("@SITE@", site).replace("@PLACE@", place[1])


@pytest.mark.browser
@requirement("MCP-8", "PLAN-6")
async def test_a_client_learns_a_tool_as_its_author_and_only_proved_code_is_published(
    environment: dict[str, str], events_site: str
) -> None:
    person = Person("approve")
    async with author(environment, events_site, elicitation_callback=person) as client:
        await learn_as_author(client, events_site)
    assert len(person.shown) == 2  # for the code that failed its proof, and for the code that was published
    assert events_site.split("//")[1] in person.shown[1]


@pytest.mark.browser
@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-8", "MCP-5")
async def test_a_person_sees_the_policy_and_nothing_is_published_without_a_yes(
    environment: dict[str, str], events_site: str, mode: str
) -> None:
    person = Person("refuse")
    async with author(environment, events_site, mode, elicitation_callback=person) as client:
        observed = await client.call_tool("observe_source", {"site": f"{events_site}/sf", "query": "yoga"})
        code = written(text_of(observed.content[0]), events_site)
        handle = observed.structured_content["handle"]
        told_back = await told(client, "publish_workflow", handle=handle, code=code, **FACE, trials=TRIALS)
        assert told_back["error"]["code"] == "not_approved"
        assert FACE["name"] not in {tool.name for tool in (await client.list_tools()).tools}
    host = events_site.split("//")[1]
    assert person.shown == [f"Publish {FACE['name']}? It may ask {host}, with GET, HEAD, and nothing else."]


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-8", "MCP-5")
async def test_an_author_may_send_forms_only_where_a_person_agrees(
    environment: dict[str, str], events_site: str, mode: str
) -> None:
    person = Person("refuse")
    asks = {"site": f"{events_site}/members", "query": "venues in London", "send_forms": True}
    async with author(environment, events_site, mode, elicitation_callback=person) as client:
        assert (await told(client, "observe_source", **asks))["error"]["code"] == "not_approved"
    assert "send forms (POST)" in person.shown[0]
    async with author(environment, events_site, mode) as client:
        alone = await told(client, "observe_source", **asks)
    assert alone["status"] == "needs_input"
    assert "--allow-method POST" in alone["remedy"]


@pytest.mark.browser
@requirement("MCP-8", "MCP-5")
async def test_an_author_may_send_forms_after_a_yes_and_the_policy_says_so(
    environment: dict[str, str], events_site: str
) -> None:
    asks = {"site": f"{events_site}/members", "query": "venues in London", "send_forms": True}
    async with author(environment, events_site, elicitation_callback=Person("approve")) as client:
        assert (await told(client, "observe_source", **asks))["policy"]["methods"] == ["GET", "HEAD", "POST"]


async def learn_as_author(client: Client, events_site: str) -> None:
    observed = await client.call_tool("observe_source", {"site": f"{events_site}/sf", "query": "yoga in Oakland"})
    brief, seen = text_of(observed.content[0]), observed.structured_content
    assert len(brief) < 26_000
    assert seen["plan"]["source"]["kind"] == "json"
    assert seen["policy"]["methods"] == ["GET", "HEAD"]
    assert [f"http://{rule['host']}:{rule['port']}" for rule in seen["policy"]["hosts"]] == [events_site]
    assert "name" in seen["candidates"][0]["columns"]
    handle, code = seen["handle"], written(brief, events_site)

    bad = await told(client, "check_workflow", handle=handle, code=f"import os\n{code}")
    assert bad["passed"] is False
    assert all(v["code"] and v["reason"] and v["remedy"] for v in bad["violations"])
    assert bad["violations"][0]["line"] == 1
    elsewhere = code.replace(events_site, "https://elsewhere.example")
    assert (await told(client, "check_workflow", handle=handle, code=elsewhere))["passed"] is False
    assert (await told(client, "check_workflow", handle=handle, code=code))["passed"] is True

    baked = code.replace(*BAKED)
    failed = await told(client, "try_workflow", handle=handle, code=baked, trials=TRIALS)
    assert failed.get("passed") is False, failed
    checks = {f["check"] for f in failed["verdict"]["findings"] if f["outcome"] == "failed"}
    assert {"nothing_baked", "expectations_met"} & checks
    refused = await client.call_tool("publish_workflow", {"handle": handle, "code": baked, **FACE, "trials": TRIALS})
    assert (refused.is_error, refused.structured_content["error"]["code"]) == (True, "not_proved")
    assert refused.structured_content["error"]["remedy"]
    assert FACE["name"] not in {tool.name for tool in (await client.list_tools()).tools}

    broken = await told(client, "try_workflow", handle=handle, code=code.replace('"entries"', '"nowhere"'))
    assert broken["trials"][0]["outcome"] == "source_changed"
    assert broken["trials"][0]["error"]["line"] > 1

    tried = await told(client, "try_workflow", handle=handle, code=code, trials=TRIALS)
    assert tried["passed"] is True, tried["reason"]
    assert len(tried["trials"]) >= 3
    published = await told(client, "publish_workflow", handle=handle, code=code, **FACE, trials=TRIALS)
    assert published["status"] == "ok", published
    assert set(published["tool"]["input_schema"]["properties"]) == {"keywords", "city", "limit"}
    assert FACE["name"] in {tool.name for tool in (await client.list_tools()).tools}

    answer = await told(client, "call_tool", name=FACE["name"], arguments={"keywords": [], "city": "Berkeley"})
    assert answer["rows"]
    assert {row["city"] for row in answer["rows"]} == {"Berkeley"}
    evidence = await client.read_resource(f"tool://{FACE['name']}/evidence")
    said = str(evidence.contents[0])
    assert '"planner": "client"' in said
    assert '"generator": "client"' in said


@requirement("MCP-8", "MCP-4")
async def test_a_handle_that_was_never_given_is_a_result_with_a_remedy(
    environment: dict[str, str], events_site: str
) -> None:
    async with author(environment, events_site) as client:
        for tool, more in (("check_workflow", {}), ("try_workflow", {}), ("publish_workflow", FACE)):
            result = await client.call_tool(tool, {"handle": "source_x", "code": "X = 1", **more})
            assert result.is_error is True
            assert result.structured_content["error"]["code"] == "unknown_handle"
            assert result.structured_content["error"]["remedy"]


@requirement("MCP-8", "BOX-4")
async def test_an_author_cannot_observe_a_private_address_that_the_settings_do_not_name(
    environment: dict[str, str], events_site: str
) -> None:
    async with connected(environment, "auto") as stranger:
        result = await stranger.call_tool("observe_source", {"site": f"{events_site}/sf"})
    assert result.is_error is True
    assert result.structured_content["error"]["code"] in {"egress_denied", "source_unreachable"}


@requirement("MCP-8")
async def test_the_prompt_tells_an_author_the_loop(environment: dict[str, str], events_site: str) -> None:
    async with author(environment, events_site) as client:
        # What a client pays for before anything is asked: four tools and a prompt.
        tools = [t for t in (await client.list_tools()).tools if t.name in AUTHORING]
        assert len(tools) == len(AUTHORING)
        assert sum(len(tool.model_dump_json(exclude_none=True)) for tool in tools) < 6_500
        assert "author_workflow" in {prompt.name for prompt in (await client.list_prompts()).prompts}
        words = await client.get_prompt("author_workflow", {"site": "https://site.example/", "query": "jazz tonight"})
        text = text_of(words.messages[0].content)
        assert len(text) < 2_500
        places = [text.index(tool) for tool in ("observe_source", "check_workflow", "try_workflow", "publish_workflow")]
        assert places[:3] == sorted(places[:3])
        assert "jazz tonight" in text
        with pytest.raises(MCPError, match="site"):
            await client.get_prompt("author_workflow", {"query": "jazz"})


@requirement("MCP-8")
def test_handles_are_their_owners_alone_bounded_and_expire() -> None:
    now = [0.0]
    handles = Handles(clock=lambda: now[0])
    source: Any = object()
    first = handles.keep("ada", source)
    others = [handles.keep("bea", source)]
    assert handles.get("ada", first) is source
    with pytest.raises(UnknownHandle):
        handles.get("bea", first)
    mine = [handles.keep("ada", source) for _ in range(PER_OWNER)]
    with pytest.raises(SchoolError):
        handles.get("ada", first)
    assert all(handles.get("ada", handle) is source for handle in mine)
    assert handles.get("bea", others[0]) is source
    now[0] = LIVES_S
    with pytest.raises(UnknownHandle):
        handles.get("ada", mine[-1])
