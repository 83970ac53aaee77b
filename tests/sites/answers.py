"""A server without lists: moved, missing, locked and failing addresses, an echo, one thing, things inside things."""

from __future__ import annotations

from itertools import count

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

KILN = {"kiln": "North kiln", "maker": "Brandt", "chamber": {"temperature": 1240, "unit": "C"}, "cones": []}
ORDERS = [
    {"order": "A-7", "customer": "Wren", "glazes": {"celadon": "3 kg", "tenmoku": "1 kg"}, "marks": ["rush", "gift"]},
    {"order": "A-8", "customer": "Finch", "glazes": {"shino": "2 kg"}, "marks": ["gift"]},
    {"order": "A-9", "customer": "Heron", "glazes": {"celadon": "5 kg"}, "marks": []},
]
_calls = count()


def shaky(_: Request) -> Response:
    """Fail every other time."""
    return PlainTextResponse("", 503 if next(_calls) % 2 else 200, media_type="text/html")


def echo(request: Request) -> Response:
    """Say what was sent."""
    return JSONResponse({"sent": dict(request.query_params), "by": "the wheel", "served": "fresh"})


def _moved(_: Request) -> Response:
    return RedirectResponse("/shelf/two")


def _onward(_: Request) -> Response:
    return RedirectResponse("/kiln")


APP = Starlette(
    routes=[
        Route("/old", _moved),
        Route("/shelf/two", _onward),
        Route("/kiln", lambda _: JSONResponse(KILN)),
        Route("/orders", lambda _: JSONResponse({"orders": ORDERS, "page": {"of": 1}})),
        Route("/echo", echo),
        Route("/shaky", shaky),
        Route("/broken", lambda _: PlainTextResponse("", 500)),
        Route("/vault", lambda _: PlainTextResponse("no", 401, headers={"WWW-Authenticate": "Basic"})),
        Route("/closed", lambda _: PlainTextResponse("no", 403)),
    ]
)
SITE = Site(
    name="answers",
    app=APP,
    questions=(
        Asked(text="follow the redirects and tell on which path you land", path="/old", rows=[(200, "/kiln")]),
        Asked(text="which status has this page", path="/missing", outcome="nothing_found"),
        Asked(text="keep asking until the shaky page answers 200", path="/shaky", rows=[(200,)]),
        Asked(text="show the page that always fails", path="/broken", outcome="source_unreachable"),
        Asked(text="what is in the vault", path="/vault", outcome="source_blocked"),
        Asked(text="list the glazes", path="/closed", outcome="source_blocked"),
        Asked(text="the maker and the temperature of the kiln", path="/kiln", rows=[("Brandt", 1240)]),
        Asked(text="all cones", path="/kiln", outcome="nothing_found"),
        Asked(text="send size=large and handle=left to the server and show the answer", path="/echo",
              rows=[("large", "left", "the wheel")]),
        Asked(text="all glazes with their portion", path="/orders",
              rows=[("A-7", "celadon", "3 kg"), ("A-7", "tenmoku", "1 kg"), ("A-8", "shino", "2 kg"),
                    ("A-9", "celadon", "5 kg")]),
        Asked(text="every mark of every order, with the customer", path="/orders",
              rows=[("rush", "Wren"), ("gift", "Wren"), ("gift", "Finch")]),
    ),
)  # fmt: skip
