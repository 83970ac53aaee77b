"""A small magazine: the front page shows the newest, a feed some more, and only the sitemap leads to everything."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import json
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

AUTHORS = ("Ingrid Solberg", "Matteo Ricci", "Pooja Nair", "Owen Gwilt")
TOPICS = ("varroa", "queen rearing", "honey harvest", "wintering", "swarming", "wax")
HEADS = (
    "Notes on",
    "A Year of",
    "Rethinking",
    "The Trouble with",
    "Field Report:",
    "Questions about",
    "A Beginner Meets",
)
IN_FEED, ON_FRONT = 20, 6


@dataclass(frozen=True, kw_only=True)
class Post:
    slug: str
    title: str
    author: str
    topic: str
    published: datetime
    minutes: int


def _posts() -> tuple[Post, ...]:
    chance = random.Random(55)
    titles = [f"{head} {topic.title()}" for head in HEADS for topic in TOPICS]
    chance.shuffle(titles)
    when, made = datetime(2027, 3, 2, 7, 30, tzinfo=UTC), []
    for title in titles:
        topic = next(one for one in TOPICS if one.title() in title)
        made.append(
            Post(
                slug=title.lower().replace(" ", "-").replace(":", ""),
                title=title,
                author=chance.choice(AUTHORS),
                topic=topic,
                published=when,
                minutes=chance.randint(3, 18),
            )
        )
        when -= timedelta(days=chance.randint(4, 12), hours=chance.randint(0, 9))
    return tuple(made)


POSTS = _posts()


def _page(title: str, body: str, more: str = "") -> HTMLResponse:
    return HTMLResponse(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><link rel="alternate" type="application/rss+xml" title="The Hive Dispatch" href="/feed.xml">{more}</head>
<body><header><a href="/">The Hive Dispatch</a> <nav><a href="/about">About</a> <a href="/feed.xml">RSS</a></nav></header><main>{body}</main></body></html>"""
    )


def home(request: Request) -> Response:
    cards = "".join(
        f'<article><h2><a href="/{one.published:%Y}/{one.slug}">{escape(one.title)}</a></h2><p>By {one.author} on <time datetime="{one.published:%Y-%m-%d}">{one.published:%-d %B %Y}</time> · {one.minutes} min read</p></article>'
        for one in POSTS[:ON_FRONT]
    )
    return _page("The Hive Dispatch", f"<h1>Latest</h1>{cards}")


def about(request: Request) -> Response:
    return _page("About", "<h1>About</h1><p>Written by four beekeepers.</p>")


def post(request: Request) -> Response:
    found = [one for one in POSTS if one.slug == request.path_params["slug"]]
    if not found:
        return HTMLResponse("<h1>Not found</h1>", status_code=404)
    [one] = found
    data = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": one.title,
        "author": {"@type": "Person", "name": one.author},
        "datePublished": one.published.isoformat(),
        "keywords": one.topic,
        "timeRequired": f"PT{one.minutes}M",
    }
    return _page(
        one.title,
        f"<article><h1>{escape(one.title)}</h1><p>By {one.author}, {one.published:%-d %B %Y}</p><p>What we learned about {one.topic} this season, and what we did not.</p></article>",
        f'<script type="application/ld+json">{json.dumps(data)}</script>',
    )


def feed(request: Request) -> Response:
    base = str(request.base_url).rstrip("/")
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{base}/{one.published:%Y}/{one.slug}</link><guid>{base}/{one.published:%Y}/{one.slug}</guid><dc:creator>{one.author}</dc:creator><category>{one.topic}</category><pubDate>{format_datetime(one.published)}</pubDate><description>What we learned about {one.topic} this season.</description></item>"
        for one in POSTS[:IN_FEED]
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Hive Dispatch</title><link>{base}/</link><description>Bees</description>{items}</channel></rss>'
    return Response(text, media_type="application/rss+xml")


def sitemap(request: Request) -> Response:
    base = str(request.base_url).rstrip("/")
    urls = "".join(
        f"<url><loc>{base}/{one.published:%Y}/{one.slug}</loc><lastmod>{one.published:%Y-%m-%d}</lastmod></url>"
        for one in POSTS
    )
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{base}/</loc></url>{urls}</urlset>',
        media_type="application/xml",
    )


def robots(request: Request) -> Response:
    return Response(f"User-agent: *\nAllow: /\nSitemap: {request.base_url}sitemap.xml\n", media_type="text/plain")


def _rows(*found: Post) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.title, one.published.date()) for one in found)


QUESTIONS = (
    Question(id="dispatch-latest", text="the latest three posts", rows=_rows(*POSTS[:3]), ordered=True),
    Question(
        id="dispatch-february",
        text="posts from last month",
        rows=_rows(*(one for one in POSTS if (one.published.year, one.published.month) == (2027, 2))),
    ),
    Question(
        id="dispatch-varroa",
        text="posts about varroa since January 2027",
        rows=_rows(*(one for one in POSTS if one.topic == "varroa" and one.published.year == 2027)),
    ),
    Question(
        id="dispatch-author",
        text="posts by Pooja Nair in 2027",
        rows=_rows(*(one for one in POSTS if one.author == "Pooja Nair" and one.published.year == 2027)),
    ),
    Question(
        id="dispatch-old",
        text="posts published before July 2026",
        rows=_rows(*(one for one in POSTS if one.published < datetime(2026, 7, 1, tzinfo=UTC))),
    ),
    Question(id="dispatch-wax", text="all posts about wax", rows=_rows(*(one for one in POSTS if one.topic == "wax"))),
    Question(
        id="dispatch-none",
        text="posts from the last 24 hours by Owen Gwilt",
        rows=_rows(
            *(
                one
                for one in POSTS
                if one.author == "Owen Gwilt" and one.published > datetime(2027, 3, 2, 9, tzinfo=UTC)
            )
        ),
    ),
)

SITE = TownSite(
    name="dispatch",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/about", about),
            Route("/feed.xml", feed),
            Route("/sitemap.xml", sitemap),
            Route("/robots.txt", robots),
            Route("/{year:int}/{slug}", post),
        ]
    ),
    questions=QUESTIONS,
)
