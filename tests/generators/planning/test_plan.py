from __future__ import annotations

from typing import Any

import pytest

from domain.errors import NeedsInput, NothingFound, SourceBlocked
from domain.observation import Embedded, Findings, Probe
from domain.plan import FilterBinding, Place, Plan, Query, Relation, RoleBinding, SourceBinding, SourceKind, Topic
from generators.planner import plan
from tests.generators.builders import (
    HOST,
    NOW,
    cursor_site,
    exchange,
    grounded,
    intent,
    observed,
    planned,
    says,
    show,
    single_page,
)
from tests.requirements import requirement

SITE = cursor_site()
PAGE = single_page(SITE)


def bindings(made: Plan, name: str) -> tuple[object, ...]:
    return next(p.bindings for p in made.parameters if p.name == name)


@requirement("PLAN-2", "PLAN-3")
def test_a_proven_parameter_narrows_and_a_filter_makes_sure() -> None:
    made = planned(PAGE, intent(says(Topic.CATEGORY, "music")), SITE)
    assert made.defaults() == {"category": "Music"}
    made = planned(PAGE, intent(says(Topic.PLACE, "Berkeley")), SITE)
    assert made.defaults() == {"city": "Berkeley"}
    names = {p.name for p in made.parameters}
    offered = {"keywords", "category", "city", "radius_miles", "date_from", "date_to", "max_price", "currency", "limit"}
    assert offered <= names


@requirement("PLAN-3")
def test_a_distance_has_the_place_as_its_centre() -> None:
    centre = Place(name="Oakland", latitude=37.8, longitude=-122.27, timezone="America/Los_Angeles")
    asked = intent(says(Topic.PLACE, "Oakland"), says(Topic.DISTANCE, 8, Relation.WITHIN, unit="km"), places=(centre,))
    made = planned(PAGE, asked, SITE)
    assert made.defaults() == {"city": "Oakland", "radius_miles": 4.971}
    assert RoleBinding(role="place_of_distance", fields=("latitude", "longitude")) in bindings(made, "city")
    assert not [b for b in bindings(made, "city") if isinstance(b, SourceBinding)]
    assert made.timezone == "America/Los_Angeles"


@requirement("PLAN-3")
def test_a_place_is_looked_for_where_texts_end_in_places_rather_than_in_names_that_bear_one() -> None:
    told = [
        {"title": f"Show {n}", "by": "Oakland Friends", "where": f"Hall {n}, {town}"}
        for n, town in enumerate(("Berkeley", "San Jose", "Fremont", "Berkeley", "Hayward", "San Jose"))
    ]

    def site(_: Probe) -> tuple[int, Any]:
        return 200, {"items": told}

    page = observed(
        text=" ".join(" ".join(show.values()) for show in told),
        exchanges=(exchange(f"{HOST}/api/shows", site(None)[1]),),
    )
    made = planned(page, intent(says(Topic.PLACE, "Oakland")), site)
    assert bindings(made, "city") == (FilterBinding(relation=Relation.CONTAINS, topic=Topic.PLACE, fields=("where",)),)


@requirement("PLAN-3")
@pytest.mark.parametrize("relation", [Relation.LESS_THAN, Relation.AT_MOST])
def test_under_and_at_most_stay_apart(relation: Relation) -> None:
    made = planned(PAGE, intent(says(Topic.PRICE, 20, relation, unit="USD")), SITE)
    (bound,) = bindings(made, "max_price")
    assert bound == FilterBinding(relation=relation, topic=Topic.PRICE, fields=("price", "is_free"))
    assert made.defaults() == {"max_price": 20, "currency": "USD"}
    assert next(f for f in made.fields if f.name == "price").scale == 0.01


@requirement("PLAN-3")
def test_relative_dates_stay_relative_and_a_whole_phrase_gives_both_ends() -> None:
    made = planned(PAGE, intent(says(Topic.DATE, "this weekend", Relation.WITHIN)), SITE)
    assert made.defaults() == {"date_from": "this weekend", "date_to": "this weekend"}


def test_order_and_count_become_sort_and_limit() -> None:
    asked = intent(says(Topic.SORT, "price", unit="desc"), says(Topic.SORT, "title"), says(Topic.COUNT, 3))
    made = planned(PAGE, asked, SITE)
    assert made.defaults() == {"sort": "-price,title", "limit": 3}


def test_what_no_field_can_decide_is_asked_back() -> None:
    with pytest.raises(NeedsInput) as refused:
        planned(PAGE, intent(says(Topic.NAMED, "ISC", name="license")), SITE)
    assert "title" in refused.value.choices


def test_a_place_of_many_names_is_asked_back_when_the_records_do_not_settle_it() -> None:
    places = tuple(
        Place(name="Springfield", region=r, country="US", latitude=1, longitude=1, timezone="UTC") for r in ("IL", "MA")
    )
    asked = intent(says(Topic.PLACE, "Springfield", confidence=0.3), places=places)
    with pytest.raises(NeedsInput) as refused:
        planned(PAGE, asked, SITE)
    assert refused.value.choices == ("Springfield, IL, US", "Springfield, MA, US")


@requirement("PLAN-4")
def test_embedded_data_with_only_the_first_page_is_no_fallback_for_an_endpoint_with_all() -> None:
    page = PAGE.pages[0]
    data = {"props": {"shows": [show(n) for n in range(20)], "has_more": True}}
    embedded = Embedded(kind="next_data", selector="script#__NEXT_DATA__", data=data)
    observation = PAGE.model_copy(update={"pages": (page.model_copy(update={"embedded": (embedded,)}),)})
    findings = grounded(observation, intent(), SITE)
    made = plan(Query(text="q"), intent(), findings, observation, now=NOW)
    assert [p.source.kind for p in made] == [SourceKind.JSON]
    with pytest.raises(NothingFound, match="only the first 20 records"):
        plan(Query(text="q", source=SourceKind.EMBEDDED), intent(), findings, observation, now=NOW)


@requirement("PLAN-4")
def test_the_plan_says_why_the_rungs_above_failed() -> None:
    made = planned(PAGE, intent(), SITE)
    assert [(r.kind, r.reason) for r in made.source.rejected] == [
        (SourceKind.OPENAPI, "no API document was found"),
    ]


@requirement("PROVE-1")
def test_there_are_trials_for_rows_and_for_none() -> None:
    made = planned(PAGE, intent(says(Topic.PLACE, "Berkeley")), SITE)
    assert len(made.trials) >= 3
    wide = next(t for t in made.trials if t.name.startswith("without"))
    assert (wide.arguments, wide.expect) == ({"city": None}, "rows")
    assert made.trials[-1].expect == "empty"


def test_a_wall_and_an_empty_page_are_told_apart() -> None:
    with pytest.raises(SourceBlocked):
        plan(Query(text="q"), intent(), Findings(walls=("login form",)), observed(), now=NOW)
    with pytest.raises(NothingFound):
        plan(Query(text="q"), intent(), Findings(), observed(), now=NOW)


def test_names_are_those_that_every_client_takes() -> None:
    made = planned(PAGE, intent(), SITE)
    assert made.tool_name == "shows_example"
    assert made.title == "Shows from shows.example"
    assert 5 <= len(made.example_queries) <= 8
