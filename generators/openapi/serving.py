"""What of a question an operation's own parameters take, and with which values.

Owns the meeting of constraints and parameters; what stays unserved is left to filters over the answer's rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from domain.meaning.geo import KM_PER_MILE
from domain.meaning.words import fold, forms
from domain.plan import Constraint, FieldType, Intent, Place, Relation, Topic
from domain.values import JsonValue
from generators.openapi.operations import Operation, OperationParameter
from generators.openapi.parts import Part, part_of, playing, words_of
from generators.sources.typing import as_text

_NOT: Final = (Relation.EXCLUDES, Relation.NOT_EQUALS)
_DOWN: Final = ("desc", "descending", "down")
_SORT_WORDS: Final = {
    "date": ("date", "start", "starts", "time", "when", "datetime"),
    "price": ("price", "cost", "fee", "amount"),
    "name": ("name", "title", "alphabetical"),
    "rating": ("rating", "score", "stars"),
    "distance": ("distance", "nearest"),
    "popularity": ("popularity", "popular", "downloads"),
}
_SEGMENTS: Final = {
    **dict.fromkeys(("concert", "gig", "live music"), "Music"),
    **dict.fromkeys(("game", "match", "fixture"), "Sports"),
    **dict.fromkeys(("play", "musical"), "Theatre"),
}
"""What kind of thing a noun says records are, for parameters that take such kinds."""


@dataclass(kw_only=True)
class Served:
    """Values by parameter name, the constraints they serve, and required parameters without a value."""

    bound: dict[str, JsonValue] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    constraints: list[Constraint] = field(default_factory=list)
    refused: list[tuple[Constraint, OperationParameter]] = field(default_factory=list)
    lacking: list[OperationParameter] = field(default_factory=list)

    def put(self, constraint: Constraint, parameter: OperationParameter, value: JsonValue) -> bool:
        """Bind a value that the parameter takes; False when its choices leave it out."""
        fitting = fitted(parameter, value)
        if fitting is None or parameter.name in self.bound:
            return False
        self.bound[parameter.name] = fitting
        self.topics[parameter.name] = constraint.topic
        if constraint not in self.constraints:
            self.constraints.append(constraint)
        return True


def serve(operation: Operation, intent: Intent) -> Served:
    """Return what of the question the operation's parameters take."""
    served = Served()
    for constraint in sorted(intent.constraints, key=lambda c: c.topic is Topic.KEYWORDS):
        if constraint.relation not in _NOT:
            _serve_one(served, operation, intent, constraint)
    served.lacking = [
        p
        for p in operation.parameters
        if p.required and p.fixed is None and p.usual is None and p.name not in served.bound
    ]
    return served


def fitted(parameter: OperationParameter, value: JsonValue) -> JsonValue:
    """Return a value as a parameter takes it: one of its choices, a number, a list; None when it cannot."""
    if parameter.choices:
        wanted = fold(as_text(value))
        return next((c for c in parameter.choices if fold(as_text(c)) in {wanted, *forms(wanted)}), None)
    if parameter.type is FieldType.ARRAY:
        return [as_text(v) for v in value] if isinstance(value, list) else [as_text(value)]
    if parameter.type is FieldType.BOOLEAN:
        return value if isinstance(value, bool) else None
    if parameter.type in (FieldType.INTEGER, FieldType.NUMBER):
        number = re.fullmatch(r"-?\d+(\.\d+)?", as_text(value))
        if number is None:
            return None
        return int(float(as_text(value))) if parameter.type is FieldType.INTEGER else float(as_text(value))
    return as_text(value)


def _serve_one(served: Served, operation: Operation, intent: Intent, constraint: Constraint) -> None:
    match constraint.topic:
        case Topic.KEYWORDS | Topic.CATEGORY:
            _words(served, operation, intent, constraint)
        case Topic.PLACE:
            _place(served, operation, intent, constraint)
        case Topic.DISTANCE:
            _distance(served, operation, constraint)
        case Topic.DATE:
            _date(served, operation, constraint)
        case Topic.PRICE:
            _price(served, operation, constraint)
        case Topic.SORT:
            _sort(served, operation, constraint)
        case Topic.COUNT:
            _count(served, operation, intent, constraint)
        case Topic.IDENTIFIER:
            _identifier(served, operation, intent, constraint)
        case Topic.NAMED | Topic.NUMBER:
            _named(served, operation, constraint)
        case _:
            _plain(served, operation, constraint)


def _plain(served: Served, operation: Operation, constraint: Constraint) -> None:
    """Flags and people go to the parameter of the same part as they are."""
    if constraint.topic not in (Topic.FREE, Topic.ONLINE, Topic.PERSON):
        return
    parameter = playing(operation, Part(constraint.topic.value))
    if parameter is not None:
        served.put(constraint, parameter, constraint.value)


def says_subject(constraint: Constraint, intent: Intent) -> bool:
    """Whether a word only says what kind of thing is asked for."""
    subject = {form for noun in fold(intent.subject).split() for form in (noun, *forms(noun))}
    return constraint.topic is Topic.KEYWORDS and fold(str(constraint.value)) in subject


def _lists(operation: Operation, constraint: Constraint) -> bool:
    """Whether the operation is by its name about such things."""
    word = fold(str(constraint.value))
    nouns = words_of([operation.name, operation.summary, *(p for p in operation.path.split("/") if "{" not in p)])
    return bool(nouns & {word, *forms(word)})


def _words(served: Served, operation: Operation, intent: Intent, constraint: Constraint) -> None:
    """A word goes to the parameter that lists it, to one for kinds when it names a kind, else to the search."""
    word = str(constraint.value)
    if says_subject(constraint, intent) and _lists(operation, constraint):
        served.constraints.append(constraint)
        return
    for parameter in operation.parameters:
        listed = parameter.choices and part_of(parameter) in (Part.CATEGORY, None, Part.ID)
        if listed and fitted(parameter, word) is not None and served.put(constraint, parameter, word):
            return
    kind = next((_SEGMENTS[f] for f in (fold(word), *forms(fold(word))) if f in _SEGMENTS), "")
    category = playing(operation, Part.CATEGORY)
    kinds = category if kind or constraint.topic is Topic.CATEGORY else None
    if kinds is not None and served.put(constraint, kinds, kind or word):
        return
    search = playing(operation, Part.KEYWORD)
    if search is None:
        return
    before = served.bound.get(search.name)
    if isinstance(before, str) and search.type is FieldType.STRING:
        served.bound[search.name] = f"{before} {word}"
        served.constraints.append(constraint)
    else:
        served.put(constraint, search, word)


def _place(served: Served, operation: Operation, intent: Intent, constraint: Constraint) -> None:
    name = str(constraint.value)
    known = next((p for p in intent.places if fold(p.name) == fold(name)), None)
    known = known or next(iter(intent.places), None)
    if intent.about(Topic.DISTANCE) and known is not None and _centre(served, operation, constraint, known):
        return
    for part, value in _place_values(constraint, known, operation):
        parameter = playing(operation, part)
        if parameter is not None and served.put(constraint, parameter, value):
            return
    if known is not None and _centre(served, operation, constraint, known):
        return


def _place_values(constraint: Constraint, known: Place | None, operation: Operation) -> list[tuple[Part, str]]:
    name = str(constraint.value).split(",")[0]
    kind = constraint.name or "city"
    if kind == "city":
        return [(Part.CITY, name), (Part.PLACE, name)]
    part = Part.COUNTRY if kind == "country" else Part.STATE
    parameter = playing(operation, part)
    coded = parameter is not None and bool(
        re.search(r"code|iso|abbrev|two.letter", f"{parameter.label} {parameter.description}", re.IGNORECASE)
    )
    code = (known.country if part is Part.COUNTRY else known.region) if known is not None else ""
    values = [code, name] if coded else [name, code]
    return [*((part, v) for v in values if v), (Part.PLACE, name)]


def _centre(served: Served, operation: Operation, constraint: Constraint, place: Place) -> bool:
    both = playing(operation, Part.LATLONG)
    if both is not None:
        return served.put(constraint, both, f"{place.latitude:.6g},{place.longitude:.7g}")
    latitude, longitude = playing(operation, Part.LATITUDE), playing(operation, Part.LONGITUDE)
    if latitude is None or longitude is None:
        return False
    return served.put(constraint, latitude, place.latitude) and served.put(constraint, longitude, place.longitude)


def _distance(served: Served, operation: Operation, constraint: Constraint) -> None:
    radius = playing(operation, Part.RADIUS)
    if radius is None:
        return
    value = float(str(constraint.value))
    metric = constraint.unit == "km"
    unit = playing(operation, Part.UNIT)
    word = next((w for w in (("km", "kilometers", "k") if metric else ("miles", "mi", "mile", "m"))), "")
    if unit is not None:
        listed = ("km", "kilometers", "kilometres") if metric else ("miles", "mi", "mile")
        word = next((w for w in listed if fitted(unit, w) is not None), word)
        if not served.put(constraint, unit, word):
            return
    elif re.search(r"km|kilomet", f"{radius.name} {radius.description}", re.IGNORECASE) and not metric:
        value *= KM_PER_MILE
    elif re.search(r"_m$|\bmet(er|re)s", f"{radius.label} {radius.description}", re.IGNORECASE):
        value *= 1000 * (1.0 if metric else KM_PER_MILE)
    elif metric and "mile" in radius.description.lower():
        value /= KM_PER_MILE
    served.put(constraint, radius, int(value) if value.is_integer() else round(value, 2))


def _date(served: Served, operation: Operation, constraint: Constraint) -> None:
    day = playing(operation, Part.DAY)
    single = day if constraint.relation is Relation.EQUALS and day is not None and "time" not in day.format else None
    if single is not None and served.put(constraint, single, constraint.value):
        return
    first = constraint.relation not in (Relation.TO, Relation.AT_MOST, Relation.LESS_THAN)
    last = constraint.relation not in (Relation.FROM, Relation.AT_LEAST, Relation.MORE_THAN)
    parts = [Part.DATE_FROM] * first + [Part.DATE_TO] * last
    found = [p for part in parts if (p := playing(operation, part)) is not None]
    if len(found) == len(parts):
        for parameter in found:
            served.put(constraint, parameter, constraint.value)


def _price(served: Served, operation: Operation, constraint: Constraint) -> None:
    upper = constraint.relation in (Relation.AT_MOST, Relation.LESS_THAN, Relation.TO)
    parameter = playing(operation, Part.MAX_PRICE if upper else Part.MIN_PRICE)
    if parameter is not None and constraint.relation in (Relation.AT_MOST, Relation.AT_LEAST):
        served.put(constraint, parameter, constraint.value)


def _sort(served: Served, operation: Operation, constraint: Constraint) -> None:
    """The parameter's own word for the order: among its choices, or as its description spells it."""
    parameter = playing(operation, Part.SORT)
    if parameter is None:
        return
    down = constraint.unit.lower() in _DOWN
    order = playing(operation, Part.ORDER)
    value = order_value(parameter, str(constraint.value), down=down, apart=order is not None)
    if value is None or not served.put(constraint, parameter, value):
        return
    if order is not None:
        words = ("desc", "descending", "down", "-1") if down else ("asc", "ascending", "up", "1")
        word = next((w for w in words if fitted(order, w) is not None), None)
        if word is not None:
            served.put(constraint, order, word)


def order_value(parameter: OperationParameter, wanted: str, *, down: bool, apart: bool) -> JsonValue:
    """Return the choice that means a field and a direction; ``apart``: the direction has its own parameter."""
    said = [c for c in parameter.choices if isinstance(c, str)] or _spelled(parameter.description)
    group = next((g for g in _SORT_WORDS.values() if fold(wanted) in g), (fold(wanted),))
    fitting = []
    for choice in said:
        words = words_of([choice])
        if not words & {*group, *(f for g in group for f in forms(g))}:
            continue
        falling = choice.startswith("-") or bool(words & {"desc", "descending", "down"})
        rising = bool(words & {"asc", "ascending", "up"})
        if apart or falling is down:
            fitting.append((len(words), not rising and not falling, choice))
    return min(fitting)[2] if fitting else None


def _spelled(description: str) -> list[str]:
    """Values that a description puts in quotes, or lists after a colon."""
    quoted = re.findall(r"['\"`]([-\w.,]{2,40})['\"`]", description)
    if quoted:
        return list(dict.fromkeys(quoted))
    _, _, listed = description.partition(":")
    return [w for w in re.split(r"[\s,;|/]+", listed) if re.fullmatch(r"-?[\w.]{2,40}", w)][:30]


def _count(served: Served, operation: Operation, intent: Intent, constraint: Constraint) -> None:
    """Asking for the third page of 50 says a page's size; any other count is the workflow's own limit, passed on."""
    size = playing(operation, Part.SIZE)
    if size is not None and (page_asked(intent) is not None or not _pages(operation)):
        served.put(constraint, size, _within(size, int(str(constraint.value))))


def _within(parameter: OperationParameter, number: int) -> int:
    return min(number, int(parameter.maximum)) if parameter.maximum else number


def _pages(operation: Operation) -> bool:
    return any(playing(operation, p) is not None for p in (Part.PAGE, Part.OFFSET, Part.CURSOR))


def page_asked(intent: Intent) -> int | None:
    """Return the number of the page that the question asks for, counted from 1."""
    for constraint in intent.about(Topic.NAMED):
        if constraint.name == "page" and str(constraint.value).isdigit():
            return int(str(constraint.value))
    return None


def first_page(parameter: OperationParameter) -> int:
    """Return the number of the first page: what the document says is usual or least, else 1."""
    told = re.search(
        r"(start\w*|first|begin\w*|default\w*)\D{0,25}\b([01])\b|\b(zero|0)[- ](based|indexed)",
        parameter.description,
        re.IGNORECASE,
    )
    for value in (parameter.usual, parameter.minimum):
        if value is not None and as_text(value) in ("0", "1"):
            return int(as_text(value))
    return int(told.group(2) or 0) if told else 1


def _identifier(served: Served, operation: Operation, intent: Intent, constraint: Constraint) -> None:
    paths = [p for p in operation.parameters if p.location == "path"]
    lone = [p for p in paths if p.name not in served.bound]
    named = [p for p in operation.parameters if p.label in (fold(constraint.name).replace(" ", "_"), constraint.name)]
    nouns = {form for w in fold(intent.subject).split() for form in (w, *forms(w))}
    about = {n for noun in nouns for n in (noun, f"{noun}_id", f"{noun}_key", f"{noun}_slug")}
    meant = [p for p in operation.parameters if p.label in about]
    for parameter in (*lone[-1:], *named, *meant):
        if served.put(constraint, parameter, constraint.value):
            return


def _named(served: Served, operation: Operation, constraint: Constraint) -> None:
    page = playing(operation, Part.PAGE)
    if constraint.name == "page" and page is not None and str(constraint.value).isdigit():
        served.put(constraint, page, int(str(constraint.value)) - 1 + first_page(page))
        return
    wanted = re.sub(r"[^a-z0-9]", "", constraint.name.lower())
    spellings = {wanted, *(re.sub(r"[^a-z0-9]", "", f) for f in forms(fold(constraint.name)))}
    for parameter in operation.parameters:
        bare = re.sub(r"[^a-z0-9]", "", parameter.name.rsplit(".", 1)[-1].lower())
        if bare not in spellings or constraint.relation is not Relation.EQUALS:
            continue
        value = constraint.value
        if parameter.type is FieldType.BOOLEAN and fold(str(value)) in ("true", "yes", "false", "no"):
            value = fold(str(value)) in ("true", "yes")
        if not served.put(constraint, parameter, value):
            served.refused.append((constraint, parameter))
        return
