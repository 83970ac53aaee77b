"""Exact money, grouped by currency."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from types import MappingProxyType

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

CENT = Decimal("0.01")
SIGNS = MappingProxyType({"USD": "$", "EUR": "€"})


def money(value: object) -> Decimal | None:
    """Return a price, or None where there is none."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) if amount.is_finite() else None


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    response = await http.get(f"{BASE}/api/items")
    response.raise_for_status()
    rows = []
    for raw in response.json()["items"]:
        amount = money(raw.get("price"))
        sign = SIGNS.get(raw.get("currency", "USD"), "")
        rows.append(Item(name=raw["name"], note=None if amount is None else f"{sign}{amount:,}"))
    return Response(rows=rows, count=len(rows))
