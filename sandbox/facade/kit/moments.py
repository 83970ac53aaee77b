"""Reading dates and times as sites write them, without a library that the child would have to carry."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero",
            "february feb februar février fevrier febrero",
            "march mar märz mars marzo",
            "april apr avril abril",
            "may mai mayo",
            "june jun juni juin junio",
            "july jul juli juillet julio",
            "august aug août aout agosto",
            "september sep sept septembre septiembre",
            "october oct okt oktober octobre octubre",
            "november nov novembre noviembre",
            "december dec dez dezember décembre decembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_WORD = r"[^\W\d_]{3,10}"
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"\b(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?\b")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+of)?[\s-]+({_WORD})\.?,?[\s-]+(\d{{4}})", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"({_WORD})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.IGNORECASE)
_SLASHES = re.compile(r"\b(\d{1,4})[/.](\d{1,2})[/.](\d{2,4})\b")
_CLOCK = re.compile(
    r"\b(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]\.?m\.?)?\s*(Z\b|UTC|GMT|[+-]\d{2}:?\d{2})?|\b(\d{1,2})\s*([ap]\.?m\.?)(?!\w)",
    re.IGNORECASE,
)
_LONGEST = 200  # characters; a date is never longer, and patterns stay linear


def read_datetime(text: str) -> datetime | None:
    """Return the moment a text names, or None. Without a zone in the text the result has none.

    "03/04/2027" is read as month/day unless the first part exceeds 12.
    """
    text = text.strip()[:_LONGEST]
    try:
        return _iso(text) or _compact(text) or _written(text)
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    found = _ISO.search(text)
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    moment = datetime(  # noqa: DTZ001 - the zone is what the text says
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0")[:6].ljust(6, "0")),
    )
    return moment.replace(tzinfo=_zone(zone))


def _compact(text: str) -> datetime | None:
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, zulu = found.groups()
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
    return moment.replace(tzinfo=UTC if zulu else None)


def _written(text: str) -> datetime | None:
    day = _day(text)
    if day is None:
        return None
    rest = text[: day[1]] + " " + text[day[2] :]
    clock = _CLOCK.search(rest)
    if not clock:
        return day[0]
    hour, minute, second, half, zone, bare, bare_half = clock.groups()
    hours = int(hour or bare)
    half = (half or bare_half or "").lower()
    if half:
        hours = hours % 12 + (12 if half.startswith("p") else 0)
    return day[0].replace(hour=hours, minute=int(minute or 0), second=int(second or 0), tzinfo=_zone(zone))


def _day(text: str) -> tuple[datetime, int, int] | None:
    for pattern, order in ((_DAY_FIRST, "dmy"), (_MONTH_FIRST, "mdy"), (_SLASHES, "")):
        for found in pattern.finditer(text):
            parts = dict(zip(order, found.groups(), strict=False)) if order else _numeric(*found.groups())
            month = _MONTHS.get(parts["m"].lower()) if order else int(parts["m"])
            if month:
                moment = datetime(int(parts["y"]), month, int(parts["d"]))  # noqa: DTZ001 - see read_datetime
                return moment, found.start(), found.end()
    return None


def _numeric(first: str, second: str, third: str) -> dict[str, str]:
    if len(first) == 4:
        return {"y": first, "m": second, "d": third}
    year = third if len(third) == 4 else "20" + third.zfill(2)[-2:]
    if int(first) > 12:
        return {"d": first, "m": second, "y": year}
    return {"m": first, "d": second, "y": year}


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
