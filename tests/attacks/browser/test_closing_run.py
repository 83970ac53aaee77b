"""A page tool of the events site is made by hand and called while another tool's page tries everything to get out."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from mcp import Client, StdioServerParameters

from benchmarks.server import tool_of
from domain.policy import HostRule
from domain.workflow import Artifact
from registry import open_registry
from tests.conftest import ROOT
from tests.mcp_server.test_approvals import Person
from tests.requirements import requirement
from tests.sandbox.observe.site import Site, serving

pytestmark = pytest.mark.browser
HOW_TO = ROOT / "docs" / "how-to" / "write-a-page-workflow.md"
TRIALS = [
    {"arguments": {"keyword": "design"}, "expect": "rows"},
    {"arguments": {"keyword": "night"}, "expect": "rows"},
    {"arguments": {"keyword": "zzzz-nothing-has-this"}, "expect": "empty"},
]
HOSTILE = '''"""Opens a page that tries to get out."""

from playwright.async_api import Error, Page
from pydantic import BaseModel


class Request(BaseModel):
    """Nothing that matters."""

    word: str


class Response(BaseModel):
    """What the page says of its attempts."""

    rows: list[dict[str, str]]
    count: int
    truncated: bool = False


async def run(request: Request, page: Page) -> Response:
    """Let the page try, then follow a redirect to elsewhere."""
    await page.goto("SITE/hostile")
    await page.get_by_text("worker: ").first.wait_for()
    await page.get_by_text("ws: ").first.wait_for()
    texts = await page.locator("p").all_inner_texts()
    try:
        answer = await page.goto("SITE/away")
        texts.append("redirect: refused" if answer is None or answer.status == 403 else "redirect: REACHED")
    except Error:
        texts.append("redirect: refused")
    return Response(rows=[{"name": text} for text in texts], count=len(texts))
'''


def code_of(site: str) -> str:
    """Return the workflow of the how-to guide, for the site at this address."""
    code = HOW_TO.read_text(encoding="utf-8").split("```python\n", 1)[1].split("```", 1)[0]
    return code.replace("http://127.0.0.1:8000", site)


def publish_hostile(home: Path, site: Site) -> None:
    """Put the hostile tool into the registry, past every check and trial."""
    good = tool_of(site.port)
    tool = good.tool.model_copy(update={"name": "hostile_page", "output_schema": {"type": "object"}})
    policy = good.policy.model_copy(update={"hosts": (HostRule(host="127.0.0.1", port=site.port),)})
    artifact = Artifact(code=HOSTILE.replace("SITE", site.url), interface="page")
    home.mkdir(parents=True)
    with open_registry(f"sqlite:///{home / 'registry.sqlite'}") as registry:
        registry.publish(good.model_copy(update={"tool": tool, "policy": policy, "artifact": artifact}), actor="test")


async def publish_cards(client: Any, events_site: str) -> None:
    """Put the hand-written workflow through check, trial and publish."""
    observed = (
        await client.call_tool("observe_source", {"site": f"{events_site}/sf", "query": "design"})
    ).structured_content
    code = code_of(events_site)
    checked = (
        await client.call_tool("check_workflow", {"handle": observed["handle"], "code": code})
    ).structured_content
    assert checked["passed"], checked
    more = {"handle": observed["handle"], "code": code, "trials": TRIALS}
    tried = (await client.call_tool("try_workflow", more)).structured_content
    assert tried.get("verdict", {}).get("passed"), json.dumps(tried)[:6000]
    face = {"name": "sf_cards", "title": "Cards", "description": "Reads the event cards of the San Francisco page."}
    published = (await client.call_tool("publish_workflow", {**more, **face})).structured_content
    assert published["tool"]["name"] == "sf_cards", published


@pytest.mark.timeout(300)  # three trials and a proof in real browsers
@requirement("BOX-5", "MCP-8")
async def test_a_page_tool_made_by_hand_is_called_while_another_page_tries_the_network(
    environment: dict[str, str], events_site: str, tmp_path: Path
) -> None:
    async with serving() as site:
        away = urlsplit(site.elsewhere)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
            stun.bind(("127.0.0.1", away.port or 0))
            stun.settimeout(0)
            publish_hostile(Path(environment["AGENT_SCHOOL_HOME"]), site)
            environment = {**environment, "AGENT_SCHOOL_PRIVATE_HOSTS": urlsplit(events_site).netloc}
            server = StdioServerParameters(
                command="/bin/sh",
                args=["-c", 'exec "$0" main.py serve 2> "$1"', sys.executable, str(tmp_path / "log")],
                env=environment,
                cwd=str(ROOT),
            )
            async with Client(server, elicitation_callback=Person("approve")) as client:
                await publish_cards(client, events_site)
                calls = [
                    client.call_tool("sf_cards", {"keyword": "night"}),
                    client.call_tool("hostile_page", {"word": "x"}),
                ]
                cards, hostile = await asyncio.gather(*calls)
            with pytest.raises(BlockingIOError):
                stun.recv(100)
        rows = cards.structured_content["rows"]
        assert rows
        assert all("night" in row["name"].lower() and row["url"].startswith(events_site) for row in rows)
        told = {row["name"] for row in hostile.structured_content["rows"]}
        assert {"fetch: refused", "metadata: refused", "private: refused", "worker: refused", "ws: refused"} <= told
        assert {"redirect: refused", "delete: refused"} <= told
        assert not [line for line in told if "REACHED" in line]
        log = (tmp_path / "log").read_text(encoding="utf-8")
        # a WebSocket of a worker asks the proxy for a tunnel, which has no path
        tried = ("/fetch", "/worker", "/beacon", "/popup", "/ws", "/landed", "/frame", "/")
        for path in tried:
            assert f"{away.netloc}{path} was refused" in log, (path, log[-3000:])
        assert "169.254.169.254/latest was refused" in log
