"""Days, times of day and durations as sites of several countries write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from domain.meaning.moments import minutes_of, read_clock, read_datetime
from tests.requirements import requirement

TODAY = date(2027, 5, 12)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("12. Mai 2027", "2027-05-12T00:00"),
        ("samedi 15 mai 2027 à 20h30", "2027-05-15T20:30"),
        ("15 de mayo de 2027", "2027-05-15T00:00"),
        ("2027年5月15日", "2027-05-15T00:00"),
        ("03.04.2027", "2027-04-03T00:00"),
        ("03/04/2027", "2027-03-04T00:00"),
        ("Sat, May 15 · 7:00 PM", "2027-05-15T19:00"),
        ("15 May", "2027-05-15T00:00"),
        ("2 January", "2028-01-02T00:00"),
        ("20 April", "2027-04-20T00:00"),
    ],
)
@requirement("PLAN-3")
def test_days_are_read_in_the_writers_language(text: str, moment: str) -> None:
    assert read_datetime(text, TODAY) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("text", ["Room 12", "May 2027", "Top 5", "32 May", ""])
def test_what_names_no_day_is_none(text: str) -> None:
    assert read_datetime(text, TODAY) is None


def test_a_day_without_a_year_needs_a_today() -> None:
    assert read_datetime("15 May") is None


@pytest.mark.parametrize(
    ("text", "clock"),
    [("7:30 pm", "19:30"), ("19h30", "19:30"), ("2027-05-15T09:05:00", "09:05"), ("12 am", "00:00"), ("soon", None)],
)
def test_the_time_of_day_is_told_in_24_hours(text: str, clock: str | None) -> None:
    assert read_clock(text) == clock


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("PT1H30M", 90),
        ("PT25M", 25),
        ("P1DT2H", 1560),
        ("1 h 30 min", 90),
        ("2 hours", 120),
        ("25 min", None),
        ("P", None),
    ],
)
def test_durations_are_minutes(text: str, minutes: float | None) -> None:
    assert minutes_of(text) == minutes
