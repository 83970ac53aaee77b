"""Limits that a question states are kept: as a constraint that can be served, or as one that is asked back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from generators.language import understand
from tests.requirements import requirement

NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)


def said(text: str) -> set[tuple[str, str, object]]:
    return {(c.topic.value, c.relation.value, c.value) for c in understand(text, NOW).constraints}


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("paintings made before 1750", {("date", "to", "1749-12-31")}),
        ("castles built after 1300", {("date", "from", "1301-01-01")}),
        ("prints between 1650 and 1900", {("date", "from", "1650-01-01"), ("date", "to", "1900-12-31")}),
        ("trails between 8 and 15 km", {("number", "at_least", 8), ("number", "at_most", 15)}),
        ("trails with less than 300 m of ascent", {("number", "less_than", 300)}),
        ("hostels under 200 Swiss francs", {("price", "less_than", 200.0)}),
        ("castles starting with D", {("named", "equals", "D")}),
        ("bus 42", {("keywords", "contains", "42")}),
    ],
)
def test_a_stated_limit_is_kept(text: str, limits: set[tuple[str, str, object]]) -> None:
    assert limits <= said(text)


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("top 5 trails by ascent", {("count", "at_most", 5), ("sort", "equals", "ascent")}),
        ("the 5 most viewed threads", {("count", "at_most", 5), ("sort", "equals", "views")}),
        ("the 5 waters with the most bacteria", {("count", "at_most", 5), ("sort", "equals", "bacteria")}),
        ("the three highest castles", {("count", "at_most", 3), ("sort", "equals", "height")}),
    ],
)
def test_so_many_of_the_best_are_a_count_and_an_order(text: str, order: set[tuple[str, str, object]]) -> None:
    assert order == {c for c in said(text) if c[0] != "keywords"}


@pytest.mark.parametrize("text", ["lakes sampled in July 2026", "courses that start in July 2026"])
def test_what_was_done_on_a_day_is_no_keyword(text: str) -> None:
    assert not {value for topic, _, value in said(text) if topic == "keywords"} & {"sampled", "start"}


def test_what_starts_next_week_starts_within_it() -> None:
    assert {("date", "from", "next week"), ("date", "to", "next week")} <= said("classes starting next week")
    assert ("date", "to", "tomorrow") not in said("classes starting tomorrow")


def test_fields_of_the_records_own_are_wanted() -> None:
    assert understand("variables and their defaults", NOW).wanted == ("defaults",)


def test_people_of_a_kind_are_no_name() -> None:
    assert not {c for c in said("artworks by artists from Norway") if c[0] == "person"}
