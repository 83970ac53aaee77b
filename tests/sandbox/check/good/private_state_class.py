"""A small class with private attributes."""

from typing import Any

import httpx
from pydantic import BaseModel


class Request(BaseModel):
    """In."""


class Item(BaseModel):
    """Row."""

    name: str


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


class Site:
    """The site's interface."""

    BASE = "https://site.test"

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._asked = 0

    async def items(self) -> list[dict[str, Any]]:
        """Return the records."""
        self._asked += 1
        return list((await self._get("/api/items"))["items"])

    async def _get(self, path: str) -> Any:
        response = await self._http.get(f"{self.BASE}{path}")
        return response.raise_for_status().json()

    @staticmethod
    def name_of(record: dict[str, Any]) -> str:
        """Return a record's name."""
        return str(record["name"])

    def __len__(self) -> int:
        return self._asked


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return rows."""
    site = Site(http)
    rows = [Item(name=Site.name_of(record)) for record in await site.items()]
    return Response(rows=rows, count=len(rows) + len(site) - 1)
