"""The template generator: a grounded Plan becomes one readable module, and its Tool. No model is asked.

Owns the order of the module's parts; ``generators.templates`` renders each part. The result is
deterministic: the same plan and time give the same bytes.
"""

from __future__ import annotations

import symtable
from collections.abc import Iterator
from datetime import datetime

from domain.plan import FieldType, Parameter, Plan, SourceKind
from domain.tool import Annotations, Tool
from domain.values import JsonObject, JsonValue
from domain.workflow import Artifact
from generators.templates.asking import body_function, constants, header_function, query_function, url_function
from generators.templates.browsing import browser_constants, browser_functions
from generators.templates.details import detail_constants, detail_functions
from generators.templates.filters import filters, has_filters, text_functions
from generators.templates.looping import answer_functions, expectation_function, run_function, sort_function
from generators.templates.models import MOMENT_ALIASES, models
from generators.templates.reading import reader
from generators.templates.text import WIDTH, call, literal, prose

KIT_NAMES = (
    "Node",
    "SourceChanged",
    "between",
    "date_bounds",
    "day",
    "distance",
    "distinct",
    "embedded",
    "get_calendar",
    "get_json",
    "get_page",
    "get_text",
    "in_range",
    "matches",
    "mentions",
    "open_requests",
    "parse_html",
    "pick",
    "place",
    "post_json",
    "records",
    "rows_of",
    "same_currency",
    "same_place",
    "same_text",
    "scaled",
    "send",
    "sort_rows",
    "time_of_day",
    "to_boolean",
    "to_date",
    "to_datetime",
    "to_integer",
    "to_list",
    "to_number",
    "to_price",
    "to_text",
    "to_url",
)


def emit(plan: Plan, now: datetime) -> Artifact:
    """Return the workflow's module for a grounded plan; ``now`` only stands in its docstring."""
    functions = [query_function(plan), body_function(plan), url_function(plan), header_function(plan), reader(plan)]
    functions += text_functions(plan)
    functions += [filters(plan)] if has_filters(plan) else []
    functions += [filters(plan, detail=True)] if has_filters(plan, detail=True) else []
    functions += [expectation_function(plan), *answer_functions(plan), *detail_functions(plan), sort_function(plan)]
    functions.append(run_function(plan))
    browser = plan.source.kind is SourceKind.BROWSER
    if browser:
        functions[-1:-1] = browser_functions(plan)
    top = [*constants(plan), *detail_constants(plan), *(browser_constants(plan) if browser else [])]
    body = [top, models(plan), *(part for part in functions if part)]
    text = "\n\n\n".join("\n".join(part) for part in body) + "\n"
    code = "\n".join([*_docstring(plan, now), "", *_imports(text)]) + "\n\n" + text
    return Artifact(code=code, interface="page" if browser else "http")


def _docstring(plan: Plan, now: datetime) -> list[str]:
    first, *rest = prose(plan.description)
    lines = [f'"""{first}', *rest, ""]
    lines += prose(f"Generated {now.date().isoformat()} from the question: {plan.query}")
    lines += prose(f"Source: {plan.source.kind.value}, {plan.source.url}. {plan.source.reason}")
    lines += ["", "Args:"]
    lines += [
        f"    {line}" for parameter in plan.parameters for line in prose(f"{parameter.name}: {parameter.description}")
    ]
    lines += ["", "Returns:", "    Response with rows, count, and whether there is more.", "", "Raises:"]
    lines += [
        "    SourceChanged: an expected structure is missing.",
        "    httpx.HTTPStatusError: the source answered with an error.",
    ]
    lines += ["", "Examples:"]
    lines += [f"    Request({_arguments(trial.arguments)})" for trial in plan.trials[:2]]
    return [*(line.rstrip() for line in lines), '"""']


def _arguments(arguments: dict[str, JsonValue]) -> str:
    text = ", ".join(f"{name}={literal(value)}" for name, value in arguments.items())
    return text.replace("\\", "/").replace('"""', "'''")


def _imports(text: str) -> list[str]:
    names = set(_names(symtable.symtable(text, "workflow", "exec")))
    lines = [f"import {name}" for name in ("asyncio", "base64", "json") if name in names]
    lines += [f"from datetime import {name} as {alias}" for name, alias in MOMENT_ALIASES.items() if alias in names]
    for module, offered in (("typing", ("Any", "Literal")), ("urllib.parse", ("quote", "urlencode"))):
        used = [name for name in offered if name in names]
        lines += [f"from {module} import {', '.join(used)}"] if used else []
    lines += ["", *(["import httpx"] if "httpx" in names else [])]
    if "PlaywrightTimeoutError" in names:
        lines.append("from playwright.async_api import Page")
        lines.append("from playwright.async_api import TimeoutError as PlaywrightTimeoutError")
    lines.append("from pydantic import BaseModel, ConfigDict, Field")
    kit = [name for name in KIT_NAMES if name in names]
    single = f"from workflow_kit import {', '.join(kit)}"
    return [*lines, *([single] if len(single) <= WIDTH else call("from workflow_kit import (", kit))]


def _names(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield every name that a module uses, in all its scopes; walking its tree costs four times as much."""
    yield from table.get_identifiers()
    for inner in table.get_children():
        yield from _names(inner)


def describe(plan: Plan) -> Tool:
    """Return the tool that a client sees: schemas with object roots from parameters and fields."""
    required = [p.name for p in plan.parameters if p.required]
    properties: JsonObject = {p.name: _parameter_schema(p) for p in plan.parameters}
    inputs: JsonObject = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        inputs["required"] = list(required)
    return Tool(
        name=plan.tool_name,
        title=plan.title,
        description=plan.description,
        input_schema=inputs,
        output_schema=_output_schema(plan),
        annotations=Annotations(title=plan.title, read_only_hint=not plan.intent.writes),
    )


SCHEMA_TYPES = {
    FieldType.INTEGER: "integer",
    FieldType.NUMBER: "number",
    FieldType.PRICE: "number",
    FieldType.BOOLEAN: "boolean",
    FieldType.ARRAY: "array",
    FieldType.OBJECT: "object",
}


def _parameter_schema(parameter: Parameter) -> JsonObject:
    kind = SCHEMA_TYPES.get(parameter.type, "string")
    schema: JsonObject = {"type": kind if parameter.required else [kind, "null"]}
    if parameter.type is FieldType.ARRAY:
        schema["items"] = {"type": SCHEMA_TYPES.get(parameter.items or FieldType.STRING, "string")}
    if parameter.choices:
        schema["enum"] = [*parameter.choices, *([] if parameter.required else [None])]
    if parameter.minimum is not None:
        schema["minimum"] = parameter.minimum
    if parameter.maximum is not None:
        schema["maximum"] = parameter.maximum
    if not parameter.required:
        schema["default"] = parameter.default
    if parameter.examples:
        schema["examples"] = list(parameter.examples)
    schema["description"] = parameter.description
    return schema


def _output_schema(plan: Plan) -> JsonObject:
    item: JsonObject = {
        field.name: {
            "type": [SCHEMA_TYPES.get(field.type, "string"), "null"],
            "description": field.description or field.name.replace("_", " "),
        }
        for field in plan.fields
    }
    return {
        "type": "object",
        "properties": {
            "rows": {"type": "array", "items": {"type": "object", "properties": item}, "description": "The results."},
            "count": {"type": "integer", "description": "How many rows there are."},
            "truncated": {"type": "boolean", "description": "Whether there is more than the limit let through."},
        },
        "required": ["rows", "count", "truncated"],
    }
