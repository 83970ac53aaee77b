from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InvalidQuery
from domain.meaning.dates import resolve
from domain.meaning.gazetteer import find
from domain.plan import Intent, Topic
from generators.language import understand
from tests.requirements import requirement

NOW = datetime(2027, 5, 12, 9, tzinfo=ZoneInfo("America/Los_Angeles"))


def said(text: str) -> list[tuple[object, ...]]:
    """What was understood, as (topic, relation, value) with the unit and name where there is one."""
    parts = [(c.topic.value, c.relation.value, c.value, c.unit, c.name) for c in understand(text, NOW).constraints]
    return [tuple(part for number, part in enumerate(p) if part != "" or number == 2) for p in parts]


@requirement("PLAN-1", "PLAN-2")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "hip-hop parties in SF within 5 miles",
            [
                ("keywords", "contains", "hip-hop"),
                ("keywords", "contains", "party"),
                ("place", "within", "San Francisco", "city"),
                ("distance", "within", 5, "mi"),
            ],
        ),
        ("YC co-founder events", [("keywords", "contains", "YC"), ("keywords", "contains", "co-founder")]),
        (
            "private networking events for founders",
            [
                ("keywords", "contains", "private"),
                ("keywords", "contains", "networking"),
                ("keywords", "contains", "founder"),
            ],
        ),
        (
            "tech conferences next month under $100",
            [
                ("keywords", "contains", "tech"),
                ("keywords", "contains", "conference"),
                ("date", "from", "next month"),
                ("date", "to", "next month"),
                ("price", "less_than", 100.0, "USD"),
            ],
        ),
        (
            "family-friendly events in Berkeley this weekend",
            [
                ("keywords", "contains", "family-friendly"),
                ("place", "equals", "Berkeley", "city"),
                ("date", "from", "this weekend"),
                ("date", "to", "this weekend"),
            ],
        ),
        ("all events by Bay Founders Guild", [("person", "contains", "Bay Founders Guild")]),
    ],
)
def test_the_questions_of_the_case_study_are_understood(text: str, expected: list[tuple[object, ...]]) -> None:
    assert said(text) == expected


@requirement("PLAN-3")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("books under £20", [("price", "less_than", 20.0, "GBP")]),
        ("books at most €20", [("price", "at_most", 20.0, "EUR")]),
        ("events with tickets at 25 dollars or less", [("price", "at_most", 25.0, "USD")]),
        ("events over $10", [("price", "more_than", 10.0, "USD")]),
        ("events between $10 and $30", [("price", "at_least", 10.0, "USD"), ("price", "at_most", 30.0, "USD")]),
        ("tickets under 50", [("price", "less_than", 50.0)]),
        ("free events", [("free", "equals", True)]),
        ("paid events", [("free", "equals", False)]),
        ("gluten-free events", [("keywords", "contains", "gluten-free")]),
        ("sold-out events", [("availability", "equals", "sold_out")]),
        ("events that are not sold out", [("availability", "equals", "available")]),
        ("virtual events", [("online", "equals", True)]),
        ("in-person events", [("online", "equals", False)]),
        ("events 5 km around Oakland", [("distance", "within", 5, "km"), ("place", "within", "Oakland", "city")]),
        ("books rated at least 4", [("number", "at_least", 4, "rating")]),
        ("products with stock more than 5", [("number", "more_than", 5, "stock")]),
        ("events with more than 100 guests", [("number", "more_than", 100, "guests")]),
    ],
)
def test_bounds_say_whether_they_include(text: str, expected: list[tuple[object, ...]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("events this week", "this week", "this week"),
        ("what is on tonight?", "tonight", "tonight"),
        ("events on 12 June", "2027-06-12", "2027-06-12"),
        ("events from 15 to 31 May 2027", "2027-05-15", "2027-05-31"),
        ("events between June 1 and June 10", "2027-06-01", "2027-06-10"),
        ("events in June", "2027-06-01", "2027-06-30"),
        ("events after June 10", "2027-06-11", None),
        ("events before June 10", None, "2027-06-09"),
        ("events by Friday", None, "friday"),
        ("papers since 2020", "2020-01-01", None),
        ("movies from 1999", "1999-01-01", "1999-12-31"),
        ("may I see events", None, None),
        ("the 3rd floor", None, None),
    ],
)
def test_relative_days_stay_phrases_and_named_days_become_dates(text: str, first: str | None, last: str | None) -> None:
    found = {c.relation.value: c.value for c in understand(text, NOW).about(Topic.DATE)}
    assert found == {k: v for k, v in (("from", first), ("to", last)) if v}


def test_hours_are_read_on_a_clock_of_24() -> None:
    assert said("events after 6pm") == [("time", "from", "18:00")]
    assert said("events from 7 to 9pm") == [("time", "from", "19:00"), ("time", "to", "21:00")]
    assert said("events at 19:30") == [("time", "equals", "19:30")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("packages under the ISC licence", [("named", "equals", "ISC", "license")]),
        ("packages under the GPL-3.0 licence", [("named", "equals", "GPL-3.0", "license")]),
        (
            "issues with status open and label bug",
            [("named", "equals", "open", "status"), ("named", "equals", "bug", "label")],
        ),
        ("books in the Travel category", [("category", "equals", "Travel", "category")]),
        ("events with includeTBA set to maybe", [("named", "equals", "maybe", "includeTBA")]),
        ("which packages depend on debug?", [("named", "contains", "debug", "dependencies")]),
        ("events with id 42", [("identifier", "equals", "42", "id")]),
        ("the event vvG1VZKS5pr1qy", [("identifier", "equals", "vvG1VZKS5pr1qy", "id")]),
        ("quotes by Albert Einstein", [("person", "contains", "Albert Einstein")]),
        ('events that match the word "giants"', [("keywords", "contains", "giants")]),
        (
            "venues called Fillmore in California",
            [("keywords", "contains", "Fillmore"), ("place", "equals", "California", "state")],
        ),
        ("events, not yoga", [("keywords", "excludes", "yoga")]),
        ("events not in Oakland", [("place", "not_equals", "Oakland", "city")]),
        (
            "yoga or pilates events",
            [("keywords", "contains", "yoga", "any"), ("keywords", "contains", "pilates", "any")],
        ),
        ("board game events", [("keywords", "contains", "board game")]),
    ],
)
def test_named_attributes_people_and_words_are_told_apart(text: str, expected: list[tuple[object, ...]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "the 20 dearest events, highest price first, then by id",
            [("count", "at_most", 20), ("sort", "equals", "price", "desc"), ("sort", "equals", "id", "asc")],
        ),
        (
            "the first ten events by date, then by title",
            [("count", "at_most", 10), ("sort", "equals", "date", "asc"), ("sort", "equals", "title", "asc")],
        ),
        ("the next 3 events", [("count", "at_most", 3), ("sort", "equals", "date", "asc")]),
        ("events, soonest first", [("sort", "equals", "date", "asc")]),
        ("packages with the most dependencies, most first", [("sort", "equals", "dependencies", "desc")]),
        ("products sorted by price descending", [("sort", "equals", "price", "desc")]),
        ("at most 10 results", [("count", "at_most", 10)]),
        ("every event, all pages", []),
    ],
)
def test_counts_and_orders_are_read_in_their_sequence(text: str, expected: list[tuple[object, ...]]) -> None:
    assert sorted(said(text), key=lambda c: c[0] == "sort") == expected


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("list every event with its name and date", ("name", "date")),
        ("sold-out events, with ticket price and venue", ("ticket price", "venue")),
        ("events with the street address of the venue", ("street address",)),
        ("give me the titles and prices of all books", ("title", "price")),
        ("direct dependencies of express and the version range of each", ("version range",)),
        ("events with live music", ()),
    ],
)
def test_fields_that_a_question_names_are_wanted(text: str, wanted: tuple[str, ...]) -> None:
    intent = understand(text, NOW)
    assert intent.wanted == wanted
    assert tuple(c.value for c in intent.about(Topic.DETAIL)) == wanted


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("music events in Berkeley", "events"),
        ("which packages depend on debug?", "packages"),
        ("hip-hop parties in SF", "parties"),
        ("cricket in San Jose", ""),
    ],
)
def test_the_subject_is_the_kind_of_record(text: str, subject: str) -> None:
    assert understand(text, NOW).subject == subject


@requirement("PLAN-5")
def test_an_ambiguous_place_is_unsure_and_brings_its_candidates() -> None:
    intent = understand("concerts in Springfield", NOW)
    (place,) = intent.about(Topic.PLACE)
    assert place.confidence < 0.5
    assert {p.region for p in intent.places} >= {"MO", "MA", "IL"}
    (clear,) = understand("concerts in Springfield, IL", NOW).about(Topic.PLACE)
    assert clear.confidence == 1.0


def test_coordinates_in_a_question_are_the_centre() -> None:
    (place,) = understand("events within 5 miles of San Francisco (37.7749,-122.4194)", NOW).places
    assert (place.name, place.latitude, place.longitude) == ("San Francisco", 37.7749, -122.4194)


@requirement("PROVE-8")
@pytest.mark.parametrize(
    ("text", "writes"),
    [
        ("order a pizza", True),
        ("please book two tickets for Friday", True),
        ("sign me up for the yoga class", True),
        ("I want to buy a ticket", True),
        ("books by Jane Austen", False),
        ("posts by date", False),
        ("events ordered by price", False),
        ("book fairs in Paris", False),
    ],
)
def test_only_questions_that_ask_for_a_change_write(text: str, writes: bool) -> None:
    assert understand(text, NOW).writes is writes


@pytest.mark.parametrize("text", ["", "   ", "?!", "events on 31 June", "events on February 30", "events at 25pm"])
def test_what_cannot_mean_anything_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        understand(text, NOW)
    assert refused.value.remedy


def check_spans(text: str, intent: Intent) -> None:
    for constraint in intent.constraints:
        assert 0 <= constraint.start < constraint.end <= len(text)
        assert constraint.span == text[constraint.start : constraint.end]
        assert 0 < constraint.confidence <= 1
    for day in intent.about(Topic.DATE):
        assert resolve(str(day.value), NOW.date())
    for place in intent.about(Topic.PLACE):
        assert find(str(place.value))


SCRAPS = """
events in near SF Oakland , . " ' within 5 miles km under $ 20 € next this weekend by not sorted price first the 12 May
June 31 and or with its name 7 pm - until Springfield most = : licence top ( 37.77,-122.41 ) İ ß
"""
WORDS = st.sampled_from(SCRAPS.split())


@requirement("PLAN-2")
@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join)))
def test_any_text_is_understood_or_an_invalid_query(text: str) -> None:
    try:
        intent = understand(text, NOW)
    except InvalidQuery:
        return
    check_spans(text, intent)
    assert Intent.model_validate_json(intent.model_dump_json()) == intent


def test_spans_point_into_the_question_with_its_own_spacing() -> None:
    text = "  Jazz\t concerts   in  Berkeley –  “late”  "
    intent = understand(text, NOW)
    check_spans(text, intent)
    assert [c.span for c in intent.constraints] == ["Jazz", "concerts", "in  Berkeley", "“late”"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("berkeley farmers markets", ["Berkeley"]),
        ("gigs near Hackney, London", ["Hackney"]),
        ("events in London, Paris and Rome", ["London", "Paris", "Rome"]),
        ("parties in Oakland, Berkeley and SF", ["Oakland", "Berkeley", "San Francisco"]),
        ("which San Francisco events are free?", ["San Francisco"]),
        ("the Boston Celtics game", []),
        ("talks in English", []),
        ("I am interested in Rock", []),
        ("something to buy for us", []),
        ("concerts in Philadelphia, can you help?", ["Philadelphia"]),
        ("genre: jazz city: Oakland", ["Oakland"]),
    ],
)
def test_places_are_read_where_the_grammar_has_them(text: str, places: list[str]) -> None:
    assert [c.value for c in understand(text, NOW).about(Topic.PLACE)] == places


def test_a_holiday_is_a_day_only_behind_a_preposition() -> None:
    assert said("events on christmas eve") == [("date", "from", "2027-12-24"), ("date", "to", "2027-12-24")]
    assert ("keywords", "contains", "christmas") in said("christmas markets")


def test_walking_distance_is_a_mile_that_is_not_sure() -> None:
    (distance,) = understand("cafes within walking distance of Oakland", NOW).about(Topic.DISTANCE)
    assert (distance.value, distance.unit, distance.confidence) == (1, "mi", 0.5)
