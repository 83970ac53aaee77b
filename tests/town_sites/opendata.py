"""A city's open-data portal: a page of script that searches by POST with a JSON body and shows facets."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import NOW, Question, TownSite

THEMES = ("Transport", "Environment", "Housing", "Education", "Health", "Culture")
PUBLISHERS = ("Parks Department", "City Statistics Office", "Harbour Authority", "Public Works")
FORMATS = ("CSV", "GeoJSON", "XLSX", "PDF")
SUBJECTS = {
    "Transport": ("Traffic counts", "Bicycle parking", "Bus stops", "Road works"),
    "Environment": ("Air quality", "Noise levels", "Street trees", "Flood zones"),
    "Housing": ("Building permits", "Rent index", "Vacant homes", "Social housing"),
    "Education": ("School places", "Day care centres", "Adult classes", "Pupil numbers"),
    "Health": ("Pharmacies", "Hospital beds", "Drinking water tests", "Vaccinations"),
    "Culture": ("Museum visits", "Public art", "Library loans", "Listed monuments"),
}
AREAS = ("Northgate", "Old Town", "Riverside", "Eastfield", "Harbour Quarter", "Hillside")


@dataclass(frozen=True, kw_only=True)
class Dataset:
    slug: str
    title: str
    theme: str
    publisher: str
    formats: tuple[str, ...]
    modified: datetime


def _datasets() -> tuple[Dataset, ...]:
    chance = random.Random(5)
    made = []
    for theme in THEMES:
        for subject in SUBJECTS[theme]:
            for area in AREAS:
                days = chance.randint(0, 700)
                made.append(
                    Dataset(
                        slug=f"{subject} {area}".lower().replace(" ", "-"),
                        title=f"{subject} in {area}",
                        theme=theme,
                        publisher=chance.choice(PUBLISHERS),
                        formats=tuple(sorted(chance.sample(FORMATS, chance.randint(1, 3)))),
                        modified=NOW - timedelta(days=days, hours=chance.randint(0, 8)),
                    )
                )
    chance.shuffle(made)
    return tuple(sorted(made, key=lambda one: one.modified, reverse=True))


DATASETS = _datasets()

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Open Data Portal</title></head><body>
<header><h1>Open Data Portal</h1><input id="q" type="search" placeholder="Search datasets"></header>
<aside id="facets"></aside><main><p id="count">Loading…</p><div id="results"></div>
<button id="prev">Previous</button><button id="next">Next</button></main>
<script>
const state = {q: "", facets: {theme: [], format: [], publisher: []}, sort: "modified desc", start: 0, rows: 20};
async function search() {
  const answer = await fetch("/api/v1/datasets/search", {method: "POST",
    headers: {"Content-Type": "application/json"}, body: JSON.stringify(state)});
  const {result} = await answer.json();
  document.getElementById("count").textContent = result.count + " datasets found";
  document.getElementById("results").innerHTML = result.results.map(d => `<article class="dataset-item">
    <h2><a href="/dataset/${d.name}">${d.title}</a></h2><p class="org">${d.organization.title}</p>
    <p>${d.theme}</p><ul>${d.resources.map(r => `<li class="label">${r.format}</li>`).join("")}</ul>
    <time datetime="${d.metadata_modified}">${d.metadata_modified.slice(0, 10)}</time></article>`).join("");
  document.getElementById("facets").innerHTML = Object.entries(result.search_facets).map(([name, items]) =>
    `<section><h3>${name}</h3>${items.map(i => `<label><input type="checkbox" name="${name}" value="${i.name}"
     ${state.facets[name].includes(i.name) ? "checked" : ""}> ${i.name} (${i.count})</label>`).join("")}</section>`
  ).join("");
}
document.getElementById("facets").addEventListener("change", e => {
  const held = state.facets[e.target.name];
  if (e.target.checked) held.push(e.target.value); else held.splice(held.indexOf(e.target.value), 1);
  state.start = 0; search();
});
document.getElementById("q").addEventListener("change", e => { state.q = e.target.value; state.start = 0; search(); });
document.getElementById("next").onclick = () => { state.start += state.rows; search(); };
document.getElementById("prev").onclick = () => { state.start = Math.max(0, state.start - state.rows); search(); };
search();
</script></body></html>"""


async def home(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def search(request: Request) -> Response:
    asked = await request.json()
    facets = asked.get("facets") or {}
    words = str(asked.get("q") or "").lower().split()
    found = [
        one
        for one in DATASETS
        if all(word in one.title.lower() for word in words)
        and (not facets.get("theme") or one.theme in facets["theme"])
        and (not facets.get("publisher") or one.publisher in facets["publisher"])
        and (not facets.get("format") or set(one.formats) & set(facets["format"]))
    ]
    start, rows = int(asked.get("start") or 0), min(int(asked.get("rows") or 20), 50)
    counts = {
        "theme": [{"name": name, "count": sum(one.theme == name for one in found)} for name in THEMES],
        "format": [{"name": name, "count": sum(name in one.formats for one in found)} for name in FORMATS],
        "publisher": [{"name": name, "count": sum(one.publisher == name for one in found)} for name in PUBLISHERS],
    }
    results = [_record(one) for one in found[start : start + rows]]
    return JSONResponse({"success": True, "result": {"count": len(found), "results": results, "search_facets": counts}})


def _record(one: Dataset) -> dict[str, object]:
    return {
        "name": one.slug,
        "title": one.title,
        "theme": one.theme,
        "organization": {"title": one.publisher},
        "resources": [{"format": name, "url": f"/dataset/{one.slug}.{name.lower()}"} for name in one.formats],
        "metadata_modified": one.modified.isoformat(),
        "private": False,
    }


def _titles(*found: Dataset) -> tuple[tuple[str], ...]:
    return tuple((one.title,) for one in found)


QUESTIONS = (
    Question(
        id="opendata-traffic-csv",
        text="datasets about traffic in CSV format",
        rows=_titles(*(one for one in DATASETS if "Traffic" in one.title and "CSV" in one.formats)),
    ),
    Question(
        id="opendata-publisher",
        text="datasets published by the Parks Department",
        rows=_titles(*(one for one in DATASETS if one.publisher == "Parks Department")),
    ),
    Question(
        id="opendata-since",
        text="housing datasets updated since January 2027",
        rows=_titles(*(one for one in DATASETS if one.theme == "Housing" and one.modified.year >= 2027)),
    ),
    Question(
        id="opendata-geojson",
        text="GeoJSON datasets on street trees",
        rows=_titles(*(one for one in DATASETS if "Street trees" in one.title and "GeoJSON" in one.formats)),
    ),
    Question(
        id="opendata-latest",
        text="the 10 most recently updated datasets",
        rows=_titles(*DATASETS[:10]),
        ordered=True,
    ),
    Question(id="opendata-none", text="datasets about volcanoes", rows=()),
)

SITE = TownSite(
    name="opendata",
    app=Starlette(routes=[Route("/", home), Route("/api/v1/datasets/search", search, methods=["POST"])]),
    questions=QUESTIONS,
)
