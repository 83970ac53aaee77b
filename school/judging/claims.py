"""Do the rows satisfy what the arguments asked for? Written apart from the workflow's own filters."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from domain.meaning import dates, gazetteer, geo, money, words
from domain.meaning.moments import read_clock, read_datetime
from domain.plan import FieldType, FilterBinding, Parameter, Plan, Relation, Topic
from domain.run import Finding
from domain.values import JsonObject, JsonValue
from school.judging.case import (
    Case,
    cut,
    failed,
    filters_of,
    is_set,
    not_applicable,
    parameter_with_role,
    passed,
    radius_of,
)

CHECK = "filters_hold"
COMPARE: dict[Relation, Callable[[float, float], bool]] = {
    Relation.AT_MOST: lambda have, want: have <= want,
    Relation.LESS_THAN: lambda have, want: have < want,
    Relation.AT_LEAST: lambda have, want: have >= want,
    Relation.MORE_THAN: lambda have, want: have > want,
}


def filters_hold(case: Case) -> Finding:
    """Every row of every trial satisfies every filter that its arguments set, and no record was left undecided."""
    undecided = _undecided(case)
    if undecided:
        return failed(CHECK, undecided)
    tested = 0
    for tried in case.tried:
        arguments = case.effective(tried.run.arguments)
        for parameter, binding in filters_of(case.plan):
            wanted = arguments.get(parameter.name)
            if not is_set(wanted):
                continue
            for row in tried.run.rows:
                tested += 1
                if not satisfies(case, parameter, binding, wanted=wanted, row=row, arguments=arguments):
                    shown = {name: row.get(name) for name in binding.fields}
                    return failed(
                        CHECK, f"trial {tried.trial.name}: {parameter.name}={wanted!r} but the row has {shown}"
                    )
    if not any(True for _ in filters_of(case.plan)):
        return not_applicable(CHECK, "the tool has no filters")
    return passed(CHECK, f"{tested} comparisons of rows with arguments")


def _undecided(case: Case) -> str:
    """Why the question's own rows may lack some: more records than pages that one run may read, taken as they came.

    What words ask for is looked for in the records' own texts first; of a flag or a number those say nothing.
    """
    pages = {field.name for field in case.plan.fields if field.detail}
    if not case.tried or not pages or not cut(case.tried[0]):
        return ""
    arguments = case.effective(case.tried[0].run.arguments)
    limit = parameter_with_role(case.plan, "limit")
    most = arguments.get(limit.name) if limit else None
    if isinstance(most, int) and len(case.tried[0].run.rows) >= most:
        return ""
    deciding = [p for p, b in filters_of(case.plan) if pages & set(b.fields) and is_set(arguments.get(p.name))]
    if not deciding or any(p.type in (FieldType.STRING, FieldType.ARRAY) for p in deciding):
        return ""
    told = ", ".join(p.name for p in deciding)
    return f"only the records' own pages decide {told}, and there are more of them than one run may read; ask for less"


def satisfies(
    case: Case,
    parameter: Parameter,
    binding: FilterBinding,
    *,
    wanted: JsonValue,
    row: JsonObject,
    arguments: JsonObject,
) -> bool:
    """Return whether one row satisfies one filter."""
    values = [row.get(name) for name in binding.fields]
    if binding.topic is Topic.DISTANCE or binding.relation is Relation.WITHIN:
        return _near(case.plan, parameter, wanted, values, arguments)
    if binding.topic is Topic.TIME:
        return _timed(case, binding, str(wanted), values[0], row)
    if binding.relation in {Relation.FROM, Relation.TO}:
        return _dated(case, binding, str(wanted), values[0], row)
    if binding.relation in {Relation.CONTAINS, Relation.EXCLUDES}:
        return _worded(binding, wanted, values)
    if binding.relation in COMPARE:
        return _compared(case.plan, binding, wanted, values, row=row, arguments=arguments)
    if isinstance(wanted, bool):
        return _flagged(binding, values[0]) is wanted
    if binding.topic is Topic.PLACE and (radius := radius_of(case.plan)) and is_set(arguments.get(radius.name)):
        return True
    equal = any(_same(binding, part, wanted) for part in _parts(values))
    return equal is not (binding.relation is Relation.NOT_EQUALS)


def _parts(values: list[JsonValue]) -> list[JsonValue]:
    return [part for value in values for part in (value if isinstance(value, list) else [value])]


def _near(plan: Plan, parameter: Parameter, wanted: JsonValue, values: list[JsonValue], arguments: JsonObject) -> bool:
    centre_parameter = parameter_with_role(plan, "place_of_distance")
    named = arguments.get(centre_parameter.name) if centre_parameter else None
    if not is_set(named):
        return True
    centre = gazetteer.find(str(named))
    if centre is None or len(values) < 2 or values[0] is None or values[1] is None:
        return False
    miles = geo.distance_miles(centre.latitude, centre.longitude, float(str(values[0])), float(str(values[1])))
    away = miles * geo.KM_PER_MILE if parameter.name.endswith("km") else miles
    return away <= float(str(wanted)) + 1e-6


def _dated(case: Case, binding: FilterBinding, wanted: str, value: JsonValue, row: JsonObject) -> bool:
    if value is None:
        return False
    zone = (
        str(row.get(case.plan.timezone_field) or case.plan.timezone) if case.plan.timezone_field else case.plan.timezone
    )
    today = case.now.astimezone(ZoneInfo(zone)).date()
    asked = dates.resolve(wanted, today)
    moment = read_datetime(str(value))
    if moment is None:
        return False
    day = (moment.astimezone(ZoneInfo(zone)) if moment.tzinfo is not None else moment).date()
    return day >= asked.start if binding.relation is Relation.FROM else day <= asked.end


def _timed(case: Case, binding: FilterBinding, wanted: str, value: JsonValue, row: JsonObject) -> bool:
    """Whether a row's local time of day lies on the asked side; read apart from the workflow's own way."""
    moment = read_datetime(str(value)) if value is not None else None
    if moment is not None and moment.tzinfo is not None:
        zone = row.get(case.plan.timezone_field) if case.plan.timezone_field else None
        clock = moment.astimezone(ZoneInfo(str(zone or case.plan.timezone))).strftime("%H:%M")
    else:
        clock = (read_clock(str(value)) if value is not None else None) or ""
    return bool(clock) and (clock >= wanted if binding.relation is Relation.FROM else clock <= wanted)


def _worded(binding: FilterBinding, wanted: JsonValue, values: list[JsonValue]) -> bool:
    texts = [str(part) for part in _parts(values) if part is not None]
    asked = [str(word) for word in wanted] if isinstance(wanted, list) else [str(wanted)]
    if binding.relation is Relation.EXCLUDES:
        return not any(words.matches(texts, word) for word in asked)
    found = [words.matches(texts, word) for word in asked]
    return any(found) if binding.any_of else all(found)


def _compared(
    plan: Plan,
    binding: FilterBinding,
    wanted: JsonValue,
    values: list[JsonValue],
    *,
    row: JsonObject,
    arguments: JsonObject,
) -> bool:
    if any(value is True for value in values):
        return COMPARE[binding.relation](0.0, float(str(wanted)))
    amounts = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if not amounts or not COMPARE[binding.relation](float(amounts[0]), float(str(wanted))):
        return False
    currency = parameter_with_role(plan, "currency")
    asked = arguments.get(currency.name) if currency else None
    fields = [f for b in (currency.bindings if currency else ()) if b.kind == "role" for f in b.fields]
    return (
        not is_set(asked)
        or amounts[0] == 0
        or all(row.get(name) is None or _currency(row[name]) == _currency(asked) for name in fields)
    )


def _currency(value: JsonValue) -> str:
    """Return the code of a currency that is written as a code, a sign, or within an amount."""
    text = str(value).strip()
    return text.upper() if len(text) == 3 and text.isalpha() else money.currency(text) or text.upper()


def _flagged(binding: FilterBinding, value: JsonValue) -> bool:
    if binding.true_values:
        return str(value) in binding.true_values
    return value == 0 if isinstance(value, int | float) and not isinstance(value, bool) else bool(value)


def _same(binding: FilterBinding, value: JsonValue, wanted: JsonValue) -> bool:
    if value is None:
        return False
    if isinstance(value, int | float) and isinstance(wanted, int | float):
        return value == wanted
    left, right = words.fold(str(value)), words.fold(str(wanted))
    if left == right:
        return True
    if binding.topic is not Topic.PLACE:
        return False
    place = gazetteer.find(str(wanted))
    names = {right, words.fold(str(wanted).split(",")[0])} | ({words.fold(place.name)} if place else set())
    return left in names or words.fold(str(value).split(",")[0]) in names
