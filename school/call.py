"""Calling a published tool: validate, run, validate, record. No model, no search, no migration on this way."""

from __future__ import annotations

from collections.abc import Callable
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
from domain.run import Outcome, Run, RunKind, Verdict
from domain.values import JsonObject, Value
from domain.workflow import Status, WorkflowVersion
from school.app import School

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


async def call(
    school: School,
    name: str,
    arguments: JsonObject,
    *,
    owner: str = "local",
    admit: Callable[[WorkflowVersion], None] | None = None,
) -> Called:
    """Run a tool and return its result. The first proved call of an imported draft publishes it.

    ``admit`` is shown the version that is about to run, and raises when it must not; what it lets pass has a person's
    consent as far as it needs one.

    Raises:
        UnknownTool: no such tool is visible to the owner.
        InvalidArguments: the arguments break the input schema; the message names the place.
        SandboxProblem, SourceProblem: the run did not end well; code and remedy say why.
    """
    version = school.shelf.version(name, owner)
    if admit is not None:
        admit(version)
    if version.status is Status.DRAFT:
        from school.first_call import try_draft  # noqa: PLC0415 - only drafts are tried, once

        return await try_draft(school, version, arguments, owner=owner, consent=admit is not None)
    require_valid(version, arguments)
    runner = await school.runner.get()
    run = await runner.run(
        version.artifact,
        arguments,
        version.policy,
        kind=RunKind.CALL,
        now=school.clock.now(),
        owner=owner,
        tool=version.name,
        version=version.number,
        output_schema=version.tool.output_schema,
    )
    school.registry.record_run(run)
    require_ok(run)
    return Called(version=version, run=run)


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
