"""Hiking trails: the first page's state in a script as a JavaScript object, later ones by JSON behind a button."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

REGIONS = ("Arlberg", "Karwendel", "Dachstein", "Hohe Tauern", "Wechsel")
GRADES = ("easy", "moderate", "hard")
HEADS = ("Eagle", "Marmot", "Chapel", "Spruce", "Glacier", "Miller's", "Salt", "Larch", "Shepherd's", "Copper")
TAILS = ("Ridge", "Loop", "Gorge Path", "Lake Walk", "Traverse", "Summit Trail")
PER_PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Trail:
    id: int
    slug: str
    name: str
    region: str
    difficulty: str
    lengthKm: float  # noqa: N815 - as the site names it
    ascentM: int  # noqa: N815 - as above
    rating: float
    loop: bool
    dogsAllowed: bool  # noqa: N815 - as above


def _trails() -> tuple[Trail, ...]:
    chance = random.Random(1492)
    names = [f"{head} {tail}" for head in HEADS for tail in TAILS]
    chance.shuffle(names)
    ascents = chance.sample(range(40, 1610, 10), len(names))
    return tuple(
        Trail(
            id=300 + at,
            slug=name.lower().replace("'", "").replace(" ", "-"),
            name=name,
            region=chance.choice(REGIONS),
            difficulty=chance.choice(GRADES),
            lengthKm=chance.randint(21, 260) / 10,
            ascentM=ascents[at],
            rating=chance.randint(28, 50) / 10,
            loop=chance.random() > 0.5,
            dogsAllowed=chance.random() > 0.4,
        )
        for at, name in enumerate(names)
    )


TRAILS = _trails()


def _literal(value: Any) -> str:
    """A JavaScript object literal as bundlers write it: bare keys, !0 and !1."""
    if isinstance(value, bool):
        return "!0" if value else "!1"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_literal(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_literal(one) for one in value) + "]"
    return "void 0" if value is None else json.dumps(value)


def _card(one: Trail) -> str:
    return f"""<a class="trail-card" href="/trail/{one.slug}" data-v-7ac1><h3 data-v-7ac1>{one.name}</h3><div class="tags"><span>{one.region}</span><span class="grade-{one.difficulty}">{one.difficulty}</span></div>
<div class="facts"><span>{one.lengthKm} km</span><span>{one.ascentM} m</span><span>★ {one.rating}</span></div></a>"""


def home(request: Request) -> Response:
    shown = TRAILS[:PER_PAGE]
    state = {
        "layout": "default",
        "error": None,
        "serverRendered": True,
        "routePath": "/",
        "data": [{"trails": [asdict(one) for one in shown], "total": len(TRAILS), "page": 1, "regions": list(REGIONS)}],
    }
    return HTMLResponse(
        f"""<!doctype html><html data-n-head-ssr><head><title>Trailhead Austria</title><meta charset="utf-8"></head><body><div id="__nuxt"><div id="__layout">
<header><a href="/">Trailhead</a><nav><a href="/huts">Huts</a><a href="/about">About</a></nav></header><h1>Hiking trails</h1><p>{len(TRAILS)} trails</p><div class="list">{"".join(_card(one) for one in shown)}</div><button class="more">More trails</button></div></div>
<script>window.__NUXT__={_literal(state)};</script>
<script>
let page = window.__NUXT__.data[0].page;
document.querySelector(".more").addEventListener("click", async () => {{
  page += 1;
  const answer = await (await fetch("/api/trails?page=" + page)).json();
  document.querySelector(".list").insertAdjacentHTML("beforeend", answer.trails.map(t => `<a class="trail-card" href="/trail/${{t.slug}}" data-v-7ac1><h3 data-v-7ac1>${{t.name}}</h3><div class="tags"><span>${{t.region}}</span><span class="grade-${{t.difficulty}}">${{t.difficulty}}</span></div><div class="facts"><span>${{t.lengthKm}} km</span><span>${{t.ascentM}} m</span><span>★ ${{t.rating}}</span></div></a>`).join(""));
  if (page * {PER_PAGE} >= answer.total) document.querySelector(".more").remove();
}});
</script></body></html>"""
    )


def page(request: Request) -> Response:
    number = int(request.query_params.get("page") or 1)
    shown = TRAILS[(number - 1) * PER_PAGE : number * PER_PAGE]
    return JSONResponse({"trails": [asdict(one) for one in shown], "total": len(TRAILS), "page": number})


def trail(request: Request) -> Response:
    found = [one for one in TRAILS if one.slug == request.path_params["slug"]]
    if not found:
        return HTMLResponse("<h1>404</h1>", status_code=404)
    [one] = found
    return HTMLResponse(
        f"<!doctype html><title>{one.name}</title><h1>{one.name}</h1><p>{one.region}, {one.lengthKm} km, dogs {'welcome' if one.dogsAllowed else 'not allowed'}</p>"
    )


def _rows(*found: Trail) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.name, one.lengthKm, one.ascentM) for one in found)


QUESTIONS = (
    Question(
        id="trails-easy",
        text="easy trails in Karwendel",
        rows=_rows(*(one for one in TRAILS if (one.difficulty, one.region) == ("easy", "Karwendel"))),
    ),
    Question(
        id="trails-long", text="trails longer than 20 km", rows=_rows(*(one for one in TRAILS if one.lengthKm > 20))
    ),
    Question(
        id="trails-range",
        text="hard trails between 8 and 15 km",
        rows=_rows(*(one for one in TRAILS if one.difficulty == "hard" and 8 <= one.lengthKm <= 15)),
    ),
    Question(
        id="trails-top",
        text="top 5 trails by ascent",
        rows=_rows(*sorted(TRAILS, key=lambda one: -one.ascentM)[:5]),
        ordered=True,
    ),
    Question(
        id="trails-dogs",
        text="trails in Dachstein where dogs are allowed",
        rows=_rows(*(one for one in TRAILS if one.region == "Dachstein" and one.dogsAllowed)),
    ),
    Question(
        id="trails-low",
        text="loop trails with less than 300 m of ascent",
        rows=_rows(*(one for one in TRAILS if one.loop and one.ascentM < 300)),
    ),
    Question(id="trails-all", text="all hiking trails", rows=_rows(*TRAILS)),
    Question(id="trails-none", text="trails in Dolomites", rows=()),
)

SITE = TownSite(
    name="trails",
    app=Starlette(routes=[Route("/", home), Route("/api/trails", page), Route("/trail/{slug}", trail)]),
    questions=QUESTIONS,
)
