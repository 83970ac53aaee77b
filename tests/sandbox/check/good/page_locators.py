"""Read a page in the browser."""

from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeoutError
from pydantic import BaseModel, Field
from workflow_kit import SourceChanged, to_price, to_text

URL = "https://site.test/page"


class Request(BaseModel):
    """In."""

    query: str = Field(default="a", description="What to search for")
    limit: int = 20


class Item(BaseModel):
    """Row."""

    name: str | None
    price: float | None = None


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


async def run(request: Request, page: Page) -> Response:
    """Return the results."""
    await page.goto(URL, wait_until="domcontentloaded")
    box = page.get_by_role("searchbox", name="Search")
    if await box.count():
        await box.fill(request.query)
        await box.press("Enter")
    try:
        await page.wait_for_selector("li.result", timeout=10_000)
    except PlaywrightTimeoutError as error:
        raise SourceChanged("no results appeared") from error
    cards = page.locator("li.result")
    rows: list[Item] = []
    for index in range(min(await cards.count(), request.limit)):
        card = cards.nth(index)
        name = await card.locator("h2, h3").first.text_content()
        price = await card.locator(".price").first.inner_text()
        rows.append(Item(name=to_text(name), price=to_price(price)))
    return Response(rows=rows, count=len(rows), truncated=len(rows) >= request.limit)
