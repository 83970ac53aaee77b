"""Plain httpx style with explicit errors."""

import httpx
from pydantic import BaseModel, Field, ValidationError


class Request(BaseModel):
    q: str = "x"
    limit: int = Field(10, ge=1)


class Item(BaseModel):
    id: int
    name: str


class Response(BaseModel):
    rows: list[Item]
    count: int
    truncated: bool


class BadAnswer(Exception):
    """The answer is not what it was."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status

    def __str__(self) -> str:
        return f"{self.args[0]} ({self.status})"


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the items."""
    try:
        response = await http.get(
            "https://site.test/api/items",
            params={"q": request.q},
            headers={"Accept": "application/json"},
            timeout=httpx.Timeout(10.0, connect=5.0),
            follow_redirects=True,
        )
        response.raise_for_status()
    except httpx.HTTPStatusError as error:
        raise BadAnswer("the site refused", error.response.status_code) from error
    except httpx.RequestError as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from error
    data = response.json()
    rows = []
    for index, raw in enumerate(data["items"]):
        try:
            rows.append(Item.model_validate({"id": index, "name": raw["name"]}))
        except (ValidationError, KeyError, TypeError):
            continue
    total = len(rows)
    return Response(rows=rows[: request.limit], count=total, truncated=total > request.limit)
