"""What lies behind, what a record has so many of, and the numbered part that it belongs to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.plan import Relation, Topic
from generators.language import understand
from tests.requirements import requirement

NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)


def said(text: str) -> list[tuple[str, str, object, str]]:
    return [(c.topic.value, c.relation.value, c.value, c.name) for c in understand(text, NOW).constraints]


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("jobs posted in the last 3 days", "last 3 days"),
        ("jobs posted this week", "this week so far"),
        ("datasets updated this year", "this year so far"),
        ("events this week", "this week"),
    ],
)
def test_what_was_done_lies_behind_and_what_is_offered_ahead(text: str, first: str) -> None:
    assert said(text) == [(Topic.DATE, Relation.FROM, first, ""), (Topic.DATE, Relation.TO, first, "")]


@pytest.mark.parametrize(
    "verb", ["updated since", "showing from", "that were released after", "first published before"]
)
def test_the_verb_before_a_day_is_no_keyword(verb: str) -> None:
    assert all(topic == Topic.DATE for topic, *_ in said(f"datasets {verb} 2 January 2027"))


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flats with 3 rooms", (Topic.NUMBER, Relation.EQUALS, 3, "rooms")),
        ("3-room flats", (Topic.NUMBER, Relation.EQUALS, 3, "room")),
        ("cars with less than 50,000 km", (Topic.NUMBER, Relation.LESS_THAN, 50000, "km")),
        ("films under 100 minutes", (Topic.NUMBER, Relation.LESS_THAN, 100, "minutes")),
        ("results of matchday 3", (Topic.NAMED, Relation.EQUALS, "3", "matchday")),
        ("engineers in building North", (Topic.NAMED, Relation.EQUALS, "North", "building")),
        ("the 10 most recently updated datasets", (Topic.SORT, Relation.EQUALS, "updated", "")),
    ],
)
def test_a_count_a_measure_or_a_part_is_the_records_own(text: str, expected: tuple[object, ...]) -> None:
    assert expected in said(text)


def test_a_distance_from_a_place_is_no_measure_of_the_record() -> None:
    assert (Topic.DISTANCE, Relation.WITHIN, 5, "") in said("parties within 5 km of Berlin")
    assert (Topic.NUMBER, Relation.AT_LEAST, 4, "rating") in said("books rated at least 4")


def test_a_bound_on_pay_is_a_price_without_its_verb() -> None:
    assert said("jobs paying more than £30,000") == [(Topic.PRICE, Relation.MORE_THAN, 30000.0, "")]


def test_a_name_of_several_words_behind_of_stays_whole() -> None:
    assert (Topic.KEYWORDS, Relation.CONTAINS, "Harbour FC", "") in said("scorers of Harbour FC")


def test_what_a_record_has_itself_is_told_apart_from_what_kind_it_is() -> None:
    asked = understand("direct dependencies of tallow and the version range of each", NOW)
    assert asked.subject == "dependencies"
    assert [(c.topic, c.value) for c in asked.constraints if c.topic is not Topic.DETAIL] == [
        (Topic.IDENTIFIER, "tallow")
    ]


@pytest.mark.parametrize("text", ["every stamp of every album", "each stamp with its album"])
def test_one_of_all_is_what_the_question_is_about(text: str) -> None:
    assert understand(text, NOW).subject == "stamp"


@pytest.mark.parametrize(
    ("text", "wanted", "about"),
    [
        ("what is the licence of left-pad", ("license",), "left-pad"),
        ("the version and licence of tallow?", ("version", "license"), "tallow"),
        ("show the readme of tallow", ("readme",), "tallow"),
    ],
)
def test_what_one_thing_has_is_wanted_of_it_alone(text: str, wanted: tuple[str, ...], about: str) -> None:
    asked = understand(text, NOW)
    assert asked.wanted == wanted
    assert [(c.topic, c.value) for c in asked.constraints if c.topic is not Topic.DETAIL] == [(Topic.IDENTIFIER, about)]


def test_several_things_of_one_are_records_and_the_price_of_a_title_is_a_field() -> None:
    assert understand("the dependencies of left-pad", NOW).subject == "dependencies"
    assert understand("what is the price of Night Ferry", NOW).wanted == ("price",)
