"""Page workflows that run again from a tape, with their site gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from domain.policy import HostRule, Limits, Policy
from domain.run import Outcome, Run
from domain.workflow import Artifact
from sandbox.runner import Runner, RunnerOptions, open_runner
from sandbox.secrets import Secret, SecretStore
from tests.requirements import requirement
from tests.sandbox.runner.workflows import HEAD, call

pytestmark = [pytest.mark.browser, requirement("DRIFT-1")]

PAGE = """<!doctype html><meta charset="latin-1"><link rel="stylesheet" href="/style.css"><h1>Caf\u00e9</h1>
<img src="/picture.png" onerror="document.title = 'broken'"><ul id="list"></ul>
<button onclick="more()">more</button><script src="/app.js"></script>"""
SCRIPT = """let page = 0
async function more() {
  page += 1
  const asked = await fetch(`/moved?page=${page}&_=${Date.now()}`, {method: 'POST', body: `page=${page}`})
  for (const name of (await asked.json()).names) {
    const item = document.createElement('li')
    item.textContent = `${name} ${getComputedStyle(document.querySelector('h1')).color}`
    document.getElementById('list').append(item)
  }
  document.body.dataset.page = page
}
more()"""
BODY = """    await page.goto("URL/start")
    await page.wait_for_selector("body[data-page='1']", state="attached")
    for number in range(2, request.count + 1):
        await page.get_by_role("button").click()
        await page.wait_for_selector(f"body[data-page='{number}']", state="attached")
    head = await page.inner_text("h1")
    found = await page.locator("li").all_inner_texts()
    rows = [Item(name=f"{head} {page.url} {name}", number=place) for place, name in enumerate(found)]
    return Response(rows=rows, count=len(rows))
"""
LOGIN = """    await page.goto("URL/login")
    await page.get_by_label("Password").fill(workflow_kit.password_of("door"))
    await page.get_by_role("button").click()
    head = await page.locator("h1").inner_text()
    return Response(rows=[Item(name=head, number=1)], count=1)
"""
FORM = '<form method="post" action="/in"><label>Password<input name="password"></label><button>Log in</button></form>'
CODE = HEAD + BODY
for old, new in (
    ("import asyncio\n\n", ""),
    ("import workflow_kit\n", ""),
    ("import httpx", "from playwright.async_api import Page"),
    ("http: httpx.AsyncClient", "page: Page"),
    ("http: the client", "page: the page"),
):
    CODE = CODE.replace(old, new)


@asynccontextmanager
async def scripted() -> AsyncIterator[tuple[str, Policy, list[str]]]:
    """A site whose list is made by a script, behind redirects; gives its address, a policy, and what it was asked."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        match request.path:
            case "/start" | "/moved":
                to = "/page" if request.path == "/start" else f"/data?{request.query_string}"
                return web.Response(status=307, headers={"Location": to, "Set-Cookie": "session=s3cret"})
            case "/page":
                return web.Response(body=PAGE.encode("latin-1"), headers={"Content-Type": "text/html; charset=latin-1"})
            case "/login":
                return web.Response(text=FORM, content_type="text/html")
            case "/in":
                right = (await request.post())["password"] == "s3cret"
                return web.Response(text=f"<h1>{'Welcome' if right else 'No'}</h1>", content_type="text/html")
            case "/style.css":
                return web.Response(text="h1 { color: rgb(1, 2, 3) }", content_type="text/css")
            case "/app.js":
                return web.Response(text=SCRIPT, content_type="text/javascript")
            case "/data":
                number = int(request.query["page"])
                return web.json_response({"names": [f"{number}-{place}" for place in range(3)]})
            case _:
                return web.Response(body=b"GIF89a", content_type="image/gif")

    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", answer)
    server = web.AppRunner(application, shutdown_timeout=0.1)
    await server.setup()
    try:
        await web.TCPSite(server, "127.0.0.1", 0).start()
        port = server.addresses[0][1]
        policy = Policy(
            hosts=(HostRule(host="127.0.0.1", port=port, schemes=("http",)),),
            methods=("GET", "HEAD", "POST"),
            private_hosts=("127.0.0.1",),
            limits=Limits(wall_s=20),
        )
        yield f"http://127.0.0.1:{port}", policy, asked
    finally:
        await server.cleanup()


async def run(runner: Runner, url: str, policy: Policy, count: int = 2, **options: object) -> Run:
    artifact = Artifact(code=CODE.replace("URL", url), interface="page")
    return await call(runner, artifact, policy, arguments={"count": count}, **options)


async def test_a_page_workflow_gives_the_same_rows_from_its_tape_and_asks_nobody() -> None:
    async with open_runner() as runner, scripted() as (url, policy, asked):
        live = await run(runner, url, policy, record=True)
        assert (live.outcome, len(live.rows)) == (Outcome.OK, 6), live.error
        assert live.rows[0]["name"] == f"Caf\u00e9 {url}/page 1-0 rgb(1, 2, 3)"
        assert "s3cret" not in str(live.exchanges)
        before = len(asked)
        again = await run(runner, url, policy, replayed=live.exchanges)
        assert (again.outcome, again.output) == (Outcome.OK, live.output), again.error
        assert len(asked) == before  # the site is up, and was not asked
        fewer = await run(runner, url, policy, count=1, replayed=live.exchanges)
        assert fewer.rows == live.rows[:3]


async def test_a_page_workflow_that_asks_for_a_page_beyond_its_tape_fails_by_name() -> None:
    async with open_runner() as runner, scripted() as (url, policy, asked):
        live = await run(runner, url, policy, record=True)
        before = len(asked)
        other = await call(
            runner,
            Artifact(code=CODE.replace("URL/start", f"{url}/other"), interface="page"),
            policy,
            replayed=live.exchanges,
        )
        assert other.error is not None
        assert (other.outcome, other.error.code) == (Outcome.FAILED, "asked_new")
        assert f"asked something new: GET {url}/other" in other.error.message
        assert len(asked) == before


@requirement("OPS-7")
async def test_a_page_behind_a_login_form_replays_without_the_password(tmp_path: Path) -> None:
    store = SecretStore(tmp_path / "secrets")
    store.add("local", Secret(name="door", host="127.0.0.1", place="form", key="me", value="s3cret"))
    async with scripted() as (url, policy, asked):
        code = CODE.replace(BODY, LOGIN).replace("from playwright", "import workflow_kit\nfrom playwright")
        artifact = Artifact(code=code.replace("URL", url), interface="page")
        allowed = policy.model_copy(update={"secrets": ("door",)})
        async with open_runner(RunnerOptions(secrets_folder=tmp_path / "secrets")) as runner:
            live = await call(runner, artifact, allowed, record=True)
            assert (live.outcome, live.rows[0]["name"]) == (Outcome.OK, "Welcome"), live.error
        assert "s3cret" not in str(live.exchanges)
        before = len(asked)
        async with open_runner() as runner:
            again = await call(runner, artifact, allowed, replayed=live.exchanges)
        assert (again.outcome, again.output, len(asked)) == (Outcome.OK, live.output, before), again.error
