"""A cinema's programme: a tab for each day, films with their showings inside."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import TODAY, Question, TownSite

FILMS = {
    "Northern Lights": ("Drama", 12, 118),
    "The Clockmaker's Dog": ("Family", 0, 92),
    "Salt": ("Thriller", 16, 104),
    "Paper Boats": ("Family", 6, 88),
    "Midnight in Porto": ("Romance", 12, 110),
    "Iron Valley": ("Action", 16, 131),
    "A Year of Bees": ("Documentary", 0, 79),
    "Second Violin": ("Comedy", 6, 101),
    "The Long Night": ("Horror", 18, 97),
    "Orbit": ("Science fiction", 12, 142),
}
TIMES = (time(11, 0), time(14, 30), time(16, 15), time(17, 45), time(19, 30), time(20, 0), time(20, 45), time(22, 15))
DAYS = tuple(TODAY + timedelta(days=ahead) for ahead in range(8))


@dataclass(frozen=True, kw_only=True)
class Showing:
    film: str
    at: datetime
    screen: int
    version: str


def _showings() -> tuple[Showing, ...]:
    chance = random.Random(54)
    return tuple(
        Showing(
            film=film,
            at=datetime.combine(day, when),
            screen=chance.randint(1, 5),
            version="OV" if chance.random() < 0.3 else "",
        )
        for day in DAYS
        for film in chance.sample(list(FILMS), 7)
        for when in sorted(chance.sample(TIMES, chance.randint(2, 4)))
    )


SHOWINGS = _showings()


def _film(film: str, shown: list[Showing]) -> str:
    genre, age, minutes = FILMS[film]
    times = "".join(
        f'<li class="showtime"><a href="/book?film={escape(film)}&amp;t={one.at:%Y%m%d%H%M}"><span class="t">{one.at:%H:%M}'
        f'</span> <span class="scr">Screen {one.screen}</span>{" <abbr title=original version>OV</abbr>" if one.version else ""}'
        "</a></li>"
        for one in shown
    )
    return (
        f'<section class="film"><div class="poster"><img src="/p/{abs(len(film))}.jpg" alt="{escape(film)}"></div><div '
        f'class="info"><h2>{escape(film)}</h2><p class="facts">{genre} · {minutes} min · from {age} years</p><ul '
        f'class="showtimes">{times}</ul></div></section>'
    )


async def programme(request: Request) -> Response:
    day = date.fromisoformat(request.query_params.get("date") or TODAY.isoformat())
    tabs = "".join(
        f'<a role="tab" aria-selected="{"true" if one == day else "false"}" href="/programme?date={one}">{one:%a %d %b}</a>'
        for one in DAYS
    )
    films = "".join(
        _film(film, shown)
        for film in FILMS
        if (shown := [one for one in SHOWINGS if one.film == film and one.at.date() == day])
    )
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><title>Programme – Lichtspiel Cinema</title></head><body><header><a href="/">'
        'Lichtspiel</a><nav><a href="/programme">Programme</a><a href="/prices">Prices</a><a href="/vouchers">Vouchers</a>'
        f'</nav></header><main><h1>Programme</h1><div role="tablist" class="days">{tabs}</div><h3>{day:%A, %d %B %Y}</h3>'
        f"{films or '<p>No showings on this day.</p>'}</main><footer>Box office from 10:30</footer></body></html>"
    )


def _films(*shown: Showing) -> tuple[tuple[str], ...]:
    return tuple((film,) for film in FILMS if any(one.film == film for one in shown))


SATURDAY, SUNDAY = date(2027, 3, 6), date(2027, 3, 7)
TOMORROW = TODAY + timedelta(days=1)

QUESTIONS = (
    Question(
        id="cinema-saturday",
        honest=True,
        text="films on Saturday after 8 pm",
        begin="/programme",
        rows=_films(*(one for one in SHOWINGS if one.at.date() == SATURDAY and one.at.time() > time(20))),
        distinct=True,
    ),
    Question(
        id="cinema-today",
        text="films today",
        begin="/programme",
        rows=_films(*(one for one in SHOWINGS if one.at.date() == TODAY)),
        distinct=True,
    ),
    Question(
        id="cinema-thriller",
        honest=True,
        text="thrillers showing tomorrow",
        begin="/programme",
        rows=_films(*(one for one in SHOWINGS if one.at.date() == TOMORROW and FILMS[one.film][0] == "Thriller")),
        distinct=True,
    ),
    Question(
        id="cinema-family",
        honest=True,
        text="family films on Sunday",
        begin="/programme",
        rows=_films(*(one for one in SHOWINGS if one.at.date() == SUNDAY and FILMS[one.film][0] == "Family")),
        distinct=True,
    ),
    Question(
        id="cinema-short",
        honest=True,
        text="films under 100 minutes on Friday",
        begin="/programme",
        rows=_films(*(one for one in SHOWINGS if one.at.date() == date(2027, 3, 5) and FILMS[one.film][2] < 100)),
        distinct=True,
    ),
    Question(id="cinema-none", honest=True, text="films on 24 December 2027", begin="/programme", rows=()),
)

SITE = TownSite(name="cinema", app=Starlette(routes=[Route("/programme", programme)]), questions=QUESTIONS)
