"""Pages as an async generator, consumed by an async comprehension."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
from pydantic import BaseModel


class Request(BaseModel):
    pages: int = 2


class Item(BaseModel):
    name: str


class Response(BaseModel):
    rows: list[Item]
    count: int
    truncated: bool = False


async def pages(http: httpx.AsyncClient, most: int) -> AsyncIterator[list[dict[str, Any]]]:
    """Yield the records page by page."""
    for page in range(1, most + 1):
        data = (await http.get("https://site.test/api/items", params={"page": page})).json()
        yield data["items"]
        if not data.get("more", True):
            return


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return all names."""
    names: set[str] = set()
    async for records in pages(http, request.pages):
        names |= {record["name"] for record in records}
    twice = [len(records) async for records in pages(http, 1)]
    rows = [Item(name=name) for name in sorted(names)]
    return Response(rows=rows, count=len(rows) + 0 * sum(twice))
