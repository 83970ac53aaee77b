"""Places to stay: cards from the server and more of them as fragments, a map's points in a script, three currencies."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

CITIES = {
    "lisbon": ("Lisbon", "€", 38.7167, -9.1333),
    "zurich": ("Zurich", "CHF ", 47.3667, 8.55),
    "london": ("London", "£", 51.5085, -0.1257),
}
KINDS = ("Hotel", "Guesthouse", "Hostel", "Apartment")
HEADS = (
    "Blue Door",
    "Old Mint",
    "Linden",
    "Cistern",
    "Magpie",
    "Tramway",
    "Belvedere",
    "Quayside",
    "Lantern",
    "Two Bridges",
    "Foundry",
    "Almond",
)
AMENITIES = ("Pool", "Free Wi-Fi", "Breakfast included", "Pets welcome", "Parking", "Gym")
PER_LOAD = 12


@dataclass(frozen=True, kw_only=True)
class Stay:
    id: str
    name: str
    city: str
    kind: str
    price: int
    score: float
    reviews: int
    amenities: tuple[str, ...]
    latitude: float
    longitude: float


def _stays() -> tuple[Stay, ...]:
    chance = random.Random(2718)
    made: list[Stay] = []
    for city, (_, _, latitude, longitude) in CITIES.items():
        names = [f"{head} {kind}" for head in HEADS for kind in KINDS]
        prices = chance.sample(range(35, 420), len(names))
        for name, price in list(zip(chance.sample(names, len(names)), prices, strict=True))[:34]:
            made.append(
                Stay(
                    id=f"st-{len(made) + 500}",
                    name=name,
                    city=city,
                    kind=name.rsplit(" ", 1)[1],
                    price=price,
                    score=chance.randint(62, 98) / 10,
                    reviews=chance.randint(12, 2400),
                    amenities=tuple(one for one in AMENITIES if chance.random() > 0.55),
                    latitude=round(latitude + chance.uniform(-0.05, 0.05), 5),
                    longitude=round(longitude + chance.uniform(-0.05, 0.05), 5),
                )
            )
    return tuple(made)


STAYS = _stays()


def _money(one: Stay) -> str:
    return f"{CITIES[one.city][1]}{one.price}"


def _cards(found: list[Stay]) -> str:
    return "".join(
        f"""<div class="card" data-id="{one.id}"><a href="/stay/{one.id}"><h3>{escape(one.name)}</h3></a><div class="kind">{one.kind}</div>
<div class="score"><span class="badge">{one.score}</span> <span>{one.reviews:,} reviews</span></div><ul class="amenities">{"".join(f"<li>{name}</li>" for name in one.amenities)}</ul>
<div class="price"><strong>{_money(one)}</strong> per night</div></div>"""
        for one in found
    )


def _in(city: str) -> list[Stay]:
    return [one for one in STAYS if one.city == city]


def home(request: Request) -> Response:
    links = "".join(
        f'<li><a href="/{slug}"><h2>{name}</h2></a><p>{len(_in(slug))} places</p></li>'
        for slug, (name, *_) in CITIES.items()
    )
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Nightcap: places to stay</title></head><body><h1>Where to?</h1><ul class="cities">{links}</ul></body></html>'
    )


def city(request: Request) -> Response:
    slug = request.path_params["city"]
    if slug not in CITIES:
        return HTMLResponse("<h1>Not found</h1>", status_code=404)
    found = _in(slug)
    points = json.dumps(
        [{"id": one.id, "lat": one.latitude, "lng": one.longitude, "label": _money(one)} for one in found]
    )
    name = CITIES[slug][0]
    return HTMLResponse(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Places to stay in {name} | Nightcap</title></head><body><header><a href="/">Nightcap</a></header>
<h1>Places to stay in {name}</h1><p>{len(found)} places</p><div id="map"></div><script type="application/json" id="map-points">{points}</script>
<div id="results">{_cards(found[:PER_LOAD])}</div><button id="more" data-next="/{slug}/more?offset={PER_LOAD}">Load more</button>
<script>
const more = document.getElementById("more");
more.onclick = async () => {{
  const answer = await fetch(more.dataset.next);
  document.getElementById("results").insertAdjacentHTML("beforeend", await answer.text());
  const next = answer.headers.get("X-Next");
  if (next) more.dataset.next = next; else more.remove();
}};
</script></body></html>"""
    )


def more(request: Request) -> Response:
    slug = request.path_params["city"]
    offset = int(request.query_params.get("offset", 0))
    found = _in(slug)
    headers = {"X-Next": f"/{slug}/more?offset={offset + PER_LOAD}"} if offset + PER_LOAD < len(found) else {}
    return HTMLResponse(_cards(found[offset : offset + PER_LOAD]), headers=headers)


def stay(request: Request) -> Response:
    found = [one for one in STAYS if one.id == request.path_params["id"]]
    if not found:
        return HTMLResponse("<h1>Not found</h1>", status_code=404)
    [one] = found
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><title>{one.name}</title></head><body><h1>{one.name}</h1><p>{_money(one)} per night, cancellation up to {one.reviews % 5 + 1} days before</p></body></html>'
    )


def _rows(*found: Stay) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.name, one.price) for one in found)


QUESTIONS = (
    Question(
        id="stays-pool",
        text="places in Lisbon with a pool under €150 a night",
        rows=_rows(*(one for one in _in("lisbon") if "Pool" in one.amenities and one.price < 150)),
    ),
    Question(
        id="stays-best",
        text="the five best rated hotels in London",
        rows=_rows(*sorted((one for one in _in("london") if one.kind == "Hotel"), key=lambda one: -one.score)[:5]),
        ordered=True,
    ),
    Question(
        id="stays-pets",
        text="apartments in Zurich where pets are welcome",
        rows=_rows(*(one for one in _in("zurich") if one.kind == "Apartment" and "Pets welcome" in one.amenities)),
    ),
    Question(
        id="stays-francs",
        text="hostels under 200 Swiss francs",
        begin="/zurich",
        rows=_rows(*(one for one in _in("zurich") if one.kind == "Hostel" and one.price < 200)),
    ),
    Question(
        id="stays-range",
        text="guesthouses between £80 and £250",
        begin="/london",
        rows=_rows(*(one for one in _in("london") if one.kind == "Guesthouse" and 80 <= one.price <= 250)),
    ),
    Question(
        id="stays-score",
        text="places to stay rated 9 or more",
        begin="/lisbon",
        rows=_rows(*(one for one in _in("lisbon") if one.score >= 9)),
    ),
    Question(
        id="stays-no-breakfast",
        text="hotels in London without breakfast",
        rows=_rows(
            *(one for one in _in("london") if one.kind == "Hotel" and "Breakfast included" not in one.amenities)
        ),
    ),
    Question(id="stays-all", text="all places to stay in Zurich", rows=_rows(*_in("zurich"))),
)

SITE = TownSite(
    name="stays",
    app=Starlette(
        routes=[Route("/", home), Route("/stay/{id}", stay), Route("/{city}", city), Route("/{city}/more", more)]
    ),
    questions=QUESTIONS,
)
