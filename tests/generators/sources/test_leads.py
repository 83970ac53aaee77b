from __future__ import annotations

from typing import Any

from domain.observation import Column, Link, RecordCandidate
from domain.plan import (
    Constraint,
    FieldType,
    Intent,
    Plan,
    RecordSource,
    RequestTemplate,
    Source,
    SourceKind,
    Topic,
)
from generators.sources.leads import leads, onward, whole_list
from tests.generators.builders import HOST, intent, observed, says
from tests.requirements import requirement


def test_a_link_that_names_the_records_leads_to_them() -> None:
    links = (
        Link(href="/about", text="About us"),
        Link(href="/city/shows", text="shows"),
        Link(href="/news/9", text="How our shows changed over many years"),
        Link(href="https://other.example/shows", text="shows"),
        Link(href="/shows.css", text=""),
    )
    found = leads(observed(url=f"{HOST}/", links=links), intent(says(Topic.PLACE, "Berkeley")))
    assert found == (f"{HOST}/city/shows", f"{HOST}/news/9")


def test_a_link_that_promises_a_list_is_followed_and_a_pager_is_not() -> None:
    links = (
        Link(href="/hire", text="Hire the hall"),
        Link(href="/collection", text="Explore the collection"),
        Link(href="/page/2", text="Older shows", rel="next"),
        Link(href="/threads?p=3", text="3"),
        Link(href="/performances", text="Performances"),
        Link(href="/happenings", text="All happenings"),
    )
    found = leads(observed(url=f"{HOST}/", links=links), intent(subject="events"))
    assert found == (f"{HOST}/happenings", f"{HOST}/collection")


def test_a_front_page_that_shows_a_few_records_leads_to_their_list() -> None:
    few = listed("Desk", "Clock")
    urls = tuple(f"{HOST}/lots/{n}" for n in (148, 182))
    few = few.model_copy(
        update={"columns": (*few.columns, Column(name="url", locator="a@href", type=FieldType.URL, samples=urls))}
    )
    links = (Link(href="/lots", text="Lose"), Link(href="/lots/148", text="Desk"), Link(href="/sell", text="Sell"))
    assert whole_list(observed(url=f"{HOST}/", links=links), few) == (f"{HOST}/lots",)
    assert whole_list(observed(url=f"{HOST}/lots/old", links=links), few) == ()
    assert whole_list(observed(url=f"{HOST}/", links=links[1:]), few) == ()


def test_without_words_nothing_is_followed() -> None:
    assert leads(observed(links=(Link(href="/a", text="A"),)), intent(subject="")) == ()


def listed(*titles: str, **more: tuple[str, ...]) -> RecordCandidate:
    named = {"title": titles, **more}
    return RecordCandidate(
        id="html-1",
        kind=SourceKind.HTML,
        source=RecordSource(request=RequestTemplate(url=f"{HOST}/"), records="li"),
        columns=tuple(Column(name=n, locator=n, type=FieldType.STRING, samples=s) for n, s in named.items()),
        count=len(titles),
        score=1.0,
    )


def doors(
    text: str, subject: str, candidate: RecordCandidate, *constraints: Constraint, **more: Any
) -> tuple[str, ...]:
    links = tuple(Link(href=f"/{n}", text=c) for n, c in enumerate(candidate.columns[0].samples))
    page = observed(url=f"{HOST}/", links=(*links, Link(href="/all", text="See all plants")))
    asked = Intent(text=text, subject=subject, constraints=constraints, **more)
    plan = builder_plan(candidate)
    return onward(page, asked, plan, candidate)


def builder_plan(candidate: RecordCandidate) -> Plan:
    return Plan(
        query="",
        intent=intent(),
        tool_name="x",
        title="x",
        description="x",
        parameters=(),
        fields=(),
        steps=(),
        source=Source(kind=candidate.kind, url=candidate.url, reason=""),
        records=candidate.source,
    )


@requirement("LEARN-7")
def test_records_called_what_is_asked_for_are_doors_to_it() -> None:
    tiles = listed("Roses", "Shrubs", plants=("18 plants", "24 plants"))
    assert doors("roses under $30", "roses", tiles) == (f"{HOST}/0",)
    assert doors("all plants", "plants", tiles) == (f"{HOST}/all",)


def test_places_are_doors_only_where_no_record_says_what_is_asked_for() -> None:
    in_lisbon = says(Topic.PLACE, "Lisbon")
    assert doors("hotels in Lisbon", "hotels", listed("Lisbon", "London"), in_lisbon) == (f"{HOST}/0",)
    told = listed("Lisbon", "London", kind=("12 hotels", "30 hotels"))
    assert doors("hotels in Lisbon", "hotels", told, in_lisbon) == ()


def test_a_record_that_has_the_wanted_field_is_no_door() -> None:
    towns = listed("Lisbon", "London", population=("545,000", "8,900,000"))
    asked = doors("towns with their population", "towns", towns, wanted=("population",))
    assert asked == ()
