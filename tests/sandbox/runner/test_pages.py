from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Error

from domain.run import Outcome, RunKind
from domain.values import JsonObject
from domain.workflow import Artifact
from sandbox.browsers import BrowserPool
from sandbox.gate import open_page
from sandbox.keeping import keep_in
from sandbox.manners import Manners
from sandbox.runner import RunnerOptions, open_runner
from tests.requirements import requirement
from tests.sandbox.broker.test_manners import robotic
from tests.sandbox.observe.site import make_authority, serving
from tests.sandbox.runner.workflows import HEAD, NOW
from tests.sandbox.sites import serve

BODY = """    await page.goto(request.word)
    text = await page.inner_text("body")
    return Response(rows=[Item(name=text, number=1)], count=1)
"""
CODE = HEAD + BODY
for old, new in (
    ("import asyncio\n\n", ""),
    ("import workflow_kit\n", ""),
    ("import httpx", "from playwright.async_api import Page"),
    ("http: httpx.AsyncClient", "page: Page"),
    ("http: the client", "page: the page"),
):
    CODE = CODE.replace(old, new)


@pytest.mark.browser
@requirement("BOX-5", "BOX-8")
async def test_a_page_workflow_runs_in_the_jail_against_the_browser_outside(tmp_path: Path) -> None:
    artifact = Artifact(code=CODE, interface="page")
    async with serve() as site, open_runner(RunnerOptions(keep_artifacts=keep_in(tmp_path / "kept", most=1))) as runner:
        policy = site.policy(wall_s=30)
        read = await runner.run(artifact, {"word": site.url("/a")}, policy, kind=RunKind.TRIAL, now=NOW)
        assert (read.outcome, read.error) == (Outcome.OK, None)
        assert '"path": "/a"' in str(read.rows[0]["name"])
        assert not (tmp_path / "kept").exists()
        denied = await runner.run(artifact, {"word": "http://other.example/"}, policy, kind=RunKind.CALL, now=NOW)
        assert denied.outcome is Outcome.DENIED
        assert denied.error is not None
        assert denied.error.code == "egress_denied"
        missing = await runner.run(artifact, {"word": site.url("/a#x")}, policy, kind=RunKind.CALL, now=NOW)
        assert missing.outcome is Outcome.OK
        (folder,) = (tmp_path / "kept").iterdir()
        assert folder.name == denied.id
        assert (folder / "screenshot.png").read_bytes().startswith(b"\x89PNG")
        failure = (folder / "failure.txt").read_text()
        assert "egress_denied: " in failure
        assert "await page.goto(request.word)" in failure
        assert "Frame.goto refused: the address is outside the policy" in (folder / "gate.txt").read_text()
        again = await runner.run(artifact, {"word": "http://other.example/"}, policy, kind=RunKind.CALL, now=NOW)
        assert [folder.name for folder in (tmp_path / "kept").iterdir()] == [again.id]


@pytest.mark.browser
@requirement("BOX-5")
async def test_a_page_of_a_run_reads_nothing_beside_its_policy() -> None:
    async with serve() as site, BrowserPool() as pool, open_page(pool, site.policy()) as session:
        with pytest.raises(Error):
            await session.page.goto("https://assets.example/style.css")
        assert [denial.url for denial in session.grant.denials] == ["https://assets.example/style.css"]


@pytest.mark.browser
@requirement("OPS-5")
async def test_a_page_that_robots_txt_disallows_is_not_opened() -> None:
    artifact = Artifact(code=CODE, interface="page")
    options = RunnerOptions(manners=Manners(private=True))
    async with robotic() as site, open_runner(options) as runner:
        for path, outcome in (("/x.csv", Outcome.DENIED), ("/open", Outcome.OK)):
            url = f"http://127.0.0.1:{site.port}{path}"
            run = await runner.run(artifact, {"word": url}, site.policy(), kind=RunKind.CALL, now=NOW)
            assert run.outcome is outcome, run.error
        assert [path for path in site.asked if path != "/favicon.ico"] == ["/robots.txt", "/open"]
        url = f"http://127.0.0.1:{site.port}/x.csv"
        policy = site.policy(respect_robots=False)
        run = await runner.run(artifact, {"word": url}, policy, kind=RunKind.CALL, now=NOW)
        assert run.outcome is Outcome.OK


@pytest.mark.browser
@requirement("BOX-5")
async def test_a_page_of_a_site_with_an_authority_of_its_own_opens_when_that_is_named(tmp_path: Path) -> None:
    make_authority(tmp_path)
    artifact = Artifact(code=CODE, interface="page")
    async with serving(tmp_path) as site:
        for ca_file, outcome in ((tmp_path / "ca.pem", Outcome.OK), (None, Outcome.FAILED)):
            async with open_runner(RunnerOptions(ca_file=ca_file)) as runner:
                arguments: JsonObject = {"word": f"{site.url}/cards"}
                run = await runner.run(artifact, arguments, site.policy(), kind=RunKind.CALL, now=NOW)
                assert run.outcome is outcome, run.error
