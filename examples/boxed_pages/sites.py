"""The hostile site and one elsewhere, which takes down whatever reaches it: by HTTP or by a datagram."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from examples.events_site.serve import serving

_SCRIPT = Path(__file__).with_name("hostile.js")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]


@dataclass(kw_only=True)
class Hostile:
    """Both sites while they run. ``arrived`` is what reached the one elsewhere, ``changed`` what asked for a change."""

    url: str = ""
    elsewhere: str = ""
    arrived: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    async def page(self, request: Request) -> Response:
        """Answer the hostile page, a redirect to elsewhere, or anything."""
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            self.changed.append(f"{request.method} {request.url.path}")
        if request.url.path == "/away":
            return RedirectResponse(f"{self.elsewhere}/landed")
        if request.url.path != "/hostile":
            return PlainTextResponse("nothing")
        script = _SCRIPT.read_text(encoding="utf-8").replace("AWAY", self.elsewhere)
        frame = f"<iframe src='{self.elsewhere}/frame'></iframe><img src='{self.elsewhere}/img'>"
        return HTMLResponse(f"<!doctype html><body>{frame}<script>{script}</script>")

    async def note(self, request: Request) -> Response:
        """Take a request down: none should ever come."""
        self.arrived.append(f"{request.method} {request.url.path}")
        return Response("reached", headers={"Access-Control-Allow-Origin": "*"})


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Hostile]:
    """Run both sites, and listen for datagrams at the port of the one elsewhere."""
    hostile = Hostile()
    away = Starlette(routes=[Route("/{path:path}", hostile.note, methods=_METHODS)])
    own = Starlette(routes=[Route("/{path:path}", hostile.page, methods=_METHODS)])
    async with serving(away) as hostile.elsewhere, serving(own) as hostile.url:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.bind(("127.0.0.1", int(hostile.elsewhere.rsplit(":", 1)[1])))
            datagrams.settimeout(0)
            yield hostile
            with contextlib.suppress(BlockingIOError):
                hostile.arrived.append(f"datagram of {len(datagrams.recv(2000))} bytes")
