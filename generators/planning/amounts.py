"""Parameters over numbers and flags: prices, free entry, availability, online, named numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from domain.meaning import money
from domain.observation import Column
from domain.plan import Binding, Constraint, FieldType, FilterBinding, Parameter, Relation, RoleBinding, Topic
from generators.planning.desk import OFFERED_FILL, Desk, asked
from generators.sources.relevance import named
from generators.sources.roles import Role, roles_of

_UPPER: Final = (Relation.AT_MOST, Relation.LESS_THAN, Relation.EQUALS, Relation.TO)
_LOWER: Final = (Relation.AT_LEAST, Relation.MORE_THAN, Relation.EQUALS, Relation.FROM)
_SAYING: Final = {
    Relation.AT_MOST: "at most",
    Relation.LESS_THAN: "less than",
    Relation.AT_LEAST: "at least",
    Relation.MORE_THAN: "more than",
}
_SOLD_OUT: Final = re.compile(r"sold|out.?of.?stock|unavailable|not available|full|no tickets", re.IGNORECASE)
_FREE_TOLD: Final = "Only free records (true) or only those that cost (false)."
_SOLD_OUT_TEXTS: Final = ("SOLD OUT", "Sold out", "sold out", "Sold Out", "SoldOut", "Out of stock", "OutOfStock")
_STOCK: Final = re.compile(r"\b(?:available|on loan|in stock|out of stock|sold out|unavailable)\b", re.IGNORECASE)
_FILLING: Final = 2  # a page may say so now and then without meaning its records
_SURE: Final = 0.5
_FEW_STATES: Final = 6
_MOSTLY: Final = 0.8
_ONLINE: Final = re.compile(r"online|virtual|remote|webinar|zoom|stream", re.IGNORECASE)


def bind_amounts(desk: Desk) -> None:
    """Bind prices, free entry, availability, online and other numbers; offer what the columns support."""
    _bind_price(desk)
    _bind_free(desk)
    _bind_availability(desk)
    _bind_online(desk)
    for constraint in asked(desk.intent, Topic.NUMBER):
        _bind_number(desk, constraint)


def _bind_price(desk: Desk) -> None:
    prices = asked(desk.intent, Topic.PRICE)
    price = desk.first(Role.PRICE) or desk.first(Role.HIGH_PRICE) or (_paid(desk.columns) if prices else None)
    if price is None:
        desk.unserved += prices
        return
    if not prices and price.fill < OFFERED_FILL:
        return
    price = typed(desk, price, FieldType.PRICE)
    free = desk.common(Role.FREE)
    columns = (price, free) if free else (price,)
    fields = tuple(c.name for c in columns)
    upper = next((c for c in prices if c.relation in _UPPER), None)
    lower = next((c for c in prices if c.relation in _LOWER), None)
    if upper is not None or not prices:
        _add_bound(desk, "max_price", upper, Relation.AT_MOST, fields)
    if lower is not None:
        _add_bound(desk, "min_price", lower, Relation.AT_LEAST, fields)
    desk.need(*columns)
    _bind_currency(desk, next((c.unit for c in prices if c.unit), ""))


_PAID: Final = frozenset({"salary", "pay", "wage", "income", "compensation", "budget", "gehalt", "salaire"})


def _paid(columns: Sequence[Column]) -> Column | None:
    """The column of amounts that is no price and yet paid: what a job pays, what a contract is worth."""
    named_so = (c for c in columns if c.name.rpartition("_")[2] in _PAID or _is_worth(c))
    return next((c for c in named_so if c.type in _AMOUNTS or is_amount(c)), None)


def _is_worth(column: Column) -> bool:
    """Whether a value or a total is one of money, as its own texts say."""
    named_so = column.name.rpartition("_")[2] in ("value", "total")
    return named_so and bool(column.samples) and all(money.currency(s) for s in column.samples)


_AMOUNTS: Final = (FieldType.NUMBER, FieldType.INTEGER, FieldType.PRICE)


def is_amount(column: Column) -> bool:
    """Return whether a column of texts holds amounts, one each and all in the same words: "92,000 crowns a year"."""
    if column.type is not FieldType.STRING or Role.TITLE in roles_of(column):
        return False
    read = [_AMOUNT.fullmatch(s) for s in column.samples if s]
    units = {(found["sign"], found["unit"].strip()) for found in read if found is not None}
    return bool(read) and None not in read and len(units) == 1 and units != {("", "")}


_AMOUNT: Final = re.compile(
    r"(?P<sign>[^\w\s]{0,2}) ?\d{1,3}(?:[,.'\u00a0\u202f ]?\d{3})*(?:[.,]\d{1,2})?(?P<unit> ?[^\d]{0,24})"
)


def _add_bound(desk: Desk, name: str, asked_for: Constraint | None, usual: Relation, fields: tuple[str, ...]) -> None:
    relation = asked_for.relation if asked_for and asked_for.relation in _SAYING else usual
    missing = "rows without a price never match" + ("; free ones count as 0" if len(fields) > 1 else "")
    desk.add(
        Parameter(
            name=name,
            type=FieldType.NUMBER,
            description=f"Only records whose price is {_SAYING[relation]} this; {missing}.",
            default=_number(asked_for) if asked_for else None,
            bindings=(FilterBinding(relation=relation, topic=Topic.PRICE, fields=fields),),
            topic=Topic.PRICE,
        )
    )


def _bind_currency(desk: Desk, unit: str) -> None:
    column = desk.common(Role.CURRENCY) or _written(desk)
    if column is None:
        if unit:
            desk.notes.append(f"Prices have no currency field; they are taken to be in {unit}.")
        return
    desk.add(
        Parameter(
            name="currency",
            type=FieldType.STRING,
            description="The currency in which price bounds are meant (ISO code); prices in others do not match.",
            default=unit or None,
            examples=column.values[:4],
            bindings=(RoleBinding(role="currency", fields=(column.name,)),),
            topic=Topic.PRICE,
        ),
        column,
    )


def typed(desk: Desk, column: Column, kind: FieldType) -> Column:
    """A text column that is compared with an amount is read as one."""
    if column.type is not FieldType.STRING:
        return column
    read = column.model_copy(update={"type": kind})
    desk.columns = tuple(read if c.name == column.name else c for c in desk.columns)
    return read


def _written(desk: Desk) -> Column | None:
    """The price as the page writes it tells its currency, where it writes one."""
    price = desk.first(Role.PRICE) or desk.first(Role.HIGH_PRICE)
    if price is None or price.type is not FieldType.PRICE:
        return None
    told = [s for s in price.samples if (amount := money.parse(s)) is not None and amount.currency]
    if len(told) < _MOSTLY * len([s for s in price.samples if any(c.isdigit() for c in s)]) or not told:
        return None
    column = price.model_copy(
        update={"name": f"{price.name}_as_written", "type": FieldType.STRING, "values": (), "label": "price as written"}
    )
    if column.name not in {c.name for c in desk.columns}:
        desk.columns = (*desk.columns, column)
        if price.name in desk.detail_names:
            desk.detail_names |= {column.name}
    return column


def _bind_free(desk: Desk) -> None:
    wishes = asked(desk.intent, Topic.FREE)
    column = desk.first(Role.FREE) or desk.first(Role.PRICE)
    if column is None:
        desk.unserved += wishes
    elif wishes or desk.common(Role.FREE) is not None:
        _add_flag(desk, "free", column, topic=Topic.FREE, wishes=wishes, told=_FREE_TOLD)


def _bind_availability(desk: Desk) -> None:
    wishes = asked(desk.intent, Topic.AVAILABILITY)
    find = desk.first if wishes else desk.common
    sold = find(Role.SOLD_OUT)
    open_ = find(Role.AVAILABLE)
    if sold is not None:
        flipped = [w.model_copy(update={"value": not _available(w)}) for w in wishes]
        told = "Only sold-out records (true) or only those still to be had (false)."
        texts = _matching(sold, _SOLD_OUT)
        _add_flag(desk, "sold_out", sold, topic=Topic.AVAILABILITY, wishes=flipped, told=told, texts=texts)
    elif open_ is not None and open_.type is FieldType.BOOLEAN:
        _bind_open(desk, open_, wishes)
    elif open_ is not None and (_matching(open_, _SOLD_OUT) or wishes):
        flipped = [w.model_copy(update={"value": not _available(w)}) for w in wishes]
        told = "Only sold-out records (true) or only those still to be had (false)."
        texts = tuple(dict.fromkeys((*_matching(open_, _SOLD_OUT), *_SOLD_OUT_TEXTS)))
        _add_flag(desk, "sold_out", open_, topic=Topic.AVAILABILITY, wishes=flipped, told=told, texts=texts)
    elif wishes and (said := _saying_sold_out(desk)) is not None:
        flipped = [w.model_copy(update={"value": not _available(w)}) for w in wishes]
        told = "Only sold-out records (true) or only those still to be had (false)."
        texts = _matching(said, _SOLD_OUT)
        _add_flag(desk, "sold_out", said, topic=Topic.AVAILABILITY, wishes=flipped, told=told, texts=texts)
    elif all(w.confidence < _SURE for w in wishes) and not _speaks_of_stock(desk):
        desk.notes += ["Nothing tells that a record could be unavailable." for _ in wishes[:1]]
    else:
        desk.unserved += wishes


def _saying_sold_out(desk: Desk) -> Column | None:
    """Return the column of texts of which some say that a record is gone and some that it is to be had."""
    for column in desk.columns:
        said = column.values or column.samples
        gone = [text for text in said if _SOLD_OUT.search(text)]
        here = [text for text in said if _STOCK.search(text) and text not in gone]
        if column.type is FieldType.STRING and gone and here and len(said) <= _FEW_STATES:
            return column
    return None


def _speaks_of_stock(desk: Desk) -> bool:
    """Whether the page says of some records that they are to be had, or that they are not."""
    page = desk.observation.pages[0] if desk.observation.pages else None
    return page is not None and len(_STOCK.findall(page.text_after or page.text_before)) > _FILLING


def _bind_open(desk: Desk, column: Column, wishes: list[Constraint]) -> None:
    said = [w.model_copy(update={"value": _available(w)}) for w in wishes]
    told = "Only records that are to be had (true) or only those that are not (false)."
    _add_flag(desk, "available", column, topic=Topic.AVAILABILITY, wishes=said, told=told)


def _available(wish: Constraint) -> bool:
    """Return whether what is asked for is to be had: by its value, else by its words."""
    sold = bool(_SOLD_OUT.search(f"{wish.value} {wish.name}")) or (
        not isinstance(wish.value, str) and bool(_SOLD_OUT.search(wish.span))
    )
    wanted = wish.value is not False and wish.relation not in (Relation.NOT_EQUALS, Relation.EXCLUDES)
    return wanted is not sold


def _bind_online(desk: Desk) -> None:
    wishes = asked(desk.intent, Topic.ONLINE)
    column = desk.first(Role.ONLINE) if wishes else desk.common(Role.ONLINE)
    texts = _matching(column, _ONLINE) if column else ()
    if column is None or (column.type is not FieldType.BOOLEAN and not texts and not wishes):
        desk.unserved += wishes
        return
    if column.type is not FieldType.BOOLEAN and not texts:
        texts = ("online", "virtual")
    told = "Only online records (true) or only those at a place (false)."
    _add_flag(desk, "online", column, topic=Topic.ONLINE, wishes=wishes, told=told, texts=texts)


def _add_flag(
    desk: Desk,
    name: str,
    column: Column,
    *,
    topic: Topic,
    wishes: list[Constraint],
    told: str,
    texts: tuple[str, ...] = (),
) -> None:
    default = None
    if wishes:
        default = wishes[0].value is not False and wishes[0].relation is not Relation.NOT_EQUALS
    desk.add(
        Parameter(
            name=name,
            type=FieldType.BOOLEAN,
            description=told,
            default=default,
            bindings=(FilterBinding(relation=Relation.EQUALS, topic=topic, fields=(column.name,), true_values=texts),),
            topic=topic,
        ),
        column,
    )


def _matching(column: Column, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The values of a text column that mean yes."""
    if column.type is FieldType.BOOLEAN:
        return ()
    return tuple(v for v in column.values or column.samples if pattern.search(v))


def _bind_number(desk: Desk, constraint: Constraint) -> None:
    numbers = [c for c in desk.columns if c.type in (FieldType.NUMBER, FieldType.INTEGER, FieldType.PRICE)]
    column = named(numbers, constraint.name) or named(desk.columns, constraint.name)
    if column is None:
        desk.unserved.append(constraint)
        return
    column = typed(desk, column, FieldType.NUMBER)
    upper = constraint.relation in (Relation.AT_MOST, Relation.LESS_THAN)
    relation = constraint.relation if constraint.relation in _SAYING else Relation.EQUALS
    prefix = "" if relation is Relation.EQUALS else "max_" if upper else "min_"
    said = _SAYING.get(relation, "exactly")
    bindings: tuple[Binding, ...] = (FilterBinding(relation=relation, topic=Topic.NUMBER, fields=(column.name,)),)
    desk.add(
        Parameter(
            name=f"{prefix}{column.name}",
            type=FieldType.NUMBER,
            description=f"Only records whose {column.name.replace('_', ' ')} is {said} this.",
            default=_number(constraint),
            bindings=bindings,
            topic=Topic.NUMBER,
        ),
        column,
    )


def _number(constraint: Constraint) -> int | float:
    value = float(str(constraint.value))
    return int(value) if value.is_integer() else value
