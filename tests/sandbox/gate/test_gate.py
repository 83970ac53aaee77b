"""The real Playwright client on the far side of the gate."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Error as PlaywrightError

from sandbox.browsers import BrowserPool
from sandbox.gate import open_page
from tests.requirements import requirement
from tests.sandbox.gate.harness import drive
from tests.sandbox.observe.site import serving

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site():
    async with serving() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool():
    async with BrowserPool() as one:
        yield one


@requirement("BOX-5")
async def test_a_page_workflow_reads_a_page_with_the_real_client(pool, site):
    async def run(_, page):
        answer = await page.goto(site.url + "/cards")
        await page.get_by_text("Item 3").wait_for()
        cards = page.locator("article")
        rows = [
            {"title": await card.locator("h2").inner_text(), "price": await card.locator(".p").text_content()}
            for card in await cards.all()
        ]
        return answer.status, await page.title(), rows, await page.locator("h2").all_inner_texts(), page.url

    async with open_page(pool, site.policy()) as session:
        status, title, rows, texts, url = await drive(session, run)
    assert (status, title, url) == (200, "Shop", site.url + "/cards")
    assert (len(rows), rows[2], texts[9]) == (10, {"title": "Item 2", "price": "$2.50"}, "Item 9")
    assert session.gate.refusals == 0


@requirement("BOX-5")
async def test_a_page_workflow_clicks_fills_and_waits_for_answers(pool, site):
    async def run(_, page):
        await page.goto(site.url + "/more")
        await page.get_by_text("Item 9").wait_for()
        async with page.expect_response(lambda answer: "page=2" in answer.url) as waiting:
            await page.get_by_role("button", name="Load more").click()
        answer = await waiting.value
        data = await answer.json()
        await page.get_by_text("Item 19").wait_for()
        await page.goto(site.url + "/cards")
        await page.get_by_label("Words").fill("lamp")
        await page.locator("select").select_option("a")
        await page.go_back()
        return len(data["items"]), await page.locator("article").count()

    async with open_page(pool, site.policy()) as session:
        assert (await drive(session, run))[0] == 10


@requirement("BOX-5")
@pytest.mark.parametrize(
    "attempt",
    [
        lambda page, site: page.evaluate("1"),
        lambda page, site: page.goto("file:///etc/hostname"),
        lambda page, site: page.goto(site.elsewhere),
        lambda page, site: page.goto("javascript:alert(1)"),
        lambda page, site: page.goto("data:text/html,x"),
        lambda page, site: page.route("**/*", lambda route: route.continue_()),
        lambda page, site: page.expose_binding("f", lambda *_: 1),
        lambda page, site: page.add_init_script("1"),
        lambda page, site: page.add_script_tag(content="1"),
        lambda page, site: page.set_content("<iframe src=file:///etc/passwd>"),
        lambda page, site: page.set_input_files("input", {"name": "a", "mimeType": "b", "buffer": b"c"}),
        lambda page, site: page.set_extra_http_headers({"x": "y"}),
        lambda page, site: page.pdf(),
        lambda page, site: page.wait_for_function("1"),
        lambda page, site: page.context.cookies(),
        lambda page, site: page.context.new_page(),
        lambda page, site: page.context.new_cdp_session(page),
        lambda page, site: page.context.tracing.start(),
        lambda page, site: page.context.close(),
        lambda page, site: page.context.request.get(site.url),
        lambda page, site: page.context.browser.new_context(),
        lambda page, site: page.context.browser.new_browser_cdp_session(),
        lambda page, site: page.locator("body").evaluate("e => e.outerHTML"),
        lambda page, site: page.screenshot(),
    ],
)
async def test_what_is_not_in_the_table_is_refused(pool, site, attempt):
    async def run(_, page):
        await page.goto(site.url + "/cards")
        with pytest.raises((PlaywrightError, AttributeError, KeyError)):
            await attempt(page, site)
        return await page.title()

    async with open_page(pool, site.policy()) as session:
        assert await drive(session, run) == "Shop"
    assert site.elsewhere
    assert session.gate.refusals <= 2


@requirement("BOX-5", "BOX-8")
async def test_methods_and_hosts_of_the_page_are_enforced_outside_and_exchanges_recorded_there(pool, site):
    site.seen.clear()

    async def run(_, page):
        await page.goto(site.url + "/hostile")
        await page.get_by_text("worker: refused").wait_for()

    async with open_page(pool, site.policy()) as session:
        await drive(session, run)
        kept = await session.artifacts()
    assert site.elsewhere + "/fetch" in {denial.url for denial in kept.denials}
    assert not [line for line in site.seen if not line.startswith("GET")]


@requirement("BOX-8")
async def test_picture_page_console_and_gate_log_are_kept_of_a_failure(pool, site):
    async def run(_, page):
        await page.goto(site.url + "/cards")
        await page.get_by_text("Item 3").wait_for()
        await page.get_by_text("Item 99").click(timeout=300)

    async with open_page(pool, site.policy()) as session:
        with pytest.raises(PlaywrightError, match="Timeout 300ms"):
            await drive(session, run)
        kept = await session.artifacts()
    assert kept.screenshot_png.startswith(b"\x89PNG")
    assert 'heading "Item 3"' in kept.aria
    assert "Frame.click" in kept.gate_log
    assert [exchange.url for exchange in kept.exchanges] == [site.url + "/api/items?page=1"]


@requirement("BOX-5")
async def test_two_runs_at_once_see_only_their_own_page(pool, site):
    async def run(_, page):
        await page.goto(site.url + "/cards")
        return [one.url for one in page.context.pages], page.context.browser

    async with open_page(pool, site.policy()) as one, open_page(pool, site.policy()) as other:
        assert await drive(one, run) == ([site.url + "/cards"], None)
        assert await drive(other, run) == ([site.url + "/cards"], None)
