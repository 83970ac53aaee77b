"""A shop as served HTML: cards, pages by number, facets as links, a sort menu, a price range in a form."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

PER_PAGE = 12
NOUNS = {
    "Kitchen": ("Kettle", "Frying Pan", "Toaster", "Chef Knife", "Mixing Bowl", "Colander"),
    "Audio": ("Headphones", "Speaker", "Turntable", "Microphone", "Earbuds", "Soundbar"),
    "Garden": ("Watering Can", "Rake", "Hose Reel", "Pruning Shears", "Planter", "Lantern"),
    "Office": ("Desk Lamp", "Stapler", "Notebook", "Office Chair", "Whiteboard", "Monitor Arm"),
}
MAKERS = ("Alder", "Brightwater", "Corvid")
GOODS = [
    {
        "id": f"p{100 + n}",
        "name": f"{maker} {noun}",
        "category": category,
        "maker": maker,
        "price": round(7.5 + (n * 37) % 190 + 0.49, 2),
        "rating": round(2.5 + (n * 7) % 26 / 10, 1),
        "stock": n % 5 != 0,
    }
    for n, (category, noun, maker) in enumerate(
        (category, noun, maker) for maker in MAKERS for category, nouns in NOUNS.items() for noun in nouns
    )
]


def _card(good: dict[str, object]) -> str:
    stock = "In stock" if good["stock"] else "Sold out"
    return (
        f'<article class="card css-1x9ab2"><a class="card-link" href="/product/{good["id"]}"><img src="/i/{good["id"]}.jpg"'
        f' alt=""><h3 class="card-title">{escape(str(good["name"]))}</h3></a>'
        f'<span class="card-category">{good["category"]}</span><span class="price">${good["price"]:.2f}</span>'
        f'<span class="rating" title="{good["rating"]} of 5">{good["rating"]} ★</span>'
        f'<span class="availability">{stock}</span></article>'
    )


def _wanted(request: Request) -> list[dict[str, object]]:
    asked = request.query_params
    found = [g for g in GOODS if asked.get("category", g["category"]) == g["category"]]
    found = [g for g in found if asked.get("q", "").lower() in str(g["name"]).lower()]
    low, high = float(asked.get("min_price") or 0), float(asked.get("max_price") or 1e9)
    found = [g for g in found if low <= float(str(g["price"])) <= high]
    if asked.get("sort") in ("price", "-price"):
        found.sort(key=lambda g: float(str(g["price"])), reverse=asked["sort"] == "-price")
    return found


def listing(request: Request) -> Response:
    found = _wanted(request)
    number = int(request.query_params.get("page", "1"))
    kept = {k: v for k, v in request.query_params.items() if k != "page"}
    last = max(1, -(-len(found) // PER_PAGE))
    cards = "".join(map(_card, found[(number - 1) * PER_PAGE : number * PER_PAGE]))
    facets = "".join(
        f'<li><a href="/?{urlencode({"category": c})}">{c} ({sum(g["category"] == c for g in GOODS)})</a></li>'
        for c in NOUNS
    )
    pages = "".join(f'<a href="/?{urlencode({**kept, "page": n})}">{n}</a> ' for n in range(1, last + 1) if n != number)
    following = f'<a href="/?{urlencode({**kept, "page": number + 1})}">Next ›</a>' if number < last else ""
    body = (
        "<title>Hearth &amp; Co</title><header><nav><a href='/'>Home</a><a href='/about'>About</a><a href='/help'>Help</a></nav>"
        '<form action="/" method="get"><input type="search" name="q" placeholder="Search products"><button>Go</button></form>'
        f'</header><aside><h2>Categories</h2><ul>{facets}</ul><form action="/" method="get"><label>From <input name="min_price"'
        ' type="number"></label><label>To <input name="max_price" type="number"></label><label>Sort by <select name="sort">'
        '<option value="">Featured</option><option value="price">Price: low to high</option>'
        '<option value="-price">Price: high to low</option></select></label><button>Apply</button></form></aside>'
        f'<main><h1>All products</h1><p>{len(found)} products</p><div class="grid">{cards or "<p>No products found.</p>"}</div>'
        f'<div class="pagination">{pages}{following}</div></main>'
    )
    return HTMLResponse(f"<!doctype html><html lang=en>{body}</html>")


def product(request: Request) -> Response:
    good = next(g for g in GOODS if g["id"] == request.path_params["id"])
    number = int(str(good["id"])[1:])
    rows = {"Maker": good["maker"], "Weight": f"{number % 9 + 1} kg", "Warranty": f"{number % 4 + 1} years"}
    table = "".join(f"<tr><th>{k}</th><td>{v}</td></tr>" for k, v in rows.items())
    return HTMLResponse(
        f"<!doctype html><title>{good['name']}</title><main><h1>{good['name']}</h1><table class=specs>{table}</table></main>"
    )


def _rows(*names: str, **wanted: object) -> list[tuple[object, ...]]:
    return [tuple(g[n] for n in names) for g in GOODS if all(g[k] == v for k, v in wanted.items())]


def _price(good: dict[str, object]) -> float:
    return float(str(good["price"]))


SITE = Site(
    name="shop",
    app=Starlette(routes=[Route("/", listing), Route("/product/{id}", product)]),
    questions=(
        Asked(text="all kitchen products with their prices", rows=_rows("name", "price", category="Kitchen")),
        Asked(
            text="products under $40 that are in stock",
            rows=[(g["name"], g["price"]) for g in GOODS if _price(g) < 40 and g["stock"]],
        ),
        Asked(
            text="the five cheapest audio products, cheapest first",
            rows=[(g["name"],) for g in sorted((g for g in GOODS if g["category"] == "Audio"), key=_price)[:5]],
            ordered=True,
        ),
        Asked(
            text="products rated at least 4.5",
            rows=[(g["name"], g["rating"]) for g in GOODS if float(str(g["rating"])) >= 4.5],
        ),
        Asked(
            text="garden products with their maker and warranty",
            rows=[
                (g["name"], g["maker"], f"{int(str(g['id'])[1:]) % 4 + 1} years")
                for g in GOODS
                if g["category"] == "Garden"
            ],
        ),
        Asked(text="headphones", rows=[(g["name"],) for g in GOODS if "Headphones" in str(g["name"])]),
        Asked(text="telescopes", rows=()),
    ),
)
