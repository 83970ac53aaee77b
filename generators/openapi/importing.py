"""One plan for each operation of a document (IMPORT-1): the tools are drafts until a first call proves them."""

from __future__ import annotations

import re
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

    ``base_url`` overrides the document's servers. Tool names are unique within the document.
    """
    found, broken = operations(document)
    base = base_url.rstrip("/")
    results: list[Plan | Skipped] = []
    names: set[str] = set()
    for operation in chosen if chosen is not None else found:
        address = base or operation.server or document.base_url()
        if not re.match(r"https?://[^/]", address):
            results.append(Skipped(operation=operation.id, reason="the document names no server; give one with --site"))
            continue
        plan = plan_of(document, operation, base, name=_unique(tool_name(operation), names))
        names.add(plan.tool_name)
        results.append(plan)
    if chosen is None:
        results += [Skipped(operation=f"{b.method} {b.path}".strip(), reason=b.reason) for b in broken]
    return tuple(results)


def plan_of(document: Document, operation: Operation, base: str = "", *, name: str = "") -> Plan:
    """Return the plan of one operation with all that it takes as parameters."""
    records = records_of(document, operation, base)
    paged = paging_of(operation)
    parameters = tool_parameters(operation, paged=paged)
    title = operation.summary or snake(operation.name or operation.path).replace("_", " ").capitalize()
    described = (
        operation.description if operation.description.startswith(title) else f"{title}. {operation.description}"
    )
    needs = f" Needs the secret {operation.secret}." if operation.secret else ""
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
        nouns = [snake(p.strip("{}")) for p in operation.path.split("/") if p]
        own = snake("_".join([operation.method.lower(), *nouns]))
    own = own[:_LONGEST].strip("_") or "operation"
    return f"call_{own}"[:_LONGEST] if own in RESERVED_NAMES else own


def _subject(operation: Operation) -> str:
    nouns = [p for p in operation.path.split("/") if p and "{" not in p]
    return snake(nouns[-1]).replace("_", " ") if nouns else ""


def _unique(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        ending = f"_{number}"
        candidate, number = f"{name[: _LONGEST - len(ending)]}{ending}", number + 1
    return candidate
