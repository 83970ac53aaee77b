"""Calls of a published tool through the MCP server on both transports, beside the SDK's echo server.

Beside them: memory over many calls, and listing and searching at 10,000 tools.

Run: python -m benchmarks.server [seconds per measurement] [calls for the memory's figure, 50,000 by default]

The load client speaks raw JSON-RPC, so that it costs little; a site on loopback answers 20 rows. Every answer is
checked to carry its own call's word, so a lost or mixed-up answer ends the run.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from benchmarks.calls import SITE, WORKFLOW, Groups, control_groups
from benchmarks.figures import Figure, print_figures
from benchmarks.loading import HANDSHAKE, Load, One, load
from benchmarks.server_http import measure_http
from benchmarks.server_scale import TOOLS, measure_memory, measure_scale
from domain.plan import (
    Field,
    FieldType,
    Intent,
    Parameter,
    Plan,
    RecordSource,
    RequestTemplate,
    Source,
    SourceBinding,
    SourceKind,
)
from domain.policy import HostRule, Policy
from domain.run import Verdict
from domain.values import JsonObject
from domain.workflow import Artifact, Provenance, Status, WorkflowVersion
from generators.emit import describe
from registry import open_registry

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2027, 5, 12, tzinfo=UTC)
LINE_BYTES = 2**24
KINDS = ("lamps", "teas", "bicycles", "concerts", "recipes", "flats", "jobs", "courses", "trails", "stamps")


class Peer:
    """A server that is talked to over its standard streams."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._number = 0
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            message = json.loads(line)
            waiting = self._waiting.pop(message.get("id", -1), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)

    async def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Send one request and return the whole answer."""
        self._number += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = answer
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return await answer

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")

    async def shake_hands(self) -> None:
        """Do the handshake of the 2025-11-25 revision."""
        await self.ask("initialize", HANDSHAKE)
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})


@asynccontextmanager
async def started(*line: str, env: dict[str, str]) -> AsyncIterator[Peer]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *line,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=env,
        cwd=ROOT,
        limit=LINE_BYTES,
    )
    try:
        yield Peer(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 20)


def tool_of(port: int) -> WorkflowVersion:
    """Return the version that is called: one request, 20 rows."""
    url = f"http://127.0.0.1:{port}/items"
    plan = Plan(
        query="list widgets",
        intent=Intent(text="list widgets"),
        tool_name="widgets",
        title="Widgets",
        description="Lists the site's widgets.",
        parameters=(
            Parameter(
                name="word",
                type=FieldType.STRING,
                description="Goes into names.",
                required=True,
                bindings=(SourceBinding(name="word"),),
            ),
        ),
        fields=tuple(Field(name=name, type=FieldType.STRING, locator=name) for name in ("id", "name", "price", "url")),
        steps=(),
        source=Source(kind=SourceKind.JSON, url=url, reason="it answers"),
        records=RecordSource(request=RequestTemplate(url=url), records="items"),
    )
    tool = describe(plan)
    item: JsonObject = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
    output: JsonObject = {
        **tool.output_schema,
        "properties": {"rows": {"type": "array", "items": item}},
        "required": ["rows"],
    }
    return WorkflowVersion(
        status=Status.VALIDATED,
        tool=tool.model_copy(update={"output_schema": output}),
        plan=plan,
        artifact=Artifact(code=WORKFLOW.replace("PORT", str(port))),
        policy=Policy(hosts=(HostRule(host="127.0.0.1", port=port),), private_hosts=("127.0.0.1",)),
        provenance=Provenance(planner="builtin", generator="template", created_at=NOW),
        verdict=Verdict(passed=True),
    )


async def measure(seconds: float, groups: Groups, memory_calls: int) -> list[Figure]:
    """Measure the school's server and the echo server, and return the figures."""
    with site_of(groups) as port, tempfile.TemporaryDirectory(prefix="agent-school-bench-") as home:
        with open_registry(f"sqlite:///{home}/registry.sqlite") as registry:
            registry.publish(tool_of(port), actor="bench")
        env = {"PATH": "/usr/bin:/bin", "HOME": home, "AGENT_SCHOOL_HOME": home}
        own = await _site_ms(port)
        echo = await _echo(seconds, groups, env)
        figures = await _tool(seconds, groups, env, own, echo)
        fast = await _fast(seconds, groups, {**env, "AGENT_SCHOOL_ISOLATION": "fast"}, echo)
        http = await measure_http(seconds, env)
        async with started(str(ROOT / "main.py"), "serve", env=env) as peer:
            await peer.shake_hands()
            memory = await measure_memory(_checked(peer), peer.process.pid, memory_calls)
        return [*figures, *fast, *http, *memory, *await _at_scale(tool_of(port))]


async def _at_scale(version: WorkflowVersion) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="agent-school-bench-") as home:
        with open_registry(f"sqlite:///{home}/registry.sqlite") as registry:
            for number in range(TOOLS):
                registry.publish(numbered(version, number), actor="bench")
        env = {"PATH": "/usr/bin:/bin", "HOME": home, "AGENT_SCHOOL_HOME": home}
        async with started(str(ROOT / "main.py"), "serve", env=env) as peer:
            await peer.shake_hands()
            return await measure_scale(peer.ask)


def numbered(version: WorkflowVersion, number: int) -> WorkflowVersion:
    """Return one of many tools: a name and a description of its own."""
    what = f"{KINDS[number % len(KINDS)]} of shop {number}"
    tool = version.tool.model_copy(update={"name": f"widgets_{number}", "description": f"Lists the {what}."})
    return version.model_copy(update={"tool": tool})


@contextmanager
def site_of(groups: Groups) -> Iterator[int]:
    """Run the site in a control group of its own and give its port."""
    groups.join("site")
    site = subprocess.Popen([sys.executable, "-I", "-c", SITE], stdout=subprocess.PIPE, text=True)
    try:
        assert site.stdout is not None
        yield int(site.stdout.readline())
    finally:
        site.kill()
        site.wait()
        if site.stdout is not None:
            site.stdout.close()


async def _site_ms(port: int) -> float:
    """Return the site's own time for one answer on a connection that is open already, p50 in ms."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times = []
    for _ in range(200):
        begun = time.perf_counter()
        writer.write(b"GET /items?word=k HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        times.append((time.perf_counter() - begun) * 1000)
    writer.close()
    return sorted(times)[100]


async def _echo(seconds: float, groups: Groups, env: dict[str, str]) -> dict[int, Load]:
    groups.join("server")
    async with started("-m", "benchmarks.echo_server", env=env) as peer:
        groups.join("client")
        await peer.shake_hands()

        async def one(number: int) -> None:
            answer = await peer.ask("tools/call", {"name": "echo", "arguments": {"text": f"k{number}"}})
            if answer["result"]["structuredContent"]["text"] != f"k{number}":
                raise RuntimeError("the echo was another's")

        await load(one, groups, 0.5, 10)
        return {concurrency: await load(one, groups, seconds, concurrency) for concurrency in (1, 10, 100)}


def _checked(peer: Peer) -> One:
    async def one(number: int) -> None:
        answer = await peer.ask("tools/call", {"name": "widgets", "arguments": {"word": f"k{number}"}})
        rows = answer.get("result", {}).get("structuredContent", {}).get("rows", [])
        if len(rows) != 20 or not all(row["name"].startswith(f"k{number} ") for row in rows):
            raise RuntimeError(f"a call failed or got another's rows: {json.dumps(answer)[:300]}")

    return one


async def _tool(seconds: float, groups: Groups, env: dict[str, str], own: float, echo: dict[int, Load]) -> list[Figure]:
    groups.join("server")
    begun = time.perf_counter()
    async with started(str(ROOT / "main.py"), "serve", env=env) as peer:
        groups.join("client")
        await peer.shake_hands()
        await peer.ask("tools/list", {})
        ready_s = time.perf_counter() - begun
        idle_mb = psutil.Process(peer.process.pid).memory_info().rss / 2**20
        one = _checked(peer)
        await load(one, groups, 1.0, 10)
        loads = {concurrency: await load(one, groups, seconds, concurrency) for concurrency in (1, 10, 100)}
    above = loads[1].p50_ms - own, loads[1].p99_ms - own
    figures = [
        Figure(
            what="call through MCP above the site's own time, at 1",
            measured=f"p50 {above[0]:.2f} ms, p99 {above[1]:.2f} ms",
            asked="p50 ≤ 3 ms, p99 ≤ 20 ms",
            peer=f"echo p50 {echo[1].p50_ms:.2f} ms, p99 {echo[1].p99_ms:.2f} ms",
            reached=above[0] <= 3 and above[1] <= 20,
        ),
        Figure(
            what="the same, CPU",
            measured=f"{loads[1].cpu_ms:.2f} CPU-ms a call" if loads[1].cpu_ms else "no control groups here",
            asked="≤ 4 CPU-ms",
            peer=f"echo {echo[1].cpu_ms:.2f} CPU-ms",
            reached=loads[1].cpu_ms <= 4 if loads[1].cpu_ms else None,
        ),
    ]
    figures += [
        Figure(
            what=f"calls at {concurrency}, a process each",
            measured=f"{loads[concurrency].rate:.0f}/s, p50 {loads[concurrency].p50_ms:.1f} ms, none lost or mixed up",
            asked="≥ 450/s" if concurrency == 100 else "",
            peer=f"echo {echo[concurrency].rate:.0f}/s",
            reached=loads[concurrency].rate >= 450 if concurrency == 100 else None,
        )
        for concurrency in (1, 10, 100)
    ]
    return [
        *figures,
        Figure(
            what="server start to first answer", measured=f"{ready_s:.2f} s", asked="≤ 1.5 s", reached=ready_s <= 1.5
        ),
        Figure(what="resident memory, idle", measured=f"{idle_mb:.0f} MB", asked="≤ 150 MB", reached=idle_mb <= 150),
    ]


async def _fast(seconds: float, groups: Groups, env: dict[str, str], echo: dict[int, Load]) -> list[Figure]:
    groups.join("server")
    async with started(str(ROOT / "main.py"), "serve", env=env) as peer:
        groups.join("client")
        await peer.shake_hands()
        one = _checked(peer)
        await load(one, groups, 1.0, 10)
        found = await load(one, groups, seconds, 100)
    return [
        Figure(
            what="calls at 100, fast level",
            measured=f"{found.rate:.0f}/s, p50 {found.p50_ms:.1f} ms",
            asked="≥ half of echo",
            peer=f"echo {echo[100].rate:.0f}/s",
            reached=found.rate >= echo[100].rate / 2,
        )
    ]


def main(seconds: float = 3.0, memory_calls: int = 50_000) -> None:
    """Measure and print."""
    with control_groups() as groups:
        print_figures("The MCP server", asyncio.run(measure(seconds, groups, memory_calls)))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0, int(sys.argv[2]) if len(sys.argv) > 2 else 50_000)
