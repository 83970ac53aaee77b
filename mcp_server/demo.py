"""The demo (CLI-3): the bundled events site, a question, a proved tool, a real MCP client. No key, no network."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters

from examples.events_site.serve import running
from school import show

QUESTION = "hip-hop parties in SF within 5 miles"
SECOND_CITY = "Oakland"
ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ("name", "city", "start_at", "price", "url")


def show_demo() -> int:
    """Run the demo and return the exit status: 0 when rows came through the MCP client."""
    return anyio.run(_demo)


async def _demo() -> int:
    async with running() as url:
        with tempfile.TemporaryDirectory(prefix="agent-school-demo-") as home:
            return await _session(url, home)


async def _session(url: str, home: str) -> int:
    say = show.out.print
    say(f"[bold]1.[/] The bundled events site answers at {url}; nobody has ever made a tool for it.")
    say(f"[bold]2.[/] An MCP client starts Agent School over stdio and asks: [bold]{QUESTION}[/]")
    async with Client(_server(url, home)) as client:
        before = {tool.name for tool in (await client.list_tools()).tools}

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            say(f"   [dim]{progress:3.0f} of {total or 100:.0f}[/] {message or ''}", highlight=False)

        learned = await client.call_tool("learn_tool", {"query": QUESTION, "site": f"{url}/sf"}, progress_callback=tell)
        if learned.is_error:
            say(f"[red]learning failed[/]: {learned.structured_content}")
            return 1
        answer = learned.structured_content
        after = [tool for tool in (await client.list_tools()).tools if tool.name not in before]
        names = ", ".join(tool.name for tool in after)
        say(f"[bold]3.[/] Published: [bold]{names}[/], source {answer['source']['kind']}")
        say(f"   because: {answer['source']['reason']}", highlight=False)
        for check in answer["verdict"]["findings"]:
            say(f"   [dim]{check['outcome']:>14}[/] {check['check']}: {check['evidence']}", highlight=False)
        say("[bold]4.[/] The client calls the new tool itself; no model and no browser is involved:")
        return await _call(client, after[0].name, answer["params"])


async def _call(client: Client, name: str, params: dict[str, Any]) -> int:
    for arguments in ({}, {"city": SECOND_CITY} if "city" in params else {}):
        start = anyio.current_time()
        result = await client.call_tool(name, arguments)
        took = (anyio.current_time() - start) * 1000
        if result.is_error:
            show.out.print(f"[red]the call failed[/]: {result.structured_content}")
            return 1
        rows = result.structured_content["rows"]
        columns = [column for column in COLUMNS if rows and column in rows[0]] or None
        show.table(f"{name}({arguments or 'as asked'}): {len(rows)} rows in {took:.0f} ms", rows, columns, most=8)
        if not rows and not arguments:
            return 1
    return 0


def _server(url: str, home: str) -> StdioServerParameters:
    host = url.split("//", 1)[1]
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TERM"}}
    settings = {"AGENT_SCHOOL_HOME": home, "AGENT_SCHOOL_PRIVATE_HOSTS": host, "AGENT_SCHOOL_PLANNER": "builtin"}
    return StdioServerParameters(
        command=sys.executable, args=[str(ROOT / "main.py"), "serve"], env={**kept, **settings}, cwd=str(ROOT)
    )
