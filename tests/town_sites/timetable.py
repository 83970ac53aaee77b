"""A transport interface with an OpenAPI document: departures want the id of a station, found first by its name."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import TODAY, Question, TownSite

NAMES = (
    "Harbour Square",
    "Old Mill",
    "City Hall",
    "University",
    "Botanic Garden",
    "North Gate",
    "Airport",
    "Riverside Park",
    "Market Street",
    "Museum Island",
    "Stadium",
    "Brewery",
    "Opera",
    "Lakeside",
    "Hospital",
    "Fairground",
)
LINES = {"tram": ("T1", "T4", "T7"), "bus": ("12", "38", "N3"), "ferry": ("F2",)}


@dataclass(frozen=True, kw_only=True)
class Station:
    id: str
    name: str
    zone: int
    accessible: bool


@dataclass(frozen=True, kw_only=True)
class Departure:
    station: str
    line: str
    mode: str
    direction: str
    at: datetime


STATIONS = tuple(
    Station(id=f"de:14:{4100 + at * 13}", name=name, zone=1 + at % 3, accessible=at % 4 != 1)
    for at, name in enumerate(NAMES)
)


def _departures() -> tuple[Departure, ...]:
    chance = random.Random(113)
    made = []
    for station in STATIONS:
        at = datetime.combine(TODAY, time(6))
        for _ in range(24):
            at += timedelta(minutes=chance.randint(15, 65))
            mode = chance.choice(("tram", "tram", "bus", "bus", "ferry"))
            made.append(
                Departure(
                    station=station.id,
                    line=chance.choice(LINES[mode]),
                    mode=mode,
                    direction=chance.choice([name for name in NAMES if name != station.name]),
                    at=at,
                )
            )
    return tuple(one for one in made if one.at.date() == TODAY)


DEPARTURES = _departures()


async def document(request: Request) -> Response:
    text, integer = {"type": "string"}, {"type": "integer"}
    station = {
        "type": "object",
        "properties": {"id": text, "name": text, "zone": integer, "accessible": {"type": "boolean"}},
        "required": ["id", "name", "zone"],
    }
    departure = {
        "type": "object",
        "properties": {
            "line": text,
            "mode": {"type": "string", "enum": list(LINES)},
            "direction": text,
            "departs_at": {"type": "string", "format": "date-time"},
        },
    }
    return JSONResponse(
        {
            "openapi": "3.0.3",
            "info": {"title": "City Transport", "version": "1.4"},
            "servers": [{"url": "/api"}],
            "paths": {
                "/stations": {
                    "get": {
                        "operationId": "searchStations",
                        "summary": "Find stations by name or zone",
                        "parameters": [
                            {"name": "query", "in": "query", "description": "Part of a station's name", "schema": text},
                            {"name": "zone", "in": "query", "description": "Fare zone", "schema": integer},
                        ],
                        "responses": _answer({"type": "array", "items": station}),
                    }
                },
                "/stations/{stationId}/departures": {
                    "get": {
                        "operationId": "listDepartures",
                        "summary": "Departures from one station, today",
                        "parameters": [
                            {
                                "name": "stationId",
                                "in": "path",
                                "required": True,
                                "description": "The id of the station",
                                "schema": text,
                            },
                            {"name": "mode", "in": "query", "schema": {"type": "string", "enum": list(LINES)}},
                        ],
                        "responses": _answer({"type": "array", "items": departure}),
                    }
                },
            },
        }
    )


def _answer(schema: dict[str, object]) -> dict[str, object]:
    return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}


async def home(request: Request) -> Response:
    return HTMLResponse(
        '<html lang="en"><head><title>City Transport for developers</title><link rel="service-desc" href="/openapi.json"></head>'
        "<body><h1>City Transport for developers</h1><p>Timetable data, free to use.</p></body></html>"
    )


async def stations(request: Request) -> Response:
    asked = request.query_params
    found = [
        one
        for one in STATIONS
        if asked.get("query", "").lower() in one.name.lower() and asked.get("zone", str(one.zone)) == str(one.zone)
    ]
    return JSONResponse(
        [{"id": one.id, "name": one.name, "zone": one.zone, "accessible": one.accessible} for one in found]
    )


async def departures(request: Request) -> Response:
    station = request.path_params["station"]
    if station not in {one.id for one in STATIONS}:
        return JSONResponse({"detail": "no such station"}, status_code=404)
    found = [
        one for one in DEPARTURES if one.station == station and request.query_params.get("mode", one.mode) == one.mode
    ]
    return JSONResponse(
        [
            {"line": one.line, "mode": one.mode, "direction": one.direction, "departs_at": one.at.isoformat()}
            for one in found
        ]
    )


def _from(name: str) -> list[Departure]:
    station = next(one for one in STATIONS if one.name == name)
    return [one for one in DEPARTURES if one.station == station.id]


def _rows(*found: Departure) -> tuple[tuple[str, str, datetime], ...]:
    return tuple((one.line, one.direction, one.at) for one in found)


QUESTIONS = (
    Question(
        id="timetable-from", honest=True, text="departures from Harbour Square", rows=_rows(*_from("Harbour Square"))
    ),
    Question(
        id="timetable-trams",
        honest=True,
        text="tram departures from Old Mill after 6 pm",
        rows=_rows(*(one for one in _from("Old Mill") if one.mode == "tram" and one.at.time() > time(18))),
    ),
    Question(
        id="timetable-zone",
        text="stations in zone 2",
        rows=tuple((one.name, one.zone) for one in STATIONS if one.zone == 2),
    ),
    Question(
        id="timetable-accessible",
        text="accessible stations",
        rows=tuple((one.name, one.zone) for one in STATIONS if one.accessible),
    ),
    Question(id="timetable-which", text="the next departures", asks="station"),
)

SITE = TownSite(
    name="timetable",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/openapi.json", document),
            Route("/api/stations", stations),
            Route("/api/stations/{station}/departures", departures),
        ]
    ),
    questions=QUESTIONS,
)
