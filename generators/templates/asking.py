"""How a workflow asks the source: constants, request parameters and the paging loop."""

from __future__ import annotations

from domain.plan import FieldType, Parameter, Plan, Relation, SourceBinding, SourceKind, Topic
from generators.templates.text import indent, literal

BETWEEN = {"csv": ",", "pipes": "|", "spaces": " "}
PART_SAFE = {"csv": ",", "pipes": "|"}
"""What stands between the parts of a list, and what of it stays as it is within a path."""


def constants(plan: Plan) -> list[str]:
    """Return the module's constants: address, fixed parameters, bounds."""
    request = plan.records.request
    lines = [f"URL = {literal(request.url)}"]
    if request.query:
        lines.append(f"QUERY = {literal(dict(request.query))}")
    if request.headers:
        lines.append(f"HEADERS = {literal(dict(request.headers))}")
    lines.append("MAX_ROWS = 1000  # the policy lets one run give so many")
    lines.append(f"TIMEZONE = {literal(plan.timezone)}")
    if plan.records.format == "text" and plan.source.kind is not SourceKind.OPENAPI:
        lines.append("PATIENCE = 3  # rounds of attempts at an address that fails now and then")
    if plan.paging is not None:
        lines.append("MAX_PAGES = 180  # the policy lets one run ask 200 times")
    return lines


def source_parameters(plan: Plan) -> list[tuple[Parameter, SourceBinding]]:
    """Return each parameter that goes to the source, with the binding that says where."""
    return [(p, b) for p in plan.parameters for b in p.bindings if isinstance(b, SourceBinding)]


def query_function(plan: Plan) -> list[str]:
    """Return the function that makes the query string from the request."""
    fixed = "dict(QUERY)" if plan.records.request.query else "{}"
    body = ['"""Make the parameters that the source itself understands."""', f"query: dict[str, Any] = {fixed}"]
    for parameter, binding in source_parameters(plan):
        if binding.location == "query":
            body += _set(plan, parameter, binding, f"query[{literal(binding.name)}]")
    if plan.paging is not None and plan.paging.size_parameter and plan.paging.location == "query":
        body.append(f"query[{literal(plan.paging.size_parameter)}] = {literal(plan.paging.size)}")
    return ["def source_query(request: Request) -> dict[str, Any]:", *indent([*body, "return query"])]


def body_function(plan: Plan) -> list[str]:
    """Return the function that makes the request body, or nothing where the source takes none."""
    if plan.records.request.body_kind == "none":
        return []
    frame = plan.records.request.body
    kind = "dict[str, Any]" if isinstance(frame, dict) else "Any"
    body = ['"""Make the body that the source expects."""', f"body: {kind} = {literal(frame)}"]
    for parameter, binding in source_parameters(plan):
        if binding.location == "body":
            body += _set(plan, parameter, binding, in_body(binding.name))
    if plan.paging is not None and plan.paging.size_parameter and plan.paging.location == "body":
        body.append(f"{in_body(plan.paging.size_parameter)} = {literal(plan.paging.size)}")
    return [f"def source_body(request: Request) -> {kind}:", *indent([*body, "return body"])]


def url_function(plan: Plan) -> list[str]:
    """Return the function that fills the address's ``{name}`` parts, or nothing where it has none.

    A path parameter without a name chooses the whole address by its mapping: a category that has a page of its own.
    """
    parts = [(p, b) for p, b in source_parameters(plan) if b.location == "path"]
    if not parts:
        return []
    body = ['"""Fill the address."""', "url = URL"]
    for parameter, binding in parts:
        if not binding.name:
            chosen = f"{literal(binding.mapping)}[request.{parameter.name}]"
            body += [f"if request.{parameter.name} is not None:", *indent([f"url = {chosen}"])]
            continue
        value = f"quote({_as_part(parameter, binding)}, safe={literal(PART_SAFE.get(binding.encoding, ''))})"
        value = _wrapped(binding, value)
        body.append(f"url = url.replace({literal('{' + binding.name + '}')}, {value})")
    return ["def source_url(request: Request) -> str:", *indent([*body, "return url"])]


def header_function(plan: Plan) -> list[str]:
    """Return the function that makes headers from the request, or nothing where none depend on it."""
    parts = [(p, b) for p, b in source_parameters(plan) if b.location == "header"]
    cookies = [(p, b) for p, b in source_parameters(plan) if b.location == "cookie"]
    if not parts and not cookies:
        return []
    body = ['"""Make the headers that the source expects."""']
    body.append(
        "headers: dict[str, str] = dict(HEADERS)" if plan.records.request.headers else "headers: dict[str, str] = {}"
    )
    for parameter, binding in parts:
        body += _set(plan, parameter, binding, f"headers[{literal(binding.name)}]")
    if cookies:
        body.append("cookies: dict[str, str] = {}")
        for parameter, binding in cookies:
            body += _set(plan, parameter, binding, f"cookies[{literal(binding.name)}]")
        joined = '"; ".join(f"{name}={value}" for name, value in cookies.items())'
        body += ["if cookies:", *indent([f'headers["Cookie"] = {joined}'])]
    return ["def source_headers(request: Request) -> dict[str, str]:", *indent([*body, "return headers"])]


def in_body(path: str) -> str:
    """Return the subscript expression for a dotted path into the body; the body itself for an empty one."""
    steps = path.split(".") if path else []
    return "body" + "".join(f"[{literal(int(part) if part.isdigit() else part)}]" for part in steps)


def _set(plan: Plan, parameter: Parameter, binding: SourceBinding, target: str) -> list[str]:
    value = f"request.{parameter.name}"
    form = binding.location == "body" and plan.records.request.body_kind == "form"
    lines = _written(parameter, binding, target, form=form)
    if parameter.required:
        return lines
    narrowed = ""
    if parameter.topic is Topic.PLACE and binding.location == "query":
        narrowed = _without_radius(plan)
    guard = value if parameter.type is FieldType.ARRAY else f"{value} is not None"
    return [f"if {guard}{narrowed}:", *indent(lines)]


def _written(parameter: Parameter, binding: SourceBinding, target: str, *, form: bool) -> list[str]:
    """Return the lines that put a value in its place; an object may become several pairs."""
    value = f"request.{parameter.name}"
    if form and parameter.type in {FieldType.ARRAY, FieldType.OBJECT}:
        return [f"{target} = {value}" if parameter.type is FieldType.ARRAY else f"{target} = json.dumps({value})"]
    if not form and binding.location == "body" and parameter.type is FieldType.BOOLEAN:
        return [f"{target} = {value}"]
    if binding.encoding not in {"deep", "pairs"} or binding.location != "query":
        return [f"{target} = {_encoded(parameter, binding, value)}"]
    name = f'{literal(binding.name + "[")} + str(key) + "]"' if binding.encoding == "deep" else "str(key)"
    part = "str(part).lower() if isinstance(part, bool) else part"
    return [f"for key, part in {value}.items():", *indent([f"query[{name}] = {part}"])]


def _without_radius(plan: Plan) -> str:
    """A radius reaches past the place's own name, so the source must not narrow to the name then."""
    for parameter in plan.parameters:
        if any(b.kind == "filter" and b.relation is Relation.WITHIN for b in parameter.bindings):
            return f" and request.{parameter.name} is None"
    return ""


def _encoded(parameter: Parameter, binding: SourceBinding, value: str) -> str:
    if binding.encoding == "map":
        return f"{literal(binding.mapping)}.get(str({value}), str({value}))"
    if binding.encoding in {"date", "datetime"}:
        return _date(parameter, binding, value)
    if binding.encoding in {*BETWEEN, "json", "repeat"}:
        return _joined(parameter, binding, value)
    if binding.template != "{value}":
        before, _, after = binding.template.partition("{value}")
        return f"{literal(before)} + str({value}) + {literal(after)}"
    if binding.location == "body" and parameter.type in {FieldType.ARRAY, FieldType.OBJECT}:
        return value
    if parameter.type is FieldType.ARRAY:
        return f'" ".join(str(part) for part in {value})'
    return f'"true" if {value} else "false"' if parameter.type is FieldType.BOOLEAN else _plain(binding, value)


def _joined(parameter: Parameter, binding: SourceBinding, value: str) -> str:
    """Return the expression that writes a list or an object as one text, or leaves the list to be repeated."""
    if binding.encoding == "repeat":
        return value
    if binding.encoding == "json":
        return f"json.dumps({value})"
    if parameter.type is FieldType.OBJECT:
        return f'",".join(f"{{key}},{{part}}" for key, part in {value}.items())'
    return f"{literal(BETWEEN[binding.encoding])}.join(str(part) for part in {value})"


def _as_part(parameter: Parameter, binding: SourceBinding) -> str:
    """Return the text of a value as a part of the path."""
    value = f"request.{parameter.name}"
    if parameter.type is FieldType.ARRAY:
        return f"{literal(BETWEEN.get(binding.encoding, ','))}.join(str(part) for part in {value})"
    return f"str({value}).lower()" if parameter.type is FieldType.BOOLEAN else f"str({value})"


def _wrapped(binding: SourceBinding, value: str) -> str:
    before, _, after = binding.template.partition("{value}")
    return f"{literal(before)} + {value} + {literal(after)}" if before or after else value


def _plain(binding: SourceBinding, value: str) -> str:
    return value if binding.location == "body" else f"str({value})"


def _date(parameter: Parameter, binding: SourceBinding, value: str) -> str:
    ends = "to" in parameter.name.split("_")
    bounds = f"date_bounds(None, {value}, TIMEZONE)[1]" if ends else f"date_bounds({value}, None, TIMEZONE)[0]"
    clock = "T23:59:59Z" if ends else "T00:00:00Z"
    text = f"str({bounds})" + (f" + {literal(clock)}" if binding.encoding == "datetime" else "")
    if binding.template != "{value}":
        before, _, after = binding.template.partition("{value}")
        return f"{literal(before)} + {text} + {literal(after)}"
    return text
