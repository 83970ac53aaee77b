"""Reading replies: a reader returns a value or says what is wrong, in words that the model gets to see."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from domain.values import Value

M = TypeVar("M", bound=BaseModel)

MOST_PROBLEMS = 12
_FENCE = re.compile(r"^\s*```[\w+-]*[ \t]*\n(?P<inside>.*?)\n?[ \t]*```\s*$", re.DOTALL)
_INNER_FENCE = re.compile(r"```(?:json|JSON)?[ \t]*\n(?P<inside>.*?)\n[ \t]*```", re.DOTALL)


class Problem(Value):
    """One thing that is wrong with a reply: where (a path in the schema, or a line) and what."""

    where: str
    what: str


class ReplyRejected(Exception):
    """A reply cannot be used; ``problems`` go back to the model."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)[:MOST_PROBLEMS]


def reject(where: str, what: str) -> ReplyRejected:
    """Return a rejection with one problem, to be raised."""
    return ReplyRejected([Problem(where=where, what=what)])


def read_json(text: str, shape: type[M]) -> M:
    """Return the value that a JSON reply holds; a code fence around it is taken off.

    Raises:
        ReplyRejected: it is no JSON, or not of the wanted shape.
    """
    bare = _bare_json(text)
    try:
        return shape.model_validate(json.loads(bare))
    except json.JSONDecodeError as problem:
        raise reject("reply", f"not a JSON object ({problem.msg} at character {problem.pos})") from None
    except ValidationError as problem:
        errors = problem.errors(include_url=False, include_input=False, include_context=False)
        raise ReplyRejected(
            [Problem(where=".".join(map(str, error["loc"])) or "reply", what=error["msg"]) for error in errors]
        ) from None


def correction(problems: Sequence[Problem]) -> str:
    """Return the message that sends a reply back with what is wrong."""
    lines = [f"- {problem.where}: {problem.what}" for problem in problems]
    return "\n".join(
        [
            "That reply cannot be used:",
            *lines,
            "Answer again in full, with these corrected and the rest kept. Only the wanted format, nothing around it.",
        ]
    )


def without_fence(text: str) -> str:
    """Return the text inside a code fence that surrounds all of it, else the text itself."""
    found = _FENCE.match(text)
    return found["inside"] if found else text


def _bare_json(text: str) -> str:
    bare = without_fence(text).strip()
    if bare.startswith("{"):
        return bare
    inner = _INNER_FENCE.search(text)
    if inner:
        return inner["inside"].strip()
    start, end = bare.find("{"), bare.rfind("}")
    return bare[start : end + 1] if 0 <= start < end else bare
