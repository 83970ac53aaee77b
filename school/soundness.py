"""Whether a published tool still works: its own example calls at the source, held against its profile.

What this does not tell: rows that look as they always did and are wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.run import Outcome, Run, RunKind
from domain.values import JsonObject, Value
from domain.workflow import WorkflowVersion
from registry import Profile
from registry.profiles import FieldProfile, field_profile
from school.app import School

EXPECTED_FILLED = 3  # values that a field should have had by its profile, before their absence says something


class ExampleCall(Value):
    """One example call; ``problem`` says what is wrong with it, "" when nothing is."""

    arguments: JsonObject
    rows: int = 0
    problem: str = ""


class Soundness(Value):
    """What the example calls gave; ``problems`` are those of single calls, and those of all their rows together."""

    calls: tuple[ExampleCall, ...]
    problems: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.problems


async def soundness(school: School, version: WorkflowVersion, *, owner: str) -> Soundness:
    """Run a version's example calls at the source, and hold their rows against its schema and profile."""
    runs = [await _call(school, version, arguments, owner) for arguments in examples_of(version)]
    calls = tuple(ExampleCall(arguments=run.arguments, rows=len(run.rows), problem=_problem(run)) for run in runs)
    found = [call.problem for call in calls if call.problem]
    rows = [row for run in runs for row in run.rows]
    if not found and not rows and expects_rows(version):
        found.append("No example call gives rows any more; there were some when the version was proved.")
    found += drift(school.registry.profile(version.name, owner, version.number), rows)
    return Soundness(calls=calls, problems=tuple(dict.fromkeys(found)))


def examples_of(version: WorkflowVersion) -> tuple[JsonObject, ...]:
    """Return the arguments that a version is tried with: its examples, else the question's own values."""
    return version.examples or (version.plan.defaults(),)


def expects_rows(version: WorkflowVersion) -> bool:
    """Return whether an example call gave rows when the version was proved."""
    examples = examples_of(version)
    return any(trial.rows for trial in version.verdict.trials if trial.arguments in examples)


def drift(profile: Profile | None, rows: Sequence[JsonObject]) -> list[str]:
    """Return how rows differ from their profile: fields that are empty now, or of another type."""
    if profile is None or not rows:
        return []
    seen = [(before, field_profile(before.name, [row.get(before.name) for row in rows])) for before in profile.fields]
    return [text for before, now in seen if (text := _drifted(before, now, len(rows)))]


def _drifted(before: FieldProfile, now: FieldProfile, rows: int) -> str:
    if not now.fill:
        missed = before.fill * rows >= EXPECTED_FILLED
        return f"Field {before.name} is empty in all {rows} rows; it was filled in {before.fill:.0%}." if missed else ""
    known = set(before.types) | ({"number", "integer"} if {"number", "integer"} & set(before.types) else set())
    other = known and now.type not in known
    return f"Field {before.name} is of type {now.type}; it was {before.type}." if other else ""


def _problem(run: Run) -> str:
    if run.outcome is Outcome.OK:
        return ""
    return run.error.message if run.error is not None else f"It ended as {run.outcome.value}."


async def _call(school: School, version: WorkflowVersion, arguments: JsonObject, owner: str) -> Run:
    runner = await school.runner.get()
    run: Run = await runner.run(
        version.artifact,
        arguments,
        version.policy,
        kind=RunKind.CANARY,
        now=school.clock.now(),
        owner=owner,
        tool=version.name,
        version=version.number,
        output_schema=version.tool.output_schema,
    )
    school.registry.record_run(run)
    return run
