"""Recording of the data requests that a page makes, scrubbed of secrets."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import Literal

from playwright.async_api import BrowserContext, Request, Response
from playwright.async_api import Error as PlaywrightError

from domain.observation import Exchange
from sandbox.observing.kinds import is_data

log = logging.getLogger(__name__)

MAX_EXCHANGES = 200
POLLS = 3  # an address asked more often than this is polled; nobody waits for it
MAX_BODY_CHARS = 2_000_000
MAX_REQUEST_BODY_CHARS = 100_000
BODY_TIMEOUT_S = 5.0
SHORTEST_TOKEN = 8
SECRET_HEADERS = frozenset(
    {"authorization", "cookie", "cookie2", "proxy-authorization", "set-cookie", "set-cookie2"}
    | {"www-authenticate", "proxy-authenticate"}
)
BUSY = frozenset({429, 502, 503, 504})  # statuses of a site that may well answer in a moment
_ASKED_BY_SCRIPTS = frozenset({"fetch", "xhr", "other", "eventsource", "script"})
_SCRIPT = ("javascript", "ecmascript", "css", "font", "image", "video", "audio", "wasm")

Trigger = Literal["load", "scroll", "more", "probe"]


def scrub(headers: dict[str, str]) -> dict[str, str]:
    """Return the headers without cookies and credentials. Names are lower case."""
    return {name.lower(): value for name, value in headers.items() if name.lower() not in SECRET_HEADERS}


def _may_hold_data(url: str) -> bool:
    """Return whether a script's address looks like data in a callback (JSONP)."""
    return "callback=" in url or "jsonp" in url


def _with_given(exchange: Exchange, headers: dict[str, str], told: list[str]) -> Exchange:
    """Return the exchange with its authorization where the page got that from the site in the open."""
    given = headers.get("authorization", "")
    token = given.rpartition(" ")[2]
    if len(token) < SHORTEST_TOKEN or not any(token in text for text in told):
        return exchange
    return exchange.model_copy(update={"request_headers": {**exchange.request_headers, "authorization": given}})


class Recorder:
    """Follows a context and keeps its data exchanges in the order they were asked.

    ``trigger`` is set by whoever drives the page; it is stamped on requests when they start.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.trigger: Trigger = "load"
        self.truncated = False
        self._order: list[Request] = []
        self._triggers: dict[Request, Trigger] = {}
        self._exchanges: dict[Request, Exchange] = {}
        self._pending: dict[Request, float] = {}
        self._asked_times: Counter[str] = Counter()
        self._readers: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        context.on("request", self._asked)
        context.on("requestfinished", self._finished)
        context.on("requestfailed", self._failed)

    def pending(self, young_s: float) -> int:
        """Return how many script-made requests of the last ``young_s`` seconds have no answer yet; polling aside."""
        since = time.monotonic() - young_s
        return sum(began > since for began in self._pending.values())

    async def wait_for_answer(self, limit_s: float) -> bool:
        """Wait until one pending request ended, at most ``limit_s`` seconds; tell whether one did."""
        self._changed.clear()
        try:
            async with asyncio.timeout(limit_s):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def exchanges(self, shown: str = "") -> tuple[Exchange, ...]:
        """Return what was recorded, once the bodies that are still being read are in.

        A credential that the page itself was given in an answer, or in ``shown`` (its HTML), is no secret of anybody's:
        it stays, so that it can be traced.
        """
        if self._readers:
            await asyncio.wait(tuple(self._readers), timeout=BODY_TIMEOUT_S)
        found = [(request, self._exchanges[request]) for request in self._order if request in self._exchanges]
        told = [shown, *(exchange.body for _, exchange in found)]
        return tuple(_with_given(exchange, request.headers, told) for request, exchange in found)

    def _asked(self, request: Request) -> None:
        if request.resource_type not in _ASKED_BY_SCRIPTS:
            return
        if len(self._order) >= MAX_EXCHANGES:
            self.truncated = True
            return
        self._order.append(request)
        self._triggers[request] = self.trigger
        self._asked_times[request.url] += 1
        if request.resource_type in {"fetch", "xhr", "script"} and self._asked_times[request.url] <= POLLS:
            self._pending[request] = time.monotonic()

    def _failed(self, request: Request) -> None:
        self._pending.pop(request, None)
        self._changed.set()

    def _finished(self, request: Request) -> None:
        if request not in self._triggers:
            return
        if request.resource_type == "script" and not _may_hold_data(request.url):
            self._failed(request)  # it is done; its text is code
            return
        task = asyncio.ensure_future(self._read(request))
        self._readers.add(task)
        task.add_done_callback(self._readers.discard)

    async def _read(self, request: Request) -> None:
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                response = await request.response()
                if response is not None:
                    await self._keep(request, response)
        except (PlaywrightError, TimeoutError, UnicodeDecodeError) as lost:
            log.debug("an exchange could not be read: %s", type(lost).__name__)
        finally:
            self._pending.pop(request, None)
            self._changed.set()

    async def _keep(self, request: Request, response: Response) -> None:
        content_type = response.headers.get("content-type", "")
        if any(kind in content_type for kind in _SCRIPT) and request.resource_type not in {"fetch", "xhr", "script"}:
            return
        body = (await response.body()).decode("utf-8", errors="replace")
        fragment = request.resource_type in {"fetch", "xhr"} and "html" in content_type
        busy = request.resource_type in {"fetch", "xhr"} and response.status in BUSY  # it is asked again
        if not is_data(content_type, body) and not fragment and not busy:
            return
        sent = request.post_data
        self._exchanges[request] = Exchange(
            id=f"x{self._order.index(request) + 1}",
            method=request.method,
            url=request.url,
            request_headers=scrub(request.headers),
            request_body=None if sent is None else sent[:MAX_REQUEST_BODY_CHARS],
            status=response.status,
            content_type=content_type,
            response_headers=scrub(response.headers),
            body=body[:MAX_BODY_CHARS],
            truncated=len(body) > MAX_BODY_CHARS,
            resource_type=request.resource_type,
            trigger=self._triggers[request],
        )
