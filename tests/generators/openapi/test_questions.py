from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from domain.errors import NeedsInput
from domain.observation import Findings, Observation, Probe, ProbeAnswer
from domain.plan import Plan, Query, SourceBinding, SourceKind
from generators.language import understand
from generators.openapi import choose, described_source, load
from generators.planner import plan
from generators.study import study
from tests.generators.builders import NOW, query_of
from tests.generators.openapi.documents import SERVER, answer, query, text
from tests.requirements import requirement

SITE = "http://127.0.0.1:4010"


def respond(probe: Probe) -> tuple[int, Any]:
    """Answer as a service that is mounted at the root of its host."""
    split = urlsplit(probe.url)
    if not split.path.startswith("/events"):
        return 404, {"error": "unknown"}
    row = {"id": "e1", "name": "Harbor", "starts": "2027-06-01T20:00:00Z", "price": {"amount": 12.5, "currency": "USD"}}
    if split.path != "/events":
        return 200, row
    cities = query_of(probe.url).get("city", "Oakland")
    return 200, {"total": 2, "items": [row, {**row, "id": "e2", "name": f"Meadow {cities}"}]}


def ground(observation: Observation, asked: str) -> Findings:
    answers: tuple[ProbeAnswer, ...] = ()
    for _ in range(6):
        findings = study(observation, understand(asked, NOW), answers)
        if not findings.probes:
            return findings
        for probe in findings.probes:
            status, body = respond(probe)
            answers += (ProbeAnswer(probe=probe, status=status, final_url=probe.url, body=json.dumps(body)),)
    raise AssertionError("the study asks for ever")


def planned(asked: str, **paths: Any) -> Plan:
    observation = described_source(text(**paths), site=SITE, captured_at=NOW)
    findings = ground(observation, asked)
    return plan(Query(text=asked, site=SITE), understand(asked, NOW), findings, observation, now=NOW)[0]


def sent(made: Plan) -> dict[str, object]:
    """What the question's own values send, by the source's own names."""
    return {
        b.name: p.default
        for p in made.parameters
        for b in p.bindings
        if isinstance(b, SourceBinding) and p.default is not None
    }


@requirement("IMPORT-1", "PLAN-2")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            "events in Oakland in June 2027",
            {"city": "Oakland", "startDateTime": "2027-06-01", "endDateTime": "2027-06-30"},
        ),
        ("jazz events in California, soonest first", {"keyword": "jazz", "stateCode": "CA", "sort": "date,asc"}),
        ("the third page of 50 events in Los Angeles", {"city": "Los Angeles", "page": 2, "size": 50}),
        ("events with status closed", {"status": "closed"}),
    ],
)
def test_what_a_question_says_goes_to_the_operations_own_parameters(asked: str, expected: dict[str, object]) -> None:
    made = planned(asked)
    assert made.source.kind is SourceKind.OPENAPI
    assert made.records.request.url == f"{SITE}/events"
    assert sent(made) == expected


@requirement("IMPORT-1")
def test_a_distance_is_asked_around_the_places_coordinates() -> None:
    values = sent(planned("events within 5 miles of San Francisco"))
    assert {"radius": 5, "unit": "miles"}.items() <= values.items()
    assert str(values["latlong"]).startswith("37.7")
    assert "city" not in values


@requirement("IMPORT-1", "PLAN-3")
def test_what_the_operation_does_not_take_becomes_a_filter_over_its_rows() -> None:
    made = planned("events in Oakland under $20")
    bound = next(p for p in made.parameters if p.name == "max_price")
    assert bound.default == 20
    assert [b.kind for b in bound.bindings] == ["filter"]


@requirement("IMPORT-1")
def test_an_identifier_goes_into_the_path() -> None:
    made = planned("details of the event vvG1VZKS5pr1qy")
    assert made.records.request.url == f"{SITE}/events/{{id}}"
    assert sent(made) == {"id": "vvG1VZKS5pr1qy"}
    assert made.records.records == "{}"
    assert {"name", "starts"} <= {f.name for f in made.fields}


@requirement("IMPORT-1", "PLAN-5")
def test_a_value_that_no_choice_names_is_asked_back() -> None:
    with pytest.raises(NeedsInput) as refused:
        planned("events with status maybe")
    assert refused.value.facts["choices"] in (["open", "closed"], ("open", "closed"))


@requirement("IMPORT-1")
def test_a_required_value_that_the_question_lacks_is_asked_for() -> None:
    needy = {"/reports": {"get": {"parameters": [query("region", required=True)], "responses": answer({})}}}
    with pytest.raises(NeedsInput, match="region"):
        planned("all reports", **needy)


@requirement("IMPORT-1")
def test_operations_are_chosen_by_what_the_question_is_about() -> None:
    described = load(text())
    first = {
        "venues in Oakland": "GET /venues",
        "events in Oakland": "GET /events",
        "details of the event vvG1VZKS5pr1qy": "GET /events/{id}",
        "create an order for event vvG1VZKS5pr1qy": "POST /orders",
    }
    for asked, operation in first.items():
        chosen = choose(described, understand(asked, NOW))
        assert chosen[0].id == operation
        assert len(chosen) <= 6


@requirement("PLAN-4")
def test_the_documents_own_server_is_kept_where_it_is_on_the_sites_host() -> None:
    assert load(text()).near("https://tickets.example/docs") == SERVER
    assert load(text()).near("http://127.0.0.1:8000/docs") == "http://127.0.0.1:8000/v1"


@requirement("IMPORT-1")
def test_what_is_below_a_thing_is_asked_of_its_own_operation() -> None:
    photo = {"type": "array", "items": {"type": "object", "properties": {"url": {"type": "string"}}}}
    below = {"/events/{id}/photos": {"get": {"summary": "Event photos", "responses": answer(photo)}}}
    assert planned("the photos of the event vvG1VZKS5pr1qy", **below).records.request.url.endswith("/photos")
    assert planned("details of the event vvG1VZKS5pr1qy", **below).records.request.url.endswith("/events/{id}")
