"""Many annotations, nested functions, lambdas, conditional expressions."""

# ruff: noqa: UP007, UP045 - older spellings are common
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Optional, TypeVar, Union, cast

import httpx
from pydantic import BaseModel

T = TypeVar("T")
Json = Union[dict[str, Any], list[Any], str, int, float, bool, None]
Reader = Callable[[Mapping[str, Any]], Optional[str]]
_FIELDS: Sequence[str] = ("name", "title", "label")


class Request(BaseModel):
    """In."""

    first: Optional[int] = None


class Item(BaseModel):
    """Row."""

    name: str


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


def first_of(values: Sequence[T], default: T) -> T:
    """Return the first value."""
    return values[0] if values else default


def reader_for(*names: str) -> Reader:
    """Return a function that reads the first present name."""

    def read(record: Mapping[str, Any]) -> Optional[str]:
        for name in names:
            value = record.get(name)
            if isinstance(value, str) and value:
                return value
        return None

    return read


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return rows."""
    data = cast("dict[str, Any]", (await http.get("https://site.test/api/items")).json())
    read: Reader = reader_for(*_FIELDS)
    names: list[str] = [name for name in map(read, data["items"]) if name]
    limit: int = request.first if request.first is not None else len(names)
    matrix: list[list[int]] = [[0] * 3 for _ in range(2)]
    matrix[0][1] += 1
    matrix[1][2] = matrix[0][1] or 2
    del matrix[0][0]
    head: str = first_of(names, "none")
    lookup = dict(zip(names, range(len(names)), strict=False))
    lookup[head] = lookup.get(head, 0) + 1
    rows = [Item(name=n) for n in names[:limit]]
    return Response(rows=rows, count=len(rows))
