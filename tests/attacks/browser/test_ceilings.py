"""Pages that eat memory, processor time and processes: bounded, reported, and the next run is served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from domain.policy import HostRule, Limits, Policy
from domain.run import Outcome, Run, RunKind
from domain.workflow import Artifact
from sandbox.browsers import BrowserOptions, BrowserPool
from sandbox.browsers_ceiling import Ceiling
from sandbox.runner import Level, Runner, RunnerOptions, open_runner
from tests.requirements import requirement

pytestmark = [pytest.mark.browser, requirement("BOX-6")]
LOW = Ceiling(renderer_mb=350, browser_mb=1500, renderer_cpu_s=3, processes=40)
PAGES = {
    "fine": "<p>fine</p>",
    "buffers": "<script>const k=[];setInterval(()=>{for(let i=0;i<8;i++)k.push(new Uint8Array(8e6).fill(1))})</script>",
    "objects": "<script>const k=[];setInterval(()=>{for(let i=0;i<2e5;i++)k.push({a:i,b:[i]})},1)</script>",
    "spinner": "<script>setTimeout(()=>{for(;;);},50)</script>",
    "workers": "<script>for(let i=0;i<200;i++)new Worker(URL.createObjectURL(new Blob(['for(;;);'])))</script>",
    "popups": "<script>for(let i=0;i<200;i++)window.open('/fine');setInterval(()=>{for(;;);},1)</script>",
}
CODE = '''"""Reads the paragraphs of a page."""

from playwright.async_api import Page
from pydantic import BaseModel


class Request(BaseModel):
    """Which page, and what it shows at last."""

    path: str = "fine"
    end: str = "p"


class Item(BaseModel):
    """One paragraph."""

    text: str


class Response(BaseModel):
    """All of them."""

    rows: list[Item]


async def run(request: Request, page: Page) -> Response:
    """Open the page and wait for its end."""
    await page.goto(f"http://127.0.0.1:PORT/{request.path}")
    await page.locator(request.end).first.wait_for(timeout=45000)
    return Response(rows=[Item(text=text) for text in await page.locator("p").all_inner_texts()])
'''


@asynccontextmanager
async def site() -> AsyncIterator[int]:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text=PAGES[request.match_info["name"]], content_type="text/html")

    application = web.Application()
    application.router.add_get("/{name}", page)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def visit(runner: Runner, port: int, path: str, end: str = "p", owner: str = "local") -> Run:
    policy = Policy(
        hosts=(HostRule(host="127.0.0.1", port=port),), private_hosts=("127.0.0.1",), limits=Limits(wall_s=50)
    )
    artifact = Artifact(code=CODE.replace("PORT", str(port)), interface="page")
    arguments = {"path": path, "end": end}
    return await runner.run(artifact, arguments, policy, kind=RunKind.CALL, now=datetime.now(UTC), owner=owner)


@pytest.mark.parametrize(
    ("path", "told"), [("buffers", {"memory"}), ("objects", {"memory"}), ("spinner", {"cpu"}), ("workers", {"cpu"})]
)
async def test_a_page_beyond_its_ceiling_ends_its_run_and_no_other(path: str, told: set[str]) -> None:
    pool = BrowserPool(BrowserOptions(ceiling=LOW))
    async with site() as port, pool, open_runner(RunnerOptions(browsers=pool)) as runner:
        run = await visit(runner, port, path, end="#never")
        assert run.error is not None
        assert (run.outcome, run.error.code in told, run.error.remedy != "") == (Outcome.KILLED, True, True), run.error
        after = await visit(runner, port, "fine")
        assert (after.outcome, after.rows) == (Outcome.OK, [{"text": "fine"}])


async def test_a_flood_of_windows_ends_with_its_run() -> None:
    pool = BrowserPool(BrowserOptions(ceiling=LOW))
    async with site() as port, pool, open_runner(RunnerOptions(browsers=pool)) as runner:
        run = await visit(runner, port, "popups", end="#never")
        assert run.outcome is not Outcome.OK
        after = await visit(runner, port, "fine")
        assert (after.outcome, after.rows) == (Outcome.OK, [{"text": "fine"}])


@requirement("BOX-5")
async def test_owners_do_not_share_a_browser_and_there_are_few_of_them() -> None:
    pool = BrowserPool(BrowserOptions(max_browsers=2))
    async with site() as port, pool, open_runner(RunnerOptions(browsers=pool)) as runner:
        for owner in ("ann", "bob", "ann", "carol"):
            run = await visit(runner, port, "fine", owner=owner)
            assert run.outcome is Outcome.OK, run.error
        assert list(pool._current) == ["ann", "carol"]
        assert pool._current["ann"].browser is not pool._current["carol"].browser
        assert pool._current["ann"].contexts == 2
        assert len(pool._all) == 2


@requirement("BOX-5")
async def test_at_the_paranoid_level_each_call_has_a_browser_that_ends_with_it() -> None:
    pool = BrowserPool()
    async with site() as port, pool, open_runner(RunnerOptions(browsers=pool, level=Level.PARANOID)) as runner:
        run = await visit(runner, port, "fine")
        assert run.outcome is Outcome.OK, run.error
        assert (pool.running, len(pool._all)) == (False, 0)
