"""Apps whose data needs a token that an earlier answer carried: in a meta element, in a script, in a JSON answer."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

import secrets

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

ROOMS = [
    {"room": f"Room {n}", "floor": n % 4 + 1, "seats": 2 + (n * 5) % 18, "projector": n % 3 == 0} for n in range(1, 31)
]
ISSUED: dict[str, int] = {}
USES = 12  # a token is good for so many requests, so that one that was observed is of no use for long

SHOW = """
function show(rooms) {
  document.getElementById('rooms').innerHTML = rooms.map(r =>
    `<li><b>${r.room}</b> floor ${r.floor}, ${r.seats} seats</li>`).join('');
}
"""


def _issue() -> str:
    token = secrets.token_hex(16)
    ISSUED[token] = 0
    return token


def _good(token: str | None) -> bool:
    if token is None or token not in ISSUED or ISSUED[token] >= USES:
        return False
    ISSUED[token] += 1
    return True


def meta(_: Request) -> Response:
    token = _issue()
    page = HTMLResponse(
        f'<!doctype html><html lang=en><head><title>Rooms</title><meta name="csrf-token" content="{token}"></head><h1>Rooms</h1>'
        f"<ul id=rooms></ul><script>{SHOW}const t = document.querySelector('meta[name=csrf-token]').content;"
        "fetch('/api/rooms', {headers: {'X-CSRF-Token': t, 'X-Requested-With': 'XMLHttpRequest'}})"
        ".then(r => r.json()).then(a => show(a.rooms));</script></html>"
    )
    page.set_cookie("session", token)
    return page


def meta_rooms(request: Request) -> Response:
    token = request.headers.get("x-csrf-token")
    if request.cookies.get("session") != token or not _good(token):
        return JSONResponse({"error": "bad token"}, status_code=403)
    return JSONResponse({"rooms": ROOMS})


def script(_: Request) -> Response:
    return HTMLResponse(
        f"<!doctype html><html lang=en><title>Rooms</title><h1>Rooms</h1><ul id=rooms></ul><script>{SHOW}"
        f'window.APP = {{build: "7f31", apiKey: "{_issue()}", lang: "en"}};'
        "fetch('/data/rooms.json?lang=en&key=' + APP.apiKey).then(r => r.json()).then(a => show(a.items));</script></html>"
    )


def script_rooms(request: Request) -> Response:
    if not _good(request.query_params.get("key")):
        return JSONResponse({"error": "key"}, status_code=401)
    return JSONResponse({"items": ROOMS})


def session(_: Request) -> Response:
    return HTMLResponse(
        f"<!doctype html><html lang=en><title>Rooms</title><h1>Rooms</h1><ul id=rooms></ul><script>{SHOW}"
        "fetch('/auth/guest').then(r => r.json()).then(g => fetch('/v2/rooms', {headers: {Authorization: 'Bearer ' + g.access_token}}))"
        ".then(r => r.json()).then(a => show(a.data));</script></html>"
    )


def guest(_: Request) -> Response:
    return JSONResponse({"access_token": _issue(), "expires_in": 60})


def session_rooms(request: Request) -> Response:
    if not _good((request.headers.get("authorization") or "").removeprefix("Bearer ")):
        return JSONResponse({"error": "token"}, status_code=401)
    return JSONResponse({"data": ROOMS})


LARGE = [(r["room"], r["seats"]) for r in ROOMS if int(str(r["seats"])) > 14]
SITE = Site(
    name="guarded",
    app=Starlette(
        routes=[
            Route("/meta", meta),
            Route("/api/rooms", meta_rooms),
            Route("/script", script),
            Route("/data/rooms.json", script_rooms),
            Route("/session", session),
            Route("/auth/guest", guest),
            Route("/v2/rooms", session_rooms),
        ]
    ),
    questions=(
        Asked(text="rooms with more than 14 seats", path="/meta", rows=LARGE),
        Asked(text="rooms with more than 14 seats", path="/script", rows=LARGE),
        Asked(text="rooms with more than 14 seats", path="/session", rows=LARGE),
    ),
)
