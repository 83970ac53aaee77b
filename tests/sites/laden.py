"""A German shop: prices as "1.234,50 €", dates as "12. Mai 2027", words in German; pages by a next link."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni")
NAMES = (
    "Bücherregal Eiche", "Schreibtisch Linz", "Sofa Kiel", "Stehlampe Föhr", "Esstisch Ulm", "Stuhl Fürth",
    "Hocker Celle", "Kommode Gera", "Bett Würzburg", "Spiegel Jena", "Teppich Aachen", "Sessel Bonn",
    "Garderobe Trier", "Vitrine Essen", "Bank Mainz", "Schrank Köln", "Lampe Halle",
)  # fmt: skip
PIECES = [
    {
        "name": name,
        "price": 24.9 + (n * 211) % 1900,
        "day": f"{n % 27 + 1}. {MONTHS[n % 6]} 2027",
        "iso": f"2027-{n % 6 + 1:02d}-{n % 27 + 1:02d}",
        "ready": n % 3 != 1,
    }
    for n, name in enumerate(NAMES)
]


def euros(amount: float) -> str:
    whole, cents = divmod(round(amount * 100), 100)
    return f"{whole:,}".replace(",", ".") + f",{cents:02d} €"


def listing(request: Request) -> Response:
    number = int(request.query_params.get("seite", "1"))
    items = "".join(
        f'<li class="artikel"><h2><a href="/artikel/{NAMES.index(str(p["name"]))}">{p["name"]}</a></h2>'
        f'<p class="preis">{euros(float(str(p["price"])))}</p><p>Lieferbar ab <span class="datum">{p["day"]}</span></p>'
        f'<p class="bestand">{"Auf Lager" if p["ready"] else "Ausverkauft"}</p></li>'
        for p in PIECES[(number - 1) * 6 : number * 6]
    )
    following = f'<a class="weiter" href="/?seite={number + 1}">Weiter</a>' if number * 6 < len(PIECES) else ""
    return HTMLResponse(
        "<!doctype html><html lang=de><meta charset=utf-8><title>Möbelhaus Nord</title><nav><a href=/impressum>Impressum</a>"
        f"<a href=/agb>AGB</a></nav><h1>Unsere Möbel</h1><ul class=liste>{items}</ul>{following}</html>"
    )


SITE = Site(
    name="laden",
    app=Starlette(routes=[Route("/", listing)]),
    questions=(
        Asked(text="all furniture with price", rows=[(p["name"], p["price"]) for p in PIECES]),
        Asked(
            text="furniture under 500 euros",
            rows=[(p["name"], p["price"]) for p in PIECES if float(str(p["price"])) < 500],
        ),
        Asked(
            text="the three most expensive pieces of furniture",
            rows=[(p["name"],) for p in sorted(PIECES, key=lambda p: -float(str(p["price"])))[:3]],
            ordered=True,
        ),
        Asked(
            text="furniture with a delivery date before 1 March 2027",
            rows=[(p["name"],) for p in PIECES if str(p["iso"]) < "2027-03-01"],
        ),
    ),
)
