"""Spare parts of a tram company: an API behind a bearer token, pages by the Link header, a login page otherwise."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

BEARER = "Bearer tp_live_isle_4c9e17"
GROUPS = ("brakes", "doors", "heating", "bogies", "cabling")
SITES_OF_STOCK = ("Northgate", "Millbrook", "Quayside")
PARTS = (
    *("Bracket", "Spring", "Washer set", "Relay", "Actuator", "Bushing", "Cable loom", "Housing", "Gasket"),
    *("Plunger", "Control board"),
)
VARIANTS = ("A1", "A2", "B4", "C7", "D2", "D9", "F3", "H1", "K5", "M8")
PER_PAGE = 25


@dataclass(frozen=True, kw_only=True)
class Part:
    sku: str
    description: str
    group: str
    depot: str
    on_hand: int
    price: float
    currency: str
    counted: date | None

    def served(self) -> dict[str, Any]:
        return {
            "sku": self.sku,
            "description": self.description,
            "group": self.group,
            "depot": self.depot,
            "on_hand": self.on_hand,
            "unit_price": self.price,
            "currency": self.currency,
            "last_counted": self.counted and self.counted.isoformat(),
        }


def _parts() -> tuple[Part, ...]:
    chance = random.Random(4711)
    names = [f"{part} {variant}" for part in PARTS for variant in VARIANTS]
    chance.shuffle(names)
    prices = chance.sample(range(120, 90_000, 5), len(names))
    return tuple(
        Part(
            sku=f"TP-{20500 + 13 * at}",
            description=name,
            group=chance.choice(GROUPS),
            depot=chance.choice(SITES_OF_STOCK),
            on_hand=chance.choice((0, 0, chance.randint(1, 9), chance.randint(10, 400))),
            price=prices[at] / 100,
            currency=chance.choice(("EUR", "EUR", "EUR", "EUR", "CHF")),
            counted=None if chance.random() < 0.1 else date(2025, 1, 10) + timedelta(days=chance.randrange(770)),
        )
        for at, name in enumerate(names)
    )


STOCK = _parts()

LOGIN = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in · Tramparts</title></head><body>
<main class="login"><h1>Tramparts</h1><form method="post" action="/login">
<label>Staff number <input name="staff"></label>
<label>Password <input type="password" name="pw"></label><button>Sign in</button></form>
<p>Machines use a bearer token; ask the stores office for one.</p></main></body></html>"""

CONSOLE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stock · Tramparts</title></head><body>
<header>Tramparts <a href="/logout">Sign out</a></header><h1>Stock</h1>
<table id="stock"><thead><tr><th>SKU</th><th>Description</th><th>Group</th><th>Depot</th><th>On hand</th><th>Price</th>
<th>Last counted</th></tr></thead><tbody></tbody></table><button id="more">More</button>
<script>
let next = "/api/v2/parts";
async function load() {
  const answer = await fetch(next, { headers: { Accept: "application/json" } });
  const body = document.querySelector("#stock tbody");
  for (const one of await answer.json()) {
    const row = body.insertRow();
    for (const text of [one.sku, one.description, one.group, one.depot, one.on_hand,
      one.unit_price.toFixed(2) + " " + one.currency, one.last_counted ?? "never"]) row.insertCell().textContent = text;
  }
  const onward = /<([^>]+)>;\\s*rel="next"/.exec(answer.headers.get("Link") || "");
  next = onward && onward[1];
  document.getElementById("more").hidden = !next;
}
document.getElementById("more").onclick = load;
load();
</script></body></html>"""


def _known(request: Request) -> bool:
    return request.headers.get("authorization") == BEARER


def home(request: Request) -> Response:
    return HTMLResponse(CONSOLE) if _known(request) else RedirectResponse("/login", status_code=302)


def login(request: Request) -> Response:
    return HTMLResponse(LOGIN, status_code=403 if request.method == "POST" else 200)


def logout(request: Request) -> Response:
    return RedirectResponse("/login", status_code=302)


def _refused() -> Response:
    return JSONResponse(
        {"error": "unauthorized", "message": "Missing or unknown bearer token"},
        status_code=401,
        headers={"WWW-Authenticate": 'Bearer realm="tramparts"'},
    )


def parts(request: Request) -> Response:
    """A page of parts as a bare list; where the other pages are is told by the Link header alone."""
    if not _known(request):
        return _refused()
    asked = request.query_params
    text = asked.get("page", "1")
    if not text.isdigit() or not int(text):
        return JSONResponse({"error": "bad_request", "message": "page must be a positive number"}, status_code=400)
    number = int(text)
    found = [
        one
        for one in STOCK
        if asked.get("group", one.group) == one.group and asked.get("depot", one.depot) == one.depot
    ]
    pages = max(1, -(-len(found) // PER_PAGE))
    whither = {"first": 1, "prev": number - 1, "next": number + 1, "last": pages}
    links = [
        f'<{request.url.include_query_params(page=at)}>; rel="{name}"'
        for name, at in whither.items()
        if 1 <= at <= pages
    ]
    return JSONResponse(
        [one.served() for one in found[(number - 1) * PER_PAGE : number * PER_PAGE]],
        headers={"Link": ", ".join(links), "X-Total-Count": str(len(found))},
    )


def part(request: Request) -> Response:
    if not _known(request):
        return _refused()
    found = [one for one in STOCK if one.sku == request.path_params["sku"]]
    return JSONResponse(found[0].served()) if found else JSONResponse({"error": "not_found"}, status_code=404)


def _rows(*found: Part) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.sku, one.description) for one in found)


QUESTIONS = (
    Question(
        id="depot-1",
        text="parts in the Northgate depot that are out of stock",
        rows=_rows(*(one for one in STOCK if one.depot == "Northgate" and not one.on_hand)),
    ),
    Question(
        id="depot-2",
        text="parts priced in CHF, most expensive first",
        rows=tuple(
            (one.sku, one.description, one.price)
            for one in sorted(STOCK, key=lambda one: -one.price)
            if one.currency == "CHF"
        ),
        ordered=True,
    ),
    Question(
        id="depot-3",
        text="parts of the brakes group that were last counted before 2026",
        begin="/api/v2/parts",
        rows=tuple(
            (one.sku, one.description, one.counted)
            for one in STOCK
            if one.group == "brakes" and one.counted and one.counted < date(2026, 1, 1)
        ),
    ),
)

SITE = TownSite(
    name="depot",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/login", login, methods=["GET", "POST"]),
            Route("/logout", logout),
            Route("/api/v2/parts", parts),
            Route("/api/v2/parts/{sku}", part),
        ]
    ),
    questions=QUESTIONS,
    secret=("Authorization", BEARER),
)
