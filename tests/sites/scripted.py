"""Pages that only a browser can read: data packed in a script, a load-more button, a list that drops what scrolled away."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

import base64
import json

from starlette.applications import Starlette
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


SITE = Site(
    name="scripted",
    app=Starlette(routes=[Route("/more", more), Route("/virtual", virtual)]),
    questions=(
        Asked(text="oak trees", path="/more", rows=[(t["name"], t["park"]) for t in TREES if "Oak" in str(t["name"])]),
        Asked(
            text="trees with a height of at least 25",
            path="/more",
            rows=[(t["name"],) for t in TREES if int(str(t["height"])) >= 25],
        ),
        Asked(text="all trees", path="/virtual", rows=[(t["name"],) for t in TREES]),
    ),
)
