"""Small observations, and a site that answers probes from its own records."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from domain.observation import Exchange, Findings, Form, FormField, Link, Observation, Page, Probe, ProbeAnswer
from domain.plan import Constraint, Intent, Plan, Query, Relation, Topic
from generators.planner import plan
from generators.study import study

NOW = datetime(2027, 5, 12, 12, tzinfo=UTC)
HOST = "https://shows.example"
CITIES = ("Berkeley", "Oakland", "San Jose")
KINDS = ("Music", "Sports", "Theater")
WORDS = ("Harbor", "Meadow", "Lantern", "Copper", "Willow", "Granite", "Saffron", "Juniper", "Cobalt")


def show(number: int) -> dict[str, Any]:
    """One record of the made-up site."""
    return {
        "id": f"show-{number}",
        "title": f"{WORDS[number % 9]} {WORDS[(number * 5 + 1) % 9]} Evening {number}",
        "start_at": f"2027-06-{number % 28 + 1:02d}T20:00:00Z",
        "place": {"city": CITIES[number % 3], "latitude": 37.0 + number / 100, "longitude": -122.0},
        "kind": KINDS[number % 2],
        "ticket": {"price": {"cents": 500 * number, "currency": "USD"}, "is_free": number == 0},
    }


def query_of(url: str) -> dict[str, str]:
    """Return the query of an address."""
    return dict(parse_qsl(urlsplit(url).query))


def cursor_site(total: int = 45, page: int = 20) -> Callable[[Probe], tuple[int, Any]]:
    """A JSON source with a cursor, a limit and a city parameter that works; others it ignores."""

    def answer(probe: Probe) -> tuple[int, Any]:
        asked = query_of(probe.url)
        found = [show(n) for n in range(total)]
        if "city" in asked:
            found = [r for r in found if r["place"]["city"] == asked["city"]]
        size = min(int(asked.get("limit", page)), 100)
        start = int(asked.get("cursor", "c0")[1:])
        more = start + size < len(found)
        following = f"c{start + size}" if more else None
        return 200, {"items": found[start : start + size], "has_more": more, "next_cursor": following}

    return answer


def observed(
    *,
    url: str = f"{HOST}/shows",
    text: str = "",
    html: str = "<html><body><div id=app></div></body></html>",
    exchanges: tuple[Exchange, ...] = (),
    links: tuple[Link, ...] = (),
    forms: tuple[Form, ...] = (),
    status: int = 200,
    title: str = "Shows",
) -> Observation:
    """Return an observation of one page."""
    page = Page(
        requested_url=url,
        final_url=url,
        status=status,
        title=title,
        served_html=html,
        text_before=text,
        text_after=text,
        links=links,
        forms=forms,
    )
    return Observation(url=url, captured_at=NOW, pages=(page,), exchanges=exchanges)


def exchange(url: str, body: Any, *, method: str = "GET", request_body: str | None = None, **more: Any) -> Exchange:
    """Return a JSON exchange."""
    return Exchange(
        id=url,
        method=method,
        url=url,
        status=200,
        content_type="application/json",
        request_body=request_body,
        body=json.dumps(body),
        **more,
    )


def single_page(site: Callable[[Probe], tuple[int, Any]], path: str = "/api/shows?limit=20") -> Observation:
    """Return the observation of a page whose script asked the site once and shows what it got."""
    url = f"{HOST}{path}"
    _, body = site(Probe(id="x", purpose="ground", url=url))
    text = " ".join(f"{r['title']} {r['place']['city']} {r['kind']}" for r in body["items"])
    return observed(text=text, exchanges=(exchange(url, body),))


def grounded(observation: Observation, intent: Intent, site: Callable[[Probe], tuple[int, Any]]) -> Findings:
    """Study until no probe is open."""
    answers: tuple[ProbeAnswer, ...] = ()
    for _ in range(6):
        findings = study(observation, intent, answers)
        if not findings.probes:
            return findings
        answers += tuple(_answer(p, site) for p in findings.probes)
    raise AssertionError("the study asks for ever")


def _answer(probe: Probe, site: Callable[[Probe], tuple[int, Any]]) -> ProbeAnswer:
    status, body = site(probe)
    text = body if isinstance(body, str) else json.dumps(body)
    return ProbeAnswer(probe=probe, status=status, final_url=probe.url, content_type="application/json", body=text)


def planned(observation: Observation, intent: Intent, site: Callable[[Probe], tuple[int, Any]]) -> Plan:
    """Return the first plan."""
    findings = grounded(observation, intent, site)
    return plan(Query(text=intent.text, site=observation.url), intent, findings, observation, now=NOW)[0]


def intent(*constraints: Constraint, subject: str = "shows", **more: Any) -> Intent:
    """Return an intent about shows."""
    return Intent(text="a question", subject=subject, constraints=constraints, **more)


def says(topic: Topic, value: Any, relation: Relation = Relation.EQUALS, **more: Any) -> Constraint:
    """Return a constraint."""
    return Constraint(topic=topic, relation=relation, value=value, span=str(value), **more)


def search_form(name: str = "q") -> Form:
    """Return a search form of the page."""
    return Form(action=f"{HOST}/shows", fields=(FormField(name=name, kind="search"),))
