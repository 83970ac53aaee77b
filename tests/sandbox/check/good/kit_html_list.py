"""List the entries of a page."""

import httpx
from pydantic import BaseModel, Field
from workflow_kit import Node, SourceChanged, distinct, get_page, rows_of, to_text, to_url

PAGE = "https://site.test/page"


class Request(BaseModel):
    """What to look for."""

    keyword: str | None = Field(default=None, description="Word in the title")


class Item(BaseModel):
    """One entry."""

    title: str
    url: str | None = None


class Response(BaseModel):
    """The entries."""

    rows: list[Item]
    count: int
    truncated: bool = False


def _read(node: Node) -> Item:
    title = to_text(node.read("a@text", "h3@text"))
    if title is None:
        raise SourceChanged("an entry has no title")
    return Item(title=title, url=to_url(node.read("a@href"), node.url))


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the entries."""
    page = await get_page(http, PAGE)
    rows = [_read(node) for node in rows_of(page, "ul.list > li", "ol li")]
    if (word := request.keyword) is not None:
        rows = [row for row in rows if word.casefold() in row.title.casefold()]
    rows = distinct(rows, ["url", "title"])
    return Response(rows=rows, count=len(rows))
