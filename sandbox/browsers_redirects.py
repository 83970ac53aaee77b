"""Redirects that repeat a body: refused when they lead to another host than the one the body was meant for.

Playwright shows a redirected request to no route, and a browser repeats the body after status 307 and 308 (RFC 9110
sections 15.4.8 and 15.4.9). Where the body holds a credential in the place of its stand-in, that would tell it to
another host of the policy. So a page that may send credentials gets a watch on its requests, by a session of its own.
What it does not see: requests of workers, and of frames of other sites, whose sessions would come too late; a frame's
stand-ins are not replaced for that reason.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, CDPSession, Frame, Page, Request
from playwright.async_api import Error as PlaywrightError

from domain.policy import READ_METHODS
from sandbox.egress_grants import Grant

log = logging.getLogger(__name__)

_KEPT = 2000  # requests whose hosts are remembered
_EVERYTHING = {"patterns": [{"urlPattern": "*", "requestStage": "Request"}]}


class RedirectWatch:
    """Looks at every request of a context's pages and lets it go on, or not."""

    def __init__(self, context: BrowserContext, grant: Grant) -> None:
        self._context, self._grant = context, grant
        self._hosts: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._frames: set[Frame] = set()

    async def add(self, page: Page) -> None:
        """Watch a page before it opens anything."""
        await self._watch(await self._context.new_cdp_session(page))
        self._frames.add(page.main_frame)

    def covers(self, request: Request) -> bool:
        """Return whether a request comes from a page's own frame, and so its redirects are looked at."""
        try:
            return request.frame in self._frames
        except PlaywrightError:
            return False  # a frame that does not exist yet

    async def _watch(self, session: CDPSession) -> None:
        async def paused(event: dict[str, Any]) -> None:
            reason = self._refusal(event)
            try:
                if reason is None:
                    await session.send("Fetch.continueRequest", {"requestId": event["requestId"]})
                else:
                    self._grant.deny(event["request"]["url"], reason)
                    await session.send(
                        "Fetch.failRequest", {"requestId": event["requestId"], "errorReason": "BlockedByClient"}
                    )
            except PlaywrightError as gone:
                log.debug("a watched request ended: %s", gone.message.splitlines()[0])

        session.on("Fetch.requestPaused", paused)
        await session.send("Fetch.enable", _EVERYTHING)

    def _refusal(self, event: dict[str, Any]) -> str | None:
        """Return why a request may not go on, and remember where it went."""
        key, request = event.get("networkId") or event["requestId"], event["request"]
        target = _origin(request["url"])
        before = self._hosts.get(key)
        self._hosts[key] = target
        self._hosts.move_to_end(key)
        while len(self._hosts) > _KEPT:
            self._hosts.popitem(last=False)
        if before is None or request["method"] in READ_METHODS or target == before:
            return None
        return f"a redirect would repeat what was sent to {before[1]}"


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or ""
