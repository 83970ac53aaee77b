"""A harbour authority's API: OpenAPI 3 and a key; ids from one operation that another needs, lists inside records."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

KEY = "hk_live_5d1c09"
PORTS = {"prt_11": "Rotterdam", "prt_12": "Gdynia", "prt_13": "Porto", "prt_14": "Aarhus", "prt_15": "Bilbao"}
TYPES = ("tanker", "container", "bulk_carrier", "ferry")
FLAGS = ("Panama", "Malta", "Norway", "Liberia", "Denmark")
NAMES = (
    "Aurora",
    "Bjornson",
    "Castor",
    "Delphine",
    "Estrella",
    "Fulmar",
    "Gannet",
    "Hollandia",
    "Ilse",
    "Juno",
    "Kestrel",
    "Lyra",
    "Mistral",
    "Nordlys",
    "Orca",
    "Petrel",
)
GOODS = ("coffee", "steel coils", "timber", "wheat", "machine parts", "paper")


@dataclass(frozen=True, kw_only=True)
class Lot:
    goods: str
    tonnes: float
    consignee: str


@dataclass(frozen=True, kw_only=True)
class Vessel:
    imo: int
    name: str
    type: str
    flag: str
    length_m: float
    built: int
    lots: tuple[Lot, ...]


@dataclass(frozen=True, kw_only=True)
class Berth:
    id: str
    port_id: str
    name: str
    depth_m: float
    covered: bool


@dataclass(frozen=True, kw_only=True)
class Arrival:
    id: str
    port_id: str
    vessel: str
    imo: int
    eta: datetime
    status: str


def _fleet() -> tuple[Vessel, ...]:
    chance = random.Random(77)
    made: list[Vessel] = []
    for suffix in ("", " II", " Star"):
        for name in NAMES:
            lots = tuple(
                Lot(
                    goods=chance.choice(GOODS),
                    tonnes=chance.randint(20, 900) / 2,
                    consignee=chance.choice(("Ahlers", "Bertling", "Corvo", "Danser")),
                )
                for _ in range(chance.randint(0, 4))
            )
            made.append(
                Vessel(
                    imo=9100000 + len(made) * 37,
                    name=f"{name}{suffix}",
                    type=chance.choice(TYPES),
                    flag=chance.choice(FLAGS),
                    length_m=chance.randint(600, 3990) / 10,
                    built=chance.randint(1988, 2026),
                    lots=lots,
                )
            )
    return tuple(made)


VESSELS = _fleet()


def _berths() -> tuple[Berth, ...]:
    chance = random.Random(78)
    return tuple(
        Berth(
            id=f"brt_{port[4:]}{at:02d}",
            port_id=port,
            name=f"Quay {'ABCDEFG'[at % 7]}{at}",
            depth_m=chance.randint(60, 180) / 10,
            covered=chance.random() > 0.7,
        )
        for port in PORTS
        for at in range(1, 10)
    )


BERTHS = _berths()


def _arrivals() -> tuple[Arrival, ...]:
    chance = random.Random(79)
    made = []
    for number in range(140):
        vessel = chance.choice(VESSELS)
        made.append(
            Arrival(
                id=f"arr_{number:04d}",
                port_id=chance.choice(tuple(PORTS)),
                vessel=vessel.name,
                imo=vessel.imo,
                eta=datetime(2027, 2, 20, tzinfo=UTC) + timedelta(minutes=30 * chance.randint(0, 48 * 28)),
                status=chance.choice(("expected", "expected", "delayed", "berthed")),
            )
        )
    return tuple(sorted(made, key=lambda one: (one.eta, one.id)))


ARRIVALS = _arrivals()


def _parameter(name: str, schema: dict[str, Any], description: str, place: str = "query") -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "description": description, "schema": schema}


def _listing(model: str) -> dict[str, Any]:
    return {
        "200": {
            "description": "OK",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{model}"}},
                            "total": {"type": "integer"},
                        },
                    }
                }
            },
        },
        "401": {"description": "No or wrong API key"},
    }


PAGING = [
    _parameter("limit", {"type": "integer", "default": 20, "maximum": 100}, "Page size"),
    _parameter("offset", {"type": "integer", "default": 0}, "Number of items to skip"),
]
TEXT, NUMBER, INTEGER = {"type": "string"}, {"type": "number"}, {"type": "integer"}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Harbour Calls API", "version": "1.4.0", "description": "Ports, berths, vessels and arrivals."},
    "servers": [{"url": "/v1"}],
    "security": [{"ApiKey": []}],
    "paths": {
        "/ports": {
            "get": {
                "operationId": "listPorts",
                "tags": ["ports"],
                "summary": "List ports",
                "parameters": [_parameter("name", TEXT, "Exact name of the port"), *PAGING],
                "responses": _listing("Port"),
            }
        },
        "/ports/{portId}/berths": {
            "get": {
                "operationId": "listBerths",
                "tags": ["ports"],
                "summary": "List the berths of a port",
                "parameters": [
                    _parameter("portId", TEXT, "Id of the port", "path"),
                    _parameter("minDepth", NUMBER, "Least depth in metres"),
                    *PAGING,
                ],
                "responses": _listing("Berth"),
            }
        },
        "/ports/{portId}/arrivals": {
            "get": {
                "operationId": "listArrivals",
                "tags": ["arrivals"],
                "summary": "List the vessels expected at a port",
                "parameters": [
                    _parameter("portId", TEXT, "Id of the port", "path"),
                    _parameter("from", {"type": "string", "format": "date"}, "First day of arrival"),
                    _parameter("to", {"type": "string", "format": "date"}, "Last day of arrival"),
                    _parameter(
                        "status", {"type": "string", "enum": ["expected", "delayed", "berthed"]}, "Status of the call"
                    ),
                    *PAGING,
                ],
                "responses": _listing("Arrival"),
            }
        },
        "/vessels": {
            "get": {
                "operationId": "listVessels",
                "tags": ["vessels"],
                "summary": "List vessels",
                "parameters": [
                    _parameter("type", {"type": "string", "enum": list(TYPES)}, "Type of vessel"),
                    _parameter("flag", TEXT, "Flag state"),
                    _parameter("name", TEXT, "Part of the name"),
                    _parameter("builtAfter", INTEGER, "Built in this year or later"),
                    _parameter("sort", {"type": "string", "enum": ["name", "-length_m", "built"]}, "Order"),
                    *PAGING,
                ],
                "responses": _listing("Vessel"),
            }
        },
        "/vessels/{imo}": {
            "get": {
                "operationId": "getVessel",
                "tags": ["vessels"],
                "summary": "One vessel with its cargo lots",
                "parameters": [_parameter("imo", INTEGER, "IMO number", "path")],
                "responses": {
                    "200": {
                        "description": "OK",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/VesselWithLots"}}},
                    },
                    "404": {"description": "No such vessel"},
                },
            }
        },
    },
    "components": {
        "securitySchemes": {"ApiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        "schemas": {
            "Port": {"type": "object", "properties": {"id": TEXT, "name": TEXT, "berths": INTEGER}},
            "Berth": {
                "type": "object",
                "properties": {
                    "id": TEXT,
                    "port_id": TEXT,
                    "name": TEXT,
                    "depth_m": NUMBER,
                    "covered": {"type": "boolean"},
                },
            },
            "Arrival": {
                "type": "object",
                "properties": {
                    "id": TEXT,
                    "port_id": TEXT,
                    "vessel": TEXT,
                    "imo": INTEGER,
                    "eta": {"type": "string", "format": "date-time"},
                    "status": TEXT,
                },
            },
            "Vessel": {
                "type": "object",
                "properties": {
                    "imo": INTEGER,
                    "name": TEXT,
                    "type": TEXT,
                    "flag": TEXT,
                    "length_m": NUMBER,
                    "built": INTEGER,
                },
            },
            "Lot": {"type": "object", "properties": {"goods": TEXT, "tonnes": NUMBER, "consignee": TEXT}},
            "VesselWithLots": {
                "allOf": [
                    {"$ref": "#/components/schemas/Vessel"},
                    {
                        "type": "object",
                        "properties": {"lots": {"type": "array", "items": {"$ref": "#/components/schemas/Lot"}}},
                    },
                ]
            },
        },
    },
}


def home(request: Request) -> Response:
    return HTMLResponse(
        """<!doctype html><html lang="en"><head><title>Harbour Calls API</title><link rel="service-desc" type="application/json" href="/openapi.json"></head>
<body><h1>Harbour Calls API</h1><p>Ports, berths, vessels and arrivals for machines. Ask <a href="mailto:api@harbour.example">us</a> for a key and send it as <code>X-Api-Key</code>.</p>
<p><a href="/openapi.json">OpenAPI document</a></p></body></html>"""
    )


def _refused(request: Request) -> Response | None:
    if request.headers.get("x-api-key") == KEY:
        return None
    return JSONResponse({"error": "unauthorized", "message": "Send your API key in X-Api-Key"}, status_code=401)


def _paged(request: Request, found: list[dict[str, Any]]) -> Response:
    offset, limit = int(request.query_params.get("offset", 0)), min(int(request.query_params.get("limit", 20)), 100)
    return JSONResponse({"items": found[offset : offset + limit], "total": len(found)})


def _flat(one: Vessel) -> dict[str, Any]:
    return {key: value for key, value in asdict(one).items() if key != "lots"}


def ports(request: Request) -> Response:
    name = request.query_params.get("name")
    found = [
        {"id": key, "name": port, "berths": 9}
        for key, port in PORTS.items()
        if not name or port.lower() == name.lower()
    ]
    return _refused(request) or _paged(request, found)


def berths(request: Request) -> Response:
    if request.path_params["port"] not in PORTS:
        return _refused(request) or JSONResponse({"error": "not_found", "message": "No such port"}, status_code=404)
    depth = float(request.query_params.get("minDepth", 0))
    return _refused(request) or _paged(
        request, [asdict(one) for one in BERTHS if one.port_id == request.path_params["port"] and one.depth_m >= depth]
    )


def arrivals(request: Request) -> Response:
    if request.path_params["port"] not in PORTS:
        return _refused(request) or JSONResponse({"error": "not_found", "message": "No such port"}, status_code=404)
    asked = request.query_params
    found = [
        {**asdict(one), "eta": one.eta.isoformat()}
        for one in ARRIVALS
        if one.port_id == request.path_params["port"]
        and asked.get("from", "") <= one.eta.date().isoformat() <= asked.get("to", "9")
        and asked.get("status", one.status) == one.status
    ]
    return _refused(request) or _paged(request, found)


def vessels(request: Request) -> Response:
    asked = request.query_params
    if asked.get("type", TYPES[0]) not in TYPES:
        return JSONResponse({"error": "bad_request", "message": "type: not one of the allowed values"}, status_code=400)
    found = [
        one
        for one in VESSELS
        if asked.get("type", one.type) == one.type
        and asked.get("flag", one.flag).lower() == one.flag.lower()
        and asked.get("name", "").lower() in one.name.lower()
        and one.built >= int(asked.get("builtAfter", 0))
    ]
    if asked.get("sort") == "-length_m":
        found.sort(key=lambda one: -one.length_m)
    elif asked.get("sort") == "built":
        found.sort(key=lambda one: one.built)
    else:
        found.sort(key=lambda one: one.name)
    return _refused(request) or _paged(request, [_flat(one) for one in found])


def vessel(request: Request) -> Response:
    found = [one for one in VESSELS if one.imo == request.path_params["imo"]]
    return _refused(request) or (
        JSONResponse(asdict(found[0]))
        if found
        else JSONResponse({"error": "not_found", "message": "No such vessel"}, status_code=404)
    )


def _vessels(*found: Vessel) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.name, one.imo) for one in found)


def _at(name: str) -> str:
    return next(key for key, port in PORTS.items() if port == name)


def _between(port: str, first: datetime, last: datetime) -> tuple[tuple[Fact, ...], ...]:
    return tuple(
        (one.vessel, one.eta.replace(tzinfo=None))
        for one in ARRIVALS
        if one.port_id == _at(port) and first <= one.eta < last
    )


QUESTIONS = (
    Question(
        id="harbour-tankers",
        text="tankers under the flag of Panama",
        rows=_vessels(*(one for one in VESSELS if (one.type, one.flag) == ("tanker", "Panama"))),
    ),
    Question(
        id="harbour-longest",
        text="the 5 longest container vessels",
        rows=_vessels(*sorted((one for one in VESSELS if one.type == "container"), key=lambda one: -one.length_m)[:5]),
        ordered=True,
    ),
    Question(
        id="harbour-built",
        text="ferries built after 2010",
        rows=_vessels(*(one for one in VESSELS if one.type == "ferry" and one.built > 2010)),
    ),
    Question(
        id="harbour-berths",
        text="berths in Porto deeper than 12 metres",
        rows=tuple((one.name, one.depth_m) for one in BERTHS if one.port_id == _at("Porto") and one.depth_m > 12),
    ),
    Question(
        id="harbour-arrivals",
        text="arrivals in Rotterdam next week",
        rows=_between("Rotterdam", datetime(2027, 3, 8, tzinfo=UTC), datetime(2027, 3, 15, tzinfo=UTC)),
    ),
    Question(
        id="harbour-delayed",
        text="delayed arrivals in Gdynia in March",
        rows=tuple(
            (one.vessel, one.eta.replace(tzinfo=None))
            for one in ARRIVALS
            if (one.port_id, one.status) == (_at("Gdynia"), "delayed") and one.eta.month == 3
        ),
    ),
    Question(
        id="harbour-lots",
        text="cargo lots on the vessel Estrella II",
        rows=tuple(
            (lot.goods, lot.tonnes, lot.consignee) for one in VESSELS if one.name == "Estrella II" for lot in one.lots
        ),
    ),
    Question(id="harbour-ports", text="all ports", rows=tuple((key, name) for key, name in PORTS.items())),
)

SITE = TownSite(
    name="harbour",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/openapi.json", lambda request: JSONResponse(DOCUMENT)),
            Route("/v1/ports", ports),
            Route("/v1/ports/{port}/berths", berths),
            Route("/v1/ports/{port}/arrivals", arrivals),
            Route("/v1/vessels", vessels),
            Route("/v1/vessels/{imo:int}", vessel),
        ]
    ),
    questions=QUESTIONS,
    secret=("X-Api-Key", KEY),
)
