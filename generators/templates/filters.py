"""The filters of a workflow: one function that says whether an item answers the request."""

from __future__ import annotations

from domain.plan import Field, FieldType, FilterBinding, Parameter, Plan, Relation, Topic
from generators.templates.text import call, indent, literal

FEW_FIELDS = 3  # so many are listed where they are searched; more get a function
COMPARISONS = {
    Relation.AT_MOST: ">",
    Relation.LESS_THAN: ">=",
    Relation.AT_LEAST: "<",
    Relation.MORE_THAN: "<=",
}


def filters(plan: Plan, *, detail: bool = False) -> list[str]:
    """Return the filter function for listed fields, or for those of the detail page.

    A filter belongs to the detail phase as soon as one of its fields is read there.
    """
    rules = _rules(plan, detail=detail)
    name = "answers_in_detail" if detail else "answers"
    body = ['"""Say whether an item is what was asked for."""', *_ended(rules)]
    return [f"def {name}(item: Item, request: Request) -> bool:", *indent(body)]


def _ended(rules: list[str]) -> list[str]:
    """Return the rules with the verdict at the end: the last plain refusal is turned into the answer itself."""
    if len(rules) >= 2 and rules[-1] == "    return False" and rules[-2].startswith("if "):
        return [*rules[:-2], f"return not ({rules[-2][3:-1]})"]
    return [*rules, "return True"]


def has_filters(plan: Plan, *, detail: bool = False) -> bool:
    """Return whether there is anything to filter in this phase."""
    return bool(_rules(plan, detail=detail))


def _rules(plan: Plan, *, detail: bool) -> list[str]:
    fields = {field.name: field for field in plan.fields}
    lines: list[str] = []
    for parameter in plan.parameters:
        for binding in parameter.bindings:
            if isinstance(binding, FilterBinding):
                wanted = [fields[name] for name in binding.fields]
                if any(field.detail for field in wanted) is detail:
                    lines += _rule(plan, parameter, binding, wanted)
    return lines


def _is_date(binding: FilterBinding) -> bool:
    return binding.relation in {Relation.FROM, Relation.TO}


def _rule(plan: Plan, parameter: Parameter, binding: FilterBinding, fields: list[Field]) -> list[str]:
    if binding.relation is Relation.WITHIN:
        return _distance(plan, parameter, fields)
    if _is_date(binding):
        return (
            _times(plan, parameter, binding, fields) if binding.topic is Topic.TIME else _dates(plan, parameter, fields)
        )
    if binding.relation in COMPARISONS:
        return _comparison(plan, parameter, binding, fields)
    condition = _refusal(plan, parameter, binding, fields)
    guard = "" if parameter.required else f"request.{parameter.name} is not None"
    if binding.topic is Topic.PLACE and (radius := _radius(plan)) is not None:
        guard = " and ".join(part for part in (guard, f"request.{radius.name} is None") if part)
    if parameter.type is FieldType.ARRAY:
        guard = f"request.{parameter.name}"
    return [f"if {guard} and {condition}:" if guard else f"if {condition}:", *indent(["return False"])]


def _radius(plan: Plan) -> Parameter | None:
    for parameter in plan.parameters:
        if any(isinstance(b, FilterBinding) and b.relation is Relation.WITHIN for b in parameter.bindings):
            return parameter
    return None


def _refusal(plan: Plan, parameter: Parameter, binding: FilterBinding, fields: list[Field]) -> str:
    """Return the expression that is true for an item that must go."""
    value = f"request.{parameter.name}"
    many = value if parameter.type is FieldType.ARRAY else f"[{value}]"
    if binding.relation is Relation.CONTAINS:
        if binding.any_of:
            return f"not any(mentions({texts_of(plan, binding)}, word) for word in {many})"
        return f"not matches({texts_of(plan, binding)}, {many})"
    if binding.relation is Relation.EXCLUDES:
        return f"any(mentions({texts_of(plan, binding)}, word) for word in {many})"
    if parameter.type is FieldType.BOOLEAN:
        return f"{_flag(binding, fields[0])} is not {value}"
    different = _difference(parameter, binding, fields, value)
    return f"not ({different})" if binding.relation is Relation.NOT_EQUALS else different


def text_functions(plan: Plan) -> list[list[str]]:
    """Return a function for each set of fields that is searched for words."""
    return [_texts(plan, number, names) for number, names in enumerate(_searched(plan))]


def texts_of(plan: Plan, binding: FilterBinding) -> str:
    """Return the call that gives the texts which a word filter searches."""
    searched = _searched(plan)
    if binding.fields not in searched:
        fields = {field.name: field for field in plan.fields}
        return "[" + ", ".join(_text(fields[name]) for name in binding.fields) + "]"
    return f"texts_{searched.index(binding.fields) + 1}(item)" if len(searched) > 1 else "texts(item)"


def _searched(plan: Plan) -> list[tuple[str, ...]]:
    found = [
        binding.fields
        for parameter in plan.parameters
        for binding in parameter.bindings
        if isinstance(binding, FilterBinding) and binding.relation in {Relation.CONTAINS, Relation.EXCLUDES}
        if len(binding.fields) >= FEW_FIELDS
    ]
    return list(dict.fromkeys(found))


def _texts(plan: Plan, number: int, names: tuple[str, ...]) -> list[str]:
    fields = {field.name: field for field in plan.fields}
    name = f"texts_{number + 1}" if len(_searched(plan)) > 1 else "texts"
    parts = [_text(fields[part]) for part in names]
    return [
        f"def {name}(item: Item) -> list[str | None]:",
        *indent(['"""Return what is searched for words."""', *call("return [", parts, "]")]),
    ]


def _text(field: Field) -> str:
    """Return a field's text, or all texts of an array, for a list literal."""
    if field.type is FieldType.ARRAY:
        return f"*(item.{field.name} or [])"
    plain = field.type in {FieldType.STRING, FieldType.URL}
    return f"item.{field.name}" if plain else f"to_text(item.{field.name})"


def _flag(binding: FilterBinding, field: Field) -> str:
    """Return the expression that reads a yes or no of an item."""
    if binding.true_values:
        return f"(to_text(item.{field.name}) in {literal(binding.true_values)})"
    if field.type is FieldType.BOOLEAN:
        return f"bool(item.{field.name})"
    return f"(item.{field.name} == 0)"


def _difference(parameter: Parameter, binding: FilterBinding, fields: list[Field], value: str) -> str:
    if parameter.type in {FieldType.INTEGER, FieldType.NUMBER, FieldType.PRICE}:
        return f"item.{fields[0].name} != {value}"
    same = "same_place" if binding.topic is Topic.PLACE else "same_text"
    equal = [
        f"any({same}(part, {value}) for part in item.{field.name} or [])"
        if field.type is FieldType.ARRAY
        else f"{same}(item.{field.name}, {value})"
        for field in fields
    ]
    return f"not {equal[0]}" if len(equal) == 1 else f"not ({' or '.join(equal)})"


def _comparison(plan: Plan, parameter: Parameter, binding: FilterBinding, fields: list[Field]) -> list[str]:
    """Compare an amount; a free ticket costs nothing, whatever the price field says."""
    amounts = [field for field in fields if field.type is not FieldType.BOOLEAN]
    flags = [field for field in fields if field.type is FieldType.BOOLEAN]
    value = f"request.{parameter.name}"
    amount = f"item.{amounts[0].name}" if amounts else "None"
    if flags:
        amount = f"0.0 if item.{flags[0].name} else {amount}"
    body = [
        f"amount = {amount}",
        f"if amount is None or amount {COMPARISONS[binding.relation]} {value}:",
        *indent(["return False"]),
    ]
    currency = _currency(plan) if binding.topic is Topic.PRICE else None
    if currency is not None:
        free = f"not item.{flags[0].name} and " if flags else "amount > 0 and "  # nothing costs nothing in any currency
        same = f"same_currency(item.{currency[1]}, request.{currency[0]})"
        body += [f"if {free}not {same}:", *indent(["return False"])]
    return body if parameter.required else [f"if {value} is not None:", *indent(body)]


def _currency(plan: Plan) -> tuple[str, str] | None:
    """Return the currency parameter and the rows' currency field, where the plan has both."""
    for parameter in plan.parameters:
        for binding in parameter.bindings:
            if binding.kind == "role" and binding.role == "currency" and binding.fields:
                return parameter.name, binding.fields[0]
    return None


def _dates(plan: Plan, parameter: Parameter, fields: list[Field]) -> list[str]:
    zone = f"item.{plan.timezone_field} or TIMEZONE" if plan.timezone_field else "TIMEZONE"
    binding = next(b for b in parameter.bindings if isinstance(b, FilterBinding) and _is_date(b))
    value = f"request.{parameter.name}"
    before = binding.relation is Relation.FROM
    bounds = f"date_bounds({value}, None, zone)" if before else f"date_bounds(None, {value}, zone)"
    limits = f"{bounds}[0], None" if before else f"None, {bounds}[1]"
    return [
        f"if {value} is not None:",
        *indent(
            [
                f"zone = {zone}",
                f"if not in_range(day(item.{fields[0].name}, zone), {limits}):",
                *indent(["return False"]),
            ]
        ),
    ]


def _times(plan: Plan, parameter: Parameter, binding: FilterBinding, fields: list[Field]) -> list[str]:
    """Compare a time of day, written HH:MM, in the record's own time zone; a row without one never matches."""
    zone = f"item.{plan.timezone_field} or TIMEZONE" if plan.timezone_field else "TIMEZONE"
    value = f"request.{parameter.name}"
    wrong = "<" if binding.relation is Relation.FROM else ">"
    return [
        f"if {value} is not None:",
        *indent(
            [
                f"clock = time_of_day(item.{fields[0].name}, {zone})",
                f"if clock is None or clock {wrong} {value}:",
                *indent(["return False"]),
            ]
        ),
    ]


def _distance(plan: Plan, parameter: Parameter, fields: list[Field]) -> list[str]:
    latitude, longitude = (f"item.{field.name}" for field in fields[:2])
    centre = next(
        (p.name for p in plan.parameters for b in p.bindings if b.kind == "role" and b.role == "place_of_distance"),
        None,
    )
    if centre is None:
        raise ValueError(f"parameter {parameter.name} needs another one that names the centre of the distance")
    unit = "km" if parameter.name.endswith("km") else "mi"
    away = f"distance(centre.latitude, centre.longitude, {latitude}, {longitude}, {literal(unit)})"
    return [
        f"if request.{parameter.name} is not None and request.{centre} is not None:",
        *indent(
            [
                f"if {latitude} is None or {longitude} is None:",
                *indent(["return False"]),
                f"centre = place(request.{centre})",
                f"if {away} > request.{parameter.name}:",
                *indent(["return False"]),
            ]
        ),
    ]
