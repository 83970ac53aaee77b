"""Reads a list by role."""

import re

from playwright.async_api import Locator, Page
from playwright.async_api import TimeoutError as PlaywrightTimeoutError
from pydantic import BaseModel, Field


class Request(BaseModel):
    """What to ask for."""

    q: str = Field(default="x", description="A word.")
    limit: int = Field(default=10, ge=1, le=1000, description="At most so many rows.")


class Item(BaseModel):
    """One row."""

    name: str = Field(description="What it is called.")
    note: str | None = Field(default=None, description="Something about it.")


class Response(BaseModel):
    """The rows."""

    rows: list[Item] = Field(description="The rows.")
    count: int = Field(description="How many.")
    truncated: bool = Field(default=False, description="Whether there is more.")


BASE = "https://site.test"


async def text_of(row: Locator, selector: str) -> str | None:
    found = row.locator(selector)
    return (await found.first.inner_text()).strip() if await found.count() else None


async def run(request: Request, page: Page) -> Response:
    """Return the rows."""
    await page.goto(f"{BASE}/events", wait_until="domcontentloaded", timeout=30_000)
    try:
        await page.get_by_role("button", name=re.compile("accept", re.IGNORECASE)).click(timeout=1_000)
    except PlaywrightTimeoutError:
        pass
    await page.get_by_label("Search").fill(request.q)
    await page.get_by_placeholder("Search").press("Enter")
    await page.get_by_role("listitem").first.wait_for(state="visible")
    rows: list[Item] = []
    for row in await page.get_by_role("listitem").all():
        name = await text_of(row, "h3, .title")
        if name is None:
            continue
        href = await row.get_by_role("link").first.get_attribute("href")
        rows.append(Item(name=name, note=href))
        if len(rows) >= request.limit:
            break
    return Response(rows=rows, count=len(rows))
