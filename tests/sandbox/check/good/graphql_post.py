"""GraphQL by POST."""

import json

import httpx
from pydantic import BaseModel

QUERY = """
query Search($q: String!, $first: Int!) {
  search(q: $q, first: $first) { nodes { name } pageInfo { hasNextPage endCursor } }
}
"""


class Request(BaseModel):
    q: str = "x"
    limit: int = 20


class Item(BaseModel):
    name: str


class Response(BaseModel):
    rows: list[Item]
    count: int
    truncated: bool = False


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the nodes."""
    variables = {"q": request.q, "first": request.limit}
    response = await http.post(
        "https://site.test/graphql",
        content=json.dumps({"query": QUERY, "variables": variables}),
        headers={"Content-Type": "application/json"},
    )
    response.raise_for_status()
    body = response.json()
    if errors := body.get("errors"):
        raise RuntimeError(f"the API says: {errors[0].get('message', 'no message')}")
    nodes = body["data"]["search"]["nodes"]
    rows = [Item.model_validate(node) for node in nodes]
    return Response(rows=rows, count=len(rows), truncated=body["data"]["search"]["pageInfo"]["hasNextPage"])
