"""Learning a tool: observe, study, plan, generate, check, try, judge, publish.

Each step takes and returns frozen values, so that each can become one durable step of a job.
Nothing is published that did not pass; when a source kind fails its proof, the next one is tried.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from domain.cost import ModelUse
from domain.errors import NotProved, SchoolError
from domain.events import EventSink, Progress
from domain.plan import Intent, Plan, Query
from domain.policy import Policy
from domain.run import Run
from domain.values import Value
from domain.workflow import WorkflowVersion
from registry import ReplayBundle
from school.app import School
from school.approvals import granted_methods, host_question, publish_or_wait
from school.exploring import look
from school.modelling import Helper, helper_for, model_use
from school.policies import with_methods
from school.proving import Attempt, Bench, Proved, Seen, prove
from school.reads import with_reads
from school.recording import bundle_of, profile_of
from school.replay import declare_outgrown, faithful
from school.stopwatch import Stopwatch

if TYPE_CHECKING:
    pass


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
    found: list[Seen] = []
    attempts: list[Attempt] = []
    looking = look(school, query, intent, policy, helper=helper, on_progress=on_progress, watch=watch)
    async with aclosing(looking):
        async for seen in looking:
            found.append(seen)
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


def _planned(plans: tuple[Plan, ...]) -> str:
    first = plans[0]
    return f"{first.source.kind.value}: {first.source.reason}"
