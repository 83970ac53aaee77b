"""Details fetched side by side, some of which fail."""

import asyncio
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
CONCURRENCY = 5


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    listing = (await http.get(f"{BASE}/api/items")).json()["items"]
    semaphore = asyncio.Semaphore(CONCURRENCY)

    async def fetch(index: int, raw: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        async with semaphore:
            try:
                async with asyncio.timeout(10):
                    detail = await http.get(f"{BASE}/api/items/{index}")
            except TimeoutError:
                return index, raw
        return index, {**raw, **({"id": detail.json()["id"]} if detail.is_success else {})}

    results = await asyncio.gather(
        *(fetch(i, raw) for i, raw in enumerate(listing[: request.limit])), return_exceptions=True
    )
    good = [r for r in results if not isinstance(r, BaseException)]
    rows = [Item(name=raw["name"], note=str(raw.get("id"))) for _, raw in sorted(good)]
    return Response(rows=rows, count=len(rows))
