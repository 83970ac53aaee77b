"""Approvals are a person's: by elicitation on both revisions, by an admin key, at the terminal, and by nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import mcp_types as types
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from domain.tool import Annotations
from domain.workflow import Status
from registry import open_registry
from registry.approvals import keep_waiting
from tests import prepared
from tests.mcp_server.serving import ECHO, INPUT, MODES, Running, connected, running
from tests.registry.making import make_version
from tests.requirements import requirement


@pytest.fixture(scope="module")
def careful(tmp_path_factory: pytest.TempPathFactory, events_site: str) -> Iterator[Running]:
    """A server that publishes no first version without a person."""
    host = events_site.split("//")[1]
    with running(tmp_path_factory.mktemp("careful") / "home", private_hosts=host, review="required") as started:
        yield started


def publish_writing(server: Running, name: str, owner: str) -> None:
    """Publish a tool whose annotations say that it changes something."""
    version = make_version(name, owner=owner, code=ECHO, input_schema=INPUT)
    annotations = Annotations(title=name, read_only_hint=False, destructive_hint=True, idempotent_hint=False)
    tool = version.tool.model_copy(update={"annotations": annotations})
    with open_registry(server.home / "registry.sqlite") as registry:
        registry.publish(version.model_copy(update={"tool": tool}), actor="test")


def terminal(server: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "AGENT_SCHOOL_HOME": str(server.home)}
    return prepared.run(prepared.MAIN, *arguments, env=environment, timeout=60)


class Person:
    """Answers what the client shows, in the given way, and remembers what was shown."""

    def __init__(self, decision: str) -> None:
        self.decision = decision
        self.shown: list[str] = []

    async def __call__(self, _: object, params: types.ElicitRequestParams) -> types.ElicitResult:
        assert isinstance(params, types.ElicitRequestFormParams)
        self.shown.append(params.message)
        if self.decision == "decline":
            return types.ElicitResult(action="decline")
        return types.ElicitResult(action="accept", content={"decision": self.decision})


async def told(client: Client, tool: str, /, **arguments: Any) -> dict[str, Any]:
    value: dict[str, Any] = (await client.call_tool(tool, arguments)).structured_content
    return value


async def ended(client: Client, job: str) -> dict[str, Any]:
    async with asyncio.timeout(90):
        while (view := await told(client, "get_job", job_id=job, wait_s=20))["state"] in {"running", "waiting"}:
            continue
    return view


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("through", ["by its own name", "by call_tool"])
@requirement("MCP-5", "PROVE-8")
async def test_a_person_confirms_each_call_of_a_tool_that_writes(server: Running, mode: str, through: str) -> None:
    name = f"order_{mode}_{through[3:6].strip()}"
    key = server.add_key(name)
    publish_writing(server, name, name)
    call: tuple[str, dict[str, Any]] = (name, {"text": "two teas"})
    if through == "by call_tool":
        call = ("call_tool", {"name": name, "arguments": {"text": "two teas"}})
    person = Person("approve")
    async with connected(server, mode, key, elicitation_callback=person) as client:
        for times in (1, 2):
            assert (await told(client, call[0], **call[1]))["rows"] == [{"text": "two teas"}]
            assert len(person.shown) == times
    assert "two teas" in person.shown[0]
    assert name in person.shown[0]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("decision", ["refuse", "decline"])
@requirement("MCP-5", "PROVE-8")
async def test_a_call_that_the_person_does_not_confirm_is_not_made(server: Running, mode: str, decision: str) -> None:
    name = f"refused_{mode}_{decision}"
    key = server.add_key(name)
    publish_writing(server, name, name)
    async with connected(server, mode, key, elicitation_callback=Person(decision)) as client:
        assert (await told(client, name, text="x"))["error"]["code"] == "not_approved"
    with open_registry(server.home / "registry.sqlite") as registry:
        assert not registry.runs(name, name)


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-5", "PROVE-8")
async def test_a_client_that_cannot_ask_is_told_what_is_needed_until_a_person_approves_at_the_terminal(
    server: Running, mode: str
) -> None:
    name = f"silent_{mode}"
    key = server.add_key(name)
    publish_writing(server, name, name)
    async with connected(server, mode, key) as client:
        asked = await told(client, name, text="x")
        assert (asked["status"], asked["question"]["field"]) == ("needs_input", f"approve:write:{name}")
        assert f"main.py tools approve {name} --calls" in asked["remedy"]
        line = ("tools", "approve", name, "--calls", "--owner", name)
        assert terminal(server, *line).returncode == 2  # nobody is there to say yes
        assert (await told(client, name, text="x"))["status"] == "needs_input"
        assert terminal(server, *line, "--yes").returncode == 0
        assert (await told(client, name, text="x"))["rows"] == [{"text": "x"}]
        assert terminal(server, "tools", "disapprove", name, "--owner", name).returncode == 0
        assert (await told(client, name, text="x"))["status"] == "needs_input"


@requirement("PROVE-8")
def test_a_writing_tool_is_called_from_a_program_only_with_a_yes(server: Running) -> None:
    publish_writing(server, "order_here", "local")
    line = ("call", "order_here", "--param", "text=x", "--json")
    asked = terminal(server, *line)
    assert asked.returncode == 3
    assert json.loads(asked.stdout)["error"]["code"] == "needs_approval"
    done = terminal(server, *line, "--yes")
    assert json.loads(done.stdout)["result"]["rows"] == [{"text": "x"}]


async def test_a_tool_that_only_reads_is_called_without_a_question(server: Running) -> None:
    person = Person("refuse")
    async with connected(server, "auto", server.made["ada"], elicitation_callback=person) as client:
        assert (await told(client, "echo", text="x"))["rows"] == [{"text": "x"}]
    assert not person.shown


@requirement("MCP-5")
async def test_a_decision_about_one_call_does_not_serve_for_another(server: Running) -> None:
    name = "swapped"
    key = server.add_key(name)
    publish_writing(server, name, name)

    def answered(result: types.InputRequiredResult) -> dict[str, Any]:
        reply = types.ElicitResult(action="accept", content={"decision": "approve"})
        return {"request_state": result.request_state, "input_responses": {"decision": reply}}

    async with connected(server, "auto", key, elicitation_callback=Person("refuse")) as client:
        asked = await client.session.call_tool(name, {"text": "tea"}, allow_input_required=True)
        assert isinstance(asked, types.InputRequiredResult)
        with pytest.raises(MCPError):
            await client.session.call_tool(name, {"text": "gold"}, allow_input_required=True, **answered(asked))
        done = await client.session.call_tool(name, {"text": "tea"}, allow_input_required=True, **answered(asked))
        assert isinstance(done, types.CallToolResult)
        assert done.structured_content["rows"] == [{"text": "tea"}]


@pytest.mark.browser
@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-5", "PROVE-3")
async def test_a_first_version_is_published_once_the_person_has_seen_code_policy_and_proof(
    careful: Running, events_site: str, mode: str
) -> None:
    key = careful.add_key(f"first_{mode}")
    person = Person("approve")
    async with connected(careful, mode, key, elicitation_callback=person) as client:
        before = {tool.name for tool in (await client.list_tools()).tools}
        done = await told(client, "learn_tool", query="yoga in Oakland", site=f"{events_site}/sf")
        assert done["status"] == "ok", done
        assert done["count"] > 0
        assert {tool.name for tool in (await client.list_tools()).tools} - before == {done["tool"]["name"]}
    shown = person.shown[0]
    assert events_site.split("//")[1] in shown
    assert "async def run(" in shown
    assert "passed" in shown


@pytest.mark.browser
@requirement("MCP-5", "PROVE-3")
async def test_a_clients_own_answer_approves_nothing_and_an_admin_key_or_the_terminal_does(
    careful: Running, events_site: str
) -> None:
    owner = "waits"
    key = careful.add_key(owner)
    async with connected(careful, "auto", key) as client:
        job = (await told(client, "learn_tool", query="yoga in Berkeley", site=f"{events_site}/sf", background=True))[
            "job_id"
        ]
        view = await ended(client, job)
        assert view["state"] == "needs_input"
        _, kind, subject, number = view["question"]["field"].split(":")
        assert (kind, number) == ("review", "1")
        refused = await told(client, "answer_job", job_id=job, answer="approve")
        assert refused["status"] == "needs_input"
        assert (await told(client, "get_job", job_id=job))["state"] == "needs_input"
        assert subject not in {tool.name for tool in (await client.list_tools()).tools}
        listed = terminal(careful, "tools", "waiting", "--owner", owner)
        assert subject in listed.stdout
        shown = terminal(careful, "tools", "approve", subject, "--owner", owner)
        assert shown.returncode == 2
        assert "async def run(" in shown.stdout
        approved = terminal(careful, "tools", "approve", subject, "--owner", owner, "--yes")
        assert approved.returncode == 0
        assert (await told(client, "call_tool", name=subject, arguments={}))["count"] >= 0


@pytest.mark.browser
@requirement("MCP-5")
async def test_an_admin_key_answers_for_the_person(careful: Running, events_site: str) -> None:
    async with connected(careful, "auto") as client:  # the first key, which is an admin's
        query = {"query": "all events in Oakland", "site": f"{events_site}/sf", "background": True}
        job = (await told(client, "learn_tool", **query))["job_id"]
        view = await ended(client, job)
        assert view["state"] == "needs_input"
        await told(client, "answer_job", job_id=job, answer="approve")
        done = await ended(client, job)
        assert done["state"] == "done", done
        assert done["result"]["tool"]["name"] in {tool.name for tool in (await client.list_tools()).tools}


@pytest.mark.browser
@requirement("MCP-5")
async def test_refusing_for_a_job_ends_it_and_its_version_stays_unpublished(careful: Running, events_site: str) -> None:
    key = careful.add_key("refuses")
    async with connected(careful, "auto", key) as client:
        query = {"query": "free events in Oakland", "site": f"{events_site}/sf", "background": True}
        job = (await told(client, "learn_tool", **query))["job_id"]
        assert (await ended(client, job))["state"] == "needs_input"
        assert (await told(client, "answer_job", job_id=job, answer="refuse"))["state"] == "cancelled"
    assert "no rows" in terminal(careful, "tools", "list", "--owner", "refuses").stdout


@requirement("REG-2")
def test_what_waits_is_validated_kept_once_and_not_listed(careful: Running) -> None:
    version = make_version("kept_once", owner="local", code=ECHO, input_schema=INPUT)
    with open_registry(careful.home / "registry.sqlite") as registry:
        kept = keep_waiting(registry.shelf, version, actor="test", bundle=None, profile=None)
        assert (kept.status, kept.number) == (Status.VALIDATED, 1)
        assert keep_waiting(registry.shelf, version, actor="test", bundle=None, profile=None) == kept
        assert "kept_once" not in {entry.name for entry in registry.tools("local", limit=200).entries}
