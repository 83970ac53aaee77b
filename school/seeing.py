"""What one address shows: observed, studied, asked what only it can answer, and planned."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import anyio

from domain.errors import NeedsInput, NothingFound, SchoolError, SourceBlocked
from domain.events import EventSink, Progress
from domain.observation import Findings, Observation, Probe, ProbeAnswer
from domain.plan import Intent, Plan, Query
from domain.policy import Policy
from generators.openapi import described_source
from generators.planner import plan as make_plans
from generators.study import study
from school.app import School
from school.approvals import host_question
from school.modelling import Helper, ModelPlan, NoModelPlan, plan_by_model
from school.outside import hosts_outside
from school.proving import Seen
from school.reads import with_reads
from school.stopwatch import Stopwatch

if TYPE_CHECKING:
    from sandbox.observe import Observer

STUDY_ROUNDS = 6
PROBES_AT_ONCE = 4


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
