"""What a browser call costs above the page's own load, and how many go at once.

Run: python -m benchmarks.pages [seconds per measurement]

One page with 20 cards that a script renders. "The page's own load" is the same page opened by Playwright in a context
of the same browser, without jail, gate and broker. CPU-ms need control groups that this user may make.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from benchmarks.calls import NOW, Groups, control_groups
from benchmarks.figures import Figure, print_figures
from domain.policy import HostRule, Policy
from domain.run import Outcome, RunKind
from domain.workflow import Artifact
from sandbox.browsers import BrowserOptions, BrowserPool
from sandbox.egress_grants import Grant
from sandbox.runner import RunnerOptions, open_runner

PAGE = """<!doctype html><title>Cards</title><main id=list></main><script>
for (let i = 0; i < 20; i++) { const a = document.createElement('article');
  a.innerHTML = '<h2>Card ' + i + '</h2><p>$' + i + '.50</p>'; list.append(a); }
</script>"""
WORKFLOW = '''"""Reads the cards."""

from playwright.async_api import Page
from pydantic import BaseModel


class Request(BaseModel):
    """Nothing."""

    word: str = "x"


class Item(BaseModel):
    """One card."""

    name: str


class Response(BaseModel):
    """The cards."""

    rows: list[Item]


async def run(request: Request, page: Page) -> Response:
    """Open the page and read it."""
    await page.goto("http://127.0.0.1:PORT/")
    return Response(rows=[Item(name=name) for name in await page.locator("h2").all_inner_texts()])
'''
AT_ONCE = 10


async def rate(one: Callable[[], Awaitable[None]], groups: Groups, seconds: float, at_once: int) -> tuple[float, ...]:
    """Return calls a second, p50 in ms, and CPU-ms a call (0 without control groups)."""
    took: list[float] = []
    before, started = groups.cpu_ms("host"), time.perf_counter()

    async def caller() -> None:
        while time.perf_counter() - started < seconds:
            begun = time.perf_counter()
            await one()
            took.append((time.perf_counter() - begun) * 1000)

    await asyncio.gather(*(caller() for _ in range(at_once)))
    elapsed = time.perf_counter() - started
    return len(took) / elapsed, sorted(took)[len(took) // 2], (groups.cpu_ms("host") - before) / len(took)


async def measure(seconds: float, groups: Groups) -> list[Figure]:
    """Measure the page alone, then calls of a page workflow, one and ten at once."""
    groups.join("host")
    application = web.Application()
    application.router.add_get("/", lambda _: asyncio.sleep(0, web.Response(text=PAGE, content_type="text/html")))
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = int(runner.addresses[0][1])
    policy = Policy(hosts=(HostRule(host="127.0.0.1", port=port),), private_hosts=("127.0.0.1",))
    artifact = Artifact(code=WORKFLOW.replace("PORT", str(port)), interface="page")
    pool = BrowserPool(BrowserOptions(max_contexts=AT_ONCE))
    async with pool, open_runner(RunnerOptions(browsers=pool)) as school:

        async def alone() -> None:
            async with pool.context(Grant(policy)) as context:
                page = await context.new_page()
                await page.goto(f"http://127.0.0.1:{port}/")
                if len(await page.locator("h2").all_inner_texts()) != 20:
                    raise RuntimeError("the page lost cards")

        async def called() -> None:
            run = await school.run(artifact, {"word": "x"}, policy, kind=RunKind.CALL, now=NOW)
            if run.outcome is not Outcome.OK or len(run.rows) != 20:
                raise RuntimeError(f"a call failed: {run.error}")

        await alone()
        await called()
        page = await rate(alone, groups, seconds, 1)
        one = await rate(called, groups, seconds, 1)
        ten = await rate(called, groups, seconds, AT_ONCE)
    await runner.cleanup()
    above = one[2] - page[2]
    return [
        Figure(
            what="browser call above the page's own load, CPU",
            measured=f"{above:.0f} CPU-ms ({one[2]:.0f} in all)" if one[2] else "no control groups here",
            asked="≤ 150 CPU-ms",
            peer=f"page alone {page[2]:.0f} CPU-ms, p50 {page[1]:.0f} ms",
            reached=above <= 150 if one[2] else None,
        ),
        Figure(what="browser call, whole, at 1", measured=f"p50 {one[1]:.0f} ms, {one[0]:.1f}/s", asked="< 15 s"),
        Figure(
            what=f"browser calls at {AT_ONCE}",
            measured=f"{ten[0]:.1f}/s, p50 {ten[1]:.0f} ms",
            asked="≥ 14/s",
            reached=ten[0] >= 14,
        ),
    ]


def main(seconds: float = 5.0) -> None:
    """Measure and print."""
    with control_groups() as groups:
        print_figures("Browser calls", asyncio.run(measure(seconds, groups)))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0)
