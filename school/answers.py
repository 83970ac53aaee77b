"""The one JSON object of CLI-2, also what MCP's learn_tool returns."""

from __future__ import annotations

from typing import Any

from domain.cost import ModelUse
from domain.errors import NeedsInput, SchoolError
from domain.workflow import Provenance
from school.ask import Answer


def answered(answer: Answer) -> dict[str, Any]:
    """Return the object for an answered question."""
    version, output = answer.version, answer.run.output
    return {
        "status": "ok",
        "tool": {
            "name": version.name,
            "version": version.number,
            "kind": version.plan.source.kind.value,
            "input_schema": version.tool.input_schema,
        },
        "source": {
            "kind": version.plan.source.kind.value,
            "url": version.plan.source.url,
            "reason": version.plan.source.reason,
            "rejected": [{"kind": r.kind.value, "reason": r.reason} for r in version.plan.source.rejected],
        },
        "params": {**version.plan.defaults(), **answer.arguments},
        "rows": answer.run.rows,
        "count": len(answer.run.rows),
        "truncated": bool(output.get("truncated")) if isinstance(output, dict) else False,
        "learned": answer.learned,
        "question": None,
        "timings_ms": answer.timings_ms,
        "llm": _models(answer.models, version.provenance if answer.learned else None),
        "verdict": version.verdict.model_dump(mode="json"),
        "error": None,
    }


def refused(problem: SchoolError) -> dict[str, Any]:
    """Return the object for a question that ended with an error or a question back."""
    question = None
    if isinstance(problem, NeedsInput):
        question = {"text": problem.message, "field": problem.field, "choices": list(problem.choices)}
    return {
        "status": "needs_input" if question else "error",
        "tool": None,
        "source": None,
        "params": {},
        "rows": [],
        "count": 0,
        "truncated": False,
        "learned": False,
        "question": question,
        "timings_ms": {},
        "llm": _models(ModelUse.model_validate(problem.facts.get("models", {})), None),
        "verdict": None,
        "error": None if question else problem.as_json(),
    }


def _models(use: ModelUse, made: Provenance | None) -> dict[str, Any]:
    """Return what models took, failed attempts too; who planned and wrote what was learned; and who did not serve."""
    return {
        **use.usage.model_dump(mode="json"),
        "planner": made.planner if made else None,
        "generator": made.generator if made else None,
        "model": (made.model or None) if made else None,
        "passed_over": list(use.passed_over),
    }
