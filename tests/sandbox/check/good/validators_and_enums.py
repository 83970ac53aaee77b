"""Validators, enumerations, computed fields and nested models."""

# ruff: noqa: UP037 - common
from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, computed_field, field_validator, model_validator


class Sort(StrEnum):
    """Orders."""

    PRICE = "price"
    NAME = "name"


def _trim(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_trim)]


class Request(BaseModel):
    """Input."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    start: date | None = None
    days: Annotated[int, Field(ge=1, le=90)] = 7
    sort: Sort = Sort.NAME
    unit: Literal["mi", "km"] = "mi"

    @field_validator("unit", mode="before")
    @classmethod
    def lower(cls, value: object) -> object:
        """Take MI for mi."""
        return value.lower() if isinstance(value, str) else value

    @model_validator(mode="after")
    def sensible(self) -> Request:
        """Refuse impossible ranges."""
        if self.start is not None and self.start + timedelta(days=self.days) < self.start:
            raise ValueError("the range is empty")
        return self


class Response(BaseModel):
    """Output."""

    rows: list[Item]
    count: int
    truncated: bool = False


class Item(BaseModel):
    """One record with children."""

    name: Text
    amount: float = Field(0.0, alias="price")
    children: list[Item] = Field(default_factory=list)
    parent: "Item | None" = None

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated properties
    @property
    def label(self) -> str:
        """A label."""
        return f"{self.name} {self.amount:.2f}"

    @property
    def cheap(self) -> bool:
        """Whether it costs little."""
        return self.amount < 10


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the records."""
    data = (await http.get("https://site.test/api/items")).json()
    rows = [Item.model_validate({"price": 1, **row}) for row in data["items"]]
    if request.sort is Sort.PRICE:
        rows.sort(key=lambda item: item.amount, reverse=True)
    else:
        rows.sort(key=lambda item: item.name.casefold())
    kept = [row for row in rows if row.cheap]
    return Response(rows=kept, count=len(kept))
