"""Learning as a job, and questions to the person, over HTTP on both protocol revisions."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from mcp import Client

from domain.job import JobState
from tests.flows.jobs_workshop import desk, sqlite_jobs
from tests.mcp_server.serving import MODES, Running, connected, running, until
from tests.mcp_server.test_stdio import QUESTION
from tests.requirements import requirement


async def told(client: Client, name: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(name, arguments)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


@pytest.mark.browser
@requirement("MCP-2", "MCP-5", "MCP-6")
async def test_a_job_asks_goes_on_with_the_answer_and_keeps_its_result(server: Running, events_site: str) -> None:
    key = server.add_key("worker")
    async with connected(server, "auto", key) as client, connected(server, "legacy", server.made["bea"]) as other:
        started = await told(client, "learn_tool", query=QUESTION["query"], background=True)
        job = started["job_id"]
        asked = await told(client, "get_job", job_id=job, wait_s=20)
        assert (asked["state"], asked["question"]["field"]) == ("needs_input", "site")
        for name, more in (("get_job", {}), ("cancel_job", {}), ("answer_job", {"answer": "https://x.example"})):
            assert (await told(other, name, job_id=job, **more))["error"]["code"] == "unknown_job"
        went_on = await told(client, "answer_job", job_id=job, answer=f"{events_site}/sf")
        assert went_on["state"] == "running"
        async with asyncio.timeout(60):
            while (done := await told(client, "get_job", job_id=job, wait_s=20))["state"] == "running":
                continue
        assert (done["state"], done["percent"], done["result"]["status"]) == ("done", 100, "ok")
        assert done["result"]["tool"]["name"] in {tool.name for tool in (await client.list_tools()).tools}
        assert (await told(client, "cancel_job", job_id=job))["state"] == "done"
        assert (await told(client, "answer_job", job_id=job, answer="x"))["error"]["code"] == "job_refused"


@pytest.fixture
def silent_site() -> Iterator[str]:
    """A site on this machine that takes connections and never says anything."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.mark.browser
@requirement("MCP-5")
async def test_a_job_that_is_cancelled_stops_working(server: Running, silent_site: str) -> None:
    async with connected(server, "auto", server.made["ada"]) as client:
        job = (await told(client, "learn_tool", query="tea in Rome", site=silent_site, background=True))["job_id"]
        assert (await told(client, "cancel_job", job_id=job))["state"] == "cancelled"
        assert (await told(client, "get_job", job_id=job))["state"] == "cancelled"
        async with asyncio.timeout(30):
            await until(server, "school_jobs_running", 0)


@requirement("MCP-5", "MCP-4")
async def test_a_job_that_fails_tells_code_and_remedy(server: Running) -> None:
    async with connected(server, "auto", server.made["ada"]) as client:
        site = "http://169.254.169.254/"
        job = (await told(client, "learn_tool", query="tea in Rome", site=site, background=True))["job_id"]
        async with asyncio.timeout(60):
            while (ended := await told(client, "get_job", job_id=job, wait_s=20))["state"] == "running":
                continue
        assert ended["state"] == "failed"
        assert ended["error"]["code"] in {"egress_denied", "source_unreachable"}
        for bad in ({"job_id": "job_nothing"}, {"job_id": ""}):
            assert (await told(client, "get_job", **bad))["error"]["code"] == "unknown_job"
        assert (await told(client, "get_job"))["error"]["code"] == "invalid_arguments"


@pytest.mark.browser
@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-5", "PLAN-5")
async def test_a_client_that_can_ask_is_asked_and_learning_goes_on(
    server: Running, events_site: str, mode: str
) -> None:
    questions: list[str] = []

    async def answer(_: object, params: types.ElicitRequestParams) -> types.ElicitResult:
        questions.append(params.message)
        return types.ElicitResult(action="accept", content={"answer": f"{events_site}/sf"})

    key = server.add_key(f"asked.{mode}")
    async with connected(server, mode, key, elicitation_callback=answer) as client:
        learned = await told(client, "learn_tool", query=QUESTION["query"])
    assert (learned["status"], learned["learned"]) == ("ok", True)
    assert questions == ["Which site should answer this?"]


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-5", "PLAN-5")
async def test_a_person_who_declines_gets_no_guess(server: Running, mode: str) -> None:
    async def decline(_: object, __: types.ElicitRequestParams) -> types.ElicitResult:
        return types.ElicitResult(action="decline")

    async with connected(server, mode, server.made["ada"], elicitation_callback=decline) as client:
        result = await client.call_tool("learn_tool", {"query": "good places for lunch"})
    assert result.is_error is True
    assert result.structured_content["status"] in {"needs_input", "error"}


@pytest.mark.browser
@requirement("JOB-1", "PROVE-6", "OPS-3")
async def test_a_server_that_is_stopped_hands_the_jobs_back_that_its_clients_wait_for(
    tmp_path: Path, silent_site: str
) -> None:
    host = silent_site.split("//")[1].rstrip("/")
    async with AsyncExitStack() as stack:
        server = running(tmp_path / "home", private_hosts=host, drain_timeout_s="0.5")
        stopping = stack.enter_context(server)
        client = await stack.enter_async_context(connected(stopping, "auto"))
        learning = asyncio.create_task(told(client, "learn_tool", query="tea in Rome", site=silent_site))
        other = (await told(client, "learn_tool", query="tea in Oslo", site=silent_site, background=True))["job_id"]
        asking = asyncio.create_task(told(client, "get_job", job_id=other, wait_s=30))
        async with asyncio.timeout(30):
            await until(stopping, "school_jobs_running", 2)
            await until(stopping, "school_tool_calls_at_work", 2)
        assert await asyncio.to_thread(stopping.stop) == 0
        waited, asked = await learning, await asking
        assert (waited["state"], asked["job_id"], asked["state"]) == ("running", other, "running")
        assert "get_job" in waited["hint"]
    with desk(sqlite_jobs(tmp_path / "home")) as jobs:
        assert [jobs.get(each, "local").state for each in (waited["job_id"], other)] == [JobState.RUNNING] * 2
