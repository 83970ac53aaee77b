"""Read a feed."""

import httpx
from pydantic import BaseModel
from workflow_kit import get_text, parse_xml, records, rows_of, to_datetime, to_text

ATOM = "http://www.w3.org/2005/Atom"
EVENT_TYPE = "https://schema.org/Event"


class Request(BaseModel):
    """In."""


class Item(BaseModel):
    """Row."""

    name: str | None
    published: str | None = None


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the entries."""
    feed = parse_xml(await get_text(http, "https://site.test/feed"))
    rows = []
    for entry in rows_of(feed, "item", "entry"):
        moment = to_datetime(entry.read("pubDate", "dc|date"))
        rows.append(Item(name=to_text(entry.read("title")), published=moment.isoformat() if moment else None))
    if not records({"rows": rows}, "rows"):
        rows = []
    return Response(rows=rows, count=len(rows))
