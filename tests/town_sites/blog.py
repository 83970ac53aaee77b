"""A blog as WordPress serves it: pages, archives by month, category and author, a feed, and its REST interface."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import NOW, Question, TownSite

CATEGORIES = {3: "Travel", 5: "Kitchen", 8: "Garden", 12: "Books"}
AUTHORS = {1: "Ines Keller", 4: "Tomasz Wolny"}
TOPICS = {
    3: ("night train", "island hopping", "hiking", "city break"),
    5: ("sourdough", "pickles", "dumplings", "soup stock"),
    8: ("compost", "tomatoes", "pruning", "balcony herbs"),
    12: ("crime novels", "poetry", "memoirs", "short stories"),
}
TURNS = ("Notes on {}", "What nobody tells you about {}", "A beginner's look at {}", "Once more: {}")


@dataclass(frozen=True, kw_only=True)
class Post:
    number: int
    title: str
    topic: str
    category: int
    author: int
    at: datetime

    @property
    def path(self) -> str:
        return f"/{self.at:%Y/%m}/post-{self.number}/"


def _posts() -> tuple[Post, ...]:
    chance = random.Random(23)
    posts = []
    for number in range(1, 131):
        category = chance.choice(list(CATEGORIES))
        topic = chance.choice(TOPICS[category])
        posts.append(
            Post(
                number=number,
                title=f"{chance.choice(TURNS).format(topic)} ({number})",
                topic=topic,
                category=category,
                author=chance.choice(list(AUTHORS)),
                at=NOW - timedelta(days=(130 - number) * 2.7, hours=chance.randint(1, 5)),
            )
        )
    return tuple(reversed(posts))


POSTS = _posts()


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _article(post: Post) -> str:
    category, author = CATEGORIES[post.category], AUTHORS[post.author]
    return (
        f'<article id="post-{post.number}" class="post-{post.number} post type-post status-publish hentry category-'
        f'{_slug(category)}"><header class="entry-header"><h2 class="entry-title"><a href="{post.path}" rel="bookmark">'
        f'{escape(post.title)}</a></h2><div class="entry-meta"><span class="posted-on"><a href="{post.path}"><time '
        f'class="entry-date published" datetime="{post.at.isoformat()}">{post.at:%B} {post.at.day}, {post.at.year}</time></a></span> '
        f'<span class="byline">by <a class="url fn n" href="/author/{_slug(author)}/">{author}</a></span></div></header>'
        f'<div class="entry-summary"><p>Some thoughts about {post.topic}, written down over a long weekend. [&hellip;]'
        f'</p></div><footer class="entry-footer"><span class="cat-links">Posted in <a href="/category/{_slug(category)}/"'
        f' rel="category tag">{category}</a></span></footer></article>'
    )


def _archive(title: str, posts: list[Post], base: str, page: int, query: str = "") -> Response:
    shown = posts[(page - 1) * 10 : page * 10]
    older = (
        f'<a class="next page-numbers" href="{base}page/{page + 1}/{query}">Older posts</a>'
        if page * 10 < len(posts)
        else ""
    )
    newer = f'<a class="prev page-numbers" href="{base}page/{page - 1}/{query}">Newer posts</a>' if page > 1 else ""
    months = sorted({(post.at.year, post.at.month) for post in POSTS}, reverse=True)
    archives = "".join(
        f'<li><a href="/{year}/{month:02d}/">{datetime(year, month, 1):%B %Y}</a></li>'  # noqa: DTZ001 - a name of a month
        for year, month in months
    )
    cats = "".join(f'<li class="cat-item"><a href="/category/{_slug(n)}/">{n}</a></li>' for n in CATEGORIES.values())
    recent = "".join(f'<li><a href="{post.path}">{escape(post.title)}</a></li>' for post in POSTS[:5])
    body = "".join(_article(post) for post in shown) or "<p>Nothing Found</p>"
    return HTMLResponse(
        f'<!doctype html><html lang="en-GB"><head><meta charset="UTF-8"><title>{title}</title><meta name="generator" '
        'content="WordPress 6.7"><link rel="alternate" type="application/rss+xml" title="Slow Weekends &raquo; Feed" '
        'href="/feed/"><link rel="https://api.w.org/" href="/wp-json/"></head><body class="blog"><header id="masthead">'
        '<p class="site-title"><a href="/" rel="home">Slow Weekends</a></p><form role="search" method="get" '
        'class="search-form" action="/"><label>Search for: <input type="search" name="s"></label><input type="submit" '
        f'value="Search"></form></header><main id="main"><h1 class="page-title">{title}</h1>{body}<nav class="navigation '
        f'pagination">{newer}{older}</nav></main><aside id="secondary"><section class="widget"><h2>Recent Posts</h2><ul>'
        f"{recent}</ul></section><section class='widget'><h2>Archives</h2><ul>{archives}</ul></section><section "
        f"class='widget'><h2>Categories</h2><ul>{cats}</ul></section></aside></body></html>"
    )


def _matching(words: str) -> list[Post]:
    folded = words.lower().split()
    return [post for post in POSTS if all(word in f"{post.title} {post.topic}".lower() for word in folded)]


async def home(request: Request) -> Response:
    page = int(request.path_params.get("page", 1))
    words = request.query_params.get("s", "")
    if words:
        return _archive(f"Search Results for: {escape(words)}", _matching(words), "/", page, f"?s={escape(words)}")
    return _archive("Slow Weekends", list(POSTS), "/", page)


async def month(request: Request) -> Response:
    year, number = int(request.path_params["year"]), int(request.path_params["month"])
    posts = [post for post in POSTS if (post.at.year, post.at.month) == (year, number)]
    return _archive(
        f"Month: {number:02d} {year}", posts, f"/{year}/{number:02d}/", int(request.path_params.get("page", 1))
    )


async def category(request: Request) -> Response:
    slug = request.path_params["slug"]
    posts = [post for post in POSTS if _slug(CATEGORIES[post.category]) == slug]
    return _archive(f"Category: {slug.title()}", posts, f"/category/{slug}/", int(request.path_params.get("page", 1)))


async def author(request: Request) -> Response:
    slug = request.path_params["slug"]
    posts = [post for post in POSTS if _slug(AUTHORS[post.author]) == slug]
    return _archive(f"Author: {slug}", posts, f"/author/{slug}/", int(request.path_params.get("page", 1)))


async def feed(request: Request) -> Response:
    items = "".join(
        f"<item><title>{escape(post.title)}</title><link>{request.base_url}{post.path[1:]}</link><dc:creator>"
        f"{AUTHORS[post.author]}</dc:creator><pubDate>{format_datetime(post.at)}</pubDate><category>"
        f"{CATEGORIES[post.category]}</category><description>About {post.topic}</description></item>"
        for post in POSTS[:10]
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Slow Weekends</title><link>{request.base_url}</link>{items}</channel></rss>"
    )
    return Response(text, media_type="application/rss+xml")


async def rest_posts(request: Request) -> Response:
    asked = request.query_params
    found = _matching(asked.get("search", ""))
    if asked.get("categories"):
        found = [post for post in found if str(post.category) in asked["categories"].split(",")]
    if asked.get("author"):
        found = [post for post in found if str(post.author) in asked["author"].split(",")]
    if asked.get("after"):
        found = [post for post in found if post.at.isoformat() > asked["after"]]
    if asked.get("before"):
        found = [post for post in found if post.at.isoformat() < asked["before"]]
    size, page = min(int(asked.get("per_page", 10)), 100), int(asked.get("page", 1))
    body = [
        {
            "id": post.number,
            "date": post.at.strftime("%Y-%m-%dT%H:%M:%S"),
            "link": f"{request.base_url}{post.path[1:]}",
            "title": {"rendered": escape(post.title)},
            "excerpt": {"rendered": f"<p>Some thoughts about {post.topic}</p>", "protected": False},
            "author": post.author,
            "categories": [post.category],
        }
        for post in found[(page - 1) * size : page * size]
    ]
    total = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(max(1, -(-len(found) // size)))}
    return JSONResponse(body, headers=total)


async def rest_index(request: Request) -> Response:
    return JSONResponse(
        {"name": "Slow Weekends", "namespaces": ["wp/v2"], "routes": {"/wp/v2/posts": {"methods": ["GET"]}}}
    )


async def rest_categories(request: Request) -> Response:
    return JSONResponse([{"id": number, "name": name, "slug": _slug(name)} for number, name in CATEGORIES.items()])


def _titles(*posts: Post) -> tuple[tuple[str], ...]:
    return tuple((post.title,) for post in posts)


QUESTIONS = (
    Question(
        id="blog-topic", text="posts about sourdough", rows=_titles(*(p for p in POSTS if p.topic == "sourdough"))
    ),
    Question(
        id="blog-month",
        text="posts from February 2027",
        rows=_titles(*(p for p in POSTS if (p.at.year, p.at.month) == (2027, 2))),
    ),
    Question(
        id="blog-category",
        text="posts in the category Travel",
        rows=_titles(*(p for p in POSTS if CATEGORIES[p.category] == "Travel")),
    ),
    Question(
        id="blog-author",
        text="garden posts by Ines Keller",
        rows=_titles(*(p for p in POSTS if AUTHORS[p.author] == "Ines Keller" and CATEGORIES[p.category] == "Garden")),
    ),
    Question(id="blog-latest", text="the latest 12 posts", rows=_titles(*POSTS[:12]), ordered=True),
    Question(id="blog-none", honest=True, text="posts about submarines", rows=()),
)

SITE = TownSite(
    name="blog",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/page/{page:int}/", home),
            Route("/{year:int}/{month:int}/", month),
            Route("/{year:int}/{month:int}/page/{page:int}/", month),
            Route("/category/{slug}/", category),
            Route("/category/{slug}/page/{page:int}/", category),
            Route("/author/{slug}/", author),
            Route("/author/{slug}/page/{page:int}/", author),
            Route("/feed/", feed),
            Route("/wp-json/", rest_index),
            Route("/wp-json/wp/v2/posts", rest_posts),
            Route("/wp-json/wp/v2/categories", rest_categories),
        ]
    ),
    questions=QUESTIONS,
)
