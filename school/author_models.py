"""An author's own models become the plan's parameters and fields, so that the tool's schemas are derived here.

The models are read inside the sandbox: a module of the author's classes alone, with a ``run`` of ours that returns
their JSON Schemas. What comes back is an untrusted value; only known shapes of it are taken over.
"""

from __future__ import annotations

import ast
from typing import Any

from domain.errors import InvalidArguments
from domain.plan import Field, FieldType, Parameter, Plan
from domain.policy import Policy
from domain.run import Outcome, RunKind
from domain.values import JsonObject, JsonValue
from domain.workflow import Artifact
from generators.emit import SCHEMA_TYPES
from school.app import School

THEIRS = {name: f"{name}OfAuthor" for name in ("Request", "Item", "Response")}  # the plain names are needed for ours
OPENING = '''"""Tell the models of a workflow."""

from typing import Any

import httpx
from pydantic import BaseModel
'''
READ_OUT = '''
class Request(BaseModel):
    """Nothing is asked."""


class Item(BaseModel):
    """The JSON Schemas of the author's models."""

    request: dict[str, Any]
    item: dict[str, Any]


class Response(BaseModel):
    """One row with both."""

    rows: list[Item]
    count: int
    truncated: bool


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Read the models, ask nothing of the source."""
    told = Item(request=RequestOfAuthor.model_json_schema(), item=ItemOfAuthor.model_json_schema())
    return Response(rows=[told], count=1, truncated=False)
'''
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


async def with_models(school: School, code: str, plan: Plan, policy: Policy, *, owner: str) -> Plan:
    """Return the plan with the parameters and fields that the code's models declare.

    What the plan knows by the same name keeps its bindings and locators, and is judged by them.

    Raises:
        InvalidArguments: a model cannot be read, or has a shape that no tool takes.
    """
    runner = await school.runner.get()
    run = await runner.run(
        Artifact(code=models_alone(code)),
        {},
        policy.model_copy(update={"limits": policy.limits.model_copy(update={"requests": 0, "wall_s": 10.0})}),
        kind=RunKind.TRIAL,
        now=school.clock.now(),
        owner=owner,
        tool=plan.tool_name,
    )
    if run.outcome is not Outcome.OK or len(run.rows) != 1:
        told = run.error.message if run.error is not None else run.outcome.value
        raise InvalidArguments(f"The models cannot be read: {told}", remedy="Keep Request and Item plain models.")
    known = {p.name: p for p in plan.parameters}
    fields = {f.name: f for f in plan.fields}
    request, item = _schema(run.rows[0].get("request")), _schema(run.rows[0].get("item"))
    required = request.get("required") or []
    parameters = [
        _parameter(name, _schema(value), known.get(name), required=name in required)
        for name, value in _properties(request, "Request")
    ]
    return plan.model_copy(
        update={
            "parameters": tuple(parameters),
            "fields": tuple(_field(name, _schema(v), item, fields.get(name)) for name, v in _properties(item, "Item")),
            "identity": tuple(name for name in plan.identity if name in _schema(item.get("properties"))),
        }
    )


def models_alone(code: str) -> str:
    """Return a module of the code's imports, constants and classes, whose ``run`` tells the models' schemas.

    Raises:
        InvalidArguments: the code has no class Request or no class Item.
    """
    tree = ast.parse(code)
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    if lacking := {"Request", "Item"} - classes:
        raise InvalidArguments(
            f"The module has no class {' and no class '.join(sorted(lacking))}.",
            remedy="Declare Request (the parameters) and Item (one row) as pydantic models.",
        )
    kept = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign)]
    kept = [node for node in kept if not _of_browser(node)]
    body: list[ast.stmt] = [*kept, *(node for node in tree.body if isinstance(node, ast.ClassDef))]
    module = _Renamed().visit(ast.Module(body=body, type_ignores=[]))
    return f"{OPENING}{ast.unparse(module)}\n\n{READ_OUT}"


class _Renamed(ast.NodeTransformer):
    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = THEIRS.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = THEIRS.get(node.id, node.id)
        return node


def _of_browser(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith("playwright")


def _schema(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _properties(schema: dict[str, Any], model: str) -> list[tuple[str, Any]]:
    found = list(_schema(schema.get("properties")).items())
    if len(found) > MOST_NAMES or (model == "Item" and not found):
        raise InvalidArguments(
            f"{model} has {len(found)} attributes.", remedy=f"Declare at least one field, and at most {MOST_NAMES}."
        )
    return found


def _parameter(name: str, schema: dict[str, Any], known: Parameter | None, *, required: bool) -> Parameter:
    inner = _without_null(schema)
    kind = TYPES.get(str(inner.get("type")))
    items = TYPES.get(str(_schema(inner.get("items")).get("type"))) if kind is FieldType.ARRAY else None
    if kind is None or kind is FieldType.OBJECT or (kind is FieldType.ARRAY and items not in SIMPLE):
        raise InvalidArguments(
            f"Request.{name} has a shape that no tool takes.",
            remedy="Use str, int, float, bool, Literal of texts, or a list of these; add | None for optional ones.",
        )
    choices = inner.get("enum")
    said: dict[str, Any] = {
        "description": _words(schema, known.description if known else name.replace("_", " ")),
        "default": schema.get("default"),
        "required": required,
        "choices": tuple(choices) if isinstance(choices, list) else (),
        "minimum": _number(inner.get("minimum")),
        "maximum": _number(inner.get("maximum")),
    }
    if known is None:
        return Parameter(name=name, type=kind, items=items, **said)
    if SCHEMA_TYPES.get(known.type, "string") != inner["type"]:
        wanted = SCHEMA_TYPES.get(known.type, "string")
        raise InvalidArguments(
            f"Request.{name} is {inner['type']}, in the plan it is {wanted}.",
            remedy=f"Declare {name} as {wanted}, or give what you mean another name.",
        )
    return known.model_copy(update=said)


def _field(name: str, schema: dict[str, Any], whole: dict[str, Any], known: Field | None) -> Field:
    inner = _without_null(schema)
    kind = FORMATS.get(str(inner.get("format"))) or TYPES.get(str(inner.get("type")))
    if kind is None and "$ref" in inner:
        kind = FieldType.OBJECT
    description = _words(schema, known.description if known else name.replace("_", " "))
    if known is not None:
        same = kind is None or SCHEMA_TYPES.get(known.type, "string") == SCHEMA_TYPES.get(kind, "string")
        return known.model_copy(update={"description": description, **({} if same else {"type": kind})})
    required = name in (whole.get("required") or [])
    return Field(name=name, type=kind or FieldType.STRING, description=description, locator="", required=required)


def _without_null(schema: dict[str, Any]) -> JsonObject:
    branches = [_schema(b) for b in schema.get("anyOf") or []]
    others = [b for b in branches if b.get("type") != "null"]
    found = others[0] if len(others) == 1 else schema
    if "type" not in found and isinstance(found.get("const"), str):
        return {**found, "type": "string"}
    if "const" in found and "enum" not in found:
        return {**found, "enum": [found["const"]]}
    return found


def _words(schema: dict[str, Any], otherwise: str) -> str:
    told = schema.get("description")
    return told.strip()[:MOST_WORDS] if isinstance(told, str) and told.strip() else otherwise


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
