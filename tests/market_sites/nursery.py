"""A plant shop on the server: filters as query parameters, price bands, a sort select, page links, microdata."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

CATEGORIES = {
    "climbers": "Climbers",
    "ferns": "Ferns & Grasses",
    "fruit": "Fruit Trees",
    "perennials": "Perennials",
    "roses": "Roses",
    "shrubs": "Shrubs",
}
GENERA = {
    "climbers": ("Clematis", "Honeysuckle", "Wisteria", "Climbing Hydrangea"),
    "ferns": ("Lady Fern", "Feather Grass", "Shield Fern", "Blue Fescue"),
    "fruit": ("Apple", "Damson", "Pear", "Quince"),
    "perennials": ("Astrantia", "Geranium", "Salvia", "Lupin", "Hosta"),
    "roses": ("Shrub Rose", "Rambling Rose", "Patio Rose"),
    "shrubs": ("Viburnum", "Hebe", "Weigela", "Fothergilla"),
}
CULTIVARS = (
    "Alba",
    "Betty",
    "Claret",
    "Dusk",
    "Elan",
    "Flame",
    "Gloria",
    "Harlequin",
    "Indigo",
    "Jubilee",
    "Karin",
    "Luna",
)
LIGHT = {"sun": "Full sun", "part": "Part shade", "shade": "Full shade"}
BANDS = {"0-10": "Under $10", "10-20": "$10 to $20", "20-40": "$20 to $40", "40-": "$40 and over"}
SORTS = {"": "Featured", "price": "Price: low to high", "-price": "Price: high to low", "name": "Name A-Z"}
PER_PAGE = 16


@dataclass(frozen=True, kw_only=True)
class Plant:
    sku: int
    name: str
    category: str
    light: str
    price: float
    in_stock: bool
    height_cm: int
    stars: float
    flowers: str


def _plants() -> tuple[Plant, ...]:
    chance = random.Random(4021)
    made: list[Plant] = []
    for category, genera in GENERA.items():
        prices = iter(chance.sample(range(25 if category == "fruit" else 4, 80 if category == "fruit" else 39), 30))
        for genus in genera:
            for cultivar in chance.sample(CULTIVARS, 6):
                made.append(
                    Plant(
                        sku=70000 + len(made) * 7,
                        name=f"{genus} '{cultivar}'",
                        category=category,
                        light=chance.choice(tuple(LIGHT)),
                        price=next(prices) + (0.5 if category == "fruit" else 0.99),
                        in_stock=chance.random() > 0.3,
                        height_cm=chance.choice((15, 30, 45, 60, 90, 120, 180, 250)),
                        stars=chance.randint(30, 50) / 10,
                        flowers=chance.choice(("March to May", "May to July", "July to September")),
                    )
                )
    chance.shuffle(made)
    return tuple(made)


PLANTS = _plants()


def _page(title: str, body: str) -> HTMLResponse:
    links = "".join(f'<li><a href="/plants?cat={slug}">{escape(name)}</a></li>' for slug, name in CATEGORIES.items())
    return HTMLResponse(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - Thornbury Nursery</title></head>
<body><header><a href="/">Thornbury Nursery</a><form action="/plants" role="search"><input type="search" name="q" placeholder="Search plants"><button>Go</button></form>
<nav><ul>{links}</ul></nav></header><main><h1>{escape(title)}</h1>{body}</main>
<footer><ul><li><a href="/delivery">Delivery</a></li><li><a href="/contact">Contact us</a></li></ul><p>&copy; Thornbury Nursery</p></footer></body></html>"""
    )


def home(request: Request) -> Response:
    tiles = "".join(
        f'<div class="tile"><a href="/plants?cat={slug}"><h3>{escape(name)}</h3><p>{sum(one.category == slug for one in PLANTS)} plants</p></a></div>'
        for slug, name in CATEGORIES.items()
    )
    return _page(
        "Plants grown in Gloucestershire",
        f'<p>Free delivery over $60.</p><a href="/plants">See all plants</a><div class="tiles">{tiles}</div>',
    )


def _chosen(request: Request) -> list[Plant]:
    asked = request.query_params
    found = [one for one in PLANTS if not asked.get("cat") or one.category == asked["cat"]]
    if asked.getlist("light"):
        found = [one for one in found if one.light in asked.getlist("light")]
    if asked.get("band"):
        low, _, high = asked["band"].partition("-")
        found = [one for one in found if float(low) <= one.price < float(high or "1e9")]
    if asked.get("stock") == "1":
        found = [one for one in found if one.in_stock]
    if asked.get("q"):
        found = [one for one in found if asked["q"].lower() in one.name.lower()]
    sort = asked.get("sort", "")
    if sort in {"price", "-price"}:
        found.sort(key=lambda one: one.price, reverse=sort == "-price")
    if sort == "name":
        found.sort(key=lambda one: one.name)
    return found


def _filters(request: Request) -> str:
    asked = request.query_params
    cats = "".join(
        f'<option value="{slug}"{" selected" if asked.get("cat") == slug else ""}>{escape(name)}</option>'
        for slug, name in CATEGORIES.items()
    )
    light = "".join(
        f'<label><input type="checkbox" name="light" value="{slug}"{" checked" if slug in asked.getlist("light") else ""}> {name}</label>'
        for slug, name in LIGHT.items()
    )
    bands = "".join(
        f'<label><input type="radio" name="band" value="{slug}"{" checked" if asked.get("band") == slug else ""}> {name}</label>'
        for slug, name in BANDS.items()
    )
    sorts = "".join(
        f'<option value="{slug}"{" selected" if asked.get("sort", "") == slug else ""}>{name}</option>'
        for slug, name in SORTS.items()
    )
    return f"""<aside><form method="get" action="/plants"><label>Category <select name="cat"><option value="">All plants</option>{cats}</select></label>
<fieldset><legend>Light</legend>{light}</fieldset><fieldset><legend>Price</legend>{bands}</fieldset>
<label><input type="checkbox" name="stock" value="1"> In stock only</label><label>Sort by <select name="sort">{sorts}</select></label><button>Apply</button></form></aside>"""


def plants(request: Request) -> Response:
    found = _chosen(request)
    page = max(1, int(request.query_params.get("page") or 1))
    cards = "".join(
        f"""<article class="product" itemscope itemtype="https://schema.org/Product"><a itemprop="url" href="/plants/{one.sku}"><img itemprop="image" src="/img/{one.sku}.jpg" alt=""><h2 itemprop="name">{escape(one.name)}</h2></a>
<p class="meta"><span class="light">{LIGHT[one.light]}</span> <span class="stars" title="{one.stars} out of 5">{one.stars}</span></p>
<p itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta itemprop="priceCurrency" content="USD"><span itemprop="price" content="{one.price:.2f}">${one.price:.2f}</span>
<link itemprop="availability" href="https://schema.org/{"InStock" if one.in_stock else "OutOfStock"}"><em>{"In stock" if one.in_stock else "Sold out"}</em></p></article>"""
        for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]
    )
    pages = -(-len(found) // PER_PAGE)
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "page" and value]
    links = "".join(
        f"<b>{number}</b> "
        if number == page
        else f'<a href="/plants?{escape(urlencode([*kept, ("page", str(number))]))}">{number}</a> '
        for number in range(1, pages + 1)
    )
    if not found:
        cards = "<p>Sorry, nothing matches your choice.</p>"
    title = CATEGORIES.get(request.query_params.get("cat", ""), "All plants")
    return _page(
        title,
        f'{_filters(request)}<p>{len(found)} plants</p><section class="grid">{cards}</section><nav class="pages">{links if pages > 1 else ""}</nav>',
    )


def plant(request: Request) -> Response:
    found = [one for one in PLANTS if one.sku == request.path_params["sku"]]
    if not found:
        return HTMLResponse("<h1>Not found</h1>", status_code=404)
    [one] = found
    return _page(
        one.name,
        f"""<div itemscope itemtype="https://schema.org/Product"><p class="price">${one.price:.2f}</p><p>{"In stock" if one.in_stock else "Sold out"}</p>
<table><tr><th>Height</th><td>{one.height_cm} cm</td></tr><tr><th>Light</th><td>{LIGHT[one.light]}</td></tr><tr><th>Flowers</th><td>{one.flowers}</td></tr><tr><th>Order code</th><td>{one.sku}</td></tr></table></div>""",
    )


def _rows(*found: Plant) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.name, one.price) for one in found)


def _in(category: str) -> list[Plant]:
    return [one for one in PLANTS if one.category == category]


QUESTIONS = (
    Question(
        id="nursery-shade",
        text="perennials for full shade",
        rows=_rows(*(one for one in _in("perennials") if one.light == "shade")),
    ),
    Question(
        id="nursery-range",
        text="shrubs between $15 and $30",
        rows=_rows(*(one for one in _in("shrubs") if 15 <= one.price <= 30)),
    ),
    Question(
        id="nursery-cheapest",
        text="the 5 cheapest climbers",
        rows=_rows(*sorted(_in("climbers"), key=lambda one: one.price)[:5]),
        ordered=True,
    ),
    Question(
        id="nursery-stock", text="roses that are in stock", rows=_rows(*(one for one in _in("roses") if one.in_stock))
    ),
    Question(
        id="nursery-height",
        text="roses and their height",
        rows=tuple((one.name, f"{one.height_cm} cm") for one in _in("roses")),
    ),
    Question(id="nursery-all", text="all plants", rows=_rows(*PLANTS)),
    Question(
        id="nursery-not-sun",
        text="ferns and grasses that are not for full sun",
        rows=_rows(*(one for one in _in("ferns") if one.light != "sun")),
    ),
    Question(id="nursery-none", text="roses under $3", rows=()),
)

SITE = TownSite(
    name="nursery",
    app=Starlette(routes=[Route("/", home), Route("/plants", plants), Route("/plants/{sku:int}", plant)]),
    questions=QUESTIONS,
)
