"""A forum: boards, thread lists by fifty through an offset, relative times, counts such as 1.2k."""

# ruff: noqa: E501 - a page is written as a browser gets it

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import NOW, Fact, Question, TownSite

BOARDS = {
    3: ("Engines", "Diesel, petrol, electric"),
    5: ("Rigging", "Masts, shrouds, halyards"),
    8: ("Navigation", "Charts and instruments"),
    9: ("For Sale", "Buy and sell"),
}
MEMBERS = ("saltydog", "fenderbender", "tidewatcher", "mizzen_mate", "oldbosun", "kelpie77")
OPENERS = ("Best way to", "Anyone tried to", "Help needed to", "Cheap way to", "How often should I", "When to")
ACTS = {
    3: (
        "bleed a diesel",
        "replace an impeller",
        "cure overheating",
        "wire a second alternator",
        "winterise an outboard",
        "find a coolant leak",
        "mount a saildrive",
        "clean injectors",
    ),
    5: (
        "tune shrouds",
        "splice dyneema",
        "replace a halyard",
        "check a masthead",
        "furl in a gale",
        "reeve a topping lift",
    ),
    8: ("calibrate a compass", "trust a chartplotter", "read tidal diamonds", "mount radar"),
    9: ("sell an anchor", "price a dinghy", "buy used sails"),
}
PER_PAGE = 15


@dataclass(frozen=True, kw_only=True)
class Thread:
    id: int
    board: int
    title: str
    member: str
    replies: int
    views: int
    latest: datetime
    solved: bool
    pinned: bool


def _threads() -> tuple[Thread, ...]:
    chance = random.Random(606)
    made: list[Thread] = []
    for board, acts in ACTS.items():
        titles = [f"{opener} {act}?" for opener in OPENERS for act in acts]
        chance.shuffle(titles)
        for at, title in enumerate(titles):
            made.append(
                Thread(
                    id=2000 + len(made) * 13,
                    board=board,
                    title=title,
                    member=chance.choice(MEMBERS),
                    replies=chance.choice(
                        (chance.randint(0, 90), chance.randint(100, 990), chance.randint(11, 48) * 100)
                    ),
                    views=chance.randint(1, 900) * 100,
                    latest=NOW - timedelta(minutes=int(14 * (at + 1) ** 2.3 + chance.randint(1, 10))),
                    solved=chance.random() > 0.5,
                    pinned=at in {4, 11} and board == 3,
                )
            )
    return tuple(made)


THREADS = _threads()


def _count(number: int) -> str:
    return str(number) if number < 1000 else f"{number / 1000:.1f}".removesuffix(".0") + "k"


def _ago(when: datetime) -> str:
    minutes = int((NOW - when).total_seconds() // 60)
    for size, name in ((60 * 24 * 7, "week"), (60 * 24, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            number = minutes // size
            return f"{number} {name}{'s' if number > 1 else ''} ago"
    return "just now"


def _page(title: str, trail: str, body: str) -> HTMLResponse:
    return HTMLResponse(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} • Leeward Forum</title></head><body>
<div id="top"><a href="/index">Leeward Forum</a> <ul class="links"><li><a href="/login">Log in</a></li><li><a href="/register">Register</a></li><li><a href="/faq">FAQ</a></li></ul></div>
<div class="crumbs"><a href="/index">Board index</a>{trail}</div><h2>{escape(title)}</h2>{body}<div class="foot">All times are UTC. Powered by LeeBB.</div></body></html>"""
    )


def index(request: Request) -> Response:
    rows = "".join(
        f"""<li class="row"><dl><dt><a class="forumtitle" href="/board?f={key}">{name}</a><br>{text}</dt><dd class="topics">{sum(one.board == key for one in THREADS)} <dfn>Topics</dfn></dd>
<dd class="posts">{_count(sum(one.replies + 1 for one in THREADS if one.board == key))} <dfn>Posts</dfn></dd></dl></li>"""
        for key, (name, text) in BOARDS.items()
    )
    return _page("Board index", "", f'<ul class="topiclist forums">{rows}</ul>')


def board(request: Request) -> Response:
    key = int(request.query_params.get("f", 0))
    if key not in BOARDS:
        return HTMLResponse("<h1>This board does not exist.</h1>", status_code=404)
    found = [one for one in THREADS if one.board == key]
    found.sort(key=lambda one: (not one.pinned, -one.latest.timestamp()))
    start = int(request.query_params.get("start", 0))
    rows = "".join(
        f"""<tr class="topic{" sticky" if one.pinned else ""}"><td class="title">{'<span class="label">Pinned</span> ' if one.pinned else ""}<a href="/thread?t={one.id}">{escape(one.title)}</a>{' <span class="ok">✔ Solved</span>' if one.solved else ""}<br>
<small>by <a href="/member?u={one.member}">{one.member}</a></small></td><td class="num">{_count(one.replies)}</td><td class="num">{_count(one.views)}</td><td><time datetime="{one.latest:%Y-%m-%dT%H:%M:%SZ}">{_ago(one.latest)}</time></td></tr>"""
        for one in found[start : start + PER_PAGE]
    )
    pages = "".join(
        f"<strong>{at // PER_PAGE + 1}</strong> "
        if at == start
        else f'<a href="/board?f={key}&amp;start={at}">{at // PER_PAGE + 1}</a> '
        for at in range(0, len(found), PER_PAGE)
    )
    later = (
        f'<a rel="next" href="/board?f={key}&amp;start={start + PER_PAGE}">Next</a>'
        if start + PER_PAGE < len(found)
        else ""
    )
    name = BOARDS[key][0]
    return _page(
        name,
        f' » <a href="/board?f={key}">{name}</a>',
        f'<p>{len(found)} topics</p><table class="threads"><thead><tr><th>Topic</th><th>Replies</th><th>Views</th><th>Last post</th></tr></thead><tbody>{rows}</tbody></table><div class="pagination">{pages}{later}</div>',
    )


def thread(request: Request) -> Response:
    found = [one for one in THREADS if str(one.id) == request.query_params.get("t")]
    if not found:
        return HTMLResponse("<h1>This thread does not exist.</h1>", status_code=404)
    [one] = found
    posts = "".join(
        f'<div class="post"><b>{MEMBERS[at % len(MEMBERS)]}</b><p>I would wait for a calm day and do it twice.</p></div>'
        for at in range(min(one.replies, 5))
    )
    return _page(
        one.title,
        f' » <a href="/board?f={one.board}">{BOARDS[one.board][0]}</a>',
        f'<div class="post"><b>{one.member}</b><p>{escape(one.title)} Thanks.</p></div>{posts}',
    )


def _in(key: int) -> list[Thread]:
    return sorted((one for one in THREADS if one.board == key), key=lambda one: -one.latest.timestamp())


def _rows(*found: Thread) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.title,) for one in found)


QUESTIONS = (
    Question(
        id="forum-replies",
        text="threads with more than 1000 replies",
        begin="/board?f=3",
        rows=_rows(*(one for one in _in(3) if one.replies > 1000)),
    ),
    Question(
        id="forum-viewed",
        text="the 5 most viewed threads",
        begin="/board?f=5",
        rows=_rows(*sorted(_in(5), key=lambda one: -one.views)[:5]),
        ordered=True,
    ),
    Question(
        id="forum-member",
        text="threads in Engines started by oldbosun",
        begin="/",
        rows=_rows(*(one for one in _in(3) if one.member == "oldbosun")),
    ),
    Question(
        id="forum-day",
        text="threads with a post in the last 24 hours",
        begin="/board?f=8",
        rows=_rows(*(one for one in _in(8) if one.latest > NOW - timedelta(hours=24))),
    ),
    Question(
        id="forum-boards",
        text="boards and how many topics each has",
        begin="/",
        rows=tuple((name, sum(one.board == key for one in THREADS)) for key, (name, _) in BOARDS.items()),
    ),
    Question(
        id="forum-unsolved",
        text="navigation threads that are not solved",
        begin="/board?f=8",
        rows=_rows(*(one for one in _in(8) if not one.solved)),
    ),
    Question(
        id="forum-pinned", text="pinned threads", begin="/board?f=3", rows=_rows(*(one for one in _in(3) if one.pinned))
    ),
    Question(id="forum-all", text="all threads in the rigging board", begin="/", rows=_rows(*_in(5))),
)

SITE = TownSite(
    name="forum",
    app=Starlette(
        routes=[
            Route("/", lambda request: RedirectResponse("/index", status_code=302)),
            Route("/index", index),
            Route("/board", board),
            Route("/thread", thread),
        ]
    ),
    questions=QUESTIONS,
)
