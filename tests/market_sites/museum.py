"""A museum's collection as a single page over GraphQL: relay connections, cursors, variables."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import base64
import json
import random
import re
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

ARTISTS = {
    "Johanna Reuss": "Germany",
    "Pieter van Aalst": "Netherlands",
    "Lucia Bonomi": "Italy",
    "Henrik Dahl": "Norway",
    "Marguerite Colin": "France",
    "Tomás Herrera": "Spain",
    "Unknown": "Italy",
}
MEDIUMS = {
    "PAINTING": "Painting",
    "SCULPTURE": "Sculpture",
    "PRINT": "Print",
    "TEXTILE": "Textile",
    "PHOTOGRAPH": "Photograph",
}
MOTIFS = (
    "Harbour",
    "Orchard",
    "Two Sisters",
    "The Ferryman",
    "Still Life",
    "Winter Road",
    "Portrait of a Baker",
    "Saint Jerome",
    "Market Day",
    "Bridge",
)
TAILS = ("at Dawn", "in the Rain", "with Lemons", "in Blue", "after the Storm", "by Candlelight", "from Memory")
GALLERIES = ("Room 1", "Room 4", "Room 7", "East Hall")


@dataclass(frozen=True, kw_only=True)
class Work:
    id: str
    title: str
    artist: str
    medium: str
    year: int
    gallery: str | None
    width_cm: float


def _works() -> tuple[Work, ...]:
    chance = random.Random(313)
    titles = [f"{motif} {tail}" for motif in MOTIFS for tail in TAILS]
    chance.shuffle(titles)
    return tuple(
        Work(
            id=f"W{1000 + at * 3}",
            title=title,
            artist=chance.choice(tuple(ARTISTS)),
            medium=chance.choice(("PAINTING", "PAINTING", "PAINTING", *MEDIUMS)),
            year=chance.randint(1610, 1985),
            gallery=chance.choice((*GALLERIES, None, None)),
            width_cm=chance.randint(120, 2400) / 10,
        )
        for at, title in enumerate(titles)
    )


WORKS = _works()

QUERY = """query Collection($first: Int!, $after: String, $medium: Medium, $search: String) {
  artworks(first: $first, after: $after, medium: $medium, search: $search) {
    totalCount
    edges { cursor node { id title year medium artist { name country } location { gallery onView } dimensions { widthCm } } }
    pageInfo { endCursor hasNextPage }
  }
}"""

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Collection — Ostrava Museum of Art</title><script type="module">
const QUERY = QUERY_TEXT;
let after = null, medium = null, search = null, nodes = [];
async function load() {
  const r = await fetch("/graphql", {method: "POST", headers: {"content-type": "application/json"},
    body: JSON.stringify({operationName: "Collection", query: QUERY, variables: {first: 15, after, medium, search}})});
  const {data} = await r.json();
  nodes.push(...data.artworks.edges.map(e => e.node));
  after = data.artworks.pageInfo.endCursor;
  document.querySelector("#count").textContent = data.artworks.totalCount + " works";
  document.querySelector("#works").innerHTML = nodes.map(n => `<figure><img alt="" src="/media/${n.id}.jpg"><figcaption><strong>${n.title}</strong>, ${n.year}<br>${n.artist.name} (${n.artist.country})<br>
    <small>${n.medium.toLowerCase()}, ${n.dimensions.widthCm} cm wide</small> <em>${n.location.onView ? "On view in " + n.location.gallery : "Not on view"}</em></figcaption></figure>`).join("");
  document.querySelector("#more").hidden = !data.artworks.pageInfo.hasNextPage;
}
document.querySelector("#more").onclick = load;
document.querySelector("#medium").onchange = e => { medium = e.target.value || null; after = null; nodes = []; load(); };
document.querySelector("#q").onchange = e => { search = e.target.value || null; after = null; nodes = []; load(); };
load();
</script></head><body><header><a href="/">Ostrava Museum of Art</a></header><main><h1>Collection</h1>
<label>Search <input id="q" type="search"></label> <label>Medium <select id="medium"><option value="">All</option>MEDIUM_OPTIONS</select></label>
<p id="count"></p><section id="works"></section><button id="more" hidden>Load more works</button></main></body></html>""".replace(
    "QUERY_TEXT", json.dumps(QUERY)
).replace("MEDIUM_OPTIONS", "".join(f'<option value="{one}">{name}</option>' for one, name in MEDIUMS.items()))


def home(request: Request) -> Response:
    return HTMLResponse(PAGE)


def _node(one: Work) -> dict[str, Any]:
    return {
        "__typename": "Artwork",
        "id": one.id,
        "title": one.title,
        "year": one.year,
        "medium": one.medium,
        "artist": {"name": one.artist, "country": ARTISTS[one.artist]},
        "location": {"gallery": one.gallery, "onView": one.gallery is not None},
        "dimensions": {"widthCm": one.width_cm},
    }


def _cursor(one: Work) -> str:
    return base64.b64encode(f"artwork:{one.id}".encode()).decode()


async def graphql(request: Request) -> Response:
    asked = await request.json()
    query, variables = str(asked.get("query", "")), asked.get("variables") or {}
    if not re.search(r"\bartworks\s*\(", query):
        return JSONResponse({"errors": [{"message": "Cannot query that field on type Query."}]}, status_code=400)
    medium = variables.get("medium")
    if medium and medium not in MEDIUMS:
        return JSONResponse(
            {"errors": [{"message": f'Variable "$medium" got invalid value "{medium}".'}]}, status_code=400
        )
    found = [one for one in WORKS if not medium or one.medium == medium]
    wanted = str(variables.get("search") or "").lower()
    found = [one for one in found if wanted in f"{one.title} {one.artist}".lower()]
    after = variables.get("after")
    begin = next((at + 1 for at, one in enumerate(found) if _cursor(one) == after), 0)
    shown = found[begin : begin + min(int(variables.get("first", 15)), 50)]
    return JSONResponse(
        {
            "data": {
                "artworks": {
                    "totalCount": len(found),
                    "edges": [{"cursor": _cursor(one), "node": _node(one)} for one in shown],
                    "pageInfo": {
                        "endCursor": _cursor(shown[-1]) if shown else None,
                        "hasNextPage": begin + len(shown) < len(found),
                    },
                }
            }
        }
    )


def _rows(*found: Work) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.title, one.artist, one.year) for one in found)


QUESTIONS = (
    Question(
        id="museum-sculptures",
        text="sculptures in the collection",
        rows=_rows(*(one for one in WORKS if one.medium == "SCULPTURE")),
    ),
    Question(
        id="museum-before",
        text="paintings made before 1750",
        rows=_rows(*(one for one in WORKS if one.medium == "PAINTING" and one.year < 1750)),
    ),
    Question(
        id="museum-artist",
        text="works by Lucia Bonomi",
        rows=_rows(*(one for one in WORKS if one.artist == "Lucia Bonomi")),
    ),
    Question(
        id="museum-room", text="works on view in Room 4", rows=_rows(*(one for one in WORKS if one.gallery == "Room 4"))
    ),
    Question(
        id="museum-oldest",
        text="the three oldest prints",
        rows=_rows(*sorted((one for one in WORKS if one.medium == "PRINT"), key=lambda one: one.year)[:3]),
        ordered=True,
    ),
    Question(
        id="museum-norway",
        text="artworks by artists from Norway between 1800 and 1900",
        rows=_rows(*(one for one in WORKS if ARTISTS[one.artist] == "Norway" and 1800 <= one.year <= 1900)),
    ),
    Question(
        id="museum-not-view",
        text="textiles that are not on view",
        rows=_rows(*(one for one in WORKS if one.medium == "TEXTILE" and one.gallery is None)),
    ),
    Question(id="museum-all", text="all works in the collection", rows=_rows(*WORKS)),
)

SITE = TownSite(
    name="museum",
    app=Starlette(routes=[Route("/", home), Route("/graphql", graphql, methods=["POST"])]),
    questions=QUESTIONS,
)
