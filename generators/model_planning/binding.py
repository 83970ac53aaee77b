"""From a parameter as a model chose it to a typed parameter with its bindings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.meaning import gazetteer
from domain.meaning.words import fold
from domain.observation import Column, EndpointParameter
from domain.plan import (
    Binding,
    FieldType,
    FilterBinding,
    Parameter,
    Relation,
    RoleBinding,
    SourceBinding,
    Topic,
)
from domain.values import JsonValue
from generators.model_planning.offer import FormChoice
from generators.model_planning.reply import ParameterChoice, Use
from generators.planning.desk import Desk, source_binding
from generators.sources.roles import Role, roles_of

_RELATIONS: Final[dict[Use, Relation]] = {
    Use.KEYWORDS: Relation.CONTAINS,
    Use.ANY_KEYWORD: Relation.CONTAINS,
    Use.EXCLUDE: Relation.EXCLUDES,
    Use.PLACE: Relation.EQUALS,
    Use.RADIUS_MILES: Relation.WITHIN,
    Use.DATE_FROM: Relation.FROM,
    Use.DATE_TO: Relation.TO,
    Use.AT_MOST: Relation.AT_MOST,
    Use.LESS_THAN: Relation.LESS_THAN,
    Use.AT_LEAST: Relation.AT_LEAST,
    Use.MORE_THAN: Relation.MORE_THAN,
    Use.IS_TRUE: Relation.EQUALS,
    Use.EQUALS: Relation.EQUALS,
    Use.NOT_EQUALS: Relation.NOT_EQUALS,
    Use.CONTAINS: Relation.CONTAINS,
}
_TOPICS: Final[dict[Use, Topic]] = {
    Use.KEYWORDS: Topic.KEYWORDS,
    Use.ANY_KEYWORD: Topic.KEYWORDS,
    Use.EXCLUDE: Topic.KEYWORDS,
    Use.PLACE: Topic.PLACE,
    Use.RADIUS_MILES: Topic.DISTANCE,
    Use.DATE_FROM: Topic.DATE,
    Use.DATE_TO: Topic.DATE,
    Use.CURRENCY: Topic.PRICE,
    Use.SEARCH: Topic.CATEGORY,
    Use.FORM: Topic.NAMED,
}
_LISTS: Final = frozenset({Use.KEYWORDS, Use.ANY_KEYWORD, Use.EXCLUDE})
_BOUNDS: Final = frozenset({Use.AT_MOST, Use.LESS_THAN, Use.AT_LEAST, Use.MORE_THAN})
_OWN_TYPES: Final = frozenset({FieldType.INTEGER, FieldType.NUMBER, FieldType.BOOLEAN})


def bind(
    desk: Desk,
    choice: ParameterChoice,
    columns: Sequence[Column],
    *,
    source: EndpointParameter | None,
    form: FormChoice | None,
    centre: Sequence[Column],
) -> None:
    """Put a chosen parameter on the desk. ``columns`` are the desk's own; ``centre`` latitude and longitude, if any."""
    topic = _topic(choice.use, columns)
    bindings = list(_source_bindings(desk, choice, columns, source, form))
    names = tuple(column.name for column in columns)
    if choice.use is Use.CURRENCY:
        bindings.append(RoleBinding(role="currency", fields=names[:1]))
    elif choice.use in _RELATIONS and names:
        bindings.append(
            FilterBinding(
                relation=_RELATIONS[choice.use],
                topic=topic,
                fields=names,
                true_values=tuple(choice.true_values) if choice.use is Use.IS_TRUE else (),
                any_of=choice.use is Use.ANY_KEYWORD,
            )
        )
    if choice.use is Use.PLACE and centre:
        bindings.append(RoleBinding(role="place_of_distance", fields=tuple(c.name for c in centre)))
    parameter = Parameter(
        name=choice.name,
        type=_type(choice.use, columns),
        items=FieldType.STRING if choice.use in _LISTS else None,
        description=choice.description.strip() or f"Narrows by {choice.name.replace('_', ' ')}.",
        default=_default(choice, columns),
        minimum=0 if choice.use is Use.RADIUS_MILES else None,
        bindings=tuple(bindings),
        topic=topic,
    )
    desk.add(parameter, *columns, *(centre if choice.use is Use.PLACE else ()))


def form_binding(choice: FormChoice) -> SourceBinding:
    """Return the binding to a form's field; a select's labels go through its own values."""
    mapping = {fold(o.label): o.value for o in choice.field.options if o.label and fold(o.label) != fold(o.value)}
    return SourceBinding(
        location="query" if choice.method == "GET" else "body",
        name=choice.field.name,
        encoding="map" if mapping else "plain",
        mapping=mapping,
    )


def _source_bindings(
    desk: Desk,
    choice: ParameterChoice,
    columns: Sequence[Column],
    source: EndpointParameter | None,
    form: FormChoice | None,
) -> tuple[Binding, ...]:
    """A source parameter is taken when it was proven for the same columns, or when nothing else can tell."""
    if form is not None:
        return (form_binding(form),)
    if choice.use in {Use.EQUALS, Use.PLACE} and columns:
        return desk.sources(columns, Relation.EQUALS)
    if source is None:
        return ()
    if choice.use is Use.SEARCH:
        return (source_binding(source),)
    far = not desk.candidate.complete or (desk.candidate.total or 0) > 5000
    return (source_binding(source),) if choice.use is Use.KEYWORDS and far else ()


def _topic(use: Use, columns: Sequence[Column]) -> Topic:
    roles = set(roles_of(columns[0])) if columns else set()
    if use in _BOUNDS:
        priced = columns[0].type is FieldType.PRICE or roles & {Role.PRICE, Role.HIGH_PRICE}
        return Topic.PRICE if priced else Topic.NUMBER
    if use is Use.IS_TRUE:
        if Role.FREE in roles:
            return Topic.FREE
        return Topic.ONLINE if Role.ONLINE in roles else Topic.AVAILABILITY
    if use is Use.EQUALS and Role.CATEGORY in roles:
        return Topic.CATEGORY
    if use is Use.CONTAINS and Role.ORGANIZER in roles:
        return Topic.PERSON
    return _TOPICS.get(use, Topic.NAMED)


def _type(use: Use, columns: Sequence[Column]) -> FieldType:
    if use in _LISTS:
        return FieldType.ARRAY
    if use in _BOUNDS or use is Use.RADIUS_MILES:
        return FieldType.NUMBER
    if use is Use.IS_TRUE:
        return FieldType.BOOLEAN
    if use in {Use.EQUALS, Use.NOT_EQUALS} and columns and columns[0].type in _OWN_TYPES:
        return columns[0].type
    return FieldType.STRING


def _default(choice: ParameterChoice, columns: Sequence[Column]) -> JsonValue:
    value = choice.default
    if value is None or value == []:
        return None
    if isinstance(value, list):
        return list(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, float | int):
        return int(value) if float(value).is_integer() else value
    known = next((v for c in columns for v in c.values if fold(v) == fold(value)), None)
    if known is None and choice.use is Use.PLACE:
        place = gazetteer.find(value)
        return place.name if place else value
    return known or value
