"""Answering a question: reuse a published tool when one already answers it, else learn one, then call it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import anyio

from domain.cost import ModelUse
from domain.errors import NeedsInput, SchoolError, SourceUnreachable, TookTooLong
from domain.events import EventSink, Progress, ignore, never_falling
from domain.plan import Intent, Query
from domain.run import Run
from domain.values import JsonObject, Value
from domain.workflow import WorkflowVersion
from generators.language import understand
from generators.reuse import match
from school.app import School
from school.call import call
from school.called import Called
from school.places import ready_places
from school.sites import known_sites, suggest, without_name
from school.steps import STRAIGHT, Steps
from school.stopwatch import Stopwatch

CANDIDATES = 50  # published tools that are looked at for one question
_SITE_REMEDY = "Give a page that lists such things with --site URL, or make one known: main.py sites add"


class Answer(Value):
    """An answered question: the tool that served it, the arguments, the run, and what it took, models too."""

    version: WorkflowVersion
    arguments: JsonObject
    run: Run
    learned: bool
    timings_ms: dict[str, float]
    models: ModelUse = ModelUse()


async def ask(
    school: School,
    query: Query,
    *,
    owner: str = "local",
    fresh: bool = False,
    at_terminal: bool = False,
    allow_hosts: tuple[str, ...] = (),
    on_progress: EventSink = ignore,
    steps: Steps = STRAIGHT,
) -> Answer:
    """Answer a question with rows.

    ``fresh`` learns anew although a tool would answer. ``at_terminal`` says that a person typed the
    address, which lets in that private host. ``steps`` are a job's own when this is a job.

    Raises:
        SchoolError: see the tree; NeedsInput when something must be asked back, TookTooLong after ``learn_timeout_s``.
    """
    watch = Stopwatch(steps=steps)
    on_progress = never_falling(on_progress)
    on_progress(Progress(stage="understand", message=query.text, percent=1))
    warming = asyncio.create_task(_warm(school))  # the first zygote starts while the question is read
    try:
        think = partial(anyio.to_thread.run_sync, _understand, school, query)
        intent = await watch.step("understand", Intent, think)
        found = None
        if not fresh:
            look = partial(_look_for_tool, school, query, intent, owner)
            found = await watch.step("reuse", tuple[WorkflowVersion, JsonObject] | None, look)
    finally:
        await warming
    learned, models = found is None, ModelUse()
    if found is None:
        asking = Asking(query=query, intent=intent, owner=owner, at_terminal=at_terminal, allow_hosts=allow_hosts)
        version, arguments, models = await _learn(school, asking, on_progress, watch)
    else:
        version, arguments = found
    on_progress(Progress(stage="call", message=f"calling {version.name} version {version.number}", percent=100))
    called = await watch.step("call", Called, partial(call, school, version.name, arguments, owner=owner))
    return Answer(
        version=called.version,
        arguments=arguments,
        run=called.run,
        learned=learned,
        timings_ms=watch.ms,
        models=models,
    )


async def reuse(school: School, query: Query, *, owner: str = "local") -> Answer | None:
    """Answer a question from a published tool, or return None when none answers it (PROVE-5).

    Raises:
        SchoolError: the question cannot mean anything, or the call did not end well.
    """
    watch = Stopwatch()
    with watch.stage("understand"):
        intent = await anyio.to_thread.run_sync(_understand, school, query)
    with watch.stage("reuse"):
        found = find_tool(school, query, intent, owner=owner)
    if found is None:
        return None
    version, arguments = found
    with watch.stage("call"):
        called = await call(school, version.name, arguments, owner=owner)
    return Answer(version=called.version, arguments=arguments, run=called.run, learned=False, timings_ms=watch.ms)


def _understand(school: School, query: Query) -> Intent:
    ready_places(school.settings.home)
    return understand(query.text, school.clock.now())


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A question that no published tool answers, and for whom it is to be learned."""

    query: Query
    intent: Intent
    owner: str
    at_terminal: bool
    allow_hosts: tuple[str, ...]


async def _learn(
    school: School, asking: Asking, on_progress: EventSink, watch: Stopwatch
) -> tuple[WorkflowVersion, JsonObject, ModelUse]:
    from school.approvals import granted_hosts  # noqa: PLC0415 - learning is loaded by questions that need it
    from school.documents import with_document  # noqa: PLC0415 - learning is loaded by questions that need it
    from school.learn import learn  # noqa: PLC0415 - as above
    from school.policies import policy_for, with_secrets  # noqa: PLC0415 - as above

    query, owner = asking.query, asking.owner
    if query.api_document is not None:
        read = partial(with_document, school, query, at_terminal=asking.at_terminal)
        query = await watch.step("document", Query, read)
    choose = partial(_choose_site, school, query, asking.intent, owner)
    site, intent = await watch.step("site", tuple[str, Intent], choose)
    on_progress(Progress(stage="understand", message=f"beginning from {site}", percent=2))
    hosts = (*asking.allow_hosts, *granted_hosts(school, site, owner=owner))
    policy = policy_for(site, school.settings, at_terminal=asking.at_terminal, allow_hosts=hosts)
    policy = with_secrets(policy, school.settings, owner=owner)
    here = query.model_copy(update={"site": site})
    try:
        async with asyncio.timeout(school.settings.learn_timeout_s) as limit:
            gained = await learn(school, here, intent, policy, owner=owner, on_progress=on_progress, watch=watch)
    except TimeoutError as late:
        if not limit.expired():
            raise
        raise TookTooLong(f"Learning took longer than {school.settings.learn_timeout_s:g} s.") from late
    except SourceUnreachable as problem:
        if query.site is not None:
            raise
        raise NeedsInput(  # nobody gave this address, so it is no answer that it does not serve
            f"Which site should answer this? The known one, {site}, could not be reached.",
            field="site",
            choices=(site,),
            remedy=_SITE_REMEDY,
        ) from problem
    return gained.version, gained.version.plan.defaults(), gained.models


async def _warm(school: School) -> None:
    """Start the runner; what is wrong with it is told where it is used."""
    with suppress(SchoolError):
        await school.runner.get()


async def _look_for_tool(
    school: School, query: Query, intent: Intent, owner: str
) -> tuple[WorkflowVersion, JsonObject] | None:
    return find_tool(school, query, intent, owner=owner)


async def _choose_site(school: School, query: Query, intent: Intent, owner: str) -> tuple[str, Intent]:
    return find_site(school, query, intent, owner=owner)


def find_tool(school: School, query: Query, intent: Intent, *, owner: str) -> tuple[WorkflowVersion, JsonObject] | None:
    """Return the published tool that answers the query with its arguments, or None (PROVE-5)."""
    host = urlsplit(query.site).hostname if query.site else None
    for hit in school.registry.search(query.text, owner, host=host, limit=CANDIDATES):
        version = school.registry.tool(hit.name, owner)
        if query.source is not None and version.plan.source.kind is not query.source:
            continue
        arguments = match(query, intent, version.plan)
        if arguments is not None:
            return version, arguments
    return None


def find_site(school: School, query: Query, intent: Intent, *, owner: str) -> tuple[str, Intent]:
    """Return the address to learn from: the given one, else that of the one known site that fits (PLAN-5).

    The intent comes back without the name of a site that the question itself names.

    Raises:
        NeedsInput: none was given, and none or more than one known site fits.
        SettingsProblem: the catalogue of known sites cannot be read.
    """
    if query.site:
        return query.site, intent
    fitting = suggest(known_sites(school.settings.home), intent)
    if len(fitting) == 1:
        return fitting[0].url, without_name(intent, fitting[0].site)
    hits = school.registry.search(query.text, owner, limit=CANDIDATES)
    published = (school.registry.tool(hit.name, owner).plan.source.url for hit in hits)
    choices = dict.fromkeys((*(suggestion.url for suggestion in fitting), *published))
    raise NeedsInput(
        "Which site should answer this?",
        field="site",
        choices=tuple(choices)[:5],
        remedy=_SITE_REMEDY,
    )
