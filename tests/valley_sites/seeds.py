"""A seed catalogue as Shopify shows it: collections in pages, prices of variants, facts on the product's page."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

KINDS = {
    "Vegetables": ("Tomato", "Lettuce", "Carrot", "Pepper", "Bean", "Squash"),
    "Herbs": ("Basil", "Thyme", "Dill"),
    "Flowers": ("Zinnia", "Sunflower", "Poppy", "Sweet Pea"),
}
DAYS = {"Tomato": 65, "Lettuce": 45, "Carrot": 60, "Pepper": 72, "Bean": 52, "Squash": 55}
NAMES = (
    *("Amber Lantern", "Grandma Odell's", "Copper Creek", "Early Jubilee", "Midnight Fox", "Blue Ridge"),
    *("Little Marvel", "Painted Lady", "Sugar Barn", "Old Dutch", "Prairie Fire", "Snow Goose"),
)
PER_PAGE = 24


@dataclass(frozen=True, kw_only=True)
class Seed:
    id: int
    handle: str
    title: str
    collection: str
    kind: str
    variants: tuple[tuple[str, int], ...]
    sold_out: bool
    organic: bool
    days: int | None
    exposure: str

    @property
    def price(self) -> float:
        return min(cents for _, cents in self.variants) / 100


def _seeds() -> tuple[Seed, ...]:
    chance = random.Random(86)
    found: list[Seed] = []
    prices = list(range(275, 700, 5))
    for collection, kinds in KINDS.items():
        for kind in kinds:
            for name in chance.sample(NAMES, 8):
                packet = chance.choice(prices)
                if collection == "Herbs":
                    prices.remove(packet)
                sizes: tuple[tuple[str, int], ...] = (("Packet", packet),)
                if chance.random() < 0.6:
                    sizes += (("1/4 oz", packet * 2 + 45), ("1 oz", packet * 5 + 25))
                found.append(
                    Seed(
                        id=7_310_000_000 + len(found) * 37,
                        handle=f"{name} {kind}".lower().replace("'", "").replace(" ", "-"),
                        title=f"{name} {kind}",
                        collection=collection,
                        kind=kind,
                        variants=sizes,
                        sold_out=chance.random() < 0.16,
                        organic=chance.random() < 0.4,
                        days=DAYS[kind] + chance.randrange(-6, 12) if kind in DAYS else None,
                        exposure=chance.choice(("Full sun", "Full sun", "Partial shade")),
                    )
                )
    chance.shuffle(found)
    return tuple(found)


SEEDS = _seeds()
SORTS = {
    "manual": ("Featured", lambda one: 0, False),
    "price-ascending": ("Price, low to high", lambda one: one.price, False),
    "price-descending": ("Price, high to low", lambda one: one.price, True),
    "title-ascending": ("Alphabetically, A-Z", lambda one: one.title, False),
}


def _page(title: str, body: str) -> Response:
    links = "".join(
        f'<li><a class="header__menu-item list-menu__item link" href="/collections/{one.lower()}">{one}</a></li>'
        for one in ("All", *KINDS)
    )
    return HTMLResponse(f"""<!doctype html>
<html class="no-js" lang="en"><head><meta charset="utf-8"><title>{escape(title)} &ndash; Hollow Barn Seed Co.</title>
<link rel="icon" href="data:,"><script>window.Shopify = {{"shop":"hollow-barn.myshopify.com","locale":"en",
"currency":{{"active":"USD","rate":"1.0"}},"theme":{{"name":"Dawn","id":1284}}}};</script></head>
<body class="gradient"><a class="skip-to-content-link" href="#MainContent">Skip to content</a>
<div class="announcement-bar" role="region">
<p class="announcement-bar__message">Free shipping on orders over $35</p></div>
<header class="header"><a href="/" class="header__heading-link">Hollow Barn Seed Co.</a>
<ul class="list-menu list-menu--inline" role="list">{links}</ul></header>
<main id="MainContent" class="content-for-layout">{body}</main>
<footer class="footer"><small>&copy; 2027, Hollow Barn Seed Co. Powered by Shopify</small></footer></body></html>""")


def _money(cents: int) -> str:
    return f"${cents / 100:.2f}"


def _card(one: Seed, base: str = "") -> str:
    price = f"{'From ' * (len(one.variants) > 1)}{_money(min(cents for _, cents in one.variants))}"
    sold = '<div class="card__badge bottom left"><span class="badge">Sold out</span></div>' if one.sold_out else ""
    return f"""<li class="grid__item"><div class="card-wrapper product-card-wrapper"><div class="card card--standard">
<h3 class="card__heading h5" id="title-{one.id}"><a href="{base}/products/{one.handle}" class="full-unstyled-link">
{escape(one.title)}</a></h3><div class="caption-with-letter-spacing light">{one.kind}</div>
<div class="price{" price--sold-out" * one.sold_out}"><span class="visually-hidden">Regular price</span>
<span class="price-item price-item--regular">{price} USD</span></div>{sold}</div></div></li>"""


def home(request: Request) -> Response:
    cards = "".join(_card(one) for one in SEEDS[:4])
    return _page("Home", f'<h2 class="title">Fresh this spring</h2><ul class="grid product-grid">{cards}</ul>')


def _listed(name: str) -> list[Seed] | None:
    wanted = name.title()
    return [one for one in SEEDS if wanted in ("All", one.collection)] if wanted in ("All", *KINDS) else None


def collection(request: Request) -> Response:
    """A collection's page: the sort and the availability come from the form."""
    name = request.path_params["name"]
    found = _listed(name)
    if found is None:
        return HTMLResponse("<h1>404 Not Found</h1>", status_code=404)
    sort = request.query_params.get("sort_by", "manual")
    stock = request.query_params.get("filter.v.availability", "")
    _, key, down = SORTS.get(sort, SORTS["manual"])
    found = sorted((one for one in found if stock in ("", str(int(not one.sold_out)))), key=key, reverse=down)
    at, pages = int(request.query_params.get("page", 1)), -(-len(found) // PER_PAGE)
    kept = f"&amp;sort_by={sort}" * (sort != "manual") + f"&amp;filter.v.availability={stock}" * bool(stock)
    links = "".join(
        f'<li><a href="/collections/{name}?page={number}{kept}" class="pagination__item">{number}</a></li>'
        if number != at
        else f'<li><a role="link" aria-disabled="true" class="pagination__item--current">{number}</a></li>'
        for number in range(1, pages + 1)
    )
    options = "".join(f'<option value="{one}"{" selected" * (one == sort)}>{SORTS[one][0]}</option>' for one in SORTS)
    cards = "".join(_card(one, f"/collections/{name}") for one in found[(at - 1) * PER_PAGE : at * PER_PAGE])
    return _page(
        name.title(),
        f"""<h1 class="collection-hero__title">{name.title()}</h1><form id="FacetFiltersForm" class="facets__form">
<label><input type="checkbox" name="filter.v.availability" value="1"> In stock</label>
<label><input type="checkbox" name="filter.v.availability" value="0"> Out of stock</label>
<select name="sort_by">{options}</select></form><p class="product-count">{len(found)} products</p>
<ul id="product-grid" class="grid product-grid grid--4-col-desktop">{cards}</ul>
<nav class="pagination" role="navigation" aria-label="Pagination"><ul class="pagination__list">{links}</ul></nav>""",
    )


def product(request: Request) -> Response:
    one = next((one for one in SEEDS if one.handle == request.path_params["handle"]), None)
    if one is None:
        return HTMLResponse("<h1>404 Not Found</h1>", status_code=404)
    sizes = "".join(f'<option value="{size}">{size} - {_money(cents)}</option>' for size, cents in one.variants)
    facts = {
        "Type": one.kind,
        "Organic": "Certified organic" if one.organic else "",
        "Days to maturity": f"{one.days} days" if one.days else "",
        "Exposure": one.exposure,
    }
    listed = "".join(f"<li><strong>{name}:</strong> {value}</li>" for name, value in facts.items() if value)
    linked = {
        "@context": "http://schema.org/",
        "@type": "Product",
        "name": one.title,
        "brand": {"@type": "Brand", "name": "Hollow Barn"},
        "offers": [
            {
                "@type": "Offer",
                "name": size,
                "price": f"{cents / 100:.2f}",
                "priceCurrency": "USD",
                "availability": f"http://schema.org/{'OutOfStock' if one.sold_out else 'InStock'}",
            }
            for size, cents in one.variants
        ],
    }
    alike = "".join(_card(other) for other in [other for other in SEEDS if other.kind == one.kind and other != one][:3])
    return _page(
        one.title,
        f"""<section class="product"><div class="product__title"><h1>{escape(one.title)}</h1></div>
<div class="price"><span class="price-item price-item--regular">{_money(one.variants[0][1])} USD</span></div>
<select name="id">{sizes}</select><button {"disabled" * one.sold_out}>{"Sold out" if one.sold_out else "Add to cart"}
</button><div class="product__description rte"><ul>{listed}</ul></div>
<script type="application/ld+json">{json.dumps(linked)}</script></section>
<product-recommendations class="related-products"><h2>You may also like</h2><ul class="grid">{alike}</ul>
</product-recommendations>""",
    )


def _served(one: Seed) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "handle": one.handle,
        "vendor": "Hollow Barn",
        "product_type": one.kind,
        "tags": [one.collection, *(["Organic"] if one.organic else [])],
        "variants": [
            {"id": one.id * 10 + at, "title": size, "price": f"{cents / 100:.2f}", "available": not one.sold_out}
            for at, (size, cents) in enumerate(one.variants)
        ],
    }


def served(request: Request) -> Response:
    """The products as Shopify serves them to machines: ``limit`` and ``page``."""
    found = _listed(request.path_params.get("name", "all")) or []
    limit, at = min(int(request.query_params.get("limit", 30)), 250), int(request.query_params.get("page", 1))
    return JSONResponse({"products": [_served(one) for one in found[(at - 1) * limit : at * limit]]})


def _matching(**wanted: Any) -> list[Seed]:
    return [one for one in SEEDS if all(getattr(one, name) == value for name, value in wanted.items())]


QUESTIONS = (
    Question(
        id="seeds-1",
        text="vegetable seeds under $3.50 that are in stock",
        rows=tuple(
            (one.title, one.price) for one in _matching(collection="Vegetables", sold_out=False) if one.price < 3.5
        ),
    ),
    Question(
        id="seeds-2",
        text="What are the five cheapest herbs?",
        rows=tuple((one.title, one.price) for one in sorted(_matching(collection="Herbs"), key=lambda one: one.price))[
            :5
        ],
        ordered=True,
    ),
    Question(
        id="seeds-3",
        text="Which bean varieties are ready in 52 days or less?",
        rows=tuple((one.title, one.days) for one in _matching(kind="Bean") if one.days and one.days <= 52),
    ),
    Question(
        id="seeds-4",
        text="sold out flowers",
        rows=tuple((one.title,) for one in _matching(collection="Flowers", sold_out=True)),
    ),
)

SITE = TownSite(
    name="seeds",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/products.json", served),
            Route("/collections/{name}/products.json", served),
            Route("/collections/{name}", collection),
            Route("/products/{handle}", product),
            Route("/collections/{name}/products/{handle}", product),
        ]
    ),
    questions=QUESTIONS,
)
