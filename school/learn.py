"""Learning a tool: observe, study, plan, generate, check, try, judge, publish.

Each step takes and returns frozen values, so that each can become one durable step of a job.
Nothing is published that did not pass; when a source kind fails its proof, the next one is tried.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import anyio

from domain.cost import ModelUse
from domain.errors import NeedsInput, NothingFound, NotProved, SchoolError, SourceBlocked
from domain.events import EventSink, Progress
from domain.observation import Findings, Observation, Probe, ProbeAnswer
from domain.plan import Intent, Plan, Query
from domain.policy import Policy
from domain.run import Run
from domain.values import Value
from domain.workflow import WorkflowVersion
from generators.openapi import described_source
from generators.planner import plan as make_plans
from generators.sources.leads import leads, named_exactly, onward, pointed
from generators.study import study
from registry import ReplayBundle
from school.app import School
from school.approvals import granted_methods, host_question, publish_or_wait
from school.modelling import Helper, ModelPlan, NoModelPlan, helper_for, model_use, plan_by_model
from school.outside import hosts_outside
from school.policies import with_methods
from school.proving import Attempt, Bench, Proved, Seen, prove
from school.reads import with_reads
from school.recording import bundle_of, profile_of
from school.replay import declare_outgrown, faithful
from school.stopwatch import Stopwatch

if TYPE_CHECKING:
    from sandbox.observe import Observer

STUDY_ROUNDS = 6
PROBES_AT_ONCE = 4
MOST_LEADS = 2  # pages that are looked at beyond the given one


class Learned(Value):
    """What learning gave: the published version, the run that answers the query itself, and what models took."""

    version: WorkflowVersion
    run: Run
    models: ModelUse = ModelUse()


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
        NeedsApproval: a person must see the version first (it waits), or let the tool ask a further host.
        NotProved: no plan passed its proof; ``facts["tried"]`` tells each source kind's reason.
        Each of them tells in ``facts["models"]`` what models took until then.
    """
    policy = with_methods(policy, (*query.methods, *granted_methods(school, query.site, owner=owner)))
    helper = await helper_for(school, query, owner=owner, job_id=watch.steps.job_id, on_progress=on_progress)
    try:
        learned = await _learn(
            school, query, intent, policy, owner=owner, helper=helper, on_progress=on_progress, watch=watch
        )
    except SchoolError as problem:
        problem.facts["models"] = model_use(school, query, helper).model_dump(mode="json")
        raise
    return learned.model_copy(update={"models": model_use(school, query, helper)})


async def _learn(
    school: School,
    query: Query,
    intent: Intent,
    policy: Policy,
    *,
    owner: str,
    helper: Helper | None,
    on_progress: EventSink,
    watch: Stopwatch,
) -> Learned:
    found = await look(school, query, intent, policy, helper=helper, on_progress=on_progress, watch=watch)
    attempts: list[Attempt] = []
    for seen in found:
        bench = Bench(
            school=school,
            policy=policy,
            seen=seen,
            helper=helper,
            on_progress=on_progress,
            watch=watch,
            owner=owner,
        )
        on_progress(Progress(stage="plan", message=_planned(seen.plans), percent=45))
        learned = await _first_proved(bench, attempts)
        if learned is not None:
            return learned
    outside = next((seen for seen in found if seen.findings.outside), None)
    if outside is not None:
        raise host_question(query.site or outside.observation.url, outside.findings.outside)
    raise NotProved(
        "No source passed its proof: " + "; ".join(f"{a.kind}: {a.reason}" for a in attempts),
        tried=[{"kind": a.kind, "reason": a.reason} for a in attempts],
    )


async def _first_proved(bench: Bench, attempts: list[Attempt]) -> Learned | None:
    """Publish the first plan that passes its proof; the failed ones are added to ``attempts``."""
    school, watch, owner, on_progress = bench.school, bench.watch, bench.owner, bench.on_progress
    for plan in bench.seen.plans:
        allowed = with_reads(bench.policy, bench.seen.observation, plan)
        tried = await prove(replace(bench, policy=allowed), plan)
        if isinstance(tried, Attempt):
            attempts.append(tried)
            on_progress(Progress(stage="judge", message=f"{plan.source.kind.value} failed: {tried.reason}", percent=60))
            continue
        record = partial(_record, school, tried, owner=owner)
        bundle = await watch.step("record", ReplayBundle, record)
        publish = partial(_publish, school, tried, owner=owner, bundle=bundle, job_id=watch.steps.job_id)
        published = await watch.step("publish", WorkflowVersion, publish)
        on_progress(
            Progress(stage="publish", message=f"published {published.name} version {published.number}", percent=100)
        )
        return Learned(version=published, run=tried.trials[0].run)
    return None


async def _record(school: School, proved: Proved, *, owner: str) -> ReplayBundle:
    version = proved.version
    bundle = bundle_of(proved.trials)
    return await faithful(school, version.artifact, version.policy, bundle, owner=owner, tool=version.name)


async def _publish(
    school: School, proved: Proved, *, owner: str, bundle: ReplayBundle, job_id: str | None
) -> WorkflowVersion:
    published = publish_or_wait(
        school,
        proved.version,
        owner=owner,
        bundle=bundle,
        profile=profile_of(proved.trials),
        idempotency_key=job_id or "",
    )
    await declare_outgrown(school, published, owner=owner)
    return published


async def look(
    school: School,
    query: Query,
    intent: Intent,
    policy: Policy,
    *,
    helper: Helper | None,
    on_progress: EventSink,
    watch: Stopwatch,
) -> tuple[Seen, ...]:
    """Observe and plan at the given address; when nothing there can serve, at the pages that it leads to.

    What is returned is to be tried in its order: a page that looks more like the answer than the given one comes first.

    Raises:
        NothingFound, NeedsInput: what the given address itself ended with.
    """
    first = await see(school, query, intent, policy, helper=helper, on_progress=on_progress, watch=watch)
    if isinstance(first, Seen):
        doors = _doors(first, intent)
        ahead = doors or (pointed(first.observation, intent, first.plans[0]) if first.by_model is None else ())
        problem = None
    else:
        observation, problem = first
        doors = ()
        elsewhere = isinstance(problem, NeedsInput) and problem.field != "site"
        ahead = named_exactly(observation, intent) if elsewhere else ()
        ahead = ahead or (leads(observation, intent) if intent.subject or not elsewhere else ())
    for address in ahead[:MOST_LEADS]:
        on_progress(Progress(stage="observe", message=f"following {address}", percent=40))
        nearer = query.model_copy(update={"site": address})
        try:
            found = await see(school, nearer, intent, policy, helper=helper, on_progress=on_progress, watch=watch)
        except SchoolError:
            if problem is not None:
                raise
            continue  # what the given page has is still there
        if isinstance(found, Seen):
            found = _led_from(found, query.site or "")
            return (found, first) if isinstance(first, Seen) and not doors else (found,)
        if doors:
            raise found[1]  # the given page has only doors, and behind this one the question cannot be decided
    if isinstance(first, Seen):
        return (first,)
    assert problem is not None
    raise problem


def _led_from(seen: Seen, address: str) -> Seen:
    """Return what was seen with plans that know at which address the question began: asked again, it begins there."""
    plans = tuple(plan.model_copy(update={"asked_at": address}) for plan in seen.plans)
    return seen.model_copy(update={"plans": plans})


def _doors(seen: Seen, intent: Intent) -> tuple[str, ...]:
    """Return the addresses that the given page's records lead to, where they are not the answer themselves."""
    if seen.by_model is not None:
        return ()
    plan = seen.plans[0]
    return onward(
        seen.observation, intent, plan, next((c for c in seen.findings.candidates if c.source == plan.records), None)
    )


async def see(
    school: School,
    query: Query,
    intent: Intent,
    policy: Policy,
    *,
    helper: Helper | None,
    on_progress: EventSink,
    watch: Stopwatch,
) -> Seen | tuple[Observation, SchoolError]:
    """Observe and plan at one address; return what was observed and why, when the page has nothing to serve with."""
    observation = await observe(school, query, policy, on_progress=on_progress, watch=watch)
    allowed = with_reads(policy, observation)
    findings = await ground(school, observation, intent, allowed, on_progress=on_progress, watch=watch)
    by_model = None
    if helper is not None:

        async def ask_model() -> ModelPlan | NoModelPlan:
            return await plan_by_model(
                school,
                helper,
                query,
                intent,
                findings=findings,
                observation=observation,
                policy=policy,
                on_progress=on_progress,
            )

        replied = await watch.step("plan_by_model", ModelPlan | NoModelPlan, ask_model)
        helper.passed_over.extend(replied.passed_over)
        by_model = replied if isinstance(replied, ModelPlan) else None
    first = (by_model.plan,) if by_model is not None else ()
    try:
        think = partial(make_plans, query, intent, findings, observation, now=school.clock.now())
        plans = await watch.step("plan", tuple[Plan, ...], partial(anyio.to_thread.run_sync, think))
    except (NothingFound, NeedsInput, SourceBlocked) as problem:
        if first:
            return Seen(observation=observation, findings=findings, plans=first, by_model=by_model)
        if isinstance(problem, SourceBlocked):
            raise
        beyond = findings.outside
        return observation, host_question(query.site or observation.url, beyond) if beyond else problem
    # What the model did not choose stands behind its plan: the other kinds of source, as the rules would take them,
    # and its own kind too where the model still has to write the code, which may come to nothing.
    taken = {by_model.plan.source.kind} if by_model is not None and not by_model.writes else set()
    others = tuple(plan for plan in plans if plan.source.kind not in taken)
    return Seen(observation=observation, findings=findings, plans=(*first, *others), by_model=by_model)


async def observe(
    school: School, query: Query, policy: Policy, *, on_progress: EventSink, watch: Stopwatch
) -> Observation:
    """Capture the source."""
    site = query.site
    if site is None:
        raise NothingFound("There is no address to learn from.", remedy="Give one with --site.")
    if query.api_text:
        return described_source(query.api_text, site=site, captured_at=school.clock.now())
    on_progress(Progress(stage="observe", message=f"opening {query.site}", percent=5))

    async def capture() -> Observation:
        observer = await school.observer.get()

        def note(text: str) -> None:
            on_progress(Progress(stage="observe", message=text, percent=15))

        return await observer.observe(site, policy, on_progress=note)

    observation = await watch.step("observe", Observation, capture)
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

    async def until_none_is_open() -> Findings:
        answers: tuple[ProbeAnswer, ...] = ()
        findings = await anyio.to_thread.run_sync(study, observation, intent, answers)
        for round_number in range(STUDY_ROUNDS):
            if not findings.probes:
                break
            message = f"{len(findings.probes)} questions to the source"
            on_progress(Progress(stage="study", message=message, percent=28 + 3 * round_number))
            observer = await school.observer.get()
            answers += await _asked(observer, findings.probes, policy)
            findings = await anyio.to_thread.run_sync(study, observation, intent, answers)
        beyond = hosts_outside(policy, observation, answers, private_hosts=school.settings.private_hosts)
        return findings.model_copy(update={"outside": beyond})

    findings = await watch.step("study", Findings, until_none_is_open)
    if findings.walls and not findings.candidates and not policy.secrets:
        raise SourceBlocked(
            f"The site shows a wall: {', '.join(findings.walls)}.",
            status=observation.pages[0].status if observation.pages else 0,
            remedy="Learn from a page that needs no login, or store a credential with: main.py secrets set NAME",
        )
    return findings


async def _asked(observer: Observer, probes: tuple[Probe, ...], policy: Policy) -> tuple[ProbeAnswer, ...]:
    """Return the source's answers, in the order of the probes: those of one round do not build on each other."""
    gate = anyio.CapacityLimiter(PROBES_AT_ONCE)

    async def answered(probe: Probe) -> ProbeAnswer:
        async with gate:
            return await observer.answer(probe, policy)

    return tuple(await asyncio.gather(*(answered(probe) for probe in probes)))


def _planned(plans: tuple[Plan, ...]) -> str:
    first = plans[0]
    return f"{first.source.kind.value}: {first.source.reason}"
