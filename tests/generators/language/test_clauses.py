"""Clauses that name what each record is to tell are fields of the answer, and no words to search for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.plan import Relation, Topic
from generators.language import understand
from tests.requirements import requirement

NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)


def keywords(text: str) -> set[str]:
    return {str(c.value) for c in understand(text, NOW).about(Topic.KEYWORDS)}


def said(text: str) -> list[tuple[str, str, object, str]]:
    return [(c.topic.value, c.relation.value, c.value, c.name) for c in understand(text, NOW).constraints]


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("old mills with the parish they stand in", ("parish",)),
        ("old mills and the parish each one is in", ("parish",)),
        ("old mills with depth in metres", ("depth",)),
        ("old mills with flow in litres per second", ("flow",)),
        ("old mills and how many wheels they have", ("wheels",)),
        ("old mills with number of wheels and their parish", ("wheels", "parish")),
        ("old mills and how long they are", ("length",)),
        ("old mills and when they were built", ("date",)),
        ("old mills, including the name of their miller", ("miller name",)),
        ("old mills and who owns them", ("owner",)),
        ("old mills with the parish they stand in, and who restored them", ("parish", "restorer")),
        ("who restored the old mills", ("restorer",)),
        ("owners of the old mills", ("owner",)),
        ("old mills with price and colour", ("price", "colour")),
    ],
)
def test_a_clause_names_a_field(text: str, wanted: tuple[str, ...]) -> None:
    assert understand(text, NOW).wanted == wanted
    assert keywords(text) == {"old", "mill"}


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("old mills and bakeries", "bakery"),
        ("old mills with a garden", "garden"),
        ("old mills and the sea", "sea"),
        ("hotels with room service", "service"),
        ("books about love and the city", "city"),
        ("films with the shark that eats people", "shark"),
        ("sweaters for the kids", "sweater"),
        ("red wine in the shops", "wine"),
    ],
)
def test_a_thing_that_is_no_field_stays_a_word_to_search_for(text: str, kept: str) -> None:
    assert kept in " ".join(keywords(text)).split()
    assert understand(text, NOW).wanted == ()


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("boats with Otter in their name", (Topic.NAMED, Relation.CONTAINS, "Otter", "name")),
        ("boats with otter in the title", (Topic.NAMED, Relation.CONTAINS, "otter", "title")),
        ("boats built in 1991 or later", (Topic.DATE, Relation.FROM, "1991-01-01", "")),
        ("boats built in 1991 or earlier", (Topic.DATE, Relation.TO, "1991-12-31", "")),
        ("boats costing less than 12, with price", (Topic.PRICE, Relation.LESS_THAN, 12.0, "")),
        ("jobs paying more than 60,000 crowns", (Topic.PRICE, Relation.MORE_THAN, 60000.0, "")),
        ("boats rated 7 or more out of 10", (Topic.NUMBER, Relation.AT_LEAST, 7, "rating")),
        ("10 most recently opened boats", (Topic.SORT, Relation.EQUALS, "date", "")),
        ("boats with the highest mast, highest first", (Topic.SORT, Relation.EQUALS, "mast", "")),
    ],
)
def test_bounds_and_orders_are_read_as_people_say_them(text: str, expected: tuple[object, ...]) -> None:
    assert expected in said(text)
    assert keywords(text) <= {"boat", "Otter", "otter"}


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("venues with capacity over 500", (Topic.NUMBER, Relation.MORE_THAN, 500, "capacity")),
        ("products with stock under 10", (Topic.NUMBER, Relation.LESS_THAN, 10, "stock")),
        ("jobs with salary over 50000 and location", (Topic.NUMBER, Relation.MORE_THAN, 50000, "salary")),
        ("boilers with a noise level below 45 dB", (Topic.NUMBER, Relation.LESS_THAN, 45, "noise level")),
        ("houses with two bathrooms over 200 sqm", (Topic.NUMBER, Relation.EQUALS, 2, "bathrooms")),
        ("trains on Friday and after 6pm", (Topic.TIME, Relation.FROM, "18:00", "")),
    ],
)
def test_a_bound_chooses_records_and_is_no_field(text: str, expected: tuple[object, ...]) -> None:
    assert expected in said(text)


def test_what_may_be_a_field_or_a_wish_is_left_to_the_columns() -> None:
    reading = understand("hotels with pool, sauna and price", NOW)
    assert reading.wanted == ("price",)
    assert {(c.value, c.name) for c in reading.about(Topic.KEYWORDS)} >= {("pool", "with"), ("sauna", "with")}
    assert understand("ferries to Oban and how much they cost", NOW).wanted == ("price",)


def test_a_value_that_does_not_matter_chooses_nothing() -> None:
    assert keywords("boats of any status") == {"boat"}


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("ferns that are not for full sun", "full sun"),
        ("beginner talks that are not in the Data track", "Data"),
        ("shows not for kids", "kid"),
    ],
)
def test_what_is_not_wanted_is_never_taken_for_wanted(text: str, unwanted: str) -> None:
    assert (Topic.KEYWORDS, Relation.EXCLUDES, unwanted, "") in said(text)
    assert not {"sun", "full sun", "Data", "kid"} & {
        str(c.value) for c in understand(text, NOW).about(Topic.KEYWORDS) if c.relation is Relation.CONTAINS
    }


def test_not_available_is_sold_out() -> None:
    assert (Topic.AVAILABILITY, Relation.EQUALS, "sold_out", "") in said("books that are not available")
    assert (Topic.AVAILABILITY, Relation.EQUALS, "available", "") in said("bikes that are not sold yet")
