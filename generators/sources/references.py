"""Where the records of an API refer to: their own addresses, made of their ids, and the things that they name by id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from domain.meaning.words import fold, forms
from domain.observation import Column, RecordCandidate
from domain.plan import FieldType, SourceKind
from generators.sources.roles import Role, roles_of

_REFERENCE: Final = re.compile(r"(?P<what>[a-z][a-z_]*?)_?(?:id|ids|key|ref)")
_MOST_OWN: Final = 1


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a record's further page or answer is reached: ``template`` takes the value of ``link``.

    What is read there belongs to another thing where there is a ``prefix``: the name of an album's artist.
    """

    link: Column
    template: str
    prefix: str = ""


def references(candidate: RecordCandidate, lacking: Sequence[Any]) -> list[Way]:
    """Return the ways that ids lead: an API probably answers to them at an address that follows from the list's own.

    Only a probe shows whether it does. A thing is looked up where the question asks for something of it: its
    collection stands beside that of the records. The records themselves are looked up by their own id.
    """
    request = candidate.source.request
    wanted = {form for x in lacking if isinstance(x, str) for w in fold(x).split() for form in (w, *forms(w))}
    data = candidate.kind in (SourceKind.JSON, SourceKind.OPENAPI) and not candidate.source.tokens
    if not data or not lacking or request.method != "GET" or "{" in request.url or request.secret:
        return []
    own = request.url.split("?", 1)[0].rstrip("/")
    if not urlsplit(own).path or "." in own.rpartition("/")[2]:
        return []
    beside = own.rpartition("/")[0]
    found = []
    for column in candidate.columns:
        told = _REFERENCE.fullmatch(column.name) if column.type in (FieldType.STRING, FieldType.INTEGER) else None
        if told and wanted & {told["what"].split("_")[-1]}:
            found.append(Way(link=column, template=f"{beside}/{_plural(told['what'])}/{{value}}", prefix=told["what"]))
    ids = [c for c in candidate.columns if c.name == "id" or (Role.ID in roles_of(c)[:1] and c.name.endswith("id"))]
    return found + [Way(link=c, template=f"{own}/{{value}}") for c in ids[:_MOST_OWN]]


def is_reference(column: Column) -> bool:
    """Return whether a column only names another thing by its id."""
    return column.name not in ("id", "ids") and column.name.endswith(("_id", "_ids"))


def called_by(column: Column, prefix: str) -> Column:
    """Return the column under the name of the thing that it belongs to."""
    if not prefix:
        return column
    behind = f"{prefix}_{column.behind}" if column.behind else ""
    return column.model_copy(update={"name": f"{prefix}_{column.name}", "behind": behind})


def _plural(noun: str) -> str:
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(?:s|x|z|ch|sh)$", noun) else f"{noun}s"
