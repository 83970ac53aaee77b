"""Rows of a candidate, read again from another answer of the same source."""

from __future__ import annotations

import json

from domain.observation import RecordCandidate
from domain.plan import SourceKind
from domain.values import JsonObject, JsonValue
from generators.induction.reading import reads_as, select
from generators.induction.tree import parse_document
from generators.sources.documents import parse
from generators.sources.json_records import row_of
from generators.sources.paths import INSIDE, records


def read_records(candidate: RecordCandidate, text: str) -> list[JsonValue] | None:
    """Return the raw JSON records in an answer's text; None when it is not the same kind of answer."""
    value = parse(text) if candidate.kind is not SourceKind.EMBEDDED else embedded_value(candidate, text)
    if not isinstance(value, dict | list):
        return None
    found = records(value, candidate.source.records)
    return found if found or _has_list(value, candidate.source.records) else None


def read_rows(candidate: RecordCandidate, text: str) -> list[JsonObject] | None:
    """Return the rows in an answer's text by the candidate's own locators; None when it has another structure."""
    if candidate.kind in (SourceKind.HTML, SourceKind.BROWSER):
        return reads_as(text, candidate)
    found = read_records(candidate, text)
    return None if found is None else [row_of(r, candidate.columns) for r in found]


def embedded_value(candidate: RecordCandidate, text: str) -> JsonValue:
    """Return the JSON that an HTML text carries where the candidate has it, if a script element holds it plainly."""
    tree = parse_document(text)
    if tree is None:
        return None
    source = candidate.source
    selector = source.embedded_selector or ("script#__NEXT_DATA__" if source.embedded_kind == "next_data" else "")
    if source.embedded_kind == "json_ld":
        selector = selector or 'script[type="application/ld+json"]'
    if not selector or source.embedded_variable:
        return None
    found = select(tree, selector)
    if source.embedded_index >= len(found):
        return None
    try:
        value: JsonValue = json.loads(found[source.embedded_index].text or "")
    except ValueError:
        return None
    return value


def _has_list(value: JsonValue, path: str) -> bool:
    """Whether the place of the records is there, though empty."""
    outer, inside, _ = path.partition(INSIDE)
    if inside:
        return bool(records(value, outer))
    if not path:
        return isinstance(value, list)
    head, _, leaf = path.rpartition(".")
    holders = records(value, f"{head}.*") if "*" in head else [value]
    for holder in holders:
        here: JsonValue = holder
        for name in path.split("."):
            here = here.get(name) if isinstance(here, dict) else None
        if isinstance(here, list | dict):
            return True
    return bool(leaf == "*" and head)
