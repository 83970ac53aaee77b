"""Grouping, counting and merging."""

import heapq
import itertools
import operator
from collections import Counter, defaultdict, deque
from functools import partial, reduce

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


def bucket(width: int, price: float) -> int:
    return int(price // width) * width


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the rows."""
    data = (await http.get(f"{BASE}/api/items")).json()["items"]
    by_bucket: defaultdict[int, list[str]] = defaultdict(list)
    width5 = partial(bucket, 5)
    for raw in data:
        by_bucket[width5(raw.get("price", 0))].append(raw["name"])
    counts = Counter(name[0] for names in by_bucket.values() for name in names)
    counts.update({"z": 0})
    recent: deque[str] = deque(maxlen=3)
    for _, group in itertools.groupby(sorted(by_bucket.items()), key=operator.itemgetter(0)):
        for _, names in group:
            recent.extend(names)
    total = reduce(lambda a, b: a + b, counts.values(), 0)
    top = heapq.nlargest(2, counts.items(), key=lambda pair: pair[1])
    rows = [Item(name=name, note=f"{i + 1}/{total} {dict(top).get(name[0], 0):03d}") for i, name in enumerate(recent)]
    rows += [Item(name="".join(pair)) for pair in itertools.islice(itertools.combinations("abc", 2), 1)]
    return Response(rows=rows, count=len(rows))
