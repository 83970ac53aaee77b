"""Norwegian running races on a WordPress site: numbered pages, local dates, and facts on the race's own page."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

MONTHS = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)
COUNTIES = {
    "Vestland": ("Voss", "Odda", "Stord", "Førde", "Os"),
    "Trøndelag": ("Oppdal", "Steinkjer", "Levanger", "Orkanger"),
    "Innlandet": ("Hamar", "Lom", "Trysil", "Gjøvik"),
    "Nordland": ("Bodø", "Narvik", "Mo i Rana", "Svolvær"),
    "Agder": ("Grimstad", "Arendal", "Evje"),
}
KINDS = {
    "Terrengløp": ("terrengløp", (("5 km", "10 km"), ("8 km",), ("10 km", "21 km"))),
    "Gateløp": ("gateløp", (("5 km", "10 km"), ("10 km", "21,1 km"), ("5 km", "10 km", "21,1 km"))),
    "Motbakkeløp": ("opp", (("3,2 km",), ("4,5 km",), ("6 km",))),
    "Ultraløp": ("ultra", (("50 km",), ("50 km", "80 km"), ("100 km",))),
}
PLACES = ("Fjell", "Skog", "Sentrum", "Elve", "Gruve", "Vinter", "Kveld", "Stein")
CLUBS = ("IL Bjarg", "Friskis Løpegruppe", "Turlaget", "Ski- og friidrettsklubben", "Idrettsrådet")
PER_PAGE = 12
SPONSORED = """<div class="advads-feed advads-target"><span class="advads-label">Annonse</span>
<h2><a href="/frivillige/"
rel="sponsored">Bestill treningsreise til Toscana</a></h2><p>Avreise hver lørdag, fra kr 6 990,–</p></div>"""


@dataclass(frozen=True, kw_only=True)
class Race:
    slug: str
    name: str
    day: date
    county: str
    place: str
    kind: str
    lengths: tuple[str, ...]
    fee: int
    status: str
    start: str
    club: str
    limit: int | None


def _races() -> tuple[Race, ...]:
    chance = random.Random(411)
    names: set[str] = set()
    found: list[Race] = []
    while len(found) < 84:
        county = chance.choice(list(COUNTIES))
        place = chance.choice(COUNTIES[county])
        kind = chance.choice(list(KINDS))
        ending, lengths = KINDS[kind]
        name = f"{place} {chance.choice(PLACES)}{ending}"
        if name in names:
            continue
        names.add(name)
        ultra = kind == "Ultraløp"
        found.append(
            Race(
                slug=name.lower().translate(str.maketrans("æøå ", "aoa-")),
                name=name,
                day=date(2027, 3, 6) + timedelta(days=chance.randrange(26) * 7 + chance.choice((0, 0, 0, 1, 4))),
                county=county,
                place=place,
                kind=kind,
                lengths=chance.choice(lengths),
                fee=(900 + 10 * chance.randrange(120)) if ultra else chance.choice((0, 150, 200, 290, 350, 450, 520)),
                status=chance.choice(("Åpen", "Åpen", "Åpen", "Fulltegnet", "Åpner senere")),
                start=chance.choice(("07:00", "09:30", "10:00", "11:00", "12:00", "18:00")),
                club=f"{chance.choice(CLUBS)} {place}",
                limit=chance.choice((None, 150, 300, 500, 1200)),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.day, one.name)))


RACES = _races()


def _day(day: date) -> str:
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def _fee(one: Race) -> str:
    return (
        f"kr {one.fee // 1000} {one.fee % 1000:03},–" if one.fee >= 1000 else f"kr {one.fee},–" if one.fee else "Gratis"
    )


def _page(title: str, body: str) -> Response:
    news = "".join(
        f'<li class="wp-block-latest-posts__list-item"><a href="/{slug}/">{text}</a></li>'
        for slug, text in (("nye-regler", "Nye regler for tidtaking"), ("frivillige", "Vi trenger frivillige"))
    )
    return HTMLResponse(f"""<!DOCTYPE html>
<html lang="nb-NO"><head><meta charset="UTF-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} – Løpskalenderen</title><meta name="generator" content="WordPress 6.7.1">
<link rel="https://api.w.org/" href="/wp-json/"><link rel="icon" href="data:,">
<style id="wp-block-library-inline-css">.wp-block-columns{{display:flex}}</style></head>
<body class="archive post-type-archive wp-embed-responsive">
<header class="site-header"><p class="site-title"><a href="/">Løpskalenderen</a></p>
<nav class="main-navigation"><ul id="menu-hoved" class="menu"><li class="menu-item menu-item-17">
<a href="/terminliste/">Terminliste</a></li>
<li class="menu-item menu-item-21"><a href="/om-oss/">Om oss</a></li></ul></nav></header>
<div id="content" class="site-content"><main id="primary" class="site-main">{body}</main>
<aside id="secondary" class="widget-area"><section class="widget widget_block">
<h2 class="wp-block-heading">Siste nytt</h2>
<ul class="wp-block-latest-posts">{news}</ul></section>
<section class="widget widget_custom_html"><h2>Annonse</h2>
<p>Nye sko til våren? Bakkesko fra <b>kr 1 299,–</b></p></section>
</aside></div><div id="cookie-law-info-bar" data-nosnippet="true"><span>Vi bruker informasjonskapsler.
<button data-cli_action="accept">Godta</button></span></div>
<footer class="site-footer">Drevet av WordPress</footer></body></html>""")


def home(request: Request) -> Response:
    first = "".join(f'<li><a href="/lop/{one.slug}/">{escape(one.name)}</a></li>' for one in RACES[:3])
    return _page(
        "Forside",
        f"""<h1>Alle løp i Norge</h1><p>Finn ditt neste løp i <a class="wp-block-button__link" href="/terminliste/">
terminlisten for 2027</a>.</p><h2>Neste løp</h2><ul>{first}</ul>""",
    )


def _card(one: Race) -> str:
    tags = "".join(f'<span class="lop-distanse">{length}</span> ' for length in one.lengths)
    return f"""<article id="post-{1200 + RACES.index(one)}" class="post-{1200 + RACES.index(one)} lop type-lop
 status-publish hentry"><header class="entry-header"><h2 class="entry-title"><a href="/lop/{one.slug}/"
 rel="bookmark">{escape(one.name)}</a></h2></header>
<div class="entry-meta"><span class="lop-dato">{_day(one.day)}</span> <span class="lop-sted">{one.place}</span>,
 <span class="lop-fylke">{one.county}</span></div><div class="entry-summary"><span class="lop-type">{one.kind}</span>
 {tags}<span class="lop-avgift">{_fee(one)}</span> <span class="badge">{one.status}</span></div></article>"""


def listing(request: Request) -> Response:
    """The races, twelve a page; the county and kind of the form narrow them."""
    at = int(request.path_params.get("page", 1))
    county, kind = (request.query_params.get(key, "") for key in ("fylke", "type"))
    found = [one for one in RACES if county in ("", one.county) and kind in ("", one.kind)]
    pages = max(1, -(-len(found) // PER_PAGE))
    if not 1 <= at <= pages:
        return HTMLResponse("<h1>Siden ble ikke funnet</h1>", status_code=404)
    asked = f"?{request.url.query}" if request.url.query else ""
    links = "".join(
        f'<span aria-current="page" class="page-numbers current">{number}</span>'
        if number == at
        else f'<a class="page-numbers" href="{_address(number)}{escape(asked)}">{number}</a>'
        for number in range(1, pages + 1)
    )
    after = f'<a class="next page-numbers" href="{_address(at + 1)}{escape(asked)}">Neste</a>' if at < pages else ""
    form = "".join(
        f'<select name="{name}"><option value="">Alle</option>'
        + "".join(f"<option{' selected' * (one == now)}>{one}</option>" for one in among)
        + "</select>"
        for name, among, now in (("fylke", COUNTIES, county), ("type", KINDS, kind))
    )
    cards = [_card(one) for one in found[(at - 1) * PER_PAGE : at * PER_PAGE]]
    cards.insert(4, SPONSORED)
    return _page(
        "Terminliste 2027",
        f"""<h1 class="page-title">Terminliste 2027</h1><form action="/terminliste/" method="get">{form}
<button>Søk</button></form><p class="count">{len(found)} løp</p>{"".join(cards)}
<nav class="navigation pagination" aria-label="Sidenummerering"><div class="nav-links">{links}{after}</div></nav>""",
    )


def _address(page: int) -> str:
    return "/terminliste/" if page == 1 else f"/terminliste/page/{page}/"


def race(request: Request) -> Response:
    one = next((one for one in RACES if one.slug == request.path_params["slug"]), None)
    if one is None:
        return HTMLResponse("<h1>Siden ble ikke funnet</h1>", status_code=404)
    rows = {
        "Dato": _day(one.day),
        "Start": f"kl. {one.start}",
        "Sted": f"{one.place}, {one.county}",
        "Løpstype": one.kind,
        "Distanser": ", ".join(one.lengths),
        "Startavgift": _fee(one),
        "Påmelding": one.status,
        "Arrangør": one.club,
        "Maks antall deltakere": str(one.limit) if one.limit else "",
    }
    table = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows.items() if value)
    near = [other for other in RACES if other.county == one.county and other != one][:3]
    return _page(
        one.name,
        f"""<article class="lop type-lop"><h1 class="entry-title">{escape(one.name)}</h1><div class="entry-content">
<figure class="wp-block-table"><table><tbody>{table}</tbody></table></figure><p>Velkommen til {one.place}!</p></div>
<div class="yarpp-related"><h3>Flere løp i {one.county}</h3><ul>
{"".join(f'<li><a href="/lop/{other.slug}/">{escape(other.name)}</a></li>' for other in near)}</ul></div></article>""",
    )


def words(request: Request) -> Response:
    return _page("Innlegg", "<h1>Innlegg</h1><p>Løpskalenderen drives av frivillige.</p>")


QUESTIONS = (
    Question(
        id="races-1",
        text="motbakkeløp i Vestland etter 1. mai",
        rows=tuple(
            (one.name, one.day)
            for one in RACES
            if (one.kind, one.county) == ("Motbakkeløp", "Vestland") and one.day > date(2027, 5, 1)
        ),
    ),
    Question(
        id="races-2",
        text="Which races in April or May are free to enter?",
        rows=tuple((one.name,) for one in RACES if not one.fee and one.day.month in (4, 5)),
    ),
    Question(
        id="races-3",
        text="the 4 cheapest ultra races that are still open for registration (status Åpen), cheapest first",
        rows=tuple(
            (one.name, one.fee)
            for one in sorted(RACES, key=lambda one: one.fee)
            if (one.kind, one.status) == ("Ultraløp", "Åpen")
        )[:4],
        ordered=True,
    ),
    Question(
        id="races-4",
        text="Hvilke løp i Trøndelag starter før klokka 10?",
        rows=tuple((one.name,) for one in RACES if one.county == "Trøndelag" and one.start < "10:00"),
    ),
)

SITE = TownSite(
    name="races",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/terminliste/", listing),
            Route("/terminliste/page/{page:int}/", listing),
            Route("/lop/{slug}/", race),
            Route("/om-oss/", words),
            Route("/nye-regler/", words),
            Route("/frivillige/", words),
            Route("/wp-json/", lambda request: Response('{"name":"Løpskalenderen"}', media_type="application/json")),
        ]
    ),
    questions=QUESTIONS,
)
