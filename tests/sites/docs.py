"""Static documents: a table with a caption, two tables on a page, a definition list, a list of changes by heading."""
# ruff: noqa: E501 - markup and scripts read better unbroken

from __future__ import annotations

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.sites.asked import Asked, Site

RIVERS = [
    ("Danube", "Black Sea", 2850, 10), ("Rhine", "North Sea", 1233, 6), ("Elbe", "North Sea", 1094, 4),
    ("Loire", "Atlantic Ocean", 1012, 1), ("Oder", "Baltic Sea", 866, 3), ("Rhône", "Mediterranean Sea", 812, 2),
    ("Seine", "English Channel", 777, 1), ("Weser", "North Sea", 451, 1), ("Po", "Adriatic Sea", 652, 1),
    ("Ebro", "Mediterranean Sea", 930, 3), ("Tagus", "Atlantic Ocean", 1007, 2), ("Vistula", "Baltic Sea", 1047, 5),
]  # fmt: skip
LAKES = [("Geneva", 580), ("Constance", 536), ("Garda", 370), ("Balaton", 592), ("Vänern", 5650)]
TERMS = [
    ("Cache", "A store of answers that were given before."), ("Cookie", "A small text that a browser sends back."),
    ("Gateway", "A server between two networks."), ("Header", "A named value before the body of a message."),
    ("Proxy", "A server that asks in the name of another; it may hold a cache."), ("Quota", "What may be used in a time."),
    ("Token", "A text that proves who somebody is."), ("Webhook", "A request that a server sends when something happens."),
]  # fmt: skip
OPTIONS = [
    ("--all", "flag", "off", "Show hidden entries too."), ("--color", "choice", "auto", "Colour the output."),
    ("--depth", "number", "3", "How deep to look."), ("--exclude", "text", "", "Leave out what matches."),
    ("--format", "choice", "table", "How rows are shown."), ("--limit", "number", "50", "At most so many rows."),
    ("--output", "text", "-", "Where to write."), ("--quiet", "flag", "off", "Say nothing."),
]  # fmt: skip


def _page(title: str, body: str) -> Response:
    menu = "".join(
        f"<li><a href='/{p}'>{p}</a></li>" for p in ("intro", "install", "rivers", "glossary", "options", "faq")
    )
    return HTMLResponse(
        f"<!doctype html><html lang=en><title>{title}</title><nav><ul>{menu}</ul></nav><main><h1>{title}</h1>{body}</main></html>"
    )


def rivers(_: object) -> Response:
    rows = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c:,}</td><td>{d}</td></tr>" for a, b, c, d in RIVERS)
    lakes = "".join(f"<tr><td>{a}</td><td>{b:,}</td></tr>" for a, b in LAKES)
    return _page(
        "Waters of Europe",
        "<h2>Rivers</h2><table><thead><tr><th>River</th><th>Flows into</th><th>Length (km)</th><th>Countries</th></tr></thead>"
        f"<tbody>{rows}</tbody></table><h2>Lakes</h2><table><tr><th>Lake</th><th>Area (km²)</th></tr>{lakes}</table>",
    )


def glossary(_: object) -> Response:
    return _page("Glossary", "<dl>" + "".join(f"<dt>{t}</dt><dd>{d}</dd>" for t, d in TERMS) + "</dl>")


def options(_: object) -> Response:
    parts = "".join(
        f"<section class=option><h3><code>{n}</code></h3><p>{d}</p><ul><li>Type: {t}</li><li>Default: {v or 'none'}</li></ul></section>"
        for n, t, v, d in OPTIONS
    )
    return _page("Options", parts)


SITE = Site(
    name="docs",
    app=Starlette(routes=[Route("/rivers", rivers), Route("/glossary", glossary), Route("/options", options)]),
    questions=(
        Asked(text="rivers longer than 1000 km", path="/rivers", rows=[(r[0], r[2]) for r in RIVERS if r[2] > 1000]),
        Asked(
            text="rivers that flow into the North Sea",
            path="/rivers",
            rows=[(r[0],) for r in RIVERS if r[1] == "North Sea"],
        ),
        Asked(
            text="rivers with at least 4 countries", path="/rivers", rows=[(r[0], r[3]) for r in RIVERS if r[3] >= 4]
        ),
        Asked(text="lakes with their area", path="/rivers", rows=LAKES),
        Asked(
            text="terms that mention cache",
            path="/glossary",
            rows=[(t, d) for t, d in TERMS if "cache" in (t + d).lower()],
        ),
        Asked(text="options with their type", path="/options", rows=[(o[0],) for o in OPTIONS]),
    ),
)
