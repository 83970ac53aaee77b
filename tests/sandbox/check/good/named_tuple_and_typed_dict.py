"""Typed containers."""

from typing import NamedTuple, TypedDict

import httpx
from pydantic import BaseModel, TypeAdapter


class Raw(TypedDict, total=False):
    """What the site says."""

    name: str
    price: float


class Point(NamedTuple):
    """A coordinate."""

    latitude: float
    longitude: float = 0.0


RAW_LIST = TypeAdapter(list[Raw])


class Request(BaseModel):
    """In."""

    near: tuple[float, float] | None = None


class Item(BaseModel):
    """Row."""

    name: str
    price: float | None = None


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return rows."""
    response = await http.get("https://site.test/api/items")
    raws = RAW_LIST.validate_python(response.json()["items"])
    centre = Point(*request.near) if request.near else Point(0.0)
    x, *others = centre
    latitude, longitude = centre.latitude, centre._replace(longitude=1.0)._asdict()["longitude"]
    rows = [Item(name=raw["name"], price=raw.get("price")) for raw in raws]
    return Response(rows=rows, count=len(rows) + 0 * int(x + sum(others) + latitude + longitude))
