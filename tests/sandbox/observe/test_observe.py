"""What is recorded at a source, and what never leaves the page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from domain.errors import EgressDenied, SourceUnreachable
from sandbox.observe import Observer
from tests.requirements import requirement
from tests.sandbox.observe.site import Site, serving

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.browser]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site():
    async with serving() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def observer():
    async with Observer() as one:
        yield one


async def observed(observer: Observer, site: Site, path: str):
    return await observer.observe(site.url + path, site.policy())


@requirement("LEARN-1")
async def test_a_page_is_recorded_before_and_after_its_scripts_ran(observer, site):
    seen = await observed(observer, site, "/cards")
    page = seen.pages[0]
    assert (page.status, page.title, page.final_url) == (200, "Shop", site.url + "/cards")
    assert "Item 3" not in page.text_before
    assert "Item 3" in page.text_after
    assert 'heading "Item 3"' in page.aria
    assert ("/about", "About") in [(link.href.removeprefix(site.url), link.text) for link in page.links]


@requirement("LEARN-1")
async def test_every_rendered_element_carries_its_box(observer, site):
    page = (await observed(observer, site, "/cards")).pages[0]
    assert re.search(r'<h2 data-bx="\d+,\d+,\d+,\d+,1,24">Item 3</h2>', page.rendered_html)


@requirement("LEARN-1")
async def test_forms_are_recorded_with_labels_and_choices(observer, site):
    (form,) = (await observed(observer, site, "/cards")).pages[0].forms
    words, kind = form.fields
    assert (form.action, form.method) == (site.url + "/search", "GET")
    assert (words.name, words.label, words.required) == ("q", "Words", True)
    assert (kind.value, [(one.value, one.label) for one in kind.options]) == ("b", [("a", "Arts"), ("b", "Books")])


@requirement("LEARN-1")
async def test_embedded_data_is_read_from_json_islands_and_script_literals(observer, site):
    found = {item.kind: item for item in (await observed(observer, site, "/cards")).pages[0].embedded}
    assert found["json_ld"].data == {"@type": "Store", "name": "Shop"}
    assert found["object_literal"].variable == "__STATE__"
    assert found["object_literal"].data["items"][1] == {"id": 2, "name": "Chair"}


@requirement("LEARN-1", "LEARN-6")
async def test_json_exchanges_are_recorded_without_cookies_and_credentials(observer, site):
    seen = await observed(observer, site, "/cards")
    (exchange,) = [item for item in seen.exchanges if "/api/items" in item.url]
    assert (exchange.method, exchange.status, exchange.trigger) == ("GET", 200, "load")
    assert '"Item 3"' in exchange.body
    assert "hidden" not in exchange.model_dump_json()


@requirement("LEARN-1", "LEARN-6")
async def test_a_graphql_post_of_the_page_is_recorded_with_its_body(observer, site):
    (exchange,) = (await observed(observer, site, "/graphql-page")).exchanges
    assert (exchange.method, "operationName" in (exchange.request_body or "")) == ("POST", True)


@requirement("LEARN-1")
async def test_linked_api_documents_feeds_and_robots_are_fetched(observer, site):
    seen = await observed(observer, site, "/cards")
    assert [document.url for document in seen.api_documents] == [site.url + "/spec"]
    assert [(feed.kind, feed.title, feed.url) for feed in seen.feeds] == [("rss", "News", site.url + "/news.rss")]
    assert seen.robots_txt.startswith("User-agent")


@requirement("LEARN-1")
async def test_what_scrolling_brings_is_recorded(observer, site):
    seen = await observed(observer, site, "/endless")
    assert "scroll" in {exchange.trigger for exchange in seen.exchanges}
    assert "Item 15" in seen.pages[0].text_after
    assert "Item 15" not in seen.pages[1].text_after


@requirement("LEARN-1")
async def test_a_load_more_button_is_pressed_but_no_form_is_sent_and_no_link_followed(observer, site):
    seen = await observed(observer, site, "/more")
    assert [item.url.partition("?")[2] for item in seen.exchanges if item.trigger == "more"] == ["page=2", "page=3"]
    assert not [line for line in site.seen if line.endswith("/danger")]


@requirement("LEARN-2")
async def test_a_page_that_never_goes_idle_is_read(observer, site):
    assert "Item 3" in (await observed(observer, site, "/never-idle")).pages[0].text_after


@requirement("LEARN-2")
async def test_a_page_that_answers_404_yet_renders_is_read(observer, site):
    page = (await observed(observer, site, "/missing")).pages[0]
    assert (page.status, "Here anyway" in page.text_after) == (404, True)


@requirement("LEARN-2")
async def test_a_site_that_answers_503_now_and_then_is_asked_again(observer, site):
    page = (await observed(observer, site, "/busy")).pages[0]
    assert (page.status, page.text_after.strip()) == (200, "Open")


@requirement("LEARN-2")
async def test_a_site_that_stays_busy_is_asked_longer_than_anything_else(observer, site):
    site.busy = 5
    page = (await observed(observer, site, "/busy")).pages[0]
    assert (page.status, page.text_after.strip()) == (200, "Open")


@requirement("LEARN-1")
async def test_an_entry_page_of_an_api_has_its_collections_as_links(observer, site):
    page = (await observed(observer, site, "/entry")).pages[0]
    assert [(link.text, urlsplit(link.href).path) for link in page.links] == [("cards", "/api/items")]


@requirement("LEARN-1")
@pytest.mark.parametrize(("path", "kind"), [("/calendar", "ical"), ("/news.rss", "rss")])
async def test_a_feed_needs_no_browser(site, path, kind):
    async with Observer() as fresh:
        seen = await observed(fresh, site, path)
        assert [feed.kind for feed in seen.feeds] == [kind]
        assert not fresh.pool.running


@requirement("LEARN-1")
async def test_a_json_address_is_an_exchange_and_an_api_document_is_recognised(observer, site):
    assert [item.status for item in (await observed(observer, site, "/api/items")).exchanges] == [200]
    assert [document.url for document in (await observed(observer, site, "/spec")).api_documents] == [
        site.url + "/spec"
    ]


@requirement("LEARN-1")
async def test_an_api_document_is_found_by_convention_when_the_address_itself_holds_little(observer, site):
    seen = await observed(observer, site, "/api/none")
    assert [document.url for document in seen.api_documents] == [site.url + "/openapi.json"]


@requirement("LEARN-1")
async def test_an_api_document_that_the_page_fetches_is_recognised(observer, site):
    seen = await observed(observer, site, "/swagger")
    assert site.url + "/hidden/description" in [document.url for document in seen.api_documents]


async def test_redirects_inside_the_policy_are_followed_and_told(observer, site):
    page = (await observed(observer, site, "/old")).pages[0]
    assert (page.final_url, page.redirects) == (site.url + "/cards", (site.url + "/cards",))


@requirement("BOX-4")
async def test_a_redirect_outside_the_policy_is_denied_with_a_remedy(observer, site):
    with pytest.raises(EgressDenied) as caught:
        await observed(observer, site, "/away")
    assert caught.value.remedy


async def test_an_address_outside_the_policy_is_denied_at_once(observer, site):
    with pytest.raises(EgressDenied):
        await observer.observe(site.elsewhere, site.policy())


async def test_a_site_that_is_down_is_unreachable(observer, site):
    policy = site.policy().model_copy(update={"hosts": (site.policy().hosts[0].model_copy(update={"port": 9}),)})
    with pytest.raises(SourceUnreachable):
        await observer.observe("http://127.0.0.1:9/", policy)


async def test_a_login_wall_is_noted_and_its_password_is_not_kept(observer, site):
    seen = await observed(observer, site, "/login")
    assert "wall: login" in seen.notes
    assert [field.value for field in seen.pages[0].forms[0].fields] == ["", ""]


@requirement("BOX-5")
async def test_nothing_a_page_tries_reaches_another_host_and_each_try_is_logged(observer, site):
    site.seen.clear()
    seen = await observed(observer, site, "/hostile")
    text = seen.pages[0].text_after
    assert "REACHED" not in text
    assert {"fetch: refused", "delete: refused", "metadata: refused", "private: refused", "file: refused"} <= set(
        text.splitlines()
    )
    assert "worker: refused" in text
    denied = {denial.url.removeprefix(site.elsewhere) for denial in seen.denials}
    assert {
        "/fetch",
        "/img",
        "/frame",
        "/worker",
        "/beacon",
        "ws" + site.elsewhere[4:] + "/ws",
        site.url + "/danger",
    } <= denied
    assert "GET /sw.js" not in site.seen
    assert not [line for line in site.seen if not line.startswith(("GET", "HEAD"))]


@requirement("BOX-5")
async def test_a_page_cannot_take_the_browser_to_another_host(observer, site):
    try:
        seen = await observed(observer, site, "/leaves")
    except SourceUnreachable:
        return
    assert site.elsewhere + "/landed" in {denial.url for denial in seen.denials}


@requirement("BOX-5")
async def test_a_websocket_to_the_sites_own_host_works(observer, site):
    assert "round trip" in (await observed(observer, site, "/echoes")).pages[0].text_after
