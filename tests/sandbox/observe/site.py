"""A small site on loopback with the habits that make pages hard to read."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from domain.policy import HostRule, Policy


@dataclass
class Site:
    """Where the site listens and which requests reached it, as "METHOD path"."""

    url: str = ""
    port: int = 0
    seen: list[str] = field(default_factory=list)
    busy: int = 2
    elsewhere: str = ""

    def policy(self, **more: object) -> Policy:
        scheme = self.url.partition(":")[0]
        rule = HostRule.model_validate({"host": "127.0.0.1", "port": self.port, "schemes": (scheme,)})
        return Policy.model_validate({"hosts": (rule,), "private_hosts": ("127.0.0.1",), **more})


def page(body: str, script: str = "", head: str = "") -> HTMLResponse:
    return HTMLResponse(f"<!doctype html><html><head>{head}</head><body>{body}<script>{script}</script></body></html>")


CARDS = """
const add = rows => rows.forEach(r => { const a = document.createElement('article');
  a.innerHTML = '<h2>' + r.title + '</h2><span class=p>' + r.price + '</span>'; list.append(a); });
"""
ROOT = Path(__file__).parents[3]
HOSTILE = (ROOT / "examples" / "boxed_pages" / "hostile.js").read_text(encoding="utf-8")
HEAD = """<title>Shop</title><link rel="alternate" type="application/rss+xml" title="News" href="/news.rss">
<link rel="service-desc" type="application/json" href="/spec">
<script type="application/ld+json">{"@type": "Store", "name": "Shop"}</script>
<script>window.__STATE__ = {user: null, items: [{id: 1, name: 'Lamp', 'price': 4.5,},
{id: 2, name: "Chair"}]};</script>"""


def rows(start: int, count: int = 10) -> list[dict[str, object]]:
    return [{"title": f"Item {n}", "price": f"${n}.50"} for n in range(start, start + count)]


def build(site: Site) -> Starlette:  # noqa: C901 - one function per page, side by side
    async def cards(_: Request) -> Response:
        return page(
            "<form action=/search><label for=q>Words</label><input id=q name=q required>"
            "<select name=kind><option value=a>Arts<option value=b selected>Books</select></form>"
            "<main id=list></main><a href=/about>About</a>",
            CARDS + "fetch('/api/items?page=1', {headers: {authorization: 'Bearer hidden'}})"
            ".then(r => r.json()).then(d => add(d.items))",
            HEAD,
        )

    async def items(request: Request) -> Response:
        start = (int(request.query_params.get("page", "1")) - 1) * 10
        return JSONResponse({"items": rows(start)}, headers={"set-cookie": "session=hidden"})

    async def posted(request: Request) -> Response:
        asked = await request.json()
        return JSONResponse({"data": {"items": rows(100)}, "operation": asked.get("operationName")})

    async def graphql(_: Request) -> Response:
        return page(
            "<main id=list></main>",
            CARDS + "fetch('/graphql', {method: 'POST', headers: {'content-type': 'application/json'}, "
            "body: JSON.stringify({operationName: 'Items', query: '{ items { title } }'})})"
            ".then(r => r.json()).then(d => add(d.data.items))",
        )

    async def endless(_: Request) -> Response:
        return page(
            "<main id=list style='min-height:1500px'></main><div id=end style='height:10px'></div>",
            CARDS + "let n = 1; const more = () => fetch('/api/items?page=' + n++).then(r => r.json())"
            ".then(d => { add(d.items); list.style.minHeight = 1500 * n + 'px' });"
            "more(); new IntersectionObserver(e => e.some(x => x.isIntersecting) && n > 1 && more()).observe(end)",
        )

    async def load_more(_: Request) -> Response:
        return page(
            "<main id=list></main><button id=go>Load more</button>"
            "<form action=/danger method=post><button>Show more</button></form>"
            "<a href=/danger>Load more</a>",
            CARDS + "let n = 1; const more = () => fetch('/api/items?page=' + n++).then(r => r.json())"
            ".then(d => add(d.items)); more(); go.onclick = more",
        )

    async def never_idle(_: Request) -> Response:
        return page(
            "<h1>Clock</h1><p id=t></p><main id=list></main>",
            CARDS + "fetch('/api/items').then(r => r.json()).then(d => add(d.items));"
            "fetch('/hang'); setInterval(() => { t.textContent = Date.now(); fetch('/api/tick') }, 50)",
        )

    async def hang(request: Request) -> Response:
        async with asyncio.timeout(20):
            while (await request.receive())["type"] != "http.disconnect":
                pass
        return PlainTextResponse("")

    async def missing(_: Request) -> Response:
        answer = page("<main id=list></main>", CARDS + "add([{title: 'Here anyway', price: '$1'}])")
        answer.status_code = 404
        return answer

    async def busy(_: Request) -> Response:
        site.busy -= 1
        return page("<h1>Open</h1>") if site.busy < 0 else PlainTextResponse("busy", 503)

    async def login(_: Request) -> Response:
        return page("<h1>Sign in</h1><form method=post><input name=u><input type=password name=p value=x></form>")

    async def hostile(_: Request) -> Response:
        away = site.elsewhere
        body = f"<h1>Hello</h1><iframe src='{away}/frame'></iframe><img src='{away}/img'>"
        hints = f"<link rel=preconnect href={away}><link rel=dns-prefetch href={away}>"
        return page(body, HOSTILE.replace("AWAY", away), hints)

    async def leaves(_: Request) -> Response:
        return page("<h1>Going</h1>", f"location.href = '{site.elsewhere}/landed'")

    async def download(_: Request) -> Response:
        return Response(b"x", headers={"content-disposition": "attachment; filename=x.bin"})

    async def websocket(socket: WebSocket) -> None:
        site.seen.append("WS /ws")
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    async def echoes(_: Request) -> Response:
        return page(
            "<h1>Echo</h1><p id=t></p>",
            "const w = new WebSocket(location.href.replace('http', 'ws').replace('echoes', 'ws'));"
            "w.onopen = () => w.send('round trip'); w.onmessage = e => t.textContent = e.data",
        )

    async def swagger(_: Request) -> Response:
        return page("<h1>API</h1>", "fetch('/hidden/description').then(r => r.json())")

    document = {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": {"/api/items": {}}}
    plain = {
        "/news.rss": Response(
            "<?xml version='1.0'?><rss><channel><title>N</title></channel></rss>", media_type="application/rss+xml"
        ),
        "/robots.txt": PlainTextResponse("User-agent: *\nAllow: /"),
        "/spec": JSONResponse(document),
        "/hidden/description": JSONResponse({**document, "info": {"title": "Hidden", "version": "1"}}),
        "/openapi.json": JSONResponse(document),
        "/entry": JSONResponse({"cards": "/api/items", "version": "2"}),
        "/api/none": JSONResponse({"error": "not found"}, 404),
        "/calendar": Response("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", media_type="text/calendar"),
        "/old": RedirectResponse("/cards"),
        "/danger": PlainTextResponse("done"),
        "/popup": PlainTextResponse("popup"),
        "/api/tick": JSONResponse({"tick": 1}),
    }

    async def away(_: Request) -> Response:
        return RedirectResponse(site.elsewhere + "/landed")

    async def fixed(request: Request) -> Response:
        return plain[request.url.path]

    named = {
        "/cards": cards,
        "/api/items": items,
        "/graphql-page": graphql,
        "/endless": endless,
        "/more": load_more,
        "/never-idle": never_idle,
        "/hang": hang,
        "/missing": missing,
        "/busy": busy,
        "/login": login,
        "/hostile": hostile,
        "/leaves": leaves,
        "/download": download,
        "/echoes": echoes,
        "/away": away,
        "/swagger": swagger,
    }
    every = ["GET", "POST", "PUT", "DELETE"]
    routes = [Route(path, handler, methods=every) for path, handler in named.items()]
    routes += [Route(path, fixed, methods=every) for path in plain]
    app = Starlette(routes=[*routes, Route("/graphql", posted, methods=["POST"]), WebSocketRoute("/ws", websocket)])

    async def watched(scope, receive, send):  # type: ignore[no-untyped-def]  # an ASGI triple
        if scope["type"] == "http":
            site.seen.append(f"{scope['method']} {scope['path']}")
        await app(scope, receive, send)

    return watched  # type: ignore[return-value]  # any ASGI callable serves


@contextlib.asynccontextmanager
async def serving(folder: Path | None = None) -> AsyncIterator[Site]:
    """Serve the site, and a second one elsewhere that nothing may reach; over TLS when a folder is given."""
    async with _serve(None) as other, _serve(folder) as site:
        site.elsewhere = other.url
        yield site
        assert other.seen == []


@contextlib.asynccontextmanager
async def _serve(folder: Path | None) -> AsyncIterator[Site]:
    site = Site()
    tls = {"ssl_certfile": str(folder / "leaf.pem"), "ssl_keyfile": str(folder / "leaf.key")} if folder else {}
    config = uvicorn.Config(
        build(site),
        port=0,
        log_level="critical",
        ws="websockets-sansio",
        lifespan="off",
        timeout_graceful_shutdown=1,
        **tls,
    )  # type: ignore[arg-type]  # files of TLS or nothing
    server = uvicorn.Server(config)
    config.load()
    socket = config.bind_socket()
    site.port = socket.getsockname()[1]
    site.url = f"{'https' if folder else 'http'}://127.0.0.1:{site.port}"
    task = asyncio.ensure_future(server.serve(sockets=[socket]))
    try:
        yield site
    finally:
        server.should_exit = True
        await task
        socket.close()


def make_authority(folder: Path) -> str:
    """Write a CA and a leaf for 127.0.0.1 into the folder; return the CA key's SPKI hash for Chromium."""
    ca_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Own CA")])
    leaf_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)

    def certificate(name: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_ca: bool) -> x509.Certificate:
        builder = x509.CertificateBuilder(ca_name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - dt.timedelta(days=1))
        builder = builder.not_valid_after(now + dt.timedelta(days=30))
        builder = builder.add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        return builder.add_extension(names, critical=False).sign(ca_key, hashes.SHA256())

    authority, leaf = certificate(ca_name, ca_key, is_ca=True), certificate(leaf_name, leaf_key, is_ca=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(authority.public_bytes(pem))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(pem) + authority.public_bytes(pem))
    (folder / "leaf.key").write_bytes(
        leaf_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    ssl.create_default_context(cafile=folder / "ca.pem")
    return _spki(authority)


def _spki(certificate: x509.Certificate) -> str:
    from sandbox.browsers import key_hash

    return key_hash(certificate.public_bytes(serialization.Encoding.PEM))
