"""What changed between two versions, in words: parameters, fields, description and policy."""

from __future__ import annotations

from domain.policy import Policy
from domain.tool import properties_of
from domain.values import JsonObject
from domain.workflow import WorkflowVersion


def changes(before: WorkflowVersion, after: WorkflowVersion) -> list[str]:
    """Return one sentence for each change that a caller or an operator would want to know of."""
    found = _words("parameter", _parameters(before), _parameters(after))
    found += _words("field", _fields(before), _fields(after))
    if before.tool.description != after.tool.description:
        found.append("the description changed")
    if before.artifact.code != after.artifact.code:
        found.append("the code changed")
    return found + policy_changes(before.policy, after.policy)


def policy_changes(before: Policy, after: Policy) -> list[str]:
    """Return what a policy allows more and what less."""
    found: list[str] = []
    for noun, old, new in (
        ("host", _hosts(before), _hosts(after)),
        ("method", set(before.methods), set(after.methods)),
        ("POST that only reads, to", set(before.read_posts), set(after.read_posts)),
        ("private host", set(before.private_hosts), set(after.private_hosts)),
        ("secret", set(before.secrets), set(after.secrets)),
    ):
        found += [f"policy: {noun} {each} is newly allowed" for each in sorted(new - old)]
        found += [f"policy: {noun} {each} is no longer allowed" for each in sorted(old - new)]
    old_limits, new_limits = before.limits.model_dump(), after.limits.model_dump()
    found += [
        f"policy: limit {name} is {new_limits[name]}, it was {old_limits[name]}"
        for name in new_limits
        if new_limits[name] != old_limits[name]
    ]
    if before.respect_robots != after.respect_robots:
        found.append("policy: robots.txt is " + ("respected now" if after.respect_robots else "ignored now"))
    return found


def _hosts(policy: Policy) -> set[str]:
    return {
        f"{'*.' if rule.subdomains else ''}{rule.host}{'' if rule.port is None else f':{rule.port}'}"
        for rule in policy.hosts
    }


def _words(noun: str, old: JsonObject, new: JsonObject) -> list[str]:
    found = [f"{noun} {name} is new" for name in new if name not in old]
    found += [f"{noun} {name} is gone" for name in old if name not in new]
    return found + [f"{noun} {name} changed" for name in new if name in old and old[name] != new[name]]


def _parameters(version: WorkflowVersion) -> JsonObject:
    return properties_of(version.tool.input_schema)


def _fields(version: WorkflowVersion) -> JsonObject:
    """Return the properties of one row, with references into the schema's own definitions followed once."""
    schema = version.tool.output_schema
    rows = properties_of(schema).get("rows")
    items = rows.get("items") if isinstance(rows, dict) else None
    reference = items.get("$ref") if isinstance(items, dict) else None
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        definitions = schema.get("$defs")
        items = definitions.get(reference.removeprefix("#/$defs/")) if isinstance(definitions, dict) else None
    return properties_of(items) if isinstance(items, dict) else {}
