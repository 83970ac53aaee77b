"""A shop: departments with facet links (/c/shoes?color=red&size=42), microdata, prices in the chosen currency."""

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

from tests.town_sites.asking import Question, TownSite

DEPARTMENTS = {"shoes": "Shoes", "jackets": "Jackets", "bags": "Bags"}
COLORS = ("red", "blue", "black", "green", "white")
BRANDS = ("Norrland", "Pico", "Halden", "Marisma")
SIZES = {"shoes": ("39", "40", "41", "42", "43", "44"), "jackets": ("S", "M", "L", "XL"), "bags": ("One size",)}
STYLES = {
    "shoes": ("Trainer", "Boot", "Loafer", "Sandal"),
    "jackets": ("Parka", "Rain jacket", "Bomber", "Fleece"),
    "bags": ("Backpack", "Tote", "Messenger", "Weekender"),
}
RATES = {"EUR": ("€", 1.0), "GBP": ("£", 0.85), "USD": ("$", 1.1)}
PER_PAGE = 18


@dataclass(frozen=True, kw_only=True)
class Product:
    sku: str
    name: str
    department: str
    brand: str
    color: str
    sizes: tuple[str, ...]
    price: float
    was: float
    rating: float


def _products() -> tuple[Product, ...]:
    chance = random.Random(97)
    made = []
    for number in range(100, 330):
        department = chance.choice(("shoes", "shoes", "jackets", "bags"))
        price = 100.0 if number % 29 == 0 else chance.randint(19, 210) - 0.05
        color, brand = chance.choice(COLORS), chance.choice(BRANDS)
        sizes = SIZES[department]
        made.append(
            Product(
                sku=f"HX{number}",
                name=f"{brand} {chance.choice(STYLES[department])} {number}",
                department=department,
                brand=brand,
                color=color,
                sizes=tuple(sorted(chance.sample(sizes, chance.randint(1, len(sizes))))),
                price=price,
                was=round(price * 1.25, 2) if chance.random() < 0.25 else price,
                rating=chance.randint(20, 50) / 10,
            )
        )
    return tuple(made)


PRODUCTS = _products()


def _card(one: Product, currency: str) -> str:
    sign, rate = RATES[currency]
    old = f'<del class="was">{sign}{one.was * rate:,.2f}</del> ' if one.was > one.price else ""
    badge = '<span class="badge">Sale</span>' if old else ""
    return (
        f'<article class="product-card" itemscope itemtype="https://schema.org/Product"><meta itemprop="sku" content="{one.sku}">'
        f'{badge}<a itemprop="url" href="/p/{one.sku}"><span itemprop="name">{escape(one.name)}</span></a><span class="brand" '
        f'itemprop="brand">{one.brand}</span><span class="swatch" itemprop="color">{one.color}</span><span class="sizes">'
        f'Sizes: {", ".join(one.sizes)}</span><div itemprop="offers" itemscope itemtype="https://schema.org/Offer">{old}<span '
        f'class="price">{sign}{one.price * rate:,.2f}</span><meta itemprop="price" content="{one.price * rate:.2f}"><meta '
        f'itemprop="priceCurrency" content="{currency}"></div><span class="stars">{one.rating} / 5</span></article>'
    )


def _facets(base: str, kept: dict[str, str], name: str, label: str, values: tuple[str, ...]) -> str:
    links = "".join(
        f'<li><a href="{base}?{escape(urlencode({**kept, name: value}))}"{" aria-current=true" if kept.get(name) == value else ""}>'
        f"{value}</a></li>"
        for value in values
    )
    return f"<h4>{label}</h4><ul class='facet'>{links}</ul>"


async def department(request: Request) -> Response:
    slug = request.path_params["slug"]
    if slug not in DEPARTMENTS:
        return HTMLResponse("Not found", status_code=404)
    asked = dict(request.query_params)
    currency = asked.get("currency", "EUR")
    found = [
        one
        for one in PRODUCTS
        if one.department == slug
        and asked.get("color", one.color) == one.color
        and asked.get("brand", one.brand) == one.brand
        and (not asked.get("size") or asked["size"] in one.sizes)
        and (not asked.get("sale") or one.was > one.price)
    ]
    page = int(asked.pop("page", "1"))
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    base = f"/c/{slug}"
    side = (
        _facets(base, asked, "color", "Colour", COLORS)
        + _facets(base, asked, "size", "Size", SIZES[slug])
        + _facets(base, asked, "brand", "Brand", BRANDS)
        + f'<a href="{base}?sale=1">On sale only</a>'
    )
    money = "".join(f'<a href="{base}?{escape(urlencode({**asked, "currency": c}))}">{c}</a> ' for c in RATES)
    following = f'<a rel="next" href="{base}?{escape(urlencode({**asked, "page": str(page + 1)}))}">Next page</a>'
    return _shell(
        DEPARTMENTS[slug],
        f"<div class='money'>Currency: {money}</div><aside>{side}</aside><h1>{DEPARTMENTS[slug]}</h1><p>{len(found)} products"
        f"</p><div class='grid'>{''.join(_card(one, currency) for one in shown)}</div>"
        f"{following if page * PER_PAGE < len(found) else ''}",
    )


def _shell(title: str, body: str) -> Response:
    menu = "".join(f'<a href="/c/{slug}">{name}</a>' for slug, name in DEPARTMENTS.items())
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><title>{title} | Hexa</title></head><body><nav>{menu}</nav>{body}'
        "<footer>Free returns within 30 days</footer></body></html>"
    )


async def home(request: Request) -> Response:
    picks = "".join(_card(one, "EUR") for one in PRODUCTS[:6])
    return _shell("Welcome", f"<h1>Welcome to Hexa</h1><h2>Our picks</h2><div class='grid'>{picks}</div>")


def _rows(*products: Product) -> tuple[tuple[str, float], ...]:
    return tuple((one.name, one.price) for one in products)


def _in(slug: str) -> list[Product]:
    return [one for one in PRODUCTS if one.department == slug]


QUESTIONS = (
    Question(
        id="shop-red-42",
        text="red shoes in size 42",
        begin="/c/shoes",
        rows=_rows(*(one for one in _in("shoes") if one.color == "red" and "42" in one.sizes)),
    ),
    Question(
        id="shop-jackets",
        text="jackets under 100 euros",
        begin="/c/jackets",
        rows=_rows(*(one for one in _in("jackets") if one.price < 100)),
    ),
    Question(
        id="shop-brand",
        text="blue shoes by Norrland",
        begin="/c/shoes",
        rows=_rows(*(one for one in _in("shoes") if (one.brand, one.color) == ("Norrland", "blue"))),
    ),
    Question(
        id="shop-rating",
        text="bags rated at least 4 stars",
        begin="/c/bags",
        rows=_rows(*(one for one in _in("bags") if one.rating >= 4)),
    ),
    Question(
        id="shop-pounds",
        text="black bags between 40 and 90 pounds",
        begin="/c/bags?currency=GBP",
        rows=tuple(
            (one.name, round(one.price * 0.85, 2))
            for one in _in("bags")
            if one.color == "black" and 40 <= round(one.price * 0.85, 2) <= 90
        ),
    ),
    Question(id="shop-none", honest=True, text="purple jackets", begin="/c/jackets", rows=()),
)

SITE = TownSite(
    name="shop",
    app=Starlette(routes=[Route("/", home), Route("/c/{slug}", department)]),
    questions=QUESTIONS,
)
