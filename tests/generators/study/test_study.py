from __future__ import annotations

import json

from domain.observation import Link, Probe, ProbePurpose
from domain.plan import PagingKind, Relation, SourceKind, Topic
from generators.study import study
from tests.generators.builders import (
    HOST,
    cursor_site,
    exchange,
    grounded,
    intent,
    observed,
    query_of,
    says,
    show,
    single_page,
)
from tests.requirements import requirement


@requirement("LEARN-6", "LEARN-7")
def test_a_hidden_endpoint_is_grounded_and_paged_by_its_cursor() -> None:
    site = cursor_site()
    findings = grounded(single_page(site), intent(), site)
    best = findings.candidates[0]
    assert best.kind is SourceKind.JSON
    assert best.grounded
    assert best.paging is not None
    assert (best.paging.kind, best.paging.parameter, best.paging.proven) == (PagingKind.CURSOR, "cursor", True)
    assert best.paging.next_locator == "next_cursor"
    assert best.complete


@requirement("LEARN-6")
def test_a_parameter_counts_only_when_it_changed_the_answer_as_it_should() -> None:
    site = cursor_site()
    asked = intent(says(Topic.PLACE, "Berkeley"), says(Topic.CATEGORY, "Music"))
    findings = grounded(single_page(site), asked, site)
    proven = {p.name: (p.relation, p.columns) for p in findings.endpoints[0].parameters}
    assert proven == {"city": (Relation.EQUALS, ("city",))}  # kind=Music is ignored by the site


@requirement("LEARN-6")
def test_a_list_whose_first_page_came_with_the_html_is_asked_from_its_start() -> None:
    site = cursor_site()
    observation = single_page(site, "/api/shows?limit=20&cursor=c20")
    findings = grounded(observation, intent(), site)
    assert findings.candidates[0].source.request.query == (("limit", "20"),)
    assert findings.candidates[0].complete


def test_headers_are_kept_only_when_the_answer_depends_on_them() -> None:
    plain = cursor_site()

    def site(probe: Probe) -> tuple[int, object]:
        return plain(probe) if probe.headers.get("x-app") == "1" else (403, {"error": "no"})

    url = f"{HOST}/api/shows?limit=20"
    body = plain(Probe(id="x", purpose=ProbePurpose.GROUND, url=url))[1]
    headers = {"X-App": "1", "X-Trace": "abc", "User-Agent": "b"}
    text = " ".join(r["title"] for r in body["items"])
    observation = observed(text=text, exchanges=(exchange(url, body, request_headers=headers),))
    findings = grounded(observation, intent(), site)
    assert findings.candidates[0].source.request.headers == (("x-app", "1"),)


def test_a_posted_body_is_asked_again_with_a_changed_page() -> None:
    def site(probe: Probe) -> tuple[int, object]:
        page = json.loads(probe.body or "{}")["filter"]["page"]
        return 200, {"total": 45, "hits": [show(n) for n in range((page - 1) * 20, min(page * 20, 45))]}

    sent = json.dumps({"filter": {"page": 1, "size": 20}})
    url = f"{HOST}/search"
    body = site(Probe(id="x", purpose=ProbePurpose.GROUND, url=url, body=sent))[1]
    text = " ".join(show(n)["title"] for n in range(20))
    posted = exchange(url, body, method="POST", request_body=sent)
    best = grounded(observed(text=text, exchanges=(posted,)), intent(), site).candidates[0]
    assert best.paging is not None
    assert (best.paging.kind, best.paging.parameter, best.paging.location) == (PagingKind.PAGE, "filter.page", "body")


def test_a_json_form_that_the_page_links_to_is_studied() -> None:
    plain = cursor_site()

    def site(probe: Probe) -> tuple[int, object]:
        return plain(probe) if ".json" in probe.url else (200, "<html></html>")

    link = Link(href=f"{HOST}/shows.json", rel="alternate", type="application/json")
    text = " ".join(show(n)["title"] for n in range(20))
    findings = grounded(observed(text=text, links=(link,)), intent(), site)
    assert findings.candidates[0].url == f"{HOST}/shows.json"
    assert findings.candidates[0].count == 20


def test_facet_links_are_tried_with_the_value_that_was_asked_for() -> None:
    links = tuple(Link(href=f"{HOST}/shows?place={c}", text=f"{c} 12") for c in ("Berkeley", "Oakland"))
    link = Link(href=f"{HOST}/shows", rel="alternate", type="application/json")
    observation = observed(links=(*links, link))
    site = cursor_site()
    asked = intent(says(Topic.PLACE, "Oakland"))
    tried: list[str] = []

    def watching(probe: Probe) -> tuple[int, object]:
        tried.append(query_of(probe.url).get("place", ""))
        return site(probe)

    grounded(observation, asked, watching)
    assert "Oakland" in tried
    assert "Berkeley" not in tried


@requirement("LEARN-7")
def test_a_study_stays_within_its_budget_of_probes() -> None:
    asked: list[Probe] = []
    site = cursor_site()

    def watching(probe: Probe) -> tuple[int, object]:
        asked.append(probe)
        return site(probe)

    links = tuple(Link(href=f"{HOST}/api/shows?{n}=Berkeley", text="Berkeley") for n in map("p{}".format, range(60)))
    base = single_page(site)
    page = base.pages[0].model_copy(update={"links": links})
    grounded(base.model_copy(update={"pages": (page,)}), intent(says(Topic.PLACE, "Berkeley")), watching)
    assert 0 < len(asked) <= 25
    assert {p.method for p in asked} == {"GET"}


def test_a_login_form_is_told_as_a_wall() -> None:
    assert study(observed(status=401), intent()).walls == ("login (401)",)
