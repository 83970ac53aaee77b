"""Slugs, folding, base64 and hashing of texts."""

import base64
import hashlib
import string
import textwrap
import unicodedata

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
ALLOWED = set(string.ascii_lowercase + string.digits)


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(filter(None, "".join(c if c in ALLOWED else " " for c in plain.lower()).split()))


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    data = (await http.get(f"{BASE}/api/items")).json()["items"]
    rows = []
    for raw in data:
        digest = hashlib.sha256(raw["name"].encode()).hexdigest()[:8]
        token = base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")
        table = str.maketrans({"a": "á", "b": None})
        rows.append(
            Item(
                name=slug(raw["name"].translate(table) + " É"),
                note=textwrap.shorten(f"{digest} {token}", 40, placeholder="…"),
            )
        )
    template = "{name} costs {price:.2f}"
    rows.append(Item(name=template.format(name="x", price=1), note="%s %d%%" % ("y", 5)))
    return Response(rows=rows, count=len(rows))
