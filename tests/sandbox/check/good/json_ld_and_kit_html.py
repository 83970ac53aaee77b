"""HTML by the kit's parser, with fallbacks."""

import json
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

import httpx
from pydantic import BaseModel, Field
from workflow_kit import SourceChanged, parse_html


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


def canonical(url: str, **changes: str) -> str:
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()} | changes
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), urlencode(sorted(query.items())), ""))


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    response = await http.get(f"{BASE}/page", params={"q": request.q})
    page = parse_html(response.text, str(response.url))
    items = page.css("ul.list > li") or page.css("li")
    if not items:
        raise SourceChanged("no list on the page")
    rows = []
    for item in items:
        link = item.first("a")
        if link is None:
            continue
        href = urljoin(str(response.url), link.attrs.get("href", "")) if hasattr(link, "attrs") else ""
        rows.append(Item(name=link.text.strip(), note=canonical(href, page="1")))
    script = page.first("script#__NEXT_DATA__")
    embedded = json.loads(script.text)["props"]["pageProps"]["items"] if script is not None else []
    rows.extend(Item(name=entry["name"]) for entry in embedded)
    return Response(rows=rows, count=len(rows))
