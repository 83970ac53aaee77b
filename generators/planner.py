"""The built-in planner: a question and findings become grounded plans, cheapest source first (PLAN-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from domain.errors import NeedsInput, NothingFound, SourceBlocked, SourceUnreachable
from domain.meaning.words import fold, forms
from domain.observation import Column, EndpointParameter, Findings, Observation, RecordCandidate
from domain.plan import (
    Constraint,
    Detail,
    Intent,
    PagingKind,
    Plan,
    PlanStep,
    Query,
    Rejection,
    Source,
    SourceKind,
    Topic,
)
from generators.openapi.grounding import operation_of
from generators.planning.amounts import bind_amounts
from generators.planning.choice import Choice, choose
from generators.planning.controls import bind_controls
from generators.planning.described import bind_operation, serve_from
from generators.planning.desk import Desk
from generators.planning.fields import output_fields, wanted_columns
from generators.planning.naming import description_of, example_queries, subject_of, title_of, tool_name
from generators.planning.places import bind_places
from generators.planning.rereading import maybe_fields, reread
from generators.planning.times import bind_times
from generators.planning.trials import trials_of
from generators.planning.words import bind_words
from generators.sources.details import of_kinds, serving, telling, unsaid
from generators.sources.documents import parse
from generators.sources.inner_records import empty_place
from generators.sources.naming import snake
from generators.sources.paths import ONE
from generators.sources.references import is_reference
from generators.sources.relevance import named, visible_text
from generators.sources.roles import Role
from generators.sources.whole_answers import WHOLE

_LADDER: Final = tuple(SourceKind)
_PLAIN_NAMES: Final = frozenset(
    {"name", "title", "date", "price", "venue", "city", "address", "author", "description", "rating"}
)
"""Words that people use for what sites call otherwise."""
_REFUSED: Final = 400
_SERVER_FAILS: Final = 500
_TOLD: Final = {
    SourceKind.OPENAPI: "its API document describes the operation",
    SourceKind.JSON: "its JSON holds the records that the page shows",
    SourceKind.EMBEDDED: "the page's HTML carries the records as data",
    SourceKind.HTML: "the served HTML holds the records",
    SourceKind.BROWSER: "the records appear only in a browser",
}


def plan(
    query: Query, intent: Intent, findings: Findings, observation: Observation, *, now: datetime
) -> tuple[Plan, ...]:
    """Return the best plan of each source kind that can answer faithfully, the cheapest kind first.

    Raises:
        NothingFound: no records at the source.
        SourceBlocked: a login or captcha stands before them.
        SourceUnreachable: the site fails at that address.
        NeedsInput: a constraint that no field or parameter can serve, or a place that could be several.
    """
    del now  # relative phrases stay relative; the workflow resolves them at its own time
    choices, rejected = choose(intent, findings, observation, only=query.source)
    if not choices:
        _refuse(intent, findings, observation, rejected)
    desks = _desks(choices, findings, intent, observation, rejected)
    fewest = min(len(_lacking(d)) for d in desks)
    served = [d for d in desks if len(_lacking(d)) == fewest]
    least = min(len(wanted_columns(d)[1]) for d in served)
    served = [d for d in served if len(wanted_columns(d)[1]) == least]
    for desk in desks:
        if desk not in served:
            lacking = ", ".join([*(_spoken(c) for c in _lacking(desk)), *wanted_columns(desk)[1]])
            rejected.append(Rejection(kind=desk.candidate.kind, reason=f"cannot serve: {lacking}"))
    if fewest:
        _ask_back(served[0])
    if least:
        _ask_for_fields(served[0])
    kinds = [d.candidate.kind for d in served]
    return tuple(
        _plan(query, intent, desk, rejected, tuple(k for k in kinds[number + 1 :]))
        for number, desk in enumerate(served)
    )


def _desks(
    choices: Sequence[Choice],
    findings: Findings,
    intent: Intent,
    observation: Observation,
    rejected: list[Rejection],
) -> list[Desk]:
    """Return a desk for each choice; an operation that lacks a value is set aside while another kind can answer."""
    desks = []
    asking: NeedsInput | None = None
    for choice in choices:
        try:
            desks.append(_desk(choice, findings, intent, observation))
        except NeedsInput as question:
            if choice.candidate.kind is not SourceKind.OPENAPI:
                raise
            asking = question
            rejected.append(Rejection(kind=SourceKind.OPENAPI, reason=question.message))
    if asking is not None and not desks:
        raise asking
    return desks


def _desk(choice: Choice, findings: Findings, intent: Intent, observation: Observation) -> Desk:
    """Bind over the list's own columns; where that lacks something, over those of the records' pages too."""
    alone = _bound(choice, findings, intent, observation, None)
    words = [c for c in unsaid(alone.columns, alone.intent) if not _is_bound(alone, c)]
    missing = [*wanted_columns(alone)[1], *_only_referred(alone), *maybe_fields(intent, alone.columns)]
    lacking: list[Constraint | str] = [*alone.unserved, *words, *missing]
    detail = next((c for c in findings.candidates if c.detail_of == choice.candidate.id), None)
    if not lacking or detail is None:
        return alone
    served = serving(detail.columns, lacking)
    if not served:
        return alone
    more = [c for c in telling(detail.columns, alone.columns) if c not in served]
    columns = _beside(alone.columns, (*served, *more))
    intent = of_kinds(intent, words, columns, visible_text(observation))
    return _bound(choice, findings, intent, observation, detail.model_copy(update={"columns": columns}))


def _only_referred(desk: Desk) -> list[str]:
    """Return the wanted fields for which a record has no more than the id of what has them."""
    found = ((word, named(desk.columns, word)) for word in desk.intent.wanted)
    return [word for word, column in found if column is not None and is_reference(column)]


def _is_bound(desk: Desk, word: Constraint) -> bool:
    """Whether a word became something else than a keyword that only the titles are searched for."""
    keywords = desk.parameters.get("keywords")
    searched = keywords.default if keywords is not None else None
    return not isinstance(searched, list) or str(word.value) not in searched


def _beside(columns: Sequence[Column], further: Sequence[Column]) -> tuple[Column, ...]:
    """Return the further columns under names that the list's own columns do not have."""
    taken = {c.name for c in columns}
    names = {c.name: f"{c.name}_of_page" for c in further if c.name in taken}
    return tuple(_named_anew(c, names) for c in further)


def _named_anew(column: Column, names: Mapping[str, str]) -> Column:
    changed = {"name": names.get(column.name, column.name), "behind": names.get(column.behind, column.behind)}
    return column.model_copy(update=changed)


def _bound(
    choice: Choice, findings: Findings, intent: Intent, observation: Observation, detail: RecordCandidate | None
) -> Desk:
    endpoint = next((e for e in findings.endpoints if e.id == choice.candidate.endpoint), None)
    taken: tuple[EndpointParameter, ...] = endpoint.parameters if endpoint else ()
    further = detail.columns if detail else ()
    single = choice.candidate.source.records == ONE
    intent = reread(intent, (*choice.candidate.columns, *further), single=single)
    names = _called(intent, (*choice.candidate.columns, *further))
    candidate = renamed(choice.candidate, names)
    detail = renamed(detail, names) if detail is not None else None
    further = detail.columns if detail else ()
    # What stands one page further is read for the rows that are left: nothing chooses or orders by it.
    beyond = tuple(c for c in further if c.behind)
    desk = Desk(
        candidate=candidate,
        columns=(*candidate.columns, *(c for c in further if not c.behind)),
        taken=tuple(t.model_copy(update={"columns": tuple(names.get(c, c) for c in t.columns)}) for t in taken),
        intent=intent,
        observation=observation,
        detail=detail,
        detail_names=frozenset(c.name for c in further),
    )
    operation = operation_of(observation, desk.candidate) if desk.candidate.kind is SourceKind.OPENAPI else None
    served = serve_from(desk, operation) if operation is not None else None
    if detail is not None:
        leading = {detail.link, *(c.behind for c in beyond)}
        desk.need(*(c for c in (*candidate.columns, *further) if c.name in leading))
    if candidate.paging is not None and candidate.paging.kind is PagingKind.LINKS:
        desk.need(*(c for c in candidate.columns if c.locator == candidate.paging.next_locator))
    bind_words(desk)
    bind_places(desk)
    bind_times(desk)
    bind_amounts(desk)
    bind_controls(desk)
    if operation is not None and served is not None:
        bind_operation(desk, operation, served)
    desk.columns += beyond
    return desk


def _called(intent: Intent, columns: Sequence[Column]) -> dict[str, str]:
    """Return new names for columns that the question calls by another name: who asks for a name gets a ``name``."""
    names = {c.name for c in columns}
    found: dict[str, str] = {}
    # "the next three" orders by date, too, but only "by date" calls the column so.
    ordered = [c for c in intent.about(Topic.SORT) if str(c.value).casefold() in intent.text.casefold()]
    words = [*intent.wanted, *(str(c.value) for c in (*intent.about(Topic.DETAIL), *ordered))]
    for word in words:
        column = named(columns, word)
        called = snake(word)
        if column is None or called in names or called in set(found.values()) or column.name in found:
            continue
        if called in _PLAIN_NAMES and called not in column.name.split("_"):
            found[column.name] = called
    return found


def renamed(candidate: RecordCandidate, names: Mapping[str, str]) -> RecordCandidate:
    """Return a candidate whose columns bear other names."""
    if not names:
        return candidate
    rows = tuple({names.get(k, k): v for k, v in row.items()} for row in candidate.exemplars)
    return candidate.model_copy(
        update={
            "columns": tuple(_named_anew(c, names) for c in candidate.columns),
            "identity": tuple(names.get(n, n) for n in candidate.identity),
            "exemplars": rows,
            "link": names.get(candidate.link, candidate.link),
        }
    )


def _lacking(desk: Desk) -> list[Constraint]:
    return desk.unserved


def _refuse(intent: Intent, findings: Findings, observation: Observation, rejected: Sequence[Rejection]) -> None:
    page = observation.pages[0] if observation.pages else None
    status = page.status if page is not None else 0
    if findings.walls:
        raise SourceBlocked(
            f"The site does not show its content: {', '.join(findings.walls)}.",
            remedy="Give a page that is open to everybody, or store a credential with: main.py secrets set NAME",
            status=status,
        )
    if status >= _SERVER_FAILS:
        raise SourceUnreachable(f"The site answers with status {status}.", status=status)
    if status >= _REFUSED:
        raise NothingFound(
            f"The site answers with status {status}: there is nothing at this address.",
            remedy="Give an address that the site has.",
            status=status,
        )
    place = empty_place(parse(page.served_html), intent) if page is not None and "json" in page.content_type else ""
    if place:
        raise NothingFound(f"The source has none: its list at {place!r} is empty.", status=status, empty=place)
    reasons = "; ".join(f"{r.kind}: {r.reason}" for r in rejected)
    raise NothingFound(f"No repeated records were found at the source. {reasons}".strip())


def _ask_back(desk: Desk) -> None:
    """Nothing is dropped silently: what no field can decide is asked back, with what there is instead."""
    lacking = desk.unserved
    words = ", ".join(_spoken(c) for c in lacking)
    fields = tuple(c.name for c in desk.columns if c.fill > 0)
    raise NeedsInput(
        f"The records at this source have nothing that could decide: {words}.",
        field=_field_of(lacking[0]),
        choices=fields[:25],
        remedy="Ask without it, name one of the fields instead, or give another page with --site.",
    )


def _ask_for_fields(desk: Desk) -> None:
    """Rows of which none tells anything that was asked of them are no answer; one that lacks a part says so."""
    found, missing = wanted_columns(desk)
    asked = [str(c.value) for c in desk.intent.about(Topic.DETAIL)]
    request = desk.candidate.source.request
    place = set(fold(f"{urlsplit(request.url).path} {desk.candidate.source.records}").split())
    named_so = any({word, *forms(word)} & place for word in missing)  # "the photos of a show" are records themselves
    if found or named_so or not set(missing) & set(asked):
        return
    raise NeedsInput(
        f"The records at this source do not tell: {', '.join(missing)}.",
        field="fields",
        choices=tuple(c.name for c in desk.columns if c.fill > 0)[:25],
        remedy="Name one of the fields that there are, or give the page that tells it with --site.",
    )


def _spoken(constraint: Constraint) -> str:
    return constraint.span or f"{constraint.topic} {constraint.value}"


def _field_of(constraint: Constraint) -> str:
    return "site" if constraint.topic in (Topic.PLACE, Topic.DISTANCE) else str(constraint.topic)


def _plan(
    query: Query, intent: Intent, desk: Desk, rejected: Sequence[Rejection], fallbacks: tuple[SourceKind, ...]
) -> Plan:
    candidate = desk.candidate
    fields = output_fields(desk)
    above = _LADDER[: _LADDER.index(candidate.kind)]
    zone = desk.first(Role.TIMEZONE)
    names = {f.name for f in fields}
    _, missing = wanted_columns(desk)
    notes = [*desk.notes, *(f"No field for {word!r} was found." for word in missing)]
    return Plan(
        query=query.text,
        intent=intent,
        tool_name=tool_name(desk),
        title=title_of(desk),
        description=description_of(desk, fields),
        parameters=tuple(desk.parameters.values()),
        fields=fields,
        steps=_steps(desk),
        source=Source(
            kind=candidate.kind,
            url=candidate.url,
            reason=_reason(candidate),
            rejected=tuple(r for r in rejected if r.kind in above),
        ),
        records=candidate.source,
        paging=candidate.paging,
        detail=_detail(desk),
        identity=tuple(i for i in candidate.identity if i in names),
        filters_note=" ".join(notes),
        timezone_field=zone.name if zone and zone.name in names else "",
        timezone=desk.intent.places[0].timezone if desk.intent.places else "UTC",
        hosts=_hosts(candidate),
        fallbacks=fallbacks,
        trials=trials_of(desk),
        example_queries=example_queries(desk),
        tags=tuple(dict.fromkeys(w for w in (subject_of(desk), candidate.kind.value) if w)),
        estimated_duration_s=0.5 if candidate.paging is None else 3.0,
        browser=candidate.kind is SourceKind.BROWSER,
        page=desk.observation.url,
    )


def _detail(desk: Desk) -> Detail | None:
    if desk.detail is None:
        return None
    return Detail(
        link=desk.detail.link, template=desk.detail.link_template, kind=desk.detail.kind, source=desk.detail.source
    )


def _reason(candidate: RecordCandidate) -> str:
    if candidate.source.format == WHOLE and candidate.kind is SourceKind.JSON:
        return "the question is about the answer of the address itself"
    shown = f", {round(100 * candidate.coverage)} % of the visible text" if candidate.coverage else ""
    return f"{_TOLD[candidate.kind]} ({candidate.count} at once{shown})"


def _hosts(candidate: RecordCandidate) -> tuple[str, ...]:
    split = urlsplit(candidate.source.request.url)
    return (f"{split.scheme}://{split.netloc}",)


def _steps(desk: Desk) -> tuple[PlanStep, ...]:
    candidate = desk.candidate
    method = "browser" if candidate.kind is SourceKind.BROWSER else "api"
    told = [(f"Ask {candidate.source.request.method} {candidate.url}", candidate.kind.value)]
    told.append((f"Read the records at {candidate.source.records or 'the root'}", f"{len(desk.columns)} columns"))
    if candidate.paging is not None:
        told.append(("Ask for further pages until enough rows or none are left", candidate.paging.kind.value))
    told.append(("Keep the rows that satisfy the parameters, sort and cut to the limit", ", ".join(desk.parameters)))
    return tuple(
        PlanStep(order=i, action=action, method="browser" if method == "browser" and i == 1 else "api", detail=detail)
        for i, (action, detail) in enumerate(told, start=1)
    )
