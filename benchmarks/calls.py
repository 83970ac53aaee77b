"""What a call costs by isolation level, beside the same workflow in this process and in a fresh interpreter.

Run: python -m benchmarks.calls [seconds per measurement]

One workflow: one request to a site on loopback, 20 rows through pydantic, 20 rows back. CPU-ms per
call come from control groups where this user may make some (children that end are in no other count).
"""

from __future__ import annotations

import asyncio
import contextlib
import marshal
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from domain.policy import HostRule, Policy
from domain.run import Outcome, RunKind
from domain.workflow import Artifact
from sandbox.exchanges import Exchanges
from sandbox.facade import environment
from sandbox.facade.http import Client
from sandbox.runner import Level, Runner, RunnerOptions, compile_checked, open_runner

NOW = datetime(2027, 5, 12, tzinfo=UTC)
WORKFLOW = '''"""List the site's items."""

import httpx
from pydantic import BaseModel, Field


class Request(BaseModel):
    """What to ask."""

    word: str = Field(default="x", description="goes into every name")


class Item(BaseModel):
    """One item."""

    id: int
    name: str
    price: float = Field(ge=0)
    tags: list[str]
    url: str | None = None


class Response(BaseModel):
    """The items."""

    rows: list[Item]
    count: int
    truncated: bool = False


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Ask once."""
    response = await http.get("http://127.0.0.1:PORT/items", params={"word": request.word})
    response.raise_for_status()
    rows = [Item.model_validate(row) for row in response.json()["items"]]
    return Response(rows=rows, count=len(rows))
'''
SITE = """
import asyncio, json, sys
ITEMS = [
    {"id": i, "name": f"@@ widget {i}", "price": 1.25 * i, "tags": ["new", "blue"], "url": f"/w/{i}"} for i in range(20)
]
BODY = json.dumps({"items": ITEMS}).encode()
class Site(asyncio.Protocol):
    def connection_made(self, transport): self.transport, self.data = transport, b""
    def data_received(self, data):
        self.data += data
        while (end := self.data.find(b"\\r\\n\\r\\n")) >= 0:
            line, self.data = self.data.split(b"\\r\\n", 1)[0], self.data[end + 4:]
            body = BODY.replace(b"@@", line.split(b"word=", 1)[-1].split(b" ")[0])
            head = b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: %d\\r\\n\\r\\n"
            self.transport.write(head % len(body) + body)
async def main():
    server = await asyncio.get_running_loop().create_server(Site, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""
FRESH = """
import asyncio, json, sys
import httpx2 as httpx
sys.modules["httpx"] = httpx
names = {"__name__": "workflow"}
exec(compile(sys.argv[1], "workflow", "exec", dont_inherit=True), names)
async def main():
    async with httpx.AsyncClient() as http:
        return await names["run"](names["Request"](word=sys.argv[2]), http)
print(asyncio.run(main()).model_dump_json())
"""

Call = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Control groups of this process, of the box and of the site, or none."""

    root: Path | None

    def join(self, name: str) -> None:
        """Put this process, and what it starts from now on, into a group."""
        if self.root is not None:
            (self.root / name).mkdir(exist_ok=True)
            (self.root / name / "cgroup.procs").write_text(str(os.getpid()))

    def cpu_ms(self, name: str) -> float:
        """Return the CPU time that a group has used."""
        if self.root is None:
            return 0.0
        v1, v2 = self.root / name / "cpuacct.usage", self.root / name / "cpu.stat"
        if v1.is_file():
            return int(v1.read_text()) / 1e6
        return int(v2.read_text().split()[1]) / 1e3


@contextlib.contextmanager
def control_groups() -> Iterator[Groups]:
    for parent in (Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup")):
        root = parent / f"calls_{os.getpid()}"
        if not (parent / "cgroup.procs").is_file():
            continue
        try:
            root.mkdir()
        except OSError:
            continue
        try:
            yield Groups(root=root)
        finally:
            (parent / "cgroup.procs").write_text(str(os.getpid()))
            for folder in (*(f for f in root.iterdir() if f.is_dir()), root):
                with contextlib.suppress(OSError):
                    folder.rmdir()
        return
    yield Groups(root=None)


async def measure(name: str, call: Call, groups: Groups, seconds: float, concurrency: int) -> None:
    """Print one line: CPU-ms per call, calls per second and latencies."""
    latencies: list[float] = []
    before = {group: groups.cpu_ms(group) for group in ("host", "box", "site")}
    started = time.perf_counter()

    async def worker(first: int) -> None:
        number = first
        while time.perf_counter() - started < seconds:
            begun = time.perf_counter()
            await call(number)
            latencies.append(time.perf_counter() - begun)
            number += concurrency

    await asyncio.gather(*(worker(i) for i in range(concurrency)))
    elapsed = time.perf_counter() - started
    count = len(latencies)
    used = {group: (groups.cpu_ms(group) - before[group]) / count for group in before}
    latencies.sort()
    p50, p99 = latencies[count // 2] * 1000, latencies[min(count - 1, count * 99 // 100)] * 1000
    print(
        f"{name:18} c={concurrency:<4} {count / elapsed:7.0f} calls/s  p50 {p50:7.2f}  p99 {p99:7.2f} ms  CPU-ms/call "
        f"{sum(used.values()):6.2f} = host {used['host']:5.2f} + box {used['box']:5.2f} + site {used['site']:5.2f}",
        flush=True,
    )


def jailed(runner: Runner, artifact: Artifact, policy: Policy) -> Call:
    async def call(number: int) -> None:
        run = await runner.run(artifact, {"word": f"k{number}"}, policy, kind=RunKind.CALL, now=NOW)
        if run.outcome is not Outcome.OK or not all(str(r["name"]).startswith(f"k{number} ") for r in run.rows):
            raise RuntimeError(f"a call failed or got another's rows: {run.error}")

    return call


def in_process(runner: Runner, artifact: Artifact, policy: Policy) -> Call:
    names = environment("http")
    exec(marshal.loads(compile_checked(artifact, policy).code), names)

    async def call(number: int) -> None:
        exchanges = Exchanges(runner.broker, policy, "local")
        result = await names["run"](names["Request"](word=f"k{number}"), Client(exchanges.answer))
        result.model_dump_json()

    return call


def fresh(artifact: Artifact) -> Call:
    async def call(number: int) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-c", FRESH, artifact.code, f"k{number}", stdout=subprocess.PIPE
        )
        out, _ = await process.communicate()
        if process.returncode or f"k{number} ".encode() not in out:
            raise RuntimeError("a fresh interpreter failed")

    return call


def start_site() -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-I", "-c", SITE], stdout=subprocess.PIPE, text=True)


async def main(seconds: float, groups: Groups) -> None:
    groups.join("site")
    site = start_site()
    groups.join("box")
    try:
        port = int(site.stdout.readline()) if site.stdout else 0
        artifact = Artifact(code=WORKFLOW.replace("PORT", str(port)))
        policy = Policy(hosts=(HostRule(host="127.0.0.1", port=port),), private_hosts=("127.0.0.1",))
        for level in (Level.PROCESS, Level.FAST):
            groups.join("box")
            async with open_runner(RunnerOptions(level=level)) as runner:
                groups.join("host")
                call = jailed(runner, artifact, policy)
                await asyncio.gather(*(call(i) for i in range(20)))
                for concurrency in (1, 10, 100):
                    await measure(level.value, call, groups, seconds, concurrency)
                if level is Level.FAST:
                    await measure("in this process", in_process(runner, artifact, policy), groups, seconds, 1)
        groups.join("box")
        await measure("fresh interpreter", fresh(artifact), groups, seconds, 1)
    finally:
        site.kill()
        site.wait()
        if site.stdout:
            site.stdout.close()


if __name__ == "__main__":
    with control_groups() as made:
        uvloop.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0, made))
