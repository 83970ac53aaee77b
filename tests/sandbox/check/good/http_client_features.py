"""Headers, cookies, request objects and URL building of httpx."""

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


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    url = httpx.URL(f"{BASE}/api/items").copy_merge_params({"q": request.q})
    req = http.build_request("GET", url, headers={"Accept-Language": "en"})
    response = await http.send(req)
    if response.status_code == httpx.codes.NOT_FOUND:
        return Response(rows=[], count=0)
    response.raise_for_status()
    kind = response.headers["content-type"].split(";")[0].strip().lower()
    if not kind.endswith("json"):
        raise ValueError(f"unexpected {kind=} from {response.url.host!r}")
    posted = await http.post(
        f"{BASE}/api/items", json={"q": request.q}, headers=httpx.Headers({"X-Requested-With": "fetch"})
    )
    form = await http.post(f"{BASE}/api/items", data={"q": request.q})
    rows = [Item(name=raw["name"], note=f"{response.status_code}") for raw in posted.json()["items"]]
    rows += [Item(name=raw["name"], note=form.request.method) for raw in form.json()["items"]]
    return Response(rows=rows, count=len(rows))
