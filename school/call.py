"""Calling a published tool: validate, run, validate, record. No model, no search, no migration on this way."""

from __future__ import annotations

from collections.abc import Callable

from domain.run import RunKind
from domain.values import JsonObject
from domain.workflow import Status, WorkflowVersion
from school.app import School
from school.called import Called, require_ok, require_valid


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
