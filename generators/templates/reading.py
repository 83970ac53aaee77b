"""Expressions that read one item's fields from a raw record."""

from __future__ import annotations

from domain.plan import Field, FieldType, Plan, SourceKind
from generators.templates.text import indent, literal

DATA_KINDS = frozenset({SourceKind.JSON, SourceKind.EMBEDDED, SourceKind.OPENAPI})
MOMENTS = frozenset({FieldType.DATE, FieldType.DATETIME})
CONVERTERS = {
    FieldType.STRING: "to_text",
    FieldType.INTEGER: "to_integer",
    FieldType.NUMBER: "to_number",
    FieldType.PRICE: "to_price",
    FieldType.BOOLEAN: "to_boolean",
    FieldType.ARRAY: "to_list",
}


def reader(plan: Plan) -> list[str]:
    """Return the function that makes an Item of one raw record."""
    data = plan.source.kind in DATA_KINDS
    signature = "def read_item(raw: Any) -> Item:" if data else "def read_item(raw: Node) -> Item:"
    listed = [field for field in plan.fields if not field.detail]
    body = ['"""Read one record; what is missing stays None."""', "return Item("]
    if plan.records.format == "text":
        body += indent(f"{field.name}={_as_it_came(field)}," for field in listed)
    else:
        body += indent(f"{field.name}={_sure(plan, field, data=data)}," for field in listed)
    return [signature, *indent([*body, ")"])]


def expression(field: Field, *, data: bool, url: str, raw: str = "raw") -> str:
    """Return the expression that reads one field of ``raw`` and gives it its type.

    Dates from JSON stay as the source writes them; dates from HTML text become ISO dates.
    """
    value = _picked(field, raw) if data else _read(field, raw)
    if field.type is FieldType.URL:
        return f"to_url({value}, {url})"
    if field.type is FieldType.OBJECT:
        return value
    if field.type in MOMENTS and not data:
        return f"to_{field.type.value}({value})"
    converted = f"{CONVERTERS.get(field.type, 'to_text')}({value})"
    return f"scaled({converted}, {literal(field.scale)})" if field.scale != 1.0 else converted


def has_objects(plan: Plan) -> bool:
    """Return whether objects of a described answer are read, which may be something else after all."""
    described = plan.source.kind is SourceKind.OPENAPI and plan.records.format != "text"
    return described and any(field.type is FieldType.OBJECT and not field.detail for field in plan.fields)


def _sure(plan: Plan, field: Field, *, data: bool) -> str:
    value = expression(field, data=data, url=_base(data=data))
    return f"as_object({value})" if field.type is FieldType.OBJECT and has_objects(plan) else value


def _as_it_came(field: Field) -> str:
    """Text of an answer that is taken whole keeps its white space."""
    converter = CONVERTERS.get(field.type, "to_text")
    value = f"raw[{literal(field.locator)}]"
    return value if converter == "to_text" else f"{converter}({value})"


def _base(*, data: bool) -> str:
    return "URL" if data else "raw.url"


def _picked(field: Field, raw: str) -> str:
    chain = f"pick({raw}, {literal((field.locator, *field.fallbacks)[-1])})"
    for locator in reversed((field.locator, *field.fallbacks)[:-1]):
        chain = f"pick({raw}, {literal(locator)}, {chain})"
    return chain


def _read(field: Field, raw: str) -> str:
    locators = ", ".join(literal(locator) for locator in (field.locator, *field.fallbacks))
    return f"{raw}.read({locators})"
