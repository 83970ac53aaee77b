import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2 as httpx
from lxml import html

from examples.events_site.app import build
from examples.events_site.entries import entry_of
from examples.events_site.places import PLACE_BY_SLUG
from examples.events_site.store import Store
from tests.examples.conftest import Opened

SF = PLACE_BY_SLUG["sf"].api_id


def next_data(page: httpx.Response) -> Any:
    (text,) = html.fromstring(page.text).xpath('//script[@id="__NEXT_DATA__"]/text()')
    return json.loads(text)["props"]["pageProps"]["initialData"]


async def all_entries(client: httpx.AsyncClient, path: str, **params: Any) -> list[Any]:
    """Every entry of a listing, page by page, within a bound."""
    entries: list[Any] = []
    for _ in range(200):
        answer = (await client.get(path, params=params)).json()
        entries += answer["entries"]
        if not answer["has_more"]:
            assert answer["next_cursor"] is None
            return entries
        params["pagination_cursor"] = answer["next_cursor"]
    raise AssertionError("the listing does not end")


def store_of(**options: Any) -> Store:
    store = build(**options).state.store
    assert isinstance(store, Store)
    return store


async def test_paging_a_place_visits_every_event_exactly_once_in_order_of_start(site: Opened) -> None:
    async with site() as client:
        entries = await all_entries(
            client, "/discover/get-paginated-events", discover_place_api_id=SF, pagination_limit=50
        )
    assert entries == [entry_of(event) for event in store_of().in_place("sf")]
    starts = [entry["event"]["start_at"] for entry in entries]
    assert starts == sorted(starts)


async def test_paging_goes_on_where_the_pages_own_data_ends(site: Opened) -> None:
    async with site() as client:
        data = next_data(await client.get("/tech"))
        rest = await all_entries(
            client, "/discover/get-paginated-events", slug="tech", pagination_cursor=data["data"]["next_cursor"]
        )
    assert data["kind"] == "category"
    shown = [entry["event"]["url"] for entry in (*data["data"]["events"], *rest)]
    assert shown == [event.slug for event in store_of().in_category("tech")]


async def test_a_page_holds_at_most_fifty_and_its_cursor_names_the_last_event(site: Opened) -> None:
    async with site() as client:
        params: dict[str, str | int] = {"discover_place_api_id": SF, "pagination_limit": 500}
        answer = (await client.get("/discover/get-paginated-events", params=params)).json()
    last = answer["entries"][-1]["event"]
    assert len(answer["entries"]) == 50
    assert json.loads(base64.b64decode(answer["next_cursor"])) == {"sv": last["start_at"], "fb": last["api_id"]}


async def test_listings_can_be_asked_by_nearest_place_box_and_topic_within_a_place(site: Opened) -> None:
    path = "/discover/get-paginated-events"
    async with site() as client:
        near = await all_entries(client, path, latitude=37.7, longitude=-122.3, pagination_limit=50)
        box = await all_entries(client, path, north=38, south=37.8, east=-122.2, west=-122.35, pagination_limit=50)
        topic = await all_entries(client, path, discover_place_api_id=SF, slug="ai", pagination_limit=50)
    assert len(near) == len(store_of().in_place("sf"))
    coordinates = [entry["event"]["coordinate"] for entry in box]
    assert coordinates
    assert all(37.8 <= each["latitude"] <= 38 and -122.35 <= each["longitude"] <= -122.2 for each in coordinates)
    assert 0 < len(topic) < len(near)
    assert all("ai" in {each["slug"] for each in entry["categories"]} for entry in topic)


async def test_wrong_requests_are_told_what_is_wrong(site: Opened) -> None:
    path = "/discover/get-paginated-events"
    async with site() as client:
        answers = [
            await client.get(address)
            for address in (
                path,
                f"{path}?slug=nothing",
                f"{path}?discover_place_api_id=nothing",
                f"{path}?slug=ai&pagination_limit=many",
                f"{path}?slug=ai&pagination_cursor=what",
                f"{path}?latitude=north&longitude=1",
                "/event/get?event_api_id=nothing",
                "/calendar/get-items?calendar_api_id=nothing",
                "/url?url=nothing",
            )
        ]
    assert [answer.status_code for answer in answers] == [400, 404, 404, 400, 400, 400, 404, 404, 404]
    assert all(set(answer.json()) == {"message", "code"} for answer in answers)


async def test_a_city_page_carries_its_data_and_leaves_the_cards_to_the_script(site: Opened) -> None:
    async with site() as client:
        page = await client.get("/sf")
        data = next_data(page)
        (script,) = html.fromstring(page.text).xpath("//script[@src]/@src")
        assert (await client.get(script)).headers["content-type"].startswith("text/javascript")
    assert data["kind"] == "discover-place"
    assert data["data"]["place"]["coordinate"] == {"latitude": 37.77493, "longitude": -122.41942}
    assert len(data["data"]["events"]) == 20
    assert re.search(r'class="jsx-\d+"', page.text)
    (body,) = html.fromstring(page.text).xpath('//div[@id="__events"]')
    assert len(body) == 0


async def test_event_pages_carry_json_ld_that_says_what_the_listing_says(site: Opened) -> None:
    async with site() as client:
        params: dict[str, str | int] = {"discover_place_api_id": SF, "pagination_limit": 50}
        entries = (await client.get("/discover/get-paginated-events", params=params)).json()["entries"]
        for entry in entries[:25]:
            page = html.fromstring((await client.get(f"/{entry['event']['url']}")).text)
            (text,) = page.xpath('//script[@type="application/ld+json"]/text()')
            linked = json.loads(text)
            assert linked["@type"] == "Event"
            assert linked["name"] == entry["event"]["name"] == page.xpath("string(//h1)")
            assert linked["startDate"] == entry["event"]["start_at"]
            assert linked["organizer"]["name"] == entry["calendar"]["name"]
            assert [offer["price"] * 100 for offer in linked["offers"]] == (
                [0] if entry["ticket_info"]["is_free"] else [p["cents"] for p in [entry["ticket_info"]["price"]] if p]
            )


async def test_hidden_addresses_are_nowhere(site: Opened) -> None:
    event = next(event for event in store_of().upcoming if event.location and event.location.hidden)
    assert event.location is not None
    async with site() as client:
        texts = [
            (await client.get(f"/{event.slug}")).text,
            (await client.get("/event/get", params={"event_api_id": event.api_id})).text,
        ]
    assert all(event.location.street not in text for text in texts)


async def test_organisers_have_pages_and_listings_of_what_is_ahead_and_past(site: Opened) -> None:
    store = store_of()
    calendar = store.catalogue.past[0].calendar
    async with site() as client:
        data = next_data(await client.get(f"/{calendar.slug}"))
        ahead = await all_entries(client, "/calendar/get-items", calendar_api_id=calendar.api_id, period="future")
        past = await all_entries(client, "/calendar/get-items", calendar_api_id=calendar.api_id, period="past")
    assert data["kind"] == "calendar"
    assert data["data"]["events"] == ahead[:20]
    assert [entry["api_id"] for entry in ahead] == [event.api_id for event in store.of_calendar(calendar)]
    assert [entry["api_id"] for entry in past] == [event.api_id for event in store.of_calendar(calendar, past=True)]
    assert past


async def test_every_slug_resolves_to_its_kind(site: Opened) -> None:
    event = store_of().upcoming[0]
    slugs = {"sf": "discover-place", "ai": "category", event.calendar.slug: "calendar", event.slug: "event"}
    async with site() as client:
        kinds = {slug: (await client.get("/url", params={"url": slug})).json()["kind"] for slug in slugs}
        places = (await client.get("/discover/bootstrap-page")).json()["places"]
        sf = (await client.get("/discover/get-place-v2", params={"slug": "sf"})).json()
        ai = (await client.get("/discover/category/get-page", params={"slug": "ai"})).json()
    assert kinds == slugs
    assert sf in places
    assert ai["event_count"] == len(store_of().in_category("ai"))


async def test_the_archive_pages_through_every_event_by_its_next_link(site: Opened) -> None:
    shown: list[str] = []
    address = "/archive"
    async with site(events=230) as client:
        for _ in range(10):
            page = html.fromstring((await client.get(address)).text)
            shown += page.xpath("//tbody/tr/td[1]/a/@href")
            following = page.xpath('//a[@rel="next"]/@href')
            if not following:
                break
            (address,) = following
    assert shown == [f"/{event.slug}" for event in store_of(events=230).upcoming]


async def test_the_archive_filters_on_the_server(site: Opened) -> None:
    params = {"q": "pottery workshops", "city": "London", "category": "arts", "max_price": "40"}
    async with site() as client:
        page = html.fromstring((await client.get("/archive", params=params)).text)
        refused = await client.get("/archive", params={"max_price": "cheap"})
    heads = page.xpath("//th/text()")
    rows = [dict(zip(heads, (cell.text_content() for cell in row), strict=True)) for row in page.xpath("//tbody/tr")]
    assert rows
    for row in rows:
        assert "Pottery Workshop" in row["Event"]
        assert row["City"] == "London"
        assert row["Price"] == "Free" or float(row["Price"].split()[0]) <= 40
    assert "40.00 GBP" in {row["Price"] for row in rows}
    assert refused.status_code == 400


def test_the_command_prints_its_address_and_lists_the_faults() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "examples.events_site"]
    help_text = subprocess.run([*command, "--help"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert "never-idle" in help_text
    with subprocess.Popen(
        [*command, "--port", "0", "--events", "50", "--fault", "404-render"],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            assert httpx.get(f"{url}/sf").status_code == 404
        finally:
            process.terminate()
    assert process.returncode == 0
