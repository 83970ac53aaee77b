"""Which addresses are looked at for a question: the given one, and those that it leads to."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial

from domain.errors import NeedsInput, SchoolError, SourceBlocked
from domain.events import EventSink, Progress
from domain.observation import Observation
from domain.plan import Intent, Query
from domain.policy import Policy
from generators.sources.leads import leads, named_exactly, onward, pointed, whole_list
from school.app import School
from school.modelling import Helper
from school.proving import Seen
from school.seeing import see
from school.stopwatch import Stopwatch

_LEAST_RECORDS = 3
MOST_LEADS = 4  # pages that are looked at beyond the given one


async def look(
    school: School,
    query: Query,
    intent: Intent,
    policy: Policy,
    *,
    helper: Helper | None,
    on_progress: EventSink,
    watch: Stopwatch,
) -> AsyncGenerator[Seen]:
    """Yield what can be tried, in this order: the given address, or what it leads to where that looks more like it.

    Each further page is opened only when what was yielded before came to nothing.

    Raises:
        NothingFound, NeedsInput: what the given address itself ended with, when nothing can be tried.
        SourceBlocked: the page that it leads to asks for a login.
    """
    seeing = partial(see, school, intent=intent, policy=policy, helper=helper, on_progress=on_progress, watch=watch)
    first = await seeing(query)
    if isinstance(first, Seen):
        doors = _doors(first, intent)
        nearer = doors or (pointed(first.observation, intent, first.plans[0]) if first.by_model is None else ())
        own, further = (() if doors else (first,)), leads(first.observation, intent) if first.by_model is None else ()
    else:
        doors, nearer, own, further = (), _ahead(*first, intent), (), ()
    problem: SchoolError | None = None if isinstance(first, Seen) else first[1]
    visited: set[str] = set()
    tried = False
    for address in (*nearer[:MOST_LEADS], None, *further[:MOST_LEADS]):
        if address is None:
            for seen in own:
                tried = True
                yield seen
            continue
        if address in visited:
            continue
        visited.add(address)
        on_progress(Progress(stage="observe", message=f"following {address}", percent=40))
        try:
            found = await seeing(query.model_copy(update={"site": address}))
        except SchoolError as beyond:
            problem = beyond if isinstance(beyond, SourceBlocked) and problem is not None else problem
            continue  # what the other pages have is still there
        if isinstance(found, Seen) and (doors or _lists(found)):
            tried = True
            yield _led_from(found, query.site or "")
        elif doors and not isinstance(found, Seen):
            raise found[1]  # the given page has only doors, and behind this one the question cannot be decided
    if tried:
        return
    if isinstance(first, Seen):
        yield first
    elif problem is not None:
        raise problem


def _lists(seen: Seen) -> bool:
    """Whether a page that only some words led to has a list: the page of one record answers nothing by chance."""
    if seen.by_model is not None:
        return True
    chosen = next((c for c in seen.findings.candidates if c.source == seen.plans[0].records), None)
    return chosen is None or chosen.count >= _LEAST_RECORDS


def _ahead(observation: Observation, problem: SchoolError, intent: Intent) -> tuple[str, ...]:
    """Return where a page leads that has nothing to answer with."""
    elsewhere = isinstance(problem, NeedsInput) and problem.field != "site"
    exactly = named_exactly(observation, intent) if elsewhere else ()
    likely = leads(observation, intent) if intent.subject or not elsewhere else ()
    return tuple(dict.fromkeys((*exactly, *likely)))


def _led_from(seen: Seen, address: str) -> Seen:
    """Return what was seen with plans that know at which address the question began: asked again, it begins there."""
    plans = tuple(plan.model_copy(update={"asked_at": address}) for plan in seen.plans)
    return seen.model_copy(update={"plans": plans})


def _doors(seen: Seen, intent: Intent) -> tuple[str, ...]:
    """Return the addresses that the given page's records lead to, where they are not the answer themselves."""
    if seen.by_model is not None:
        return ()
    plan = seen.plans[0]
    candidate = next((c for c in seen.findings.candidates if c.source == plan.records), None)
    return onward(seen.observation, intent, plan, candidate) or whole_list(seen.observation, candidate)
