"""Sources that are feeds: RSS, a JSON feed, a calendar in iCal; and a page that only points to its calendar."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

POSTS = [
    {"title": f"{topic} notes {n}", "author": author, "day": f"2027-0{n % 5 + 1}-{n + 3:02d}", "tag": topic}
    for n, (topic, author) in enumerate(
        (t, a) for t in ("Cycling", "Baking", "Chess", "Sailing") for a in ("Mara Voss", "Tom Ito", "Ines Roy")
    )
]
TALKS = [
    ("Bread and salt", "2027-05-15", "19:00", "Library Hall"), ("Stars above", "2027-05-16", "21:30", "Observatory"),
    ("River walk", "2027-05-20", "09:30", "Old Bridge"), ("Chess night", "2027-05-21", "18:00", "Library Hall"),
    ("Choir", "2027-06-02", "20:00", "Saint Anne"), ("Clay workshop", "2027-06-05", "10:00", "Studio 4"),
    ("Book swap", "2027-06-11", "17:00", "Library Hall"),
]  # fmt: skip
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")


def rss(_: object) -> Response:
    items = "".join(
        f"<item><title>{p['title']}</title><link>http://blog.example/{n}</link><guid>{n}</guid><dc:creator>{p['author']}</dc:creator>"
        f"<category>{p['tag']}</category><pubDate>{p['day'][8:]} {MONTHS[int(p['day'][5:7]) - 1]} 2027 08:00:00 GMT</pubDate></item>"
        for n, p in enumerate(POSTS)
    )
    return Response(
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Notes</title>'
        f"{items}</channel></rss>",
        media_type="application/rss+xml",
    )


def json_feed(_: object) -> Response:
    items = [
        {
            "id": str(n),
            "title": p["title"],
            "date_published": f"{p['day']}T08:00:00Z",
            "authors": [{"name": p["author"]}],
            "tags": [p["tag"]],
        }
        for n, p in enumerate(POSTS)
    ]
    return JSONResponse({"version": "https://jsonfeed.org/version/1.1", "title": "Notes", "items": items})


def ical(_: object) -> Response:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}@talks\r\nSUMMARY:{name}\r\nDTSTART:{day.replace('-', '')}T{clock.replace(':', '')}00\r\n"
        f"LOCATION:{where}\r\nDESCRIPTION:An evening\\, or a morning\\, for every\r\n one\r\nEND:VEVENT\r\n"
        for n, (name, day, clock, where) in enumerate(TALKS)
    )
    return Response(
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//talks\r\n{events}END:VCALENDAR\r\n", media_type="text/calendar"
    )


def pointer(_: object) -> Response:
    return HTMLResponse(
        "<!doctype html><html lang=en><head><title>Town events</title><link rel=alternate type=text/calendar href=/town.ics>"
        "</head><h1>Events in town</h1><p>All our events are in <a href=/town.ics>this calendar</a>. Subscribe to it.</p></html>"
    )


SITE = Site(
    name="feeds",
    app=Starlette(
        routes=[
            Route("/rss.xml", rss),
            Route("/feed.json", json_feed),
            Route("/town.ics", ical),
            Route("/events", pointer),
        ]
    ),
    questions=(
        Asked(
            text="posts by Tom Ito", path="/rss.xml", rows=[(p["title"],) for p in POSTS if p["author"] == "Tom Ito"]
        ),
        Asked(
            text="posts from March 2027",
            path="/rss.xml",
            rows=[(p["title"],) for p in POSTS if p["day"][:7] == "2027-03"],
        ),
        Asked(text="chess posts", path="/feed.json", rows=[(p["title"],) for p in POSTS if p["tag"] == "Chess"]),
        Asked(text="events in June 2027", path="/town.ics", rows=[(t[0], t[1]) for t in TALKS if t[1] > "2027-05-31"]),
        Asked(
            text="events at the Library Hall",
            path="/town.ics",
            rows=[(t[0],) for t in TALKS if t[3] == "Library Hall"],
        ),
        Asked(
            text="events this month after 6 pm",
            path="/events",
            rows=[(t[0],) for t in TALKS if t[1] < "2027-06-01" and t[2] >= "18:00"],
        ),
    ),
)
