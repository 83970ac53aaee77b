"""A small library catalogue that gives its records only after a form with a token, a redirect and several pages.

Each result links to a page of its own that alone tells shelf mark and availability.
"""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

BRANCHES = ("Harbour", "Old Town", "Northside")
TOPICS = ("Poetry", "Travel", "Cooking")
PAGE_SIZE = 5


def books() -> list[dict[str, str]]:
    """Return all books: 54, in a fixed order."""
    made = []
    for number in range(54):
        topic, branch = TOPICS[number % 3], BRANCHES[(number // 3) % 3]
        made.append(
            {
                "id": f"b{number:03d}",
                "title": f"{topic} of the {('Sea', 'Hills', 'City', 'Road')[number % 4]}, volume {number // 3 + 1}",
                "author": ("Ada Bell", "Ines Roth", "Omar Quill", "Jun Park", "Vera Stone")[number % 5],
                "topic": topic,
                "branch": branch,
                "shelf": f"{topic[:2].upper()} {number * 7 % 90 + 10}.{number % 9}",
                "available": "yes" if number % 2 else "lent until June",
            }
        )
    return made


def _page(title: str, body: str) -> web.Response:
    text = f"<title>{title}</title><main><h1>{title}</h1>{body}</main>"
    return web.Response(text=f"<!doctype html><html><body>{text}</body></html>", content_type="text/html")


class ReadingRoom:
    """The catalogue's pages; sessions are cookies."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.searches: dict[str, list[dict[str, str]]] = {}

    async def form(self, request: web.Request) -> web.Response:
        """The search form, with a token for this session."""
        session = request.cookies.get("session") or f"visitor-{len(self.tokens) + 1}"
        token = self.tokens.setdefault(session, f"token-of-{session}")
        options = "".join(f'<option value="{name[:1]}">{name}</option>' for name in BRANCHES)
        response = _page(
            "Reading room catalogue",
            f'<p>54 books in 3 branches.</p><form action="/search" method="post" role="search">'
            f'<input type="hidden" name="token" value="{token}">'
            f'<label>Words <input name="words" type="search"></label>'
            f'<label>Branch <select name="branch"><option value="">All branches</option>{options}</select></label>'
            f"<button>Search</button></form>",
        )
        response.set_cookie("session", session)
        return response

    async def search(self, request: web.Request) -> web.Response:
        """Take the form and send the browser on to its results."""
        fields = await request.post()
        session = request.cookies.get("session", "")
        if not session or fields.get("token") != self.tokens.get(session):
            return web.Response(status=403, text="The form has expired.")
        words, branch = str(fields.get("words", "")).lower(), str(fields.get("branch", ""))
        found = [
            b for b in books() if words in f"{b['title']} {b['author']}".lower() and b["branch"].startswith(branch)
        ]
        key = f"search-{len(self.searches) + 1}"
        self.searches[key] = found
        raise web.HTTPSeeOther(f"/results/{key}?page=1")

    async def results(self, request: web.Request) -> web.Response:
        """One page of results."""
        found = self.searches.get(request.match_info["key"])
        if found is None:
            return web.Response(status=404, text="No such search.")
        number = int(request.query.get("page", "1"))
        shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        rows = "".join(
            f'<li class="hit"><h2><a href="/book/{b["id"]}">{html.escape(b["title"])}</a></h2>'
            f'<p class="by">by {b["author"]}</p><p class="branch">{b["branch"]}</p></li>'
            for b in shown
        )
        more = number * PAGE_SIZE < len(found)
        following = f'<a rel="next" href="?page={number + 1}">Next page</a>' if more else ""
        if not found:
            return _page("Results", "<p>No results.</p>")
        return _page("Results", f'<p>{len(found)} books</p><ol class="hits">{rows}</ol>{following}')

    async def book(self, request: web.Request) -> web.Response:
        """One book's own page."""
        found = next((b for b in books() if b["id"] == request.match_info["id"]), None)
        if found is None:
            return web.Response(status=404, text="No such book.")
        return _page(
            html.escape(found["title"]),
            f'<dl><dt>Author</dt><dd>{found["author"]}</dd><dt>Shelf mark</dt><dd class="shelf">{found["shelf"]}</dd>'
            f'<dt>Available</dt><dd class="available">{found["available"]}</dd></dl>',
        )


@asynccontextmanager
async def reading_room(port: int = 0) -> AsyncIterator[str]:
    """Serve the catalogue on loopback and yield its address."""
    room = ReadingRoom()
    app = web.Application()
    app.router.add_get("/", room.form)
    app.router.add_post("/search", room.search)
    app.router.add_get("/results/{key}", room.results)
    app.router.add_get("/book/{id}", room.book)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
