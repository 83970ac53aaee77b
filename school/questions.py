"""Questions back to the person: as an object, and as an answer put into the query."""

from __future__ import annotations

import re

from domain.errors import APPROVAL, NeedsInput
from domain.plan import Query
from domain.values import JsonObject

ANSWER_CHARACTERS = 2000


def question_of(problem: NeedsInput) -> JsonObject:
    """Return the question of CLI-2: text, field and choices."""
    return {"text": problem.message, "field": problem.field, "choices": list(problem.choices)}


def with_answer(query: Query, field: str, answer: str) -> Query:
    """Return the query with an answer in it.

    A site becomes the query's site. Any other answer becomes words of the query: it stands in the place of the name
    that it makes clear ("Springfield" → "Springfield, Illinois"), else at the end.
    """
    if field.startswith(APPROVAL):  # what was approved is kept elsewhere; it is no word of the question
        return query
    answer = answer.strip()[:ANSWER_CHARACTERS]
    if field == "site":
        return query.model_copy(update={"site": answer})
    name = answer.partition(",")[0].strip()
    found = re.search(rf"\b{re.escape(name)}\b", query.text, re.IGNORECASE) if name else None
    text = (
        f"{query.text} {answer}" if found is None else query.text[: found.start()] + answer + query.text[found.end() :]
    )
    return query.model_copy(update={"text": text})
