"""Protocols, type variables, typed dicts and callables."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Literal, NotRequired, Protocol, TypeAlias, TypedDict, TypeVar, cast

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
T = TypeVar("T")
K = TypeVar("K", bound=str)
Json: TypeAlias = dict[str, Any]
Sort = Literal["name", "price"]


class Raw(TypedDict):
    name: str
    price: NotRequired[float]


class Named(Protocol):
    name: str

    def label(self) -> str: ...


class Box(Generic[T]):
    def __init__(self, values: Iterable[T]) -> None:
        self._values = list(values)

    def map(self, function: Callable[[T], K]) -> "Box[K]":
        return Box(function(value) for value in self._values)

    def __iter__(self) -> Iterator[T]:
        return iter(self._values)


def chunked(values: list[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    data: Json = (await http.get(f"{BASE}/api/items")).json()
    raws = cast("list[Raw]", data["items"])
    order: Sort = "name"
    names = Box(raws).map(lambda raw: raw["name"])
    rows = [
        Item(name=name)
        for chunk in chunked(sorted(names, key=str.casefold, reverse=order == "price"), 2)
        for name in chunk
    ]
    return Response(rows=rows, count=len(rows))
