"""Questions back to the person, as a form for elicitation."""

from __future__ import annotations

from typing import Any

from domain.errors import NeedsInput
from school.questions import ANSWER_CHARACTERS, question_of, with_answer

__all__ = ["ANSWER", "form_of", "question_of", "with_answer"]

ANSWER = "answer"  # the one field of every form


def form_of(problem: NeedsInput) -> dict[str, Any]:
    """Return the JSON Schema of a form with one text field; the choices are told, but not forced."""
    hint = f" For example: {'; '.join(problem.choices[:10])}" if problem.choices else ""
    field = {
        "type": "string",
        "title": problem.field.capitalize() or "Answer",
        "description": f"{problem.message}{hint}",
        "minLength": 1,
        "maxLength": ANSWER_CHARACTERS,
    }
    return {"type": "object", "properties": {ANSWER: field}, "required": [ANSWER]}
