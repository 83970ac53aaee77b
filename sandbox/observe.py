"""Source to Observation: what the site serves, what its page makes of it, and what stands beside it.

The address is first asked in plain HTTP. Data (JSON, feeds, calendars, API documents) needs no
browser; a page is then opened in the boxed browser under the same policy. Owns capture only:
nothing here interprets what was found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError

from domain.errors import EgressDenied, SourceBlocked, SourceUnreachable
from domain.observation import (
    ApiDocument,
    Exchange,
    Feed,
    Observation,
    Page,
    Probe,
    ProbeAnswer,
    ProbePurpose,
)
from domain.policy import Policy
from sandbox import fetch
from sandbox.appearance import USER_AGENT
from sandbox.broker import Broker, BrokerOptions
from sandbox.browsers import BrowserOptions, BrowserPool
from sandbox.browsers_routing import Rules, enforce
from sandbox.egress_grants import Grant
from sandbox.observing import discover, page
from sandbox.observing.capture import BUSY, MAX_BODY_CHARS, Recorder, scrub
from sandbox.observing.data_links import links_in_data
from sandbox.observing.discover import Ask, Surroundings
from sandbox.observing.elements import forms_in, links_in, text_in, title_in
from sandbox.observing.embedded import embedded_in
from sandbox.observing.kinds import feed_kind, is_api_document, is_data, is_html
from sandbox.observing.misread import reread
from sandbox.observing.walls import walls
from sandbox.observing.whole import whole

Progress = Callable[[str], Any]

MAX_PAGE_BYTES = 20_000_000
MAX_ATTEMPTS = 3
MOST_ASKED_AGAIN = 10  # exchanges of one page
FIRST_PAUSE_S = 0.3
LONGEST_PAUSE_S = 5.0


def ignore(_: str) -> None:
    """Take a progress message and do nothing."""


@dataclass(frozen=True, kw_only=True)
class ObserverOptions:
    """How sources are observed. ``total_bytes`` bounds the browser's traffic for one source."""

    browser: BrowserOptions = field(default_factory=BrowserOptions)
    pace: page.Pace = field(default_factory=page.Pace)
    total_bytes: int = 60_000_000
    total_s: float = 40.0
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


class Observer:
    """Async context manager. One may serve many observations at a time; the browser starts on first need.

    ``pool`` and ``broker`` are shared with runs when given, and then not closed here.
    """

    def __init__(
        self, options: ObserverOptions | None = None, *, pool: BrowserPool | None = None, broker: Broker | None = None
    ) -> None:
        self.options = options or ObserverOptions()
        self.pool = pool or BrowserPool(self.options.browser)
        self._broker = broker or Broker(BrokerOptions())
        self._owned: list[BrowserPool | Broker] = [
            mine for mine, given in ((self.pool, pool), (self._broker, broker)) if given is None
        ]
        self._ask: Ask = self.answer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for mine in self._owned:
            await mine.aclose()

    async def answer(self, probe: Probe, policy: Policy) -> ProbeAnswer:
        """Ask the source one question over plain HTTP; a busy site is asked again, up to three times in all.

        What a site says while it is busy tells nothing about it: taken for an answer, a good source would be ruled out.
        """
        for attempt in range(1, MAX_ATTEMPTS):
            given = await fetch.answer(probe, policy, broker=self._broker)
            if given.status not in BUSY:
                return given
            await asyncio.sleep(_pause_s(given, attempt))
        return await fetch.answer(probe, policy, broker=self._broker)

    async def observe(self, url: str, policy: Policy, *, on_progress: Progress = ignore) -> Observation:
        """Capture everything at ``url`` that the policy lets be read.

        Raises:
            EgressDenied: the address, or where it redirects to, is outside the policy.
            SourceBlocked: robots.txt forbids it and the policy respects that.
            SourceUnreachable: there is no answer, or only errors.
        """
        if not policy.admits("GET", url):
            raise EgressDenied(
                f"The address is outside the policy: host {urlsplit(url).hostname or '(none)'}.",
                remedy="Name the site with --site, or allow its host.",
                host=urlsplit(url).hostname or "",
            )
        try:
            async with asyncio.timeout(self.options.total_s):
                return await self._observe(url, policy, on_progress)
        except TimeoutError as slow:
            raise SourceUnreachable(f"The source did not answer within {self.options.total_s:g} s.") from slow

    async def _observe(self, url: str, policy: Policy, on_progress: Progress) -> Observation:
        robots = await discover.robots_txt(self._ask, policy, url)
        _respect(robots, url, policy)
        on_progress("asking the source")
        served = await self._serve(url, policy)
        if not is_html(served.content_type, served.body):
            return await self._data(url, served, robots, policy)
        beside = asyncio.ensure_future(self._beside(served, policy))
        try:
            on_progress("opening the page in the browser")
            seen = await self._browse(url, served, policy)
            on_progress("looking for API documents and feeds")
            found = await beside
        finally:
            beside.cancel()
        return seen.model_copy(
            update={
                "api_documents": _documents(found.api_documents, seen.exchanges),
                "feeds": found.feeds,
                "robots_txt": robots,
                "exchanges": (*seen.exchanges, *(_twin(answer, n) for n, answer in enumerate(found.twins, 1))),
            }
        )

    async def _serve(self, url: str, policy: Policy) -> ProbeAnswer:
        """Return the first plain answer; broken answers are asked again, and a site that stays busy for longer."""
        probe = Probe(id="source", purpose=ProbePurpose.DOCUMENT, url=url)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            answer = await self._patiently(probe, policy)
            if not answer.error or answer.error.startswith("denied:") or attempt == MAX_ATTEMPTS:
                break
            await asyncio.sleep(FIRST_PAUSE_S * attempt)
        if answer.error.startswith("denied:"):
            raise EgressDenied(
                f"The source at {urlsplit(url).netloc} leads outside the policy: {answer.error[8:]}",
                remedy="Name the site it leads to with --site, or allow that host.",
            )
        if answer.error:
            raise SourceUnreachable(f"The source at {urlsplit(url).netloc} did not answer.", cause=answer.error)
        return answer

    async def _patiently(self, probe: Probe, policy: Policy) -> ProbeAnswer:
        """Ask the source itself twice as often as anything else: without it nothing can be learned."""
        answer = await self._ask(probe, policy)
        if answer.status not in BUSY:
            return answer
        await asyncio.sleep(_pause_s(answer, MAX_ATTEMPTS))
        return await self._ask(probe, policy)

    async def _beside(self, served: ProbeAnswer, policy: Policy) -> Surroundings:
        base = served.final_url or served.probe.url
        header = served.response_headers.get("link", "")
        links = await asyncio.to_thread(links_in, served.body, base)
        return await discover.surroundings(self._ask, policy, base, links, header)

    async def _browse(self, url: str, served: ProbeAnswer, policy: Policy) -> Observation:
        grant = Grant(policy, read_public=True, read_posts=True, total_bytes=self.options.total_bytes)
        try:
            async with self.pool.context(grant) as context:
                await enforce(context, Rules(grant=grant))
                recorder = Recorder(context)
                visit = await page.visit(context, url, recorder, self.options.pace)
                exchanges = await recorder.exchanges(visit.first.html)
            exchanges = await self._again(exchanges, policy)
        except PlaywrightError as lost:
            raise SourceUnreachable(
                "The browser lost the page while reading it.", cause=lost.message.splitlines()[0]
            ) from lost
        if visit.status in BUSY and served.status not in BUSY:  # what the browser got is no page of the source
            visit = await asyncio.to_thread(_unvisited, served)
        pages = [await asyncio.to_thread(_page, url, served, visit, state) for state in visit.states()]
        seen = pages[0]
        notes = [*visit.notes, *walls(seen.status, seen.title, seen.text_after, seen.rendered_html, seen.forms)]
        notes += ["exchanges: more than the limit were made"] if recorder.truncated else []
        notes += [f"unreachable: {item.url} ({item.reason})" for item in grant.unreachable[:20]]
        return whole(
            Observation(
                url=url,
                captured_at=self.options.clock(),
                pages=tuple(pages),
                exchanges=exchanges,
                denials=tuple(grant.denials),
                notes=tuple(notes),
            )
        )

    async def _again(self, exchanges: tuple[Exchange, ...], policy: Policy) -> tuple[Exchange, ...]:
        """Return the exchanges, those that the site was too busy for with the answers that it gives now."""
        busy = [e for e in exchanges if e.status in BUSY and e.method == "GET"]
        given = await asyncio.gather(*(self._given(exchange, policy) for exchange in busy[:MOST_ASKED_AGAIN]))
        now = {exchange.id: exchange for exchange in given if exchange is not None}
        return tuple(now.get(e.id, e) for e in exchanges if e.id in now or e.status not in BUSY)

    async def _given(self, busy: Exchange, policy: Policy) -> Exchange | None:
        probe = Probe(id=busy.id, purpose=ProbePurpose.GROUND, url=busy.url, headers=busy.request_headers)
        answer = await self._ask(probe, policy)
        if answer.error or answer.status != 200 or not is_data(answer.content_type, answer.body):
            return None
        return _exchange(answer, busy.id, busy.resource_type).model_copy(
            update={"url": busy.url, "trigger": busy.trigger}
        )

    async def _data(self, url: str, served: ProbeAnswer, robots: str, policy: Policy) -> Observation:
        """Return the observation of a source that is data itself: no browser, but what stands beside it."""
        final = served.final_url or url
        feed = feed_kind(served.body)
        document = is_api_document(served.body)
        found = Surroundings() if feed or document else await self._beside(served, policy)
        return Observation(
            url=url,
            captured_at=self.options.clock(),
            pages=(
                Page(
                    requested_url=url,
                    final_url=final,
                    status=served.status,
                    content_type=served.content_type,
                    served_html=served.body,
                    text_before=served.body,
                    text_after=served.body,
                    links=links_in_data(served.body, final),
                    redirects=_redirects(url, final),
                ),
            ),
            exchanges=(_exchange(served, "x1", "document"),),
            api_documents=(ApiDocument(url=final, text=served.body, content_type=served.content_type),)
            if document
            else found.api_documents,
            feeds=(Feed(url=final, kind=feed, text=served.body),) if feed else found.feeds,
            robots_txt=robots,
            notes=walls(served.status, "", "", "", ()),
        )


def _unvisited(served: ProbeAnswer) -> page.Visit:
    """Return what the plain answer shows, as a page that no script has changed."""
    state = page.Rendered(html=served.body, text=text_in(served.body), title="", url=served.final_url, aria="")
    return page.Visit(status=served.status, first=state, notes=["the browser found the site too busy each time"])


def _page(url: str, served: ProbeAnswer, visit: page.Visit, state: page.Rendered) -> Page:
    html = reread(state.html[:MAX_PAGE_BYTES], served.body)
    return Page(
        requested_url=url,
        final_url=state.url or served.final_url or url,
        status=visit.status or served.status,
        title=reread(state.title, served.body) or title_in(served.body),
        content_type=served.content_type or "text/html",
        served_html=served.body[:MAX_PAGE_BYTES],
        rendered_html=html,
        text_before=text_in(served.body),
        text_after=reread(state.text, served.body),
        aria=reread(state.aria, served.body),
        links=links_in(html, state.url),
        forms=forms_in(html, state.url),
        embedded=embedded_in(served.body),
        redirects=_redirects(url, served.final_url),
    )


def _documents(found: tuple[ApiDocument, ...], exchanges: tuple[Exchange, ...]) -> tuple[ApiDocument, ...]:
    """Return the API documents, with those that the page itself fetched (documentation pages do)."""
    known = {document.text for document in found}
    read = [item for item in exchanges if not item.truncated and item.body not in known and is_api_document(item.body)]
    return (*found, *(ApiDocument(url=item.url, text=item.body, content_type=item.content_type) for item in read))


def _redirects(url: str, final: str) -> tuple[str, ...]:
    return (final,) if final and final != url else ()


def _exchange(answer: ProbeAnswer, identity: str, resource_type: str) -> Exchange:
    return Exchange(
        id=identity,
        method=answer.probe.method,
        url=answer.final_url or answer.probe.url,
        request_headers=scrub(answer.probe.headers),
        status=answer.status,
        content_type=answer.content_type,
        response_headers=scrub(answer.response_headers),
        body=answer.body[:MAX_BODY_CHARS],
        truncated=answer.truncated or len(answer.body) > MAX_BODY_CHARS,
        resource_type=resource_type,
    )


def _pause_s(answer: ProbeAnswer, attempt: int) -> float:
    """Return how long to leave a busy site alone: what it asks for in seconds, within bounds, or growing pauses."""
    wanted = answer.response_headers.get("retry-after", "").strip()
    return min(float(wanted), LONGEST_PAUSE_S) if wanted.isdecimal() else FIRST_PAUSE_S * attempt


def _twin(answer: ProbeAnswer, number: int) -> Exchange:
    return _exchange(answer, f"twin{number}", "alternate").model_copy(update={"trigger": "probe"})


def _respect(robots: str, url: str, policy: Policy) -> None:
    host = urlsplit(url).hostname or ""
    if policy.respect_robots and host not in policy.private_hosts and discover.forbids(robots, USER_AGENT, url):
        raise SourceBlocked(
            f"robots.txt of {host} forbids automated reading of this address.",
            remedy="Ask the site's owner, use its API, or set its robots.txt aside by name: "
            f"AGENT_SCHOOL_IGNORE_ROBOTS={host}",
            host=host,
        )
