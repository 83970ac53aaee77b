"""Learning a tool: observe, study, plan, generate, check, try, judge, publish.

Each step takes and returns frozen values, so that each can become one durable step of a job.
Nothing is published that did not pass; when a source kind fails its proof, the next one is tried.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from domain.cost import Usage
from domain.errors import (
    CodeRefused,
    EgressDenied,
    NeedsInput,
    NothingFound,
    NotProved,
    SchoolError,
    SourceBlocked,
)
from domain.events import EventSink, Progress
from domain.observation import Findings, Observation, ProbeAnswer
from domain.plan import Intent, Plan, Query
from domain.policy import Policy
from domain.run import Run, RunKind, Verdict
from domain.values import JsonObject, Value
from domain.workflow import Artifact, Provenance, Status, WorkflowVersion
from generators.emit import describe, emit
from generators.planner import plan as make_plans
from generators.sources.leads import leads
from generators.study import study
from sandbox.check import check
from school.app import School
from school.judging.case import Case, TriedTrial
from school.judging.judge import judge
from school.recording import bundle_of, profile_of
from school.replay import faithful

STUDY_ROUNDS = 6
MOST_LEADS = 2  # pages that are looked at beyond the given one


class Learned(Value):
    """What learning gave: the published version, and the run that answers the query itself."""

    version: WorkflowVersion
    run: Run


class Seen(Value):
    """A source that can serve: what was captured, what study of it gave, and the plans, cheapest source first."""

    observation: Observation
    findings: Findings
    plans: tuple[Plan, ...]


@dataclass
class Stopwatch:
    """Milliseconds by stage, in the order the stages began."""

    ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of the block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.ms[name] = round(self.ms.get(name, 0.0) + (time.perf_counter() - start) * 1000, 1)


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


async def learn(
    school: School,
    query: Query,
    intent: Intent,
    policy: Policy,
    *,
    owner: str = "local",
    on_progress: EventSink,
    watch: Stopwatch,
) -> Learned:
    """Learn a tool that answers the query, publish it, and return it with the answer.

    Raises:
        SourceUnreachable, SourceBlocked, NothingFound: the site does not serve.
        NeedsInput: something is lacking that must not be guessed.
        NotProved: no plan passed its proof; ``facts["tried"]`` tells each source kind's reason.
    """
    seen = await look(school, query, intent, policy, on_progress=on_progress, watch=watch)
    on_progress(Progress(stage="plan", message=_planned(seen.plans), percent=45))
    attempts: list[Attempt] = []
    for plan in seen.plans:
        tried = await prove(school, plan, policy, seen, on_progress=on_progress, watch=watch)
        if isinstance(tried, Attempt):
            attempts.append(tried)
            on_progress(Progress(stage="judge", message=f"{plan.source.kind.value} failed: {tried.reason}", percent=60))
            continue
        with watch.stage("record"):
            bundle = await faithful(
                school,
                tried.version.artifact,
                policy,
                bundle_of(tried.version.artifact, tried.trials),
                owner=owner,
                tool=plan.tool_name,
            )
        with watch.stage("publish"):
            published = school.registry.publish(
                tried.version.model_copy(update={"owner": owner}),
                actor=owner,
                bundle=bundle,
                profile=profile_of(tried.trials),
            )
        on_progress(
            Progress(stage="publish", message=f"published {published.name} version {published.number}", percent=100)
        )
        return Learned(version=published, run=tried.trials[0].run)
    raise NotProved(
        "No source passed its proof: " + "; ".join(f"{a.kind}: {a.reason}" for a in attempts),
        tried=[{"kind": a.kind, "reason": a.reason} for a in attempts],
    )


async def look(
    school: School, query: Query, intent: Intent, policy: Policy, *, on_progress: EventSink, watch: Stopwatch
) -> Seen:
    """Observe and plan at the given address; when nothing there can serve, at the pages that it leads to.

    Raises:
        NothingFound, NeedsInput: what the given address itself ended with.
    """
    first = await see(school, query, intent, policy, on_progress=on_progress, watch=watch)
    if isinstance(first, Seen):
        return first
    observation, problem = first
    for address in leads(observation, intent)[:MOST_LEADS]:
        on_progress(Progress(stage="observe", message=f"nothing there; following {address}", percent=40))
        nearer = query.model_copy(update={"site": address})
        found = await see(school, nearer, intent, policy, on_progress=on_progress, watch=watch)
        if isinstance(found, Seen):
            return found
    raise problem


async def see(
    school: School, query: Query, intent: Intent, policy: Policy, *, on_progress: EventSink, watch: Stopwatch
) -> Seen | tuple[Observation, SchoolError]:
    """Observe and plan at one address; return what was observed and why, when the page has nothing to serve with."""
    observation = await observe(school, query, policy, on_progress=on_progress, watch=watch)
    findings = await ground(school, observation, intent, policy, on_progress=on_progress, watch=watch)
    try:
        with watch.stage("plan"):
            plans = make_plans(query, intent, findings, observation, now=school.clock.now())
    except NothingFound as problem:
        return observation, problem
    except NeedsInput as problem:
        if problem.field != "site":
            raise
        return observation, problem
    return Seen(observation=observation, findings=findings, plans=plans)


async def observe(
    school: School, query: Query, policy: Policy, *, on_progress: EventSink, watch: Stopwatch
) -> Observation:
    """Capture the source."""
    if query.site is None:
        raise NothingFound("There is no address to learn from.", remedy="Give one with --site.")
    on_progress(Progress(stage="observe", message=f"opening {query.site}", percent=5))
    with watch.stage("observe"):
        observer = await school.observer.get()

        def note(text: str) -> None:
            on_progress(Progress(stage="observe", message=text, percent=15))

        observation = await observer.observe(query.site, policy, on_progress=note)
    seen = f"{len(observation.exchanges)} exchanges, {len(observation.pages[0].embedded)} embedded data"
    on_progress(Progress(stage="observe", message=f"saw {seen}", percent=25))
    return observation


async def ground(
    school: School,
    observation: Observation,
    intent: Intent,
    policy: Policy,
    *,
    on_progress: EventSink,
    watch: Stopwatch,
) -> Findings:
    """Study the observation, and ask the source what only it can answer, until nothing is open."""
    answers: tuple[ProbeAnswer, ...] = ()
    with watch.stage("study"):
        findings = study(observation, intent, answers)
        for round_number in range(STUDY_ROUNDS):
            if not findings.probes:
                break
            message = f"{len(findings.probes)} questions to the source"
            on_progress(Progress(stage="study", message=message, percent=28 + 3 * round_number))
            observer = await school.observer.get()
            answers += tuple([await observer.answer(probe, policy) for probe in findings.probes])
            findings = study(observation, intent, answers)
    if findings.walls and not findings.candidates:
        raise SourceBlocked(
            f"The site shows a wall: {', '.join(findings.walls)}.", remedy="Learn from a page that needs no login."
        )
    return findings


async def prove(
    school: School,
    plan: Plan,
    policy: Policy,
    seen: Seen,
    *,
    on_progress: EventSink,
    watch: Stopwatch,
) -> Proved | Attempt:
    """Generate, check, try and judge one plan; return the version to publish, or why not."""
    kind = plan.source.kind.value
    on_progress(Progress(stage="generate", message=f"writing {plan.tool_name} on {kind}", percent=50))
    with watch.stage("generate"):
        artifact = emit(plan, school.clock.now())
    with watch.stage("check"):
        report = check(artifact.code, policy, artifact.interface)
    if not report.passed:
        return Attempt(kind=kind, reason="; ".join(v.message for v in report.violations[:3]))
    try:
        with watch.stage("trials"):
            tried, repeat = await _try(school, plan, artifact, policy, on_progress=on_progress)
    except (CodeRefused, EgressDenied) as problem:
        return Attempt(kind=kind, reason=problem.message)
    with watch.stage("judge"):
        case = Case(
            plan=plan,
            code=artifact.code,
            observation=seen.observation,
            findings=seen.findings,
            tried=tried,
            repeat=repeat,
            now=school.clock.now(),
        )
        verdict = judge(case)
    if not verdict.passed:
        return Attempt(kind=kind, reason="; ".join(f"{f.check}: {f.evidence}" for f in verdict.failures))
    version = _version(school, plan, artifact, policy, verdict=verdict, watch=watch)
    return Proved(version=version, trials=tried)


async def _try(
    school: School, plan: Plan, artifact: Artifact, policy: Policy, *, on_progress: EventSink
) -> tuple[tuple[TriedTrial, ...], Run]:
    runner = await school.runner.get()
    output_schema = describe(plan).output_schema

    async def once(arguments: JsonObject) -> Run:
        run: Run = await runner.run(
            artifact,
            arguments,
            policy,
            kind=RunKind.TRIAL,
            now=school.clock.now(),
            tool=plan.tool_name,
            record=True,
            output_schema=output_schema,
        )
        return run

    tried: list[TriedTrial] = []
    for number, trial in enumerate(plan.trials):
        on_progress(Progress(stage="trials", message=f"trial {trial.name}", percent=60 + 8 * number))
        run = await once(dict(trial.arguments))
        school.registry.record_run(run)
        tried.append(TriedTrial(trial=trial, run=run))
    repeat = await once(dict(plan.trials[0].arguments))
    school.registry.record_run(repeat)
    return tuple(tried), repeat


def _version(
    school: School, plan: Plan, artifact: Artifact, policy: Policy, *, verdict: Verdict, watch: Stopwatch
) -> WorkflowVersion:
    provenance = Provenance(
        planner=plan.planner.value,
        generator="template",
        usage=Usage(),
        durations_ms=dict(watch.ms),
        created_at=school.clock.now(),
    )
    return WorkflowVersion(
        status=Status.VALIDATED,
        tool=describe(plan),
        plan=plan,
        artifact=artifact,
        policy=policy,
        provenance=provenance,
        verdict=verdict,
        examples=tuple(dict(trial.arguments) for trial in plan.trials[:2]),
    )


def _planned(plans: tuple[Plan, ...]) -> str:
    first = plans[0]
    return f"{first.source.kind.value}: {first.source.reason}"
