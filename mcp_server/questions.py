"""Questions back to the person, as a form for elicitation: who can be asked, for how long, and how often."""

from __future__ import annotations

from typing import Any

import anyio
import mcp_types as types
from mcp.shared.exceptions import MCPError

from domain.errors import NeedsInput
from mcp_server.desk import Asked
from school.questions import ANSWER_CHARACTERS, question_of, with_answer

__all__ = ["ANSWER", "MOST_QUESTIONS", "can_ask", "elicited", "form_of", "question_of", "with_answer"]

ANSWER = "answer"  # the one field of every form
ANSWER_S = 600.0  # for a person to answer
MOST_QUESTIONS = 5  # in one call; a source that asks more is not being understood


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


def can_ask(asked: Asked) -> bool:
    """Return whether the client has declared that it can show a form to its person."""
    declared = asked.ctx.session.client_capabilities
    elicitation = declared.elicitation if declared is not None else None
    # An empty capability means forms: that is how the older revision spells it.
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


async def elicited(asked: Asked, message: str, form: dict[str, Any]) -> types.ElicitResult | None:
    """Return what the person made of a form that is shown in the middle of the call, or None without an answer."""
    with anyio.move_on_after(ANSWER_S):
        try:
            return await asked.ctx.session.elicit_form(message, form, related_request_id=asked.ctx.request_id)
        except MCPError:  # the client said that it can ask, and then could not
            return None
    return None
