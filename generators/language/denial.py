"""What a question leaves out by a name, a day or a value: "not by Ada", "not on Monday", "whose licence is not MIT".

The rules before this one read what is spoken of; a "not" in front of it turns it round.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from domain.plan import Constraint, Relation, Topic
from generators.language.reading import Reading

_THOSE = r"(?:(?:those|the ones|ones|any|anything|anyone|been|being|yet|it|which|that|are|is|were|was) )*"
_DONE = (
    r"(?:(?!sold |cancelled |canceled )[a-z]+ed |held |made |written |shown |due |born |built |"
    r"(?:start|begin|open|close|end|finish|leave|depart|arrive|happen|take place|run|fall|cost|"
    r"take|have|last|weigh|need|require|contain|be|go)s? )?"
)
_NOT = (
    r"(?:(?:that|which|who|and|but) )?(?:(?:are|is|were|was|do|does|did|has|have|had|could|ca|wo) ?)?(?:not|n't|never)"
)
_LEFT_OUT = r"(?:except(?: for)?|excepting|excluding|other than|apart from|aside from|but not|without)"
_OTHERS = r"(?:(?:from|in|of|by|with) )?any (?:other )?[a-z]+ (?:but|except(?: for)?|other than)"
_BEFORE: Final = re.compile(
    rf"(?<![\w'-])(?P<denial>{_NOT}|{_LEFT_OUT}|{_OTHERS}|(?<=all )but|(?<=thing )but) {_THOSE}{_DONE}{_THOSE}$"
)
_TURNED: Final = {
    Topic.PERSON: Relation.EXCLUDES,
    Topic.NAMED: Relation.NOT_EQUALS,
    Topic.CATEGORY: Relation.NOT_EQUALS,
    Topic.DATE: Relation.EXCLUDES,
    Topic.TIME: Relation.EXCLUDES,
    Topic.PLACE: Relation.NOT_EQUALS,
}
_OTHER_SIDE: Final = {Relation.FROM: Relation.TO, Relation.TO: Relation.FROM}
_OPPOSITE: Final = {
    Relation.MORE_THAN: Relation.AT_MOST,
    Relation.LESS_THAN: Relation.AT_LEAST,
    Relation.AT_MOST: Relation.MORE_THAN,
    Relation.AT_LEAST: Relation.LESS_THAN,
}
_MEASURED: Final = (Topic.PRICE, Topic.NUMBER)
_KEPT: Final = (Relation.EXCLUDES, Relation.NOT_EQUALS)


def read_denials(reading: Reading) -> None:
    """Turn round the people, days and named values that a "not" stands before."""
    for at, constraint in enumerate(reading.constraints):
        turned = _OPPOSITE.get(constraint.relation) if constraint.topic in _MEASURED else _TURNED.get(constraint.topic)
        if turned is None or constraint.relation in _KEPT:
            continue
        begin = reading.place_of(constraint.start)
        before = _stands_before(reading, begin)
        if before is not None:
            reading.constraints[at] = _denied(reading, constraint, turned)
    _take_denials(reading)


def _stands_before(reading: Reading, begin: int) -> re.Match[str] | None:
    """Return the turning before a place, if nothing else took it; what an "and" begins is said for itself."""
    if reading.plain.startswith(("and ", "but "), begin):
        return None
    before = _BEFORE.search(reading.plain[:begin])
    return before if before is not None and reading.is_free(*before.span("denial")) else None


def _denied(reading: Reading, constraint: Constraint, turned: Relation) -> Constraint:
    """An open range turns into what lies on its other side; anything else is left out as a whole."""
    said_with = (constraint.topic, constraint.start)
    if constraint.topic is Topic.CATEGORY:
        return constraint.model_copy(update={"relation": turned, "topic": Topic.NAMED, "name": "category"})
    is_range = sum((c.topic, c.start) == said_with for c in reading.constraints) > 1
    other = _OTHER_SIDE.get(constraint.relation)
    if other is None or is_range or constraint.span.casefold().startswith(("until ", "till ")):
        return constraint.model_copy(update={"relation": turned})
    if constraint.topic is Topic.TIME:
        return constraint.model_copy(update={"relation": other})
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", str(constraint.value)):
        return constraint.model_copy(update={"relation": turned})
    day = date.fromisoformat(str(constraint.value)) + timedelta(days=1 if other is Relation.FROM else -1)
    return constraint.model_copy(update={"relation": other, "value": day.isoformat()})


def _take_denials(reading: Reading) -> None:
    """Mark the words of the turning as understood; a second value of the same range needs them free until here."""
    for constraint in reading.constraints:
        if constraint.topic in (*_TURNED, *_MEASURED):
            begin = reading.place_of(constraint.start)
            before = _stands_before(reading, begin)
            if before is not None:
                reading.take(before.start(), begin)
