"""A German property portal: a map and a list filled from one endpoint that wants the map's corners."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import TODAY, Question, TownSite

TOWNS = {"Leipzig": (51.34, 12.37), "Halle": (51.48, 11.97), "Dresden": (51.05, 13.74), "Chemnitz": (50.83, 12.92)}
KINDS = {"Wohnung": 0.75, "Haus": 0.25}
STREETS = ("Lindenallee", "Ringstraße", "Gartenweg", "Am Markt", "Goethestraße", "Mühlgasse")


@dataclass(frozen=True, kw_only=True)
class Home:
    number: int
    title: str
    kind: str
    town: str
    street: str
    rooms: float
    area: float
    rent: int
    balcony: bool
    free: date
    lat: float
    lng: float


def _homes() -> tuple[Home, ...]:
    chance = random.Random(67)
    homes = []
    for number in range(9001, 9261):
        town = chance.choice(list(TOWNS))
        kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
        rooms = chance.choice((1, 1.5, 2, 2.5, 3, 3, 4, 5))
        area = round(rooms * chance.uniform(19, 34), 1)
        homes.append(
            Home(
                number=number,
                title=f"{'Helle' if chance.random() < 0.5 else 'Ruhige'} Lage, Angebot {number}",
                kind=kind,
                town=town,
                street=f"{chance.choice(STREETS)} {chance.randint(1, 120)}",
                rooms=rooms,
                area=area,
                rent=1100 if number % 37 == 0 else int(area * chance.uniform(7, 17)),
                balcony=chance.random() < 0.4,
                free=TODAY + timedelta(days=chance.randint(0, 150)),
                lat=round(TOWNS[town][0] + chance.uniform(-0.05, 0.05), 5),
                lng=round(TOWNS[town][1] + chance.uniform(-0.08, 0.08), 5),
            )
        )
    return tuple(homes)


HOMES = _homes()

PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Mietangebote in Sachsen und Umgebung</title></head>
<body><header><strong>Heimatportal</strong> <a href="/merkliste">Merkliste</a> <a href="/impressum">Impressum</a></header>
<div class="filter"><label>Ort <select id="ort"><option value="">Alle</option><option>Leipzig</option><option>Halle</option>
<option>Dresden</option><option>Chemnitz</option></select></label><label>Art <select id="art"><option value="">Alle</option>
<option>Wohnung</option><option>Haus</option></select></label><label>Miete bis <input id="miete" type="number"></label></div>
<div id="karte" style="height:200px"></div><h1>Mietangebote</h1><p id="treffer"></p><ul id="liste"></ul><script>
const ecken = [50.5, 11.5, 51.8, 14.2];
const zahl = new Intl.NumberFormat("de-DE");
async function laden() {
  const frage = new URLSearchParams({bbox: ecken.join(","), zoom: "8"});
  for (const name of ["ort", "art", "miete"]) {
    const wert = document.getElementById(name).value;
    if (wert) frage.set(name === "miete" ? "miete_max" : name, wert);
  }
  const antwort = await fetch("/api/karte/objekte?" + frage, {headers: {Accept: "application/json"}});
  const daten = await antwort.json();
  document.getElementById("treffer").textContent = daten.treffer + " Angebote";
  document.getElementById("liste").innerHTML = daten.objekte.map(o => `<li class="objekt"><a href="/expose/${o.id}">
    <h2>${o.titel}</h2></a><p class="adresse">${o.adresse.strasse}, ${o.adresse.ort}</p><dl><dt>Kaltmiete</dt>
    <dd>${zahl.format(o.kaltmiete)} €</dd><dt>Wohnfläche</dt><dd>${zahl.format(o.wohnflaeche)} m²</dd><dt>Zimmer</dt>
    <dd>${zahl.format(o.zimmer)}</dd></dl><p>${o.objektart}${o.balkon ? " · Balkon" : ""} · frei ab ${o.frei_ab}</p></li>`).join("");
}
document.querySelectorAll(".filter select, .filter input").forEach(e => e.addEventListener("change", laden));
laden();
</script></body></html>"""


async def page(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def objects(request: Request) -> Response:
    asked = request.query_params
    corners = [float(part) for part in asked.get("bbox", "").split(",") if part]
    if len(corners) != 4:
        return JSONResponse({"fehler": "bbox fehlt"}, status_code=400)
    south, west, north, east = corners
    found = [
        home
        for home in HOMES
        if south <= home.lat <= north
        and west <= home.lng <= east
        and asked.get("ort", home.town) == home.town
        and asked.get("art", home.kind) == home.kind
        and home.rent <= int(asked.get("miete_max") or 10**6)
    ]
    return JSONResponse({"treffer": len(found), "objekte": [_object(home) for home in found]})


def _object(home: Home) -> dict[str, object]:
    return {
        "id": home.number,
        "titel": home.title,
        "objektart": home.kind,
        "adresse": {"strasse": home.street, "ort": home.town},
        "kaltmiete": home.rent,
        "wohnflaeche": home.area,
        "zimmer": home.rooms,
        "balkon": home.balcony,
        "frei_ab": home.free.strftime("%d.%m.%Y"),
        "position": {"lat": home.lat, "lng": home.lng},
    }


def _rows(*homes: Home) -> tuple[tuple[str, int], ...]:
    return tuple((home.title, home.rent) for home in homes)


def _flats(town: str) -> list[Home]:
    return [home for home in HOMES if home.kind == "Wohnung" and home.town == town]


QUESTIONS = (
    Question(
        id="homes-flats",
        text="flats with 3 rooms in Leipzig below 1,100 €",
        begin="/mieten",
        rows=_rows(*(home for home in _flats("Leipzig") if home.rooms == 3 and home.rent < 1100)),
    ),
    Question(
        id="homes-houses",
        text="houses in Halle with at least 90 m²",
        begin="/mieten",
        rows=_rows(*(home for home in HOMES if (home.kind, home.town) == ("Haus", "Halle") and home.area >= 90)),
    ),
    Question(
        id="homes-balcony",
        text="flats with a balcony in Dresden",
        begin="/mieten",
        rows=_rows(*(home for home in _flats("Dresden") if home.balcony)),
    ),
    Question(
        id="homes-cheapest",
        text="the 5 cheapest flats in Leipzig",
        begin="/mieten",
        rows=_rows(*sorted(_flats("Leipzig"), key=lambda home: home.rent)[:5]),
    ),
    Question(
        id="homes-free",
        text="houses in Dresden available before 1 May 2027",
        begin="/mieten",
        rows=_rows(
            *(home for home in HOMES if (home.kind, home.town) == ("Haus", "Dresden") and home.free < date(2027, 5, 1))
        ),
    ),
    Question(
        id="homes-none",
        text="flats in Chemnitz below 50 €",
        begin="/mieten",
        rows=_rows(*(home for home in _flats("Chemnitz") if home.rent < 50)),
    ),
)

SITE = TownSite(
    name="homes",
    app=Starlette(routes=[Route("/mieten", page), Route("/api/karte/objekte", objects)]),
    questions=QUESTIONS,
)
