"""Scroll, press a control, and read by evaluate."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from playwright.async_api import Locator, Page
from pydantic import BaseModel
from workflow_kit import distinct, parse_html


class Request(BaseModel):
    """In."""

    limit: int = 50


class Item(BaseModel):
    """Row."""

    name: str
    url: str | None = None


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


async def texts(locator: Locator) -> list[str]:
    """Return the texts of all matches."""
    return [text.strip() for text in await locator.all_inner_texts()]


async def run(request: Request, page: Page) -> Response:
    """Return the cards."""
    await page.goto("https://site.test/page")
    previous = -1
    while (count := await page.locator("article").count()) > previous and count < request.limit:
        previous = count
        await page.mouse.wheel(0, 20_000)
        more = page.get_by_text("Load more")
        if await more.is_visible():
            await more.click()
        await asyncio.sleep(0.2)
    raw: list[dict[str, Any]] = await page.evaluate(
        "() => [...document.querySelectorAll('article a')].map(a => ({name: a.innerText, url: a.href}))"
    )
    state = await page.locator("script#state").first.text_content()
    extra = json.loads(state or "[]")
    static = parse_html(await page.content(), page.url)
    rows = [Item(name=r["name"], url=r.get("url")) for r in [*raw, *extra]]
    rows += [Item(name=n.text) for n in static.css("article h4")]
    rows = distinct(rows, ["name", "url"])
    names = await texts(page.locator("article h3"))
    return Response(rows=rows, count=len(rows), truncated=len(names) > request.limit)
