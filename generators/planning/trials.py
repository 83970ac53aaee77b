"""Arguments to try a tool with: the question's own, wider, narrower, and one that nothing can satisfy."""

from __future__ import annotations

from collections.abc import Mapping

from domain.plan import Parameter, Relation, SourceKind, Topic, Trial
from domain.values import JsonValue
from generators.planning.desk import Desk
from generators.sources.typing import as_text

_ABSURD = "zzqxjkvwpt"
_JOINED = 20
_CONTROLS = (Topic.COUNT, Topic.SORT)


def trials_of(desk: Desk) -> tuple[Trial, ...]:
    """Return the trials of a tool; a tool without filters has only its own."""
    parameters = desk.parameters
    if desk.candidate.kind is SourceKind.OPENAPI:
        return _described(parameters)
    own = {p.name: p.default for p in parameters.values() if p.default is not None}
    found = [Trial(name="the question's own values", arguments=own, expect="any")]
    filters = [p for p in parameters.values() if p.topic not in _CONTROLS and not p.required]
    if own:
        found.append(Trial(name="without the question's limits", arguments=neutral(parameters), expect="rows"))
    narrower = _narrower(desk)
    if narrower:
        found.append(Trial(name="narrowed to a known record", arguments=narrower, expect="rows"))
    absurd = _impossible(desk, filters)
    if absurd:
        found.append(Trial(name="values that nothing has", arguments=absurd, expect="empty"))
    # A join has a short trial already, which shows what a limit does: each further one asks for many pages again.
    short = desk.detail is not None and len(found) > 2
    if "limit" in parameters and len(found) < 4 and not short:
        found.append(Trial(name="only three", arguments={**neutral(parameters), "limit": 3}, expect="rows"))
    kept = {p.name: p.default for p in parameters.values() if p.required and p.default is not None}
    found = [trial.model_copy(update={"arguments": {**kept, **trial.arguments}}) for trial in found]
    if desk.detail is not None and "limit" in parameters:
        return (*found[:1], *(_short(trial) for trial in found[1:]))
    return tuple(found)


def _short(trial: Trial) -> Trial:
    """A join asks for one page a row: beside the question's own values a few rows show as much as all."""
    return trial.model_copy(update={"arguments": {"limit": _JOINED, **trial.arguments}})


def _described(parameters: Mapping[str, Parameter]) -> tuple[Trial, ...]:
    """An operation is tried as asked, and with less; what it answers to odd values is its own affair."""
    own = {p.name: p.default for p in parameters.values() if p.default is not None}
    found = [Trial(name="the question's own values", arguments=own, expect="any")]
    wider = neutral(parameters)
    if wider and all(p.default is not None for p in parameters.values() if p.required):
        kept = {p.name: p.default for p in parameters.values() if p.required}
        found.append(Trial(name="without the question's limits", arguments={**wider, **kept}, expect="any"))
    return (*found, Trial(name="only three", arguments={**own, "limit": 3}, expect="any"))


def neutral(parameters: Mapping[str, Parameter]) -> dict[str, JsonValue]:
    """Return arguments that undo every default that a question left in the tool."""
    return {p.name: [] if p.items else None for p in parameters.values() if p.default is not None and not p.required}


def _narrower(desk: Desk) -> dict[str, JsonValue]:
    """Values of a record that was seen, for one parameter that the question did not use."""
    for topic in (Topic.CATEGORY, Topic.PLACE, Topic.PERSON, Topic.NAMED):
        for parameter in desk.parameters.values():
            mapped = any(b.kind == "source" and b.encoding == "map" for b in parameter.bindings)
            if parameter.topic is not topic or parameter.default is not None or mapped:
                continue
            value = _seen(desk, parameter)
            if value:
                return {**neutral(desk.parameters), parameter.name: value}
    return {}


def _seen(desk: Desk, parameter: Parameter) -> str:
    for binding in parameter.bindings:
        if binding.kind != "filter":
            continue
        for exemplar in desk.candidate.exemplars:
            value = exemplar.get(binding.fields[0])
            text = as_text(value[0] if isinstance(value, list) and value else value)
            text = text.split(",")[0] if binding.relation is Relation.CONTAINS else text
            if text and len(text) < 80:
                return text
    return ""


def _impossible(desk: Desk, filters: list[Parameter]) -> dict[str, JsonValue]:
    """Return arguments that no record satisfies; rather by what the list says than by what only a page tells."""
    found: list[tuple[bool, Parameter, JsonValue]] = []
    for parameter in filters:
        if parameter.topic is Topic.KEYWORDS and parameter.name == "keywords":
            found.insert(0, (_reads_page(parameter, desk), parameter, [_ABSURD]))
        elif parameter.topic is Topic.DATE and parameter.name == "date_to":
            found.append((_reads_page(parameter, desk), parameter, "1901-01-01"))
        elif parameter.topic in (Topic.CATEGORY, Topic.PERSON) and not parameter.choices:
            found.append((_reads_page(parameter, desk), parameter, _ABSURD))
    reads, chosen, value = min(found, key=lambda f: f[0], default=(False, None, None))
    if chosen is None:
        return {}
    # Where only pages can refuse, what the list itself refuses is not read: else as many as a run may would be.
    others = _own_of_list(desk) if reads else {}
    return {**neutral(desk.parameters), **others, chosen.name: value}


def _own_of_list(desk: Desk) -> dict[str, JsonValue]:
    filters = (p for p in desk.parameters.values() if p.topic not in _CONTROLS and not _reads_page(p, desk))
    return {p.name: p.default for p in filters if p.default is not None}


def _reads_page(parameter: Parameter, desk: Desk) -> bool:
    return any(b.kind == "filter" and set(b.fields) & desk.detail_names for b in parameter.bindings)
