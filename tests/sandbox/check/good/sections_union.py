"""The union of sections, deduplicated and filtered by words."""

import httpx
from pydantic import BaseModel, Field
from workflow_kit import distinct, get_json, matches, mentions, records, to_list, to_text


class Request(BaseModel):
    """In."""

    keywords: list[str] = Field(default_factory=list, description="All of these words")
    without: str | None = None


class Item(BaseModel):
    """Row."""

    name: str
    tags: list[str] = Field(default_factory=list)


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int
    truncated: bool = False


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the items of all sections."""
    answer = await get_json(http, "https://site.test/api/sections")
    rows = [
        Item(name=to_text(r.get("name")) or "", tags=to_list(r.get("tags")))
        for r in records(answer, "sections.*.items")
    ]
    rows = [
        row
        for row in rows
        if matches([row.name, *row.tags], request.keywords)
        and not (request.without and mentions([row.name], request.without))
    ]
    rows = distinct(rows, ["name"])
    return Response(rows=rows, count=len(rows))
