"""An async generator over cursor pages."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
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
MAX_PAGES = 20


async def pages(http: httpx.AsyncClient, query: str) -> AsyncIterator[list[dict[str, Any]]]:
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        params = {"q": query} | ({"cursor": cursor} if cursor else {})
        body = (await http.get(f"{BASE}/api/items", params=params)).raise_for_status().json()
        yield body["items"]
        cursor = body.get("next_cursor")
        if not cursor:
            return


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    names = [raw["name"] async for page in pages(http, request.q) for raw in page if raw.get("name")]
    unique = list(dict.fromkeys(names))
    rows = [Item(name=name) for name in unique[: request.limit]]
    return Response(rows=rows, count=len(rows), truncated=len(unique) > len(rows))
