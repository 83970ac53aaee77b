"""A dataclass for inner state."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx
from pydantic import BaseModel


class Request(BaseModel):
    """In."""

    limit: int = 5


class Item(BaseModel):
    """Row."""

    name: str


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of the answer."""

    items: list[Item]
    following: str | None = None


@dataclass
class Collected:
    """What was found so far."""

    limit: int
    items: list[Item] = field(default_factory=list)
    pages: int = 0

    def add(self, page: Page) -> None:
        """Take one page."""
        self.items.extend(page.items)
        self.pages += 1

    @property
    def full(self) -> bool:
        """Whether enough was found."""
        return len(self.items) >= self.limit


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return items."""
    found = Collected(limit=request.limit)
    url: str | None = "https://site.test/api/items"
    while url is not None and not found.full and found.pages < 3:
        data = (await http.get(url)).json()
        page = Page(items=[Item(name=r["name"]) for r in data["items"]], following=data.get("next"))
        found.add(page)
        url = page.following
    return Response(
        rows=found.items[: request.limit],
        count=min(len(found.items), request.limit),
        truncated=len(found.items) > request.limit,
    )
