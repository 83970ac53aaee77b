"""Context managers and errors."""

from contextlib import suppress
from typing import Any

import httpx
from pydantic import BaseModel
from workflow_kit import SourceChanged, UnknownPlace, place


class Request(BaseModel):
    """In."""

    city: str = "Atlantis-by-the-Nowhere"


class Item(BaseModel):
    """Row."""

    name: str


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


class NoRows(SourceChanged):
    """Nothing at all."""


def number(value: Any) -> int | None:
    """Return a whole number."""
    result: int | None = None
    with suppress(ValueError, TypeError):
        result = int(value)
    return result


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return rows."""
    try:
        centre = place(request.city)
    except UnknownPlace:
        centre = place("NYC")
    try:
        response = await http.get("https://site.test/api/items", params=[("lat", centre.latitude), ("q", "a")])
        data: dict[str, Any] = response.json()
    except ValueError as error:
        raise SourceChanged("no JSON") from error
    else:
        items = data.get("items") or []
    finally:
        http.cookies.clear()
    if not items:
        raise NoRows("the site has no items")
    rows = [Item(name=r["name"]) for r in items if number(r.get("price", 1)) != 0]
    return Response(rows=rows, count=len(rows))
