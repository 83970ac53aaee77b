"""Follow Link headers."""

from __future__ import annotations

import httpx
from pydantic import BaseModel, HttpUrl


class Request(BaseModel):
    """In."""

    start: HttpUrl | None = None
    limit: int = 3


class Item(BaseModel):
    """Row."""

    name: str


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return all pages."""
    rows: list[Item] = []
    url = "https://site.test/api/items"
    seen: set[str] = set()
    while True:
        if url in seen:
            break
        seen.add(url)
        response = await http.get(url)
        if response.is_error:
            raise RuntimeError(f"{response.status_code} {response.reason_phrase}")
        rows.extend(Item(name=row["name"]) for row in response.json()["items"])
        following = response.links.get("next", {}).get("url")
        total = int(response.headers.get("X-Total-Count", "0"))
        if not following or len(rows) >= max(total, request.limit):
            break
        url = str(httpx.URL(url).join(following))
    return Response(rows=rows[: request.limit], count=len(rows[: request.limit]), truncated=len(rows) > request.limit)
