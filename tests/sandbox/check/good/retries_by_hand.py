"""Own retries with backoff."""

# ruff: noqa: PIE804 - common
import asyncio
from typing import Any, Final

import httpx
from pydantic import BaseModel

RETRYABLE: Final = frozenset({429, 500, 502, 503, 504})
WAITS: Final[tuple[float, ...]] = (0.0, 0.01, 0.02)


class Request(BaseModel):
    """In."""

    q: str = ""


class Item(BaseModel):
    """Row."""

    name: str


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


async def _get(http: httpx.AsyncClient, path: str, **params: Any) -> Any:
    last: Exception | None = None
    for attempt, wait in enumerate(WAITS, start=1):
        try:
            response = await asyncio.wait_for(http.get(f"https://site.test{path}", params=params), timeout=10)
        except (httpx.TimeoutException, httpx.ConnectError, TimeoutError) as error:
            last = error
        else:
            if response.status_code not in RETRYABLE:
                response.raise_for_status()
                return response.json()
            retry_after = response.headers.get("Retry-After")
            wait = float(retry_after) if retry_after and retry_after.isdigit() else wait * attempt
        finally:
            wait = min(wait, 5.0)
        await asyncio.sleep(wait)
    raise RuntimeError("the site did not answer") from last


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return items."""
    data = await _get(http, "/api/items", q=request.q)
    rows = [Item(**{"name": r["name"]}) for r in data.get("items", [])]
    return Response(rows=rows, count=len(rows))
