"""A plan made anew from an answer that is not what the document describes: documents lag behind their sources."""

from __future__ import annotations

import json
from typing import Final

from domain.observation import Column
from domain.plan import Field, Plan, SourceKind
from domain.values import JsonValue
from generators.openapi.schemas import ONE
from generators.sources.documents import parse
from generators.sources.flatten import columns_of
from generators.sources.json_records import RecordGroup, find_candidates, find_groups

_MOST_FIELDS: Final = 25


def as_answered(plan: Plan, body: str) -> Plan | None:
    """Return the plan with rows and fields as an answer really has them; None when it shows none.

    Request, parameters and paging stay as the document has them.
    """
    value = unpacked(body)
    group = _group(plan, value)
    if group is None or plan.records.format == "text":
        return None
    labels = {field.locator: field.description for field in plan.fields}
    fields = tuple(_field(c, labels) for c in columns_of(group.records, group.heads)[:_MOST_FIELDS])
    if not fields:
        return None
    source = plan.source.model_copy(
        update={
            "reason": f"{plan.source.reason}; its answers hold other values than described, and are read as they are"
        }
    )
    records = plan.records.model_copy(update={"records": group.path})
    return plan.model_copy(update={"records": records, "fields": fields, "source": source})


def unpacked(body: str) -> JsonValue:
    """Return the JSON of an answer; some sources write it as text within JSON."""
    value = parse(body)
    if value is None and body.lstrip().startswith('"'):
        try:
            inner = json.loads(body)
        except ValueError:
            return None
        return parse(inner) if isinstance(inner, str) else None
    return value


def _group(plan: Plan, value: JsonValue) -> RecordGroup | None:
    whole = RecordGroup(path=ONE, records=(value,)) if isinstance(value, dict) and value else None
    if plan.records.request.url.rstrip("/").endswith("}"):
        return whole
    best = next(iter(find_candidates(value, plan.records.request, kind=SourceKind.OPENAPI)), None)
    if best is None:
        return whole
    return next((g for g in find_groups(value) if g.path == best.source.records), whole)


def _field(column: Column, labels: dict[str, str]) -> Field:
    told = labels.get(column.locator) or column.label or column.name.replace("_", " ")
    return Field(name=column.name, type=column.type, description=told, locator=column.locator)
