"""A pager as a class that is iterated."""

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


class Pager:
    """Yields one page after the other."""

    def __init__(self, http: httpx.AsyncClient, url: str, pages: int = 3) -> None:
        self._http = http
        self._url = url
        self._page = 0
        self._pages = pages

    def __aiter__(self) -> "Pager":
        return self

    async def __anext__(self) -> list[dict[str, Any]]:
        if self._page >= self._pages:
            raise StopAsyncIteration
        self._page += 1
        response = await self._http.get(self._url, params={"page": self._page})
        response.raise_for_status()
        return list(response.json()["items"])


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    seen: dict[str, Item] = {}
    async for page in Pager(http, f"{BASE}/api/items"):
        before = len(seen)
        for raw in page:
            seen.setdefault(raw["name"], Item(name=raw["name"]))
        if len(seen) == before:
            break
    rows = list(seen.values())
    return Response(rows=rows, count=len(rows))
