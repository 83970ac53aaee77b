"""What a repair came to, as an object: for ``tools repair --json`` and for the job's result."""

from __future__ import annotations

from typing import Any

from school.admin.changes import changes
from school.app import School
from school.repair import Repair


def as_object(school: School, done: Repair, owner: str) -> dict[str, Any]:
    """Return what a repair came to, with what changed between the versions."""
    before, after = done.before, done.after
    value: dict[str, Any] = {
        "name": before.name,
        "repair": done.ended,
        "before": before.number,
        "version": (after or before).number,
        "problems": list(done.soundness.problems),
        "calls": [call.model_dump(mode="json") for call in done.soundness.calls],
        "reasons": list(done.reasons),
        "wall_ms": done.wall_ms,
    }
    if after is None:
        return value
    usage = after.provenance.usage
    difference = school.registry.diff(after.name, owner, before.number, after.number)
    return {
        **value,
        "obsolete": [{"version": each.recorded, "reason": each.reason} for each in done.outgrown],
        "summary": changes(before, after),
        "parts": difference.parts,
        "trials": [trial.model_dump(mode="json") for trial in after.verdict.trials],
        "llm": usage.model_dump(mode="json"),
    }
