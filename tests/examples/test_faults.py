import itertools
import json
from typing import Any

import httpx2 as httpx
import pytest
from lxml import html

from examples.events_site.app import build
from examples.events_site.faults import NOTE_INJECTION, SLOW_S
from examples.events_site.places import PLACE_BY_SLUG
from tests.examples.conftest import Opened
from tests.examples.test_site import next_data

LISTING = f"/discover/get-paginated-events?discover_place_api_id={PLACE_BY_SLUG['sf'].api_id}"


async def event_of(client: httpx.AsyncClient) -> Any:
    entries = (await client.get(LISTING)).json()["entries"]
    return next(entry["event"] for entry in entries if entry["event"]["location_type"] == "offline")


async def test_markup_changes_tags_and_classes_and_keeps_every_value(site: Opened) -> None:
    async with site() as plain, site("markup") as changed:
        before, after = [html.fromstring((await each.get("/archive")).text) for each in (plain, changed)]
        scripts = [(await each.get("/_next/static/chunks/discover-1.js")).text for each in (plain, changed)]
        assert next_data(await plain.get("/sf")) == next_data(await changed.get("/sf"))
    rows = [[cell.text_content() for cell in row] for row in before.xpath("//tbody/tr")]
    cards = [
        [card.xpath("string(.//h3)"), *(cell.text_content() for cell in card.xpath(".//dd"))]
        for card in after.xpath("//article")
    ]
    assert rows == cards
    assert not after.xpath("//table")
    old, new = [set(page.xpath("//*/@class")) for page in (before, after)]
    assert old.isdisjoint(new)
    assert scripts[0] != scripts[1]


async def test_geo_fields_puts_strings_in_the_place_of_the_coordinate(site: Opened) -> None:
    async with site() as plain, site("geo-fields") as changed:
        before, after = await event_of(plain), await event_of(changed)
        page_event = next_data(await changed.get("/sf"))["data"]["events"][0]["event"]
    assert "coordinate" not in after
    assert after["geo_latitude"] == str(before["coordinate"]["latitude"])
    assert after["geo_longitude"] == str(before["coordinate"]["longitude"])
    assert "geo_latitude" in page_event
    assert "coordinate" not in page_event


async def test_slow_waits_before_pages_and_answers() -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    app = build(faults=["slow"], events=50, pause=pause)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://site.test") as client:
        for path in ("/sf", LISTING, "/ping"):
            await client.get(path)
    assert waited == [SLOW_S, SLOW_S]


async def test_every_third_api_request_is_refused_once(site: Opened) -> None:
    async with site("429") as client:
        answers = [await client.get(LISTING) for _ in range(9)]
        assert (await client.get("/sf")).status_code == 200
    assert [answer.status_code for answer in answers] == [200, 200, 429] * 3
    assert [answer.headers["Retry-After"] for answer in answers[2::3]] == ["1", "0", "1"]


async def test_unavailable_comes_now_and_then_and_never_twice_in_a_row(site: Opened) -> None:
    async def codes(seed: int) -> list[int]:
        async with site("503", seed=seed, events=50) as client:
            return [(await client.get("/discover")).status_code for _ in range(60)]

    first = await codes(7)
    assert set(first) == {200, 503}
    assert 4 <= first.count(503) <= 20
    assert all(after != 503 for before, after in itertools.pairwise(first) if before == 503)
    assert await codes(7) == first
    assert await codes(8) != first


async def test_empty_has_no_events_and_still_answers(site: Opened) -> None:
    async with site("empty") as client:
        assert (await client.get(LISTING)).json() == {"entries": [], "has_more": False, "next_cursor": None}
        assert next_data(await client.get("/sf"))["data"]["events"] == []
        assert html.fromstring((await client.get("/archive")).text).xpath("//tbody/tr") == []


async def test_injection_speaks_to_machines_in_names_texts_and_attributes(site: Opened) -> None:
    async with site("injection") as client:
        entries = (await client.get(f"{LISTING}&pagination_limit=50")).json()["entries"]
        archive = html.fromstring((await client.get("/archive")).text)
        page = html.fromstring((await client.get("/sf")).text)
    assert any("IGNORE ALL PREVIOUS" in entry["event"]["description_short"] for entry in entries)
    assert any("[SYSTEM:" in entry["event"]["name"] for entry in entries)
    assert NOTE_INJECTION in archive.xpath("//tr/@data-note")
    assert page.xpath("//body/@data-assistant-note") == [NOTE_INJECTION]


async def test_never_idle_polls_for_ever(site: Opened) -> None:
    async with site("never-idle", events=50) as client, site(events=50) as idle:
        assert 'setInterval(() => fetch("/ping' in (await client.get("/sf")).text
        assert (await client.get("/ping")).status_code == 204
        assert "setInterval" not in (await idle.get("/sf")).text


async def test_city_pages_answer_404_and_yet_render(site: Opened) -> None:
    async with site("404-render") as client:
        page = await client.get("/sf")
        assert page.status_code == 404
        assert len(next_data(page)["data"]["events"]) == 20
        assert (await client.get("/tech")).status_code == 200


async def test_numbers_come_as_strings_and_truths_do_not(site: Opened) -> None:
    async with site("string-numbers") as client:
        answer = (await client.get(LISTING)).json()
        page = next_data(await client.get("/sf"))
    assert answer["has_more"] is True
    for value in (answer, page):
        assert '"guest_count": "' in json.dumps(value)
        assert not any(type(leaf) in {int, float} for leaf in leaves(value))


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    return [leaf for each in value for leaf in leaves(each)] if isinstance(value, list) else [value]


def test_an_unknown_fault_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="gremlins"):
        build(faults=["gremlins"])
