"""What type a column of sampled values has, and how its values read as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from domain.meaning.moments import read_datetime
from domain.plan import FieldType
from domain.values import JsonValue

_NUMBER = re.compile(r"[-+]?(?:\d{1,15}|\d{1,3}(?:,\d{3})+)(\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?Z| ?[+-]\d{2}:?\d{2})?")
_SIGN = r"(?:[$€£¥₹₩₽₺₴₪￥]|US\$|CA\$|A\$|R\$|[A-Z]{3}|zł|kr\.?|Kč|Ft|円|元|원|Fr\.?|euros?|Euro)"
_FIGURES = r"\d(?:[\d.,'’]|[\s\u00a0\u202f](?=\d{3}))*(?:,-|\.-)?"
_PRICE = re.compile(
    rf"(?:(?i:from|ab|dès|desde|à partir de|vanaf|da|od|only|nur) )?(?:{_SIGN} ?{_FIGURES}|{_FIGURES} ?{_SIGN})"
    r"(?: ?[-–] ?.{1,16})?",
)
_LONGEST_DATE: Final = 60
_ANY_DAY: Final = date(2024, 1, 1)
"""Stands in for today: only whether a text can be read as a day matters; a leap year knows the 29th of February."""
_DATE_LIKE = re.compile(r"[^\W\d_]{3}|\d[./年-]\s?\d")
_FREE_WORDS: Final = frozenset(
    {"free", "gratis", "gratuit", "kostenlos", "gratuito", "無料", "free entry", "entrée libre", "eintritt frei"}
)
_IDENTIFIER_NAME = re.compile(r"(^|_)(id|uuid|guid|key|code|zip|zipcode|postcode|postal_code|phone|isbn|sku|ean|upc)$")
_TIME_NAME = re.compile(r"(_at|_time|_on|date|timestamp|_ts|^time|^created|^updated|^published)$")
_MEASURE_NAME = re.compile(r"(^|_)(price|cost|fee|amount|rating|latitude|longitude|lat|lng|lon)$")
_URL_NAME = re.compile(r"(url|href|link|uri|permalink|website|homepage)$")
_TITLE_NAME = re.compile(r"(^|_)(title|name|headline|heading)$")
_FIGURE_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_DATE_WORDS: Final = 4
"""So many words a written day has at most: a weekday, "the", "of", a month."""
_ENOUGH: Final = 0.9
"""Share of the values that must look like a type for the column to have it; sites have odd values."""


def type_of(values: Sequence[JsonValue], name: str = "") -> FieldType:
    """Return the type that at least nine in ten of the present values have; ``name`` settles doubt."""
    present = [v for v in values if v is not None and v != ""]
    if not present:
        return FieldType.STRING
    if any(isinstance(v, list) for v in present):
        return FieldType.ARRAY
    if any(isinstance(v, dict) for v in present):
        return FieldType.OBJECT
    if all(isinstance(v, bool) for v in present):
        return FieldType.BOOLEAN
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in present):
        return _number_type(present, name)
    return _text_type([as_text(v) for v in present], name)


def as_text(value: JsonValue) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ", ".join(as_text(v) for v in value)
    return "" if value is None else " ".join(str(value).split())


def _number_type(values: Sequence[JsonValue], name: str) -> FieldType:
    if _TIME_NAME.search(name) and all(isinstance(v, int | float) and 9e8 < v < 5e12 for v in values):
        return FieldType.DATETIME
    if _MEASURE_NAME.search(name):
        return FieldType.NUMBER
    return FieldType.INTEGER if all(isinstance(v, int) for v in values) else FieldType.NUMBER


def _text_type(texts: list[str], name: str) -> FieldType:
    if _share(texts, _DATE) >= _ENOUGH:
        return FieldType.DATE
    if _share(texts, _DATETIME) >= _ENOUGH:
        return FieldType.DATETIME
    written = None if _TITLE_NAME.search(name) and _says_more(texts) else _written_moments(texts)
    if written is not None:
        return written
    if all(t.lower() in {"true", "false"} for t in texts):
        return FieldType.BOOLEAN
    if all(t.startswith(("http://", "https://")) or (_URL_NAME.search(name) and t.startswith("/")) for t in texts):
        return FieldType.URL
    if _share(texts, _NUMBER) >= _ENOUGH and not _IDENTIFIER_NAME.search(name) and not _leading_zero(texts):
        decimal = any("." in t for t in texts) or _MEASURE_NAME.search(name)
        return FieldType.NUMBER if decimal else FieldType.INTEGER
    if _share([t for t in texts if t.lower() not in _FREE_WORDS], _PRICE) >= _ENOUGH:
        return FieldType.PRICE
    return FieldType.STRING


def _share(texts: list[str], *patterns: re.Pattern[str]) -> float:
    hits = sum(1 for t in texts if any(p.fullmatch(t) for p in patterns))
    return hits / len(texts) if texts else 0.0


def _written_moments(texts: list[str]) -> FieldType | None:
    """Whether texts are days as people write them; with a time of day in most of them they are moments."""
    short = [t for t in texts if len(t) <= _LONGEST_DATE and re.search(r"\d", t)]
    read = [m for t in short if _DATE_LIKE.search(t) and (m := read_datetime(t, _ANY_DAY)) is not None]
    if len(read) < _ENOUGH * len(texts):
        return None
    timed = sum(1 for m in read if m.hour or m.minute or m.second)
    return FieldType.DATETIME if timed > 0.5 * len(read) else FieldType.DATE


def _says_more(texts: list[str]) -> bool:
    """Whether most texts hold more words than a day does: a record's name may have its day in brackets."""
    more = 0
    for text in texts:
        words = len(re.findall(r"[^\W\d_]{2,}", text))
        more += words > (0 if _FIGURE_DATE.search(text) else _DATE_WORDS)
    return more > 0.5 * len(texts)


def _leading_zero(texts: list[str]) -> bool:
    return any(len(t) > 1 and t[0] == "0" and t[1] != "." for t in texts)
