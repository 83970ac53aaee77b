"""The two tools: one written by hand and proved, one put into the registry past every check and trial."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mcp import Client

from benchmarks.server import tool_of
from domain.policy import HostRule
from domain.values import JsonObject
from domain.workflow import Artifact
from registry import open_registry

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "write-a-page-workflow.md"
CARDS, HOSTILE = "sf_cards", "hostile_page"
TRIALS: list[JsonObject] = [
    {"arguments": {"keyword": "design"}, "expect": "rows"},
    {"arguments": {"keyword": "night"}, "expect": "rows"},
    {"arguments": {"keyword": "zzzz-nothing-has-this"}, "expect": "empty"},
]
_FACE = {"name": CARDS, "title": "Cards", "description": "Reads the event cards of the San Francisco page."}
_CODE = '''"""Opens a page that tries to get out."""

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
    await page.wait_for_timeout(1500)
    texts = await page.locator("p").all_inner_texts()
    try:
        answer = await page.goto("SITE/away")
        texts.append("redirect: refused" if answer is None or answer.status == 403 else "redirect: REACHED")
    except Error:
        texts.append("redirect: refused")
    return Response(rows=[{"name": text} for text in texts], count=len(texts))
'''


class NotPublished(Exception):
    """The hand-written workflow did not get through check, trials and publishing."""


def code_of(site: str) -> str:
    """Return the workflow of the how-to guide, for the site at this address."""
    code = HOW_TO.read_text(encoding="utf-8").split("```python\n", 1)[1].split("```", 1)[0]
    return code.replace("http://127.0.0.1:8000", site)


async def publish_cards(client: Client, events_site: str) -> JsonObject:
    """Put the hand-written workflow through check, trials and publishing; return the verdict of its trials.

    Raises:
        NotPublished: one of them refused it.
    """
    observed = await _told(client, "observe_source", {"site": f"{events_site}/sf", "query": "design"})
    code, handle = code_of(events_site), observed["handle"]
    checked = await _told(client, "check_workflow", {"handle": handle, "code": code})
    if not checked.get("passed"):
        raise NotPublished(f"the check: {checked}")
    more = {"handle": handle, "code": code, "trials": TRIALS}
    tried = await _told(client, "try_workflow", more)
    if not tried.get("verdict", {}).get("passed"):
        raise NotPublished(f"the trials: {tried}")
    published = await _told(client, "publish_workflow", {**more, **_FACE})
    if published.get("tool", {}).get("name") != CARDS:
        raise NotPublished(f"publishing: {published}")
    verdict: JsonObject = tried["verdict"]
    return verdict


def publish_hostile(home: Path, site: str) -> None:
    """Put the tool of the hostile page into the registry, past every check and trial."""
    port = int(site.rsplit(":", 1)[1])
    good = tool_of(port)
    tool = good.tool.model_copy(update={"name": HOSTILE, "output_schema": {"type": "object"}})
    policy = good.policy.model_copy(update={"hosts": (HostRule(host="127.0.0.1", port=port),)})
    artifact = Artifact(code=_CODE.replace("SITE", site), interface="page")
    home.mkdir(parents=True, exist_ok=True)
    with open_registry(f"sqlite:///{home / 'registry.sqlite'}") as registry:
        registry.publish(
            good.model_copy(update={"tool": tool, "policy": policy, "artifact": artifact}), actor="example"
        )


async def _told(client: Client, tool: str, arguments: JsonObject) -> dict[str, Any]:
    return dict((await client.call_tool(tool, arguments)).structured_content or {})
