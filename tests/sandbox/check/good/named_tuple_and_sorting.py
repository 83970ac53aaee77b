"""Named tuples, keys, zip, enumerate and any/all."""

import math
from typing import NamedTuple

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


class Place(NamedTuple):
    name: str
    lat: float
    lon: float

    def km_to(self, other: "Place") -> float:
        lat1, lat2 = math.radians(self.lat), math.radians(other.lat)
        dlat, dlon = lat2 - lat1, math.radians(other.lon - self.lon)
        a = math.sin(dlat / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
        return 2 * 6371.0088 * math.asin(math.sqrt(a))


CENTRE = Place("San Francisco", 37.7749, -122.4194)


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    data = (await http.get(f"{BASE}/api/items")).json()["items"]
    places = [Place(raw["name"], raw["lat"], raw["lon"]) for raw in data if all(key in raw for key in ("lat", "lon"))]
    places.sort(key=lambda place: (round(place.km_to(CENTRE), 1), place.name))
    near = {place.name: place._asdict() for place in places if place.km_to(CENTRE) <= 50}
    rows = [
        Item(name=place.name, note=f"{index:02d} {place.km_to(CENTRE):.1f} km {place.name in near}")
        for index, place in enumerate(places, start=1)
    ]
    ratio = sum(1 for _ in near) / len(places) if places else 0.0
    rows.append(Item(name="ratio", note=f"{ratio:.0%} {ratio:+.3e} {len(places):>5d} {len(places):#x} {'mid':^9}|"))
    return Response(rows=rows, count=len(rows))
