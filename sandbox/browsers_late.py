"""Requests that a page makes while it goes: beacons and fetches that are kept alive after its document has ended.

The driver knows no request for them, shows them to no route and lets them go on; inside TLS the proxy sees no method.
So each page has a session of its own that looks at the kinds of request that can outlive it. What it does not see:
frames of other sites of the policy, which have processes of their own, and a window that a page opens and closes at
once.
"""

from __future__ import annotations

import logging
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from domain.policy import DEFAULT_PORTS
from sandbox import methods
from sandbox.browsers_origin import origin
from sandbox.egress_grants import Grant, Refused

log = logging.getLogger(__name__)

_OUTLIVING = ("Ping", "Fetch", "XHR", "CSPViolationReport")
_PATTERNS = {"patterns": [{"urlPattern": "*", "resourceType": kind, "requestStage": "Request"} for kind in _OUTLIVING]}


class LateWatch:
    """Holds what a context's pages ask while they go against the grant."""

    def __init__(self, context: BrowserContext, grant: Grant) -> None:
        self._context, self._grant = context, grant

    async def add(self, page: Page) -> None:
        """Watch a page from now on; one that is gone already needs none."""
        try:
            session = await self._context.new_cdp_session(page)
            await self._watch(session)
        except PlaywrightError as gone:
            log.debug("a page went before it was watched: %s", gone.message.splitlines()[0])

    async def _watch(self, session: CDPSession) -> None:
        async def paused(event: dict[str, Any]) -> None:
            # with a network id the driver knows the request too, and its route judges it
            reason = None if event.get("networkId") else self._refusal(event["request"])
            try:
                if reason is None:
                    await session.send("Fetch.continueRequest", {"requestId": event["requestId"]})
                else:
                    self._grant.deny(event["request"]["url"], reason)
                    await session.send(
                        "Fetch.failRequest", {"requestId": event["requestId"], "errorReason": "BlockedByClient"}
                    )
            except PlaywrightError as gone:
                log.debug("a late request ended: %s", gone.message.splitlines()[0])

        session.on("Fetch.requestPaused", paused)
        await session.send("Fetch.enable", _PATTERNS)

    def _refusal(self, request: dict[str, Any]) -> str | None:
        """Return why a late request may not go on: nobody reads its answer, so a reading POST has no place here."""
        url, method = str(request["url"]), str(request["method"])
        scheme, host, port = origin(url)
        if scheme not in DEFAULT_PORTS:
            return None if scheme in {"data", "blob"} else f"scheme {scheme} is refused"
        named = methods.in_fields((str(n), str(v)) for n, v in request.get("headers", {}).items())
        named |= methods.in_parameters(url.partition("?")[2], str(request.get("postData", "")).encode())
        try:
            for asked in sorted({method, *named}):
                if asked == "POST" and "POST" not in self._grant.policy.methods:
                    return "method POST is outside the policy"
                self._grant.check_request(asked, scheme, host, port, url)
        except Refused as refused:
            return str(refused)
        return None
