"""Dataclasses, enums and sorting."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import ClassVar

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


class Band(StrEnum):
    FREE = "free"
    CHEAP = "cheap"
    DEAR = "dear"

    @classmethod
    def of(cls, price: float | None) -> Band:
        if not price:
            return cls.FREE
        return cls.CHEAP if price < 10 else cls.DEAR


class Order(Enum):
    ASC = 1
    DESC = -1


@dataclass(frozen=True, slots=True, order=True)
class Offer:
    name: str
    price: float | None = None
    tags: tuple[str, ...] = field(default_factory=tuple, compare=False)
    currency: ClassVar[str] = "USD"

    @property
    def band(self) -> Band:
        return Band.of(self.price)

    @classmethod
    def parse(cls, raw: dict[str, object]) -> Offer:
        price = raw.get("price")
        return cls(name=str(raw["name"]), price=float(price) if isinstance(price, (int, float)) else None)


@dataclass
class Collector:
    limit: int
    offers: list[Offer] = field(default_factory=list)
    skipped: int = 0

    def add(self, offer: Offer) -> bool:
        if len(self.offers) >= self.limit:
            self.skipped += 1
            return False
        self.offers.append(offer)
        return True

    def __len__(self) -> int:
        return len(self.offers)


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    response = await http.get(f"{BASE}/api/items")
    collector = Collector(limit=request.limit)
    for raw in response.json()["items"]:
        collector.add(Offer.parse(raw))
    ordered = sorted(collector.offers, key=lambda o: (o.price or 0.0, o.name), reverse=Order.DESC.value < 0)
    rows = [Item(name=o.name, note=f"{o.band.value} {Offer.currency}") for o in ordered]
    return Response(rows=rows, count=len(collector), truncated=collector.skipped > 0)
