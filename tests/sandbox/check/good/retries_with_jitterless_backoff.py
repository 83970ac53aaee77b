"""Retries on 429 and 5xx, honouring Retry-After."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

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
RETRY_STATUSES: Final[frozenset[int]] = frozenset({429, 500, 502, 503, 504})
MAX_ATTEMPTS: Final = 4


def _delay(response: httpx.Response, attempt: int) -> float:
    header = response.headers.get("Retry-After")
    try:
        return min(float(header), 10.0) if header is not None else 0.5 * float(2**attempt)
    except ValueError:
        return 0.5 * float(2**attempt)


async def _get_json(http: httpx.AsyncClient, url: str, params: Mapping[str, Any]) -> dict[str, Any]:
    last_error: Exception | None = None
    for attempt in range(MAX_ATTEMPTS):
        try:
            response = await http.get(url, params=dict(params), timeout=15.0)
        except httpx.TransportError as exc:
            last_error = exc
            await asyncio.sleep(0.1 * (attempt + 1))
            continue
        if response.status_code in RETRY_STATUSES:
            await asyncio.sleep(_delay(response, attempt))
            continue
        response.raise_for_status()
        data: dict[str, Any] = response.json()
        return data
    raise RuntimeError(f"gave up after {MAX_ATTEMPTS} attempts") from last_error


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    data = await _get_json(http, f"{BASE}/api/items", {"q": request.q})
    rows = [Item(name=item["name"]) for item in data["items"]]
    return Response(rows=rows, count=len(rows))
