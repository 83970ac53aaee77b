"""Pages of further kinds on one host: a blog, recipes, flats, a paged API, data attributes, a menu, a search alone."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

import json
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

MONTHS = ("January", "February", "March", "April", "May")
WRITERS = ("Jane Doe", "Omar Said", "Li Na")
POSTS = [
    {"title": f"Letter {n}: {('on bridges', 'on maps', 'on clocks', 'on rain')[n % 4]}", "by": WRITERS[n % 3],
     "month": n % 5, "day": n % 27 + 1}
    for n in range(23)
]  # fmt: skip
RECIPES = [
    {"name": name, "minutes": minutes, "calories": calories}
    for name, minutes, calories in (
        ("Lentil Soup", 25, 310), ("Beef Stew", 150, 620), ("Pancakes", 20, 450), ("Apple Pie", 90, 380),
        ("Green Salad", 10, 120), ("Risotto", 40, 540), ("Omelette", 12, 290), ("Sourdough", 600, 240),
    )
]  # fmt: skip
CITIES = ("Lisbon", "Porto", "Faro")
FLATS = [
    {"ref": f"F{n:03d}", "headline": f"Bright flat no. {n}", "city": CITIES[n % 3], "bedrooms": n % 4 + 1,
     "monthlyRent": {"value": 600 + (n * 130) % 1500, "currency": "EUR"}}
    for n in range(28)
]  # fmt: skip
TICKETS = [
    {"key": f"T-{n}", "summary": f"{('Crash', 'Typo', 'Slow page', 'Wrong colour')[n % 4]} in module {n}",
     "state": ("open", "closed", "waiting")[n % 3], "votes": (n * 7) % 40}
    for n in range(54)
]  # fmt: skip
MENU = {
    "Pizzas": [("Margherita", 9.5, True), ("Diavola", 12.0, False), ("Ortolana", 11.0, True)],
    "Pasta": [("Carbonara", 11.5, False), ("Pesto", 10.5, True)],
    "Desserts": [("Tiramisu", 6.0, True), ("Panna cotta", 5.5, True)],
}
BOOKS = [
    f"{a} of {b}" for a in ("The Song", "A History", "The Garden") for b in ("Dragons", "Rivers", "Glass", "Wolves")
]


def _page(title: str, body: str, head: str = "") -> Response:
    return HTMLResponse(
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title>{head}</head>\n<body>'
        f"<header class=top><a href=/>Start</a> <a href=/about>About</a> <a href=/privacy>Privacy</a></header>{body}"
        "<footer><p>© 2027</p></footer></body></html>"
    )


def blog(request: Request) -> Response:
    number = int(request.path_params.get("number", 1))
    parts = "".join(
        f'<article class="post"><h2><a href="/blog/{10 + (number - 1) * 6 + i}">{p["title"]}</a></h2><div class="meta">By '
        f'<span class="author">{p["by"]}</span> on <span class="date">{MONTHS[int(str(p["month"]))]} {p["day"]}, 2027</span></div>'
        f"<p>It is a letter with some words in it, and more words than one.</p></article>"
        for i, p in enumerate(POSTS[(number - 1) * 6 : number * 6])
    )
    older = f'<a href="/blog/page/{number + 1}/">Older posts</a>' if number * 6 < len(POSTS) else ""
    return _page("Letters", f"<main><h1>Letters</h1>{parts}<nav class=nav-links>{older}</nav></main>")


def recipes(_: object) -> Response:
    listed = [
        {
            "@type": "ListItem",
            "position": n,
            "item": {
                "@type": "Recipe",
                "name": r["name"],
                "totalTime": f"PT{int(str(r['minutes'])) // 60}H{int(str(r['minutes'])) % 60}M"
                if int(str(r["minutes"])) >= 60
                else f"PT{r['minutes']}M",
                "nutrition": {"@type": "NutritionInformation", "calories": f"{r['calories']} calories"},
            },
        }
        for n, r in enumerate(RECIPES, 1)
    ]
    data = json.dumps({"@context": "https://schema.org", "@type": "ItemList", "itemListElement": listed})
    cards = "".join(
        f"<div class=r><h3>{r['name']}</h3><p>{r['minutes']} min · {r['calories']} kcal</p></div>" for r in RECIPES
    )
    return _page("Recipes", f"<h1>Recipes</h1>{cards}", f'<script type="application/ld+json">{data}</script>')


def flats(request: Request) -> Response:
    number = int(request.query_params.get("page", "1"))
    shown = FLATS[(number - 1) * 10 : number * 10]
    data = {"props": {"pageProps": {"listings": shown, "total": len(FLATS), "page": number}}, "page": "/flats"}
    cards = "".join(
        f"<li class='sc-a1b2'><b>{f['headline']}</b><span>{f['city']}</span><span>{f['bedrooms']} bed</span>"
        f"<span>€{f['monthlyRent']['value']}/month</span></li>"  # type: ignore[index]  # plain test data
        for f in shown
    )
    pages = "".join(f"<a href='/flats?page={n}'>{n}</a>" for n in (1, 2, 3))
    return _page(
        "Flats to rent",
        f"<h1>Flats to rent</h1><ul>{cards}</ul><div class=pages>{pages}</div>"
        f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script>',
    )


def tickets(request: Request) -> Response:
    asked = request.query_params
    found = [t for t in TICKETS if asked.get("state", t["state"]) == t["state"]]
    start, size = int(asked.get("offset", "0")), min(int(asked.get("limit", "20")), 50)
    later = f"/api/tickets?offset={start + size}&limit={size}" if start + size < len(found) else None
    return JSONResponse({"count": len(found), "next": later, "results": found[start : start + size]})


def plants(_: object) -> Response:
    tiles = "".join(
        f'<div class="tile" data-id="{n}" data-price="{5 + n * 1.5:.2f}" data-light="{("sun", "shade")[n % 2]}">'
        f'<img src="/p/{n}.webp" alt="Plant {n}"><div class="tile__label">Plant {n}</div></div>'
        for n in range(14)
    )
    return _page("Plants", f"<h1>Plants</h1><section class=tiles>{tiles}</section>")


def menu(_: object) -> Response:
    parts = "".join(
        f"<section><h2>{kind}</h2><ul>"
        + "".join(
            f'<li><span class="dish">{name}</span>{" <em>vegetarian</em>" if green else ""} <span class="cost">£{price:.2f}</span></li>'
            for name, price, green in dishes
        )
        + "</ul></section>"
        for kind, dishes in MENU.items()
    )
    return _page("Trattoria menu", f"<h1>Our menu</h1>{parts}")


def search(request: Request) -> Response:
    words = request.query_params.get("q", "")
    found = [b for b in BOOKS if words and words.lower() in b.lower()]
    rows = "".join(
        f'<li class=hit><a href="/book/{BOOKS.index(b)}">{escape(b)}</a><span class=code>B{BOOKS.index(b)}</span></li>'
        for b in found
    )
    told = (
        f"<p>{len(found)} results for “{escape(words)}”</p>"
        if words
        else "<p>Type something to search our 12 books.</p>"
    )
    form = f'<form action="/search" method="get" role="search"><input name="q" value="{escape(words)}"><button>Search</button></form>'
    return _page("Library search", f"<h1>Search the library</h1>{form}{told}<ol>{rows}</ol>")


SITE = Site(
    name="various",
    app=Starlette(
        routes=[
            Route("/blog", blog),
            Route("/blog/page/{number}/", blog),
            Route("/recipes", recipes),
            Route("/flats", flats),
            Route("/api/tickets", tickets),
            Route("/plants", plants),
            Route("/menu", menu),
            Route("/search", search),
        ]
    ),
    questions=(
        Asked(
            text="posts by Jane Doe from April 2027",
            path="/blog",
            rows=[(p["title"],) for p in POSTS if p["by"] == "Jane Doe" and p["month"] == 3],
        ),
        Asked(
            text="posts about clocks", path="/blog", rows=[(p["title"],) for p in POSTS if "clocks" in str(p["title"])]
        ),
        Asked(
            text="recipes that take less than 30 minutes",
            path="/recipes",
            rows=[(r["name"],) for r in RECIPES if int(str(r["minutes"])) < 30],
        ),
        Asked(
            text="recipes with fewer than 300 calories",
            path="/recipes",
            rows=[(r["name"],) for r in RECIPES if int(str(r["calories"])) < 300],
        ),
        Asked(
            text="flats in Lisbon with at least 2 bedrooms under 1200 euros",
            path="/flats",
            rows=[
                (f["ref"],)
                for f in FLATS
                if f["city"] == "Lisbon" and int(str(f["bedrooms"])) >= 2 and f["monthlyRent"]["value"] < 1200  # type: ignore[index]  # plain test data
            ],
        ),
        Asked(
            text="tickets with status open and more than 20 votes",
            path="/api/tickets",
            rows=[(t["key"],) for t in TICKETS if t["state"] == "open" and int(str(t["votes"])) > 20],
        ),
        Asked(text="open tickets", path="/api/tickets", rows=[(t["key"],) for t in TICKETS if t["state"] == "open"]),
        Asked(
            text="plants for the shade under 12 dollars",
            path="/plants",
            rows=[(f"Plant {n}",) for n in range(14) if n % 2 and 5 + n * 1.5 < 12],
        ),
        Asked(text="vegetarian pizzas", path="/menu", rows=[(d[0],) for d in MENU["Pizzas"] if d[2]]),
        Asked(
            text="dishes under £10",
            path="/menu",
            rows=[(d[0], d[1]) for dishes in MENU.values() for d in dishes if d[1] < 10],
        ),
        Asked(text="books about dragons", path="/search", rows=[(b,) for b in BOOKS if "Dragons" in b]),
    ),
)
