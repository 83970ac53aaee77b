"""Reading records out of recorded answers, by the plan's own locators but outside the workflow."""

from __future__ import annotations

import json

from domain.observation import Exchange
from domain.plan import Field, Plan, SourceKind
from domain.run import Run
from domain.values import JsonValue
from sandbox.facade import kit

DATA_KINDS = frozenset({SourceKind.JSON, SourceKind.OPENAPI})


def record_requests(plan: Plan, run: Run) -> list[Exchange]:
    """Return the recorded answers that hold records of the list, in the order they came."""
    return [exchange for exchange in run.exchanges if exchange.status == 200 and identities(plan, exchange)]


def identities(plan: Plan, exchange: Exchange) -> set[str]:
    """Return what tells the records of one answer apart; empty when it holds none."""
    fields = [field for field in plan.fields if field.name in plan.identity and not field.detail]
    try:
        raws = raw_records(plan, exchange.body, exchange.url)
    except (ValueError, kit.SourceChanged):
        return set()
    return {json.dumps([read(plan, raw, field) for field in fields], default=str) for raw in raws} if fields else set()


def raw_records(plan: Plan, body: str, url: str) -> list[object]:
    """Return the raw records of one answer."""
    records = plan.records
    if plan.source.kind in DATA_KINDS and records.format != "xml":
        return list(kit.records(json.loads(body), records.records))
    page = kit.parse_xml(body, url) if records.format == "xml" else kit.parse_html(body, url)
    if plan.source.kind is SourceKind.EMBEDDED:
        data = kit.embedded(
            page,
            records.embedded_kind,
            selector=records.embedded_selector,
            index=records.embedded_index,
            variable=records.embedded_variable,
        )
        return list(kit.records(data, records.records))
    return list(kit.rows_of(page, records.records, *records.fallbacks))


def read(plan: Plan, raw: object, field: Field) -> JsonValue:
    """Return a field's raw value from one raw record."""
    if plan.source.kind in DATA_KINDS or plan.source.kind is SourceKind.EMBEDDED:
        value: JsonValue = kit.pick(raw, field.locator)
        return value
    return raw.read(field.locator, *field.fallbacks) if isinstance(raw, kit.Node) else None
