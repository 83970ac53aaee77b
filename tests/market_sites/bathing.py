"""A ministry's table of bathing waters: districts in cells that span rows, footnotes, and a download as CSV."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

DISTRICTS = ("Fjordane", "Lakeland", "North Coast", "Skerries", "Valdres")
QUALITY = ("Excellent", "Good", "Sufficient", "Poor")
NAMES = (
    "Alder Bay",
    "Birch Point",
    "Church Cove",
    "Duck Pond",
    "Eel Sound",
    "Fisher Beach",
    "Gull Rock",
    "Heron Lake",
    "Ice House Pier",
    "Jetty Sands",
    "Knoll Strand",
    "Long Beach",
)


@dataclass(frozen=True, kw_only=True)
class Water:
    district: str
    name: str
    kind: str
    quality: str
    bacteria: int
    sampled: date


def _waters() -> tuple[Water, ...]:
    chance = random.Random(1863)
    made = []
    for district in DISTRICTS:
        for name in sorted(chance.sample(NAMES, 9)):
            quality = chance.choice(("Excellent", "Excellent", *QUALITY))
            made.append(
                Water(
                    district=district,
                    name=name,
                    kind=chance.choice(("sea", "lake")),
                    quality=quality,
                    bacteria=chance.randint(2, 60) + 130 * QUALITY.index(quality),
                    sampled=date(2026, 6, 1) + timedelta(days=chance.randint(0, 85)),
                )
            )
    return tuple(made)


WATERS = _waters()


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - Ministry of Waters</title></head><body><a href="#main">Skip to content</a>
<header><a href="/">Ministry of Waters</a><nav><ul><li><a href="/bathing">Bathing waters</a></li><li><a href="/permits">Permits</a></li><li><a href="/news">News</a></li></ul></nav></header><main id="main"><h1>{title}</h1>{body}</main></body></html>"""
    )


def home(request: Request) -> Response:
    return _page(
        "Ministry of Waters",
        '<p>We look after lakes and shores.</p><ul><li><a href="/bathing">Quality of bathing waters 2026</a></li><li><a href="/permits">Permits</a></li></ul>',
    )


def bathing(request: Request) -> Response:
    rows = ""
    for district, members in groupby(WATERS, key=lambda one: one.district):
        listed = list(members)
        for at, one in enumerate(listed):
            head = f'<th scope="rowgroup" rowspan="{len(listed)}">{district}</th>' if at == 0 else ""
            rows += f'<tr>{head}<td>{one.name}</td><td>{one.kind}</td><td class="q-{one.quality.lower()}">{one.quality}</td><td>{one.bacteria}</td><td>{one.sampled:%d.%m.%Y}</td></tr>'
    summary = "".join(
        f"<tr><td>{name}</td><td>{sum(one.quality == name for one in WATERS)}</td></tr>" for name in QUALITY
    )
    return _page(
        "Quality of bathing waters 2026",
        f"""<p>Samples of the 2026 season. <a href="/bathing.csv" download>Download as CSV</a></p><h2>Summary</h2><table><thead><tr><th>Class</th><th>Number of waters</th></tr></thead><tbody>{summary}</tbody></table>
<h2>All waters</h2><table><thead><tr><th rowspan="2">District</th><th rowspan="2">Water</th><th rowspan="2">Kind</th><th colspan="3">Last sample</th></tr><tr><th>Quality</th><th>Bacteria (cfu/100 ml)</th><th>Date</th></tr></thead><tbody>{rows}</tbody></table><p class="note">cfu: colony-forming units</p>""",
    )


def download(request: Request) -> Response:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(("district", "name", "kind", "quality", "cfu_100ml", "sampled"))
    writer.writerows(
        (one.district, one.name, one.kind, one.quality, one.bacteria, one.sampled.isoformat()) for one in WATERS
    )
    return Response(out.getvalue(), media_type="text/csv")


def _rows(*found: Water) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.district, one.name, one.bacteria) for one in found)


QUESTIONS = (
    Question(
        id="bathing-poor",
        text="bathing waters of poor quality",
        rows=_rows(*(one for one in WATERS if one.quality == "Poor")),
    ),
    Question(
        id="bathing-lakeland",
        text="waters in Lakeland with excellent quality",
        begin="/bathing",
        rows=_rows(*(one for one in WATERS if (one.district, one.quality) == ("Lakeland", "Excellent"))),
    ),
    Question(
        id="bathing-sea",
        text="sea waters in Skerries",
        begin="/bathing",
        rows=_rows(*(one for one in WATERS if (one.district, one.kind) == ("Skerries", "sea"))),
    ),
    Question(
        id="bathing-july",
        text="lakes sampled in July 2026",
        begin="/bathing",
        rows=_rows(
            *(one for one in WATERS if one.kind == "lake" and (one.sampled.year, one.sampled.month) == (2026, 7))
        ),
    ),
    Question(
        id="bathing-bacteria",
        text="waters with more than 300 bacteria",
        begin="/bathing",
        rows=_rows(*(one for one in WATERS if one.bacteria > 300)),
    ),
    Question(
        id="bathing-worst",
        text="the 5 waters with the most bacteria",
        begin="/bathing",
        rows=_rows(*sorted(WATERS, key=lambda one: -one.bacteria)[:5]),
        ordered=True,
    ),
    Question(
        id="bathing-not",
        text="waters in Valdres that are not excellent",
        begin="/bathing",
        rows=_rows(*(one for one in WATERS if one.district == "Valdres" and one.quality != "Excellent")),
    ),
    Question(id="bathing-all", text="all bathing waters", rows=_rows(*WATERS)),
)

SITE = TownSite(
    name="bathing",
    app=Starlette(routes=[Route("/", home), Route("/bathing", bathing), Route("/bathing.csv", download)]),
    questions=QUESTIONS,
)
