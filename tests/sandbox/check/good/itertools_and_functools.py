"""Itertools, functools and sorting by keys."""

from functools import partial, reduce
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any

import httpx
from pydantic import BaseModel

COLUMNS = ("name", "price")
LABELS: dict[str, str] = {"name": "Name", "price": "Price"}
DEFAULTS = {"size": "10", "sort": "name"}


class Request(BaseModel):
    order: str = "name"
    descending: bool = False


class Item(BaseModel):
    name: str
    price: float = 0.0


class Response(BaseModel):
    rows: list[Item]
    count: int
    truncated: bool = False


def _with_default(key: str, default: Any, row: dict[str, Any]) -> Any:
    return row.get(key, default)


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return rows in order."""
    pages = [
        (await http.get("https://site.test/api/items", params={**DEFAULTS, "page": str(page)})).json()
        for page in (1, 2)
    ]
    first, second = (page["items"] for page in pages)
    raw = list(islice(chain(first, second), 100))
    price_of = partial(_with_default, "price", 0)
    raw.sort(key=itemgetter("name"))
    groups = {name: list(members) for name, members in groupby(raw, key=lambda row: row["name"])}
    total = reduce(lambda left, row: left + float(price_of(row) or 0), raw, 0.0)
    rows = [Item(name=name, price=float(price_of(members[0]) or 0)) for name, members in groups.items()]
    rows = sorted(rows, key=lambda row: getattr(row, request.order, ""), reverse=request.descending)
    for label in LABELS:
        if label not in COLUMNS:
            raise RuntimeError(label)
    return Response(rows=rows, count=len(rows) if total >= 0 else 0)
