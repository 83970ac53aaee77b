"""Tapes of page runs: what a run's pages asked and got, and giving it back to a page that has no network.

Recorded on the host's side of the browser context, where the workflow cannot touch it: documents, scripts, styles
and data, as text. Pictures, fonts and media are not kept; a replayed page gets blank ones. What a replay does not
reproduce: answers that depend on random numbers of the page, WebSockets, and the order in which answers arrive.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import urljoin

from playwright.async_api import BrowserContext, Request, Response, Route
from playwright.async_api import Error as PlaywrightError

from domain.observation import Exchange
from sandbox.observing.capture import BODY_TIMEOUT_S, scrub
from sandbox.secrets import Redactor

log = logging.getLogger(__name__)

MOST_EXCHANGES = 400
BODY_CHARACTERS = 2_000_000
KEPT = frozenset({"document", "script", "stylesheet", "fetch", "xhr", "eventsource", "manifest", "other"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HOPS = 10
NOT_RECORDED = "it is not in the recording"
BLANK_PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_UNPACKED = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"})
_TIMES = re.compile(r"(?<![0-9])[0-9]{10,16}(?![0-9])")  # seconds to microseconds since 1970: never the same again
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)

Key = tuple[str, str, str]


class Recording:
    """Follows a context and keeps what its pages ask and get, in the order in which they asked."""

    def __init__(self, context: BrowserContext) -> None:
        self._order: list[Request] = []
        self._sent: dict[Request, str | None] = {}
        self._kept: dict[Request, Exchange] = {}
        self._readers: set[asyncio.Task[None]] = set()
        context.on("request", self._asked)
        context.on("requestfinished", self._finished)

    async def exchanges(self) -> tuple[Exchange, ...]:
        """Return what was recorded, once the bodies that are still being read are in."""
        if self._readers:
            await asyncio.wait(tuple(self._readers), timeout=BODY_TIMEOUT_S)
        return tuple(self._kept[request] for request in self._order if request in self._kept)

    def _asked(self, request: Request) -> None:
        if request.resource_type in KEPT and len(self._order) < MOST_EXCHANGES:
            self._order.append(request)
            self._sent[request] = request.post_data  # as the page wrote it: stand-ins of credentials still in it

    def _finished(self, request: Request) -> None:
        if request in self._sent:
            task = asyncio.ensure_future(self._read(request))
            self._readers.add(task)
            task.add_done_callback(self._readers.discard)

    async def _read(self, request: Request) -> None:
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                response = await request.response()
                if response is None:
                    return
                body = b"" if response.status in REDIRECTS else await response.body()
                found = kept(f"x{self._order.index(request) + 1}", request, response, body)
                self._kept[request] = found.model_copy(update={"request_body": self._sent[request]})
        except (PlaywrightError, TimeoutError) as lost:
            log.debug("an answer could not be recorded: %s", type(lost).__name__)


def kept(name: str, request: Request, response: Response, body: bytes) -> Exchange:
    """Return a request and its answer without cookies and credentials, its body as text."""
    content_type = response.headers.get("content-type", "")
    charset = _CHARSET.search(content_type)
    text = decoded(body, charset[1] if charset else "utf-8")
    return Exchange(
        id=name,
        method=request.method,
        url=request.url,
        status=response.status,
        content_type=content_type,
        response_headers=scrub(response.headers),
        body=text[:BODY_CHARACTERS],
        truncated=len(text) > BODY_CHARACTERS,
        resource_type=request.resource_type,
    )


def cleaned(recorded: Iterable[Exchange], redactor: Redactor) -> list[Exchange]:
    """Return recorded exchanges with every credential taken out, wherever the site put it."""
    return [
        exchange.model_copy(
            update={
                "url": redactor.text(exchange.url),
                "request_body": None if exchange.request_body is None else redactor.text(exchange.request_body),
                "response_headers": {name: redactor.text(text) for name, text in exchange.response_headers.items()},
                "body": redactor.text(exchange.body),
            }
        )
        for exchange in recorded
    ]


def decoded(body: bytes, charset: str) -> str:
    """Return a body as text; what nothing can read is marked (and makes the recording unfit).

    The browser's driver gives texts in UTF-8 already, and only what it takes for binary as it was sent.
    """
    for encoding in ("utf-8", charset):
        try:
            return body.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("utf-8", "replace")


class Playback:
    """Answers the requests of one context from a recording.

    Answers of the same method, address and body come in their order; the last of them again and again, since pages
    poll. Where nothing has exactly this address, times in it are passed over. ``unknown`` is the first page
    that was asked for and is not in the recording, ``missed`` are other addresses.
    """

    def __init__(self, recorded: Iterable[Exchange], now: datetime) -> None:
        self.unknown = ""
        self.missed: list[str] = []
        self.now = now
        self._exact: defaultdict[Key, list[Exchange]] = defaultdict(list)
        self._loose: defaultdict[Key, list[Exchange]] = defaultdict(list)
        for exchange in recorded:
            key = (exchange.method, exchange.url, exchange.request_body or "")
            self._exact[key].append(exchange)
            self._loose[timeless(key)].append(exchange)
            self.now = date_of(exchange) or self.now if exchange.id == "x1" else self.now

    async def answer(self, route: Route, request: Request) -> None:
        """Answer one request; what is not in the recording fails as a lost connection does."""
        found = self._next((request.method, request.url, request.post_data or ""))
        navigation = request.is_navigation_request()
        hops = 0
        while found is not None and found.status in REDIRECTS and not navigation and hops < HOPS:
            found, hops = self._next(key_after(found)), hops + 1
        if found is not None and found.status in REDIRECTS:
            await cast("Any", route)._impl_obj._redirect_navigation_request(target_of(found))
        elif found is not None:
            await route.fulfill(status=found.status, headers=headers_of(found), body=found.body.encode())
        elif request.resource_type == "image":
            await route.fulfill(status=200, content_type="image/gif", body=BLANK_PICTURE)
        elif request.resource_type not in KEPT:
            await route.fulfill(status=204)
        else:
            self._miss(request, navigation=navigation)
            await route.abort("connectionfailed")

    def _next(self, key: Key) -> Exchange | None:
        left = self._exact.get(key) or self._loose.get(timeless(key))
        if not left:
            return None
        return left.pop(0) if len(left) > 1 else left[0]

    def _miss(self, request: Request, *, navigation: bool) -> None:
        self.missed.append(request.url)
        if navigation and not self.unknown:
            self.unknown = (
                f"The workflow asked something new: {request.method} {request.url[:500]}, which was not recorded."
            )


def timeless(key: Key) -> Key:
    """Return a request without the times that pages put into it."""
    method, url, body = key
    return method, _TIMES.sub("#", url), _TIMES.sub("#", body)


def key_after(redirect: Exchange) -> Key:
    """Return the request that a redirect leads to. Source: RFC 9110 section 15.4 for its method."""
    if redirect.status in {307, 308} or redirect.method == "HEAD":
        return redirect.method, target_of(redirect), redirect.request_body or ""
    return "GET", target_of(redirect), ""


def target_of(redirect: Exchange) -> str:
    """Return where a redirect leads."""
    return urljoin(redirect.url, redirect.response_headers.get("location", ""))


def headers_of(exchange: Exchange) -> dict[str, str]:
    """Return the headers with which a recorded body, which is text, is sent again."""
    headers = {name: value for name, value in exchange.response_headers.items() if name not in _UNPACKED}
    if _CHARSET.search(exchange.content_type):
        headers["content-type"] = _CHARSET.sub("charset=utf-8", exchange.content_type)
    return headers


def date_of(exchange: Exchange) -> datetime | None:
    """Return when the site answered, by its own word."""
    try:
        return parsedate_to_datetime(exchange.response_headers["date"])
    except (KeyError, ValueError):
        return None
