"""Parameters over places: a city by name, a distance from its centre by coordinates."""

from __future__ import annotations

import re
from typing import Final

from domain.errors import NeedsInput
from domain.meaning.gazetteer import find
from domain.meaning.geo import KM_PER_MILE
from domain.meaning.words import fold
from domain.observation import Column
from domain.plan import Binding, Constraint, FieldType, FilterBinding, Parameter, Relation, RoleBinding, Topic
from generators.planning.desk import Desk, asked, source_binding
from generators.sources.roles import Role

_SURE: Final = 0.5
_MOSTLY: Final = 0.6
_AREA_AT_END: Final = re.compile(r"[,(|·•\u2013\u2014]")
_NEAR_MILES: Final = 15.0
"""How far "in a city" reaches where records have coordinates but no city field; the parameter can change it."""


def bind_places(desk: Desk) -> None:
    """Bind the question's place and distance, and offer both where the columns support them."""
    places = [_as_listed(desk, place) for place in asked(desk.intent, Topic.PLACE)]
    distances = asked(desk.intent, Topic.DISTANCE)
    latitude, longitude = desk.first(Role.LATITUDE), desk.first(Role.LONGITUDE)
    coordinates = (latitude, longitude) if latitude and longitude else ()
    column, relation = _place_column(desk, places[0] if places else None)
    _ask_which(desk, places, column, needs_centre=bool(coordinates and (distances or column is None)))
    if distances and not coordinates:
        desk.unserved += distances
    if column is None and not coordinates:
        desk.unserved += [p for p in places if not _among_choices(desk, p) and not _whole_source(desk, p)]
        return
    bindings: list[Binding] = []
    if column is not None:
        bindings += desk.sources([column], Relation.EQUALS) if relation is Relation.EQUALS and not coordinates else ()
        bindings.append(FilterBinding(relation=relation, topic=Topic.PLACE, fields=(column.name,)))
        desk.need(column)
    if coordinates:
        bindings.append(RoleBinding(role="place_of_distance", fields=tuple(c.name for c in coordinates)))
        _add_distance(desk, coordinates, distances, required=bool(places) and column is None)
    desk.add(
        Parameter(
            name=_name(column),
            type=FieldType.STRING,
            description=_description(column, coordinates),
            default=_default(places[0], column) if places else None,
            examples=column.values[:3] if column else (),
            bindings=tuple(bindings),
            topic=Topic.PLACE,
        )
    )
    for place in places[1:]:
        _bind_second(desk, place)


def _as_listed(desk: Desk, place: Constraint) -> Constraint:
    """A place as the records call it, where the question's own words do: "Halle" rather than "Halle (Saale)"."""
    columns = [c for role in (Role.CITY, Role.REGION, Role.COUNTRY) for c in desk.playing(role)]
    values = [v for c in columns for v in (*c.values, *c.samples) if v]
    if fold(str(place.value)) in {fold(v) for v in values}:
        return place
    listed = next((v for v in values if f" {fold(v)} " in f" {fold(place.span)} "), None)
    return place if listed is None else place.model_copy(update={"value": listed})


def _ask_which(desk: Desk, places: list[Constraint], column: Column | None, *, needs_centre: bool) -> None:
    """A name that several places bear is asked back, unless the records settle it."""
    unsure = next((p for p in places if p.confidence < _SURE), None)
    if unsure is None or len(desk.intent.places) < 2:
        return
    said = f" {fold(str(unsure.value))} "
    settled = column is not None and any(said in f" {fold(v)} " for v in (*column.values, *column.samples))
    if settled and not needs_centre:
        return
    choices = tuple(", ".join(x for x in (p.name, p.region, p.country) if x) for p in desk.intent.places)
    raise NeedsInput(f"Which {unsure.value} is meant?", field="place", choices=choices)


def _name(column: Column | None) -> str:
    if column is not None and any(w in column.name for w in ("country", "region", "state", "province")):
        return column.name
    return "city"


def _description(column: Column | None, coordinates: tuple[Column, ...]) -> str:
    said = f"A place; only records whose {column.name.replace('_', ' ')} is it." if column else "A place."
    return f"{said} With radius_miles it is the centre of the distance instead." if coordinates else said


def _default(place: Constraint, column: Column | None) -> str:
    known = next((v for v in column.values if fold(v) == fold(str(place.value))), None) if column else None
    return known or str(place.value)


def _place_column(desk: Desk, place: Constraint | None) -> tuple[Column | None, Relation]:
    """Return the column that tells where, and whether it equals the place or only contains its name."""
    wanted = fold(str(place.value)) if place else ""
    exact = [c for r in (Role.CITY, Role.REGION, Role.COUNTRY) for c in desk.playing(r)]
    if wanted:
        for column in exact:
            if wanted in {fold(v) for v in (*column.values, *column.samples)}:
                return column, Relation.EQUALS
    city = desk.first(Role.CITY)
    if city is not None:
        return city, Relation.EQUALS
    spots = [c for r in (Role.VENUE, Role.ADDRESS, Role.REGION) for c in desk.playing(r)]
    for column in spots:
        if not wanted or any(f" {wanted} " in f" {fold(v)} " for v in (*column.values, *column.samples)):
            return column, Relation.CONTAINS
    return _mentioning(desk, wanted), Relation.CONTAINS


def _mentioning(desk: Desk, wanted: str) -> Column | None:
    """A text column that tells where: one whose texts end in places, else one in which the place is named."""
    best: tuple[float, Column] | None = None
    for column in desk.columns:
        texts = column.values or column.samples
        if column.type is not FieldType.STRING or not wanted or not texts:
            continue
        ends = [_AREA_AT_END.split(text)[-1].strip(" )") for text in texts]
        ending = sum(1 for end in ends if find(end)) / len(ends) if len(set(ends)) > 1 else 0.0
        named = any(f" {wanted} " in f" {fold(text)} " for text in texts)
        if (named or ending >= _MOSTLY) and (best is None or ending > best[0]):
            best = (ending, column)
    return best[1] if best else None


def _among_choices(desk: Desk, place: Constraint) -> bool:
    """The site itself narrows to the place, though its records do not say where they are."""
    for taken in desk.taken:
        label = next((c for c in taken.choices if fold(c) == fold(str(place.value))), None)
        if label is None and taken.topic is Topic.PLACE and fold(taken.sample) == fold(str(place.value)):
            label = str(place.value)
        if taken.proven and taken.relation is Relation.EQUALS and label is not None:
            parameter = Parameter(
                name="city" if place.name in ("", "city") else place.name,
                type=FieldType.STRING,
                description=f"A place as the site knows it: {', '.join(taken.choices[:12])}.",
                default=label,
                choices=taken.choices if len(taken.choices) <= 60 and label in taken.choices else (),
                bindings=(source_binding(taken),),
                topic=Topic.PLACE,
            )
            desk.add(parameter)
            return True
    return False


def _whole_source(desk: Desk, place: Constraint) -> bool:
    """The page is about that place alone: then nothing needs to be filtered."""
    page = desk.observation.pages[0] if desk.observation.pages else None
    head = fold(f"{page.title} {page.final_url}") if page else ""
    if fold(str(place.value)) in head or fold(place.span) in head.split():
        desk.notes.append(f"The page is about {place.value} as a whole; its records carry no city of their own.")
        return True
    return False


def _add_distance(desk: Desk, coordinates: tuple[Column, ...], distances: list[Constraint], *, required: bool) -> None:
    default = _miles(distances[0]) if distances else _NEAR_MILES if required else None
    if required and not distances:
        desk.notes.append(
            f"Records have coordinates but no city: a place means {_NEAR_MILES:g} miles around its centre."
        )
    desk.add(
        Parameter(
            name="radius_miles",
            type=FieldType.NUMBER,
            description="Only records within this many miles (great circle) of the centre of the place.",
            default=default,
            minimum=0,
            bindings=(
                FilterBinding(
                    relation=Relation.WITHIN, topic=Topic.DISTANCE, fields=tuple(c.name for c in coordinates)
                ),
            ),
            topic=Topic.DISTANCE,
        ),
        *coordinates,
    )


def _miles(distance: Constraint) -> float:
    value = float(str(distance.value))
    return round(value / KM_PER_MILE, 3) if distance.unit == "km" else value


def _bind_second(desk: Desk, place: Constraint) -> None:
    """A second place ("in Springfield, Illinois") is asked of the region or country, where there is one."""
    for role in (Role.REGION, Role.COUNTRY):
        column = desk.first(role)
        if column is not None and column.name not in desk.parameters:
            desk.add(
                Parameter(
                    name=column.name,
                    type=FieldType.STRING,
                    description=f"Only records whose {column.name.replace('_', ' ')} is this.",
                    default=_default(place, column),
                    bindings=(FilterBinding(relation=Relation.EQUALS, topic=Topic.PLACE, fields=(column.name,)),),
                    topic=Topic.PLACE,
                ),
                column,
            )
            return
    desk.unserved.append(place)
