"""A German auction house on Nuxt 3: rendered cards, the flattened payload beside them, and facts on the lot's page."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.town_sites.asking import NOW, Question, TownSite

DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
GROUPS = {
    "Gemälde": ("Alpenlandschaft", "Stillleben mit Zitronen", "Bildnis einer Dame", "Hafen am Abend", "Waldlichtung"),
    "Uhren": ("Taschenuhr", "Regulator", "Kaminuhr", "Armbanduhr", "Reisewecker"),
    "Möbel": ("Kommode", "Sekretär", "Armlehnstuhl", "Vitrine", "Spieltisch"),
    "Porzellan": ("Kaffeeservice", "Deckelvase", "Figurengruppe", "Teller mit Vogeldekor"),
}
STYLES = ("Biedermeier", "Jugendstil", "Barock", "Art déco", "Historismus", "Empire")
TOWNS = ("Nürnberg", "Lübeck", "Würzburg", "Görlitz")
PER_PAGE = 18
LOCAL = timezone(timedelta(hours=1))
CURRENT = ' aria-current="page"'


@dataclass(frozen=True, kw_only=True)
class Lot:
    number: int
    title: str
    group: str
    start: int
    low: int
    bid: int | None
    bids: int
    ends: datetime
    town: str
    pickup: bool
    year: int


def _lots() -> tuple[Lot, ...]:
    chance = random.Random(1901)
    found: list[Lot] = []
    counts = chance.sample(range(1, 90), 80)
    for group, nouns in GROUPS.items():
        for title in chance.sample([f"{noun}, {style}" for noun in nouns for style in STYLES], 24):
            start = chance.choice((80, 120, 250, 380, 480, 650, 900, 1200, 2400))
            bids = counts.pop() if counts and chance.random() < 0.7 else 0
            found.append(
                Lot(
                    number=0,
                    title=title,
                    group=group,
                    start=start,
                    low=start * 3 // 2,
                    bid=start + 10 * bids if bids else None,
                    bids=bids,
                    ends=datetime(2027, 3, 3, 18, tzinfo=LOCAL)
                    + timedelta(days=chance.randrange(12), minutes=chance.randrange(120)),
                    town=chance.choice(TOWNS),
                    pickup=chance.random() < (0.5 if group in ("Möbel", "Uhren") else 0.1),
                    year=chance.randrange(1740, 1935),
                )
            )
    chance.shuffle(found)
    return tuple(Lot(**{**vars(one), "number": number}) for number, one in enumerate(found, 101))


LOTS = _lots()


def _euro(amount: int) -> str:
    return f"{amount:,} €".replace(",", ".")


def _ends(when: datetime) -> str:
    return f"{DAYS[when.weekday()]}, {when.day}. {MONTHS[when.month - 1]} {when.year}, {when:%H:%M} Uhr"


def _served(one: Lot) -> dict[str, Any]:
    return {
        "losNr": one.number,
        "titel": one.title,
        "kategorie": one.group,
        "startpreis": one.start,
        "schaetzpreis": {"von": one.low, "bis": one.low * 3 // 2},
        "aktuellesGebot": one.bid,
        "anzahlGebote": one.bids,
        "endetAm": one.ends.isoformat(),
    }


def flattened(value: Any) -> str:
    """Write the value as Nuxt does: every value once in one list, and its places in the list within objects."""
    flat: list[Any] = []
    known: dict[str, int] = {}

    def put(one: Any) -> int:
        key = json.dumps(one)
        if key not in known:
            at = known[key] = len(flat)
            flat.append(None)
            if isinstance(one, dict):
                flat[at] = {name: put(inner) for name, inner in one.items()}
            elif isinstance(one, list) and one[:1] == ["ShallowReactive"]:
                flat[at] = ["ShallowReactive", put(one[1])]
            else:
                flat[at] = [put(inner) for inner in one] if isinstance(one, list) else one
        return known[key]

    put(["ShallowReactive", value])
    return json.dumps(flat, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003C")


def _page(title: str, body: str, data: dict[str, Any], path: str) -> Response:
    payload = {"data": ["ShallowReactive", data], "state": {}, "serverRendered": True, "path": path}
    groups = "".join(
        f'<li data-v-2c9a11f0><a href="/lose?kategorie={one}" class="text-sm hover:underline">{one}</a></li>'
        for one in GROUPS
    )
    return HTMLResponse(f"""<!DOCTYPE html><html lang="de" data-capo=""><head><meta charset="utf-8">
<title>{escape(title)} | Auktionshaus Rabenstein</title><link rel="icon" href="data:,">
<link rel="modulepreload" as="script" crossorigin href="/_nuxt/BkX3v9aQ.js"></head><body><div id="__nuxt"><!--[-->
<div class="nuxt-loading-indicator" style="position:fixed;top:0;height:3px;width:auto;opacity:0"></div>
<header class="flex items-center justify-between px-4 py-2 bg-stone-900 text-white" data-v-2c9a11f0>
<a href="/" class="font-serif text-xl" data-v-2c9a11f0>Auktionshaus Rabenstein</a><ul class="flex gap-4">{groups}</ul>
</header><main class="container mx-auto px-4">{body}</main><!----><div class="fixed bottom-0 w-full bg-white shadow p-4"
role="dialog" aria-label="Cookies" data-v-77e0b1>Wir verwenden Cookies. <button class="btn">Alle akzeptieren</button>
<button class="btn btn-ghost">Nur notwendige</button></div><footer class="text-xs text-stone-500">
Aufgeld 24 % zzgl. MwSt. · Alle Angaben ohne Gewähr</footer><!--]--></div><div id="teleports"></div>
<script type="application/json" data-nuxt-data="nuxt-app" data-ssr="true"
id="__NUXT_DATA__">{flattened(payload)}</script>
<script>window.__NUXT__={{}};window.__NUXT__.config={{public:{{}},app:{{baseURL:"/",buildId:"5f1e"}}}}</script>
<script type="module" src="/_nuxt/BkX3v9aQ.js" crossorigin></script></body></html>""")


def _card(one: Lot) -> str:
    bid = (
        f'Aktuelles Gebot <strong class="tabular-nums">{_euro(one.bid)}</strong> <span class="text-stone-500">'
        f"({one.bids} Gebot{'e' * (one.bids != 1)})</span>"
        if one.bid
        else '<em class="text-stone-400">Noch keine Gebote</em>'
    )
    return f"""<article class="rounded-lg border p-4 hover:shadow-md" data-v-a81b3c>
<div class="aspect-square bg-stone-100">
</div><span class="text-xs uppercase tracking-wide" data-v-a81b3c>Los {one.number}</span><h2 class="font-serif text-lg">
<a href="/lose/{one.number}" data-v-a81b3c>{escape(one.title)}</a></h2><p class="text-sm">{one.group}</p>
<p class="text-sm">Startpreis <span class="tabular-nums">{_euro(one.start)}</span></p><p class="text-sm">{bid}</p>
<p class="text-xs mt-2">Endet: <time datetime="{one.ends.isoformat()}">{_ends(one.ends)}</time></p></article>"""


def home(request: Request) -> Response:
    ending = sorted(LOTS, key=lambda one: one.ends)[:3]
    return _page(
        "Start",
        f"""<h1 class="text-3xl font-serif">Frühjahrsauktion</h1><p>96 Lose online, Gebote bis 14. März.</p>
<a class="btn btn-primary" href="/lose">Zu allen Losen</a><h2>Endet in Kürze</h2>
<div class="grid grid-cols-3">{"".join(map(_card, ending))}</div>""",
        {"bald": [_served(one) for one in ending]},
        "/",
    )


def lots(request: Request) -> Response:
    """The cards, eighteen a page, narrowed by the category."""
    group = request.query_params.get("kategorie", "")
    found = [one for one in LOTS if group in ("", one.group)]
    at, pages = int(request.query_params.get("seite", 1)), -(-len(found) // PER_PAGE)
    shown = found[(at - 1) * PER_PAGE : at * PER_PAGE]
    kept = f"&amp;kategorie={group}" if group else ""
    links = "".join(
        f'<a href="/lose?seite={number}{kept}" class="px-3 py-1 {"bg-stone-900 text-white" * (number == at)}"'
        f"{CURRENT * (number == at)}>{number}</a>"
        for number in range(1, pages + 1)
    )
    return _page(
        "Alle Lose",
        f"""<h1 class="text-3xl font-serif">{group or "Alle Lose"}</h1><p>{len(found)} Lose</p>
<div class="grid grid-cols-1 md:grid-cols-3 gap-6">{"".join(map(_card, shown))}</div>
<nav class="flex gap-1 mt-6" aria-label="Seiten">{links}</nav>""",
        {f"lose-{at}-{group}": {"lose": [_served(one) for one in shown], "gesamt": len(found), "seiten": pages}},
        str(request.url.path),
    )


def lot(request: Request) -> Response:
    one = next((one for one in LOTS if one.number == request.path_params["number"]), None)
    if one is None:
        return HTMLResponse("<h1>404</h1><p>Seite nicht gefunden</p>", status_code=404)
    facts = {
        "Kategorie": one.group,
        "Entstehung": f"um {one.year}",
        "Startpreis": _euro(one.start),
        "Schätzpreis": f"{_euro(one.low)} – {_euro(one.low * 3 // 2)}",
        "Gebote": str(one.bids),
        "Endet": _ends(one.ends),
        "Standort": one.town,
        "Versand": "Nur Abholung" if one.pickup else "Versand möglich",
    }
    rows = "".join(
        f'<dt class="font-medium" data-v-d20e>{name}</dt><dd class="mb-2" data-v-d20e>{value}</dd>'
        for name, value in facts.items()
    )
    alike = [other for other in LOTS if other.group == one.group and other != one][:3]
    served = {**_served(one), "standort": one.town, "nurAbholung": one.pickup, "entstehung": one.year}
    return _page(
        one.title,
        f"""<nav class="text-xs"><a href="/">Start</a> › <a href="/lose">Lose</a> ›
<a href="/lose?kategorie={one.group}">{one.group}</a></nav><h1 class="text-3xl font-serif">{escape(one.title)}</h1>
<dl class="grid grid-cols-2">{rows}</dl><section><h2 class="text-xl">Ähnliche Lose</h2>
<div class="grid grid-cols-3">{"".join(map(_card, alike))}</div></section>""",
        {f"los-{one.number}": served},
        str(request.url.path),
    )


def _of(group: str) -> list[Lot]:
    return [one for one in LOTS if one.group == group]


QUESTIONS = (
    Question(
        id="lots-1",
        text="Welche Gemälde haben einen Startpreis unter 300 Euro?",
        rows=tuple((one.title, one.start) for one in _of("Gemälde") if one.start < 300),
    ),
    Question(
        id="lots-2",
        text="die 5 Lose mit den meisten Geboten",
        rows=tuple(
            (one.title, one.bids) for one in sorted(LOTS, key=lambda one: one.bids, reverse=True)[:5] if one.bids
        ),
        ordered=True,
    ),
    Question(
        id="lots-3",
        text="Which lots end tomorrow and have no bids yet?",
        rows=tuple((one.title,) for one in LOTS if one.ends.date() == (NOW + timedelta(1)).date() and not one.bids),
    ),
    Question(
        id="lots-4",
        text="Möbel in Nürnberg oder Würzburg, die nur abgeholt werden können",
        rows=tuple((one.title,) for one in _of("Möbel") if one.pickup and one.town in ("Nürnberg", "Würzburg")),
    ),
)

SITE = TownSite(
    name="lots",
    app=Starlette(
        routes=[
            Route("/", home),
            Route("/lose", lots),
            Route("/lose/{number:int}", lot),
            Route("/_nuxt/BkX3v9aQ.js", lambda request: Response("export {};\n", media_type="text/javascript")),
        ]
    ),
    questions=QUESTIONS,
)
