"""Runs the example and prints what happened: python -m examples.boxed_pages. Takes one to two minutes.

Exit status 0: the hand-written tool gave its rows, every attempt of the hostile page is in the log as refused, and
nothing arrived elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp import types as protocol
from mcp.client import ClientRequestContext

from examples.boxed_pages import sites, tools
from examples.events_site.serve import running

KEYWORD = "night"
PATHS = ("/fetch", "/worker", "/beacon", "/popup", "/ws", "/landed", "/frame", "/img")
_REFUSED = re.compile(r"\S+ was refused: [^\n\"]*")


@dataclass(frozen=True, kw_only=True)
class Performance:
    """``told`` is what the hostile page says of its attempts, ``refused`` what the server's log says of them."""

    rows: list[dict[str, Any]]
    told: set[str]
    refused: list[str]
    arrived: list[str]
    changed: list[str]
    elsewhere: str

    @property
    def missing(self) -> list[str]:
        """The attempts that the log does not tell of."""
        told = "\n".join(self.refused)
        return [path for path in PATHS if f"{self.elsewhere}{path} was refused" not in told]

    @property
    def held(self) -> bool:
        """Whether the tool worked and nothing got out."""
        reached = [line for line in self.told if "REACHED" in line]
        return bool(self.rows) and not (reached or self.missing or self.arrived or self.changed)


async def perform(events_site: str, home: Path, environment: dict[str, str]) -> Performance:
    """Publish both tools in a home of their own, call them side by side through MCP, and return what happened."""
    log = home / "server.log"
    async with sites.running() as hostile:
        tools.publish_hostile(home, hostile.url)
        hosts = {"AGENT_SCHOOL_HOME": str(home), "AGENT_SCHOOL_PRIVATE_HOSTS": events_site.split("//", 1)[1]}
        async with Client(_server(log, {**environment, **hosts}), elicitation_callback=_approve) as client:
            await tools.publish_cards(client, events_site)
            cards, told = await asyncio.gather(
                client.call_tool(tools.CARDS, {"keyword": KEYWORD}), client.call_tool(tools.HOSTILE, {"word": "x"})
            )
    return Performance(
        rows=_rows(cards),
        told={row["name"] for row in _rows(told)},
        refused=_REFUSED.findall(log.read_text(encoding="utf-8")),
        arrived=hostile.arrived,
        changed=hostile.changed,
        elsewhere=hostile.elsewhere.split("//", 1)[1],
    )


async def _approve(context: ClientRequestContext, params: protocol.ElicitRequestParams) -> protocol.ElicitResult:
    """Answer as the person at this terminal, who wants the example to be published."""
    del context, params
    return protocol.ElicitResult(action="accept", content={"decision": "approve"})


def _rows(result: protocol.CallToolResult) -> list[dict[str, Any]]:
    return list((result.structured_content or {}).get("rows", []))


def _server(log: Path, environment: dict[str, str]) -> StdioServerParameters:
    command = ["-c", 'exec "$0" main.py serve 2> "$1"', sys.executable, str(log)]
    return StdioServerParameters(command="/bin/sh", args=command, env=environment, cwd=str(tools.ROOT))


async def _show() -> int:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TERM"}}
    with tempfile.TemporaryDirectory(prefix="agent-school-boxed-") as folder:
        async with running() as events_site:
            print(f"1. Events site: {events_site}; the guide's workflow goes through check, trials and publishing.")
            seen = await perform(events_site, Path(folder) / "home", {**kept, "AGENT_SCHOOL_PLANNER": "builtin"})
    print(f"2. {tools.CARDS}({KEYWORD!r}) through MCP: {len(seen.rows)} rows")
    for row in seen.rows[:5]:
        print(f"   {row['name']}  {row['url']}")
    print(f"3. Meanwhile the page of {tools.HOSTILE} says:", *sorted(seen.told), sep="\n   ")
    print("4. The server's log:", *dict.fromkeys(seen.refused), sep="\n   ")
    print(f"5. Arrived elsewhere: {seen.arrived or 'nothing'}; changed at its own site: {seen.changed or 'nothing'}")
    print("Every attempt was refused." if seen.held else f"NOT HELD; missing in the log: {seen.missing}")
    return 0 if seen.held else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(_show()))
