"""Proving one plan: generate, check, try, judge, and with a model repair, until a version may be published."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import anyio

from domain.errors import CodeRefused, EgressDenied, ModelProblem
from domain.events import EventSink, Progress
from domain.observation import Findings, Observation
from domain.plan import Plan
from domain.policy import Policy
from domain.run import Outcome, Run, RunKind, Verdict
from domain.values import JsonObject, Value
from domain.workflow import Provenance, Status, WorkflowVersion
from generators.emit import describe, emit
from sandbox.check import check
from school.app import School
from school.judging.case import Case, TriedTrial
from school.judging.judge import judge
from school.modelling import (
    Draft,
    Failure,
    Helper,
    ModelPlan,
    NotMended,
    PageLeft,
    repair_draft,
    unserved,
    write_draft,
)
from school.stopwatch import Stopwatch

REPAIRS = 3  # PROVE-3


class Seen(Value):
    """A source that can serve: what was captured, what study of it gave, and the plans, first choice first.

    ``by_model`` tells who made the first plan, when a model did.
    """

    observation: Observation
    findings: Findings
    plans: tuple[Plan, ...]
    by_model: ModelPlan | None = None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One plan that did not become a tool, and why."""

    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Proved:
    """A version that passed its proof, and the trials that it rests on."""

    version: WorkflowVersion
    trials: tuple[TriedTrial, ...]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What all steps of proving share: the rules of the place, who helps, and who listens."""

    school: School
    policy: Policy
    seen: Seen
    helper: Helper | None
    on_progress: EventSink
    watch: Stopwatch
    owner: str = "local"


async def prove(bench: Bench, plan: Plan) -> Proved | Attempt:
    """Return the version to publish for one plan, or why there is none.

    Without a model the template's code either passes or not; with one, a failure goes back with its evidence.
    """
    kind = plan.source.kind.value
    bench.on_progress(Progress(stage="generate", message=f"writing {plan.tool_name} on {kind}", percent=50))
    try:
        draft = await bench.watch.step("generate", Draft, partial(_first_draft, bench, plan))
    except ModelProblem as problem:
        _passed_over(bench, unserved(problem))
        return Attempt(kind=kind, reason=problem.message)
    _passed_over(bench, draft.passed_over)
    failed: tuple[str, ...] = ()
    while True:
        outcome = await examine(bench, plan, draft)
        if isinstance(outcome, Proved):
            return outcome
        if bench.helper is None or len(failed) >= REPAIRS:
            return _given_up(bench, draft, Attempt(kind=kind, reason=outcome.reason))
        bench.on_progress(Progress(stage="repair", message=outcome.reason[:200], percent=62))
        from generators.repair import fingerprint  # noqa: PLC0415 - only with a model

        failed = (*failed, fingerprint(draft.artifact.code))
        mend = partial(repair_draft, bench.school, bench.helper, plan, draft)
        mended = partial(mend, failure=outcome, policy=bench.policy, tried=failed)
        better = await bench.watch.step("repair", Draft | NotMended, mended)
        _passed_over(bench, better.passed_over)
        if isinstance(better, NotMended):
            return _given_up(bench, draft, Attempt(kind=kind, reason=f"{outcome.reason} ({better.reason})"))
        draft = better


def _given_up(bench: Bench, draft: Draft, attempt: Attempt) -> Attempt:
    if draft.model:
        _passed_over(bench, (f"{draft.model}: not_proved",))
    return attempt


def _passed_over(bench: Bench, who: tuple[str, ...]) -> None:
    """Note outside the step that said so: a step that is not run again after a crash still tells it."""
    if bench.helper is not None:
        bench.helper.passed_over.extend(who)


async def _first_draft(bench: Bench, plan: Plan) -> Draft:
    origin = bench.seen.by_model
    if origin is None or plan is not bench.seen.plans[0]:
        return Draft(artifact=emit(plan, bench.school.clock.now()))
    if origin.writes and bench.helper is not None:
        written = await write_draft(
            bench.school,
            bench.helper,
            origin,
            bench.policy,
            observation=bench.seen.observation,
            findings=bench.seen.findings,
        )
        return written.model_copy(update={"usage": origin.usage.plus(written.usage)})
    return Draft(
        artifact=emit(plan, bench.school.clock.now()),
        model=origin.model,
        prompt_version=origin.prompt_version,
        usage=origin.usage,
    )


async def examine(bench: Bench, plan: Plan, draft: Draft) -> Proved | Failure:
    """Check, try and judge one draft, whoever wrote it."""
    with bench.watch.stage("check"):
        report = check(draft.artifact.code, bench.policy, draft.artifact.interface)
    if not report.passed:
        return Failure(reason="; ".join(v.message for v in report.violations[:3]), report=report)
    try:
        with bench.watch.stage("trials"):
            trials = await _try(bench, plan, draft)
    except (CodeRefused, EgressDenied) as problem:
        return Failure(reason=problem.message)
    tried, left = tuple(t.tried for t in trials.tried), _shown(trials)
    if trials.repeat is None:
        run = tried[-1].run
        reason = f"{tried[-1].trial.name}: {run.error.message if run.error else run.outcome.value}"
        return Failure(reason=reason, runs=(run,), left=left)
    with bench.watch.stage("judge"):
        case = Case(
            plan=plan,
            code=draft.artifact.code,
            observation=bench.seen.observation,
            findings=bench.seen.findings,
            tried=tried,
            repeat=trials.repeat,
            now=bench.school.clock.now(),
        )
        in_a_thread = partial(anyio.to_thread.run_sync, judge, case)  # others are served meanwhile
        verdict = await bench.watch.steps.do("judge", Verdict, in_a_thread)
    if not verdict.passed:
        reason = "; ".join(f"{f.check}: {f.evidence}" for f in verdict.failures)
        return Failure(reason=reason, verdict=verdict, runs=tuple(t.run for t in tried), left=left)
    return Proved(version=_version(bench, plan, draft, verdict), trials=tried)


@dataclass(frozen=True, kw_only=True)
class _Tried:
    tried: TriedTrial
    left: PageLeft | None


@dataclass(frozen=True, kw_only=True)
class _Trials:
    """All trials in their order; ``repeat`` is the first once more, None when a run ended them early."""

    tried: tuple[_Tried, ...]
    repeat: Run | None


class _Once(Value):
    """One run, and the page that it left when it was a page workflow's."""

    run: Run
    left: PageLeft | None = None


async def _try(bench: Bench, plan: Plan, draft: Draft) -> _Trials:
    """Run all trials; code by a model that does not end well is not run further: a repair needs one failure."""
    runner = await bench.school.runner.get()
    output_schema = describe(plan).output_schema

    async def once(arguments: JsonObject) -> _Once:
        left: list[PageLeft] = []
        run: Run = await runner.run(
            draft.artifact,
            arguments,
            bench.policy,
            kind=RunKind.TRIAL,
            now=bench.school.clock.now(),
            owner=bench.owner,
            tool=plan.tool_name,
            record=True,
            output_schema=output_schema,
            left_behind=lambda artifacts: left.append(PageLeft.of(artifacts)),
        )
        bench.school.registry.record_run(run)
        return _Once(run=run, left=left[0] if left else None)

    steps = bench.watch.steps
    tried: list[_Tried] = []
    for number, trial in enumerate(plan.trials):
        bench.on_progress(Progress(stage="trials", message=f"trial {trial.name}", percent=60 + 8 * number))
        done = await steps.do(f"trial {trial.name}", _Once, partial(once, dict(trial.arguments)))
        tried.append(_Tried(tried=TriedTrial(trial=trial, run=done.run), left=done.left))
        if draft.generator == "model" and done.run.outcome is not Outcome.OK:
            return _Trials(tried=tuple(tried), repeat=None)
    again = await steps.do("trial again", _Once, partial(once, dict(plan.trials[0].arguments)))
    return _Trials(tried=tuple(tried), repeat=again.run)


def _shown(trials: _Trials) -> PageLeft | None:
    """Return the page of the run that a repair is shown: the first that did not end well, else the first."""
    failed = [t for t in trials.tried if t.tried.run.outcome is not Outcome.OK]
    return (failed or list(trials.tried))[0].left


def _version(bench: Bench, plan: Plan, draft: Draft, verdict: Verdict) -> WorkflowVersion:
    provenance = Provenance(
        planner=plan.planner.value,
        generator=draft.generator,
        model=draft.model,
        prompt_version=draft.prompt_version,
        usage=draft.usage,
        durations_ms=dict(bench.watch.ms),
        created_at=bench.school.clock.now(),
        job_id=bench.watch.steps.job_id,
    )
    return WorkflowVersion(
        status=Status.VALIDATED,
        tool=describe(plan),
        plan=plan,
        artifact=draft.artifact,
        policy=bench.policy,
        provenance=provenance,
        verdict=verdict,
        examples=tuple(dict(trial.arguments) for trial in plan.trials[:2]),
    )
