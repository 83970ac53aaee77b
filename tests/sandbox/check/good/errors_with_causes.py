"""Own exceptions, chained, and finally."""

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


class SiteError(Exception):
    """The site gave something else than data."""


class NotFound(SiteError):
    def __init__(self, what: str, *, status: int = 404) -> None:
        super().__init__(f"{what} was not found ({status})")
        self.what = what
        self.status = status


def item_of(raw: Any) -> Item:
    try:
        return Item(name=raw["name"], note=raw.get("title"))
    except (KeyError, TypeError) as exc:
        raise SiteError(f"an item without name: {raw!r:.100}") from exc


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    tried = 0
    try:
        response = await http.get(f"{BASE}/api/items")
        tried += 1
        if response.is_error:
            raise NotFound("the list", status=response.status_code)
        data = response.json()
    except httpx.TimeoutException as exc:
        raise SiteError("the site is slow") from exc
    except ValueError as exc:
        raise SiteError(f"no JSON: {exc}") from None
    else:
        rows = [item_of(raw) for raw in data["items"]]
    finally:
        tried -= 1
    assert tried == 0, "counted"
    return Response(rows=rows, count=len(rows))
