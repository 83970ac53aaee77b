"""A small ticket API on loopback, its description, and what it was asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from examples.events_site.serve import serving
from tests.generators.openapi.documents import answer, document, query

EVENTS = [{"id": f"e{n}", "name": f"Concert {n}", "starts": "2027-05-12T20:00:00Z"} for n in range(3)]
LISTED = {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}
WANTED_KEY = "placeholder-0001"


def description() -> dict[str, Any]:
    """Return the API's description: version 3, with operations of every kind that can be told apart."""
    header = {"name": "traceFlag", "in": "header", "schema": {"type": "boolean"}, "required": True}
    cookie = {"name": "theme", "in": "cookie", "schema": {"type": "string", "enum": ["dark"]}}
    deep = {"name": "box", "in": "query", "style": "deepObject", "schema": {"type": "object"}}
    pipes = {**query("kinds", "array", items={"type": "string"}), "style": "pipeDelimited"}
    listed = {"name": "ids", "in": "path", "required": True, "schema": {"type": "array", "items": {"type": "integer"}}}
    packed = {"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}}
    echoed = answer({"type": "object", "properties": {"query": {"type": "string"}, "cookie": {"type": "string"}}})
    numbers = {"application/json": {"schema": {"type": "array", "items": {"type": "integer"}}}}
    whole = {"requestBody": {"required": True, "content": numbers}}
    secured = {"operationId": "list secret events", "security": [{"Shop Key": []}], "responses": answer(LISTED)}
    paths = {
        "/echo/{ids}": {"get": {"parameters": [header, cookie, deep, pipes, listed, packed], "responses": echoed}},
        "/empty": {"get": {"responses": answer(LISTED)}},
        "/wrong": {"get": {"operationId": "listWrong", "responses": answer(EVENT_OF_OLD)}},
        "/note": {"get": {"operationId": "readNote", "responses": {"200": {"content": {"text/plain": {}}}}}},
        "/secret": {"get": secured},
        "/batch": {"post": {**whole, "operationId": "sendBatch", "responses": {"204": {"description": "done"}}}},
        "/broken": {"get": {"summary": "no responses"}},
    }
    return {**document(**paths), "info": {"title": "Tickets", "version": "1"}}


EVENT_OF_OLD: dict[str, Any] = {"type": "object", "properties": {"label": {"type": "string"}}}
"""What the description of one operation still says, though the API answers with something else."""


@asynccontextmanager
async def ticket_api(folder: Path) -> AsyncIterator[tuple[str, Path]]:
    """Serve the API; yields its address and the file of its description."""
    routes = [
        Route("/events", lambda _: JSONResponse({"total": 3, "items": EVENTS})),
        Route("/events/{id}", lambda request: JSONResponse({**EVENTS[0], "id": request.path_params["id"]})),
        Route("/echo/{ids}", _echo),
        Route("/empty", lambda _: JSONResponse([])),
        Route("/wrong", lambda _: JSONResponse({"meta": {"n": 3}, "events": EVENTS})),
        Route("/note", lambda _: Response("two  lines\nof text", media_type="text/plain")),
        Route("/secret", _secret),
        Route("/batch", _batch, methods=["POST"]),
    ]
    path = folder / "tickets.json"
    path.write_text(json.dumps(description()), encoding="utf-8")
    async with serving(Starlette(routes=routes)) as url:
        yield url, path


def _echo(request: Request) -> Response:
    told = f"{request.url.path}?{request.url.query} {request.headers.get('traceFlag')}"
    return JSONResponse({"query": told, "cookie": request.headers.get("cookie", "")})


def _secret(request: Request) -> Response:
    if request.headers.get("X-Shop-Key") != WANTED_KEY:
        return JSONResponse({"error": "who are you?"}, status_code=401)
    return JSONResponse(EVENTS)


async def _batch(request: Request) -> Response:
    return Response(status_code=204 if isinstance(await request.json(), list) else 400)
