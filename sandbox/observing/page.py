"""Driving one page: open, settle, scroll, "load more", and read it as rendered.

No wait depends on the network going idle. Every wait ends by an event or by its own bound.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from playwright.async_api import BrowserContext, Page, Response
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from domain.errors import SourceUnreachable
from sandbox.observing.capture import BUSY, Recorder

log = logging.getLogger(__name__)

MAX_NODES = 60_000
GROWTH = 1.02  # less is a clock or a counter, not what scrolling brought
KEPT_SHARE = 0.9
FEWEST_NEW = 3
WINDOWED = "explore: the list drops what scrolled away"
_TEXT = "() => document.body.innerText"
MARK = "data-agent-more"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Bounds of driving one page, in seconds and counts."""

    open_s: float = 8.0
    settle_s: float = 6.0
    quiet_s: float = 0.35
    answer_s: float = 3.0
    total_s: float = 12.0
    scrolls: int = 3
    clicks: int = 2
    retries: int = 3


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The page at one moment."""

    html: str
    text: str
    title: str
    url: str
    aria: str


@dataclass(kw_only=True)
class Visit:
    """What driving the page gave. ``later`` is the page after scrolling and clicking, where that changed it."""

    status: int
    first: Rendered
    later: Rendered | None = None
    notes: list[str] = field(default_factory=list)

    def states(self) -> tuple[Rendered, ...]:
        """Return the page's states, the fullest first: lists that drop what scrolled away keep their first state."""
        if self.later is None:
            return (self.first,)
        lines = set(self.first.text.splitlines())
        kept = len(lines & set(self.later.text.splitlines()))
        return (self.later, self.first) if kept >= KEPT_SHARE * len(lines) else (self.first, self.later)


async def visit(context: BrowserContext, url: str, recorder: Recorder, pace: Pace) -> Visit:
    """Open ``url`` and read it before and after scrolling.

    Raises:
        SourceUnreachable: the browser got no document.
    """
    page = await context.new_page()
    deadline = time.monotonic() + pace.total_s
    response = await _open(page, url, pace)
    await _settle(page, recorder, pace, deadline)
    result = Visit(status=response.status if response else 0, first=await _read(page))
    try:
        await _explore(page, recorder, pace, deadline, result)
    except PlaywrightError as lost:
        result.notes.append("explore: the page went away while it was scrolled")
        log.debug("exploring ended: %s", lost.message.splitlines()[0])
    return result


async def _open(page: Page, url: str, pace: Pace) -> Response | None:
    for attempt in range(pace.retries + 1):
        try:
            response = await page.goto(url, wait_until="commit", timeout=pace.open_s * 1000)
        except PlaywrightError as failed:
            if attempt == pace.retries or "ERR_BLOCKED" in failed.message:
                raise SourceUnreachable(
                    "The browser got no page from the source.", cause=failed.message.splitlines()[0]
                ) from failed
            continue
        if response is None or response.status not in BUSY or attempt == pace.retries:
            return response
        await asyncio.sleep(0.3 * (attempt + 1))  # back-off before asking a busy site again
    return None


async def _settle(page: Page, recorder: Recorder, pace: Pace, deadline: float) -> None:
    """Wait until the document stays unchanged and no fresh request of its scripts is open; bounded."""
    deadline = min(deadline, time.monotonic() + pace.settle_s)
    try:
        await page.wait_for_load_state("domcontentloaded", timeout=pace.settle_s * 1000)
    except PlaywrightTimeout:
        log.debug("a document is still loading; it is read as it is")
    while (left := deadline - time.monotonic()) > 0:
        await _quiet(page, pace.quiet_s, left)
        waiting = min(deadline - time.monotonic(), pace.answer_s)
        if recorder.pending(pace.answer_s) == 0 or waiting <= 0:
            return
        await recorder.wait_for_answer(waiting)


async def _quiet(page: Page, quiet_s: float, limit_s: float) -> None:
    try:
        async with asyncio.timeout(limit_s + 1):
            await page.evaluate(_script("settle"), {"quiet": quiet_s * 1000, "limit": limit_s * 1000})
    except TimeoutError:
        log.debug("a page did not answer while it settled")
    except PlaywrightError:
        # A navigation replaced the document meanwhile; the caller's loop looks at the new one.
        await page.wait_for_load_state("domcontentloaded", timeout=limit_s * 1000)


async def _read(page: Page) -> Rendered:
    for attempt in (1, 2, 3):
        try:
            state = await page.evaluate(_script("snapshot"), {"maxNodes": MAX_NODES})
            aria = await page.locator("body").aria_snapshot(timeout=4000)
        except PlaywrightError:
            if attempt == 3:
                raise
            await page.wait_for_load_state("domcontentloaded", timeout=4000)
            continue
        return Rendered(html=state["html"], text=state["text"], title=state["title"], url=state["url"], aria=aria)
    raise AssertionError  # pragma: no cover - the loop returns or raises


async def _explore(page: Page, recorder: Recorder, pace: Pace, deadline: float, result: Visit) -> None:
    before = len(result.first.text)
    shown = set((await page.evaluate(_TEXT)).splitlines())
    scrolled = await _scroll(page, recorder, pace, deadline)
    if scrolled:
        below = set((await page.evaluate(_TEXT)).splitlines())
        if len(below - shown) >= FEWEST_NEW and len(below & shown) < KEPT_SHARE * len(shown):
            result.notes.append(WINDOWED)
    clicked = await _load_more(page, recorder, pace, deadline)
    result.notes.extend(f"more: clicked {text!r}" for text in clicked)
    if not scrolled and not clicked:
        return
    await page.evaluate("() => scrollTo(0, 0)")
    await _quiet(page, pace.quiet_s, pace.settle_s)
    later = await _read(page)
    if len(later.text) > before * GROWTH:
        result.later = later
        result.notes.append(f"explore: text grew from {before} to {len(later.text)} characters")


async def _scroll(page: Page, recorder: Recorder, pace: Pace, deadline: float) -> bool:
    """Scroll to the end a few times, as long as that changes the page or asks for data."""
    recorder.trigger = "scroll"
    moved = False
    for _ in range(pace.scrolls):
        if time.monotonic() > deadline:
            break
        height = await page.evaluate("() => document.documentElement.scrollHeight")
        if not moved and height <= page_height(page):
            break
        await page.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
        moved = True
        await _settle(page, recorder, pace, deadline)
        if await page.evaluate("() => document.documentElement.scrollHeight") <= height:
            break
    return moved


def page_height(page: Page) -> int:
    """Return the height of the page's window in CSS pixels."""
    return page.viewport_size["height"] if page.viewport_size else 0


async def _load_more(page: Page, recorder: Recorder, pace: Pace, deadline: float) -> list[str]:
    recorder.trigger = "more"
    clicked: list[str] = []
    address = page.url
    while len(clicked) < pace.clicks and time.monotonic() < deadline:
        text = await page.evaluate(_script("more"), {"mark": MARK})
        if text is None:
            break
        size = await page.evaluate("() => document.body.innerText.length")
        await page.locator(f"[{MARK}]").first.dispatch_event("click", timeout=1000)
        clicked.append(text)
        await _settle(page, recorder, pace, deadline)
        if page.url.partition("#")[0] != address.partition("#")[0]:
            break
        if await page.evaluate("() => document.body.innerText.length") <= size:
            break
    await page.evaluate(
        "mark => document.querySelectorAll('[' + mark + ']').forEach(e => e.removeAttribute(mark))", MARK
    )
    return clicked


@cache
def _script(name: str) -> str:
    return Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8")
