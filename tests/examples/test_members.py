"""The members' area: nothing without a login, and every venue behind it."""

from __future__ import annotations

import re

import httpx2 as httpx
import pytest
from lxml import html

from examples.events_site.app import build
from examples.events_site.members import MEMBER, PASSWORD, venues
from examples.events_site.serve import serving


def token(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert found is not None
    return found[1]


async def enter(client: httpx.AsyncClient, *, password: str = PASSWORD) -> httpx.Response:
    fields = {"csrf": token(await client.get("/members/login")), "email": MEMBER, "password": password}
    return await client.post("/members/login", data=fields)


async def test_members_find_every_venue_through_the_search_and_its_pages() -> None:
    app = build()
    wanted = [v for v in venues(app.state.store) if v.city == "London"]
    async with serving(app) as url, httpx.AsyncClient(base_url=url, follow_redirects=True) as client:
        assert (await enter(client)).url.path == "/members"
        form = await client.get("/members/venues")
        page = await client.post("/members/venues/search", data={"csrf": token(form), "city": "London", "words": ""})
        links: list[str] = []
        for _ in range(10):
            tree = html.fromstring(page.text)
            links += tree.xpath('//li[@class="entry"]//a/@href')
            following = tree.xpath('//a[@rel="next"]/@href')
            if not following:
                break
            page = await client.get(page.url.join(following[0]))
        assert links == [v.path for v in wanted]
        told = (await client.get(links[0])).text
    assert f"<dd>{wanted[0].capacity} people</dd>" in told
    assert f"<dd>{wanted[0].rent} {wanted[0].currency}</dd>" in told


@pytest.mark.parametrize("path", ["/members", "/members/venues", "/members/venues/1", "/members/venues/results/1"])
async def test_without_a_login_every_page_leads_to_the_form(path: str) -> None:
    async with serving(build()) as url, httpx.AsyncClient(base_url=url, follow_redirects=True) as client:
        assert (await client.get(path)).url.path == "/members/login"


async def test_a_wrong_password_and_a_form_without_its_token_are_refused() -> None:
    async with serving(build()) as url, httpx.AsyncClient(base_url=url, follow_redirects=True) as client:
        wrong = await enter(client, password="guessed")
        assert "do not fit together" in wrong.text
        forged = await client.post("/members/login", data={"csrf": "x", "email": MEMBER, "password": PASSWORD})
        assert forged.status_code == 403
