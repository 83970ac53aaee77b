"""A site on loopback that misbehaves in every way that a test asks for."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import brotli  # type: ignore[import-untyped]  # it has no stubs
from aiohttp import web

from domain.policy import HostRule, Limits, Policy

MEGABYTE = 1 << 20


@dataclass(kw_only=True)
class Site:
    """A running site: ``seen`` are (method, path with query, headers) of what it was asked."""

    port: int = 0
    scheme: Literal["http", "https"] = "http"
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Return an address at this site."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    def policy(self, **limits: float) -> Policy:
        """Return a policy that allows this site, by all its names, and all methods of reading and posting."""
        hosts = tuple(HostRule(host=h, port=self.port, schemes=(self.scheme,)) for h in ("127.0.0.1", "localhost"))
        return Policy(
            hosts=hosts,
            methods=("GET", "HEAD", "POST"),
            private_hosts=("127.0.0.1", "localhost"),
            limits=Limits.model_validate({"wall_s": 10, "request_s": 5, **limits}),
        )


@asynccontextmanager
async def serve(tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    """Serve until the block ends."""
    site = Site(scheme="https" if tls else "http")
    runner = web.AppRunner(_application(site), shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        site.port = runner.addresses[0][1]
        yield site
    finally:
        await runner.cleanup()


def _application(site: Site) -> web.Application:  # noqa: C901 - one small handler per misbehaviour
    @web.middleware
    async def note(request: web.Request, handler: object) -> web.StreamResponse:
        site.asked.set()
        site.seen.append((request.method, request.raw_path, dict(request.headers)))
        return await handler(request)  # type: ignore[operator]  # aiohttp's own type for it is private

    async def echo(request: web.Request) -> web.Response:
        body = await request.text()
        return web.json_response(
            {"method": request.method, "path": request.raw_path, "headers": dict(request.headers), "body": body}
        )

    async def status(request: web.Request) -> web.Response:
        return web.json_response({"error": "no"}, status=int(request.match_info["code"]))

    async def redirect(request: web.Request) -> web.Response:
        return web.Response(status=int(request.query.get("code", "302")), headers={"Location": request.query["to"]})

    async def loop(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.path})

    async def cookie(request: web.Request) -> web.Response:
        answer = web.json_response(dict(request.cookies))
        answer.set_cookie("session", request.query.get("value", "one"))
        return answer

    async def bomb(request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        return web.Response(body=_bomb(kind), headers={"Content-Encoding": kind})

    async def packed(request: web.Request) -> web.Response:
        kinds = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "raw": _raw_deflate}
        kind = request.match_info["kind"]
        named = "deflate" if kind == "raw" else kind
        return web.Response(body=kinds[kind](b"unpacked"), headers={"Content-Encoding": named})

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        try:
            while True:
                await answer.write(bytes(65536))
        finally:  # by an error of the connection, or cancelled because it is gone
            site.closed.set()

    async def silent(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"begun")
        try:
            await asyncio.Event().wait()
        finally:
            site.closed.set()
        return answer

    async def large(request: web.Request) -> web.Response:
        return web.Response(body=bytes(int(request.match_info["size"])))

    async def heavy_header(request: web.Request) -> web.Response:
        return web.Response(headers={"X-Heavy": "x" * 60_000})

    application = web.Application(middlewares=[note], client_max_size=32 * MEGABYTE)
    application.router.add_get("/status/{code}", status)
    application.router.add_get("/redirect", redirect)
    application.router.add_post("/redirect", redirect)
    application.router.add_get("/loop", loop)
    application.router.add_get("/cookie", cookie)
    application.router.add_get("/bomb/{kind}", bomb)
    application.router.add_get("/packed/{kind}", packed)
    application.router.add_get("/endless", endless)
    application.router.add_get("/silent", silent)
    application.router.add_get("/large/{size}", large)
    application.router.add_get("/heavy", heavy_header)
    application.router.add_route("*", "/{rest:.*}", echo)
    return application


@cache
def _bomb(kind: str) -> bytes:
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "br": lambda data: brotli.compress(data, quality=1)}
    return packed[kind](bytes(64 * MEGABYTE))


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()
