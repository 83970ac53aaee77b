"""Read the state that a page carries."""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import BaseModel, Field
from workflow_kit import SourceChanged, embedded, get_page, pick, to_boolean, to_integer, to_text


class Request(BaseModel):
    """In."""

    only_open: bool = Field(default=False, description="Only open ones")


class Item(BaseModel):
    """Row."""

    name: str | None
    seats: int | None = None
    open: bool | None = None


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


def entries(state: Any) -> list[Any]:
    """Return the entries in the state."""
    found = pick(state, "props.pageProps.items")
    if not isinstance(found, list):
        raise SourceChanged("the page's state has no items")
    return found


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the items."""
    page = await get_page(http, "https://site.test/page")
    state = embedded(page, "next_data")
    rows = [
        Item(name=to_text(e.get("name")), seats=to_integer(e.get("seats")), open=to_boolean(e.get("open")))
        for e in entries(state)
    ]
    rows = [row for row in rows if row.open or not request.only_open]
    return Response(rows=rows, count=len(rows))
