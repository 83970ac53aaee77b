"""Parameters over days: from and to, in the record's own time zone; relative phrases stay relative."""

from __future__ import annotations

from typing import Final

from domain.plan import Constraint, FieldType, FilterBinding, Parameter, Relation, Topic
from generators.planning.desk import Desk, asked
from generators.sources.roles import Role

_BOTH: Final = (Relation.EQUALS, Relation.WITHIN, Relation.CONTAINS)
_FROM: Final = (Relation.FROM, Relation.AT_LEAST, Relation.MORE_THAN)
_TO: Final = (Relation.TO, Relation.AT_MOST, Relation.LESS_THAN)
_FORMS: Final = 'An ISO date ("2027-05-12") or a phrase ("today", "this weekend", "next month")'


def bind_times(desk: Desk) -> None:
    """Bind the question's days over the start of the records, and offer a range where there is one."""
    days = asked(desk.intent, Topic.DATE)
    start = desk.first(Role.START) if days else desk.common(Role.START)
    desk.unserved += asked(desk.intent, Topic.TIME)
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
