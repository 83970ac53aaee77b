"""A library catalogue as such systems have long been: a table with two rows for each title, and a page for each."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Question, TownSite

AUTHORS = ("Marlowe, Toni", "Okafor, Chidi", "Lindgren, Asta", "Duarte, Rui", "Hale, Verity", "Sato, Mika")
SUBJECTS = ("Gardening", "Fiction", "History", "Cookery", "Travel", "Astronomy")
MEDIA = {"b": "Book", "a": "Audiobook", "e": "E-book", "d": "DVD"}
LANGUAGES = ("English", "Spanish", "Portuguese")
FIRST = ("The Quiet", "A Northern", "The Last", "Under the", "Beyond the", "Letters from the", "A Short")
SECOND = ("Garden", "Harbour", "Winter", "Orchard", "Meridian", "Kitchen", "Comet", "Archive")


@dataclass(frozen=True, kw_only=True)
class Title:
    number: int
    title: str
    author: str
    subject: str
    medium: str
    language: str
    year: int
    isbn: str
    copies: int


def _titles() -> tuple[Title, ...]:
    chance = random.Random(41)
    return tuple(
        Title(
            number=number,
            title=f"{chance.choice(FIRST)} {chance.choice(SECOND)}, vol. {number - 7000}",
            author=chance.choice(AUTHORS),
            subject=chance.choice(SUBJECTS),
            medium=chance.choice(list(MEDIA.values())),
            language=chance.choice(LANGUAGES),
            year=chance.randint(1988, 2026),
            isbn=f"978-{chance.randint(0, 9)}-{chance.randint(100, 999)}-{chance.randint(10000, 99999)}-{number % 10}",
            copies=chance.choice((0, 0, 1, 2, 4)),
        )
        for number in range(7001, 7151)
    )


TITLES = _titles()


def _shell(title: str, body: str) -> Response:
    return HTMLResponse(
        f"<html><head><title>{title} - Town Library OPAC</title></head><body bgcolor=white><table width=100%><tr><td><b>"
        "Town Library</b></td><td align=right><a href='/opac'>New search</a> | <a href='/hours'>Opening hours</a> | "
        f"<a href='/account'>My account</a></td></tr></table><hr>{body}<hr><small>Catalogue version 4.2</small></body></html>"
    )


def _pair(at: int, one: Title) -> str:
    held = f"{one.copies} available" if one.copies else "on loan"
    return (
        f"<tr class='{'odd' if at % 2 else 'even'}'><td rowspan=2 class=num>{at}.</td><td class=ttl colspan=3><a "
        f"href='/opac/record?id={one.number}'>{escape(one.title)}</a></td></tr><tr class='{'odd' if at % 2 else 'even'}'>"
        f"<td class=au>{escape(one.author)}</td><td>{one.medium}, {one.language}, {one.year}</td><td>{held}</td></tr>"
    )


async def search(request: Request) -> Response:
    asked = request.query_params
    words = asked.get("q", "").lower().replace(",", " ").split()
    found = [
        one
        for one in TITLES
        if all(word in f"{one.title} {one.author} {one.subject}".lower() for word in words)
        and MEDIA.get(asked.get("mt", ""), one.medium) == one.medium
        and (not asked.get("av") or one.copies)
    ]
    page = int(asked.get("p", "1"))
    shown = found[(page - 1) * 20 : page * 20]
    rows = "".join(_pair((page - 1) * 20 + at, one) for at, one in enumerate(shown, 1))
    kept = {name: value for name, value in asked.items() if name != "p"}
    pages = " ".join(
        f"<b>{n}</b>" if n == page else f"<a href='/opac?{escape(urlencode({**kept, 'p': n}))}'>{n}</a>"
        for n in range(1, -(-len(found) // 20) + 1)
    )
    options = "".join(f"<option value={key}>{name}" for key, name in MEDIA.items())
    form = (
        f"<form action=/opac method=get>Find: <input name=q value='{escape(asked.get('q', ''))}'> <select name=mt><option "
        f"value=''>All media{options}</select> <input type=checkbox name=av value=1> only available <input type=submit "
        "value=Go></form>"
    )
    table = f"<table border=0 cellpadding=3 width=100%>{rows}</table>" if rows else "<p>No titles found.</p>"
    return _shell("Search", f"{form}<p>{len(found)} titles found</p>{table}<p>Page: {pages}</p>")


async def record(request: Request) -> Response:
    one = next((one for one in TITLES if str(one.number) == request.query_params.get("id")), None)
    if one is None:
        return HTMLResponse("No such record", status_code=404)
    rows = "".join(
        f"<tr><th align=right>{name}:</th><td>{escape(str(value))}</td></tr>"
        for name, value in {
            "Title": one.title,
            "Author": one.author,
            "Subject": one.subject,
            "Medium": one.medium,
            "Language": one.language,
            "Published": one.year,
            "ISBN": one.isbn,
            "Copies available": one.copies,
        }.items()
    )
    return _shell(escape(one.title), f"<h3>{escape(one.title)}</h3><table>{rows}</table>")


def _named(*found: Title) -> tuple[tuple[str], ...]:
    return tuple((one.title,) for one in found)


QUESTIONS = (
    Question(
        id="library-author",
        text="everything by Toni Marlowe",
        begin="/opac",
        rows=_named(*(one for one in TITLES if one.author == "Marlowe, Toni")),
    ),
    Question(
        id="library-available",
        honest=True,
        text="available audiobooks about gardening",
        begin="/opac",
        rows=_named(
            *(one for one in TITLES if one.copies and one.medium == "Audiobook" and one.subject == "Gardening"),
        ),
    ),
    Question(
        id="library-year",
        text="e-books published after 2015",
        begin="/opac",
        rows=_named(*(one for one in TITLES if one.medium == "E-book" and one.year > 2015)),
    ),
    Question(
        id="library-isbn",
        text="title and ISBN of the DVDs by Verity Hale",
        begin="/opac",
        rows=tuple((one.title, one.isbn) for one in TITLES if one.author == "Hale, Verity" and one.medium == "DVD"),
    ),
    Question(
        id="library-spanish",
        text="books in Spanish by Rui Duarte",
        begin="/opac",
        rows=_named(
            *(one for one in TITLES if (one.language, one.author, one.medium) == ("Spanish", "Duarte, Rui", "Book")),
        ),
    ),
    Question(id="library-none", honest=True, text="books about falconry", begin="/opac", rows=()),
)

SITE = TownSite(
    name="library",
    app=Starlette(routes=[Route("/opac", search), Route("/opac/record", record)]),
    questions=QUESTIONS,
)
