"""Replaying a version offline: its own code in the real sandbox, recorded answers, the clock held at their time.

A case passes when its rows are exactly the recorded ones. What cannot be replayed is ``not_applicable`` with the
reason, and never counts as passed.
"""

from __future__ import annotations

import orjson

from domain.errors import SchoolError
from domain.policy import Policy
from domain.run import CheckOutcome, Outcome, Run, RunKind
from domain.values import JsonObject, Value
from domain.workflow import Artifact, WorkflowVersion
from registry import ReplayBundle, ReplayCase
from school.app import School

NOTHING_KEPT = "No recording was kept when this version was published."


class ReplayFailed(SchoolError):
    """A version no longer gives its recorded rows."""

    code = "replay_failed"
    default_remedy = "Compare the versions (tools diff), or go back: main.py tools rollback NAME"


class ReplayNotApplicable(SchoolError):
    """There is nothing that a version could be replayed from."""

    code = "replay_not_applicable"
    default_remedy = "Prove it at the site: main.py call NAME"


class CaseResult(Value):
    """One replayed case: ``evidence`` says what differed, "" when nothing did."""

    name: str
    arguments: JsonObject
    outcome: CheckOutcome
    evidence: str = ""
    rows: int = 0
    wall_ms: float = 0.0


class Replayed(Value):
    """A version held against one bundle, its own (``recorded`` is the same number) or an older version's."""

    tool: str
    version: int
    recorded: int
    outcome: CheckOutcome
    reason: str = ""
    cases: tuple[CaseResult, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def problem(self) -> SchoolError | None:
        """Why it did not pass, as an error; None when every case passed."""
        what = f"{self.tool} version {self.version}"
        if self.outcome is CheckOutcome.FAILED:
            return ReplayFailed(f"{what} on the recording of version {self.recorded}: {self.reason}")
        if self.outcome is CheckOutcome.NOT_APPLICABLE:
            return ReplayNotApplicable(f"{what} on the recording of version {self.recorded}: {self.reason}")
        return None


def first_problem(results: tuple[Replayed, ...]) -> SchoolError | None:
    """Return the first failure, else the first that could not be replayed, else None."""
    ranked = sorted(results, key=lambda each: each.outcome is not CheckOutcome.FAILED)
    return next((each.problem for each in ranked if each.problem is not None), None)


async def replay_tool(
    school: School, name: str, owner: str, *, version: int | None = None, old: bool = False
) -> tuple[Replayed, ...]:
    """Replay a version (the published one unless a number is given) on its own bundle.

    ``old`` also holds it against the bundles of earlier versions that nobody declared obsolete.

    Raises:
        UnknownTool: no such version is visible to the owner.
        IntegrityBroken: the version or a bundle was changed outside the registry.
    """
    kept = school.registry.tool(name, owner, version)
    stored = {each.number: each for each in school.registry.replays(name, owner)}
    own = stored.get(kept.number)
    results = [await held(school, kept, kept.number, own.bundle if own else ReplayBundle(cases=()), owner=owner)]
    earlier = [each for each in stored.values() if old and each.number < kept.number and not each.obsolete]
    results += [await held(school, kept, each.number, each.bundle, owner=owner) for each in reversed(earlier)]
    return tuple(results)


async def held(
    school: School, version: WorkflowVersion, recorded: int, bundle: ReplayBundle, *, owner: str
) -> Replayed:
    """Hold a version against the bundle of the version ``recorded``."""
    cases = await replay(
        school, version.artifact, version.policy, bundle, owner=owner, tool=version.name, version=version.number
    )
    evidence = "; ".join(dict.fromkeys(case.evidence for case in cases if case.evidence))
    return Replayed(
        tool=version.name,
        version=version.number,
        recorded=recorded,
        outcome=worst(cases),
        reason=evidence if cases else "; ".join(bundle.notes) or NOTHING_KEPT,
        cases=cases,
        notes=bundle.notes,
    )


async def failed_of_old(school: School, version: WorkflowVersion, *, owner: str) -> tuple[Replayed, ...]:
    """Return the bundles of earlier versions that a kept version fails and that nobody declared obsolete."""
    results = [
        await held(school, version, each.number, each.bundle, owner=owner)
        for each in school.registry.replays(version.name, owner)
        if each.number < version.number and not each.obsolete
    ]
    return tuple(result for result in results if result.outcome is CheckOutcome.FAILED)


async def require_old(school: School, version: WorkflowVersion, *, owner: str) -> None:
    """Refuse a repaired version that fails what an earlier one was proved with.

    Raises:
        ReplayFailed: naming the first bundle that it fails.
    """
    for result in await failed_of_old(school, version, owner=owner):
        raise ReplayFailed(
            f"{version.name} version {version.number} on the recording of version {result.recorded}: {result.reason}",
            remedy=f"If that is as it should be, say why: main.py tools obsolete {version.name} "
            f"--version {result.recorded} --reason TEXT",
        )


async def declare_outgrown(school: School, version: WorkflowVersion, *, owner: str) -> None:
    """Declare what a version that was learned anew, from the site as it is now, fails of the old ones obsolete."""
    for result in await failed_of_old(school, version, owner=owner):
        school.registry.declare_obsolete(
            version.name,
            owner,
            result.recorded,
            reason=f"Version {version.number} was learned anew from the site: {result.reason}"[:500],
            actor=owner,
        )


async def replay(
    school: School,
    artifact: Artifact,
    policy: Policy,
    bundle: ReplayBundle,
    *,
    owner: str,
    tool: str,
    version: int = 0,
) -> tuple[CaseResult, ...]:
    """Replay code on every case of a bundle, in their order; a candidate that is not published yet too."""
    results: list[CaseResult] = []
    for case in bundle.cases:
        runner = await school.runner.get()
        run = await runner.run(
            artifact,
            case.arguments,
            policy,
            kind=RunKind.REPLAY,
            now=case.now,
            owner=owner,
            tool=tool,
            version=version,
            replayed=case.exchanges,
        )
        school.registry.record_run(run.model_copy(update={"started_at": school.clock.now()}))
        results.append(compared(case, run))
    return tuple(results)


async def faithful(
    school: School, artifact: Artifact, policy: Policy, bundle: ReplayBundle, *, owner: str, tool: str
) -> ReplayBundle:
    """Return the bundle without the cases that do not replay even now, each with a note."""
    results = await replay(school, artifact, policy, bundle, owner=owner, tool=tool)
    kept = [c for c, r in zip(bundle.cases, results, strict=True) if r.outcome is CheckOutcome.PASSED]
    notes = [f"{r.name}: {r.evidence}" for r in results if r.outcome is not CheckOutcome.PASSED]
    return ReplayBundle(cases=tuple(kept), notes=(*bundle.notes, *notes))


def compared(case: ReplayCase, run: Run) -> CaseResult:
    """Return a replayed case, held against its recorded rows."""
    evidence = ""
    if run.outcome is not Outcome.OK:
        evidence = run.error.message if run.error else f"It ended as {run.outcome.value}."
    elif text(run.rows) != text(list(case.rows)):
        evidence = difference(run.rows, list(case.rows))
    if evidence and run.denials:
        evidence += f" The first request without an answer: {run.denials[0].url} ({run.denials[0].reason})."
    return CaseResult(
        name=case.name,
        arguments=case.arguments,
        outcome=CheckOutcome.FAILED if evidence else CheckOutcome.PASSED,
        evidence=evidence,
        rows=len(run.rows),
        wall_ms=round(run.spent.wall_ms, 1),
    )


def difference(got: list[JsonObject], wanted: list[JsonObject]) -> str:
    """Return the first place where rows differ."""
    if len(got) != len(wanted):
        return f"{len(got)} rows, {len(wanted)} were recorded."
    place = next(n for n, pair in enumerate(zip(got, wanted, strict=True)) if text(pair[0]) != text(pair[1]))
    fields = [
        name for name in {**wanted[place], **got[place]} if text(got[place].get(name)) != text(wanted[place].get(name))
    ]
    return f"Row {place + 1} of {len(wanted)} differs in {', '.join(fields) or 'its fields'}."


def text(value: object) -> bytes:
    """Return a value as JSON, so that 1, 1.0 and true are three things."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def worst(cases: tuple[CaseResult, ...]) -> CheckOutcome:
    """Return the outcome of all cases together; none at all is not applicable."""
    if any(case.outcome is CheckOutcome.FAILED for case in cases):
        return CheckOutcome.FAILED
    return CheckOutcome.PASSED if cases else CheckOutcome.NOT_APPLICABLE
