"""Reading records out of recorded answers, by the plan's own locators but outside the workflow."""

from __future__ import annotations

import json

from domain.calendars import read_calendar
from domain.json_text import read_json
from domain.observation import Exchange
from domain.plan import Field, Plan, SourceKind
from domain.run import Run
from domain.values import JsonValue
from sandbox.facade.kit.embedded import embedded
from sandbox.facade.kit.errors import SourceChanged
from sandbox.facade.kit.nodes import Node, parse_html, parse_xml, rows_of
from sandbox.facade.kit.paths import pick, records

DATA_KINDS = frozenset({SourceKind.JSON, SourceKind.OPENAPI})


def record_requests(plan: Plan, run: Run) -> list[Exchange]:
    """Return the recorded answers that hold records of the list, in the order they came."""
    return [exchange for exchange in run.exchanges if exchange.status == 200 and identities(plan, exchange)]


def identities(plan: Plan, exchange: Exchange) -> set[str]:
    """Return what tells the records of one answer apart; empty when it holds none."""
    fields = [field for field in plan.fields if field.name in plan.identity and not field.detail]
    try:
        raws = raw_records(plan, exchange.body, exchange.url)
    except (ValueError, SourceChanged):
        return set()
    return {json.dumps([read(plan, raw, field) for field in fields], default=str) for raw in raws} if fields else set()


def raw_records(plan: Plan, body: str, url: str) -> list[object]:
    """Return the raw records of one answer."""
    source = plan.records
    if source.format == "text":
        return []  # an answer taken whole has no records within it
    if source.format == "ical":
        return list(records(read_calendar(body), source.records))
    if plan.source.kind in DATA_KINDS and source.format != "xml":
        return list(records(_json(body), source.records))
    page = parse_xml(body, url) if source.format == "xml" else parse_html(body, url)
    if plan.source.kind is SourceKind.EMBEDDED:
        data = embedded(
            page,
            source.embedded_kind,
            selector=source.embedded_selector,
            index=source.embedded_index,
            variable=source.embedded_variable,
        )
        return list(records(data, source.records))
    return list(rows_of(page, source.records, *source.fallbacks))


def _json(body: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(body)
    except ValueError:
        return read_json(body)
    return value


def read(plan: Plan, raw: object, field: Field) -> JsonValue:
    """Return a field's raw value from one raw record."""
    if plan.source.kind in DATA_KINDS or plan.source.kind is SourceKind.EMBEDDED:
        value: JsonValue = pick(raw, field.locator)
        return value
    return raw.read(field.locator, *field.fallbacks) if isinstance(raw, Node) else None
