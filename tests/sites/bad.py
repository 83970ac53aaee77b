"""A site that gives what no site should: endless, broken, huge, misnamed and closed pages."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

NAMES = (
    "Café Zoë", "Crème Brûlée", "Über Öl", "Señor Niño", "Façade Noël", "Plain Oats", "Äpfel", "Smörgås",
    "Piñata", "Jalapeño", "Mâche", "Pâté",
)  # fmt: skip
CYRILLIC = ("Концерт", "Балет", "Опера", "Театр", "Музей", "Выставка", "Лекция", "Фестиваль")
ENDLESS = "x" * 65_536


def listing(names: tuple[str, ...] = NAMES, head: str = "", beside: str = "") -> str:
    cards = "".join(
        f'<li class="dish"><h3><a href="/dish/{n}">{name}</a></h3><span class="price">${n + 3}.50</span>'
        f"<p>Dish number {n} of the house, served warm with bread.</p></li>"
        for n, name in enumerate(names)
    )
    return f"<!doctype html><html><head>{head}<title>Dishes</title></head><body><h1>Dishes</h1>{beside}<ul>{cards}</ul>"


def raw(body: bytes, content_type: str = "text/html", **headers: str) -> Callable[[Request], Response]:
    return lambda _: Response(body, headers={"content-type": content_type, **headers})


ENCODED = {
    "/said-latin": raw(listing(head="<meta charset=iso-8859-1>").encode(), "text/html; charset=iso-8859-1"),
    "/utf-16-mark": raw(listing().encode("utf-16")),
    "/utf-16-bare": raw(listing().encode("utf-16-le")),
    "/western": raw(listing().encode("cp1252"), "text/html; charset=windows-1252"),
    "/unsaid": raw(listing().encode()),
    "/western-unsaid": raw(listing().encode("cp1252")),
    "/header-wrong": raw(
        listing(CYRILLIC, head="<meta charset=windows-1251>").encode("cp1251"), "text/html; charset=utf-8"
    ),
    "/unknown": raw(listing().encode(), "text/html; charset=utf-99"),
}


def scroll(_: Request) -> Response:
    """More of the list comes for ever, as fast as one scrolls."""
    script = """<script>let n=100;addEventListener('scroll',()=>{for(let i=0;i<20;i++){
    const e=document.createElement('li');e.className='dish';
    e.innerHTML=`<h3><a href="/dish/${n}">Dish ${n}</a></h3><span class=price>$${n}.50</span><p>More ${n}</p>`;
    document.querySelector('ul').append(e);n++}})</script><style>li{height:200px}</style>"""
    return HTMLResponse(listing(tuple(f"Dish {n}" for n in range(40))) + "</ul>" + script)


def calendar(request: Request) -> Response:
    """A month that always has a next one, though nothing is held after July."""
    month = date.fromisoformat(request.query_params.get("month", "2027-05-01"))
    after = (month + timedelta(days=32)).replace(day=1)
    days = "".join(
        f'<article><h3><a href="/e/{month}/{n}">Concert {month:%b} {n}</a></h3>'
        f'<time datetime="{month + timedelta(days=n)}">{month + timedelta(days=n):%d %B %Y}</time>'
        f"<p>In the hall, row {n}.</p></article>"
        for n in range(8)
    )
    held = days if month < date(2027, 8, 1) else "<p>Nothing is on.</p>"
    following = f'<a rel="next" href="/calendar?month={after}">Next month</a>'
    return HTMLResponse(f"<title>Concerts</title><h1>Concerts</h1>{held}{following}")


def trap(_: Request) -> Response:
    """Hidden links that no person would follow stand beside the list."""
    hidden = "".join(
        f'<a style="display:none" rel="nofollow" href="/pit/{n}?next=1">next page {n}</a>' for n in range(300)
    )
    return HTMLResponse(listing(beside=f'<div style="display:none">{hidden}</div>'))


def captcha(_: Request) -> Response:
    page = "<title>Just a moment...</title><h1>Verify you are human</h1><div class=cf-challenge></div>"
    return HTMLResponse(page, status_code=403)


def captcha_200(_: Request) -> Response:
    page = "<title>Security check</title><h1>Are you a robot?</h1><div class=g-recaptcha></div>"
    return HTMLResponse(page)


def login(_: Request) -> Response:
    fields = "<label>User <input name=user></label><input type=password name=p><button>Log in</button>"
    form = f"<form method=post>{fields}</form>"
    return HTMLResponse(f"<title>Log in</title><h1>Please log in to see the dishes</h1>{form}")


def to_login(_: Request) -> Response:
    return RedirectResponse("/login")


def circle(_: Request) -> Response:
    node = {"type": "object", "properties": {"self": {"$ref": "#/components/schemas/Node"}, "name": {"type": "string"}}}
    answer = {"description": "ok", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Loop"}}}}
    loop = {"$ref": "#/components/schemas/Pool"}
    return JSONResponse(
        {
            "openapi": "3.0.0",
            "info": {"title": "Circles", "version": "1"},
            "paths": {"/nodes": {"get": {"operationId": "listNodes", "responses": {"200": answer}}}},
            "components": {"schemas": {"Node": node, "Loop": loop, "Pool": {"$ref": "#/components/schemas/Loop"}}},
        }
    )


def loop(request: Request) -> Response:
    return RedirectResponse(f"/loop?n={int(request.query_params.get('n', '0')) + 1}")


async def never(request: Request) -> Response:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()


def stream(request: Request) -> Response:
    async def pieces() -> AsyncIterator[str]:
        yield listing()
        while not await request.is_disconnected():
            yield f"<!-- {ENDLESS} -->"

    return StreamingResponse(pieces(), media_type="text/html")


def drip(request: Request) -> Response:
    """A page that goes on for ever, a letter at a time."""

    async def pieces() -> AsyncIterator[str]:
        yield listing()
        while not await request.is_disconnected():
            await asyncio.sleep(0.2)
            yield " "

    return StreamingResponse(pieces(), media_type="text/html")


def bomb() -> bytes:
    return gzip.compress(b"<p>" + b"0" * 300_000_000, compresslevel=1)


BROKEN = (
    "<html><body><h1>Dishes<ul>"
    + "".join(
        f"<li class=dish><h3><a href='/dish/{n}'>{name}<p>Served warm & fresh <b>number {n}<i>"
        for n, name in enumerate(NAMES)
    )
    + "</b></div></span><table><tr></ul></body></html><li"
)
HUGE = listing(tuple(f"Dish {n}" for n in range(40)), beside="<!--" + "y" * 5_000_000 + "-->") + (
    "</ul><div>" + "".join(f"<p>filler {n} " + "lorem ipsum " * 40 + "</p>" for n in range(10_000)) + "</div>"
)
DEEP = "<title>Deep</title>" + "<div>" * 30_000 + "bottom"
WIDE = listing(tuple(f"Dish {n}" for n in range(60_000)))


def site() -> Starlette:
    routes = [
        *(Route(path, answer) for path, answer in ENCODED.items()),
        Route("/huge", raw(HUGE.encode())),
        Route("/wide", raw(WIDE.encode())),
        Route("/deep", raw(DEEP.encode())),
        Route("/broken", raw(BROKEN.encode())),
        Route("/scroll", scroll),
        Route("/calendar", calendar),
        Route("/trap", trap),
        Route("/captcha", captcha),
        Route("/captcha-200", captcha_200),
        Route("/login", login),
        Route("/to-login", to_login),
        Route("/circle", circle),
        Route("/loop", loop),
        Route("/never", never),
        Route("/nothing", lambda _: Response(status_code=204)),
        Route("/empty", raw(b"")),
        Route("/pdf", raw(b"%PDF-1.7\n" + bytes(range(256)) * 200, "application/pdf")),
        Route("/png", raw(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 200, "image/png")),
        Route("/pdf-as-html", raw(b"%PDF-1.7\n" + bytes(range(256)) * 200, "text/html")),
        Route("/scalar", raw(b"42", "application/json")),
        Route("/null", raw(b"null", "application/json")),
        Route("/not-json", raw(b'{"a": [1, 2', "application/json")),
        Route("/nested", raw(b"[" * 100_000 + b"]" * 100_000, "application/json")),
        Route("/stream", stream),
        Route("/drip", drip),
        Route("/bomb", raw(bomb(), "text/html", **{"content-encoding": "gzip"})),
    ]
    return Starlette(routes=routes)
