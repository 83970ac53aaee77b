"""Repairing a tool whose site changed: look anew with its own question, prove a candidate, put it in its place.

The candidate keeps the tool's name and its reach. What would break a promise to callers or operators is kept waiting
for a person (``school.promises``). Nothing is changed when nothing is wrong, or when no candidate passes its proof.
"""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Literal

from domain.errors import IllegalMove, InvalidQuery, NotProved, UnknownTool
from domain.events import EventSink, Progress, ignore, never_falling
from domain.plan import Plan, PlannerKind, Query, SourceKind
from domain.policy import Policy
from domain.values import Value
from domain.workflow import Status, WorkflowVersion
from generators.emit import emit
from registry import Profile, ReplayBundle
from registry.approvals import keep_waiting
from registry.repairs import note_repair
from school.app import School
from school.approvals import approve_version, granted_hosts, host_question, publish_or_wait
from school.documents import with_document
from school.exploring import look
from school.modelling import helper_for
from school.places import ready_places
from school.policies import policy_for
from school.promises import broken, face_changes, in_place_of
from school.proving import Attempt, Bench, Proved, Seen, prove
from school.reads import with_reads
from school.recording import bundle_of, profile_of
from school.replay import Replayed, failed_of_old, faithful
from school.seeing import see
from school.soundness import Soundness, soundness
from school.steps import STRAIGHT, Steps
from school.stopwatch import Stopwatch

Ended = Literal["sound", "same", "published", "waiting"]


class Repair(Value):
    """How a repair ended.

    ``sound``: nothing is wrong with the tool. ``same``: what was learned anew is the code that is there. In both
    nothing was changed, and ``after`` is None. ``waiting``: ``after`` is kept and proved, and a person must agree to
    ``reasons`` first. ``outgrown`` are the old recordings that ``after`` does not pass.
    """

    ended: Ended
    before: WorkflowVersion
    soundness: Soundness
    after: WorkflowVersion | None = None
    reasons: tuple[str, ...] = ()
    outgrown: tuple[Replayed, ...] = ()
    wall_ms: float = 0.0


class Wish(Value):
    """What is asked of a repair: ``force`` repairs a sound tool too; hosts and document are of a person's giving."""

    force: bool = False
    planner: PlannerKind = PlannerKind.AUTO
    allow_hosts: tuple[str, ...] = ()
    api_document: str | None = None
    at_terminal: bool = False


async def repair(
    school: School,
    name: str,
    *,
    owner: str = "local",
    wish: Wish | None = None,
    actor: str,
    on_progress: EventSink = ignore,
    steps: Steps = STRAIGHT,
) -> Repair:
    """Repair a tool, or find that nothing is wrong with it. ``steps`` are a job's own when this is a job.

    Raises:
        UnknownTool: no such tool, or it is another owner's.
        IllegalMove: it is a draft, or changes something at its site, which no trial may do.
        SourceProblem: the site does not serve; nothing was changed.
        NeedsApproval: it would have to ask a further host.
        NotProved: no candidate passed its proof; nothing was changed.
    """
    wish = wish or Wish()
    started = time.perf_counter()
    on_progress = never_falling(on_progress)
    before = await steps.do("before", WorkflowVersion, partial(_repairable, school, name, owner))
    on_progress(Progress(stage="check", message=f"trying {name} version {before.number} as it is", percent=2))
    state = await steps.do("soundness", Soundness, partial(soundness, school, before, owner=owner))
    if state.sound and not wish.force:
        return Repair(ended="sound", before=before, soundness=state)
    for problem in state.problems:
        on_progress(Progress(stage="check", message=problem, percent=3))
    proved = await candidate(school, before, wish, owner=owner, on_progress=on_progress, steps=steps)
    wall_ms = round((time.perf_counter() - started) * 1000, 1)
    if _same_code(before, proved.version):
        return Repair(ended="same", before=before, soundness=state, wall_ms=wall_ms)
    version = proved.version.model_copy(update={"owner": owner})
    bundle = await steps.do("record", ReplayBundle, partial(_recorded, school, proved, owner))
    outgrown = await steps.do("outgrown", tuple[Replayed, ...], partial(_outgrown, school, version, owner))
    done = Repair(
        ended="waiting",
        before=before,
        soundness=state,
        reasons=_reasons(before, state, version, outgrown),
        outgrown=outgrown,
        wall_ms=wall_ms,
    )
    profile = profile_of(proved.trials)
    put = partial(_put_in_place, school, done, version, bundle, profile, actor=actor, job_id=steps.job_id)
    return await steps.do("publish", Repair, put)


async def _repairable(school: School, name: str, owner: str) -> WorkflowVersion:
    return repairable(school, name, owner)


def repairable(school: School, name: str, owner: str) -> WorkflowVersion:
    """Return the version to repair: the published one, else the newest.

    Raises:
        UnknownTool, IllegalMove: see ``repair``.
    """
    try:
        version = school.registry.tool(name, owner)
    except UnknownTool:
        version = school.registry.tool(name, owner, school.registry.versions(name, owner)[0].number)
    if version.owner != owner:
        raise UnknownTool(f"{name} is another owner's tool, who has to repair it.")
    if version.status in (Status.DRAFT, Status.VALIDATED):
        raise IllegalMove(
            f"{name} was never published, so there is nothing to repair.",
            remedy=f"Call a draft once: main.py call {name}; or approve what waits: main.py tools approve {name}",
        )
    if version.plan.intent.writes:
        raise IllegalMove(
            f"{name} changes something at its site, so it cannot be tried unasked.",
            remedy="Learn it anew: main.py learn … --site URL",
        )
    return version


async def candidate(
    school: School,
    before: WorkflowVersion,
    wish: Wish,
    *,
    owner: str,
    on_progress: EventSink,
    steps: Steps = STRAIGHT,
) -> Proved:
    """Return a proved version that could take the place of ``before``.

    Raises:
        SourceProblem, NeedsApproval, NotProved: see ``repair``.
    """
    watch = Stopwatch(steps=steps)
    query, policy = await _asked_anew(school, before, wish, owner)
    ready_places(school.settings.home)
    helper = await helper_for(school, query, owner=owner, job_id=steps.job_id, on_progress=on_progress)
    ask = partial(see, school, query, before.plan.intent, policy, helper=helper, on_progress=on_progress, watch=watch)
    found = await ask()
    if not isinstance(found, Seen):  # the tool's own page serves no more: what it leads to may
        looking = look(school, query, before.plan.intent, policy, helper=helper, on_progress=on_progress, watch=watch)
        async with aclosing(looking):
            found = await anext(looking)
    seen = _for(before, found)
    bench = Bench(
        school=school, policy=policy, seen=seen, helper=helper, on_progress=on_progress, watch=watch, owner=owner
    )
    failed: list[Attempt] = []
    for plan in seen.plans:
        tried = await prove(replace(bench, policy=with_reads(policy, seen.observation, plan)), plan)
        if isinstance(tried, Proved):
            return tried
        failed.append(tried)
        on_progress(Progress(stage="judge", message=f"{tried.kind} failed: {tried.reason}", percent=60))
    if seen.findings.outside:
        raise host_question(query.site or seen.observation.url, seen.findings.outside)
    raise NotProved(
        f"{before.name} stays as it is, no candidate passed its proof: "
        + "; ".join(f"{each.kind}: {each.reason}" for each in failed),
        tried=[{"kind": each.kind, "reason": each.reason} for each in failed],
    )


async def settle(school: School, done: Repair, *, owner: str, actor: str) -> Repair:
    """Publish a repair that waits, once a person agreed.

    Raises:
        UnknownTool, IllegalMove: it is gone, or in no state to be published.
    """
    assert done.after is not None
    published = approve_version(school, done.after.name, done.after.number, owner=owner, actor=actor)
    return _settled(school, done, published, actor=actor)


async def _asked_anew(school: School, before: WorkflowVersion, wish: Wish, owner: str) -> tuple[Query, Policy]:
    """Return the tool's own question where it was asked, and a policy of the reach that the tool has."""
    plan = before.plan
    site = plan.page or plan.source.url
    query = Query(text=plan.query, site=site, planner=wish.planner, api_document=wish.api_document)
    if wish.api_document is not None:
        query = await with_document(school, query, at_terminal=wish.at_terminal)
    elif plan.source.kind is SourceKind.OPENAPI:
        raise InvalidQuery(
            f"{before.name} comes from an API document, which is not kept.",
            remedy=f"Give it: main.py tools repair {before.name} --openapi FILE",
        )
    policy = before.policy.model_copy(update={"read_posts": ()})  # what the page sends today is found anew
    further = (*wish.allow_hosts, *granted_hosts(school, site, owner=owner))
    if further:
        more = policy_for(site, school.settings, at_terminal=wish.at_terminal, allow_hosts=further)
        policy = policy.model_copy(
            update={
                "hosts": tuple(dict.fromkeys((*policy.hosts, *more.hosts))),
                "private_hosts": tuple(dict.fromkeys((*policy.private_hosts, *more.private_hosts))),
            }
        )
    return query, policy


def _for(before: WorkflowVersion, seen: Seen) -> Seen:
    """Return what was seen with its plans under the tool's name, those first that keep its promises and its kind."""

    def rank(plan: Plan) -> tuple[int, bool]:
        breaks = len(face_changes(before, plan)) + (plan.description != before.tool.description)
        return breaks, plan.source.kind is not before.plan.source.kind

    plans = [in_place_of(before, plan) for plan in seen.plans]
    if seen.by_model is None:
        return seen.model_copy(update={"plans": tuple(sorted(plans, key=rank))})
    by_model = seen.by_model.model_copy(update={"plan": plans[0]})
    return seen.model_copy(update={"plans": (plans[0], *sorted(plans[1:], key=rank)), "by_model": by_model})


def _same_code(before: WorkflowVersion, after: WorkflowVersion) -> bool:
    """Whether a candidate is the code that is there; the day that stands in a template's docstring aside."""
    if after.policy != before.policy or after.tool != before.tool:
        return False
    undated = emit(after.plan, before.provenance.created_at) if after.provenance.generator == "template" else None
    return before.artifact in (after.artifact, undated)


async def _recorded(school: School, proved: Proved, owner: str) -> ReplayBundle:
    version = proved.version
    return await faithful(
        school, version.artifact, version.policy, bundle_of(proved.trials), owner=owner, tool=version.name
    )


async def _outgrown(school: School, version: WorkflowVersion, owner: str) -> tuple[Replayed, ...]:
    """Return the recordings of all versions so far that a candidate does not pass."""
    number = school.registry.versions(version.name, owner)[0].number + 1
    return await failed_of_old(school, version.model_copy(update={"number": number}), owner=owner)


async def _put_in_place(
    school: School,
    done: Repair,
    version: WorkflowVersion,
    bundle: ReplayBundle,
    profile: Profile | None,
    *,
    actor: str,
    job_id: str | None,
) -> Repair:
    """Publish a proved candidate, or keep it waiting when a person has to agree. Twice for one job is as once."""
    if done.reasons:
        kept = keep_waiting(school.registry.shelf, version, actor=actor, bundle=bundle, profile=profile)
        _note(school, done, kept, actor=actor, job_id=job_id)
        return done.model_copy(update={"after": kept})
    published = publish_or_wait(
        school, version, owner=version.owner, bundle=bundle, profile=profile, idempotency_key=job_id or ""
    )
    _note(school, done, published, actor=actor, job_id=job_id)
    return _settled(school, done, published, actor=actor)


def _reasons(
    before: WorkflowVersion, state: Soundness, version: WorkflowVersion, outgrown: tuple[Replayed, ...]
) -> tuple[str, ...]:
    """Return what a person has to agree to first."""
    found = [*broken(before, version)]
    if before.status is not Status.PUBLISHED:
        found.append(f"Version {before.number} is {before.status.value}, so nobody can call {before.name} now.")
    if state.sound:  # nothing changed at the site that would excuse other rows
        found += [f"It fails the recording of version {each.recorded}: {each.reason}" for each in outgrown]
    return tuple(found)


def _settled(school: School, done: Repair, after: WorkflowVersion, *, actor: str) -> Repair:
    """Declare the recordings obsolete that a published repair does not pass, with the reason."""
    for each in done.outgrown:
        reason = f"Version {after.number} repairs version {done.before.number} ({_why(done)}): {each.reason}"[:500]
        school.registry.declare_obsolete(after.name, after.owner, each.recorded, reason=reason, actor=actor)
    return done.model_copy(update={"after": after, "ended": "published"})


def _note(school: School, done: Repair, after: WorkflowVersion, *, actor: str, job_id: str | None) -> None:
    """Write into the audit log what was repaired, why, and at what price; once for one job."""
    note_repair(
        school.registry.shelf,
        after.name,
        after.owner,
        after.number,
        actor=actor,
        job_id=job_id,
        facts={
            "before": done.before.number,
            "reason": _why(done)[:1000],
            "waits_for": list(done.reasons),
            "wall_ms": done.wall_ms,
            "cost": after.provenance.usage.model_dump(mode="json"),
        },
    )


def _why(done: Repair) -> str:
    return "; ".join(done.soundness.problems) or "It was asked for, though nothing was wrong."
