"""List the events of a city by cursor paging.

Args:
    request: city and limit.

Returns:
    The events.
"""

# ruff: noqa: ICN001 - common
from __future__ import annotations

import datetime

import httpx
from pydantic import BaseModel, ConfigDict, Field
from workflow_kit import day, get_json, in_range, pick, records, sort_rows, to_price, to_text

BASE = "https://site.test"
MAX_PAGES = 50


class Request(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")

    city: str = Field(default="sf", description="City", examples=["sf", "https://other.example/city"])
    limit: int = Field(default=1000, ge=1, le=1000)


class Item(BaseModel):
    """One event."""

    name: str | None = Field(default=None, description="Title")
    starts_on: datetime.date | None = None
    price: float | None = None


class Response(BaseModel):
    """The events."""

    rows: list[Item]
    count: int
    truncated: bool


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the events of the city."""
    rows: list[Item] = []
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        params: dict[str, str] = {"city": request.city}
        if cursor:
            params["cursor"] = cursor
        answer = await get_json(http, f"{BASE}/api/items", params=params)
        for record in records(answer, "items"):
            item = Item(
                name=to_text(pick(record, "name")),
                starts_on=day(pick(record, "start"), "America/Los_Angeles"),
                price=to_price(pick(record, "price")),
            )
            if in_range(item.starts_on, None, None):
                rows.append(item)
        cursor = pick(answer, "next")
        if not cursor or len(rows) > request.limit:
            break
    rows = sort_rows(rows, "name")
    return Response(
        rows=rows[: request.limit], count=min(len(rows), request.limit), truncated=len(rows) > request.limit
    )
