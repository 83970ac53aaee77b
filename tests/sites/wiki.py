"""A wiki: category pages that list names only, and articles with an infobox."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

REGIONS = ("Tyrol", "Saxony", "Provence")
NAMES = (
    "Ambras", "Bran", "Corvey", "Dornstein", "Eltz", "Falkenau", "Grimmen", "Hohenwart", "Ilmenau", "Juval", "Kufstein",
    "Landeck", "Moritzburg", "Naudersberg", "Osterstein", "Peyrelade", "Querfurt", "Rochlitz", "Sigmund", "Tarascon",
)  # fmt: skip
CASTLES = [
    {"name": f"{name} Castle", "region": REGIONS[n % 3], "year": 1000 + (n * 83) % 700, "rooms": 20 + (n * 13) % 90}
    for n, name in enumerate(NAMES)
]
OWNERS = {
    "Tyrol": ("Alpine Trust", "4 Innrain"),
    "Saxony": ("Free State Estates", "18 Elbe Quay"),
    "Provence": ("House of Baux", "7 Rue des Lices"),
}
MILLS = [f"{name} Mill" for name in ("Ash", "Birch", "Cedar", "Dogwood", "Elm")]


def _frame(title: str, body: str) -> Response:
    side = "".join(
        f"<li><a href='/wiki/{p}'>{p}</a></li>" for p in ("Main_Page", "Contents", "Random", "About", "Donate")
    )
    return HTMLResponse(
        f"<!doctype html><html lang=en><title>{title} – Fortwiki</title><div id=side><h3>Navigation</h3><ul>{side}</ul></div>"
        f"<div id=content><h1>{title}</h1>{body}</div><footer><ul><li>Privacy policy</li><li>Disclaimers</li></ul></footer></html>"
    )


def main(_: Request) -> Response:
    links = "".join(
        f'<li><a href="/wiki/Category:{c}">{c}</a></li>'
        for c in ("Castles", "Mills", *(f"Castles_in_{r}" for r in REGIONS))
    )
    return _frame("Main Page", f"<p>Welcome to Fortwiki, about old buildings.</p><h2>Categories</h2><ul>{links}</ul>")


def category(request: Request) -> Response:
    name = request.path_params["name"]
    members = [str(c["name"]) for c in CASTLES if name == "Castles" or name == f"Castles_in_{c['region']}"]
    members = MILLS if name == "Mills" else members
    letters: dict[str, list[str]] = {}
    for member in members:
        letters.setdefault(member[0], []).append(member)
    groups = "".join(
        f"<div class=group><h3>{letter}</h3><ul>"
        + "".join(f'<li><a href="/wiki/{m.replace(" ", "_")}" title="{m}">{m}</a></li>' for m in names)
        + "</ul></div>"
        for letter, names in letters.items()
    )
    told = f"<p>The following {len(members)} pages are in this category.</p>"
    return _frame(f"Category:{name.replace('_', ' ')}", f"{told}<div class=columns>{groups}</div>")


def _link(name: str) -> str:
    return f'<a href="/wiki/{name.replace(" ", "_")}">{name}</a>'


def article(request: Request) -> Response:
    name = request.path_params["name"].replace("_", " ")
    castle = next((c for c in CASTLES if c["name"] == name), None)
    address = next((address for owner, address in OWNERS.values() if owner == name), None)
    if address is not None:
        return _frame(
            name, f'<table class="infobox"><tr><th>Address</th><td>{address}</td></tr></table><p>An owner.</p>'
        )
    if castle is None:
        return _frame(name, "<p>A mill by the water.</p>")
    box = "".join(
        f"<tr><th>{k}</th><td>{v}</td></tr>"
        for k, v in (
            ("Region", castle["region"]),
            ("Built", castle["year"]),
            ("Rooms", castle["rooms"]),
            ("Owner", _link(OWNERS[str(castle["region"])][0])),
        )
    )
    told = f"<p><b>{name}</b> is a castle in {castle['region']}, built in {castle['year']}.</p>"
    return _frame(name, f'<table class="infobox"><caption>{name}</caption>{box}</table>{told}')


SITE = Site(
    name="wiki",
    app=Starlette(
        routes=[
            Route("/", main),
            Route("/wiki/Main_Page", main),
            Route("/wiki/Category:{name}", category),
            Route("/wiki/{name}", article),
        ]
    ),
    questions=(
        Asked(text="all castles", path="/wiki/Category:Castles", rows=[(c["name"],) for c in CASTLES]),
        Asked(
            text="castles with region and rooms",
            path="/wiki/Category:Castles",
            rows=[(c["name"], c["region"], c["rooms"]) for c in CASTLES],
        ),
        Asked(
            text="castles with more than 80 rooms",
            path="/wiki/Category:Castles",
            rows=[(c["name"], c["rooms"]) for c in CASTLES if int(str(c["rooms"])) > 80],
        ),
        Asked(
            text="castles in Saxony with the address of their owner",
            path="/wiki/Category:Castles",
            rows=[(c["name"], OWNERS["Saxony"][1]) for c in CASTLES if c["region"] == "Saxony"],
        ),
        Asked(text="mills in the wiki", rows=[(m,) for m in MILLS]),
        Asked(text="castles in Saxony", rows=[(c["name"],) for c in CASTLES if c["region"] == "Saxony"]),
    ),
)
