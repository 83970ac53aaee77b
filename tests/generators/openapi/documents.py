"""A small API description of a made-up ticket shop, in the three versions."""

from __future__ import annotations

import json
from typing import Any

SERVER = "https://api.tickets.example/v1"

EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "description": "What it is called"},
        "starts": {"type": "string", "format": "date-time"},
        "price": {"type": "object", "properties": {"amount": {"type": "number"}, "currency": {"type": "string"}}},
        "parent": {"$ref": "#/components/schemas/Event"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}


def query(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    """Return a query parameter of version 3."""
    told: dict[str, Any] = {k: more.pop(k) for k in ("description", "required", "explode") if k in more}
    return {"name": name, "in": "query", "schema": {"type": kind, **more}, **told}


def answer(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the responses of an operation that answers with JSON."""
    return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}


def document(**paths: Any) -> dict[str, Any]:
    """Return the shop's description in version 3, with further paths."""
    event = {"$ref": "#/components/schemas/Event"}
    listing = {
        "type": "object",
        "properties": {"total": {"type": "integer"}, "items": {"type": "array", "items": event}},
    }
    search = [
        query("keyword", description="Search text"),
        query("city"),
        query("countryCode"),
        query("stateCode", description="Filter by state code"),
        query("startDateTime", description="Only events after this date"),
        query("endDateTime", description="Only events before this date"),
        query("onsaleStartDateTime", description="On sale after this date"),
        query("latlong"),
        query("radius", "integer"),
        query("unit", enum=["miles", "km"]),
        query("sort", description="Allowable values: 'name,asc', 'date,asc', 'date,desc', 'name,date,asc'"),
        query("status", enum=["open", "closed"]),
        query("page", "integer", default=0),
        query("size", "integer", maximum=100),
        query("ids", "array", explode=False),
    ]
    return {
        "openapi": "3.0.3",
        "info": {"title": "Ticket shop", "version": "1"},
        "servers": [{"url": SERVER}],
        "paths": {
            "/events": {"get": {"summary": "Event search", "parameters": search, "responses": answer(listing)}},
            "/events/{id}": {"get": {"summary": "Event details", "responses": answer(event)}},
            "/venues": {
                "get": {"summary": "Venue search", "responses": answer({"type": "array", "items": {"type": "object"}})}
            },
            "/orders": {
                "post": {
                    "operationId": "createOrder",
                    "security": [{"Shop Key": []}],
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["event"],
                                    "properties": {"event": {"type": "string"}, "seats": {"type": "integer"}},
                                }
                            }
                        },
                    },
                    "responses": {"201": {"description": "made"}},
                }
            },
            **paths,
        },
        "components": {
            "schemas": {"Event": EVENT},
            "securitySchemes": {"Shop Key": {"type": "apiKey", "in": "header", "name": "X-Shop-Key"}},
        },
    }


def text(**paths: Any) -> str:
    """Return the description as JSON."""
    return json.dumps(document(**paths))
