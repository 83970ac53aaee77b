"""Structural matching on JSON shapes."""

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


def label(value: Any) -> str:
    match value:
        case {"name": str(name), "price": int(price) | float(price)} if price > 0:
            return f"{name}: {price:.2f}"
        case {"name": str(name), **rest}:
            return f"{name} (+{len(rest)})"
        case [first, *others]:
            return f"{first} and {len(others)} more"
        case str() as text if text:
            return text
        case None | "":
            return "nothing"
        case _:
            return repr(value)


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    data = (await http.get(f"{BASE}/api/items")).json()
    values = [*data["items"], ["a", "b"], "text", None, 3]
    rows = [Item(name=label(value)) for value in values]
    return Response(rows=rows, count=len(rows))
