"""A forum of beekeepers in the manner of Discourse: a list that pages from nought, and the same list as JSON."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import NOW, Question, TownSite

CATEGORIES = {"Hive Health": 5, "Equipment": 6, "Honey & Wax": 7, "Queens": 8, "The Back Porch": 9}
TAGS = {
    "Hive Health": ("varroa", "nosema", "wintering"),
    "Equipment": ("langstroth", "top-bar", "smokers"),
    "Honey & Wax": ("extraction", "candles"),
    "Queens": ("grafting", "marking"),
    "The Back Porch": ("introductions",),
}
PATTERNS = (
    *("Has anyone tried {} in March?", "{}: what am I doing wrong?", "Photos of my {}", "Question about {}"),
    *("My {} disaster", "{} on a budget", "Cold snap and {}", "Second year with {}"),
)
THINGS = {
    "Hive Health": ("oxalic acid", "mite counts", "sugar boards", "drone brood removal"),
    "Equipment": ("flow frames", "polystyrene hives", "new bee suits", "pallet stands"),
    "Honey & Wax": ("creamed honey", "a wax melter", "comb honey"),
    "Queens": ("mini mating nucs", "queen cages", "supersedure cells"),
    "The Back Porch": ("swarm season", "rooftop bees", "the neighbours"),
}
USERS = ("skep_sally", "apis_tom", "mellifera", "drone42", "hollowlog", "nectarnan", "beardedbee", "waggle")
PER_PAGE = 30


@dataclass(frozen=True, kw_only=True)
class Topic:
    id: int
    title: str
    category: str
    tags: tuple[str, ...]
    author: str
    created: datetime
    bumped: datetime
    replies: int
    views: int
    likes: int
    solved: bool
    pinned: bool = False

    @property
    def slug(self) -> str:
        return "".join(one if one.isalnum() else "-" for one in self.title.lower()).strip("-").replace("--", "-")


def _topics() -> tuple[Topic, ...]:
    chance = random.Random(2202)
    found: list[Topic] = []
    for category, things in THINGS.items():
        pairs = [(pattern, thing) for pattern in PATTERNS for thing in things]
        for pattern, thing in chance.sample(pairs, 18):
            title = pattern.format(thing)
            created = NOW - timedelta(minutes=chance.randrange(400, 60 * 24 * chance.choice((6, 60, 400))))
            found.append(
                Topic(
                    id=1000 + chance.randrange(90) * 100 + len(found),
                    title=title[0].upper() + title[1:],
                    category=category,
                    tags=tuple(sorted(chance.sample(TAGS[category], chance.randrange(len(TAGS[category]) + 1)))),
                    author=chance.choice(USERS),
                    created=created,
                    bumped=created + (NOW - created) * chance.random(),
                    replies=chance.choice((0, 2, 4, 7, 11, 16, 23, 38)),
                    views=chance.randrange(40, 6000),
                    likes=chance.randrange(60),
                    solved=chance.random() < 0.4 and category != "The Back Porch",
                )
            )
    found.sort(key=lambda one: one.bumped, reverse=True)
    welcome = Topic(
        id=7,
        title="Welcome to the Hive Stand! Read this first",
        category="The Back Porch",
        tags=(),
        author="apis_tom",
        created=datetime(2021, 4, 2, 8, tzinfo=NOW.tzinfo),
        bumped=datetime(2021, 4, 2, 8, tzinfo=NOW.tzinfo),
        replies=0,
        views=18_204,
        likes=112,
        solved=False,
        pinned=True,
    )
    return (welcome, *found)


TOPICS = _topics()


def _stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _served(one: Topic) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "fancy_title": escape(one.title),
        "slug": one.slug,
        "posts_count": one.replies + 1,
        "reply_count": one.replies,
        "image_url": None,
        "created_at": _stamp(one.created),
        "last_posted_at": _stamp(one.bumped),
        "bumped": True,
        "bumped_at": _stamp(one.bumped),
        "archetype": "regular",
        "pinned": one.pinned,
        "visible": True,
        "closed": one.pinned,
        "tags": list(one.tags),
        "views": one.views,
        "like_count": one.likes,
        "has_accepted_answer": one.solved,
        "category_id": CATEGORIES[one.category],
        "posters": [{"description": "Original Poster", "user_id": USERS.index(one.author) + 1}],
    }


def _asked(request: Request) -> tuple[list[Topic], list[Topic], int, str]:
    number = request.path_params.get("number")
    tag = request.path_params.get("tag")
    found = [one for one in TOPICS if number in (None, CATEGORIES[one.category]) and (tag is None or tag in one.tags)]
    at = int(request.query_params.get("page", 0))
    path = request.url.path.removesuffix(".json")
    return found, found[at * PER_PAGE : (at + 1) * PER_PAGE], at, "/latest" if path == "/" else path


def as_json(request: Request) -> Response:
    """The list as Discourse serves it to its own script."""
    found, shown, at, path = _asked(request)
    listed: dict[str, Any] = {
        "can_create_topic": False,
        "per_page": PER_PAGE,
        "topics": [_served(one) for one in shown],
    }
    if (at + 1) * PER_PAGE < len(found):
        listed["more_topics_url"] = f"{path}?no_definitions=true&page={at + 1}"
    users = [{"id": number, "username": name, "trust_level": 2} for number, name in enumerate(USERS, 1)]
    return JSONResponse({"users": users, "primary_groups": [], "topic_list": listed})


def _page(title: str, body: str) -> Response:
    site = {"categories": [{"id": number, "name": name} for name, number in CATEGORIES.items()]}
    return HTMLResponse(f"""<!DOCTYPE html>
<html lang="en" class="desktop-view not-mobile-device anon"><head><meta charset="utf-8">
<title>{escape(title)} - The Hive Stand</title>
<meta name="generator" content="Discourse 3.4.0.beta4 - https://discourse.org">
<link rel="icon" href="data:,"></head><body class="crawler browser-update">
<div class="hidden" id="data-preloaded" data-preloaded="{escape(json.dumps({"site": json.dumps(site)}))}"></div>
<header><a href="/">The Hive Stand</a></header><div id="main-outlet" class="wrap" role="main">{body}</div>
<footer class="container wrap"><nav class="crawler-nav"><ul><li itemscope><span itemprop="name"><a href="/"
itemprop="url">Home</a></span></li><li><a href="/categories">Categories</a></li></ul></nav>
<p class="powered-by-link">Powered by <a href="https://www.discourse.org">Discourse</a>, best viewed with JavaScript
enabled</p></footer></body></html>""")


def _category(name: str) -> str:
    slug = name.lower().replace(" & ", "-").replace(" ", "-")
    return f"/c/{slug}/{CATEGORIES[name]}"


def _row(one: Topic) -> str:
    tags = ", ".join(f'<a class="discourse-tag" href="/tag/{tag}" rel="tag">{tag}</a>' for tag in one.tags)
    solved = '<span title="This topic has a solution" class="topic-status solved">Solved</span>' * one.solved
    day = f"{one.bumped:%B} {one.bumped.day}, {one.bumped.year}"
    return f"""<tr class="topic-list-item" id="topic-list-item-{one.id}">
<td class="main-link" itemprop="itemListElement"
 itemscope itemtype="http://schema.org/ListItem"><meta itemprop="position" content="{one.id}">
<span class="link-top-line"><a itemprop="url" href="/t/{one.slug}/{one.id}" class="title raw-link raw-topic-link">
{escape(one.title)}</a>{solved}</span><div class="link-bottom-line"><a href="{_category(one.category)}"
 class="badge-wrapper bullet"><span class="category-name">{escape(one.category)}</span></a>
<div class="discourse-tags">{tags}</div></div></td><td class="posters"><a href="/u/{one.author}" class="latest single"
 title="{one.author} - Original Poster">{one.author}</a></td>
<td class="replies"><span class="posts" title="posts">{one.replies}</span></td>
<td class="views"><span class="views" title="views">{one.views}</span></td><td>{day}</td></tr>"""


def as_page(request: Request) -> Response:
    """The list without its script: a table, and a link to the next page."""
    found, shown, at, path = _asked(request)
    after = (at + 1) * PER_PAGE < len(found)
    back = (
        f'<a rel="prev" href="{path}?page={at - 1}" class="previous page-link">&larr; previous page</a>' if at else ""
    )
    on = f'<a rel="next" href="{path}?page={at + 1}" class="next page-link">next page &rarr;</a>' if after else ""
    return _page(
        "Latest topics",
        f"""<div itemscope itemtype="http://schema.org/ItemList"><table class="topic-list"><thead><tr><th>Topic</th>
<th></th><th class="replies">Replies</th><th class="views">Views</th><th>Activity</th></tr></thead>
<tbody>{"".join(map(_row, shown))}</tbody></table></div><div role="navigation">{back}{on}</div>""",
    )


def categories(request: Request) -> Response:
    rows = "".join(
        f'<tr class="category"><td><h3><a href="{_category(name)}">{escape(name)}</a></h3></td><td>'
        f"{sum(one.category == name for one in TOPICS)}</td></tr>"
        for name in CATEGORIES
    )
    return _page("Categories", f'<table class="category-list"><tbody>{rows}</tbody></table>')


def topic(request: Request) -> Response:
    one = next((one for one in TOPICS if one.id == request.path_params["id"]), None)
    if one is None:
        return _page("Oops", "<h1>Oops! That page doesn't exist or is private.</h1>")
    return _page(
        one.title,
        f"""<div id="topic-title"><h1><a href="/t/{one.slug}/{one.id}">{escape(one.title)}</a></h1></div>
<div itemscope itemtype="http://schema.org/DiscussionForumPosting" class="topic-body crawler-post">
<span class="creator" itemprop="author"><a href="/u/{one.author}"><span itemprop="name">{one.author}</span></a></span>
<span class="crawler-post-infos"><time itemprop="datePublished" datetime="{_stamp(one.created)}" class="post-time">
{one.created:%B} {one.created.day}, {one.created.year}</time></span>
<div class="post" itemprop="text"><p>Hello all, see the title. Any advice is welcome!</p></div>
<meta itemprop="interactionCount" content="UserLikes"></div>
""",
    )


def user(request: Request) -> Response:
    return _page(request.path_params["name"], f"<h1>{escape(request.path_params['name'])}</h1>")


def _in(category: str) -> list[Topic]:
    return [one for one in TOPICS if one.category == category]


QUESTIONS = (
    Question(
        id="hive-1",
        text="topics in Hive Health with more than 20 replies",
        rows=tuple((one.title, one.replies) for one in _in("Hive Health") if one.replies > 20),
    ),
    Question(
        id="hive-2",
        text="Which threads tagged varroa have not been solved yet?",
        rows=tuple((one.title,) for one in TOPICS if "varroa" in one.tags and not one.solved),
    ),
    Question(
        id="hive-3",
        text="top 5 most viewed threads in the Equipment category",
        rows=tuple(
            (one.title, one.views) for one in sorted(_in("Equipment"), key=lambda one: one.views, reverse=True)[:5]
        ),
        ordered=True,
    ),
    Question(
        id="hive-4",
        text="threads in Queens started by apis_tom",
        rows=tuple((one.title,) for one in _in("Queens") if one.author == "apis_tom"),
    ),
)

SITE = TownSite(
    name="hive",
    app=Starlette(
        routes=[
            Route("/", as_page),
            Route("/latest", as_page),
            Route("/latest.json", as_json),
            Route("/categories", categories),
            Route("/c/{slug}/{number:int}", as_page),
            Route("/c/{slug}/{number:int}.json", as_json),
            Route("/tag/{tag}.json", as_json),
            Route("/tag/{tag}", as_page),
            Route("/t/{slug}/{id:int}", topic),
            Route("/u/{name}", user),
        ]
    ),
    questions=QUESTIONS,
)
