from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidQuery
from domain.meaning.dates import DateRange, is_holiday, is_relative, is_single, local_date, moves, resolve
from tests.requirements import requirement

WEDNESDAY = date(2027, 5, 12)
SATURDAY = date(2027, 5, 15)
SUNDAY = date(2027, 5, 16)


def days(start: str, end: str | None = None) -> DateRange:
    return DateRange(date.fromisoformat(start), date.fromisoformat(end or start))


@requirement("PLAN-2", "PLAN-3")
@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("today", days("2027-05-12")),
        ("tonight", days("2027-05-12")),
        ("later today", days("2027-05-12")),
        ("tomorrow", days("2027-05-13")),
        ("day after tomorrow", days("2027-05-14")),
        ("yesterday", days("2027-05-11")),
        ("this week", days("2027-05-12", "2027-05-16")),
        ("next week", days("2027-05-17", "2027-05-23")),
        ("this weekend", days("2027-05-15", "2027-05-16")),
        ("the weekend", days("2027-05-15", "2027-05-16")),
        ("next weekend", days("2027-05-22", "2027-05-23")),
        ("this month", days("2027-05-12", "2027-05-31")),
        ("next month", days("2027-06-01", "2027-06-30")),
        ("this year", days("2027-05-12", "2027-12-31")),
        ("next year", days("2028-01-01", "2028-12-31")),
        ("next quarter", days("2027-07-01", "2027-09-30")),
        ("rest of the month", days("2027-05-12", "2027-05-31")),
        ("on Friday", days("2027-05-14")),
        ("wednesday", days("2027-05-12")),
        ("next Friday", days("2027-05-21")),
        ("Friday next week", days("2027-05-21")),
        ("Saturday this week", days("2027-05-15")),
        ("Friday night", days("2027-05-14")),
        ("12 May", days("2027-05-12")),
        ("11 May", days("2028-05-11")),
        ("May 12th", days("2027-05-12")),
        ("12th of March 2027", days("2027-03-12")),
        ("Dec 3, 2027", days("2027-12-03")),
        ("the 9th", days("2027-06-09")),
        ("the 20th", days("2027-05-20")),
        ("10th of this month", days("2027-05-10")),
        ("3rd of next month", days("2027-06-03")),
        ("June", days("2027-06-01", "2027-06-30")),
        ("April", days("2028-04-01", "2028-04-30")),
        ("june 2027", days("2027-06-01", "2027-06-30")),
        ("2027-05-12", days("2027-05-12")),
        ("2027-06", days("2027-06-01", "2027-06-30")),
        ("2028", days("2028-01-01", "2028-12-31")),
        ("31.12.2027", days("2027-12-31")),
        ("12/31/2027", days("2027-12-31")),
        ("31/12/2027", days("2027-12-31")),
        ("29 February", days("2028-02-29")),
        ("in the next 7 days", days("2027-05-12", "2027-05-19")),
        ("next two weeks", days("2027-05-12", "2027-05-26")),
        ("in 3 days", days("2027-05-15")),
        ("this summer", days("2027-06-01", "2027-08-31")),
        ("next 2 weekends", days("2027-05-15", "2027-05-23")),
        ("the next couple of days", days("2027-05-12", "2027-05-14")),
        ("the coming week", days("2027-05-17", "2027-05-23")),
        ("the coming weekend", days("2027-05-15", "2027-05-16")),
        ("end of the month", days("2027-05-12", "2027-05-31")),
        ("end of next month", days("2027-05-12", "2027-06-30")),
        ("2 months from now", days("2027-07-12")),
        ("this spring", days("2027-05-12", "2027-05-31")),
        ("next spring", days("2028-03-01", "2028-05-31")),
        ("this winter", days("2027-12-01", "2028-02-29")),
        ("last month", days("2027-04-01", "2027-04-30")),
        ("20 to 25", days("2027-05-20", "2027-05-25")),
        ("early June", days("2027-06-01", "2027-06-10")),
        ("late february", days("2028-02-21", "2028-02-29")),
        ("weekend of 22 May", days("2027-05-22", "2027-05-23")),
        ("Christmas Eve", days("2027-12-24")),
        ("New Year’s Day", days("2028-01-01")),
        ("Saturday or Sunday", days("2027-05-15", "2027-05-16")),
        ("from 15 to 31 May 2027", days("2027-05-15", "2027-05-31")),
        ("between 10 May and 20 June 2027", days("2027-05-10", "2027-06-20")),
        ("May 10-20", days("2027-05-10", "2027-05-20")),
        ("May 10 to 20, 2028", days("2028-05-10", "2028-05-20")),
        ("10–12 June", days("2027-06-10", "2027-06-12")),
        ("28 December to 3 January", days("2027-12-28", "2028-01-03")),
        ("the 10th to the 15th", days("2027-05-10", "2027-05-15")),
        ("Friday to Sunday", days("2027-05-14", "2027-05-16")),
    ],
)
def test_phrases_mean_days_seen_from_a_wednesday(phrase: str, expected: DateRange) -> None:
    assert resolve(phrase, WEDNESDAY) == expected


def test_the_weekend_is_both_days_on_saturday_and_what_is_left_on_sunday() -> None:
    assert resolve("this weekend", SATURDAY) == days("2027-05-15", "2027-05-16")
    assert resolve("this weekend", SUNDAY) == days("2027-05-16")
    assert resolve("next weekend", SUNDAY) == days("2027-05-22", "2027-05-23")


@pytest.mark.parametrize("phrase", ["31 June", "30 February", "February 30", "2027-02-29", "2027-13-01", "the 32nd"])
def test_days_that_do_not_exist_are_refused_with_a_remedy(phrase: str) -> None:
    with pytest.raises(InvalidQuery, match="no such day") as refused:
        resolve(phrase, WEDNESDAY)
    assert refused.value.remedy


@pytest.mark.parametrize(
    "phrase", ["", "soon", "hip-hop", "99", "next", "from June", "today to the 3rd", "20 June 2027 to 10 May 2027"]
)
def test_what_is_no_date_is_refused(phrase: str) -> None:
    with pytest.raises(InvalidQuery):
        resolve(phrase, WEDNESDAY)


def test_only_phrases_told_from_today_move() -> None:
    assert [
        p for p in ("this weekend", "12 May", "2027-05-12", "June", "the 9th", "tomorrow", "next Friday") if moves(p)
    ] == [
        "this weekend",
        "tomorrow",
        "next Friday",
    ]
    assert is_relative("12 May")
    assert not is_relative("12 May 2027")


@pytest.mark.parametrize(
    ("value", "timezone", "expected"),
    [
        ("2027-05-15T02:00:00.000Z", "America/Los_Angeles", "2027-05-14"),
        ("2027-05-14T23:30:00+00:00", "Asia/Tokyo", "2027-05-15"),
        ("2027-05-14T23:30:00", "Asia/Tokyo", "2027-05-14"),
        ("2027-05-14", "Asia/Tokyo", "2027-05-14"),
    ],
)
def test_a_moment_falls_on_the_day_of_its_zone(value: str, timezone: str, expected: str) -> None:
    assert local_date(value, timezone) == date.fromisoformat(expected)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)))
def test_coming_periods_begin_today_or_later_and_iso_days_round_trip(today: date) -> None:
    for phrase in (
        "today",
        "this week",
        "this weekend",
        "this month",
        "friday",
        "next month",
        "june",
        "the 31st",
        "may 12",
    ):
        found = resolve(phrase, today)
        assert today <= found.end
        assert found.start <= found.end
    assert resolve(today.isoformat(), date(2027, 5, 12)) == DateRange(today, today)


@given(st.text(alphabet="0123456789abcdefjmnoprtuvy- /.,", max_size=24))
def test_any_text_is_days_or_an_invalid_query(text: str) -> None:
    try:
        found = resolve(text, WEDNESDAY)
    except InvalidQuery:
        return
    assert found.start <= found.end


def test_a_season_that_is_over_is_the_next_one_and_one_that_runs_is_this() -> None:
    assert resolve("this spring", date(2027, 6, 2)) == days("2028-03-01", "2028-05-31")
    assert resolve("this winter", date(2027, 1, 20)) == days("2027-01-20", "2027-02-28")


def test_a_range_holds_its_ends_and_nothing_beyond() -> None:
    june = resolve("June", WEDNESDAY)
    assert june.holds(june.start)
    assert june.holds(june.end)
    assert not june.holds(WEDNESDAY)


def test_holidays_and_ranges_are_told_from_single_days() -> None:
    assert is_holiday("New Year's Eve")
    assert not is_holiday("12 May")
    assert is_single("2027-01-01")
    assert not is_single("1 to 5 June")


def test_a_range_from_a_bare_day_needs_a_day_at_its_end() -> None:
    with pytest.raises(InvalidQuery, match="no range of days"):
        resolve("0-next week", date(2027, 3, 3))
