"""Whether a published tool already answers a question, and with which arguments (PROVE-5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from domain.meaning.geo import KM_PER_MILE
from domain.meaning.kinds import kinds_meant
from domain.meaning.words import fold, forms
from domain.plan import (
    Constraint,
    FieldType,
    FilterBinding,
    Intent,
    Parameter,
    Plan,
    Query,
    Relation,
    RoleBinding,
    SourceBinding,
    Topic,
)
from domain.values import JsonValue

_UPPER: Final = (Relation.AT_MOST, Relation.LESS_THAN)
_LOWER: Final = (Relation.AT_LEAST, Relation.MORE_THAN)
_NOT: Final = (Relation.EXCLUDES, Relation.NOT_EQUALS)
_TURNED: Final = (Topic.PLACE, Topic.PERSON, Topic.NAMED, Topic.DATE, Topic.TIME, Topic.NUMBER, Topic.IDENTIFIER)
"""What may be left out as well as wanted: a parameter for the one is none for the other."""
_DOWN: Final = ("desc", "descending", "down")
_GENERAL: Final = frozenset({"", "thing", "item", "record", "entry", "row", "result", "all", "everything"})

Arguments = dict[str, JsonValue]


def match(query: Query, intent: Intent, plan: Plan) -> Arguments | None:
    """Return the arguments with which the plan's tool answers the question, or None when it does not.

    The tool must be of the site that is asked (when one is), list what is asked for, have every wanted field, and have
    a parameter for every constraint. Defaults that its own question left behind are undone where not asked for.
    """
    if query.source is not None and query.source is not plan.source.kind:
        return None
    if query.site is not None and not _same_place(query.site, plan):
        return None
    led = query.site is not None and not _is_at(query.site, plan.page or plan.source.url)
    if led and not _same_question(query, intent, plan) and not _words(intent.subject) & _words(plan.intent.subject):
        return None  # the page that was given leads to others as well
    if intent.writes != plan.intent.writes or not _same_subject(intent, plan, sited=query.site is not None):
        return None
    if _same_question(query, intent, plan):
        return plan.defaults()
    if any(_field(plan, word) is None for word in intent.wanted):
        return None
    return arguments_for(intent, plan)


def _same_question(query: Query, intent: Intent, plan: Plan) -> bool:
    """Whether it is the tool's own question, which still means the same: a month may be another one by now."""
    return fold(query.text) == fold(plan.query) and intent.constraints == plan.intent.constraints


def arguments_for(intent: Intent, plan: Plan) -> Arguments | None:
    """Return the tool's arguments for an intent, or None when some constraint has no parameter."""
    arguments: Arguments = {}
    for constraint in intent.constraints:
        if constraint.topic is Topic.DETAIL:
            continue
        if not _put(arguments, constraint, plan):
            return None
    for parameter in plan.parameters:
        if parameter.name not in arguments and parameter.default is not None:
            if parameter.required or (parameter.topic is Topic.DISTANCE and _centre_given(arguments, plan)):
                continue
            arguments[parameter.name] = [] if parameter.type is FieldType.ARRAY else None
    return arguments


def _same_place(site: str, plan: Plan) -> bool:
    """The same origin, and the same page, or where the tool's own question began, when one below the root is named."""
    return any(_is_at(site, url) for url in (plan.page or plan.source.url, plan.asked_at) if url)


def _is_at(site: str, known: str) -> bool:
    asked, there = urlsplit(site if "//" in site else f"https://{site}"), urlsplit(known)
    if (asked.hostname or "").removeprefix("www.") != (there.hostname or "").removeprefix("www."):
        return False
    path = asked.path.rstrip("/")
    return asked.port == there.port and (not path or path == there.path.rstrip("/"))


def _same_subject(intent: Intent, plan: Plan, *, sited: bool) -> bool:
    asked, known = _words(intent.subject), _words(plan.intent.subject)
    if not asked - _GENERAL or asked & (known | _words(plan.title)):
        return True
    return sited and not known - _GENERAL


def _words(text: str) -> set[str]:
    return {form for word in fold(text).split() for form in (word, *forms(word))}


def _put(arguments: Arguments, constraint: Constraint, plan: Plan) -> bool:  # noqa: PLR0911 - one case for each topic
    """Put one constraint among the arguments; False when no parameter takes it."""
    if constraint.topic in _TURNED and constraint.relation in _NOT:
        return False
    match constraint.topic:
        case Topic.KEYWORDS | Topic.CATEGORY:
            return _put_word(arguments, constraint, plan)
        case Topic.PRICE:
            return _put_price(arguments, constraint, plan)
        case Topic.DATE:
            return _put_date(arguments, constraint, plan)
        case Topic.SORT:
            return _put_sort(arguments, constraint, plan)
        case Topic.DISTANCE:
            value = float(str(constraint.value)) / (KM_PER_MILE if constraint.unit == "km" else 1.0)
            return _set(arguments, _named(plan, "radius_miles"), round(value, 3))
        case Topic.COUNT:
            return _set(arguments, _named(plan, "limit"), constraint.value)
        case Topic.AVAILABILITY:
            return _put_availability(arguments, constraint, plan)
        case Topic.FREE | Topic.ONLINE:
            wanted = constraint.value is not False and constraint.relation not in _NOT
            return _set(arguments, _about(plan, constraint.topic), wanted)
        case Topic.NAMED | Topic.NUMBER | Topic.IDENTIFIER:
            return _put_named(arguments, constraint, plan)
        case _:
            return _set(arguments, _about(plan, constraint.topic), constraint.value)


def _put_word(arguments: Arguments, constraint: Constraint, plan: Plan) -> bool:
    """A word goes to the category parameter that knows it, else among the keywords."""
    text = str(constraint.value)
    if constraint.relation in _NOT:
        return _append(arguments, _named(plan, "exclude"), text)
    if _put_as_learned(arguments, constraint, plan):
        return True
    for parameter in plan.parameters:
        known = {fold(str(v)): v for v in (*parameter.choices, *parameter.examples, parameter.default) if v is not None}
        if parameter.topic is Topic.CATEGORY and parameter.name not in arguments:
            spelled = next((known[f] for f in (fold(text), *forms(fold(text))) if f in known), None)
            if spelled is not None:
                return _set(arguments, parameter, spelled)
    name = "any_keywords" if constraint.name == "any" else "keywords"
    if _append(arguments, _named(plan, name), text):
        return True
    category = _about(plan, Topic.CATEGORY)
    return constraint.topic is Topic.CATEGORY and category is not None and _set(arguments, category, text)


def _put_as_learned(arguments: Arguments, constraint: Constraint, plan: Plan) -> bool:
    """A word of the tool's own question means what it was found to mean there: a kind of record, or all of them.

    A word that no default has chooses nothing only where the tool notes so: it is what the site calls its records.
    """
    word = fold(str(constraint.value))
    own = [c for c in plan.intent.constraints if c.topic in (Topic.KEYWORDS, Topic.CATEGORY)]
    alike = (c for c in own if c.relation is constraint.relation and c.name == constraint.name)
    if not any(fold(str(c.value)) == word for c in alike):
        return False
    meant = {word, *kinds_meant(word)}
    for parameter in plan.parameters:
        if _has_relation(parameter, Relation.EXCLUDES):
            continue  # what a tool leaves out is no word that another question wants
        if isinstance(parameter.default, list) and parameter.topic is Topic.KEYWORDS:
            known = [v for v in parameter.default if fold(str(v)) in meant]
            if known:
                return all(_append(arguments, parameter, str(v)) for v in known if not _has(arguments, parameter, v))
        elif _stands_for(parameter, word, meant):
            return _set(arguments, parameter, parameter.default)
    return constraint.topic is Topic.KEYWORDS and f" {word} " in f" {fold(plan.filters_note)} "


def _stands_for(parameter: Parameter, word: str, meant: set[str]) -> bool:
    """Whether a parameter's default is what a word was found to mean: a value, or a flag that is called so."""
    if isinstance(parameter.default, bool):
        return bool({word, *forms(word)} & set(parameter.name.split("_")))
    if not isinstance(parameter.default, str):
        return False
    return bool({fold(parameter.default), *forms(fold(parameter.default))} & meant)


def _has(arguments: Arguments, parameter: Parameter, value: JsonValue) -> bool:
    known = arguments.get(parameter.name)
    return isinstance(known, list) and value in known


def _put_price(arguments: Arguments, constraint: Constraint, plan: Plan) -> bool:
    """A bound with the relation that the tool has; "under" and "at most" are not the same."""
    names = [n for n, r in (("max_price", _UPPER), ("min_price", _LOWER)) if constraint.relation in r]
    names = names or ["max_price", "min_price"]
    if constraint.unit:
        currency = _named(plan, "currency")
        if currency is not None:
            arguments[currency.name] = constraint.unit
        elif plan.defaults() and constraint.unit not in plan.filters_note and plan.intent.about(Topic.PRICE):
            return False
    for name in names:
        parameter = _named(plan, name)
        relation = constraint.relation if constraint.relation is not Relation.EQUALS else None
        if parameter is None or (relation is not None and not _has_relation(parameter, relation)):
            return False
        arguments[parameter.name] = constraint.value
    return True


def _has_relation(parameter: Parameter, relation: Relation) -> bool:
    return any(isinstance(b, FilterBinding) and b.relation is relation for b in parameter.bindings)


def _put_date(arguments: Arguments, constraint: Constraint, plan: Plan) -> bool:
    first = constraint.relation in (Relation.FROM, *_LOWER)
    last = constraint.relation in (Relation.TO, *_UPPER)
    names = ["date_from"] if first else ["date_to"] if last else ["date_from", "date_to"]
    return all(_set(arguments, _named(plan, name), str(constraint.value)) for name in names)


def _put_sort(arguments: Arguments, constraint: Constraint, plan: Plan) -> bool:
    parameter = _named(plan, "sort")
    if parameter is None:
        return False
    sortable = [f for b in parameter.bindings if isinstance(b, RoleBinding) for f in b.fields]
    field = _field(plan, str(constraint.value), sortable)
    if field is None:
        return False
    key = f"-{field}" if constraint.unit.lower() in _DOWN else field
    known = arguments.get(parameter.name)
    arguments[parameter.name] = f"{known},{key}" if known else key
    return True


def _put_availability(arguments: Arguments, constraint: Constraint, plan: Plan) -> bool:
    sold = "sold" in f"{constraint.value}".lower() or constraint.value is False
    flipped = _named(plan, "sold_out")
    if flipped is not None:
        return _set(arguments, flipped, sold)
    return _set(arguments, _named(plan, "available"), not sold)


def _put_named(arguments: Arguments, constraint: Constraint, plan: Plan) -> bool:
    prefix = "max_" if constraint.relation in _UPPER else "min_" if constraint.relation in _LOWER else ""
    wanted = fold(constraint.name.replace("_", " "))
    for parameter in plan.parameters:
        name = fold(parameter.name.removeprefix(prefix).removesuffix("_is").replace("_", " "))
        if parameter.name.startswith(prefix) and name and name in {wanted, *forms(wanted)}:
            return _set(arguments, parameter, constraint.value)
    return False


def _centre_given(arguments: Arguments, plan: Plan) -> bool:
    """Where a place has no field of its own, the distance around its centre is what makes it a filter."""
    for parameter in plan.parameters:
        bindings = parameter.bindings
        centre = any(isinstance(b, RoleBinding) and b.role == "place_of_distance" for b in bindings)
        alone = centre and not any(isinstance(b, FilterBinding | SourceBinding) for b in bindings)
        if alone and arguments.get(parameter.name) is not None:
            return True
    return False


def _set(arguments: Arguments, parameter: Parameter | None, value: JsonValue) -> bool:
    """Set a parameter that is not yet set to something else."""
    if parameter is None or (parameter.name in arguments and arguments[parameter.name] != value):
        return False
    arguments[parameter.name] = value
    return True


def _append(arguments: Arguments, parameter: Parameter | None, text: str) -> bool:
    if parameter is None:
        return False
    known = arguments.get(parameter.name)
    arguments[parameter.name] = [*known, text] if isinstance(known, list) else [text]
    return True


def _named(plan: Plan, name: str) -> Parameter | None:
    return next((p for p in plan.parameters if p.name == name), None)


def _about(plan: Plan, topic: Topic) -> Parameter | None:
    return next((p for p in plan.parameters if p.topic is topic), None)


def _field(plan: Plan, word: str, among: Sequence[str] = ()) -> str | None:
    """Return the field that a word names, by its name, a part of it or what kind of thing it is."""
    wanted = {fold(word), *(f for w in fold(word).split() for f in forms(w))}
    names = list(among) or [f.name for f in plan.fields]
    for name in names:
        if fold(name.replace("_", " ")) in wanted:
            return name
    for name in names:
        if set(name.split("_")) & wanted:
            return name
    if wanted & {"date", "time", "start", "soonest", "when"}:
        typed = {f.name for f in plan.fields if f.type in (FieldType.DATE, FieldType.DATETIME)}
        return next((n for n in names if n in typed), None)
    return None
