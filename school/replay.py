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
from domain.workflow import Artifact
from registry import ReplayBundle, ReplayCase
from school.app import School
from school.recording import PAGE_NOTE

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
    bundles = {kept.number: own.bundle if own else ReplayBundle(cases=(), notes=())}
    if old:
        bundles |= {n: s.bundle for n, s in sorted(stored.items()) if n < kept.number and not s.obsolete}
    results: list[Replayed] = []
    for number, bundle in bundles.items():
        cases = await replay(
            school, kept.artifact, kept.policy, bundle, owner=owner, tool=kept.name, version=kept.number
        )
        reason = (
            nothing(kept.artifact, bundle)
            if not cases
            else "; ".join(dict.fromkeys(c.evidence for c in cases if c.evidence))
        )
        results.append(
            Replayed(
                tool=kept.name,
                version=kept.number,
                recorded=number,
                outcome=worst(cases),
                reason=reason,
                cases=cases,
                notes=bundle.notes,
            )
        )
    return tuple(results)


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
    if artifact.interface != "http":
        return ()
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


def nothing(artifact: Artifact, bundle: ReplayBundle) -> str:
    """Return why there is nothing to replay."""
    if artifact.interface != "http":
        return PAGE_NOTE
    return "; ".join(bundle.notes) or NOTHING_KEPT
