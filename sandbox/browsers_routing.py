"""Rules on the browser context for what a TLS tunnel hides from the proxy: methods, uploads, WebSockets.

Covers every request that Chromium lets its driver see: documents, subresources, fetches of pages and
dedicated workers, beacons. The proxy stays the boundary for hosts, ports, addresses and bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Dialog, Page, Request, Route, WebSocketRoute
from playwright.async_api import Error as PlaywrightError

from domain.policy import DEFAULT_PORTS, READ_METHODS
from sandbox import methods
from sandbox.browsers_late import LateWatch
from sandbox.browsers_origin import origin
from sandbox.browsers_redirects import RedirectWatch
from sandbox.browsers_tape import Playback
from sandbox.credentials import NotForThisHost, fill_in, mentions_credential
from sandbox.egress_grants import Grant
from sandbox.secrets import Secret

log = logging.getLogger(__name__)

Judge = Callable[[Request], str | None]
MayOpen = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a context may ask: what its grant says. ``popups`` keeps windows that pages open.

    ``secrets`` take the place of their stand-ins in the bodies of requests to their own hosts, when ``redirects``
    looks at where those lead. With ``playback``
    what may be asked is answered from a recording, and nothing goes to the network. ``may_open`` is asked before a page
    is opened, and returns why not, or None.
    """

    grant: Grant
    popups: bool = False
    secrets: tuple[Secret, ...] = ()
    playback: Playback | None = None
    may_open: MayOpen | None = None
    redirects: RedirectWatch | None = None

    def filled_in(self, request: Request) -> bytes | None:
        """Return the body to send instead of the request's own, or None when that has no stand-in.

        Raises:
            NotForThisHost: the host has no such credential, or would get it over plain http.
        """
        body = request.post_data_buffer
        if body is None or not mentions_credential(body):
            return None
        scheme, host, port = origin(request.url)
        private = self.grant.policy.names_private(host, port)
        watched = self.redirects is not None and self.redirects.covers(request)
        usable = self.secrets if watched and (scheme == "https" or private) else ()
        return fill_in(body, request.headers.get("content-type", ""), host, usable)

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
        named = methods.in_fields(request.headers.items()) | methods.in_parameters(
            urlsplit(request.url).query, request.post_data_buffer or b""
        )
        if named - set(self.grant.policy.methods) - {request.method}:
            return False
        if request.method in self.grant.policy.methods or request.method == "OPTIONS":
            return True
        # Reads by POST are the page's own fetches; a form or a beacon that POSTs changes something.
        return self.grant.admits_method(request.method) and request.resource_type in {"fetch", "xhr"}


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
        body = None
        if reason is None and rules.may_open is not None and _is_main_navigation(request):
            reason = await rules.may_open(request.url)
        if reason is None:
            try:
                body = None if rules.playback is not None else rules.filled_in(request)
            except NotForThisHost as wrong:
                reason = f"no credential {wrong.name} goes to this address"
        try:
            if reason is None and rules.playback is not None and origin(request.url)[0]:
                await rules.playback.answer(route, request)  # what was recorded has the stand-ins, as the page sends
                return
            if reason is None:
                await route.continue_(post_data=body)
                return
            rules.grant.deny(request.url, reason)
            await route.abort("blockedbyclient")
        except PlaywrightError as gone:
            log.debug("a routed request ended: %s", gone.message.splitlines()[0])

    async def judge_websocket(socket: WebSocketRoute) -> None:
        scheme, host, port = origin(socket.url)
        own = rules.grant.admits_host(scheme, host, port) and "GET" in rules.grant.policy.methods
        if own and rules.playback is None:
            socket.connect_to_server()
            return
        rules.grant.deny(socket.url, f"WebSocket to {host}:{port} is outside the policy")
        await socket.close(code=1008, reason="refused by policy")

    await context.route("**/*", judge)
    await context.route_web_socket("**/*", judge_websocket)
    context.on("dialog", _dismiss)
    late = LateWatch(context, rules.grant)

    async def opened(page: Page) -> None:
        await late.add(page)
        if not rules.popups:
            await _close_popup(page, rules.grant)

    context.on("page", opened)


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
