"""Parameters that an API document describes: the question's values go to the operation, the rest becomes filters."""

from __future__ import annotations

from typing import Final

from domain.errors import NeedsInput
from domain.plan import Constraint, FieldType, Parameter, SourceBinding, Topic
from generators.openapi.operations import Operation, OperationParameter
from generators.openapi.parts import Part, part_of, playing
from generators.openapi.planning import limit_parameter, source_of, tool_parameter
from generators.openapi.serving import Served, page_asked, serve
from generators.planning.desk import Desk
from generators.sources.relevance import named
from generators.sources.typing import as_text

_DATES: Final = {Part.DATE_FROM: "date_from", Part.DATE_TO: "date_to"}


def serve_from(desk: Desk, operation: Operation) -> Served:
    """Take what the operation serves off the question; filters are then bound for what is left.

    Raises:
        NeedsInput: a required value is lacking, or a value is not among the choices of the parameter it names.
    """
    flags = _flags(desk)
    asked = tuple(c for c in desk.intent.constraints if c not in flags)
    served = serve(operation, desk.intent.model_copy(update={"constraints": asked}))
    for constraint, parameter in served.refused:
        raise NeedsInput(
            f"{parameter.name} does not take {as_text(constraint.value)!r}.",
            field=parameter.name,
            choices=tuple(as_text(c).strip() for c in parameter.choices) or ("true", "false"),
            remedy="Ask again with one of the choices.",
        )
    if served.lacking:
        first = served.lacking[0]
        raise NeedsInput(
            f"{operation.id} needs {', '.join(p.name for p in served.lacking)}.",
            field=first.name,
            choices=tuple(as_text(c) for c in first.choices),
            remedy="Say the value in the question.",
        )
    left = tuple(c for c in desk.intent.constraints if c not in served.constraints)
    desk.intent = desk.intent.model_copy(update={"constraints": left})
    return served


def _flags(desk: Desk) -> list[Constraint]:
    """Words that name a yes-or-no column of the answers: a search for them would look into texts."""
    said = [c for c in desk.columns if c.type is FieldType.BOOLEAN]
    words = (c for c in desk.intent.about(Topic.KEYWORDS) if isinstance(c.value, str))
    return [c for c in words if named(said, str(c.value)) is not None]


def bind_operation(desk: Desk, operation: Operation, served: Served) -> None:
    """Put the operation's parameters on the desk, with the question's values as defaults.

    Filters that nobody asked for are taken off: the operation's own parameters are what narrows.
    """
    paged = None if page_asked(desk.intent) or _page_bound(operation, served) else desk.candidate.paging
    desk.candidate = desk.candidate.model_copy(update={"paging": paged})
    own_sort = playing(operation, Part.SORT) is not None
    kept = {
        n: p for n, p in desk.parameters.items() if p.default is not None or (p.topic is Topic.SORT and not own_sort)
    }
    limit = desk.parameters.get("limit")
    taken = {paged.parameter, paged.size_parameter} if paged is not None else set()
    found: dict[str, Parameter] = {}
    for parameter in operation.parameters:
        fixed = parameter.required and parameter.fixed is not None and parameter.location != "path"
        if fixed or (parameter.name in taken and parameter.location == "query"):
            continue
        name = _name(parameter, served, found, kept)
        found[name] = _parameter(parameter, name, served)
    size = playing(operation, Part.SIZE)
    passed = (source_of(size),) if size is not None and paged is None and size.name not in served.bound else ()
    counts = [p for p in (limit,) if p is not None and p.default is not None]
    default = int(str(counts[0].default)) if counts else None
    if passed and size is not None:
        found.pop(size.label, None)
    desk.parameters = {**found, **{n: p for n, p in kept.items() if n != "limit"}}
    desk.parameters["limit"] = limit_parameter(default, *passed)


def _page_bound(operation: Operation, served: Served) -> bool:
    page = playing(operation, Part.PAGE)
    return page is not None and page.name in served.bound


def _name(parameter: OperationParameter, served: Served, *taken: dict[str, Parameter]) -> str:
    part = part_of(parameter)
    dated = served.topics.get(parameter.name) is Topic.DATE and part in _DATES
    name = _DATES[part] if dated and part is not None else parameter.label
    while any(name in t for t in taken) or name == "limit":
        name = f"source_{name}"
    return name


def _parameter(parameter: OperationParameter, name: str, served: Served) -> Parameter:
    default = served.bound.get(parameter.name)
    made = tool_parameter(parameter, name, default)
    topic = served.topics.get(parameter.name)
    if topic is not Topic.DATE:
        return made.model_copy(update={"topic": topic or made.topic})
    timed = parameter.format == "date-time" or "time" in parameter.name.lower()
    binding = SourceBinding(location=parameter.location, name=parameter.name, encoding="datetime" if timed else "date")
    told = f'{made.description} A day (YYYY-MM-DD) or a phrase such as "this weekend".'
    return made.model_copy(
        update={"bindings": (binding,), "topic": topic, "type": FieldType.STRING, "description": told}
    )
