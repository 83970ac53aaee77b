"""River gauges as an open interface with a key: Swagger's page, its description, stations, and readings apart."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import NOW, Question, TownSite

KEY = "rg_live_5b1f0c77e2"
RIVERS = ("Ilme", "Sorne", "Vessel", "Great Tarn", "Hagbrook")
HEADS = ("Upper", "Lower", "Old", "New", "Saint", "Long", "East", "West")
TAILS = ("Bridge", "Weir", "Ford", "Lock", "Sluice")
STATUSES = ("active", "active", "active", "active", "maintenance", "decommissioned")


@dataclass(frozen=True, kw_only=True)
class Gauge:
    id: str
    name: str
    river: str
    kilometre: float
    status: str
    operator: str
    warning: int
    since: int
    level: int | None
    flow: float | None
    measured: datetime | None


def _gauges() -> tuple[Gauge, ...]:
    chance = random.Random(66)
    names = [f"{head} {river} {tail}" for river in RIVERS for head in HEADS for tail in TAILS]
    levels = chance.sample(range(40, 620), 120)
    found: list[Gauge] = []
    for name in chance.sample(names, 112):
        status = chance.choice(STATUSES)
        level = levels.pop() if status == "active" else None
        found.append(
            Gauge(
                id=f"RG{chance.randrange(1000, 9999)}{len(found):03}",
                name=name,
                river=next(river for river in RIVERS if river in name),
                kilometre=chance.randrange(10, 1900) / 10,
                status=status,
                operator=chance.choice(("Water Board North", "Water Board South", "Harbour Trust")),
                warning=chance.choice((350, 420, 480, 550)),
                since=chance.randrange(1951, 2022),
                level=level,
                flow=chance.randrange(20, 4000) / 10 if level else None,
                measured=NOW - timedelta(minutes=15 * chance.randrange(1, 5)) if level else None,
            )
        )
    return tuple(sorted(found, key=lambda one: one.id))


GAUGES = _gauges()


def home(request: Request) -> Response:
    return HTMLResponse("""<!DOCTYPE html>
<html lang="en"><head><meta charset="UTF-8"><title>River Gauges API - Swagger UI</title>
<link rel="icon" href="data:,"><link rel="describedby" href="/openapi.json"></head><body>
<div id="swagger-ui"></div><noscript>The API description is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/swagger-ui-bundle.js" charset="UTF-8"></script><script>
window.onload = function () {
  window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true });
};
</script></body></html>""")


BUNDLE = """window.SwaggerUIBundle = function (options) {
  var root = document.querySelector(options.dom_id);
  fetch(options.url).then(function (r) { return r.json(); }).then(function (spec) {
    root.innerHTML = '<div class="info"><h2 class="title"></h2><a class="link"></a><p></p></div>';
    root.querySelector('h2').textContent = spec.info.title + ' ' + spec.info.version;
    root.querySelector('a').textContent = options.url; root.querySelector('a').href = options.url;
    root.querySelector('p').textContent = spec.info.description;
    Object.keys(spec.paths).forEach(function (path) {
      var block = document.createElement('div'); block.className = 'opblock opblock-get';
      block.textContent = 'GET ' + path + ' ' + spec.paths[path].get.summary; root.append(block);
    });
  });
};
"""


def _parameter(name: str, kind: str, about: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": {"type": kind, **more}}


def _answer(name: str, *, many: bool) -> dict[str, Any]:
    one: dict[str, Any] = {"$ref": f"#/components/schemas/{name}"}
    page = {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": one},
            "meta": {"$ref": "#/components/schemas/Meta"},
        },
    }
    content = {"application/json": {"schema": page if many else one}}
    return {"200": {"description": "OK", "content": content}, "401": {"description": "Missing or invalid API key"}}


TYPES = {
    **{name: {"type": name} for name in ("string", "number", "integer")},
    "time": {"type": "string", "format": "date-time"},
}


def _object(**types: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: TYPES[kind] for name, kind in types.items()}}


PAGING = (
    _parameter("page", "integer", "Page number, from 1", default=1, minimum=1),
    _parameter("per_page", "integer", "Items per page, at most 50", default=25, maximum=50),
)
SPEC: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {
        "title": "River Gauges API",
        "version": "1.4.0",
        "description": "Stations and current readings of the river gauge network. Send your key as X-API-Key.",
    },
    "servers": [{"url": "/v1"}],
    "security": [{"ApiKeyAuth": []}],
    "paths": {
        "/stations": {
            "get": {
                "operationId": "listStations",
                "summary": "List stations",
                "parameters": [
                    _parameter("river", "string", "Name of the river", enum=list(RIVERS)),
                    _parameter("status", "string", "Status", enum=["active", "maintenance", "decommissioned"]),
                    *PAGING,
                ],
                "responses": _answer("Station", many=True),
            }
        },
        "/stations/{id}": {
            "get": {
                "operationId": "getStation",
                "summary": "One station with its warning level and operator",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": _answer("StationDetail", many=False),
            }
        },
        "/readings/latest": {
            "get": {
                "operationId": "latestReadings",
                "summary": "Latest reading of every active station",
                "parameters": [
                    _parameter("station_id", "string", "Only this station"),
                    *PAGING,
                ],
                "responses": _answer("Reading", many=True),
            }
        },
    },
    "components": {
        "securitySchemes": {"ApiKeyAuth": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        "schemas": {
            "Station": _object(id="string", name="string", river="string", river_km="number", status="string"),
            "StationDetail": _object(
                id="string",
                name="string",
                river="string",
                river_km="number",
                status="string",
                operator="string",
                warning_level_cm="integer",
                operating_since="integer",
            ),
            "Reading": _object(
                station_id="string", station_name="string", level_cm="integer", flow_m3s="number", measured_at="time"
            ),
            "Meta": _object(page="integer", per_page="integer", total="integer", total_pages="integer"),
        },
    },
}


def _station(one: Gauge) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "river": one.river, "river_km": one.kilometre, "status": one.status}


def _refused(request: Request) -> Response | None:
    if request.headers.get("x-api-key") == KEY:
        return None
    problem = {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "Missing or invalid API key."}
    return JSONResponse(problem, status_code=401, media_type="application/problem+json")


def _paged(request: Request, found: list[dict[str, Any]]) -> Response:
    try:
        at, size = (int(request.query_params.get(key, usual)) for key, usual in (("page", 1), ("per_page", 25)))
    except ValueError:
        at = size = 0
    if at < 1 or not 1 <= size <= 50:
        problem = {"title": "Bad Request", "status": 400, "detail": "page and per_page are out of range."}
        return JSONResponse(problem, status_code=400, media_type="application/problem+json")
    meta = {"page": at, "per_page": size, "total": len(found), "total_pages": -(-len(found) // size)}
    return JSONResponse({"data": found[(at - 1) * size : at * size], "meta": meta})


def stations(request: Request) -> Response:
    """The stations of a page, of a river or in a status."""
    asked = request.query_params
    return _refused(request) or _paged(
        request,
        [
            _station(one)
            for one in GAUGES
            if asked.get("river") in (None, "", one.river) and asked.get("status") in (None, "", one.status)
        ],
    )


def station(request: Request) -> Response:
    one = next((one for one in GAUGES if one.id == request.path_params["id"]), None)
    if one is None:
        return _refused(request) or JSONResponse({"title": "Not Found", "status": 404}, status_code=404)
    more = {"operator": one.operator, "warning_level_cm": one.warning, "operating_since": one.since}
    return _refused(request) or JSONResponse({**_station(one), **more})


def readings(request: Request) -> Response:
    """The last reading of each active station."""
    wanted = request.query_params.get("station_id")
    return _refused(request) or _paged(
        request,
        [
            {
                "station_id": one.id,
                "station_name": one.name,
                "level_cm": one.level,
                "flow_m3s": one.flow,
                "measured_at": f"{one.measured:%Y-%m-%dT%H:%M:%SZ}",
            }
            for one in GAUGES
            if one.measured and wanted in (None, "", one.id)
        ],
    )


def _by_level() -> list[Gauge]:
    return sorted(GAUGES, key=lambda one: one.level or 0, reverse=True)


QUESTIONS = (
    Question(
        id="gauges-1",
        text="Which stations on the Ilme are under maintenance or decommissioned?",
        rows=tuple((one.name, one.status) for one in GAUGES if one.river == "Ilme" and one.status != "active"),
    ),
    Question(
        id="gauges-2",
        text="the five stations with the highest water level right now",
        rows=tuple((one.name, one.level or 0) for one in _by_level()[:5]),
        ordered=True,
    ),
    Question(
        id="gauges-3",
        text="active stations on the Sorne with a current level above 300 cm",
        rows=tuple((one.name, one.level) for one in GAUGES if one.river == "Sorne" and one.level and one.level > 300),
    ),
    Question(
        id="gauges-4",
        text="Which stations on the Great Tarn or the Ilme are above their warning level right now?",
        rows=tuple(
            (one.name, one.level)
            for one in GAUGES
            if one.river in ("Great Tarn", "Ilme") and one.level and one.level > one.warning
        ),
    ),
)

SITE = TownSite(
    name="gauges",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/openapi.json", lambda request: JSONResponse(SPEC)),
            Route("/swagger-ui-bundle.js", lambda request: Response(BUNDLE, media_type="text/javascript")),
            Route("/v1/stations", stations),
            Route("/v1/stations/{id}", station),
            Route("/v1/readings/latest", readings),
        ]
    ),
    questions=QUESTIONS,
    secret=("X-API-Key", KEY),
)
