"""A crowd at the HTTP server: callers, a thousand idle sessions, clients that vanish, clients that are slow.

Run: python -m benchmarks.crowd [seconds] [callers] [idle sessions]     (60, 100 and 1,000 by default)

Every answer is checked to be its own call's; afterwards nothing may be left over: no call, process, descriptor or
session. At last the server is stopped with calls at work, which it must finish. The tool that is called asks a site on
loopback once and gives 20 rows.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp
import psutil

from benchmarks.calls import WORKFLOW, Groups
from benchmarks.crowd_clients import (
    NEWER,
    OLDER,
    TOOL,
    Caller,
    Listener,
    Tally,
    calling,
    connections,
    idling,
    reading_slowly,
    vanishing,
    writing_slowly,
)
from benchmarks.figures import Figure, print_figures
from benchmarks.holding import Held, held
from benchmarks.server import numbered, site_of, tool_of
from domain.values import JsonObject
from domain.workflow import Artifact, WorkflowVersion
from registry import open_registry
from registry.keys import ApiKeys, Scope

ROOT = Path(__file__).resolve().parent.parent
OWNERS = 10
REVISIONS = (OLDER, NEWER)
VANISHING, SLOW_READERS, SLOW_WRITERS = 10, 20, 20
LAST_CALLS = 50  # at work when the server is told to stop
SETTLE_S = 60.0
SESSION_IDLE_S = 30.0  # sessions that were left without a word end after it
GROWTH_BYTES = 32 * 2**20
ENDED = "school_tool_calls_total"


@dataclass(frozen=True, kw_only=True)
class Standing(Held):
    """What a server holds, with the calls at work and the sessions."""

    at_work: int
    sessions: int


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server with the keys of its owners; ``key`` may do all. ``http`` looks at its numbers."""

    http: aiohttp.ClientSession
    url: str
    key: str
    keys: list[str]
    home: Path
    process: asyncio.subprocess.Process

    def caller(self, http: aiohttp.ClientSession, number: int) -> Caller:
        """Return one of many callers: each owner has some of each revision."""
        return Caller(http, self.url, self.keys[number % OWNERS], REVISIONS[number // OWNERS % 2])

    async def numbers(self) -> dict[str, float]:
        """Return the server's own metrics."""
        headers = {"Authorization": f"Bearer {self.key}"}
        async with self.http.get(self.url.removesuffix("/mcp") + "/metrics", headers=headers) as answer:
            answer.raise_for_status()
            lines = [line for line in (await answer.text()).splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    async def standing(self) -> Standing:
        """Return what the server holds."""
        numbers = await self.numbers()
        return Standing(
            **asdict(held(self.process.pid)),
            at_work=int(numbers["school_tool_calls_at_work"]),
            sessions=int(numbers["school_sessions"]),
        )

    async def settled(self, fits: Callable[[Standing], bool]) -> tuple[Standing, float]:
        """Look until what the server holds fits, at most SETTLE_S; return the last look and the seconds it took."""
        begun = time.perf_counter()
        while True:
            found = await self.standing()
            took = time.perf_counter() - begun
            if fits(found) or took > SETTLE_S:
                return found, took
            await asyncio.sleep(0.1)  # a poll of another process


def tool(port: int) -> WorkflowVersion:
    """Return the version that is called: it can also wait, and give its rows many times over."""
    made = tool_of(port)
    more = '    wait_s: float = Field(default=0.0, description="seconds to wait")\n    times: int = 1\n\n\nclass Item('
    code = WORKFLOW.replace("PORT", str(port)).replace("\n\nclass Item(", more, 1)
    code = code.replace("import httpx\n", "import asyncio\n\nimport httpx\n", 1)
    code = code.replace(
        "    return Response(rows=rows,",
        "    await asyncio.sleep(request.wait_s)\n    rows *= request.times\n    return Response(rows=rows,",
    )
    known = made.tool.input_schema["properties"]
    assert isinstance(known, dict)
    properties: JsonObject = {**known, "wait_s": {"type": "number"}, "times": {"type": "integer"}}
    schema: JsonObject = {**made.tool.input_schema, "properties": properties}
    told = made.tool.model_copy(update={"name": TOOL, "input_schema": schema})
    return made.model_copy(update={"artifact": Artifact(code=code), "tool": told})


@asynccontextmanager
async def serving(port: int, home: Path) -> AsyncIterator[Server]:
    """Run a server whose one tool is shared with all owners."""
    database = f"sqlite:///{home}/registry.sqlite"
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "AGENT_SCHOOL_HOME": str(home)}
    environment["AGENT_SCHOOL_SESSION_IDLE_S"] = f"{SESSION_IDLE_S}"
    # Each start makes what it finds missing; the first key is the one that is printed.
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "main.py"), "serve", "--http", "--port", "0",
        stdout=asyncio.subprocess.PIPE, env=environment, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().split()[-1]
        key = (await process.stdout.readline()).decode().split()[-1]
        with open_registry(database) as registry:
            made = registry.publish(tool(port), actor="bench")
            registry.share(made.name, made.owner, actor="bench")
            scopes = frozenset({Scope.CALL})
            store = ApiKeys(registry.shelf)
            owners = [f"owner{number}" for number in range(OWNERS)]
            keys = [store.add(owner=name, name=name, scopes=scopes, actor="bench").token for name in owners]
        connector = aiohttp.TCPConnector(force_close=True)  # looking leaves no descriptor at the server
        async with aiohttp.ClientSession(connector=connector) as http:
            yield Server(http=http, url=url, key=key, keys=keys, home=home, process=process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def measure(seconds: float, callers: int, idle: int) -> list[Figure]:
    """Let the crowd in, see it out, stop the server; return the figures."""
    with site_of(Groups(root=None)) as port, tempfile.TemporaryDirectory(prefix="agent-school-bench-") as home:
        async with serving(port, Path(home)) as server:
            before = await _warmed(server, callers, idle)
            figures = await _with_idle(server, (seconds, callers, idle))
            figures += await _left_over(server, before)
            return [*figures, *await _stopped(server)]


async def _warmed(server: Server, callers: int, idle: int) -> Standing:
    """Let a first crowd in and out; return what the server holds then: what is loaded once is not counted."""
    async with connections() as http, idling(http, server.url, server.keys, idle) as (held, _):
        await crowd(server, callers, 2.0, Tally(), Tally())
        await asyncio.gather(*(each.close() for each in held))
    found, _ = await server.settled(lambda now: not now.at_work and not now.sessions)
    return found


async def _with_idle(server: Server, sizes: tuple[float, int, int]) -> list[Figure]:
    seconds, callers, idle = sizes
    tally, odd = Tally(), Tally()
    begun = time.perf_counter()
    async with connections() as http, idling(http, server.url, server.keys, idle) as (held, listeners):
        opened_s = time.perf_counter() - begun
        during = await server.standing()
        load = os.getloadavg()[0]
        took = await crowd(server, callers, seconds, tally, odd)
        figures = [_called(tally, took, callers), *_idled(held, listeners, opened_s, during)]
        still = Tally()
        await asyncio.gather(*(each.call(still, f"still{n}") for n, each in enumerate(held[:: max(1, idle // 50)])))
        figures.append(
            Figure(
                what="idle sessions that call at last",
                measured=f"{dict(still.counts)} {' '.join(still.problems)}",
                asked="all ok",
                reached=set(still.counts) == {"ok"},
            )
        )
        figures.append(await _announced(server, listeners))
        await asyncio.gather(*(each.close() for each in held[::2]))  # the others leave without a word
    load = max(load, os.getloadavg()[0])
    return [
        *figures,
        Figure(what="beside them", measured=", ".join(f"{count} {what}" for what, count in sorted(odd.counts.items()))),
        Figure(what="load average of the machine", measured=f"{load:.1f} on {os.cpu_count()} cores"),
    ]


async def crowd(server: Server, callers: int, seconds: float, tally: Tally, odd: Tally) -> float:
    """Call, vanish and be slow for some seconds; half of all clients on each revision. Return the callers' seconds."""
    sizes = (callers, VANISHING, SLOW_READERS, SLOW_WRITERS)
    async with connections() as http:
        made = [[server.caller(http, number) for number in range(size)] for size in sizes]
        everyone = [each for group in made for each in group]
        await asyncio.gather(*(each.open() for each in everyone))
        begun = asyncio.get_running_loop().time()
        until = begun + seconds
        beside = asyncio.gather(
            *(vanishing(each, server.url, until, odd) for each in made[1]),
            *(reading_slowly(each, server.url, until, odd) for each in made[2]),
            *(writing_slowly(each, server.url, until, odd) for each in made[3]),
        )
        await asyncio.gather(*(calling(each, f"c{n}", until, tally) for n, each in enumerate(made[0])))
        took = asyncio.get_running_loop().time() - begun
        await beside
        await asyncio.gather(*(each.close() for each in everyone))
    return took


def _called(tally: Tally, took: float, callers: int) -> Figure:
    times, good = sorted(tally.times_ms) or [0.0], tally.counts["ok"]
    bad = {kind: count for kind, count in tally.counts.items() if kind != "ok"}
    return Figure(
        what=f"{callers} callers for {took:.0f} s",
        measured=f"{good} answered, {good / took:.0f}/s, p50 {times[len(times) // 2]:.0f} ms, "
        f"p99 {times[len(times) * 99 // 100]:.0f} ms; else {bad or 'none'} {' '.join(tally.problems)}",
        asked="none lost or mixed up",
        reached=good > 0 and not bad,
    )


def _idled(held: list[Caller], listeners: list[Listener], opened_s: float, during: Standing) -> list[Figure]:
    broken = [each.broken for each in listeners if each.broken]
    return [
        Figure(
            what=f"{len(held)} idle sessions, each with an open stream",
            measured=f"opened in {opened_s:.1f} s; {len(broken)} broken {' '.join(broken[:2])}; "
            f"server then {during.resident / 2**20:.0f} MB, {during.descriptors} descriptors, "
            f"{during.sessions} sessions",
            asked="all held",
            reached=not broken,
        )
    ]


async def _announced(server: Server, listeners: list[Listener]) -> Figure:
    """Publish a tool from this process; every idle session must hear of it."""
    for each in listeners:
        each.told.clear()
    begun = time.perf_counter()
    with open_registry(f"sqlite:///{server.home}/registry.sqlite") as registry:
        made = registry.publish(numbered(tool_of(1), 0), actor="bench")
        registry.share(made.name, made.owner, actor="bench")
    waiting = [asyncio.create_task(each.told.wait()) for each in listeners]
    done, late = await asyncio.wait(waiting, timeout=30)
    for task in late:
        task.cancel()
    return Figure(
        what="a new tool is announced to all of them",
        measured=f"{len(done)} of {len(listeners)} heard of it within {time.perf_counter() - begun:.1f} s",
        asked="all",
        reached=not late,
    )


async def _left_over(server: Server, before: Standing) -> list[Figure]:
    """Look at what the server still holds when everybody is gone."""

    def fits(now: Standing) -> bool:
        within = now.processes <= before.processes and now.descriptors <= before.descriptors
        return within and not now.at_work and now.sessions <= before.sessions

    after, took = await server.settled(fits)
    numbers = await server.numbers()
    calls = int(sum(value for name, value in numbers.items() if name.startswith(ENDED + "{")))
    grown = after.resident - before.resident
    return [
        Figure(
            what="left over",
            measured=f"after {took:.1f} s {after.at_work} calls, processes {before.processes} → {after.processes}, "
            f"descriptors {before.descriptors} → {after.descriptors}, sessions {before.sessions} → {after.sessions}",
            asked="nothing",
            reached=fits(after),
        ),
        Figure(
            what="memory of the server",
            measured=f"{before.resident / 2**20:.0f} → {after.resident / 2**20:.0f} MB after {calls} calls",
            asked="flat",
            reached=grown < GROWTH_BYTES,
        ),
    ]


async def _stopped(server: Server) -> list[Figure]:
    """Tell the server to stop while calls are at work; they must be finished, and nothing may run on."""
    tally = Tally()
    async with connections() as http:
        callers = [server.caller(http, number) for number in range(LAST_CALLS)]
        await asyncio.gather(*(each.open() for each in callers))
        calls = asyncio.gather(*(each.call(tally, f"last{n}", wait_s=3.0) for n, each in enumerate(callers)))
        await server.settled(lambda now: now.at_work == LAST_CALLS)
        children = psutil.Process(server.process.pid).children(recursive=True)
        begun = time.perf_counter()
        server.process.terminate()
        code = await asyncio.wait_for(server.process.wait(), 60)
        took = time.perf_counter() - begun
        await calls
    _, alive = psutil.wait_procs(children, timeout=10)
    return [
        Figure(
            what=f"stopped with {LAST_CALLS} calls at work",
            measured=f"{dict(tally.counts)}, exit {code} after {took:.1f} s, {len(alive)} processes left "
            + " ".join(tally.problems),
            asked="all finished",
            reached=tally.counts == {"ok": LAST_CALLS} and code == 0 and not alive,
        )
    ]


def main(seconds: float = 60.0, callers: int = 100, idle: int = 1000) -> None:
    """Measure and print."""
    print_figures("A crowd at the HTTP server", asyncio.run(measure(seconds, callers, idle)))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(float(given[0]) if given else 60.0, *(int(each) for each in given[1:3]))
