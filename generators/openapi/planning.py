"""From an operation to a plan: its request, its parameters as the tool's, its paging, its rows."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from domain.plan import (
    Binding,
    Field,
    FieldType,
    Paging,
    PagingKind,
    Parameter,
    PlanStep,
    RecordSource,
    RequestTemplate,
    RoleBinding,
    SourceBinding,
    Topic,
)
from domain.values import JsonValue
from generators.openapi.credentials import Credential
from generators.openapi.document import Document
from generators.openapi.operations import Operation, OperationParameter
from generators.openapi.parts import Part, part_of, playing
from generators.openapi.schemas import one_line
from generators.openapi.serving import first_page

SENDS: Final = "Send the secret "
"""Begins the action of a step that sends a credential; its detail says where."""
_LARGE: Final = 200
_USUAL_LARGE: Final = 100
_MOST_FIELDS: Final = 25
_NEXT: Final = re.compile(r"(^|_)(next|next_?(page|url|link|href))$", re.IGNORECASE)
_CURSORS: Final = re.compile(
    r"(next_?(cursor|token|page_?token)|cursor|continuation\w*|end_?cursor|after)$", re.IGNORECASE
)


def request_of(document: Document, operation: Operation, base: str = "") -> RequestTemplate:
    """Return the request of an operation; values that are always the same stand in it already."""
    fixed = [(p, p.fixed if p.fixed is not None else p.usual) for p in operation.parameters if _is_fixed(p)]
    body = operation.body
    if isinstance(body, dict):
        body = {**body, **{p.name: v for p, v in fixed if p.location == "body" and p.name}}
    address = base or operation.server or document.base_url()
    accept = (("Accept", operation.answer.accept),) if operation.answer.accept else ()
    return RequestTemplate(
        method=operation.method,
        url=address.rstrip("/") + operation.path,
        query=tuple((p.name, _text(v)) for p, v in fixed if p.location == "query"),
        headers=(*accept, *((p.name, _text(v)) for p, v in fixed if p.location == "header")),
        body=body,
        body_kind=operation.body_kind,
        secret=operation.secret,
        secrets=tuple(c.name for c in operation.credentials),
    )


def _is_fixed(parameter: OperationParameter) -> bool:
    placed = parameter.location in ("query", "header") or (parameter.location == "body" and bool(parameter.name))
    return parameter.required and parameter.fixed is not None and placed


def _text(value: JsonValue) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def records_of(document: Document, operation: Operation, base: str = "") -> RecordSource:
    """Return where the operation's rows are read."""
    return RecordSource(
        request=request_of(document, operation, base),
        records=operation.answer.records,
        format="text" if operation.answer.whole else "json",
    )


def paging_of(operation: Operation) -> Paging | None:
    """Return how the operation hands out more, by its parameters and its answer; as the document says, not probed."""
    if operation.answer.single or not operation.reads:
        return None
    size = playing(operation, Part.SIZE)
    largest = _largest(size)
    sized = {"size_parameter": size.name, "size": largest} if size is not None and largest else {}
    cursor, page, offset = (playing(operation, p) for p in (Part.CURSOR, Part.PAGE, Part.OFFSET))
    if page is not None and page.location == "query":
        return Paging(kind=PagingKind.PAGE, parameter=page.name, first=first_page(page), **sized)
    counted = offset is not None and not (offset.minimum or 0) > 0  # the workflow counts from nought
    if offset is not None and counted and offset.location == "query" and not offset.required:
        return Paging(kind=PagingKind.OFFSET, parameter=offset.name, first=0, step=largest or 1, **sized)
    del cursor  # the answer's own cursor is not among its rows' columns; a probe finds it
    return None


def _largest(size: OperationParameter | None) -> int | None:
    if size is None or size.location != "query":
        return None
    return min(int(size.maximum), _LARGE) if size.maximum else _USUAL_LARGE


def named_parameters(operation: Operation, *, paged: Paging | None) -> dict[str, OperationParameter]:
    """Return what the operation takes by the tool's names, without what the paging asks itself."""
    taken = {paged.parameter, paged.size_parameter} if paged is not None else set()
    found: dict[str, OperationParameter] = {}
    for parameter in operation.parameters:
        if _is_fixed(parameter) or (parameter.name in taken and parameter.location == "query"):
            continue
        name = parameter.label
        while name in found or name == "limit":
            name = f"{name}_{parameter.location}"
        found[name] = parameter
    return found


def tool_parameters(operation: Operation, *, paged: Paging | None) -> tuple[Parameter, ...]:
    """Return the tool's parameters for all that the operation takes, and a limit where it answers with a list."""
    made = tuple(tool_parameter(p, name) for name, p in named_parameters(operation, paged=paged).items())
    return made if operation.answer.single else (*made, limit_parameter(None))


def example_arguments(operation: Operation, *, paged: Paging | None) -> dict[str, JsonValue]:
    """Return arguments for the required parameters: the document's examples, else plausible values of their type."""
    found = named_parameters(operation, paged=paged)
    return {name: p.sample for name, p in found.items() if p.required and p.usual is None}


def tool_parameter(parameter: OperationParameter, name: str, default: JsonValue = None) -> Parameter:
    """Return one parameter of the tool, bound to the operation's own."""
    usual = parameter.usual if parameter.required else None
    example = parameter.example
    told = parameter.description or parameter.name
    if parameter.usual is not None and not parameter.required:
        told = f"{told} The source takes {_text(parameter.usual)} when left out."
    value = default if default is not None else usual
    return Parameter(
        name=name,
        type=parameter.type,
        items=_item_type(parameter),
        description=one_line(told, 400),
        default=value,
        required=parameter.required and value is None,
        choices=parameter.choices,
        minimum=parameter.minimum,
        maximum=parameter.maximum,
        examples=(example,) if isinstance(example, str | int | float) else (),
        bindings=(source_of(parameter),),
        topic=_TOPICS.get(part) if (part := part_of(parameter)) is not None else None,
    )


_TOPICS: Final = {
    Part.KEYWORD: Topic.KEYWORDS,
    Part.CITY: Topic.PLACE,
    Part.STATE: Topic.PLACE,
    Part.COUNTRY: Topic.PLACE,
    Part.PLACE: Topic.PLACE,
    Part.CATEGORY: Topic.CATEGORY,
    Part.PERSON: Topic.PERSON,
    Part.FREE: Topic.FREE,
    Part.ONLINE: Topic.ONLINE,
    Part.ID: Topic.IDENTIFIER,
}


def _item_type(parameter: OperationParameter) -> FieldType | None:
    if parameter.type is not FieldType.ARRAY:
        return None
    known = (FieldType.INTEGER, FieldType.NUMBER, FieldType.BOOLEAN, FieldType.OBJECT, FieldType.ARRAY)
    return parameter.items if parameter.items in known else FieldType.STRING


def source_of(parameter: OperationParameter) -> SourceBinding:
    """Return the binding to the operation's own parameter."""
    return SourceBinding(
        location=parameter.location,
        name=parameter.name,
        encoding=parameter.encoding,
        template=parameter.template,
    )


def limit_parameter(default: int | None, *further: Binding) -> Parameter:
    """Return the parameter for how many rows at most."""
    return Parameter(
        name="limit",
        type=FieldType.INTEGER,
        description="At most this many records, counted after filtering and sorting; all there are when left out.",
        default=default,
        minimum=1,
        maximum=1000,
        bindings=(RoleBinding(role="limit"), *further),
        topic=Topic.COUNT,
    )


def fields_of(operation: Operation) -> tuple[Field, ...]:
    """Return the output fields: the answer's columns, at most 25."""
    return tuple(
        Field(
            name=c.name,
            type=c.type,
            description=c.label or c.name.replace("_", " "),
            locator=c.locator,
            required=False,
        )
        for c in operation.answer.columns[:_MOST_FIELDS]
    )


def hosts_of(request: RequestTemplate) -> tuple[str, ...]:
    """Return the origin of a request."""
    split = urlsplit(request.url)
    return (f"{split.scheme}://{split.netloc}",)


def steps_of(operation: Operation) -> tuple[PlanStep, ...]:
    """Return the plan's steps in words; what sends a credential says how it is set."""
    where = "Take the answer as it comes"
    if not operation.answer.whole:
        where = f"Read the rows at {operation.answer.records.removesuffix('{}') or 'the root'}"
    actions = [(f"{SENDS}{c.name}", _placing(c)) for c in operation.credentials]
    actions += [(f"Ask {operation.id}", operation.summary), (where, "")]
    return tuple(
        PlanStep(order=order, action=action, method="api", detail=detail)
        for order, (action, detail) in enumerate(actions, start=1)
    )


def _placing(credential: Credential) -> str:
    return f"--{credential.place} {credential.key} (its value: {credential.written})"
