"""Clicks through pages."""

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
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


async def run(request: Request, page: Page) -> Response:
    """Return the rows."""
    rows: list[Item] = []
    await page.goto(f"{BASE}/page")
    while len(rows) < request.limit:
        await page.wait_for_selector("ul.list li", timeout=10_000)
        for text in await page.locator("ul.list li").all_inner_texts():
            rows.append(Item(name=text.strip()))
        following = page.get_by_role("link", name="Next")
        if not await following.count() or not await following.is_enabled():
            break
        before = page.url
        try:
            await following.click()
            await page.wait_for_url(lambda url: url != before)
        except PlaywrightError as exc:
            raise RuntimeError(f"paging stopped: {exc.message}") from exc
    return Response(
        rows=rows[: request.limit], count=min(len(rows), request.limit), truncated=len(rows) > request.limit
    )
