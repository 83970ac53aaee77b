"""Two versions side by side, for a person to read."""

from __future__ import annotations

import difflib
import json

from domain.workflow import WorkflowVersion
from registry.values import Difference


def diff(before: WorkflowVersion, after: WorkflowVersion) -> Difference:
    """Return unified diffs of description, code, schemas and policy; parts that are equal are left out."""
    old, new = parts_of(before), parts_of(after)
    found = {
        part: unified(part, old[part], new[part], before.number, after.number) for part in old if old[part] != new[part]
    }
    return Difference(name=after.name, before=before.number, after=after.number, parts=found)


def parts_of(version: WorkflowVersion) -> dict[str, str]:
    """Return what a caller relies on, as text by part."""
    tool = version.tool
    return {
        "description": f"{tool.name}\n{tool.title}\n{tool.description}",
        "code": version.artifact.code,
        "input_schema": pretty(tool.input_schema),
        "output_schema": pretty(tool.output_schema),
        "annotations": pretty(tool.annotations.model_dump()),
        "policy": pretty(version.policy.model_dump(mode="json")),
    }


def pretty(value: object) -> str:
    """Return JSON, a line for each value."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


def unified(part: str, old: str, new: str, before: int, after: int) -> str:
    """Return one unified diff."""
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"{part} (version {before})", f"{part} (version {after})", lineterm=""
    )
    return "\n".join(lines)
