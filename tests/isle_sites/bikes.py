"""Second-hand bikes: cards rendered by the server, pages by number, a filter form whose parameters have odd names."""

from __future__ import annotations

import random
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import Fact, Question, TownSite

KINDS = {"ct": "City bike", "gv": "Gravel bike", "rc": "Racing bike", "mt": "Mountain bike", "el": "E-bike"}
SHOPS = ("Arnhem", "Utrecht", "Zwolle")
BRANDS = ("Veldhoen", "Kastanje", "Norrby", "Brisk", "Pellegrin", "Hartog")
MODELS = (
    *("Swift 2", "Juno", "Polder", "Tramontane", "Sepia", "Ridge 700", "Linde", "Otter"),
    *("Nine", "Meteor SL", "Avenue", "Pico", "Dune", "Corsa", "Fjell", "Wander"),
)
SIZES = ("48", "51", "53", "56", "58", "61")
PER_PAGE = 12
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="


@dataclass(frozen=True, kw_only=True)
class Bike:
    ref: int
    title: str
    kind: str
    size: str
    shop: str
    price: int | None
    was: int | None
    sold: bool


def _bikes() -> tuple[Bike, ...]:
    chance = random.Random(2718)
    titles = [f"{brand} {model}" for brand in BRANDS for model in MODELS]
    chance.shuffle(titles)
    plain = chance.sample(range(149, 2400, 10), len(titles))
    electric = chance.sample(range(1155, 3900, 15), len(titles))
    made = []
    for at, title in enumerate(titles):
        kind = chance.choice(list(KINDS))
        price: int | None = electric[at] if kind == "el" else plain[at]
        if kind != "el" and chance.random() < 0.05:
            price = None
        made.append(
            Bike(
                ref=61200 + 7 * at,
                title=title,
                kind=kind,
                size=chance.choice(SIZES),
                shop=chance.choice(SHOPS),
                price=price,
                was=price + chance.choice((30, 50, 80, 120)) if price and chance.random() < 0.3 else None,
                sold=kind != "el" and chance.random() < 0.2,
            )
        )
    return tuple(made)


BIKES = _bikes()


def _money(amount: int, ref: int) -> str:
    """The price as whoever entered the bike wrote it."""
    if ref % 5 == 0:
        return f"EUR {amount:,}.00"
    return f"€ {amount:,},-".replace(",", ".", 1) if ref % 11 == 0 and amount > 999 else f"€{amount:,}"


def _card(one: Bike) -> str:
    if one.price is None:
        price = '<span class="_p9x req">price on request</span>'
    else:
        was = f'<s class="_p9w">€{one.was:,}</s> ' if one.was else ""
        price = f'{was}<span class="_p9x">{_money(one.price, one.ref)}</span>'
    badge = '<span class="badge badge--sold">Sold</span>' if one.sold else ""
    return f"""<article class="card _bk1" id="bike-{one.ref}" data-ref="{one.ref}">
  <a class="pic" href="/bike/{one.ref}"><img class="lazy" src="{PIXEL}" data-src="/img/{one.ref}.webp" alt=""></a>
  {badge}
  <h3><a href="/bike/{one.ref}">{one.title}</a></h3>
  <ul class="meta"><li class="knd">{KINDS[one.kind]}</li><li class="fr">{one.size} cm</li>
  <li class="loc">{one.shop}</li></ul>
  <p class="price">{price}</p>
</article>"""


ADVERT = """<article class="card _bk1 is-sponsored" data-ad="insure-3">
  <h3><a href="/help?ref=insure-3">Insure your ride</a></h3>
  <p class="price"><span class="_p9x">from €4.99 / month</span></p><small>Sponsored</small>
</article>"""


def _frame(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="canonical" href="/"></head>
<body>
<div class="bar" role="banner">Spring check-up for €39 in all our shops until 21 March!</div>
<header><a class="logo" href="/">Second Spin</a>
<nav><a href="/">Bikes</a> <a href="/sell">Sell yours</a> <a href="/shops">Shops</a>
<a href="/help">Help</a></nav></header>
{body}
<footer><p>© 2026 Second Spin BV ·
<a href="/help">Returns</a> · <a href="/shops">Arnhem, Utrecht, Zwolle</a></p></footer>
</body></html>"""


def _options(chosen: str) -> str:
    return "".join(
        f'<option value="{code}"{" selected" if code == chosen else ""}>{label}</option>'
        for code, label in KINDS.items()
    )


def home(request: Request) -> Response:
    asked = request.query_params
    found = list(BIKES)
    if asked.get("tp"):
        found = [one for one in found if one.kind == asked["tp"]]
    if asked.get("vst"):
        found = [one for one in found if one.shop == asked["vst"]]
    if (asked.get("pmx") or "").isdigit():
        found = [one for one in found if one.price is not None and one.price <= int(asked["pmx"])]
    if asked.get("ob") in {"pa", "pd"}:
        back = asked["ob"] == "pd"
        found.sort(key=lambda one: (one.price is None, (-1 if back else 1) * (one.price or 0)))
    number = int(asked["page"]) if (asked.get("page") or "").isdigit() else 1
    pages = max(1, -(-len(found) // PER_PAGE))
    kept = {key: value for key, value in asked.items() if key != "page" and value}
    cards = [_card(one) for one in found[(number - 1) * PER_PAGE : number * PER_PAGE]]
    cards[5:5] = [ADVERT] if len(cards) > 5 else []
    links = [
        f"<b>{at}</b>" if at == number else f'<a href="/?{urlencode({**kept, "page": at})}">{at}</a>'
        for at in range(1, pages + 1)
    ]
    if number < pages:
        links.append(f'<a rel="next" href="/?{urlencode({**kept, "page": number + 1})}">Next ›</a>')
    shops = "".join(f"<option>{shop}</option>" for shop in SHOPS)
    viewed = "".join(
        f'<li><a href="/bike/{one.ref}">{one.title}</a> <em>{KINDS[one.kind]}</em></li>' for one in BIKES[40:43]
    )
    return HTMLResponse(
        _frame(
            "Used bikes | Second Spin",
            f"""<ol class="crumbs"><li><a href="/">Home</a></li><li>Used bikes</li></ol>
<h1>Used bikes</h1><p class="hits">{len(found)} bikes</p>
<form action="/" method="get" class="filters">
<label>Type <select name="tp"><option value="">Any</option>{_options(asked.get("tp", ""))}</select></label>
<label>Shop <select name="vst"><option value="">All shops</option>{shops}</select></label>
<label>Up to € <input name="pmx" inputmode="numeric"></label>
<label>Sort <select name="ob"><option value="">Newest</option><option value="pa">Price, low to high</option>
<option value="pd">Price, high to low</option></select></label><button>Show</button></form>
<main class="grid">{"".join(cards)}</main>
<nav class="pager" aria-label="Pages">{" ".join(links)}</nav>
<aside><h2>Recently viewed</h2><ul>{viewed}</ul></aside>""",
        )
    )


def bike(request: Request) -> Response:
    found = [one for one in BIKES if one.ref == request.path_params["ref"]]
    if not found:
        return HTMLResponse(_frame("Not found", "<h1>This bike has cycled off</h1>"), status_code=404)
    [one] = found
    others = [other for other in BIKES if other.kind == one.kind and other != one][:3]
    return HTMLResponse(
        _frame(
            one.title,
            f"""<ol class="crumbs"><li><a href="/">Home</a></li><li><a href="/?tp={one.kind}">{KINDS[one.kind]}s</a>
</li></ol><h1>{one.title}</h1>{_card(one)}<p>Frame {one.size} cm, to be seen in our shop in {one.shop}.</p>
<section><h2>Similar bikes</h2>{"".join(map(_card, others))}</section>""",
        )
    )


def plain(request: Request) -> Response:
    return HTMLResponse(_frame("Second Spin", "<h1>Second Spin</h1><p>Call us: 026 555 01 90, Mon to Sat.</p>"))


def _rows(*found: Bike) -> tuple[tuple[Fact, ...], ...]:
    return tuple((one.title, one.price) for one in found if one.price is not None)


QUESTIONS = (
    Question(
        id="bikes-1",
        text="bikes under 400 euros that are not sold yet, cheapest first",
        rows=_rows(
            *sorted(
                (one for one in BIKES if one.price is not None and one.price < 400 and not one.sold),
                key=lambda one: one.price or 0,
            )
        ),
        ordered=True,
    ),
    Question(
        id="bikes-2",
        text="all gravel bikes in the Arnhem shop, sold ones too",
        rows=tuple((one.title,) for one in BIKES if one.kind == "gv" and one.shop == "Arnhem"),
    ),
    Question(
        id="bikes-3",
        text="the 5 most expensive e-bikes",
        rows=_rows(*sorted((one for one in BIKES if one.kind == "el"), key=lambda one: -(one.price or 0))[:5]),
        ordered=True,
    ),
)

SITE = TownSite(
    name="bikes",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/bike/{ref:int}", bike),
            *(Route(path, plain) for path in ("/sell", "/shops", "/help")),
        ]
    ),
    questions=QUESTIONS,
)
