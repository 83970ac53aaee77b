"""An author's own models become the plan's parameters and fields, so that the tool's schemas are derived here.

The models are read from the code's syntax; nothing of it is run for that. Only known shapes are taken over, and what
the models really accept is seen by the trials.
"""

from __future__ import annotations

import ast
from typing import Any

from domain.errors import InvalidArguments
from domain.plan import Field, FieldType, Parameter, Plan
from domain.python_text import parse_module
from domain.values import JsonObject, JsonValue
from generators.emit import SCHEMA_TYPES

MOST_NAMES = 60
MOST_WORDS = 500  # characters of a description
TYPES = {
    "string": FieldType.STRING,
    "integer": FieldType.INTEGER,
    "number": FieldType.NUMBER,
    "boolean": FieldType.BOOLEAN,
    "array": FieldType.ARRAY,
    "object": FieldType.OBJECT,
}
FORMATS = {"date": FieldType.DATE, "date-time": FieldType.DATETIME, "uri": FieldType.URL}
SIMPLE = (FieldType.STRING, FieldType.INTEGER, FieldType.NUMBER, FieldType.BOOLEAN)


NAMED: dict[str, dict[str, Any]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "dict": {"type": "object"},
    "list": {"type": "array", "items": {}},
    "Day": {"type": "string", "format": "date"},
    "date": {"type": "string", "format": "date"},
    "Moment": {"type": "string", "format": "date-time"},
    "datetime": {"type": "string", "format": "date-time"},
}
ASKED = {"default": "default", "description": "description", "ge": "minimum", "le": "maximum"}


def with_models(code: str, plan: Plan) -> Plan:
    """Return the plan with the parameters and fields that the code's models declare.

    What the plan knows by the same name keeps its bindings and locators, and is judged by them.

    Raises:
        InvalidArguments: a model is missing, or has a shape that no tool takes.
    """
    known = {p.name: p for p in plan.parameters}
    fields = {f.name: f for f in plan.fields}
    request, item = _model(code, "Request"), _model(code, "Item")
    return plan.model_copy(
        update={
            "parameters": tuple(_parameter(name, schema, known.get(name)) for name, schema in request.items()),
            "fields": tuple(_field(name, schema, fields.get(name)) for name, schema in item.items()),
            "identity": tuple(name for name in plan.identity if name in item),
        }
    )


def _model(code: str, name: str) -> dict[str, dict[str, Any]]:
    """Return each attribute of a model with its JSON Schema; one without a default is ``required``."""
    found = [node for node in parse_module(code).body if isinstance(node, ast.ClassDef) and node.name == name]
    if len(found) != 1:
        raise InvalidArguments(
            f"The module has {len(found)} classes {name}.",
            remedy="Declare Request (the parameters) and Item (one row) once each, as pydantic models.",
        )
    declared = [n for n in found[0].body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)]
    if len(declared) > MOST_NAMES or (name == "Item" and not declared):
        raise InvalidArguments(f"{name} has {len(declared)} attributes.", remedy=f"Declare 1 to {MOST_NAMES}.")
    return {n.target.id: _attribute(n) for n in declared if isinstance(n.target, ast.Name)}


def _attribute(node: ast.AnnAssign) -> dict[str, Any]:
    schema = _shape(node.annotation)
    value = node.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "Field":
        said = {ASKED[k.arg]: _literal(k.value) for k in value.keywords if k.arg in ASKED}
        said |= {"default": _literal(value.args[0])} if value.args else {}
        return {**schema, **said, "required": "default" not in said}
    return {**schema, "required": value is None, **({} if value is None else {"default": _literal(value)})}


def _shape(node: ast.expr) -> dict[str, Any]:
    """Return the schema of an annotation, None aside; an unknown one has no type."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [
            side for side in (node.left, node.right) if not (isinstance(side, ast.Constant) and side.value is None)
        ]
        return _shape(sides[0]) if len(sides) == 1 else {}
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        if node.value.id == "Optional":
            return _shape(node.slice)
        if node.value.id == "list":
            return {"type": "array", "items": _shape(node.slice)}
        if node.value.id == "Literal":
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            choices = [_literal(part) for part in parts]
            return {"type": "string", "enum": choices} if all(isinstance(c, str) for c in choices) else {}
        return dict(NAMED.get(node.value.id, {}))
    return dict(NAMED.get(node.id, {})) if isinstance(node, ast.Name) else {}


def _literal(node: ast.expr) -> JsonValue:
    try:
        value: JsonValue = ast.literal_eval(node)
    except ValueError as problem:
        raise InvalidArguments(
            f"Line {node.lineno}: {ast.unparse(node)[:80]} is no literal.",
            remedy="Write defaults, descriptions and bounds of Request and Item as plain values.",
        ) from problem
    return value


def _parameter(name: str, schema: dict[str, Any], known: Parameter | None) -> Parameter:
    kind = TYPES.get(str(schema.get("type")))
    items = TYPES.get(str(schema.get("items", {}).get("type"))) if kind is FieldType.ARRAY else None
    if kind is None or kind is FieldType.OBJECT or (kind is FieldType.ARRAY and items not in SIMPLE):
        raise InvalidArguments(
            f"Request.{name} has a shape that no tool takes.",
            remedy="Use str, int, float, bool, Literal of texts, or a list of these; add | None for optional ones.",
        )
    said: dict[str, Any] = {
        "description": _words(schema, known.description if known else name.replace("_", " ")),
        "default": schema.get("default"),
        "required": schema["required"],
        "choices": tuple(schema.get("enum", ())),
        "minimum": _number(schema.get("minimum")),
        "maximum": _number(schema.get("maximum")),
    }
    if known is None:
        return Parameter(name=name, type=kind, items=items, **said)
    wanted = SCHEMA_TYPES.get(known.type, "string")
    if wanted != schema["type"]:
        raise InvalidArguments(
            f"Request.{name} is {schema['type']}, in the plan it is {wanted}.",
            remedy=f"Declare {name} as {wanted}, or give what you mean another name.",
        )
    return known.model_copy(update=said)


def _field(name: str, schema: dict[str, Any], known: Field | None) -> Field:
    kind = FORMATS.get(str(schema.get("format"))) or TYPES.get(str(schema.get("type")))
    description = _words(schema, known.description if known else name.replace("_", " "))
    if known is not None:
        same = kind is None or SCHEMA_TYPES.get(known.type, "string") == SCHEMA_TYPES.get(kind, "string")
        return known.model_copy(update={"description": description, **({} if same else {"type": kind})})
    if kind is None:
        raise InvalidArguments(
            f"Item.{name} has a shape that is not known.",
            remedy="Use str, int, float, bool, date, datetime, list or dict.",
        )
    return Field(name=name, type=kind, description=description, locator="", required=schema["required"])


def _words(schema: JsonObject, otherwise: str) -> str:
    told = schema.get("description")
    return told.strip()[:MOST_WORDS] if isinstance(told, str) and told.strip() else otherwise


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
