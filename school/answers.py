"""The one JSON object of CLI-2, also what MCP's learn_tool returns."""

from __future__ import annotations

from typing import Any

from domain.errors import NeedsInput, SchoolError
from school.ask import Answer


def answered(answer: Answer) -> dict[str, Any]:
    """Return the object for an answered question."""
    version, output = answer.version, answer.run.output
    usage = version.provenance.usage if answer.learned else None
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
        "llm": {
            "calls": usage.calls if usage else 0,
            "input_tokens": usage.input_tokens if usage else 0,
            "output_tokens": usage.output_tokens if usage else 0,
            "cost_usd": usage.cost_usd if usage else 0.0,
        },
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
        "llm": {"calls": 0, "input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0},
        "verdict": None,
        "error": None if question else problem.as_json(),
    }
