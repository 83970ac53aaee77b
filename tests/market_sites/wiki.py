"""A wiki of castles: category pages in alphabetical groups, a next page, and facts only in each article's infobox."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import dataclass
from html import escape
from itertools import groupby
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

REGIONS = ("Bohemia", "Saxony", "Tyrol")
STEMS = (
    "Adler",
    "Birken",
    "Drachen",
    "Eber",
    "Falken",
    "Greifen",
    "Hirsch",
    "Kron",
    "Löwen",
    "Mond",
    "Rauhen",
    "Schwarzen",
)
ENDS = ("stein", "burg", "fels", "eck", "berg")
STYLES = ("Romanesque", "Gothic", "Renaissance", "Baroque")
STATES = ("Ruin", "Preserved", "Restored")
OWNERS = ("State", "Private", "Municipality")
PER_PAGE = 16


@dataclass(frozen=True, kw_only=True)
class Castle:
    name: str
    region: str
    built: int
    style: str
    condition: str
    owner: str
    elevation: int

    @property
    def path(self) -> str:
        return f"/wiki/{quote(self.name.replace(' ', '_'))}"


def _castles() -> tuple[Castle, ...]:
    chance = random.Random(1356)
    names = [f"{stem}{end}" for stem in STEMS for end in ENDS]
    return tuple(
        Castle(
            name=f"{name} Castle",
            region=chance.choice(REGIONS),
            built=chance.randint(1080, 1720),
            style=chance.choice(STYLES),
            condition=chance.choice(STATES),
            owner=chance.choice(OWNERS),
            elevation=chance.randint(180, 1450),
        )
        for name in sorted(names)
    )


CASTLES = _castles()


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - Castlepedia</title><meta name="generator" content="MiniWiki 1.2"></head><body>
<div id="mw-navigation"><ul><li><a href="/wiki/Main_Page">Main page</a></li><li><a href="/wiki/Special:Random">Random article</a></li><li><a href="/wiki/Help:Contents">Help</a></li></ul></div>
<div id="content"><h1 id="firstHeading">{escape(title)}</h1><div id="bodyContent">{body}</div></div><div id="footer"><ul><li>Content is available under CC BY-SA.</li><li><a href="/wiki/About">About</a></li></ul></div></body></html>"""
    )


def main_page(request: Request) -> Response:
    cats = "".join(
        f'<li><a href="/wiki/Category:Castles_in_{one}" title="Category:Castles in {one}">Castles in {one}</a></li>'
        for one in REGIONS
    )
    return _page(
        "Main Page", f"<p>Welcome to Castlepedia, which has {len(CASTLES)} articles.</p><h2>Browse</h2><ul>{cats}</ul>"
    )


def category(request: Request, region: str) -> Response:
    found = [one for one in CASTLES if one.region == region]
    begin = next(
        (at for at, one in enumerate(found) if one.name >= request.query_params.get("pagefrom", "")), len(found)
    )
    shown = found[begin : begin + PER_PAGE]
    groups = "".join(
        f'<div class="mw-category-group"><h3>{letter}</h3><ul>{"".join(f"""<li><a href="{one.path}" title="{one.name}">{one.name}</a></li>""" for one in members)}</ul></div>'
        for letter, members in groupby(shown, key=lambda one: one.name[0])
    )
    later = found[begin + PER_PAGE].name if begin + PER_PAGE < len(found) else ""
    turn = (
        f'(<a href="/wiki/Category:Castles_in_{region}?pagefrom={quote(later)}">next page</a>)'
        if later
        else "(next page)"
    )
    return _page(
        f"Category:Castles in {region}",
        f'<h2>Pages in category "Castles in {region}"</h2><p>The following {len(shown)} pages are in this category, out of {len(found)} total.</p>(previous page) {turn}<div class="mw-category mw-category-columns">{groups}</div>(previous page) {turn}',
    )


def article(request: Request) -> Response:
    title = request.path_params["title"].replace("_", " ")
    if title == "Main Page":
        return main_page(request)
    if title.startswith("Category:Castles in ") and title.rsplit(" ", 1)[1] in REGIONS:
        return category(request, title.rsplit(" ", 1)[1])
    found = [one for one in CASTLES if one.name == title]
    if not found:
        return HTMLResponse("<h1>There is no such page</h1>", status_code=404)
    [one] = found
    facts = (
        ("Location", one.region),
        ("Built", str(one.built)),
        ("Style", one.style),
        ("Condition", one.condition),
        ("Owner", one.owner),
        ("Elevation", f"{one.elevation} m"),
    )
    box = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in facts)
    return _page(
        one.name,
        f"""<table class="infobox"><caption>{one.name}</caption><tbody>{box}</tbody></table><p><b>{one.name}</b> is a castle in {one.region}, begun in the reign of a count who wanted a better view.</p>
<h2>History</h2><p>It was besieged twice.</p><div id="catlinks">Category: <a href="/wiki/Category:Castles_in_{one.region}">Castles in {one.region}</a></div>""",
    )


def _in(region: str) -> list[Castle]:
    return [one for one in CASTLES if one.region == region]


def _names(*found: Castle) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.name,) for one in found)


QUESTIONS = (
    Question(id="wiki-saxony", text="all castles in Saxony", rows=_names(*_in("Saxony"))),
    Question(
        id="wiki-elevation",
        text="castles in Bohemia with their elevation",
        rows=tuple((one.name, f"{one.elevation} m") for one in _in("Bohemia")),
    ),
    Question(
        id="wiki-before",
        text="castles in Tyrol built before 1300",
        rows=_names(*(one for one in _in("Tyrol") if one.built < 1300)),
    ),
    Question(
        id="wiki-ruins",
        text="castles in Saxony that are ruins",
        rows=_names(*(one for one in _in("Saxony") if one.condition == "Ruin")),
    ),
    Question(
        id="wiki-gothic",
        text="gothic castles and their owner",
        begin="/wiki/Category:Castles_in_Bohemia",
        rows=tuple((one.name, one.owner) for one in _in("Bohemia") if one.style == "Gothic"),
    ),
    Question(
        id="wiki-highest",
        text="the three highest castles in Tyrol",
        rows=_names(*sorted(_in("Tyrol"), key=lambda one: -one.elevation)[:3]),
        ordered=True,
    ),
    Question(
        id="wiki-named",
        text="castles in Bohemia starting with D",
        rows=_names(*(one for one in _in("Bohemia") if one.name.startswith("D"))),
    ),
)

SITE = TownSite(
    name="wiki",
    app=Starlette(
        routes=[
            Route("/", lambda request: RedirectResponse("/wiki/Main_Page", status_code=302)),
            Route("/wiki/{title}", article),
        ]
    ),
    questions=QUESTIONS,
)
