"""A call from outside its run: which arguments it takes, what it gives, and the typed error of one that went wrong."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson

from domain.errors import (
    EgressDenied,
    InvalidArguments,
    OutputInvalid,
    RunFailed,
    RunKilled,
    SandboxProblem,
    SchoolError,
    SourceChangedError,
)
from domain.run import Outcome, Run, Verdict
from domain.values import JsonObject, Value
from domain.workflow import WorkflowVersion

PROBLEMS: dict[Outcome, type[SchoolError]] = {
    Outcome.FAILED: RunFailed,
    Outcome.SOURCE_CHANGED: SourceChangedError,
    Outcome.DENIED: EgressDenied,
    Outcome.KILLED: RunKilled,
    Outcome.INVALID: OutputInvalid,
    Outcome.CANCELLED: RunKilled,
}


class Called(Value):
    """A call that ended well: the version that served it, and its run.

    ``trial`` is the verdict where this was the first call of a draft; when it passed, the version is published.
    """

    version: WorkflowVersion
    run: Run
    trial: Verdict | None = None


def require_valid(version: WorkflowVersion, arguments: JsonObject) -> None:
    """Refuse arguments that break the version's input schema.

    Raises:
        InvalidArguments: with the place and the reason, never the whole schema.
    """
    validator = _validator(orjson.dumps(version.tool.input_schema))
    if validator.is_valid(arguments):
        return
    problem = next(iter(validator.iter_errors(arguments)))
    place = "/".join(str(part) for part in problem.instance_path) or "the arguments"
    properties = version.tool.input_schema.get("properties")
    known = ", ".join(properties) if isinstance(properties, dict) else ""
    raise InvalidArguments(
        f"{version.name}: {place}: {problem.message[:300]}", remedy=f"Known parameters: {known or 'none'}."
    )


def require_ok(run: Run) -> None:
    """Raise the typed error of a run that did not end well."""
    if run.outcome is Outcome.OK:
        return
    if run.error is not None and run.error.code == InvalidArguments.code:
        raise InvalidArguments(run.error.message, remedy=run.error.remedy or None)
    problem = PROBLEMS.get(run.outcome, SandboxProblem)
    if run.error is None:
        raise problem(f"The run ended as {run.outcome.value}.")
    raise problem(run.error.message, remedy=run.error.remedy or None)


@lru_cache(maxsize=1024)
def _validator(schema: bytes) -> Any:
    return jsonschema_rs.validator_for(orjson.loads(schema))
