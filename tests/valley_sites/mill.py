"""A community centre's calendar: month grids in a table, and price, places and age group on each event's page."""

from __future__ import annotations

import calendar
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import NOW, TODAY, Question, TownSite

EVENTS_OF = {
    "Workshop": ("Pottery for Beginners", "Willow Weaving", "Bread Baking", "Bike Repair Clinic", "Screen Printing"),
    "Music": ("Open Mic", "Harp & Fiddle Session", "Community Choir", "Lunchtime Jazz"),
    "Children": ("Storytime", "Junior Lego Club", "Puppet Show", "Toddler Gym"),
    "Wellbeing": ("Gentle Yoga", "Tai Chi", "Walking Group"),
    "Talk": ("Local History Evening", "Bats of the Valley", "Heat Pumps Explained"),
}
HOURS = {
    "Workshop": ((10, 0), (14, 0), (18, 30)),
    "Music": ((13, 0), (19, 30), (20, 0)),
    "Children": ((9, 30), (11, 0), (15, 30)),
    "Wellbeing": ((8, 0), (10, 15), (17, 45)),
    "Talk": ((19, 0), (19, 30)),
}
ROOMS = ("Wheel Room", "Granary", "Long Barn", "Garden Room")
HOSTS = ("Bronwen Pugh", "Tess Oakley", "Mr. Idris Vaughan", "Hamza Rahimi", "Friends of the Mill")
FIRST, LAST = (2027, 1), (2027, 5)


@dataclass(frozen=True, kw_only=True)
class Event:
    id: int
    title: str
    kind: str
    begins: datetime
    minutes: int
    room: str
    host: str
    price: float
    places: int | None
    cancelled: bool


def _events() -> tuple[Event, ...]:
    chance = random.Random(604)
    found: list[Event] = []
    taken: set[tuple[str, date]] = set()
    while len(found) < 150:
        kind = chance.choice(list(EVENTS_OF))
        title = chance.choice(EVENTS_OF[kind])
        day = datetime(2027, 1, 4, tzinfo=NOW.tzinfo) + timedelta(days=chance.randrange(147))
        if (title, day.date()) in taken:
            continue
        taken.add((title, day.date()))
        hour, minute = chance.choice(HOURS[kind])
        found.append(
            Event(
                id=8800 + len(found) * 7,
                title=title,
                kind=kind,
                begins=day.replace(hour=hour, minute=minute),
                minutes=chance.choice((45, 60, 90, 120)),
                room=chance.choice(ROOMS),
                host=chance.choice(HOSTS),
                price=chance.choice((0.0, 0.0, 3.5, 5.0, 8.0, 12.5, 25.0)),
                places=chance.choice((0, 2, 5, 11, None)) if kind == "Workshop" else None,
                cancelled=chance.random() < 0.06,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.begins, one.title)))


EVENTS = _events()


def _hour(when: datetime) -> str:
    return f"{when:%I:%M%p}".lstrip("0").replace(":00", "").lower()


def _page(title: str, body: str) -> Response:
    coming = [one for one in EVENTS if one.begins > NOW][:4]
    listed = "".join(
        f'<li><a href="/event/{one.id}">{escape(one.title)}</a> <small>{one.begins:%a} {one.begins.day}</small></li>'
        for one in coming
    )
    return HTMLResponse(f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)} | The Old Mill, Abercwm</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
<link rel="alternate" type="application/rss+xml" title="What's on" href="/feed.rss"></head><body>
<div id="wrapper"><div id="masthead"><a href="/"><b>The Old Mill</b></a> <em>Community &amp; Arts Centre</em></div>
<ul id="nav"><li><a href="/calendar">What's on</a></li><li><a href="/hire">Room hire</a></li></ul>
<div id="content">{body}</div><div id="sidebar"><h3>Coming up</h3><ul class="upcoming">{listed}</ul>
<h3>Café</h3><p>Soup of the day &pound;4.50</p></div>
<div id="foot">Registered charity. Open daily 8am to 10pm.</div></div></body></html>""")


def home(request: Request) -> Response:
    return _page(
        "Welcome",
        """<h1>Welcome to the Old Mill</h1><p>Classes, music and talks in the heart of Abercwm. See the
<a href="/calendar">calendar</a> for everything that's on.</p>""",
    )


def _item(one: Event) -> str:
    gone = ' <span class="flag">CANCELLED</span>' if one.cancelled else ""
    return f"""<div class="ev ev-{one.kind.lower()}"><span class="t">{_hour(one.begins)}</span>
<a href="/event/{one.id}" title="{one.kind}">{escape(one.title)}</a>{gone}</div>"""


def month(request: Request) -> Response:
    """One month as a table of weeks; the addresses of the months before and after stand above."""
    year, number = (int(request.path_params.get(key, now)) for key, now in (("year", 2027), ("month", TODAY.month)))
    if not FIRST <= (year, number) <= LAST:
        return HTMLResponse("<h1>Not found</h1>", status_code=404)
    rows = ""
    for week in calendar.Calendar().monthdatescalendar(year, number):
        cells = ""
        for day in week:
            if day.month != number:
                cells += '<td class="pad">&nbsp;</td>'
                continue
            items = "".join(_item(one) for one in EVENTS if one.begins.date() == day)
            today = " today" * (day == TODAY)
            cells += f'<td class="day{today}" id="d{day:%Y%m%d}"><div class="num">{day.day}</div>{items}</td>'
        rows += f"<tr>{cells}</tr>"
    heads = "".join(f"<th>{one}</th>" for one in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
    back = f'<a href="/calendar/{year}/{number - 1:02}" class="prev">&laquo; Previous</a>' * ((year, number) > FIRST)
    on = f'<a href="/calendar/{year}/{number + 1:02}" class="next">Next &raquo;</a>' * ((year, number) < LAST)
    key = " ".join(f'<span class="key ev-{one.lower()}">{one}</span>' for one in EVENTS_OF)
    return _page(
        "What's on",
        f"""<h1>What's on</h1>
<div class="cal-nav">{back} <strong>{calendar.month_name[number]} {year}</strong> {on}</div>
<p class="legend">{key}</p><table class="month" summary="Calendar"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>
</table>""",
    )


def event(request: Request) -> Response:
    one = next((one for one in EVENTS if one.id == request.path_params["id"]), None)
    if one is None:
        return HTMLResponse("<h1>Not found</h1>", status_code=404)
    ends = one.begins + timedelta(minutes=one.minutes)
    places = "" if one.places is None else f"{one.places} places left" if one.places else "Fully booked"
    facts = {
        "When": f'<time datetime="{one.begins:%Y-%m-%dT%H:%M}">{one.begins:%A} {one.begins.day} {one.begins:%B %Y}, '
        f"{_hour(one.begins)}</time> to {_hour(ends)}",
        "Where": one.room,
        "Category": one.kind,
        "Led by": one.host,
        "Price": f"&pound;{one.price:.2f}" if one.price else "Free",
        "Places": places,
    }
    rows = "".join(f"<p><strong>{name}:</strong> {value}</p>" for name, value in facts.items() if value)
    again = [other for other in EVENTS if other.title == one.title and other.begins > one.begins][:2]
    also = "".join(f'<li><a href="/event/{other.id}">{other.begins.day} {other.begins:%B}</a></li>' for other in again)
    return _page(
        one.title,
        f"""<p class="crumb"><a href="/">Home</a> &gt; <a href="/calendar">What's on</a></p><h1>{escape(one.title)}</h1>
{'<p class="flag">This event has been CANCELLED</p>' if one.cancelled else ""}<div class="event-info">{rows}</div>
<h3>Also on</h3><ul>{also}</ul>""",
    )


def feed(request: Request) -> Response:
    base = str(request.base_url)
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{base}event/{one.id}</link><category>{one.kind}</category>"
        f"<description>{one.begins.day} {one.begins:%B}, {_hour(one.begins)}</description></item>"
        for one in [one for one in EVENTS if one.begins > NOW][:10]
    )
    return Response(
        '<?xml version="1.0"?><rss version="2.0"><channel><title>The Old Mill</title>'
        f"<link>{base}</link>{items}</channel></rss>",
        media_type="application/rss+xml",
    )


def hire(request: Request) -> Response:
    return _page("Room hire", "<h1>Room hire</h1><p>Rooms from &pound;12 an hour.</p>")


def _rows(*found: Event) -> tuple[tuple[str, datetime], ...]:
    return tuple((one.title, one.begins) for one in found)


def _in(number: int, kind: str) -> list[Event]:
    return [one for one in EVENTS if (one.begins.month, one.kind) == (number, kind)]


QUESTIONS = (
    Question(
        id="mill-1",
        text="what's on this weekend?",
        rows=_rows(*(one for one in EVENTS if one.begins.date() in (date(2027, 3, 6), date(2027, 3, 7)))),
    ),
    Question(
        id="mill-2",
        text="free children's events in April that aren't cancelled",
        rows=_rows(*(one for one in _in(4, "Children") if not one.price and not one.cancelled)),
    ),
    Question(
        id="mill-3",
        text="workshops in April which still have places left",
        rows=_rows(*(one for one in _in(4, "Workshop") if one.places and not one.cancelled)),
    ),
    Question(
        id="mill-4",
        text="Which events in May are led by Tess Oakley, and in which room?",
        rows=tuple(
            (one.title, one.begins, one.room) for one in EVENTS if one.begins.month == 5 and one.host == "Tess Oakley"
        ),
    ),
)

SITE = TownSite(
    name="mill",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/calendar", month),
            Route("/calendar/{year:int}/{month:int}", month),
            Route("/calendar/", lambda request: RedirectResponse("/calendar")),
            Route("/event/{id:int}", event),
            Route("/feed.rss", feed),
            Route("/hire", hire),
        ]
    ),
    questions=QUESTIONS,
)
