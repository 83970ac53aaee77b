"""Days and times of day in a query."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from domain.errors import InvalidQuery
from domain.meaning import dates
from domain.plan import Relation, Topic
from generators.language.lexicon import FUNCTION
from generators.language.reading import Reading
from generators.language.years import read_old_years

_EDGE = r"(?![\w/]|\.\d|-\d)"
_STARTS = r"after|since|from|starting(?: on| from)?|as of|beginning(?: on)?|on or after|not before|later than"
_ENDS = (
    r"before|until|till|by|up to|through|no later than|not after|on or before|prior to|earlier "
    r"than|ending(?: on)?"
)
_LEAD = r"(?:(?:on|in|during|for|over|at|of|throughout|happening|held)(?: the)? )?"
_RANGE = re.compile(rf"(?<![\w$€£./-]){_LEAD}(?P<phrase>{dates.RANGE_PHRASE}){_EDGE}")
_SINGLE = re.compile(
    rf"(?<![\w$€£./-])(?:(?:(?P<starts>{_STARTS})|(?P<ends>{_ENDS})) |"
    rf"(?P<lead>{_LEAD}))(?P<phrase>{dates.SINGLE_PHRASE}){_EDGE}"
)
_WEAK: Final = frozenset(
    [
        "may",
        "march",
        "mar",
        "sun",
        "sat",
        "mon",
        "wed",
        "fri",
        "tue",
        "thu",
        "dec",
        "jan",
        "jun",
        "oct",
        "sep",
        "fall",
        "spring",
    ]
)
"""Words that mean a day or month only where a preposition, a number or a capital letter says so."""
_OPEN = re.compile(r"(?<!\w)(?:any ?time|any (?:day|date)|whenever)(?!\w)")

_CLOCK = (
    r"(?:(?P<hour{n}>\d{{1,2}})(?::(?P<minute{n}>\d\d))? ?(?P<half{n}>[ap]\.?m\b\.?)|"
    r"(?P<h24{n}>[01]?\d|2[0-3]):(?P<m24{n}>[0-5]\d)|(?P<noon{n}>noon|midnight))"
)
_TIME = re.compile(
    rf"(?<![\w$€£.:])(?:(?P<starts>after|from|since|starting at|not before)|(?P<ends>before|until|till|"
    rf"by)|(?P<at>at|around))? ?"
    rf"{_CLOCK.format(n='')}(?: ?(?:-|to|until|and) ?{_CLOCK.format(n='2')})?(?![\w:])"
)
_HOURS = re.compile(
    r"(?<![\w$€£.:/-])(?:from |between )?(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))? ?(?:-|to|and|until) ?"
    r"(?P<hour2>\d{1,2})(?::(?P<minute2>[0-5]\d))? ?(?P<half>[ap])\.?m\b\.?"
)
_DAYTIME: Final[dict[str, tuple[str, str]]] = {
    "morning": ("05:00", "12:00"),
    "afternoon": ("12:00", "17:00"),
    "evening": ("17:00", "23:59"),
    "night": ("19:00", "23:59"),
}
_PART = re.compile(r"(?<!\w)(?:in the|during the|at|every) (?P<part>morning|afternoon|evening|night)s?(?!\w)")


_DECADE = re.compile(r"(?<!\w)(?:(?:from|in|of|during) )?the (?P<decade>(?:1[89]|20)\d0)'?s(?!\w)")


_EDGE_OF = re.compile(
    r"(?<!\w)(?P<bound>since|after|from|as of|until|till|up to|through|by|before) the (?P<edge>end|beginning|start) of "
    rf"(?P<phrase>{dates.SINGLE_PHRASE}){_EDGE}"
)


def _read_edge(reading: Reading, found: re.Match[str], today: date) -> None:
    """Read "since the end of 2024": from the next day on; "before the end of May": up to its last day but one."""
    span = dates.resolve(dates.squeeze(found["phrase"]), today)
    at_end = found["edge"] == "end"
    if found["bound"] in ("since", "after", "from", "as of"):
        first = span.end + timedelta(days=1) if at_end else span.start
        reading.add(Topic.DATE, Relation.FROM, first.isoformat(), found.span())
        return
    last = span.end if at_end else span.start
    if found["bound"] == "before":
        last -= timedelta(days=1)
    reading.add(Topic.DATE, Relation.TO, last.isoformat(), found.span())


def read_dates(reading: Reading, today: date) -> None:
    """Read days; relative phrases stay phrases, days with or without a year become ISO dates.

    Raises:
        InvalidQuery: a day that does not exist.
    """
    for found in reading.find(_OPEN):
        reading.take(*found.span())
    for found in reading.find(_DECADE):
        first = int(found["decade"])
        _add(reading, found.span(), f"{first}-01-01", f"{first + 9}-12-31")
    for found in reading.find(_EDGE_OF):
        _read_edge(reading, found, today)
    for found in reading.find(_RANGE):
        if _is_amount(found["phrase"]) or dates.is_single(found["phrase"]):
            continue
        span = dates.resolve(found["phrase"], today)
        _add(reading, found.span(), span.start.isoformat(), span.end.isoformat())
    for found in reading.find(_SINGLE):
        if _is_date(reading, found):
            _read_single(reading, found, today)
    read_old_years(reading)
    for day in [c for c in reading.constraints if c.topic is Topic.DATE]:
        _take_date_noun(reading, day.span)
        _take_verb(reading, day.span)


_DATE_NOUN = (
    r"(?<!\w)(?:(?:with|having|whose) (?:an? |the |its |their )?)?"
    r"(?:(?!for\b|of\b|and\b|the\b)[a-z]+ )?(?:date|deadline|day)s?"
    r"(?: is| are| of| falls)? $"
)


def _take_date_noun(reading: Reading, span: str) -> None:
    """Take what only says that a date follows: "with a delivery date before …"."""
    begin = reading.plain.find(" ".join(span.lower().split()))
    noun = re.search(_DATE_NOUN, reading.plain[:begin]) if begin > 0 else None
    if noun and reading.is_free(noun.start(), noun.end()):
        reading.take(noun.start(), noun.end())


_DONE = (
    r"posted|published|updated|added|released|created|modified|changed|uploaded|listed|announced|issued|filed|written|"
    r"recorded|registered|opened|sold|closed|completed|built|made|born|founded|established|elected|premiered|launched|"
    r"produced|reported|received|sent|reviewed|edited|signed|dated|won|awarded|submitted"
)
_DOING = (
    r"showing|playing|running|airing|screening|starting|beginning|ending|taking place|scheduled|held|expiring|due|"
    r"departing|leaving|arriving|opening|closing|finishing|starts?|begins?|opens?|ends?|closes?|expires?|finish(?:es)?|"
    r"departs?|leaves?|arrives?|takes? place"
)
_VERB = re.compile(
    r"(?<![\w-])(?:(?:that|which|who) )?(?:(?:are|is|were|was|(?:have|has) been|got) )?"
    rf"(?:(?:newly|recently|first|last|just|originally) )?(?:(?P<done>{_DONE}|[a-z]{{2,}}[^\We]ed)|{_DOING}) $"
)


def _take_verb(reading: Reading, span: str) -> None:
    """Take the verb before a day ("updated since January"); what is done lies behind: "posted this week so far"."""
    begin = reading.plain.find(" ".join(span.lower().split()))
    found = _VERB.search(reading.plain[:begin]) if begin > 0 else None
    if found is None or not reading.is_free(*found.span()):
        return
    reading.take(*found.span())
    for number, known in enumerate(reading.constraints):
        begun = f"{known.value} so far"
        if found["done"] and known.topic is Topic.DATE and known.span == span and dates.is_single(begun):
            reading.constraints[number] = known.model_copy(update={"value": begun})


def _is_amount(phrase: str) -> bool:
    """Two bare numbers are no dates: "10-20", "2 to 3"."""
    return re.search(r"[a-z]{3}|\d[-/]\d+[-/]\d", phrase.removeprefix("from ").removeprefix("between ")) is None


def _is_date(reading: Reading, found: re.Match[str]) -> bool:
    phrase, said = found["phrase"].rstrip("."), bool(found["lead"] or found["starts"] or found["ends"])
    start = found.start("phrase")
    if re.fullmatch(r"(?:19|20)\d\d", phrase):
        return bool(re.fullmatch(r"(?:in|during|of|for|throughout) ", found["lead"] or "")) or bool(
            found["starts"] or found["ends"]
        )
    if dates.is_holiday(phrase):
        return said
    if phrase in _WEAK:
        return said and (reading.cased[start].isupper() or phrase not in {"may", "march", "fall", "spring", "sun"})
    if re.fullmatch(r"the \d{1,2}(?:st|nd|rd|th)", phrase) and not said:
        following = re.match(r" ?([\w']+)", reading.plain[found.end() :])
        return (
            following is None
            or reading.plain[found.end()] in ",.;!?"
            or following[1] in FUNCTION | {"i", "is", "please"}
        )
    return not re.fullmatch(r"in (?:one|a)", phrase)


def _read_single(reading: Reading, found: re.Match[str], today: date) -> None:
    phrase = dates.squeeze(found["phrase"]).removeprefix("on ")
    if phrase.startswith("the ") and dates.is_single(phrase.removeprefix("the ")):
        phrase = phrase.removeprefix("the ")
    span = dates.resolve(phrase, today)
    moving = dates.moves(phrase)
    first, last = (phrase, phrase) if moving else (span.start.isoformat(), span.end.isoformat())
    past = span.end < today or (re.fullmatch(r"\d{4}", phrase) and span.start <= today)
    within = found["starts"] in ("starting", "beginning") and moving and span.end > span.start  # "starting next week"
    if found["starts"] and not within and not (found["starts"] == "from" and past):
        strictly = re.fullmatch("after|later than", found["starts"])
        first = (span.end + timedelta(days=1)).isoformat() if strictly else first
        reading.add(Topic.DATE, Relation.FROM, first, found.span())
    elif found["ends"]:
        strictly = re.fullmatch("before|prior to|earlier than", found["ends"])
        last = (span.start - timedelta(days=1)).isoformat() if strictly else last
        reading.add(Topic.DATE, Relation.TO, last, found.span())
    elif onward := _ONWARD.match(reading.plain, found.end()):
        later, where = bool(onward["later"] or onward["after"]), (found.start(), onward.end())
        reading.add(Topic.DATE, Relation.FROM if later else Relation.TO, first if later else last, where)
    else:
        _add(reading, found.span(), first, last)


_ONWARD = re.compile(
    r" (?:or|and) (?:(?P<later>later|newer|onwards?)|earlier|older)(?!\w)"
    r"| or (?:(?P<after>after|since)|before)(?=$|[,.;?!])"
)
"""Behind a day: from it on, or up to it."""


def _add(reading: Reading, where: tuple[int, int], first: str, last: str) -> None:
    reading.add(Topic.DATE, Relation.FROM, first, where)
    reading.add(Topic.DATE, Relation.TO, last, where)


def read_times(reading: Reading) -> None:
    """Read "after 6pm", "at 19:30", "from 6 to 9 pm", "in the evening" as HH:MM.

    Raises:
        InvalidQuery: an hour that no clock shows.
    """
    for found in reading.find(_HOURS):
        last = _hour(found["hour2"], found["minute2"], found["half"], found[0])
        first = _hour(found["hour"], found["minute"], found["half"], found[0])
        if first > last:
            first = _hour(found["hour"], found["minute"], "am", found[0])
        reading.add(Topic.TIME, Relation.FROM, first, found.span())
        reading.add(Topic.TIME, Relation.TO, last, found.span())
    for found in reading.find(_TIME):
        first = _clock(found, "")
        second = _clock(found, "2") if (found["hour2"] or found["h242"] or found["noon2"]) else None
        if second:
            reading.add(Topic.TIME, Relation.FROM, first, found.span())
            reading.add(Topic.TIME, Relation.TO, second, found.span())
        else:
            relation = Relation.FROM if found["starts"] else Relation.TO if found["ends"] else Relation.EQUALS
            reading.add(Topic.TIME, relation, first, found.span())
    for found in reading.find(_PART):
        first, second = _DAYTIME[found["part"]]
        reading.add(Topic.TIME, Relation.FROM, first, found.span())
        reading.add(Topic.TIME, Relation.TO, second, found.span())


def _clock(found: re.Match[str], n: str) -> str:
    if found[f"noon{n}"]:
        return "12:00" if found[f"noon{n}"] == "noon" else "00:00"
    if found[f"h24{n}"]:
        return f"{int(found[f'h24{n}']):02d}:{found[f'm24{n}']}"
    return _hour(found[f"hour{n}"], found[f"minute{n}"], found[f"half{n}"], found[0])


def _hour(hours: str, minutes: str | None, half: str, said: str) -> str:
    hour, minute = int(hours), int(minutes or 0)
    if not 1 <= hour <= 12 or minute > 59:
        raise InvalidQuery(
            f"There is no such time as {said.strip()!r}.", remedy='Write a time such as "7 pm" or "19:30".'
        )
    return f"{hour % 12 + (12 if half.startswith('p') else 0):02d}:{minute:02d}"
