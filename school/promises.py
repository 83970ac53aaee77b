"""What a tool promises its callers and its operator, and how a version that takes its place would break that.

A new version that keeps all of it can be published by itself; what it breaks is for a person to agree to.
"""

from __future__ import annotations

import re
from typing import Any

from domain.plan import Plan
from domain.policy import Policy
from domain.tool import properties_of
from domain.values import JsonObject, JsonValue
from domain.workflow import WorkflowVersion
from generators.emit import describe


def broken(before: WorkflowVersion, after: WorkflowVersion) -> tuple[str, ...]:
    """Return, as sentences, what a person has to agree to before ``after`` takes the place of ``before``."""
    found = [*wider(before.policy, after.policy)]
    if before.tool.description != after.tool.description:
        found.append(f"The description would change to: {after.tool.description}")
    return (*found, *face_changes(before, after.plan))


def wider(before: Policy, after: Policy) -> tuple[str, ...]:
    """Return what a policy lets in that another does not."""
    pairs: tuple[tuple[str, Any, Any], ...] = (
        ("ask host", before.hosts, after.hosts),
        ("use method", before.methods, after.methods),
        ("reach private host", before.private_hosts, after.private_hosts),
        ("use secret", before.secrets, after.secrets),
        ("send POST to", before.read_posts, after.read_posts),
    )
    return tuple(
        f"It would newly {what} {getattr(each, 'host', each)}."
        for what, old, new in pairs
        for each in new
        if each not in old
    )


def face_changes(before: WorkflowVersion, plan: Plan) -> tuple[str, ...]:
    """Return the required parts of the schemas that a plan's tool would not keep.

    Calls that were right stay right: no parameter goes, becomes required or takes fewer types. Results keep their
    required properties, and the fields of a row that the plan requires.
    """
    after = describe(plan)
    old, new = properties_of(before.tool.input_schema), properties_of(after.input_schema)
    found = [f"Parameter {name} would be gone." for name in old if name not in new]
    found += [
        f"Parameter {name} would take no {' or '.join(sorted(lost))} any more."
        for name in old
        if name in new and (lost := _types(old[name]) - _types(new[name]))
    ]
    demanded = set(_required(after.input_schema)) - set(_required(before.tool.input_schema))
    found += [f"Parameter {name} would be required." for name in sorted(demanded)]
    given = set(_required(before.tool.output_schema)) - set(_required(after.output_schema))
    found += [f"The result would not always have {name}." for name in sorted(given)]
    fields = {field.name: field.type for field in plan.fields}
    return (
        *found,
        *(f"Field {f.name} would be gone." for f in before.plan.fields if f.required and f.name not in fields),
        *(
            f"Field {f.name} would be of type {fields[f.name].value}, it was {f.type.value}."
            for f in before.plan.fields
            if f.required and f.name in fields and fields[f.name] is not f.type
        ),
    )


def in_place_of(before: WorkflowVersion, plan: Plan) -> Plan:
    """Return a plan under the name and title of the tool that it repairs.

    The description stays too where what it says still holds: the same parameters, and no field gone that it names.
    """
    kept: dict[str, str] = {"tool_name": before.tool.name, "title": before.tool.title}
    same = {p.name for p in plan.parameters} == {p.name for p in before.plan.parameters}
    gone = {f.name for f in before.plan.fields} - {f.name for f in plan.fields}
    if same and not gone & set(re.findall(r"\w+", before.tool.description)):
        kept["description"] = before.tool.description
    return plan.model_copy(update=kept)


def _required(schema: JsonObject) -> list[str]:
    found = schema.get("required")
    return [str(name) for name in found] if isinstance(found, list) else []


def _types(schema: JsonValue) -> set[str]:
    found = schema.get("type") if isinstance(schema, dict) else None
    if isinstance(found, list):
        return {str(each) for each in found}
    return {found} if isinstance(found, str) else set()
