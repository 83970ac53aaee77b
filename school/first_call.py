"""The first call of a draft is its trial: answered and proved, it publishes the tool (IMPORT-1).

What is proved is less than learning proves: one call, its answer read a second time by the plan's own locators, and
the same rows from the recording. What cannot be shown by one call says so in the verdict.
"""

from __future__ import annotations

import asyncio
from typing import Final

from domain.errors import NeedsApproval, SchoolError, UnknownTool
from domain.plan import Trial
from domain.run import CheckOutcome, Finding, Outcome, Run, RunKind, TrialEvidence, Verdict
from domain.values import JsonObject
from domain.workflow import Status, WorkflowVersion
from generators.emit import emit
from generators.openapi import as_answered
from registry import ReplayBundle
from sandbox.secrets import SecretStore
from school.app import School
from school.approvals import calls_approved, publish_or_wait, write_question
from school.called import Called, require_ok, require_valid
from school.importing import face_of, needed_secrets
from school.judging.case import TriedTrial, failed, not_applicable, passed
from school.judging.described import described_findings, is_contradicted
from school.recording import bundle_of
from school.replay import faithful

TRIAL_NAME: Final = "first call"


async def try_draft(
    school: School, version: WorkflowVersion, arguments: JsonObject, *, owner: str, consent: bool = False
) -> Called:
    """Call a draft; when the answer holds what its document describes, publish it.

    An answer of another shape than described is read as it is, and a version that does so is published instead.
    An answer that proves nothing yet (no rows) is returned, and the draft stays one. ``consent`` says that a person
    agreed to this trial; without it a draft that changes something at its site is not called.

    Raises:
        UnknownTool: the draft is another owner's, who has to try it first.
        InvalidArguments: the arguments break the input schema.
        NeedsApproval: it changes something at its site, and nobody agreed to that.
        SandboxProblem, SourceProblem: the run did not end well; the remedy names secrets that are lacking.
    """
    if version.owner != owner:
        raise UnknownTool(f"{version.name} is a draft of another owner, who has to call it first.")
    require_valid(version, arguments)
    if version.plan.intent.writes and not consent and not calls_approved(school, version.name, owner=owner):
        raise write_question(version, arguments)
    run = await _run(school, version, arguments, owner)
    version, run = await _as_answered(school, version, run, owner)
    try:
        require_ok(run)
    except SchoolError as problem:
        raise with_secrets_told(school, version, problem, owner) from None
    findings = await asyncio.to_thread(described_findings, version.plan, run)
    tried = TriedTrial(trial=Trial(name=TRIAL_NAME, arguments=arguments, expect="any"), run=run)
    verdict = verdict_on(tried, findings)
    if not verdict.passed:
        return Called(version=version, run=run, trial=verdict)
    recorded = bundle_of([tried])
    bundle = await faithful(school, version.artifact, version.policy, recorded, owner=owner, tool=version.name)
    verdict = verdict_on(tried, (*findings, _agreed(recorded, bundle)))
    if not verdict.passed:
        return Called(version=version, run=run, trial=verdict)
    proved = version.model_copy(
        update={"status": Status.VALIDATED, "verdict": verdict, "examples": (arguments, *version.examples)[:2]}
    )
    return Called(version=_published(school, proved, bundle, owner), run=run, trial=verdict)


def verdict_on(tried: TriedTrial, findings: tuple[Finding, ...]) -> Verdict:
    """Return the verdict on one trial; it passes when no test fails."""
    evidence = TrialEvidence(
        name=tried.trial.name,
        arguments=tried.run.arguments,
        rows=len(tried.run.rows),
        outcome=tried.run.outcome,
        wall_ms=tried.run.spent.wall_ms,
    )
    fine = all(f.outcome is not CheckOutcome.FAILED for f in findings)
    return Verdict(passed=fine, findings=findings, trials=(evidence,))


async def _run(school: School, version: WorkflowVersion, arguments: JsonObject, owner: str) -> Run:
    runner = await school.runner.get()
    run = await runner.run(
        version.artifact,
        arguments,
        version.policy,
        kind=RunKind.TRIAL,
        now=school.clock.now(),
        owner=owner,
        tool=version.name,
        version=version.number,
        record=True,
        output_schema=version.tool.output_schema,
    )
    school.registry.record_run(run)
    return run


async def _as_answered(school: School, version: WorkflowVersion, run: Run, owner: str) -> tuple[WorkflowVersion, Run]:
    """Return a version that reads the answer as it is, with its run on the recording; else what was given.

    The source is not asked again.
    """
    bodies = [exchange.body for exchange in run.exchanges if 200 <= exchange.status < 300 and not exchange.truncated]
    contradicted = run.outcome is Outcome.SOURCE_CHANGED
    if run.outcome is Outcome.OK:
        contradicted = is_contradicted(await asyncio.to_thread(described_findings, version.plan, run))
    plan = await asyncio.to_thread(as_answered, version.plan, bodies[0]) if contradicted and bodies else None
    if plan is None:
        return version, run
    made = version.provenance.model_copy(update={"created_at": school.clock.now()})
    artifact = emit(plan, made.created_at)
    newer = version.model_copy(
        update={"plan": plan, "tool": face_of(plan), "artifact": artifact, "provenance": made, "number": 0}
    )
    runner = await school.runner.get()
    again = await runner.run(
        artifact,
        run.arguments,
        version.policy,
        kind=RunKind.TRIAL,
        now=school.clock.now(),
        owner=owner,
        tool=version.name,
        replayed=run.exchanges,
        output_schema=newer.tool.output_schema,
    )
    if again.outcome is not Outcome.OK:
        return version, run
    return newer, again.model_copy(update={"exchanges": run.exchanges, "spent": run.spent})


def _agreed(recorded: ReplayBundle, faithfully: ReplayBundle) -> Finding:
    """Two runs agree when the recording gives the same rows; nothing at the source is asked twice for that."""
    if faithfully.cases:
        return passed("runs_agree", "the recorded answer gave the same rows again")
    notes = "; ".join(faithfully.notes)
    return failed("runs_agree", notes) if recorded.cases else not_applicable("runs_agree", notes or "nothing recorded")


def _published(school: School, version: WorkflowVersion, bundle: ReplayBundle, owner: str) -> WorkflowVersion:
    """Publish, or where a person must approve it first leave it waiting; the call is answered either way."""
    try:
        return publish_or_wait(school, version, owner=owner, bundle=bundle, profile=None)
    except NeedsApproval:
        return school.registry.tool(version.name, owner, version.number)


def with_secrets_told(school: School, version: WorkflowVersion, problem: SchoolError, owner: str) -> SchoolError:
    """Return the problem of a failed call, with the commands that set what secrets are lacking."""
    kept = {name for name, _, _ in SecretStore(school.settings.home / "secrets").names(owner)}
    lacking = [secret for secret in needed_secrets(version.plan) if secret.name not in kept]
    if lacking:
        names = ", ".join(secret.name for secret in lacking)
        problem.message = f"{problem.message} It needs secrets that are not set: {names}."
        problem.remedy = "; ".join(f"Run: {secret.command}" for secret in lacking)
    return problem
