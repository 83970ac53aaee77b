"""The parameters that every listing tool has: how to sort, and how many."""

from __future__ import annotations

from domain.observation import Column
from domain.plan import FieldType, Parameter, RoleBinding, Topic
from generators.planning.amounts import is_amount, typed
from generators.planning.desk import OFFERED_FILL, Desk, asked
from generators.sources.relevance import named
from generators.sources.roles import Role, roles_of

_DOWN = ("desc", "descending", "down")


def bind_controls(desk: Desk) -> None:
    """Bind the question's order and count, and offer both."""
    wishes = asked(desk.intent, Topic.SORT)
    keys = []
    for wish in wishes:
        column = named(desk.columns, str(wish.value)) or (named(desk.columns, wish.name) if wish.name else None)
        if column is None:
            desk.unserved.append(wish)
            continue
        if is_amount(column):
            column = typed(desk, column, FieldType.NUMBER)  # by its number, not by how that is spelled
        keys.append(f"-{column.name}" if wish.unit.lower() in _DOWN else column.name)
        desk.need(column)
    sortable = _sortable(desk, keys)
    if sortable:
        desk.add(_sort(sortable, keys))
    counts = asked(desk.intent, Topic.COUNT)
    desk.add(
        Parameter(
            name="limit",
            type=FieldType.INTEGER,
            description="At most this many records, counted after filtering and sorting; all there are when left out.",
            default=int(str(counts[0].value)) if counts else None,
            minimum=1,
            maximum=1000,
            bindings=(RoleBinding(role="limit"),),
            topic=Topic.COUNT,
        )
    )


def _sortable(desk: Desk, keys: list[str]) -> list[str]:
    useful = (Role.START, Role.PRICE, Role.TITLE, Role.RATING)
    found = [key.lstrip("-") for key in keys]
    found += [c.name for role in useful if (c := desk.common(role)) is not None]
    found += [c.name for c in desk.columns if _counts(c) and c.fill >= OFFERED_FILL][:3]
    return list(dict.fromkeys(found))


def _counts(column: Column) -> bool:
    number = column.type in (FieldType.INTEGER, FieldType.NUMBER)
    return number and not set(roles_of(column)) & {Role.ID, Role.LATITUDE, Role.LONGITUDE}


def _sort(sortable: list[str], keys: list[str]) -> Parameter:
    return Parameter(
        name="sort",
        type=FieldType.STRING,
        description=(
            "A field to sort by, with - in front for descending; several joined by commas. "
            f"Fields: {', '.join(sortable)}. The site's own order when left out."
        ),
        default=",".join(dict.fromkeys(keys)) or None,
        examples=(sortable[0], f"-{sortable[0]}"),
        bindings=(RoleBinding(role="sort", fields=tuple(sortable)),),
        topic=Topic.SORT,
    )
