"""Own context managers and a small class with dunder methods."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType

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


class Budget:
    """Counts requests."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0

    def __enter__(self) -> "Budget":
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.used = self.most

    def __iadd__(self, other: int) -> "Budget":
        self.used += other
        return self

    def __bool__(self) -> bool:
        return self.used < self.most


@asynccontextmanager
async def page_of(http: httpx.AsyncClient, url: str) -> AsyncIterator[httpx.Response]:
    response = await http.get(url)
    try:
        yield response
    finally:
        await response.aclose()


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    rows: list[Item] = []
    with Budget(3) as budget:
        while budget:
            budget.used += 1
            async with page_of(http, f"{BASE}/api/items") as response:
                with suppress(KeyError):
                    rows.extend(Item(name=raw["name"]) for raw in response.json()["items"])
            break
    return Response(rows=rows, count=len(rows))
