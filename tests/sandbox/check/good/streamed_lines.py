"""A streamed answer, read by line."""

import json

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


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    rows: list[Item] = []
    async with http.stream("GET", f"{BASE}/api/items", params={"q": request.q}) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            if not line.strip():
                continue
            rows += [Item(name=raw["name"]) for raw in json.loads(line)["items"]]
    return Response(rows=rows[: request.limit], count=len(rows[: request.limit]), truncated=len(rows) > request.limit)
