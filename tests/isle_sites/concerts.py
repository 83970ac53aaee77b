"""A concert house: the programme lists titles alone, and each concert's own page tells the rest in JSON-LD too."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

TITLES = (
    *("Songs of the Estuary", "Winter Journeys", "Brass by Candlelight", "The Kreutzer Evening", "Tango for Eight"),
    *("Lute and Lament", "Mahler's Mountain", "A Cappella at Dusk", "The Silent Organ", "Strings Unbound"),
    *("Bach to the Beginning", "Northern Lights", "Three Oboes", "Gamelan Morning", "The Wandering Horn"),
    *("Harps over Water", "Schubert in the Dark", "Clarinet Tales", "Requiem for a River", "Dances from Dalmatia"),
    *("The Young Quartet", "Viola d'Amore", "Piano Four Hands", "Cello Suites Complete", "Fanfare and Farewell"),
    "Madrigals in Moonlight",
)
ROOMS = ("Great Hall", "Chapel", "Orangery")
LEADERS = ("Ilse Maarten", "Conor Feeney", "Tomasz Wilk", "Rosa Quintero")
HOURS = ((11, 0), (16, 0), (19, 30), (20, 0))
PER_PAGE = 13


@dataclass(frozen=True, kw_only=True)
class Concert:
    slug: str
    title: str
    begins: datetime
    minutes: int
    room: str
    leader: str
    price: int
    full: bool

    @property
    def told(self) -> str:
        """The beginning as the house prints it: Sat 14 Mar, 7:30pm."""
        hour = self.begins.hour % 12 or 12
        half = "am" if self.begins.hour < 12 else "pm"
        minutes = f":{self.begins.minute:02}" if self.begins.minute else ""
        return f"{self.begins:%a} {self.begins.day} {self.begins:%b}, {hour}{minutes}{half}"


def _concerts() -> tuple[Concert, ...]:
    chance = random.Random(1836)
    # Nothing on a Sunday that one calendar counts to next week and another does not.
    days = sorted([*chance.sample([at for at in range(1, 25) if at not in {4, 11}], 20), 1, 6, 8, 9, 16, 20])
    return tuple(
        Concert(
            slug=title.lower().replace("'", "").replace(" ", "-"),
            title=title,
            begins=datetime(2027, 3, 3, tzinfo=UTC) + timedelta(days=days[at], hours=hour, minutes=minute),
            minutes=chance.choice((55, 70, 85, 95, 110, 125)),
            room=chance.choice(ROOMS),
            leader=chance.choice(LEADERS),
            price=chance.choice((9, 12, 14, 16, 18, 22, 26, 32, 38)),
            full=chance.random() < 0.15,
        )
        for at, title in enumerate(TITLES)
        for hour, minute in (chance.choice(HOURS),)
    )


CONCERTS = _concerts()


def _frame(title: str, body: str) -> str:
    return f"""<!doctype html><html lang="en-IE"><head>
<meta charset="utf-8"><title>{title} - St Brannock's</title></head>
<body class="page"><header class="site-header"><a href="/">St Brannock's Concert House</a>
<nav><ul><li><a href="/">Programme</a></li><li><a href="/visit">Your visit</a></li></ul></nav></header>
<div class="cookie" hidden>We use cookies. <button>Fine</button></div>
{body}
<footer><p>Box office 021 555 0117. A booking fee of €1.50 applies to each order.</p></footer></body></html>"""


def home(request: Request) -> Response:
    text = request.query_params.get("page") or "1"
    number = int(text) if text.isdigit() and int(text) else 1
    shown = CONCERTS[(number - 1) * PER_PAGE : number * PER_PAGE]
    items = "\n".join(f'<li class="prog-item"><a href="/programme/{one.slug}">{one.title}</a></li>' for one in shown)
    pages = -(-len(CONCERTS) // PER_PAGE)
    onward = f'<a class="next" href="/?page={number + 1}">Later concerts</a>' if number < pages else ""
    return HTMLResponse(
        _frame(
            "Programme",
            f"""<main><h1>Spring programme</h1><p>Click on a concert for date, room and tickets.</p>
<ul class="prog">{items}</ul><p class="paging">Page {number} of {pages} {onward}</p></main>
<aside class="promo"><h2>Gift vouchers</h2><p>From <b>€25</b>, <a href="/visit">at the box office</a>.</p></aside>""",
        )
    )


def _linked_data(one: Concert) -> str:
    return json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "MusicEvent",
            "name": one.title,
            "startDate": one.begins.isoformat(),
            "duration": f"PT{one.minutes}M",
            "eventStatus": "https://schema.org/EventScheduled",
            "location": {"@type": "MusicVenue", "name": one.room, "address": "St Brannock's, Cork"},
            "performer": {"@type": "Person", "name": one.leader},
            "offers": {
                "@type": "Offer",
                "price": f"{one.price}.00",
                "priceCurrency": "EUR",
                "availability": f"https://schema.org/{'SoldOut' if one.full else 'InStock'}",
            },
        },
        indent=1,
    )


def concert(request: Request) -> Response:
    found = [one for one in CONCERTS if one.slug == request.path_params["slug"]]
    if not found:
        return HTMLResponse(_frame("Not found", "<h1>No such concert</h1>"), status_code=404)
    [one] = found
    at = CONCERTS.index(one)
    others = "".join(
        f'<li><a href="/programme/{other.slug}">{other.title}</a> <small>{other.told}</small></li>'
        for other in CONCERTS[at + 1 : at + 4]
    )
    sold = '<span class="tag">Sold out</span>' if one.full else '<a class="btn" href="/visit">Book</a>'
    return HTMLResponse(
        _frame(
            one.title,
            f"""<nav class="crumbs"><a href="/">Programme</a> › {one.title}</nav>
<main itemscope itemtype="https://schema.org/MusicEvent"><h1 itemprop="name">{one.title}</h1>
<p class="when"><time itemprop="startDate" datetime="{one.begins.isoformat()}">{one.told}</time></p>
<dl><dt>Where</dt><dd>{one.room}</dd><dt>Conductor</dt><dd>{one.leader}</dd><dt>Length</dt><dd>{one.minutes} min</dd>
<dt>Tickets</dt><dd>€{one.price}</dd></dl><p>{sold}</p></main>
<aside><h2>You may also like</h2><ul>{others}</ul></aside>
<script type="application/ld+json">{_linked_data(one)}</script>""",
        )
    )


def visit(request: Request) -> Response:
    return HTMLResponse(_frame("Your visit", "<h1>Your visit</h1><p>Doors open half an hour before.</p>"))


def _rows(*found: Concert) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.title, one.price) for one in found)


QUESTIONS = (
    Question(
        id="concerts-1",
        text="concerts in the Chapel that cost less than 20 euros",
        rows=_rows(*(one for one in CONCERTS if one.room == "Chapel" and one.price < 20)),
    ),
    Question(
        id="concerts-2",
        text="which concerts are next week",
        rows=tuple(
            (one.title, one.begins.date())
            for one in CONCERTS
            if datetime(2027, 3, 8, tzinfo=UTC) <= one.begins < datetime(2027, 3, 15, tzinfo=UTC)
        ),
    ),
    Question(
        id="concerts-3",
        text="how many minutes does the concert Requiem for a River last",
        rows=tuple((one.title, one.minutes) for one in CONCERTS if one.title == "Requiem for a River"),
    ),
)

SITE = TownSite(
    name="concerts",
    app=Starlette(routes=[Route("/", home), Route("/visit", visit), Route("/programme/{slug}", concert)]),
    questions=QUESTIONS,
)
