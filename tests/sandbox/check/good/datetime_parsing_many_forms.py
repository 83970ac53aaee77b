"""Dates in several forms and zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

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
FORMATS = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M", "%d %b %Y", "%B %d, %Y")
LOCAL = ZoneInfo("America/Los_Angeles")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_date(text: str) -> datetime | None:
    text = text.strip().replace("Z", "+0000")
    for fmt in FORMATS:
        try:
            parsed = datetime.strptime(text, fmt)
        except ValueError:
            continue
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=LOCAL)
    return None


def this_weekend(today: date) -> tuple[date, date]:
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    return saturday, saturday + timedelta(days=1)


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    data = (await http.get(f"{BASE}/api/items")).json()
    start, end = this_weekend(date.today())
    rows = []
    for raw in data["items"]:
        when = parse_date(raw.get("start", "12 May 2027"))
        if when is None:
            continue
        local = when.astimezone(LOCAL)
        in_range = start <= local.date() <= end
        rows.append(
            Item(name=raw["name"], note=f"{local:%a %d %b %H:%M} {(when - EPOCH).total_seconds():.0f} {in_range!s}")
        )
    return Response(rows=rows, count=len(rows))
