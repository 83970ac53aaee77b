"""From a checked reply to a Plan: every locator, address and binding comes from what was found."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from domain.observation import Column, EndpointParameter, Findings, Observation, RecordCandidate
from domain.plan import (
    Constraint,
    Field,
    FieldType,
    Intent,
    Plan,
    PlannerKind,
    PlanStep,
    Query,
    RecordSource,
    Rejection,
    Relation,
    RequestTemplate,
    Source,
    SourceKind,
    Topic,
)
from domain.values import JsonObject
from generators.model_planning.binding import bind
from generators.model_planning.checking import columns_of
from generators.model_planning.offer import Offer
from generators.model_planning.reply import PlanReply, Use
from generators.planning.controls import bind_controls
from generators.planning.desk import Desk
from generators.planning.trials import trials_of
from generators.sources.roles import Role

LADDER = tuple(SourceKind)
ALWAYS_FILLED = 0.95


def build(
    reply: PlanReply,
    *,
    query: Query,
    intent: Intent,
    findings: Findings,
    observation: Observation,
    offer: Offer,
    planner: PlannerKind,
) -> Plan:
    """Return the plan that a checked reply stands for."""
    names = _new_names(reply, offer)
    candidate = _candidate(reply, offer, observation)
    renamed = rename(candidate, names)
    endpoint = next((e for e in findings.endpoints if e.id == candidate.endpoint), None)
    taken = tuple(_retarget(p, names) for p in (endpoint.parameters if endpoint else ()))
    desk = Desk(
        candidate=renamed,
        columns=renamed.columns,
        taken=taken,
        intent=_with_controls(intent, reply, offer, names),
        observation=observation,
    )
    _bind_all(desk, reply, offer, names)
    bind_controls(desk)
    zone = desk.first(Role.TIMEZONE)
    if zone is not None and any(p.use in {Use.DATE_FROM, Use.DATE_TO} for p in reply.parameters):
        desk.need(zone)
    fields = _fields(desk, reply)
    shown = {f.name for f in fields}
    return Plan(
        query=query.text,
        intent=intent,
        tool_name=reply.tool_name,
        title=reply.title.strip(),
        description=reply.description.strip(),
        parameters=tuple(desk.parameters.values()),
        fields=fields,
        steps=_steps(desk, reply),
        source=_source(renamed, reply, findings, observation),
        records=renamed.source,
        paging=renamed.paging,
        identity=tuple(i for i in renamed.identity if i in shown),
        timezone_field=zone.name if zone is not None and zone.name in shown else "",
        timezone=intent.places[0].timezone if intent.places else "UTC",
        hosts=(_origin(renamed.source.request.url),),
        trials=trials_of(desk),
        example_queries=tuple(dict.fromkeys((intent.text, *reply.example_queries)))[:8],
        tags=tuple(dict.fromkeys(w for w in (intent.subject.strip().lower(), renamed.kind.value) if w)),
        estimated_duration_s=0.5 if renamed.paging is None else 3.0,
        planner=planner,
        browser=renamed.kind is SourceKind.BROWSER,
    )


def rename(candidate: RecordCandidate, names: dict[str, str]) -> RecordCandidate:
    """Return a candidate with other column names; a name that a chosen column takes is given up by the others."""
    full = _complete(candidate, names)
    exemplars: list[JsonObject] = [{full.get(k, k): v for k, v in e.items()} for e in candidate.exemplars]
    return candidate.model_copy(
        update={
            "columns": tuple(c.model_copy(update={"name": full[c.name]}) for c in candidate.columns),
            "identity": tuple(full.get(name, name) for name in candidate.identity),
            "exemplars": tuple(exemplars),
            "link": full.get(candidate.link, candidate.link),
        }
    )


def _complete(candidate: RecordCandidate, names: dict[str, str]) -> dict[str, str]:
    taken = set(names.values())
    rest = {
        c.name: c.name if c.name not in taken else f"{c.name}_raw" for c in candidate.columns if c.name not in names
    }
    return {**rest, **names}


def _new_names(reply: PlanReply, offer: Offer) -> dict[str, str]:
    """Old column name to new one."""
    if reply.candidate is None:
        return {}
    return {offer.columns[f.column].name: f.name for f in reply.fields}


def _retarget(parameter: EndpointParameter, names: dict[str, str]) -> EndpointParameter:
    return parameter.model_copy(update={"columns": tuple(names.get(c, c) for c in parameter.columns)})


def _candidate(reply: PlanReply, offer: Offer, observation: Observation) -> RecordCandidate:
    if reply.candidate is not None:
        return offer.candidates[reply.candidate]
    url = observation.pages[0].final_url if observation.pages else observation.url
    return RecordCandidate(
        id="code",
        kind=SourceKind.BROWSER if reply.method == "browser" else SourceKind.HTML,
        source=RecordSource(request=RequestTemplate(url=url), records=""),
        columns=tuple(Column(name=f.name, locator="", type=f.type, label=f.description) for f in reply.code_fields),
        count=0,
        score=0.0,
        url=url,
    )


def _bind_all(desk: Desk, reply: PlanReply, offer: Offer, names: dict[str, str]) -> None:
    mine = _desk_columns(desk, reply, offer, names)
    radius = next((p for p in reply.parameters if p.use is Use.RADIUS_MILES), None)
    centre = [mine[c] for c in radius.columns] if radius else []
    for choice in reply.parameters:
        source = offer.sources.get(choice.source or "")
        bind(
            desk,
            choice,
            [mine[c] for c in choice.columns],
            source=_retarget(source, names) if source else None,
            form=offer.forms.get(choice.source or ""),
            centre=centre,
        )


def _desk_columns(desk: Desk, reply: PlanReply, offer: Offer, names: dict[str, str]) -> dict[str, Column]:
    """Column id to the desk's column."""
    old = columns_of(reply, offer)
    full = names if reply.candidate is None else _complete(offer.candidates[reply.candidate], names)
    by_name = {column.name: column for column in desk.columns}
    return {name: by_name[full.get(column.name, column.name)] for name, column in old.items()}


def _with_controls(intent: Intent, reply: PlanReply, offer: Offer, names: dict[str, str]) -> Intent:
    """The order and count are the reply's; everything else the question's own understanding keeps."""
    old = columns_of(reply, offer)
    kept = [c for c in intent.constraints if c.topic not in {Topic.SORT, Topic.COUNT}]
    for key in reply.sort:
        name = old[key.removeprefix("-")].name
        unit = "desc" if key.startswith("-") else "asc"
        kept.append(
            Constraint(topic=Topic.SORT, relation=Relation.EQUALS, value=names.get(name, name), unit=unit, name=name)
        )
    if reply.limit is not None:
        kept.append(Constraint(topic=Topic.COUNT, relation=Relation.AT_MOST, value=reply.limit))
    return intent.model_copy(update={"constraints": tuple(kept)})


def _fields(desk: Desk, reply: PlanReply) -> tuple[Field, ...]:
    chosen = [f.name for f in (reply.fields if reply.candidate is not None else reply.code_fields)]
    wanted = dict.fromkeys((*chosen, *desk.needed, *desk.candidate.identity))
    return tuple(_field(column, desk) for name in wanted for column in desk.columns if column.name == name)


def _field(column: Column, desk: Desk) -> Field:
    required = column.fill >= ALWAYS_FILLED or column.name in desk.candidate.identity
    told = column.label if desk.candidate.id == "code" else column.name.replace("_", " ").capitalize()
    return Field(
        name=column.name,
        type=column.type,
        description=f"{told} in {column.unit}." if column.unit else f"{told.rstrip('.')}.",
        locator=column.locator,
        fallbacks=column.fallbacks,
        required=required and column.type is not FieldType.ARRAY and bool(column.locator),
        unit=column.unit,
        scale=column.scale,
    )


def _source(candidate: RecordCandidate, reply: PlanReply, findings: Findings, observation: Observation) -> Source:
    told = dict(findings.rejected)
    above = LADDER[: LADDER.index(candidate.kind)]
    offered = {c.kind for c in findings.candidates}
    reasons = {
        kind: told.get(kind, "its records serve the question less well" if kind in offered else "none was found")
        for kind in above
    }
    shown = f", {round(100 * candidate.coverage)} % of the visible text" if candidate.coverage else ""
    reason = f"the model chose it among the candidates ({candidate.count} at once{shown})"
    if reply.candidate is None:
        reason = "the records come only after the steps of the plan"
    return Source(
        kind=candidate.kind,
        url=candidate.url or observation.url,
        reason=reason,
        rejected=tuple(Rejection(kind=kind, reason=text) for kind, text in reasons.items()),
    )


def _steps(desk: Desk, reply: PlanReply) -> tuple[PlanStep, ...]:
    if reply.candidate is None:
        return tuple(PlanStep(order=n, action=text, method=reply.method) for n, text in enumerate(reply.steps, start=1))
    candidate = desk.candidate
    told: Sequence[tuple[str, str]] = [
        (f"Ask {candidate.source.request.method} {candidate.url}", candidate.kind.value),
        (f"Read the records at {candidate.source.records or 'the root'}", f"{len(desk.columns)} columns"),
        *([("Ask for further pages until none is left", candidate.paging.kind.value)] if candidate.paging else []),
        ("Keep the rows that satisfy the parameters, sort and cut to the limit", ", ".join(desk.parameters)),
    ]
    browser = candidate.kind is SourceKind.BROWSER
    return tuple(
        PlanStep(order=n, action=action, method="browser" if browser and n == 1 else "api", detail=detail)
        for n, (action, detail) in enumerate(told, start=1)
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
