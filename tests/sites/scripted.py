"""Pages that only a browser can read: data packed in a script, a load-more button, a list that drops what scrolled away."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

import asyncio
import base64
import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

TREES = [
    {"name": f"{kind} {n}", "height": 3 + (n * 7) % 30, "park": ("East Park", "West Park")[n % 2]}
    for n, kind in enumerate(k for _ in range(9) for k in ("Oak", "Maple", "Birch", "Pine", "Beech"))
]
PACKED = base64.b64encode(json.dumps(TREES).encode()[::-1]).decode()
UNPACK = f"const trees = JSON.parse(atob('{PACKED}').split('').reverse().join(''));"
CARD = "`<div class=tree><h3>${t.name}</h3><p class=height>${t.height} m</p><p class=park>${t.park}</p></div>`"


def more(_: object) -> Response:
    return HTMLResponse(
        "<!doctype html><html lang=en><title>Trees</title><h1>Trees of the town</h1><div id=list></div>"
        f"<button id=more type=button>Show more</button><script>{UNPACK}let shown = 0;"
        "function add() { document.getElementById('list').insertAdjacentHTML('beforeend',"
        f"trees.slice(shown, shown + 10).map(t => {CARD}).join('')); shown += 10;"
        "if (shown >= trees.length) document.getElementById('more').remove(); }"
        "document.getElementById('more').onclick = add; add();</script></html>"
    )


def virtual(_: object) -> Response:
    return HTMLResponse(
        "<!doctype html><html lang=en><title>Trees</title><style>.tree{height:120px;position:absolute;left:0}#list{position:relative}"
        f"</style><h1>Trees of the town</h1><div id=list></div><script>{UNPACK}const list = document.getElementById('list');"
        "list.style.height = trees.length * 120 + 'px';"
        "function draw() { const first = Math.max(0, Math.floor((scrollY - 80) / 120)); list.innerHTML ="
        f"trees.slice(first, first + 8).map((t, i) => {CARD}.replace('class=tree', "
        "`class=tree style=\"top:${(first + i) * 120}px\"`)).join(''); }"
        "addEventListener('scroll', draw); draw();</script></html>"
    )


KINDS = ("Choir", "Brass", "String")
DAYS = [
    [
        {"name": f"{KINDS[(day + n) % 3]} evening {day}-{n}", "at": f"Hall {n}, {town}", "id": f"{day}-{n}"}
        for n, town in enumerate(("Bergen", "Oslo", "Stavanger", "Bergen")[: 1 if day % 4 == 0 else 4])
    ]
    for day in range(1, 19)
]
PIECE = 3  # days
SCRAMBLED = "JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text.split('').reverse().join('')), c => c.charCodeAt(0))))"


def by_day(_: object) -> Response:
    return HTMLResponse(
        "<!doctype html><html lang=en><title>Evenings</title><style>div>div>div{min-height:130px}</style>"
        "<main><h1>Evenings of the season</h1><div id=jsx-8861></div></main><script>let day = 0, busy = false;"
        "async function add() { if (busy || day < 0) return; busy = true;"
        f"const text = await (await fetch('/piece/' + day)).text(); const days = {SCRAMBLED};"
        "document.getElementById('jsx-8861').insertAdjacentHTML('beforeend', days.map((d, i) =>"
        "`<div class=css-1q9z><h2>Day ${day + i + 1}</h2><div>${d.map(e => `<div class=css-77ab><div><time>19:3${i}</time><h3><a href=/evening/${e.id}>${e.name}</a></h3>"
        "<p>Oslo Concert Friends</p><p>${e.at}</p></div></div>`).join('')}</div></div>`).join(''));"
        f"day = days.length < {PIECE} ? -1 : day + {PIECE}; busy = false; }}"
        "addEventListener('scroll', () => { if (innerHeight + scrollY > document.body.scrollHeight - 200) add(); });"
        "add();</script></html>"
    )


async def piece(request: Request) -> Response:
    first = int(request.path_params["day"])
    await asyncio.sleep(1.2 if first > 6 else 0)  # later ones come slowly, as on a busy site
    days = json.dumps(DAYS[first : first + PIECE]).encode()
    return Response(base64.b64encode(days)[::-1], media_type="text/plain")


SITE = Site(
    name="scripted",
    app=Starlette(
        routes=[
            Route("/more", more),
            Route("/virtual", virtual),
            Route("/by-day", by_day),
            Route("/piece/{day:int}", piece),
        ]
    ),
    questions=(
        Asked(text="oak trees", path="/more", rows=[(t["name"], t["park"]) for t in TREES if "Oak" in str(t["name"])]),
        Asked(
            text="trees with a height of at least 25",
            path="/more",
            rows=[(t["name"],) for t in TREES if int(str(t["height"])) >= 25],
        ),
        Asked(
            text="choir evenings in Bergen",
            path="/by-day",
            rows=[(e["name"],) for d in DAYS for e in d if "Choir" in e["name"] and e["at"].endswith("Bergen")],
        ),
        Asked(text="all trees", path="/virtual", rows=[(t["name"],) for t in TREES]),
    ),
)
