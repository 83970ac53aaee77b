"""Filters by text, selects options, and waits for a response."""

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
    response = await page.goto(f"{BASE}/page")
    if response is None or not response.ok:
        raise RuntimeError(f"status {response.status if response else 'none'}")
    await page.select_option("select#sort", "price")
    async with page.expect_response(lambda r: "/api/" in r.url and r.status == 200) as info:
        await page.get_by_text("Load more", exact=True).click()
    payload = await (await info.value).json()
    cards = page.locator("article").filter(has_text=request.q).filter(has=page.locator("a"))
    names = await cards.locator("h2").all_text_contents()
    await page.keyboard.press("End")
    await page.mouse.wheel(0, 2000)
    await page.wait_for_load_state("load")
    title = await page.title()
    rows = [Item(name=name.strip(), note=title) for name in names] + [
        Item(name=str(p["name"])) for p in payload["items"]
    ]
    return Response(rows=rows, count=len(rows))
