"""Search by form, with cookies."""

import httpx
from pydantic import BaseModel
from workflow_kit import parse_html, to_number, to_text


class Request(BaseModel):
    """In."""

    words: list[str] = ["a"]


class Item(BaseModel):
    """Row."""

    name: str | None
    price: float | None


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the results."""
    first = await http.get("https://site.test/page")
    token = parse_html(first.text).read("input[name='csrf']@value") or ""
    http.headers["X-Requested-With"] = "XMLHttpRequest"
    result = await http.request(
        "POST",
        "https://site.test/search",
        data={"q": " ".join(request.words), "csrf": token},
        cookies={"seen": "1"},
    )
    page = parse_html(result.text, str(result.url))
    rows = [Item(name=to_text(n.text), price=to_number(n.attr("data-price"))) for n in page.css("li")]
    return Response(rows=rows, count=len(rows))
