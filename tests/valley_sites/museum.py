"""A museum's collection on Next.js: server-rendered cards with hashed classes, and the streamed payload beside them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

DEPARTMENTS = {
    "Ceramics": (("Tea bowl", "Tureen", "Tile panel", "Charger", "Ewer"), ("Stoneware", "Porcelain", "Faience")),
    "Paintings": (("Harbour", "Portrait", "Still life", "Interior", "Winter scene"), ("Oil on canvas", "Oil on panel")),
    "Textiles": (("Sampler", "Shawl", "Coverlet", "Tapestry fragment"), ("Wool", "Silk", "Linen, wool")),
    "Metalwork": (("Candlestick", "Coffee pot", "Tankard", "Snuffbox"), ("Silver", "Brass", "Pewter")),
}
MOTIFS = (
    *("with Herons", "with Quinces", "with a Ship", "of the Weaver", "with Bells", "of the Miller's Daughter"),
    *("with Thistles", "with Two Dogs", "of the Ferry House", "with Blue Ribbons"),
)
MAKERS = ("Aldous Prynne", "Margit Sörensen", "Workshop of Ebbe Lund", "Clemence Harte", None, None)
DONORS = ("Gift of the Halvorsen family", "Bequest of Miss Ada Threlkeld", "Purchased with the aid of the Friends")
PER_PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Thing:
    number: str
    title: str
    department: str
    material: str
    maker: str | None
    year: int
    about: bool
    gallery: int | None
    credit: str
    given: int
    height: float

    @property
    def dated(self) -> str:
        return f"{'c. ' * self.about}{self.year}"


def _things() -> tuple[Thing, ...]:
    chance = random.Random(1759)
    found: list[Thing] = []
    for department, (nouns, materials) in DEPARTMENTS.items():
        titles = chance.sample([f"{noun} {motif}" for noun in nouns for motif in MOTIFS], 33)
        years = chance.sample(range(1610, 1905), 33)
        for title, year in zip(titles, years, strict=True):
            given = chance.randrange(1908, 2024)
            found.append(
                Thing(
                    number=f"{given}.{chance.randrange(10, 99)}.{len(found) + 1}",
                    title=title,
                    department=department,
                    material=chance.choice(materials),
                    maker=chance.choice(MAKERS),
                    year=year,
                    about=chance.random() < 0.4,
                    gallery=chance.choice((None, None, None, 3, 4, 7, 12)),
                    credit=chance.choice(DONORS),
                    given=given,
                    height=chance.randrange(60, 1800) / 10,
                )
            )
    chance.shuffle(found)
    return tuple(found)


THINGS = _things()


def _card(one: Thing) -> dict[str, Any]:
    return {
        "objectNumber": one.number,
        "title": one.title,
        "department": one.department,
        "maker": one.maker or "$undefined",
        "displayDate": one.dated,
        "material": one.material,
        "image": None,
    }


def _page(title: str, body: str, payload: dict[str, Any]) -> Response:
    """Write the page, with its payload pushed in two pieces as the app router does."""
    tree = json.dumps(["$", "main", None, {"className": "layout_main__x9Kq2", "children": ["$", "$L7", None, payload]}])
    lines = (
        '1:"$Sreact.fragment"\n2:I[5244,[],""]\n7:I[8173,["931","static/chunks/app/page-3f0c11d.js"],"Results"]\n',
        f"5:{tree[: len(tree) // 2]}",
        f"{tree[len(tree) // 2 :]}\n",
    )
    pushed = "".join(f"<script>self.__next_f.push({json.dumps([1, line])})</script>" for line in lines)
    return HTMLResponse(f"""<!DOCTYPE html><html lang="en" class="__variable_4d318d"><head><meta charSet="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/><title>{escape(title)} | Lindmoor Museum</title>
<link rel="preload" as="script" fetchPriority="low" href="/_next/static/chunks/webpack-9b1c.js"/>
<link rel="icon" href="data:,"/><meta name="next-size-adjust" content=""/></head><body class="antialiased">
<header class="header_bar__Yy1Lp"><a href="/" class="header_logo__0aPzt">Lindmoor Museum</a><nav>
<a href="/visit">Visit</a><a href="/collection">Collection</a></nav></header>{body}<!--$--><!--/$-->
<footer class="footer_root__kT3s1">Open Tuesday to Sunday, 10 to 5. Admission £9.</footer>
<script src="/_next/static/chunks/webpack-9b1c.js" async=""></script>
<script>(self.__next_f=self.__next_f||[]).push([0])</script>{pushed}</body></html>""")


def home(request: Request) -> Response:
    return _page(
        "Home",
        """<main><h1>Lindmoor Museum</h1><section class="hero_wrap__q11Zs"><h2>Now on: Salt &amp; Silver</h2>
<p>12–28 March, Gallery 2</p></section><a class="button_primary__m2Xw8" href="/collection">Explore 132 objects</a>
</main>""",
        {"page": "home"},
    )


def collection(request: Request) -> Response:
    """The cards of a page, narrowed by department, material or a word of the title."""
    department, material, word = (request.query_params.get(key, "") for key in ("department", "material", "q"))
    found = [
        one
        for one in THINGS
        if department in ("", one.department)
        and material in ("", one.material)
        and word.casefold() in one.title.casefold()
    ]
    at, pages = int(request.query_params.get("page", 1)), max(1, -(-len(found) // PER_PAGE))
    shown = found[(at - 1) * PER_PAGE : at * PER_PAGE]
    kept = "".join(f"&amp;{key}={escape(value)}" for key, value in (("department", department), ("q", word)) if value)
    cards = "".join(
        f"""<li class="card_root__Jd83a"><a class="card_link__2bq9P" href="/collection/{one.number}">
<div class="card_image__w0Ls7" aria-hidden="true"></div><h3 class="card_title__b77Mn">{escape(one.title)}</h3></a>
{f'<p class="card_maker__Lk2o1">{one.maker}</p>' if one.maker else ""}<p class="card_meta__9sHfE">
<span>{one.dated}</span><!-- --> · <!-- --><span>{one.material}</span></p>
<span class="tag_root__uU4r3">{one.department}</span></li>"""
        for one in shown
    )
    chips = "".join(f'<a class="chip_root__e3" href="/collection?department={one}">{one}</a>' for one in DEPARTMENTS)
    links = "".join(
        f'<a class="pager_link__Zc4{" pager_current__8" * (number == at)}" href="/collection?page={number}{kept}">'
        f"{number}</a>"
        for number in range(1, pages + 1)
    )
    return _page(
        "Collection",
        f"""<main class="layout_main__x9Kq2"><h1>Collection</h1><form action="/collection" class="search_form__aa0">
<input name="q" placeholder="Search titles" value="{escape(word)}"/></form><div class="chips_row__1">{chips}</div>
<p role="status">{len(found)}<!-- --> objects</p><ul class="grid_root__M5n0p">{cards}</ul>
<nav class="pager_root__Zc4" aria-label="Pages">{links}</nav></main>""",
        {"items": [_card(one) for one in shown], "total": len(found), "page": at, "pageCount": pages},
    )


def thing(request: Request) -> Response:
    one = next((one for one in THINGS if one.number == request.path_params["number"]), None)
    if one is None:
        return HTMLResponse("<h1>404</h1><h2>This page could not be found.</h2>", status_code=404)
    shown = f"On view in Gallery {one.gallery}" if one.gallery else "Not on view"
    facts = {
        "Maker": one.maker or "Unknown",
        "Date": one.dated,
        "Materials": one.material,
        "Height": f"{one.height} cm",
        "Department": one.department,
        "Object number": one.number,
        "Credit line": f"{one.credit}, {one.given}",
    }
    rows = "".join(
        f'<div class="facts_row__G6d"><dt class="facts_name__p0">{name}</dt><dd class="facts_value__v1">{escape(value)}'
        "</dd></div>"
        for name, value in facts.items()
    )
    alike = [other for other in THINGS if other.department == one.department and other != one][:4]
    served = {**_card(one), "creditLine": facts["Credit line"], "heightCm": one.height, "gallery": one.gallery}
    return _page(
        one.title,
        f"""<main class="layout_main__x9Kq2"><nav class="crumbs_root__0"><a href="/collection">Collection</a> /
<a href="/collection?department={one.department}">{one.department}</a></nav><h1>{escape(one.title)}</h1>
<p class="status_pill__4Wz">{shown}</p><dl class="facts_root__G6d">{rows}</dl><section><h2>You may also like</h2><ul>
{"".join(f'<li><a href="/collection/{other.number}">{escape(other.title)}</a></li>' for other in alike)}</ul></section>
</main>""",
        {"object": served},
    )


def visit(request: Request) -> Response:
    return _page("Visit", "<main><h1>Visit</h1><p>Take bus 14 to Mill Street.</p></main>", {"page": "visit"})


def _of(department: str) -> list[Thing]:
    return [one for one in THINGS if one.department == department]


QUESTIONS = (
    Question(
        id="museum-1",
        text="ceramics made between 1750 and 1800",
        rows=tuple((one.title, one.year) for one in _of("Ceramics") if 1750 <= one.year <= 1800),
    ),
    Question(
        id="museum-2",
        text="Which silver objects are on view at the moment?",
        rows=tuple((one.title,) for one in THINGS if one.material == "Silver" and one.gallery),
    ),
    Question(
        id="museum-3",
        text="paintings that were a gift of the Halvorsen family",
        rows=tuple((one.title,) for one in _of("Paintings") if "Halvorsen" in one.credit),
    ),
    Question(
        id="museum-4",
        text="list all textiles by Margit Sörensen that are made of wool only, with their object numbers",
        rows=tuple(
            (one.title, one.number)
            for one in _of("Textiles")
            if (one.maker, one.material) == ("Margit Sörensen", "Wool")
        ),
    ),
)

SITE = TownSite(
    name="museum",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/visit", visit),
            Route("/collection", collection),
            Route("/collection/{number}", thing),
            Route(
                "/_next/static/chunks/webpack-9b1c.js",
                lambda request: Response('"use strict";\n', media_type="text/javascript"),
            ),
        ]
    ),
    questions=QUESTIONS,
)
