"""Words, places, distances and days, as the planner understands them too (domain.meaning)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.errors import InvalidQuery
from domain.meaning import dates, gazetteer, geo, words
from domain.meaning.moments import read_clock
from domain.place import Place
from sandbox.facade.kit.clock import today
from sandbox.facade.kit.errors import UnknownPlace
from sandbox.facade.kit.values import to_datetime


def matches(texts: Iterable[str | None], keywords: Sequence[str]) -> bool:
    """Return whether every keyword is found in some of the texts; True when there are no keywords.

    Word forms, spellings ("hip-hop", "hip hop", "hiphop") and a few synonyms count; parts of words do not.

    Example:
        ``matches([item.title, item.description], request.keywords)``
    """
    present = [text for text in texts if text]
    return all(words.matches(present, keyword) for keyword in keywords if keyword and keyword.strip())


def mentions(texts: Iterable[str | None], word: str) -> bool:
    """Return whether one word or phrase is found in some of the texts, as ``matches`` does."""
    return words.matches([text for text in texts if text], word)


def place(name: str) -> Place:
    """Return a place by its name or a common short form ("SF", "NYC"): ``.name``, ``.latitude``, ``.longitude``.

    Raises:
        UnknownPlace: no such place is known.
    """
    found = gazetteer.find(name)
    if found is None:
        raise UnknownPlace(f"no place named {name!r} is known; give a larger city nearby")
    return found


def distance(lat1: float, lon1: float, lat2: float, lon2: float, unit: str = "mi") -> float:
    """Return the great-circle distance between two coordinates in miles (``unit="km"``: kilometres)."""
    miles = geo.distance_miles(lat1, lon1, lat2, lon2)
    return miles * geo.KM_PER_MILE if unit.lower().startswith("k") else miles


def date_bounds(date_from: str | None, date_to: str | None, timezone: str = "UTC") -> tuple[date | None, date | None]:
    """Return the first and last day that are wanted, both inclusive; None is open.

    Each is an ISO day or a phrase relative to the job's clock ("today", "this weekend", "next month"):
    ``date_from`` takes the phrase's first day, ``date_to`` its last.

    Raises:
        ValueError: a text that is neither.
    """
    here = today(timezone)
    try:
        first = dates.resolve(date_from, here).start if date_from else None
        last = dates.resolve(date_to, here).end if date_to else None
    except InvalidQuery as problem:
        raise ValueError(str(problem)) from None
    return first, last


def day(value: str | int | float | date | datetime | None, timezone: str = "UTC") -> date | None:
    """Return the calendar day of a moment in a time zone (IANA name), or None when it cannot be read.

    A moment with a zone is carried over to ``timezone``; a bare day, or one without a zone, stays as written.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    moment = to_datetime(value)
    if moment is None:
        return None
    if moment.tzinfo is None:
        return moment.date()
    return moment.astimezone(ZoneInfo(timezone or "UTC")).date()


def time_of_day(value: str | int | float | date | datetime | None, timezone: str = "UTC") -> str | None:
    """Return the clock time of a moment in a time zone (IANA name) as "HH:MM"; None when it has none.

    A moment without a zone stays as written; so does a bare clock time ("7:30 pm", "19h30").
    """
    moment = to_datetime(value)
    if moment is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return read_clock(value) if isinstance(value, str) else None
    if isinstance(value, str) and moment.hour == moment.minute == 0 and read_clock(value) is None:
        return None
    local = moment if moment.tzinfo is None else moment.astimezone(ZoneInfo(timezone or "UTC"))
    return f"{local.hour:02d}:{local.minute:02d}"


def in_range(day: date | None, start: date | None, end: date | None) -> bool:
    """Return whether a day lies between two inclusive bounds (None is open). No day is never inside a bound."""
    if start is None and end is None:
        return True
    if day is None:
        return False
    return (start is None or day >= start) and (end is None or day <= end)
