"""Generic and root models, inheritance."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import httpx
from pydantic import BaseModel, Field, RootModel

T = TypeVar("T")


class Base(BaseModel):
    """Shared settings."""

    note: str = ""


class Request(Base):
    """In."""

    limit: int = 2


class Item(Base):
    """Row."""

    name: str
    extra: dict[str, Any] = {}


class Names(RootModel[list[str]]):
    """A list as a model."""


class Envelope(BaseModel, Generic[T]):
    """The site's wrapper."""

    items: list[T] = Field(default_factory=list)
    next: str | None = None


class Listing(BaseModel):
    """What run returns, but for its name."""

    rows: list[Item]
    count: int
    truncated: bool = False


class Response(Listing):
    """Out."""


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return rows."""
    response = await http.get("https://site.test/api/items")
    envelope = Envelope[Item].model_validate_json(response.content)
    names = Names.model_validate([item.name for item in envelope.items])
    rows = envelope.items[: request.limit]
    return Response(rows=rows, count=len(rows), truncated=len(names.root) > request.limit)
