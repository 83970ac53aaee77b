"""Look-ups in a catalogue, and pages of a listing by cursor."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass

from examples.events_site.entries import stamp
from examples.events_site.generate import Catalogue
from examples.events_site.geo import miles_between
from examples.events_site.model import Calendar, Event
from examples.events_site.places import PLACES, Place

PAGE_CAP = 50


class BadCursor(ValueError):
    """The cursor is not one that the site gave out."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One page of a listing; ``next_cursor`` is None on the last one."""

    events: tuple[Event, ...]
    next_cursor: str | None


class Store:
    """Answers what the pages and endpoints ask. Listings are in order of start."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.by_slug = {event.slug: event for event in (*catalogue.upcoming, *catalogue.past)}
        self.by_id = {event.api_id: event for event in (*catalogue.upcoming, *catalogue.past)}
        self.calendar_by_slug = {calendar.slug: calendar for calendar in catalogue.calendars}
        self.calendar_by_id = {calendar.api_id: calendar for calendar in catalogue.calendars}

    @property
    def upcoming(self) -> tuple[Event, ...]:
        """Every event still ahead."""
        return self.catalogue.upcoming

    def in_place(self, slug: str) -> tuple[Event, ...]:
        """The upcoming events of a place, online ones too."""
        return tuple(event for event in self.upcoming if event.place.slug == slug)

    def in_category(self, slug: str) -> tuple[Event, ...]:
        """The upcoming events of a topic, everywhere."""
        return tuple(event for event in self.upcoming if any(each.slug == slug for each in event.categories))

    def of_calendar(self, calendar: Calendar, *, past: bool = False) -> tuple[Event, ...]:
        """An organiser's upcoming events, or the past ones with the latest first."""
        events = self.catalogue.past[::-1] if past else self.upcoming
        return tuple(event for event in events if event.calendar.api_id == calendar.api_id)


def nearest_place(latitude: float, longitude: float) -> Place:
    """The place whose centre is closest."""
    return min(PLACES, key=lambda each: miles_between(latitude, longitude, each.centre.latitude, each.centre.longitude))


def page_of(events: Sequence[Event], *, limit: int, cursor: str | None) -> Listing:
    """The page after the cursor; at most ``PAGE_CAP`` events whatever the limit says.

    Raises:
        BadCursor: the cursor cannot be read, or names an event that the listing does not have.
    """
    first = 0 if cursor is None else _after(events, cursor)
    shown = tuple(events[first : first + max(1, min(limit, PAGE_CAP))])
    has_more = first + len(shown) < len(events)
    return Listing(events=shown, next_cursor=cursor_at(shown[-1]) if has_more else None)


def cursor_at(event: Event) -> str:
    """Base64 of the last start and the last id."""
    return base64.b64encode(json.dumps({"sv": stamp(event.start), "fb": event.api_id}).encode()).decode()


def _after(events: Sequence[Event], cursor: str) -> int:
    try:
        last_id = json.loads(base64.b64decode(cursor, validate=True))["fb"]
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise BadCursor(cursor) from error
    for index, event in enumerate(events):
        if event.api_id == last_id:
            return index + 1
    raise BadCursor(cursor)
