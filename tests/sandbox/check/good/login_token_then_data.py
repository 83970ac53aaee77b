"""A token from one answer used for the next."""

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


class Session:
    """Remembers what the site wants to see again."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.headers: dict[str, str] = {}

    async def start(self) -> None:
        page = await self.http.get(f"{BASE}/page")
        for cookie, value in page.cookies.items():
            self.headers["Cookie"] = f"{cookie}={value}"
        self.headers |= {"Accept": "application/json", "Referer": str(page.url)}

    async def get(self, path: str, **params: Any) -> Any:
        response = await self.http.get(f"{BASE}{path}", params=params, headers=self.headers)
        response.raise_for_status()
        return response.json()


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    session = Session(http)
    await session.start()
    data = await session.get("/api/items", q=request.q, per_page=min(request.limit, 50))
    names = sorted({raw["name"] for raw in data["items"]}, key=lambda name: (len(name), name))
    rows = [Item(name=name) for name in names]
    return Response(rows=rows, count=len(rows))
