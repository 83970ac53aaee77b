"""A tower with tours, some sold out, whose prices and halls stand on pages of their own; and notes that link on."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

COUNT = 170  # more tours than pages that one run may read
HALLS = (("Bell Loft", "12 Church Street"), ("The Old Mill", "3 Mill Lane"), ("Crypt/Cellar", "41 Well Road"))
KINDS = ("Morning walk", "Clock visit", "Roof view", "Night watch")
TOURS = [
    {"id": n, "name": f"{KINDS[n % 4]} {n}", "gone": n % 17 == 9, "price": 5.0 + n % 9, "hall": HALLS[n % 3]}
    for n in range(COUNT)
]
NOTES = {0: (1, 2), 1: (0, 3, 4), 2: (0, 1), 3: (1, 5), 4: (1, 3), 5: (3, 4)}
"""Which note names which: from the first one the last is two steps away."""


def _page(title: str, body: str) -> Response:
    head = f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head>"
    return HTMLResponse(f"{head}<body><main><h1>{title}</h1>{body}</main></body></html>")


def tours(_: Request) -> Response:
    """All tours, with the state of each as a badge under a class of its own."""
    cards = "".join(
        f'<article class="tour"><h3><a href="/tours/{one["id"]}">{one["name"]}</a></h3>'
        f'<p><small><span class="bubble-{"bad" if one["gone"] else "good"}"><i class="mark"></i> '
        f"{'Sold out' if one['gone'] else 'Buy now'}</span></small></p></article>"
        for one in TOURS
    )
    return _page("Tours of the tower", f"<div class=tours>{cards}</div>")


def tour(request: Request) -> Response:
    """One tour: a place that a label says to be one, a price."""
    one = TOURS[int(request.path_params["number"])]
    name, street = one["hall"]
    return _page(
        str(one["name"]),
        f'<div><div role="img" aria-label="Where does it begin?"></div><p>{name}<br>{street}<br>Millford</p></div>'
        f'<div class="price">${one["price"]:.2f}</div>',
    )


def note(request: Request) -> Response:
    """One note, with links to others."""
    number = int(request.path_params["number"])
    links = "".join(f'<li class="note"><a href="/notes/{n}">Note {n}</a></li>' for n in NOTES[number])
    return _page(f"Note {number}", f"<p>Words about the tower.</p><ul>{links}</ul>")


SITE = Site(
    name="tower",
    app=Starlette(
        routes=[
            Route("/tours", tours),
            Route("/tours/{number:int}", tour),
            Route("/notes/{number:int}", note),
        ]
    ),
    questions=(
        Asked(
            path="/tours",
            text="sold-out tours, with ticket price and venue",
            rows=[(one["name"], one["price"], one["hall"][0]) for one in TOURS if one["gone"]],
        ),
        Asked(
            path="/notes/0",
            text="collect every linked page, starting from the first",
            rows=[(f"Note {n}",) for n in NOTES],
        ),
    ),
)
