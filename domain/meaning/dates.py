"""Days that a phrase means, seen from a given day.

Weeks run from Monday to Sunday. Periods that hold today begin today, since what is over is no answer:
"this week" is today to Sunday, "this month" today to its last day. "This weekend" is the coming
Saturday and Sunday, on a Saturday both days, on a Sunday that day alone. "Next Friday" is the Friday
of next week, "Friday" and "this Friday" the first one from today on. A day or month without a year is
the first one not over yet; a day of the month without a month likewise.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import InvalidQuery
from domain.meaning.numerals import NUMERAL, numeral

REMEDY = 'Write a day such as 2027-05-12 or "12 May 2027", or a phrase such as "this weekend" or "next month".'
_MONTH_NAMES = (
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_WEEKDAY_NAMES = (
    ("monday", "mon"),
    ("tuesday", "tues", "tue"),
    ("wednesday", "weds", "wed"),
    ("thursday", "thurs", "thur", "thu"),
    ("friday", "fri"),
    ("saturday", "sat"),
    ("sunday", "sun"),
)
MONTHS: Final = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
WEEKDAYS: Final = {name: number for number, names in enumerate(_WEEKDAY_NAMES) for name in names}
SEASONS: Final = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""First month of each season of three months, as the northern hemisphere's weather services count."""

HOLIDAYS: Final = {
    r"new year'?s eve": (12, 31),
    r"new year'?s(?: day)?": (1, 1),
    r"valentine'?s(?: day)?": (2, 14),
    r"(?:st\.? |saint )patrick'?s day": (3, 17),
    r"(?:the )?fourth of july": (7, 4),
    r"halloween": (10, 31),
    r"christmas eve": (12, 24),
    r"christmas(?: day)?": (12, 25),
}
"""Holidays that have a fixed day, by pattern: month and day."""

_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_WEEKDAY = "(?:" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th)?)"
_ORDINAL = r"(?:\d{1,2}(?:st|nd|rd|th))"
_YEAR = r"(?:(?:19|20|21)\d\d)"
_OF_WEEKDAY = rf"(?:(?:on )?{_WEEKDAY},? )?"
_PERIOD = r"(?:week|weekend|month|quarter|year)"
_PART = r"(?:morning|afternoon|evening|night)"

SINGLE: Final[dict[str, str]] = {
    "iso_day": rf"(?P<year>{_YEAR})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)",
    "iso_month": rf"(?P<year>{_YEAR})-(?P<month>\d\d)",
    "dotted": rf"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>{_YEAR})",
    "slashed": rf"(?P<first>\d\d?)/(?P<second>\d\d?)/(?P<year>{_YEAR})",
    "day_month": rf"{_OF_WEEKDAY}(?:the )?(?P<day>{_DAY})(?: of)?[ -](?P<name>{_MONTH})(?:,?[ -](?P<year>{_YEAR}))?",
    "month_day": rf"{_OF_WEEKDAY}(?P<name>{_MONTH})(?: the)? (?P<day>{_DAY})(?!\d)(?:,? (?P<year>{_YEAR}))?",
    "day_of_period": rf"(?:the )?(?P<day>{_DAY}) of (?P<which>this|next|the(?: current)?) month",
    "month": rf"(?:(?P<which>this|next|early|mid|late)[ -])?(?:month of )?(?P<name>{_MONTH})(?:,? "
    rf"(?:of )?(?P<year>{_YEAR}))?",
    "holiday": rf"(?P<name>{'|'.join(HOLIDAYS)})",
    "today": rf"(?:later )?(?:today|tonight|right now|this {_PART}|(?:the )?(?:rest of the|whole) day)",
    "after_tomorrow": r"(?:the )?day after tomorrow",
    "tomorrow": rf"tomorrow(?: {_PART})?",
    "yesterday": rf"yesterday(?: {_PART})?",
    "weekday_of_week": rf"(?:on )?(?P<name>{_WEEKDAY})(?: {_PART})?,? (?:of )?(?P<which>this|next) week",
    "weekday": rf"(?:on )?(?:(?:the )?(?P<which>this coming|coming|this|next) )?(?P<name>{_WEEKDAY})(?: {_PART})?",
    "rest": rf"(?:the )?(?:rest|remainder) of (?:the|this) (?P<period>{_PERIOD})",
    "end": r"(?:the )?end of (?:(?P<which>this|the|next) )?(?P<period>month|year)",
    "coming_number": r"(?:within |in |over |during |for )?(?:the )?(?:next|coming|following)"
    rf" (?P<count>{NUMERAL}|few|couple of)"
    r" (?P<period>days|weeks|weekends|months|years)",
    "within_number": rf"within (?:the )?(?:next )?(?P<count>{NUMERAL}) (?P<period>days?|weeks?|months?|years?)",
    "ahead": rf"in (?P<count>{NUMERAL}) (?P<period>days?|weeks?|months?|years?)(?: time)?|"
    rf"(?P<count2>{NUMERAL}) (?P<period2>days?|weeks?|months?|years?) from (?:now|today)",
    "period": rf"(?:later )?(?P<which>(?:this |the )?coming|this|(?:the )?next|(?:the )?following|last)"
    rf" (?P<period>{_PERIOD})",
    "past_number": rf"(?:within |in |over |during |from |for )?(?:the )?(?:last|past|previous)"
    rf" (?P<count>{NUMERAL}|few|couple of) (?P<period>hours|days|weeks|months|years)",
    "past_period": r"(?:within |in |over |during |from )?(?:the )?past (?P<period>day|week|month|year)",
    "so_far": r"this (?P<period>week|month|quarter|year) so far",
    "ago": rf"(?P<count>{NUMERAL}|an?|few|couple of) (?P<period>days?|weeks?|months?|years?) ago",
    "the_weekend": r"(?:the|(?:at|on|over) the) weekend",
    "week_of": rf"(?:the )?(?P<period>week(?:end)?) of (?:the )?(?P<inner>(?:{_MONTH} {_DAY}|{_DAY}(?: "
    rf"of)? {_MONTH})(?:,? {_YEAR})?)",
    "season": rf"(?P<which>this|next) (?P<name>{'|'.join(SEASONS)})",
    "ordinal": rf"the (?P<day>{_ORDINAL})(?! (?:of|floor|street|avenue|page|anniversary|edition|annual))",
    "year": r"(?P<year>(?:19|20)\d\d)",
}
"""Grammar of single phrases; the names are those of the readers below. Lower case, blanks squeezed."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from ``start`` to ``end``, both included."""

    start: date
    end: date

    def holds(self, day: date) -> bool:
        """Return whether the day is in the range."""
        return self.start <= day <= self.end


def resolve(phrase: str, today: date) -> DateRange:
    """Return the days that a phrase means ("this weekend", "12 May", "from 15 to 31 May 2027", "2027-05-12").

    Raises:
        InvalidQuery: the phrase is no date, or a day that does not exist (31 June).
    """
    text = squeeze(phrase)
    for name, pattern in _FULL:
        found = pattern.fullmatch(text)
        if found:
            return _checked(phrase, _READERS[name], found.groupdict(), today)
    between = RANGE_FULL.fullmatch(text)
    if between:
        return _between(phrase, between["first"], between["second"], today)
    raise InvalidQuery(f"{phrase[:60]!r} is no date that is understood.", remedy=REMEDY)


def is_single(phrase: str) -> bool:
    """Return whether the grammar reads the phrase as one day or period, not as a range of two."""
    text = squeeze(phrase)
    return any(pattern.fullmatch(text) for _, pattern in _FULL)


def is_holiday(phrase: str) -> bool:
    """Return whether the phrase is the name of a holiday, which is a theme as often as a day."""
    return any(re.fullmatch(name, squeeze(phrase)) for name in HOLIDAYS)


def is_relative(phrase: str) -> bool:
    """Return whether the phrase means other days when said on another day; an absolute one names its year."""
    return not re.search(rf"(?<!\d){_YEAR}(?!\d)", phrase)


def moves(phrase: str) -> bool:
    """Return whether the phrase is told from today ("next month"), unlike "12 May", which only lacks its year."""
    text = squeeze(phrase)
    name = next((name for name, pattern in _FULL if pattern.fullmatch(text)), "")
    named = name in {"day_month", "month_day", "month", "ordinal", "day_of_period", "holiday", "week_of"}
    return is_relative(text) and not named and RANGE_FULL.fullmatch(text) is None


def local_date(value: str, timezone: str) -> date:
    """Return the calendar day of an ISO date or datetime in a zone (IANA name).

    A date, and a datetime without offset, are taken as local already.

    Raises:
        ValueError: the value is no ISO date, or the zone is unknown.
    """
    text = value.strip()
    if len(text) <= 10:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment.date() if moment.tzinfo is None else moment.astimezone(ZoneInfo(timezone)).date()


@lru_cache(maxsize=1024)
def squeeze(text: str) -> str:
    """Return the text as the grammar reads it: lower case, single blanks, plain dashes and quotes."""
    plain = text.casefold().replace("–", "-").replace("—", "-").replace("’", "'")
    return " ".join(plain.split()).strip(" ,.;:!?")


def _checked(phrase: str, read: Callable[[Groups, date], DateRange], groups: Groups, today: date) -> DateRange:
    try:
        return read(groups, today)
    except (ValueError, OverflowError) as wrong:
        raise InvalidQuery(f"There is no such day as {phrase[:60]!r}.", remedy=REMEDY) from wrong


def _between(phrase: str, first: str, second: str, today: date) -> DateRange:
    """Resolve both ends; an end without month or year takes them from the other."""
    year = re.search(_YEAR, second)
    month = re.search(rf"\b{_MONTH}", second)
    if re.fullmatch(rf"(?:the )?{_DAY}", first):
        if month is None and re.search(r"\d", second) is None:
            raise InvalidQuery(f"{phrase[:60]!r} is no range of days that is understood.", remedy=REMEDY)
        if month is None:
            first, second = _ordinal(first), _ordinal(second)
        else:
            first = f"{first} {month[0]}"
    elif re.fullmatch(rf"(?:the )?{_DAY}(?:,? {_YEAR})?", second):
        named = re.search(rf"\b{_MONTH}", first)
        if named is None:
            raise InvalidQuery(f"{phrase[:60]!r} is no range of days that is understood.", remedy=REMEDY)
        second = f"{named[0]} {second.removeprefix('the ')}"
    if year and not re.search(_YEAR, first):
        first = f"{first} {year[0]}"
    start, end = resolve(first, today).start, resolve(second, today).end
    if start > end and is_relative(first):
        start = resolve(first, end - timedelta(days=27 if first.startswith("the ") else 365)).start
    if end < start:
        raise InvalidQuery(f"{phrase[:60]!r} ends before it begins.", remedy="Write the earlier day first.")
    return DateRange(start, end)


def _ordinal(day: str) -> str:
    number = int(re.sub(r"\D", "", day))
    return f"the {number}th"


def _month_range(year: int, month: int) -> DateRange:
    return DateRange(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _shifted(year: int, month: int, months: int) -> tuple[int, int]:
    count = year * 12 + month - 1 + months
    return count // 12, count % 12 + 1


def _day(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _month_number(text: str) -> int:
    return MONTHS[text.rstrip(".")]


Groups = dict[str, str | None]


def _numbered(groups: Groups, _today: date) -> DateRange:
    day = date(int(groups["year"] or 0), int(groups["month"] or 0), int(groups["day"] or 0))
    return DateRange(day, day)


def _iso_month(groups: Groups, _today: date) -> DateRange:
    date(int(groups["year"] or 0), int(groups["month"] or 0), 1)
    return _month_range(int(groups["year"] or 0), int(groups["month"] or 0))


def _slashed(groups: Groups, today: date) -> DateRange:
    """Month first, as American sites write, unless only the other reading is a date."""
    first, second = groups["first"] or "", groups["second"] or ""
    month, day = (second, first) if int(first) > 12 else (first, second)
    return _numbered({"year": groups["year"], "month": month, "day": day}, today)


def _named_day(groups: Groups, today: date) -> DateRange:
    month, number = _month_number(groups["name"] or ""), _day(groups["day"] or "")
    if groups["year"]:
        day = date(int(groups["year"]), month, number)
        return DateRange(day, day)
    if number > monthrange(2000, month)[1]:  # a leap year: the 29th of February is a day in some years
        raise ValueError(number)
    years = (y for y in range(today.year, today.year + 9) if number <= monthrange(y, month)[1])
    day = next(d for d in (date(y, month, number) for y in years) if d >= today)
    return DateRange(day, day)


def _day_of_period(groups: Groups, today: date) -> DateRange:
    year, month = _shifted(today.year, today.month, 1 if groups["which"] == "next" else 0)
    day = date(year, month, _day(groups["day"] or ""))
    return DateRange(day, day)


def _ordinal_day(groups: Groups, today: date) -> DateRange:
    number = _day(groups["day"] or "")
    if not 1 <= number <= 31:
        raise ValueError(number)
    months = (_shifted(today.year, today.month, n) for n in range(12))
    days = (date(y, m, number) for y, m in months if number <= monthrange(y, m)[1])
    day = next(d for d in days if d >= today)
    return DateRange(day, day)


def _month(groups: Groups, today: date) -> DateRange:
    month = _month_number(groups["name"] or "")
    year = int(groups["year"]) if groups["year"] else today.year + (month < today.month)
    whole = _month_range(year, month)
    tens = _TENS.get(groups["which"] or "")
    if tens is None:
        return whole
    return DateRange(whole.start.replace(day=tens[0]), whole.end.replace(day=min(tens[1], whole.end.day)))


_TENS: Final = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
"""First and last day of the parts of a month."""


def _holiday(groups: Groups, today: date) -> DateRange:
    month, number = HOLIDAYS[next(name for name in HOLIDAYS if re.fullmatch(name, groups["name"] or ""))]
    day = date(today.year + (date(today.year, month, number) < today), month, number)
    return DateRange(day, day)


def _week_of(groups: Groups, today: date) -> DateRange:
    """Return the week or weekend that holds a day; of a weekday, the weekend after it."""
    day = resolve(groups["inner"] or "", today).start
    return _whole(groups["period"] or "", day, 0)


def _days_ahead(count: int) -> Callable[[Groups, date], DateRange]:
    def read(_groups: Groups, today: date) -> DateRange:
        day = today + timedelta(days=count)
        return DateRange(day, day)

    return read


def _weekday(groups: Groups, today: date) -> DateRange:
    ahead = (WEEKDAYS[(groups["name"] or "").rstrip(".")] - today.weekday()) % 7
    if groups["which"] == "next":
        return _weekday_of_week(groups, today)
    day = today + timedelta(days=ahead)
    return DateRange(day, day)


def _weekday_of_week(groups: Groups, today: date) -> DateRange:
    monday = today - timedelta(days=today.weekday())
    weeks = 1 if groups["which"] == "next" else 0
    day = monday + timedelta(days=7 * weeks + WEEKDAYS[(groups["name"] or "").rstrip(".")])
    return DateRange(day, day)


def _period(groups: Groups, today: date) -> DateRange:
    which, period = groups.get("which") or "this", groups["period"] or ""
    step = 1 if which in {"next", "the next", "following", "the following"} else -1 if which == "last" else 0
    if which.endswith("coming") and period != "weekend":
        step = 1
    whole = _whole(period, today, step)
    return whole if step else DateRange(max(whole.start, today), whole.end)


def _whole(period: str, today: date, step: int) -> DateRange:
    """Return the whole period that holds today, moved by ``step`` periods."""
    if period in {"week", "weekend"}:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return DateRange(monday + timedelta(days=5 if period == "weekend" else 0), monday + timedelta(days=6))
    if period == "year":
        return DateRange(date(today.year + step, 1, 1), date(today.year + step, 12, 31))
    if period == "quarter":
        first = _shifted(today.year, (today.month - 1) // 3 * 3 + 1, 3 * step)
        return DateRange(date(*first, 1), _month_range(*_shifted(*first, 2)).end)
    return _month_range(*_shifted(today.year, today.month, step))


def _end(groups: Groups, today: date) -> DateRange:
    """Return today to the end of the period ("by the end of the month")."""
    step = 1 if groups["which"] == "next" else 0
    return DateRange(today, _whole(groups["period"] or "", today, step).end)


def _the_weekend(_groups: Groups, today: date) -> DateRange:
    return _period({"which": "this", "period": "weekend"}, today)


def _coming_number(groups: Groups, today: date) -> DateRange:
    """Return today and the counted time after it: "the next 7 days" is a week from today on."""
    words = groups["count"] or ""
    count = {"few": 3, "couple of": 2}.get(words) or numeral(words)
    unit = (groups["period"] or "").removesuffix("s")
    if unit == "weekend":
        return DateRange(_period({"period": "weekend"}, today).start, _whole("weekend", today, count - 1).end)
    return DateRange(today, _later(today, unit, count))


def _past_number(groups: Groups, today: date) -> DateRange:
    """Return the counted time before today, and today: "the last 7 days" is a week up to today."""
    return DateRange(_ago(groups, today).start, today)


def _ago(groups: Groups, today: date) -> DateRange:
    words = groups.get("count") or "a"
    count = {"few": 3, "couple of": 2, "a": 1, "an": 1}.get(words) or numeral(words)
    unit = (groups["period"] or "").removesuffix("s")
    day = _later(today, "day", -count // 24) if unit == "hour" else _later(today, unit, -count)
    return DateRange(day, day)


def _so_far(groups: Groups, today: date) -> DateRange:
    """Return the begun period up to today: what was posted "this week" was posted from Monday on."""
    return DateRange(_whole(groups["period"] or "", today, 0).start, today)


def _ahead(groups: Groups, today: date) -> DateRange:
    unit = (groups["period"] or groups["period2"] or "").removesuffix("s")
    day = _later(today, unit, numeral(groups["count"] or groups["count2"] or ""))
    return DateRange(day, day)


def _later(today: date, unit: str, count: int) -> date:
    if unit in {"day", "week"}:
        return today + timedelta(days=count * (7 if unit == "week" else 1))
    year, month = _shifted(today.year, today.month, count * (12 if unit == "year" else 1))
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def _season(groups: Groups, today: date) -> DateRange:
    first = SEASONS[groups["name"] or ""]
    year = today.year - (1 if first == 12 and today.month < 3 else 0)
    if _month_range(*_shifted(year, first, 2)).end < today:
        year += 1
    year += groups["which"] == "next" and date(year, first, 1) <= today
    start = date(year, first, 1)
    return DateRange(max(start, today), _month_range(*_shifted(year, first, 2)).end)


def _year(groups: Groups, _today: date) -> DateRange:
    year = int(groups["year"] or 0)
    return DateRange(date(year, 1, 1), date(year, 12, 31))


_READERS: Final[dict[str, Callable[[Groups, date], DateRange]]] = {
    "iso_day": _numbered,
    "iso_month": _iso_month,
    "dotted": _numbered,
    "slashed": _slashed,
    "day_month": _named_day,
    "month_day": _named_day,
    "day_of_period": _day_of_period,
    "month": _month,
    "holiday": _holiday,
    "week_of": _week_of,
    "today": _days_ahead(0),
    "after_tomorrow": _days_ahead(2),
    "tomorrow": _days_ahead(1),
    "yesterday": _days_ahead(-1),
    "weekday_of_week": _weekday_of_week,
    "weekday": _weekday,
    "rest": _period,
    "end": _end,
    "coming_number": _coming_number,
    "within_number": _coming_number,
    "ahead": _ahead,
    "period": _period,
    "past_number": _past_number,
    "past_period": _past_number,
    "so_far": _so_far,
    "ago": _ago,
    "the_weekend": _the_weekend,
    "season": _season,
    "ordinal": _ordinal_day,
    "year": _year,
}
_FULL: Final = tuple((name, re.compile(pattern)) for name, pattern in SINGLE.items())
_UNNAMED: Final = "|".join(f"(?:{re.sub(r'[?]P<[a-z0-9]+>', '?:', pattern)})" for pattern in SINGLE.values())
SINGLE_PHRASE: Final = f"(?:{_UNNAMED})"
"""Pattern of any single phrase, without groups, for finding phrases in squeezed text."""
_BARE_DAY: Final = rf"(?:the )?{_DAY}"
_TO: Final = r"(?: (?:to|until|till|through|thru|and|or) | ?- ?)"
RANGE_PHRASE: Final = (
    rf"(?:from |between )?(?:(?:{SINGLE_PHRASE}|{_BARE_DAY}){_TO}{SINGLE_PHRASE}"
    rf"|{SINGLE_PHRASE}{_TO}{_BARE_DAY}(?:,? {_YEAR})?(?![\w/]))"
)
"""Pattern of a range of two phrases, without groups."""
RANGE_FULL: Final = re.compile(
    rf"(?:from |between )?(?P<first>{SINGLE_PHRASE}|{_BARE_DAY}){_TO}"
    rf"(?P<second>{SINGLE_PHRASE}|{_BARE_DAY}(?:,? {_YEAR})?)"
)
