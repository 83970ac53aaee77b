"""A plugin directory for an audio editor: an Angular shell over a HAL interface with details on own resources."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

CATEGORIES = ("Reverb", "Delay", "Compressor", "Synth", "Equalizer", "Utility")
VENDORS = ("Nordlys Audio", "Kestrel DSP", "Tin Roof Tools", "Oscar Bright", "Halftone Labs")
LICENSES = ("GPL-3.0", "MIT", "Proprietary")
HEADS = ("Velvet", "Rust", "Glass", "Marble", "Echo", "Paper", "Ferrite", "Tundra", "Copper", "Quiet", "Salt", "Ember")
TAILS = {
    "Reverb": ("Hall", "Plate", "Chamber"),
    "Delay": ("Tape", "Loop", "Bounce"),
    "Compressor": ("Squeeze", "Glue", "Press"),
    "Synth": ("Voice", "Wave", "Keys"),
    "Equalizer": ("Curve", "Tilt", "Shelf"),
    "Utility": ("Meter", "Gain", "Scope"),
}


@dataclass(frozen=True, kw_only=True)
class Plugin:
    slug: str
    name: str
    category: str
    vendor: str
    price: float
    rating: float | None
    ratings: int
    downloads: int
    updated: date
    license: str
    formats: tuple[str, ...]
    needs: str


def _plugins() -> tuple[Plugin, ...]:
    chance = random.Random(4404)
    downloads = chance.sample(range(120, 480_000), 150)
    found: list[Plugin] = []
    for category, tails in TAILS.items():
        for name in chance.sample([f"{head} {tail}" for head in HEADS for tail in tails], 25):
            terms = chance.choice(LICENSES)
            rated = chance.random() < 0.88
            found.append(
                Plugin(
                    slug=name.lower().replace(" ", "-"),
                    name=name,
                    category=category,
                    vendor=chance.choice(VENDORS),
                    price=0.0 if terms != "Proprietary" else chance.choice((0.0, 9.0, 19.0, 29.5, 49.0, 99.0)),
                    rating=chance.randrange(24, 51) / 10 if rated else None,
                    ratings=chance.randrange(3, 900) if rated else 0,
                    downloads=downloads[len(found)],
                    updated=date(2027, 3, 1) - timedelta(days=int(chance.random() ** 2 * 1500)),
                    license=terms,
                    formats=tuple(sorted(chance.sample(("VST3", "LV2", "CLAP", "AU"), chance.randrange(1, 4)))),
                    needs=chance.choice(("3.0", "3.2", "4.0")),
                )
            )
    return tuple(sorted(found, key=lambda one: one.name))


PLUGINS = _plugins()

MAIN = """(()=>{"use strict";
const environment={production:!0,apiUrl:"/api"};
class PluginService{
  list(page,size,category,sort){
    const p=new URLSearchParams({page:String(page),size:String(size),sort});
    category&&p.set("category",category);
    return fetch(`${environment.apiUrl}/plugins?${p}`,{headers:{Accept:"application/hal+json"}}).then(r=>r.json())}
  get(slug){return fetch(`${environment.apiUrl}/plugins/${slug}`).then(r=>r.json())}
}
const service=new PluginService,root=document.querySelector("app-root"),q=s=>root.querySelector(s);
const state={page:0,size:20,category:"",sort:"name,asc"};
const money=n=>n?"$"+n.toFixed(2):"Free";
const node=(tag,text,cls)=>{const n=document.createElement(tag);n.textContent=text;cls&&(n.className=cls);return n};
function shell(){
  root.innerHTML=`<mat-toolbar class="mat-toolbar mat-primary" _ngcontent-ng-c31>Wavemill Plugins</mat-toolbar>
  <mat-chip-listbox class="filters" _ngcontent-ng-c31></mat-chip-listbox>
  <select class="sort"><option value="name,asc">Name</option><option value="downloads,desc">Most downloads</option>
  <option value="rating,desc">Best rated</option><option value="updated,desc">Recently updated</option></select>
  <app-plugin-list></app-plugin-list><mat-paginator><button class="prev">&lt;</button><span class="range"></span>
  <button class="next">&gt;</button></mat-paginator>`;
  for(const c of ["","Reverb","Delay","Compressor","Synth","Equalizer","Utility"]){
    const b=node("mat-chip-option",c||"All","mat-mdc-chip");
    b.onclick=()=>{state.category=c;state.page=0;load()};q(".filters").append(b)}
  q(".sort").onchange=e=>{state.sort=e.target.value;state.page=0;load()};
  q(".prev").onclick=()=>{state.page--;load()};q(".next").onclick=()=>{state.page++;load()};
}
async function load(){
  const body=await service.list(state.page,state.size,state.category,state.sort),list=q("app-plugin-list");
  list.replaceChildren();
  for(const one of body._embedded?.plugins??[]){
    const card=node("mat-card","","mat-mdc-card"),title=node("a",one.name,"title");
    title.href="#/plugins/"+one.slug;
    card.append(title,node("span",one.category,"chip"),node("span",one.vendor.name,"vendor"),
      node("span",money(one.price),"price"),
      node("span",one.rating===null?"Not rated":`${one.rating} (${one.ratingCount})`,"rating"),
      node("span",one.downloads.toLocaleString("en-US")+" downloads","downloads"));
    list.append(card)}
  q(".range").textContent=`Page ${body.page.number+1} of ${body.page.totalPages}`;
  q(".prev").disabled=!body._links.prev;q(".next").disabled=!body._links.next;
}
async function show(slug){
  const one=await service.get(slug);
  root.innerHTML=`<a href="#/">Back</a><h1></h1><dl></dl>`;q("h1").textContent=one.name;
  for(const [name,value] of [["License",one.license],["Formats",one.formats.join(", ")],["Updated",one.lastUpdated],
    ["Requires Wavemill",one.minimumVersion],["Price",money(one.price)]])
    q("dl").append(node("dt",name),node("dd",value));
}
function route(){const m=location.hash.match(/^#\\/plugins\\/(.+)$/);m?show(m[1]):(shell(),load())}
addEventListener("hashchange",route);route();
})();
"""


def home(request: Request) -> Response:
    return HTMLResponse("""<!doctype html>
<html lang="en" data-critters-container><head>
<meta charset="utf-8"><title>Wavemill Plugins</title><base href="/">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" type="image/x-icon" href="data:,">
<style>html{--mat-sys-primary:#3f51b5}body{margin:0;font-family:Roboto,sans-serif}</style></head>
<body class="mat-typography"><app-root ng-version="19.1.4"></app-root>
<script src="polyfills-FFHMD2TL.js" type="module"></script><script src="main-4QZ7X3KD.js" type="module"></script></body>
</html>""")


def _brief(one: Plugin) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "name": one.name,
        "category": one.category,
        "vendor": {"id": VENDORS.index(one.vendor) + 1, "name": one.vendor},
        "price": one.price,
        "rating": one.rating,
        "ratingCount": one.ratings,
        "downloads": one.downloads,
        "lastUpdated": one.updated.isoformat(),
        "_links": {"self": {"href": f"/api/plugins/{one.slug}"}},
    }


SORTS = {
    "name": lambda one: one.name,
    "downloads": lambda one: one.downloads,
    "rating": lambda one: one.rating or 0,
    "updated": lambda one: one.updated,
}


def listing(request: Request) -> Response:
    """A page of the plugins: ``page`` from nought, ``size``, ``sort`` and ``category``, as in Spring Data REST."""
    asked = request.query_params
    at, size = int(asked.get("page", 0)), max(1, min(int(asked.get("size", 20)), 50))
    category = asked.get("category", "")
    name, _, way = asked.get("sort", "name,asc").partition(",")
    found = [one for one in PLUGINS if category in ("", one.category)]
    found.sort(key=SORTS.get(name, SORTS["name"]), reverse=way == "desc")
    pages = -(-len(found) // size)

    def link(page: int) -> dict[str, str]:
        kept = f"&category={category}" if category else ""
        return {"href": f"/api/plugins?page={page}&size={size}&sort={name},{way or 'asc'}{kept}"}

    links = {"first": link(0), "self": link(at), "last": link(max(0, pages - 1))}
    if at:
        links["prev"] = link(at - 1)
    if at + 1 < pages:
        links["next"] = link(at + 1)
    return JSONResponse(
        {
            "_embedded": {"plugins": [_brief(one) for one in found[at * size : (at + 1) * size]]},
            "_links": links,
            "page": {"size": size, "totalElements": len(found), "totalPages": pages, "number": at},
        },
        media_type="application/hal+json",
    )


def plugin(request: Request) -> Response:
    one = next((one for one in PLUGINS if one.slug == request.path_params["slug"]), None)
    if one is None:
        return JSONResponse({"status": 404, "error": "Not Found", "path": request.url.path}, status_code=404)
    return JSONResponse(
        {**_brief(one), "license": one.license, "formats": list(one.formats), "minimumVersion": one.needs},
        media_type="application/hal+json",
    )


QUESTIONS = (
    Question(
        id="plugins-1",
        text="free reverb plugins rated at least 4.5",
        rows=tuple(
            (one.name, one.rating)
            for one in PLUGINS
            if one.category == "Reverb" and not one.price and one.rating and one.rating >= 4.5
        ),
    ),
    Question(
        id="plugins-2",
        text="What are the 5 most downloaded synths?",
        rows=tuple(
            (one.name, one.downloads)
            for one in sorted(PLUGINS, key=lambda one: one.downloads, reverse=True)
            if one.category == "Synth"
        )[:5],
        ordered=True,
    ),
    Question(
        id="plugins-3",
        text="delay plugins from Nordlys Audio or Kestrel DSP that come as CLAP",
        rows=tuple(
            (one.name,)
            for one in PLUGINS
            if one.category == "Delay" and one.vendor in VENDORS[:2] and "CLAP" in one.formats
        ),
    ),
    Question(
        id="plugins-4",
        text="which paid plugins haven't been updated since the end of 2024",
        rows=tuple((one.name, one.updated) for one in PLUGINS if one.price and one.updated < date(2025, 1, 1)),
    ),
)

SITE = TownSite(
    name="plugins",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/main-4QZ7X3KD.js", lambda request: Response(MAIN, media_type="text/javascript")),
            Route("/polyfills-FFHMD2TL.js", lambda request: Response("", media_type="text/javascript")),
            Route("/api/plugins", listing),
            Route("/api/plugins/{slug}", plugin),
        ]
    ),
    questions=QUESTIONS,
)
