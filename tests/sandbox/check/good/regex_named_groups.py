"""Regular expressions with named groups, verbose, and substitution by function."""

import html
import re

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
PRICE = re.compile(
    r"""
    (?P<currency>[$€£])\s*          # sign
    (?P<amount>\d[\d,]*(?:\.\d+)?) # digits
    """,
    re.VERBOSE,
)
LINK = re.compile(
    r'<a\s+href=(?P<quote>["\']?)(?P<href>[^"\'\s>]+)(?P=quote)[^>]*>(?P<text>.*?)</a>', re.IGNORECASE | re.DOTALL
)
SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    return SPACES.sub(" ", html.unescape(re.sub(r"<[^>]+>", "", text))).strip()


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    page = await http.get(f"{BASE}/page")
    rows = []
    for match in LINK.finditer(page.text):
        text = clean(match["text"])
        price = PRICE.search(text)
        note = None
        if price is not None:
            groups = price.groupdict()
            note = f"{groups['currency']}{float(groups['amount'].replace(',', '')):.2f}"
        rows.append(Item(name=re.sub(r"\b(\w)", lambda m: m.group(1).upper(), text), note=note))
    return Response(rows=rows[: request.limit], count=len(rows[: request.limit]), truncated=len(rows) > request.limit)
