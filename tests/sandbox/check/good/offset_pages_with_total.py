"""Pages by offset until the total is reached."""

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
PAGE_SIZE = 50


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    rows: list[Item] = []
    seen: set[str] = set()
    offset = 0
    total = None
    while total is None or offset < total:
        response = await http.get(f"{BASE}/api/items", params={"q": request.q, "offset": offset, "limit": PAGE_SIZE})
        response.raise_for_status()
        payload = response.json()
        total = int(payload.get("total", 2))
        batch = payload.get("items") or []
        if not batch:
            break
        for raw in batch:
            if (name := raw["name"].strip()) in seen:
                continue
            seen.add(name)
            rows.append(Item(name=name, note=f"{raw.get('price', 0):>8,.2f}"))
        offset += len(batch)
        if len(rows) >= request.limit:
            break
    truncated = len(rows) > request.limit or (total is not None and offset < total)
    return Response(rows=rows[: request.limit], count=min(len(rows), request.limit), truncated=truncated)
