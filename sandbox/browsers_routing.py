"""Rules on the browser context for what a TLS tunnel hides from the proxy: methods, uploads, WebSockets.

Covers every request that Chromium lets its driver see: documents, subresources, fetches of pages and
dedicated workers, beacons. The proxy stays the boundary for hosts, ports, addresses and bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Dialog, Page, Request, Route, WebSocketRoute
from playwright.async_api import Error as PlaywrightError

from domain.policy import DEFAULT_PORTS, READ_METHODS
from sandbox.egress_grants import Grant

log = logging.getLogger(__name__)

Judge = Callable[[Request], str | None]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a context may ask: what its grant says. ``popups`` keeps windows that pages open."""

    grant: Grant
    popups: bool = False

    def refusal(self, request: Request) -> str | None:
        """Return why the request is refused, or None."""
        scheme, host, port = origin(request.url)
        if scheme in {"data", "blob", "about"}:
            return None
        if scheme not in DEFAULT_PORTS:
            return f"scheme {scheme} is refused"
        own = self.grant.admits_host(scheme, host, port)
        if _is_main_navigation(request) and not own:
            return f"navigation to {host} is outside the policy"
        if own:
            return None if self._method_fits(request) else f"method {request.method} is outside the policy"
        if not self.grant.reads_public(scheme, host, port):
            return f"host {host}:{port} is outside the policy"
        if request.method not in READ_METHODS:
            return f"method {request.method} to a host outside the policy"
        return None

    def _method_fits(self, request: Request) -> bool:
        if request.method in self.grant.policy.methods or request.method == "OPTIONS":
            return True
        # Reads by POST are the page's own fetches; a form or a beacon that POSTs changes something.
        return self.grant.admits_method(request.method) and request.resource_type in {"fetch", "xhr"}


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a URL; ("", "", 0) where there is none."""
    try:
        parts = urlsplit(url)
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
        return scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(scheme, 0)
    except ValueError:
        return "", "", 0


def _is_main_navigation(request: Request) -> bool:
    if not request.is_navigation_request():
        return False
    try:
        return request.frame.parent_frame is None
    except PlaywrightError:
        return True  # a frame that does not exist yet: the first navigation of a popup


async def enforce(context: BrowserContext, rules: Rules) -> None:
    """Install the rules on a context before its first page."""

    async def judge(route: Route, request: Request) -> None:
        reason = rules.refusal(request)
        try:
            if reason is None:
                await route.continue_()
                return
            rules.grant.deny(request.url, reason)
            await route.abort("blockedbyclient")
        except PlaywrightError as gone:
            log.debug("a routed request ended: %s", gone.message.splitlines()[0])

    async def judge_websocket(socket: WebSocketRoute) -> None:
        scheme, host, port = origin(socket.url)
        if rules.grant.admits_host(scheme, host, port) and "GET" in rules.grant.policy.methods:
            socket.connect_to_server()
            return
        rules.grant.deny(socket.url, f"WebSocket to {host}:{port} is outside the policy")
        await socket.close(code=1008, reason="refused by policy")

    await context.route("**/*", judge)
    await context.route_web_socket("**/*", judge_websocket)
    context.on("dialog", _dismiss)
    if not rules.popups:
        context.on("page", lambda page: _close_popup(page, rules.grant))


async def _dismiss(dialog: Dialog) -> None:
    try:
        await dialog.dismiss()
    except PlaywrightError as gone:
        log.debug("a dialog ended: %s", gone.message.splitlines()[0])


async def _close_popup(page: Page, grant: Grant) -> None:
    try:
        if await page.opener() is not None:
            grant.deny(page.url, "popups are refused")
            await page.close()
    except PlaywrightError as gone:
        log.debug("a popup ended: %s", gone.message.splitlines()[0])
