"""Join details to a list with bounded concurrency."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import httpx
from pydantic import BaseModel

API = "https://site.test/api"


class Request(BaseModel):
    ids: list[int] = [1, 2, 3]


class Item(BaseModel):
    id: int
    title: str = ""
    tags: list[str] = []


class Response(BaseModel):
    rows: list[Item]
    count: int = 0
    truncated: bool = False


async def fetch(http: httpx.AsyncClient, gate: asyncio.Semaphore, number: int) -> Item | None:
    """Return one item, or None when it is gone."""
    async with gate:
        response = await http.get(f"{API}/items/{number}")
    if response.status_code == httpx.codes.NOT_FOUND:
        return None
    payload: dict[str, Any] = response.raise_for_status().json()
    return Item(id=number, title=str(payload.get("title", "")), tags=[*payload.get("tags", [])])


def present(items: Iterable[Item | None]) -> list[Item]:
    """Drop what is missing."""
    return [item for item in items if item is not None]


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the details."""
    gate = asyncio.Semaphore(5)
    try:
        async with asyncio.timeout(30):
            found = await asyncio.gather(*[fetch(http, gate, number) for number in request.ids])
    except TimeoutError:
        raise RuntimeError("the details took too long") from None
    await asyncio.sleep(0)
    rows = present(found)
    return Response(rows=rows, count=len(rows))
