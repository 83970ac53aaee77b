"""A record shop: each page carries its state as entities by id and lists of ids, beside the rendered cards."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

ARTISTS = (
    *("The Paper Lanterns", "Odile Marchetti", "Copper Union", "Sandpiper Five", "Bell & Thorn", "Low Tide Choir"),
    *("Yusuf Adeyemi", "North Pier", "Velvet Marrow", "Harriet Gale", "Kites", "Dusk Orchestra"),
)
LABELS = ("Foghorn", "Little Acorn", "Parallel", "Redbrick")
GENRES = ("Jazz", "Soul", "Folk", "Ambient", "Reggae")
HEADS = ("Slow", "Paper", "Winter", "Electric", "Hollow", "Golden", "Second", "Borrowed", "Midnight", "Distant")
TAILS = ("Windows", "Letters", "Harbour", "Parade", "Mirrors", "Weather", "Gospel", "Machines")
BUILD = "kf93Qx0aT-build"
PER_PAGE = 25
PICKS = ("r7003", "r7044", "r7069")


@dataclass(frozen=True, kw_only=True)
class Release:
    id: str
    title: str
    artist: int
    label: int | None
    genre: int
    year: int
    price: float
    stock: int
    grade: str

    def entity(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "artistId": f"a{self.artist}",
            "labelId": None if self.label is None else f"l{self.label}",
            "genreId": f"g{self.genre}",
            "year": self.year,
            "format": "LP",
            "grade": self.grade,
            "price": {"value": self.price, "display": f"£{self.price:.2f}"},
            "stock": self.stock,
        }


def _releases() -> tuple[Release, ...]:
    chance = random.Random(3345)
    titles = [f"{head} {tail}" for head in HEADS for tail in TAILS]
    chance.shuffle(titles)
    return tuple(
        Release(
            id=f"r{7000 + at}",
            title=title,
            artist=chance.randrange(len(ARTISTS)),
            label=chance.choice((0, 1, 2, 3, None)),
            genre=chance.randrange(len(GENRES)),
            year=chance.randint(1962, 2026),
            price=chance.randint(8, 44) + chance.choice((0.5, 0.99, 0.25)),
            stock=chance.choice((0, 0, 1, 1, 2, 5)),
            grade=chance.choice(("M", "NM", "VG+", "VG")),
        )
        for at, title in enumerate(titles)
    )


RELEASES = _releases()
BY_ID = {one.id: one for one in RELEASES}


def _named(prefix: str, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return {
        f"{prefix}{at}": {"id": f"{prefix}{at}", "name": name, "slug": name.lower().replace(" ", "-")}
        for at, name in enumerate(names)
    }


def _props(number: int) -> dict[str, Any]:
    """The page's state; the staff's picks are among its entities too, whatever page they stand on."""
    shown = RELEASES[(number - 1) * PER_PAGE : number * PER_PAGE]
    entities = {one.id: one.entity() for one in (*shown, *(BY_ID[key] for key in PICKS))}
    return {
        "pageProps": {
            "initialState": {
                "entities": {
                    "releases": entities,
                    "artists": _named("a", ARTISTS),
                    "labels": _named("l", LABELS),
                    "genres": _named("g", GENRES),
                },
                "catalogue": {
                    "ids": [one.id for one in shown],
                    "page": number,
                    "pageCount": -(-len(RELEASES) // PER_PAGE),
                    "total": len(RELEASES),
                },
                "staffPicks": {"ids": list(PICKS)},
                "basket": {"ids": [], "loading": False},
            }
        },
        "__N_SSP": True,
    }


def _card(one: Release) -> str:
    stock = f"{one.stock} in stock" if one.stock else '<em class="Card_out__x1">Sold out</em>'
    return f"""<li class="Card_root__2hYaQ"><a href="/release/{one.id}"><h3 class="Card_title__9sB">{one.title}</h3></a>
<p class="Card_artist__0f">{ARTISTS[one.artist]}</p><p>{GENRES[one.genre]} · {one.year} · LP · {one.grade}</p>
<p class="Card_price__Jk">£{one.price:.2f}</p><p>{stock}</p></li>"""


def _number(request: Request) -> int:
    text = request.query_params.get("p") or "1"
    return int(text) if text.isdigit() and int(text) else 1


def _page(title: str, body: str, data: dict[str, Any]) -> Response:
    state = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return HTMLResponse(
        f"""<!DOCTYPE html><html lang="en-GB"><head><meta charSet="utf-8"/><title>{title}</title></head>
<body><div id="__next"><header class="Head_root__t1"><a href="/">Groove Yard</a><nav><a href="/">Records</a>
<a href="/visit">Visit</a></nav><p class="Head_note__q">Free UK delivery over £50</p></header>{body}
<footer class="Foot_root__b">Groove Yard, 14 Cooper's Row, Bristol</footer></div>
<script id="__NEXT_DATA__" type="application/json">{state}</script></body></html>"""
    )


def home(request: Request) -> Response:
    number = _number(request)
    shown = RELEASES[(number - 1) * PER_PAGE : number * PER_PAGE]
    pages = -(-len(RELEASES) // PER_PAGE)
    links = "".join(
        f'<a href="/?p={at}"{" aria-current=page" if at == number else ""}>{at}</a>' for at in range(1, pages + 1)
    )
    onward = f'<a rel="next" href="/?p={number + 1}">Next</a>' if number < pages else ""
    picks = "".join(_card(BY_ID[key]) for key in PICKS)
    return _page(
        "Records | Groove Yard",
        f"""<main><h1>All records</h1><ul class="Grid_root__Zz">{"".join(map(_card, shown))}</ul>
<nav class="Pager_root__c">{links}{onward}</nav></main><aside><h2>Staff picks</h2><ul>{picks}</ul></aside>""",
        {"props": _props(number), "page": "/", "query": dict(request.query_params), "buildId": BUILD, "gssp": True},
    )


def data(request: Request) -> Response:
    return JSONResponse(_props(_number(request)))


def release(request: Request) -> Response:
    one = BY_ID.get(request.path_params["id"])
    if one is None:
        return HTMLResponse("<h1>404 | This page could not be found.</h1>", status_code=404)
    return _page(
        f"{one.title} | Groove Yard",
        f"<main><h1>{one.title}</h1><ul>{_card(one)}</ul></main>",
        {"props": {"pageProps": {"release": one.entity()}}, "page": "/release/[id]", "buildId": BUILD},
    )


def visit(request: Request) -> Response:
    return _page("Visit | Groove Yard", "<h1>Visit</h1><p>Tuesday to Saturday, 10 to 6.</p>", {"page": "/visit"})


def _rows(*found: Release) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.title, one.price) for one in found)


QUESTIONS = (
    Question(
        id="vinyl-1",
        text="all jazz records",
        rows=_rows(*(one for one in RELEASES if GENRES[one.genre] == "Jazz")),
    ),
    Question(
        id="vinyl-2",
        text="records by The Paper Lanterns",
        rows=_rows(*(one for one in RELEASES if ARTISTS[one.artist] == "The Paper Lanterns")),
    ),
    Question(
        id="vinyl-3",
        text="soul records between 20 and 35 pounds that are not sold out",
        rows=_rows(*(one for one in RELEASES if GENRES[one.genre] == "Soul" and one.stock and 20 <= one.price <= 35)),
    ),
)

SITE = TownSite(
    name="vinyl",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/visit", visit),
            Route("/release/{id}", release),
            Route(f"/_next/data/{BUILD}/index.json", data),
        ]
    ),
    questions=QUESTIONS,
)
