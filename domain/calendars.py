"""iCalendar text (RFC 5545) as plain events. Pure; recurrence rules are told, not unrolled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from domain.values import JsonObject, JsonValue

MOST_EVENTS: Final = 5000
_NAMES: Final = {
    "UID": "id",
    "SUMMARY": "title",
    "DTSTART": "start",
    "DTEND": "end",
    "LOCATION": "location",
    "DESCRIPTION": "description",
    "URL": "url",
    "CATEGORIES": "categories",
    "ORGANIZER": "organizer",
    "STATUS": "status",
    "RRULE": "repeats",
    "GEO": "geo",
}
_MOMENT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?$")
_ESCAPED: Final = re.compile(r"\\([\\;,nN])")


def read_calendar(text: str) -> JsonObject:
    """Return ``{"events": [...]}``: each event with id, title, start and end in ISO form, location, url and more.

    A start with a zone of its own has its name as ``timezone``; a whole day is a bare date. What an event lacks is
    left out. At most 5,000 events; a text that is no calendar gives none.
    """
    events: list[JsonValue] = []
    event: dict[str, JsonValue] | None = None
    depth = 0
    for name, parameters, value in _lines(text):
        if (name, value.upper()) == ("BEGIN", "VEVENT"):
            event, depth = {}, 0
        elif name == "BEGIN":
            depth += 1  # an alarm inside an event has a description of its own
        elif (name, value.upper()) == ("END", "VEVENT") and event is not None:
            events.append(event)
            event = None
            if len(events) >= MOST_EVENTS:
                break
        elif name == "END":
            depth -= 1
        elif event is not None and depth == 0 and name in _NAMES:
            _put(event, name, parameters, value)
    return {"events": events}


def _lines(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """The content lines, unfolded: name, parameters, value."""
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        head, colon, value = _parted(line)
        if colon:
            name, *rest = head.split(";")
            given = dict(part.split("=", 1) for part in rest if "=" in part)
            yield name.upper().strip(), {k.upper(): v.strip('"') for k, v in given.items()}, value.strip()


def _parted(line: str) -> tuple[str, str, str]:
    """Part a line at its first colon outside quotes."""
    quoted = False
    for index, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return line[:index], ":", line[index + 1 :]
    return line, "", ""


def _put(event: dict[str, JsonValue], name: str, parameters: dict[str, str], value: str) -> None:
    key = _NAMES[name]
    if name in ("DTSTART", "DTEND"):
        event[key] = _moment(value)
        if name == "DTSTART" and parameters.get("TZID"):
            event["timezone"] = parameters["TZID"]
    elif name == "GEO":
        latitude, _, longitude = value.partition(";")
        event["latitude"], event["longitude"] = _number(latitude), _number(longitude)
    elif name == "CATEGORIES":
        event[key] = [_plain(part) for part in re.split(r"(?<!\\),", value) if part]
    elif name == "ORGANIZER":
        event[key] = parameters.get("CN") or value.removeprefix("mailto:").removeprefix("MAILTO:")
    else:
        event[key] = _plain(value)


def _moment(value: str) -> str:
    found = _MOMENT.match(value)
    if found is None:
        return value
    year, month, day, hour, minute, second, zulu = found.groups()
    date = f"{year}-{month}-{day}"
    return f"{date}T{hour}:{minute}:{second or '00'}{'Z' if zulu else ''}" if hour else date


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
