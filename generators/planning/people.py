"""Parameters over people: by whom a record is, and by whom it may not be."""

from __future__ import annotations

from collections.abc import Sequence

from domain.meaning.words import matches
from domain.observation import Column
from domain.plan import Constraint, FieldType, FilterBinding, Parameter, Relation, Topic
from generators.planning.desk import Desk, asked, spoken
from generators.sources.roles import Role, human_text


def bind_people(desk: Desk, rest: list[Constraint]) -> list[Constraint]:
    """Bind by whom records are, or may not be; return the other constraints with the people no column tells."""
    columns = desk.playing(Role.ORGANIZER)[:2]
    people = asked(desk.intent, Topic.PERSON)
    if columns:
        people = _without_people(desk, people, columns)
    else:
        # A name that no text says may stand where the list does not tell it: searching its titles would be a guess.
        said = [
            p for p in people if any(matches((*c.values, *c.samples), str(p.value)) for c in human_text(desk.columns))
        ]
        desk.unserved += [p for p in people if p not in said]
        return rest + said
    fields = tuple(c.name for c in columns)
    parameter = Parameter(
        name="organizer",
        type=FieldType.STRING,
        description=f"Only records whose {' or '.join(map(spoken, columns))} contains this name.",
        default=str(people[0].value) if people else None,
        examples=columns[0].samples[:2] if columns[0].type is FieldType.STRING else (),
        bindings=(
            *desk.sources(columns, Relation.EQUALS),
            FilterBinding(relation=Relation.CONTAINS, topic=Topic.PERSON, fields=fields),
        ),
        topic=Topic.PERSON,
    )
    desk.add(parameter, *(columns if people else columns[:1] if _worth(columns[0]) else ()))
    if not people and not _worth(columns[0]):
        del desk.parameters["organizer"]
    elif not people:
        narrowed = FilterBinding(relation=Relation.CONTAINS, topic=Topic.PERSON, fields=fields[:1])
        desk.parameters["organizer"] = parameter.model_copy(update={"bindings": (narrowed,)})
    return rest + people[1:]


def _without_people(desk: Desk, people: list[Constraint], columns: Sequence[Column]) -> list[Constraint]:
    """Bind the people of whom no record may be, and return the others."""
    unwanted = [p for p in people if p.relation is Relation.EXCLUDES]
    if unwanted:
        add_unwanted(desk, "exclude_organizer", columns, [str(p.value) for p in unwanted])
    return [p for p in people if p not in unwanted]


def add_unwanted(desk: Desk, name: str, columns: Sequence[Column], words: list[str]) -> None:
    """Bind words that the columns of a record may not have."""
    parameter = Parameter(
        name=name,
        type=FieldType.ARRAY,
        items=FieldType.STRING,
        description=f"Words of which none may occur in {' or '.join(map(spoken, columns))}.",
        default=list(words),
        bindings=(
            FilterBinding(relation=Relation.EXCLUDES, topic=Topic.KEYWORDS, fields=tuple(c.name for c in columns)),
        ),
        topic=Topic.KEYWORDS,
    )
    desk.add(parameter, *columns)


def _worth(column: Column) -> bool:
    return column.fill >= 0.2
