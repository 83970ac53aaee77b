from __future__ import annotations

import ast
import json

import pytest
import yaml

from domain.errors import InvalidQuery
from domain.plan import FieldType, PagingKind, Plan, SourceBinding
from generators.emit import describe, emit
from generators.openapi import Skipped, import_all, load, operations
from tests.generators.builders import NOW
from tests.generators.openapi.documents import EVENT, SERVER, answer, document, query, text
from tests.requirements import requirement


def plans(source: str, base: str = "") -> dict[str, Plan]:
    return {p.tool_name: p for p in import_all(load(source), base) if isinstance(p, Plan)}


@requirement("IMPORT-1")
def test_every_operation_becomes_a_plan_that_can_be_written_as_code() -> None:
    made = plans(text())
    assert set(made) == {"get_events", "get_events_id", "get_venues", "create_order"}
    for plan in made.values():
        ast.parse(emit(plan, NOW).code)
        assert describe(plan).input_schema["type"] == "object"
    events = made["get_events"]
    assert events.records.records == "items"
    assert {"id", "name", "starts", "tags", "price_amount"} <= {f.name for f in events.fields}
    assert events.paging is not None
    assert (events.paging.kind, events.paging.parameter, events.paging.first) == (PagingKind.PAGE, "page", 0)
    assert (events.paging.size_parameter, events.paging.size) == ("size", 100)


@requirement("IMPORT-1")
def test_parameters_keep_their_types_choices_and_places() -> None:
    made = plans(text())
    events = {p.name: p for p in made["get_events"].parameters}
    assert events["status"].choices == ("open", "closed")
    assert events["radius"].type is FieldType.INTEGER
    assert events["ids"].bindings == (SourceBinding(name="ids", encoding="csv"),)
    identifier = next(p for p in made["get_events_id"].parameters if p.name == "id")
    assert identifier.required
    assert identifier.bindings == (SourceBinding(name="id", location="path"),)
    assert made["get_events_id"].records.records == "{}"


@requirement("IMPORT-1")
def test_a_change_says_so_and_names_its_secret_and_its_body() -> None:
    order = plans(text())["create_order"]
    assert order.intent.writes
    assert order.records.request.secret == "ticket_shop_shop_key"
    assert order.records.request.body_kind == "json"
    assert [(p.name, p.required) for p in order.parameters] == [("event", True), ("seats", False)]


@requirement("IMPORT-1")
def test_the_site_overrides_the_servers() -> None:
    assert plans(text())["get_events"].records.request.url == f"{SERVER}/events"
    moved = plans(text(), "http://127.0.0.1:4010/mock/")["get_events"]
    assert moved.records.request.url == "http://127.0.0.1:4010/mock/events"
    assert moved.hosts == ("http://127.0.0.1:4010",)


@requirement("IMPORT-1")
def test_a_broken_operation_is_skipped_with_its_reason_and_the_rest_is_kept() -> None:
    broken = {
        "/none": {"get": {"summary": "no responses"}},
        "/file": {"post": {"requestBody": {"required": True, "content": {"image/png": {}}}, "responses": answer({})}},
        "/lost": {"get": {"parameters": [{"$ref": "#/components/parameters/Nowhere"}], "responses": answer({})}},
        "/odd": {"get": "not an operation"},
        "/circle": {"get": {"$ref": "#/paths/~1circle/get"}},
    }
    results = import_all(load(text(**broken)))
    skipped = {r.operation: r.reason for r in results if isinstance(r, Skipped)}
    assert set(skipped) == {"GET /none", "POST /file", "GET /lost", "GET /odd", "GET /circle"}
    assert skipped["GET /lost"] == "a parameter leads nowhere"
    assert len([r for r in results if isinstance(r, Plan)]) == 4


def test_circular_schemas_end() -> None:
    event = {"$ref": "#/components/schemas/Event"}
    members = {"name": {"type": "string"}, "child": {"anyOf": [event, event]}}
    node = {"type": "object", "properties": members}
    described = document()
    described["components"]["schemas"]["Event"] = {"allOf": [node, {"$ref": "#/components/schemas/Event"}]}
    found, broken = operations(load(json.dumps(described)))
    assert len(found) == 4
    assert not broken


@requirement("IMPORT-1")
def test_version_two_reads_alike() -> None:
    two = {
        "swagger": "2.0",
        "info": {"title": "Shop"},
        "host": "api.tickets.example",
        "basePath": "/v1",
        "schemes": ["http", "https"],
        "produces": ["application/json"],
        "securityDefinitions": {"key": {"type": "apiKey", "in": "query", "name": "api_key"}},
        "security": [{"key": []}],
        "definitions": {"Event": {**EVENT, "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}},
        "paths": {
            "/events": {
                "get": {
                    "parameters": [
                        {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"}},
                        {"name": "offset", "in": "query", "type": "integer"},
                        {"name": "limit", "in": "query", "type": "integer", "maximum": 50},
                        {"name": "api_key", "in": "query", "type": "string", "required": True},
                    ],
                    "responses": {"200": {"schema": {"type": "array", "items": {"$ref": "#/definitions/Event"}}}},
                },
                "post": {
                    "parameters": [{"name": "name", "in": "formData", "type": "string", "required": True}],
                    "responses": {"201": {"description": "made"}},
                },
            }
        },
    }
    made = plans(json.dumps(two))
    listed = made["get_events"]
    assert listed.records.request.url == f"{SERVER}/events"
    assert listed.records.request.secret == "shop_key"
    assert [p.name for p in listed.parameters] == ["tags", "limit"]
    assert listed.parameters[0].bindings == (SourceBinding(name="tags", encoding="csv"),)
    assert listed.paging is not None
    assert (listed.paging.kind, listed.paging.parameter, listed.paging.size) == (PagingKind.OFFSET, "offset", 50)
    assert made["post_events"].records.request.body_kind == "form"


def test_version_three_one_in_yaml_reads_alike() -> None:
    described = document()
    described["openapi"] = "3.1.0"
    described["paths"]["/days"] = {
        "get": {
            "parameters": [query("day", example="2027-05-12")],
            "responses": answer({"type": ["array", "null"], "items": {"type": "string"}}),
        }
    }
    made = plans(yaml.safe_dump(described))
    assert [f.name for f in made["get_days"].fields] == ["content"]
    assert made["get_days"].records.records == ""


@pytest.mark.parametrize("bad", ["", "[1, 2]", "{", "a: &a [*a]", '{"openapi": "3.0.0"}', "just words", "x: [", "\x00"])
def test_what_is_no_document_is_said_to_be_none(bad: str) -> None:
    with pytest.raises(InvalidQuery):
        load(bad)


@requirement("IMPORT-1")
def test_two_thousand_operations_have_names_of_their_own() -> None:
    many = {
        f"/things{n % 7}/{'x' * (n % 90)}{n}": {"get": {"operationId": f"read {n % 3}", "responses": answer({})}}
        for n in range(2000)
    }
    names = [r.tool_name for r in import_all(load(text(**many))) if isinstance(r, Plan)]
    assert len(names) == len(set(names)) == 2004
    assert max(map(len, names)) <= 64
