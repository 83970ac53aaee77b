"""Match statements over JSON."""

import httpx
from pydantic import BaseModel


class Request(BaseModel):
    kind: str = "all"


class Item(BaseModel):
    name: str
    price: float | None = None


class Response(BaseModel):
    rows: list[Item]
    count: int
    truncated: bool = False


def read(record: object) -> Item | None:
    """Read one record of any of the shapes that the site uses."""
    match record:
        case {"name": str(name), "price": int() | float() as price}:
            return Item(name=name, price=float(price))
        case {"name": str(name), **rest} if "hidden" not in rest:
            return Item(name=name)
        case [str(name), *_]:
            return Item(name=name)
        case _:
            return None


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the items."""
    data = (await http.get("https://site.test/api/items")).json()
    rows = [item for item in (read(record) for record in data["items"]) if item is not None]
    match request.kind:
        case "cheap":
            rows = [row for row in rows if row.price is not None and row.price < 5]
        case "all" | "any":
            pass
    return Response(rows=rows, count=len(rows))
