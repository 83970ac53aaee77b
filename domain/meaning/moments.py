"""Dates, times and durations as sites of several countries write them, with nothing that a jail would have to carry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero gennaio gen janeiro januari stycznia",
            "february feb februar février fevrier fév fev febrero febbraio fevereiro februari lutego",
            "march mar märz maerz mrz mars marzo março maart marca",
            "april apr avril avr abril aprile kwietnia",
            "may mai mayo maggio mag maio mei maj maja",
            "june jun juni juin junio giugno giu junho czerwca",
            "july jul juli juillet juil julio luglio lug julho lipca",
            "august aug août aout agosto ago augustus augusti sierpnia",
            "september sep sept septembre septiembre settembre set setembro września",
            "october oct okt oktober octobre octubre ottobre ott outubro października",
            "november nov novembre noviembre novembro listopada",
            "december dec dez dezember décembre decembre déc diciembre dicembre dic dezembro grudnia",
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
_DAY_FIRST = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+(?:of|de|di))?[\s-]+({_WORD})\.?,?(?:\s+de)?[\s-]+(\d{{4}})", re.IGNORECASE
)
_MONTH_FIRST = re.compile(rf"({_WORD})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.IGNORECASE)
_CHARACTERS = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+(?:of|de))?[\s-]+({_WORD})\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b({_WORD})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:|\s*\d)", re.IGNORECASE)
_PAST_DAYS = 60  # a day without a year lies in the coming months, or was not long ago
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_SLASHES = re.compile(r"\b(\d{1,4})[/.](\d{1,2})[/.](\d{2,4})\b")
_CLOCK = re.compile(
    r"\b(\d{1,2})[:hH時시](\d{2})(?::(\d{2}))?\s*([ap]\.?m\.?)?\s*(Z\b|UTC|GMT|[+-]\d{2}:?\d{2})?|\b(\d{1,2})\s*([ap]\.?m\.?)(?!\w)",
    re.IGNORECASE,
)
_LONGEST = 200  # characters; a date is never longer, and patterns stay linear


def read_datetime(text: str, today: date | None = None) -> datetime | None:
    """Return the moment a text names, or None. Without a zone in the text the result has none.

    "03/04/2027" is read as month/day unless the first part exceeds 12; "03.04.2027" as day and month. A day without
    a year ("Sat, 15 May") is read only when ``today`` is given: it is the one nearest to it, rather ahead than past.
    """
    text = text.strip()[:_LONGEST]
    try:
        return _iso(text) or _compact(text) or _written(text, today)
    except (ValueError, OverflowError):
        return None


def read_clock(text: str) -> str | None:
    """Return the first time of day in a text ("7:30 pm", "19h30", "T19:30") as "HH:MM", or None."""
    found = _CLOCK.search(re.sub(r"(?<=\d)T(?=\d{2}:)", " ", text[:_LONGEST]))
    if found is None:
        return None
    hour, minute, _, half, _, bare, bare_half = found.groups()
    hours = int(hour or bare)
    half = (half or bare_half or "").lower()
    if half:
        hours = hours % 12 + (12 if half.startswith("p") else 0)
    return f"{hours:02d}:{int(minute or 0):02d}" if hours < 24 else None


_ISO_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?")
_DURATION = re.compile(
    r"(?:(?P<h>\d+(?:[.,]\d+)?)\s*(?:h|hrs?|hours?|std|stunden?|heures?|horas?|ore)\b\.?\s*(?:and |und |et )?)"
    r"(?:(?P<m>\d+)\s*(?:m|mins?|minutes?|minuten|minutos|minuti)?\b\.?)?",
    re.IGNORECASE,
)


_HOURS_AND_MORE = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")


def minutes_of(text: str) -> float | None:
    """Return the minutes of a text that is a duration ("PT1H30M", "1 h 30 min", "2 hours", "1:02:30"), or None.

    A bare number of minutes ("25 min") is left to whoever reads numbers: it says the same.
    """
    plain = text.strip()
    iso = _ISO_DURATION.fullmatch(plain) if len(plain) > 2 and plain[0] == "P" else None
    if iso and any(iso.groups()):
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return days * 1440 + hours * 60 + minutes + seconds / 60
    clock = _HOURS_AND_MORE.fullmatch(plain)
    if clock:
        return int(clock[1]) * 60 + int(clock[2]) + int(clock[3]) / 60
    said = _DURATION.fullmatch(plain)
    return float(said["h"].replace(",", ".")) * 60 + int(said["m"] or 0) if said else None


def _iso(text: str) -> datetime | None:
    found = _ISO.search(text)
    if not found:
        return None
    *figures, fraction, zone = found.groups()
    return _moment(figures, fraction, _zone(zone))


def _compact(text: str) -> datetime | None:
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    *figures, zulu = found.groups()
    return _moment(figures, None, UTC if zulu else None)


def _moment(figures: Sequence[str | None], fraction: str | None, zone: tzinfo | None) -> datetime:
    """Return the moment of year, month, day, hour, minute and second; what a time leaves out counts as nought."""
    year, month, day, hour, minute, second = (int(figure or 0) for figure in figures)
    return datetime(year, month, day, hour, minute, second, int((fraction or "0")[:6].ljust(6, "0")), tzinfo=zone)


def _written(text: str, today: date | None) -> datetime | None:
    day = _day(text) or (_day_of_no_year(text, today) if today is not None else None)
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
    for pattern, order in (
        (_DAY_FIRST, "dmy"),
        (_MONTH_FIRST, "mdy"),
        (_CHARACTERS, "ymd"),
        (_DOTTED, "dmy"),
        (_SLASHES, ""),
    ):
        for found in pattern.finditer(text):
            parts = dict(zip(order, found.groups(), strict=False)) if order else _numeric(*found.groups())
            written = parts["m"].lower()
            month = int(written) if written.isdecimal() else _MONTHS.get(written)
            if month:
                moment = datetime(int(parts["y"]), month, int(parts["d"]))  # noqa: DTZ001 - see read_datetime
                return moment, found.start(), found.end()
    return None


def _day_of_no_year(text: str, today: date) -> tuple[datetime, int, int] | None:
    for pattern, order in ((_DAY_MONTH, "dm"), (_MONTH_DAY, "md")):
        for found in pattern.finditer(text):
            parts = dict(zip(order, found.groups(), strict=True))
            month = _MONTHS.get(parts["m"].lower())
            if month:
                day = datetime(today.year, month, int(parts["d"]))  # noqa: DTZ001 - see read_datetime
                late = (today - day.date()).days > _PAST_DAYS
                early = (day.date() - today).days > 366 - _PAST_DAYS
                return day.replace(year=today.year + late - early), found.start(), found.end()
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
