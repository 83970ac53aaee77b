"""A second-hand car dealer: pages from the server, a GET form with selects for make, body, fuel and price."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import dataclass
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

MAKES = {
    "Volvo": ("V60", "V90", "XC40", "C70"),
    "Skoda": ("Octavia", "Fabia", "Superb", "Enyaq"),
    "Renault": ("Clio", "Megane", "Zoe", "Wind"),
    "Porsche": ("911", "Boxster", "Taycan", "Panamera"),
    "Toyota": ("Yaris", "Corolla", "Auris", "MR2"),
}
BODIES = {"EST": "Estate", "HAT": "Hatchback", "SUV": "SUV", "CON": "Convertible", "SAL": "Saloon"}
FUELS = {"P": "Petrol", "D": "Diesel", "E": "Electric", "H": "Hybrid"}
PRICES = (3000, 5000, 8000, 10000, 15000, 20000, 30000)
PER_PAGE = 24


@dataclass(frozen=True, kw_only=True)
class Car:
    number: int
    make: str
    model: str
    body: str
    fuel: str
    gearbox: str
    year: int
    month: int
    km: int
    price: int

    @property
    def name(self) -> str:
        return f"{self.make} {self.model} No. {self.number}"


def _cars() -> tuple[Car, ...]:
    chance = random.Random(11)
    cars = []
    for number in range(2001, 2191):
        make = chance.choice(list(MAKES))
        year = chance.randint(2008, 2026)
        dear = 24000 if make == "Porsche" else 2400
        price = dear + (year - 2008) * chance.randint(300, 1400) // 10 * 10 + 90
        cars.append(
            Car(
                number=number,
                make=make,
                model=chance.choice(MAKES[make]),
                body=chance.choice(list(BODIES.values())),
                fuel=chance.choice(list(FUELS.values())),
                gearbox=chance.choice(("Automatic", "Manual")),
                year=year,
                month=chance.randint(1, 12),
                km=chance.randint(4, 2200) * 100,
                price=8000 if number % 31 == 0 else price,
            )
        )
    return tuple(cars)


CARS = _cars()


def _chosen(request: Request) -> list[Car]:
    asked = request.query_params
    low, high = asked.get("price_from") or "0", asked.get("price_to") or "999999"
    since = asked.get("year_from") or "0"
    found = [
        car
        for car in CARS
        if asked.get("make", "") in ("", car.make)
        and BODIES.get(asked.get("body", ""), car.body) == car.body
        and FUELS.get(asked.get("fuel", ""), car.fuel) == car.fuel
        and int(low) <= car.price <= int(high)
        and car.year >= int(since)
    ]
    key = {"price": lambda car: car.price, "km": lambda car: car.km}.get(asked.get("sort", ""))
    return sorted(found, key=key) if key else found


def _select(name: str, label: str, options: dict[str, str], chosen: str) -> str:
    inner = "".join(
        f'<option value="{value}"{" selected" if value == chosen else ""}>{text}</option>'
        for value, text in {"": "Any", **options}.items()
    )
    return f'<div class="field"><label for="f-{name}">{label}</label><select id="f-{name}" name="{name}">{inner}</select></div>'


def _form(request: Request) -> str:
    asked = request.query_params
    prices = {str(price): f"€ {price:,}" for price in PRICES}
    fields = (
        _select("make", "Make", {make: make for make in sorted(MAKES)}, asked.get("make", ""))
        + _select("body", "Body type", BODIES, asked.get("body", ""))
        + _select("fuel", "Fuel", FUELS, asked.get("fuel", ""))
        + _select("price_from", "Price from", prices, asked.get("price_from", ""))
        + _select("price_to", "Price to", prices, asked.get("price_to", ""))
        + _select(
            "year_from", "Registered from", {str(y): str(y) for y in range(2008, 2027)}, asked.get("year_from", "")
        )
        + _select("sort", "Sort by", {"price": "Price", "km": "Mileage"}, asked.get("sort", ""))
    )
    return f'<form class="car-search" action="/used-cars" method="get">{fields}<button>Search cars</button></form>'


def _tile(car: Car) -> str:
    return (
        f'<li class="tile"><a class="tile__link" href="/used-cars/{car.number}"><img src="/i/{car.number}.jpg" alt="">'
        f'<h3 class="tile__title">{escape(car.name)}</h3></a><ul class="tile__specs"><li>{car.body}</li>'
        f"<li>{car.fuel}</li><li>{car.month:02d}/{car.year}</li><li>{car.km:,} km</li><li>{car.gearbox}</li></ul>"
        f'<p class="tile__price">€ {car.price:,}</p></li>'
    )


def _shell(title: str, body: str) -> Response:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><title>{title} – Hafen Motors</title></head><body><header><a href="/">'
        'Hafen Motors</a><nav><a href="/used-cars">Used cars</a> <a href="/service">Service</a> <a href="/contact">'
        f"Contact</a></nav></header><main>{body}</main><footer>Open Monday to Saturday, 9 am to 6 pm</footer></body></html>"
    )


async def listing(request: Request) -> Response:
    found = _chosen(request)
    page = int(request.query_params.get("page") or 1)
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    last = max(1, -(-len(found) // PER_PAGE))
    links = "".join(
        f'<a href="{escape(str(request.url.include_query_params(page=n)))}">{n}</a> ' for n in range(1, last + 1)
    )
    tiles = "".join(_tile(car) for car in shown) or "<p>No vehicle matches your search.</p>"
    return _shell(
        "Used cars",
        f'<h1>Used cars</h1>{_form(request)}<p class="hits">{len(found)} vehicles</p>'
        f'<ul class="tiles">{tiles}</ul><div class="pager">{links}</div>',
    )


async def detail(request: Request) -> Response:
    car = next((one for one in CARS if one.number == request.path_params["number"]), None)
    if car is None:
        return HTMLResponse("Not found", status_code=404)
    return _shell(car.name, f"<h1>{escape(car.name)}</h1><dl><dt>Price</dt><dd>€ {car.price:,}</dd></dl>")


async def home(request: Request) -> Response:
    return RedirectResponse("/used-cars")


def _rows(cars: list[Car]) -> tuple[tuple[str, int], ...]:
    return tuple((car.name, car.price) for car in cars)


QUESTIONS = (
    Question(
        id="cars-estates",
        text="used estates under 8,000 euros",
        begin="/used-cars",
        rows=_rows([car for car in CARS if car.body == "Estate" and car.price < 8000]),
    ),
    Question(
        id="cars-diesel-volvo",
        text="diesel cars by Volvo",
        begin="/used-cars",
        rows=_rows([car for car in CARS if car.fuel == "Diesel" and car.make == "Volvo"]),
    ),
    Question(
        id="cars-mileage",
        text="electric cars with less than 50,000 km",
        begin="/used-cars",
        rows=_rows([car for car in CARS if car.fuel == "Electric" and car.km < 50000]),
    ),
    Question(
        id="cars-between",
        text="Skoda hatchbacks between 5,000 and 10,000 euros",
        begin="/used-cars",
        rows=_rows(
            [car for car in CARS if car.make == "Skoda" and car.body == "Hatchback" and 5000 <= car.price <= 10000]
        ),
    ),
    Question(
        id="cars-cheapest",
        text="the 5 cheapest convertibles",
        begin="/used-cars",
        rows=_rows(sorted((car for car in CARS if car.body == "Convertible"), key=lambda car: car.price)[:5]),
    ),
    Question(
        id="cars-none",
        text="Porsche convertibles under 5,000 euros",
        begin="/used-cars",
        rows=_rows([car for car in CARS if car.make == "Porsche" and car.price < 5000]),
    ),
)

SITE = TownSite(
    name="cars",
    app=Starlette(
        routes=[Route("/", home), Route("/used-cars", listing), Route("/used-cars/{number:int}", detail)],
    ),
    questions=QUESTIONS,
)
