"""Which columns of a candidate become output fields, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.observation import Column
from domain.plan import Field, FieldType, SourceKind, Topic
from generators.planning.desk import OFFERED_FILL, Desk
from generators.sources.flatten import MAP_LABEL
from generators.sources.relevance import named
from generators.sources.roles import Role, roles_of

_MOST: Final = 25
_REQUIRED_FILL: Final = 0.995
_CORE: Final = frozenset({Role.ID, Role.TITLE, Role.LINK, Role.START})
_FIRST: Final = (
    Role.ID,
    Role.TITLE,
    Role.LINK,
    Role.START,
    Role.END,
    Role.CITY,
    Role.VENUE,
    Role.ADDRESS,
    Role.PRICE,
    Role.CURRENCY,
    Role.FREE,
    Role.SOLD_OUT,
    Role.AVAILABLE,
    Role.CATEGORY,
    Role.ORGANIZER,
    Role.RATING,
    Role.ONLINE,
    Role.DESCRIPTION,
)

_LABEL_WORDS = 4
_LABEL_CHARACTERS = 40


def wanted_columns(desk: Desk) -> tuple[list[Column], list[str]]:
    """Return the columns that the question names as output, and the names for which there is none."""
    words = [*desk.intent.wanted, *(str(c.value) for c in desk.intent.about(Topic.DETAIL))]
    found: dict[str, Column] = {}
    missing = []
    for word in dict.fromkeys(words):
        column = named(desk.columns, word)
        if column is None:
            missing.append(word)
        else:
            found[column.name] = column
    return list(found.values()), missing


def output_fields(desk: Desk) -> tuple[Field, ...]:
    """Return the output fields: wanted ones first, then those that bindings need, then the most useful; at most 25."""
    wanted, _ = wanted_columns(desk)
    needed = [c for c in desk.columns if c.name in desk.needed or c.name in desk.candidate.identity]
    listed = [c for c in desk.columns if c.fill >= OFFERED_FILL and c.name not in desk.detail_names]
    listed = [c for c in listed if not c.label.endswith(MAP_LABEL)]  # long, and seldom what a row is about
    useful = sorted(listed, key=_usefulness)
    chosen: dict[str, Column] = {}
    core = [c for role in (Role.ID, Role.TITLE, Role.LINK, Role.START) if (c := desk.common(role)) is not None]
    for column in (*wanted, *core, *_in_order(needed)):
        chosen[column.name] = column
    for column in useful:
        if len(chosen) >= _MOST:
            break
        chosen.setdefault(column.name, column)
    return tuple(_field(c, desk) for c in chosen.values())


def _in_order(columns: Sequence[Column]) -> list[Column]:
    return sorted(columns, key=_usefulness)


def _usefulness(column: Column) -> tuple[int, float]:
    roles = roles_of(column)
    place = min((_FIRST.index(r) for r in roles[:1] if r in _FIRST), default=len(_FIRST))
    return place + 2 * column.name.count("_") + round(12 * (1.0 - column.fill)), -column.fill


def _field(column: Column, desk: Desk) -> Field:
    detail = column.name in desk.detail_names
    whole = desk.candidate.paging is None and desk.candidate.kind is not SourceKind.BROWSER
    told = bool(set(roles_of(column)[:1]) & _CORE) or whole  # later pages, and what scrolling brings, may lack the rest
    required = column.fill >= _REQUIRED_FILL and not detail and told
    leads = desk.detail is not None and column.name == desk.detail.link and column.type is not FieldType.URL
    return Field(
        name=column.name,
        type=FieldType.STRING if leads else column.type,
        description=_told(column),
        locator=column.locator,
        fallbacks=column.fallbacks,
        required=required and column.type is not FieldType.ARRAY,
        detail=detail,
        behind=column.behind,
        unit=column.unit,
        scale=column.scale,
    )


def _told(column: Column) -> str:
    label = column.label or column.name.replace("_", " ")
    label = " ".join(label.split()[:_LABEL_WORDS])[:_LABEL_CHARACTERS]
    # Page text is data: a description that clients read may show one word of it, never a sentence.
    sample = next((s for s in column.samples if s and len(s.split()) == 1 and len(s) <= _LABEL_CHARACTERS), "")
    return f"{label[:1].upper()}{label[1:]}" + (f', such as "{sample}"' if sample else "")
