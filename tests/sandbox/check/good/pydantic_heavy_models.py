"""Validators, aliases, unions and serializers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import httpx
from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    computed_field,
    field_validator,
    model_validator,
)


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


def _number(value: Any) -> Any:
    return value.replace(",", "") if isinstance(value, str) else value


Money = Annotated[Decimal, BeforeValidator(_number), Field(ge=0)]


class Ticket(BaseModel):
    kind: Literal["ticket"] = "ticket"
    price: Money | None = None


class Pass(BaseModel):
    kind: Literal["pass"]
    days: int


Entry = Annotated[Ticket | Pass, Field(discriminator="kind")]


class Raw(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True, str_strip_whitespace=True)

    title: str = Field(validation_alias=AliasChoices("title", "name"))
    start: datetime | None = None
    price: Money | None = None

    @field_validator("title")
    @classmethod
    def _not_empty(cls, value: str) -> str:
        if not value:
            raise ValueError("empty title")
        return value

    @model_validator(mode="after")
    def _check(self) -> "Raw":
        if self.start is not None and self.start.year < 2000:
            raise ValueError("too old")
        return self

    @computed_field  # type: ignore[prop-decorator]  # as pydantic's own documentation has it
    @property
    def is_free(self) -> bool:
        return not self.price


ENTRIES: TypeAdapter[list[Entry]] = TypeAdapter(list[Entry])


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    data = (await http.get(f"{BASE}/api/items")).json()
    rows: list[Item] = []
    errors: list[str] = []
    for raw in data["items"]:
        try:
            parsed = Raw.model_validate(raw)
        except ValidationError as exc:
            errors.extend(f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in exc.errors())
            continue
        rows.append(Item(name=parsed.title, note="free" if parsed.is_free else f"{parsed.price:.2f}"))
    entries = ENTRIES.validate_python([{"kind": "ticket", "price": "1,000"}, Pass(kind="pass", days=2)])
    rows += [Item(name=entry.kind, note=entry.model_dump_json(exclude_none=True)) for entry in entries]
    return Response(rows=rows, count=len(rows))
