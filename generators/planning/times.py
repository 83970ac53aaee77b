"""Parameters over days: from and to, in the record's own time zone; relative phrases stay relative."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from domain.meaning import dates
from domain.meaning.moments import read_clock
from domain.meaning.words import fold
from domain.observation import Column
from domain.plan import Constraint, FieldType, FilterBinding, Parameter, Relation, SourceBinding, Topic
from generators.planning.desk import Desk, asked
from generators.sources.naming import snake
from generators.sources.relevance import tells_years
from generators.sources.roles import Role, for_machines, moment, roles_of

_BOTH: Final = (Relation.EQUALS, Relation.WITHIN, Relation.CONTAINS)
_FROM: Final = (Relation.FROM, Relation.AT_LEAST, Relation.MORE_THAN)
_TO: Final = (Relation.TO, Relation.AT_MOST, Relation.LESS_THAN)
_ANY_MONDAY: Final = date(2027, 1, 4)
_START_AND_END: Final = 2
_FORMS: Final = 'An ISO date ("2027-05-12") or a phrase ("today", "this weekend", "next month")'


def bind_times(desk: Desk) -> None:
    """Bind the question's days over the start of the records, and offer a range where there is one."""
    said = asked(desk.intent, Topic.DATE)
    days = [c for c in said if c.relation is not Relation.EXCLUDES]
    desk.unserved += [c for c in said if c not in days]  # a range of days has no hole
    start = (_done_then(desk, days) or moment(desk.columns)) if days else desk.common(Role.START)
    hours = asked(desk.intent, Topic.TIME)
    _bind_clock(desk, [c for c in hours if c.relation is not Relation.EXCLUDES])
    desk.unserved += [c for c in hours if c.relation is Relation.EXCLUDES]
    if days and _bind_day(desk, days):
        return
    yearly = start is None or start.type not in _MOMENTS
    if yearly and days and _bind_years(desk, days, [start] if start else []):
        return
    if yearly and start is not None:
        start = moment(desk.columns)
    if start is None:
        desk.unserved += days
        return
    whole = next((c for c in days if c.relation in _BOTH), None)
    first = whole or next((c for c in days if c.relation in _FROM), None)
    last = whole or next((c for c in days if c.relation in _TO), None)
    zone = desk.first(Role.TIMEZONE)
    desk.need(*(c for c in (start, zone) if c))
    told = start.name.replace("_", " ")
    after = f"Only records whose {told} is on or after this day."
    before = f"Only records whose {told} is on or before this day."
    _add(desk, "date_from", first, Relation.FROM, told=after, field=start.name)
    _add(desk, "date_to", last, Relation.TO, told=before, field=start.name)


def _done_then(desk: Desk, days: list[Constraint]) -> Column | None:
    """The column named like the verb before a day: what "built in 1991" or "closes before April" speaks of."""
    before = desk.intent.text[: min(c.start for c in days)].casefold()
    words = re.findall(r"[^\W\d_]+", before)[-2:]
    meant = [w for word in words for w in (word, *(_CALLED_SO if word in _DEADLINES else ()))]
    stems = {_stem(w) for w in meant if len(w) >= _LEAST_STEM}
    for column in desk.columns:
        said = {
            _stem(w) for w in fold(f"{column.name} {column.label}".replace("_", " ")).split() if len(w) >= _LEAST_STEM
        }
        timed = column.type in _MOMENTS or tells_years(column)
        if timed and stems & said:
            return for_machines(desk.columns, column)
    return None


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|e|s)$", "", word)


_LEAST_STEM: Final = 4
_MOMENTS: Final = (FieldType.DATE, FieldType.DATETIME)
_DEADLINES: Final = frozenset(
    {"close", "closes", "closing", "expire", "expires", "expiring", "due", "end", "ends", "ending"}
)
_CALLED_SO: Final = ("deadline", "closing", "expires", "until")
"""How sites call the day on which something ends."""


def _bind_day(desk: Desk, days: list[Constraint]) -> bool:
    """Bind one day to a parameter of the source that was shown to bring the records of a day."""
    taken = next((t for t in desk.taken if t.proven and t.topic is Topic.DATE and t.relation is Relation.EQUALS), None)
    said = {str(c.value) for c in days}
    if taken is None or len(said) != 1 or {c.relation for c in days} != {Relation.FROM, Relation.TO}:
        return False
    phrase = said.pop()
    meant = dates.resolve(phrase, _ANY_MONDAY)
    if meant.start != meant.end:
        return False
    name = snake(taken.name)
    desk.add(
        Parameter(
            name=name if "to" not in name.split("_") else "day",
            type=FieldType.STRING,
            description=f"The day. {_FORMS} that means a single day.",
            default=phrase,
            examples=("2027-05-12", "tomorrow"),
            required=True,  # without it the page shows a day of its own choosing
            bindings=(SourceBinding(location=taken.location, name=taken.name, encoding="date"),),
            topic=Topic.DATE,
        )
    )
    return True


def _bind_clock(desk: Desk, times: list[Constraint]) -> None:
    """Bind times of day over the start of the records, or over a column that holds only the clock."""
    if not times:
        return
    clocks = [c for c in desk.columns if c.samples and all(read_clock(s) for s in c.samples)]
    timed = [c for c in clocks if c.type is FieldType.DATETIME and Role.START in roles_of(c)]
    bare = [c for c in clocks if c.type is FieldType.STRING]
    column = next(iter([*timed, *bare, *clocks]), None)
    if column is None or len(bare) > _START_AND_END:  # a record with several times would be judged by its first
        desk.unserved += times
        return
    desk.need(*(c for c in (column, desk.first(Role.TIMEZONE)) if c))
    exact = next((c for c in times if c.relation is Relation.EQUALS), None)
    for name, relation, word in (("time_from", Relation.FROM, "after"), ("time_to", Relation.TO, "before")):
        wanted = exact or next((c for c in times if c.relation is relation), None)
        desk.add(
            Parameter(
                name=name,
                type=FieldType.STRING,
                description=f"Only records whose local time of day is not {_OPPOSITE[word]} this (HH:MM, 24 hours).",
                default=str(wanted.value) if wanted else None,
                examples=("18:00",),
                bindings=(FilterBinding(relation=relation, topic=Topic.TIME, fields=(column.name,)),),
                topic=Topic.TIME,
            )
        )


_OPPOSITE: Final = {"after": "before", "before": "after"}


def _bind_years(desk: Desk, days: list[Constraint], said: list[Column]) -> bool:
    """Records that tell only their year: a range of days becomes one of years, where it means whole years."""
    column = next((c for c in (*said, *desk.columns) if tells_years(c) and (c in said or c.samples)), None)
    bounds = [(c, _year_of(c)) for c in days]
    if column is None or any(year is None for _, year in bounds):
        return False
    for constraint, year in bounds:
        upper = constraint.relation in _TO
        desk.add(
            Parameter(
                name=f"{'max' if upper else 'min'}_{column.name}",
                type=FieldType.INTEGER,
                description=f"Only records whose {column.name} is {'at most' if upper else 'at least'} this.",
                default=year,
                bindings=(
                    FilterBinding(
                        relation=Relation.AT_MOST if upper else Relation.AT_LEAST,
                        topic=Topic.NUMBER,
                        fields=(column.name,),
                    ),
                ),
                topic=Topic.NUMBER,
            ),
            column,
        )
    return True


def _year_of(constraint: Constraint) -> int | None:
    """The year that a bound means when it is the first or last day of one."""
    text = str(constraint.value)
    edge = "-12-31" if constraint.relation in _TO else "-01-01"
    return int(text[:4]) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) and text.endswith(edge) else None


def _add(desk: Desk, name: str, day: Constraint | None, relation: Relation, *, told: str, field: str) -> None:
    end = "; of a phrase its last day counts" if relation is Relation.TO else "; of a phrase its first day counts"
    desk.add(
        Parameter(
            name=name,
            type=FieldType.STRING,
            description=f"{told} {_FORMS}{end}.",
            default=str(day.value) if day else None,
            examples=("2027-05-12", "this weekend"),
            bindings=(FilterBinding(relation=relation, topic=Topic.DATE, fields=(field,)),),
            topic=Topic.DATE,
        )
    )
