"""What can go wrong with a job as such, and errors as values that outlive a process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from domain.errors import LearnProblem, SchoolError, UsageProblem
from domain.values import JsonObject


class UnknownJob(UsageProblem):
    """No job of this id belongs to this owner."""

    code = "unknown_job"
    default_remedy = "Use the job_id that learn_tool gave, or see: main.py jobs list"


class JobRefused(UsageProblem):
    """The job is in no state for this, or there are too many."""

    code = "job_refused"


class JobLost(LearnProblem):
    """Every worker that took the job died of it, or of something else."""

    code = "job_lost"
    default_remedy = "See the server's log for why its workers died, then ask again."


class Superseded(Exception):
    """Another execution has the job now, or it was cancelled: this one must stop and write nothing.

    Not a SchoolError on purpose: nobody is told, and no handler of expected problems may take it for one.
    """


def as_value(problem: SchoolError) -> JsonObject:
    """Return an error as JSON, with everything that ``as_error`` needs."""
    value = {"class": type(problem).__name__, "code": problem.code, **vars(problem)}
    return cast("JsonObject", json.loads(json.dumps(value, default=str)))  # whatever stands in the facts


def as_error(value: JsonObject) -> SchoolError:
    """Return the error that ``as_value`` wrote; of a class that is gone, the root with the same words."""
    known: dict[str, type[SchoolError]] = {kind.__name__: kind for kind in _tree(SchoolError)}
    kind = known.get(str(value.get("class")), SchoolError)
    error = kind.__new__(kind)
    Exception.__init__(error, value.get("message", ""))
    for name, content in value.items():
        if name not in {"class", "code"}:
            setattr(error, name, tuple(content) if isinstance(content, list) else content)
    return error


def _tree(root: type[SchoolError]) -> Iterator[type[SchoolError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _tree(kind)


def told(problem: SchoolError) -> dict[str, Any]:
    """Return what is kept of the error that ended a job: the shape of CLI-2, and what it takes to raise it again."""
    return {**problem.as_json(), "raised": as_value(problem)}
