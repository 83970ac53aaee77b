"""Calendars as plain events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import read_calendar
from tests.requirements import requirement

TEXT = """BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
UID:7@town\r
SUMMARY:Bread\\, salt\\nand wine\r
DTSTART;TZID=Europe/Berlin:20270515T190000\r
DTEND:20270515T210000Z\r
LOCATION:Library\r
  Hall\r
CATEGORIES:Food,Talks\\, long\r
ORGANIZER;CN="Ada: Berg":mailto:ada@town.example\r
GEO:48.1;11.5\r
BEGIN:VALARM\r
DESCRIPTION:Reminder\r
END:VALARM\r
END:VEVENT\r
BEGIN:VEVENT\r
SUMMARY:Market day\r
DTSTART;VALUE=DATE:20270516\r
DTEND:whenever\r
GEO:north;south\r
ORGANIZER:mailto:ben@town.example\r
X-UNKNOWN:1\r
no colon here\r
END:VEVENT\r
END:VCALENDAR\r
"""


@requirement("LEARN-1")
def test_events_come_with_iso_moments_zones_and_unfolded_text() -> None:
    first, second = read_calendar(TEXT)["events"]  # type: ignore[misc]  # a JSON value that is a list of two
    assert first == {
        "id": "7@town",
        "title": "Bread, salt\nand wine",
        "start": "2027-05-15T19:00:00",
        "timezone": "Europe/Berlin",
        "end": "2027-05-15T21:00:00Z",
        "location": "Library Hall",
        "categories": ["Food", "Talks, long"],
        "organizer": "Ada: Berg",
        "latitude": 48.1,
        "longitude": 11.5,
    }
    assert second == {
        "title": "Market day",
        "start": "2027-05-16",
        "end": "whenever",
        "latitude": None,
        "longitude": None,
        "organizer": "ben@town.example",
    }


def test_a_calendar_has_at_most_five_thousand_events() -> None:
    events = read_calendar("BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n" * 5001)["events"]
    assert isinstance(events, list)
    assert len(events) == 5000


@given(st.text())
def test_no_text_is_too_odd_for_the_reader(text: str) -> None:
    assert set(read_calendar(text)) == {"events"}
