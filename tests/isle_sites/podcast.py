"""A podcast: the page shows the last five episodes, and only the RSS feed has them all."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

TOPICS = ("Bridges", "Tunnels", "Canals", "Trams", "Lighting")
PLACES = (
    *("Antwerp", "Bilbao", "Cork", "Dundee", "Essen", "Faro", "Ghent", "Hull"),
    *("Izmir", "Jena", "Kaunas", "Leeds"),
)
PHRASES = (
    "What {} keeps under its streets",
    "The mayor of {} & the missing map",
    "A night shift in {}",
    "How {} lost its bell tower",
    "{}, twice flooded",
    "Letters from {}",
)
LATEST = datetime(2027, 3, 2, 5, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Episode:
    number: int
    title: str
    topic: str
    published: datetime
    seconds: int
    explicit: bool

    @property
    def slug(self) -> str:
        return f"{self.number:03}"

    @property
    def lasting(self) -> str:
        return f"{self.seconds // 3600:02}:{self.seconds // 60 % 60:02}:{self.seconds % 60:02}"


def _episodes() -> tuple[Episode, ...]:
    """All episodes, the latest first: each Tuesday one, with a break each August."""
    chance = random.Random(1863)
    titles = [phrase.format(place) for phrase in PHRASES for place in PLACES]
    chance.shuffle(titles)
    days = [LATEST - timedelta(weeks=at) for at in range(90)]
    days = [day for day in days if day.month != 8][: len(titles)]
    return tuple(
        Episode(
            number=len(titles) - at,
            title=title,
            topic=chance.choice(TOPICS),
            published=day,
            seconds=chance.choice((chance.randint(1500, 3400), chance.randint(3800, 5900))),
            explicit=chance.random() < 0.05,
        )
        for at, (title, day) in enumerate(zip(titles, days, strict=True))
    )


EPISODES = _episodes()


def _item(one: Episode, home: str) -> str:
    return f"""    <item>
      <title>{escape(one.title)}</title>
      <link>{home}/episodes/{one.slug}</link>
      <guid isPermaLink="false">underfoot-{one.number:04}</guid>
      <pubDate>{format_datetime(one.published)}</pubDate>
      <category>{one.topic}</category>
      <description><![CDATA[<p>Episode {one.number}. Hosted by Mira Quist.</p><p>Support us!</p>]]></description>
      <enclosure url="{home}/audio/{one.slug}.mp3" length="{one.seconds * 16000}" type="audio/mpeg"/>
      <itunes:duration>{one.lasting}</itunes:duration>
      <itunes:episode>{one.number}</itunes:episode>
      <itunes:explicit>{str(one.explicit).lower()}</itunes:explicit>
    </item>"""


def feed(request: Request) -> Response:
    home = str(request.base_url).rstrip("/")
    items = "\n".join(_item(one, home) for one in EPISODES)
    return Response(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom">
  <channel>
    <title>Underfoot</title>
    <link>{home}/</link>
    <atom:link href="{home}/feed.xml" rel="self" type="application/rss+xml"/>
    <description>A weekly podcast about the city below and above.</description>
    <language>en-ie</language>
    <itunes:author>Mira Quist</itunes:author>
    <itunes:category text="Society &amp; Culture"/>
    <lastBuildDate>{format_datetime(LATEST + timedelta(minutes=4))}</lastBuildDate>
{items}
  </channel>
</rss>""",
        media_type="application/rss+xml",
    )


def _frame(title: str, body: str) -> Response:
    return HTMLResponse(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="alternate" type="application/rss+xml" title="Underfoot" href="/feed.xml"></head><body>
<header><a href="/">Underfoot</a> <nav><a href="/about">About</a> <a href="/feed.xml">Subscribe (RSS)</a></nav></header>
{body}
<aside class="newsletter"><h4>Never miss a week</h4><form><input type="email"><button>Join</button>
</form></aside><footer>Underfoot is a production of Cellar Door Audio, Cork</footer></body></html>"""
    )


def _shown(one: Episode) -> str:
    day = f"{one.published:%a} {one.published.day} {one.published:%b}"
    return f"""<article class="ep"><h2><a href="episodes/{one.slug}">{escape(one.title)}</a></h2>
<p class="ep-meta">{day} · {one.seconds // 60} min · {one.topic}</p>
<audio controls preload="none" src="/audio/{one.slug}.mp3"></audio></article>"""


def front(request: Request) -> Response:
    loved = "".join(
        f'<li><a href="episodes/{one.slug}">{escape(one.title)}</a></li>' for one in (EPISODES[30], EPISODES[51])
    )
    return _frame(
        "Underfoot — a podcast about cities",
        f"""<section class="hero"><h1>Underfoot</h1><p>Stories from the city below and above. New each Tuesday.</p>
</section><main><h3>Latest</h3>{"".join(map(_shown, EPISODES[:5]))}
<p>All {len(EPISODES)} episodes are in your podcast app: <a href="feed.xml">add our feed</a>.</p></main>
<aside><h3>Listeners' favourites</h3><ul>{loved}</ul></aside>""",
    )


def episode(request: Request) -> Response:
    found = [one for one in EPISODES if one.slug == request.path_params["slug"]]
    if not found:
        return HTMLResponse("<h1>404</h1>", status_code=404)
    return _frame(found[0].title, f"<main>{_shown(found[0]).replace('episodes/', '/episodes/')}</main>")


def about(request: Request) -> Response:
    return _frame("About", "<h1>About</h1><p>Mira Quist walks, looks up, looks down and asks.</p>")


def audio(request: Request) -> Response:
    return Response(b"ID3\x04\x00\x00\x00\x00\x00\x00", media_type="audio/mpeg")


def _rows(*found: Episode) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.title,) for one in found)


QUESTIONS = (
    Question(id="podcast-1", text="the latest 10 episodes, newest first", rows=_rows(*EPISODES[:10]), ordered=True),
    Question(
        id="podcast-2",
        text="episodes published in January 2027",
        rows=_rows(*(one for one in EPISODES if (one.published.year, one.published.month) == (2027, 1))),
    ),
    Question(
        id="podcast-3",
        text="episodes in the Tunnels category that are longer than an hour",
        rows=_rows(*(one for one in EPISODES if one.topic == "Tunnels" and one.seconds > 3600)),
    ),
)

SITE = TownSite(
    name="podcast",
    app=Starlette(
        routes=[
            Route("/", front),
            Route("/about", about),
            Route("/feed.xml", feed),
            Route("/episodes/{slug}", episode),
            Route("/audio/{name}", audio),
        ]
    ),
    questions=QUESTIONS,
)
