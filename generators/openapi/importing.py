"""One plan for each operation of a document (IMPORT-1): the tools are drafts until a first call proves them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from domain.plan import Intent, Plan, Source, SourceKind, Trial
from domain.tool import RESERVED_NAMES
from domain.values import Value
from generators.openapi.document import Document
from generators.openapi.operations import Operation, operations
from generators.openapi.planning import (
    example_arguments,
    fields_of,
    hosts_of,
    paging_of,
    records_of,
    steps_of,
    tool_parameters,
)
from generators.openapi.schemas import one_line
from generators.sources.naming import snake

_LONGEST: Final = 64
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


class Skipped(Value):
    """An operation that became no plan, and why."""

    operation: str
    reason: str


def import_all(
    document: Document, base_url: str = "", *, chosen: Sequence[Operation] | None = None
) -> tuple[Plan | Skipped, ...]:
    """Return one plan for each operation, in the document's order, and why some have none.

    ``base_url`` overrides the document's servers; ``chosen`` takes these operations only. Tool names are unique
    within the document, and do not depend on which operations are chosen or how the document orders them.
    """
    found, broken = operations(document)
    base = base_url.rstrip("/")
    names = names_of(found)
    wanted = None if chosen is None else {o.id for o in chosen}
    results: list[Plan | Skipped] = []
    for operation in found:
        if wanted is not None and operation.id not in wanted:
            continue
        address = base or operation.server or document.base_url()
        if not re.match(r"https?://[^/]", address):
            results.append(Skipped(operation=operation.id, reason="the document names no server; give one with --site"))
            continue
        results.append(plan_of(document, operation, base, name=names[operation.id]))
    if wanted is None:
        results += [Skipped(operation=f"{b.method} {b.path}".strip(), reason=b.reason) for b in broken]
    return tuple(results)


def names_of(found: Sequence[Operation]) -> dict[str, str]:
    """Return a tool name for each operation by its id: method and path where several have the same name."""
    own = {operation.id: tool_name(operation) for operation in found}
    counts = Counter(own.values())
    taken = {name for name, count in counts.items() if count == 1}
    for operation in sorted(found, key=lambda o: o.id):
        if counts[own[operation.id]] > 1:
            own[operation.id] = _unique(_by_path(operation), taken)
            taken.add(own[operation.id])
    return own


def plan_of(document: Document, operation: Operation, base: str = "", *, name: str = "") -> Plan:
    """Return the plan of one operation with all that it takes as parameters."""
    records = records_of(document, operation, base)
    paged = paging_of(operation)
    parameters = tool_parameters(operation, paged=paged)
    title = operation.summary or snake(operation.name or operation.path).replace("_", " ").capitalize()
    described = (
        operation.description if operation.description.startswith(title) else f"{title}. {operation.description}"
    )
    kept = ", ".join(c.name for c in operation.credentials)
    needs = f" Needs the secret {kept}." if kept else ""
    example = example_arguments(operation, paged=paged)
    return Plan(
        query=title,
        intent=Intent(text=title, subject=_subject(operation), writes=not operation.reads),
        tool_name=name or tool_name(operation),
        title=one_line(title, 120),
        description=one_line(f"{described.strip()} ({document.title}: {operation.id}.){needs}", 1500),
        parameters=parameters,
        fields=fields_of(operation),
        steps=steps_of(operation),
        source=Source(
            kind=SourceKind.OPENAPI, url=records.request.url, reason="its API document describes the operation"
        ),
        records=records,
        paging=paged,
        hosts=hosts_of(records.request),
        trials=(Trial(name="the document's own example", arguments=example, expect="any"),),
        example_queries=tuple(dict.fromkeys(t for t in (title, operation.name) if t)),
        tags=tuple(dict.fromkeys((*(snake(t) for t in operation.tags[:3]), "openapi"))),
    )


def tool_name(operation: Operation) -> str:
    """Return a tool name of ``[a-z0-9_]``: the operation's own where it has a usable one, else method and path."""
    own = snake(operation.name)
    if not operation.name or not _NAME.fullmatch(own) or len(own) > _LONGEST:
        return _by_path(operation)
    return _free(own)


def _by_path(operation: Operation) -> str:
    nouns = [snake(p.strip("{}")) for p in operation.path.split("/") if p]
    return _free(snake("_".join([operation.method.lower(), *nouns])))


def _free(name: str) -> str:
    short = name[:_LONGEST].strip("_") or "operation"
    return f"call_{short}"[:_LONGEST] if short in RESERVED_NAMES else short


def _subject(operation: Operation) -> str:
    nouns = [p for p in operation.path.split("/") if p and "{" not in p]
    return snake(nouns[-1]).replace("_", " ") if nouns else ""


def _unique(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        ending = f"_{number}"
        candidate, number = f"{name[: _LONGEST - len(ending)]}{ending}", number + 1
    return candidate
