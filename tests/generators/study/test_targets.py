from __future__ import annotations

import html
import re
from urllib.parse import urljoin

import httpx2
import pytest

from domain.observation import Link, Observation, Probe
from domain.plan import PagingKind, SourceKind, Topic
from tests.generators.builders import grounded, intent, observed, says
from tests.requirements import requirement

ADDRESS = "http://127.0.0.1:8705/city/events"


def fetched(client: httpx2.Client, url: str) -> Observation:
    """Return a plain observation of a page: its links and its served text."""
    text = client.get(url).text
    links = [
        Link(href=urljoin(url, html.unescape(m["href"])), text=m["text"], rel="")
        for m in re.finditer(r'<a href="(?P<href>[^"]+)">(?P<text>[^<]*)</a>', text)
    ]
    twin = re.search(r'<link rel="alternate" type="(?P<type>[^"]+)" href="(?P<href>[^"]+)"', text)
    assert twin is not None
    links.append(Link(href=twin["href"], rel="alternate", type=twin["type"]))
    return observed(url=url, text=re.sub(r"<[^>]+>", " ", text), html=text, links=tuple(links), title="events")


@pytest.mark.target("datasette")
@requirement("LEARN-6")
def test_a_table_page_of_a_real_application_is_read_through_its_json_form() -> None:
    with httpx2.Client(timeout=20) as client:
        try:
            observation = fetched(client, ADDRESS)
        except httpx2.ConnectError:  # whatever else goes wrong is no reason to pass it over
            pytest.skip("datasette is not running here")

        def site(probe: Probe) -> tuple[int, str]:
            answer = client.request(probe.method, probe.url, headers=probe.headers)
            return answer.status_code, answer.text

        asked = intent(says(Topic.PLACE, "Berkeley"), says(Topic.CATEGORY, "Music"), subject="events")
        findings = grounded(observation, asked, site)
    best = findings.candidates[0]
    assert (best.kind, best.source.records, best.identity) == (SourceKind.JSON, "rows", ("id",))
    assert best.paging is not None
    assert (best.paging.kind, best.paging.next_locator) == (PagingKind.NEXT_LINK, "next_url")
    assert {p.name for p in findings.endpoints[0].parameters} >= {"city", "category"}
