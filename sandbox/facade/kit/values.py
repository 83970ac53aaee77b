"""Turning what a source says into typed values. Every function returns None for what it cannot read."""

from __future__ import annotations

import html
import math
import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urljoin

from domain.meaning import money
from domain.meaning.moments import minutes_of, read_datetime
from sandbox.facade.kit import clock
from sandbox.facade.kit.errors import SourceChanged

_NUMBER = re.compile(r"[-+−]?\s*(?:\d[\d.,'’\u00a0\u202f ]*\d|\d)(?:[eE][-+]?\d+)?")
_SCALES = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000, "bn": 1_000_000_000}
_SCALE = re.compile(r"(k|m|bn|b)\b", re.IGNORECASE)
_TRUE = frozenset({"true", "yes", "y", "1", "on", "available", "t"})
_FALSE = frozenset({"false", "no", "n", "0", "off", "none", "f", ""})


_CELL = re.compile(
    r"\s*<(a|span|b|strong|i|em|small|time|abbr|label|code)\b[^<>]{0,500}>.{0,500}</\1>\s*", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]*>")


def to_text(value: Any) -> str | None:
    """Return text with white space folded and character references decoded; None for nothing.

    A cell that is one link, badge or the like in markup, as tables that a script fills get them, is what it shows.
    Numbers and booleans become their JSON text; a list becomes its texts joined by ", ".
    """
    if value is None:
        return None
    if isinstance(value, str):
        value = _TAG.sub("", value) if _CELL.fullmatch(value) else value
        folded = " ".join((html.unescape(value) if "&" in value else value).split())
        return folded or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        texts = [text for text in map(to_text, value) if text]
        return ", ".join(texts) or None
    if isinstance(value, dict):
        named = value.get("name") or value.get("title") or value.get("@value")
        return to_text(named) if named is not None else None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def to_number(value: Any) -> float | None:
    """Return a number from a number or from text such as "1,234.5", "1.234,5", "4.5 stars", "1.2k".

    A duration in hours ("PT1H30M", "1 h 30 min") is its minutes.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e308 and math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    lasting = minutes_of(value)
    if lasting is not None:
        return lasting
    found = _NUMBER.search(value)
    if not found:
        return None
    number = _plain_number(found.group())
    rest = value[found.end() :]
    scale = None if re.match(r"\s+m\b", rest) else _SCALE.match(rest.lstrip())  # "12 m" are metres, "12m" millions
    if number is not None and scale:
        number *= _SCALES[scale.group(1).lower()]
    return number


def to_integer(value: Any) -> int | None:
    """Return a whole number, read as ``to_number`` does; a fraction is cut off."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = to_number(value)
    return None if number is None else int(number)


def to_price(value: Any) -> float | None:
    """Return the amount of a price: "$1,999.99" is 1999.99, "Free" is 0.0; a row without a price is None.

    An object with ``amount``, ``price`` or ``value`` is read by that member.
    """
    if isinstance(value, dict):
        members = (value.get(name) for name in ("amount", "price", "value", "lowPrice"))
        return next((amount for amount in map(to_price, members) if amount is not None), None)
    if isinstance(value, str):
        found = money.parse(value)
        return None if found is None else float(found.amount)
    return to_number(value)


def to_boolean(value: Any) -> bool | None:
    """Return a truth value from booleans, 0/1, and words such as "yes", "false", "available"."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return bool(value)
    if isinstance(value, str):
        word = value.strip().casefold()
        return True if word in _TRUE else False if word in _FALSE else None
    return None


def to_datetime(value: Any) -> datetime | None:
    """Return a moment from ISO text, RFC 2822 text, "12 May 2027, 7:30 pm", or epoch seconds or milliseconds.

    A moment without a zone stays without one (local to the source); epochs are in UTC.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a bare day has no zone
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and not re.fullmatch(r"\d{9,13}", value.strip()):
        return read_datetime(value, clock.today())
    number = to_number(value)
    if number is None or abs(number) < 1e8:
        return None
    seconds = number / 1000 if abs(number) > 1e11 else number
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def to_date(value: Any) -> date | None:
    """Return the calendar day of a value as written, read as ``to_datetime`` does (see ``day`` for time zones)."""
    moment = to_datetime(value)
    return None if moment is None else moment.date()


def to_url(value: Any, base: str = "") -> str | None:
    """Return an absolute http or https address, resolved against ``base``; None for anything else."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("url") or value.get("href") or value.get("@id")
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        address = urljoin(base, html.unescape(value.strip()))
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None


def between(text: str, before: str, after: str) -> str:
    """Return what stands in a text between two markers: a token that a page carries for its own requests.

    Raises:
        SourceChanged: the first marker is not there.
    """
    _, found, rest = text.partition(before)
    if not found:
        raise SourceChanged(f"the page has no {before!r} any more")
    return rest.partition(after)[0]


def to_list(value: Any) -> list[Any]:
    """Return a list: a list itself, an object's names, the parts of text between commas or semicolons, or one value."""
    if value is None:
        return []
    if isinstance(value, list | tuple | set | dict):
        return list(value)
    if isinstance(value, str):
        return [part for part in (piece.strip() for piece in re.split(r"[,;|\n]", value)) if part]
    return [value]


def _plain_number(text: str) -> float | None:
    digits = re.sub(r"[\s'’\u00a0\u202f]", "", text).replace("−", "-")
    comma, dot = digits.rfind(","), digits.rfind(".")
    if comma > dot:
        grouped = digits.count(",") > 1 or (dot < 0 and len(digits) - comma == 4 and not digits.startswith("0,"))
        digits = digits.replace(",", "") if grouped else digits.replace(".", "").replace(",", ".")
    elif digits.count(".") > 1:
        digits = digits.replace(".", "").replace(",", "")
    else:
        digits = digits.replace(",", "")
    try:
        number = float(digits)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
