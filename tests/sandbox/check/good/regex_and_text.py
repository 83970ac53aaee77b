"""Text work with re, string and textwrap."""

# ruff: noqa: SIM905 - common
import html
import re
import string
from collections import Counter, defaultdict
from urllib.parse import parse_qs, urlencode, urljoin, urlparse

import httpx
from pydantic import BaseModel

_PRICE = re.compile(r"\$\s*(?P<amount>[\d,]+(?:\.\d{2})?)", re.IGNORECASE)
_STOP = frozenset("a an the of".split())
BASE_URL = "https://site.test"
LISTING = f"{BASE_URL}/page"


class Request(BaseModel):
    word: str = ""


class Item(BaseModel):
    word: str
    times: int


class Response(BaseModel):
    rows: list[Item]
    count: int
    truncated: bool = False


def _words(text: str) -> list[str]:
    cleaned = html.unescape(re.sub(r"<[^>]+>", " ", text))
    table = str.maketrans("", "", string.punctuation)
    return [w for w in cleaned.lower().translate(table).split() if w not in _STOP]


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Count words."""
    query = urlencode({"q": request.word, "page": 1})
    address = urljoin(LISTING, f"?{query}")
    assert parse_qs(urlparse(address).query).get("page") == ["1"]
    response = await http.get(address)
    counts: Counter[str] = Counter(_words(response.text))
    by_length: dict[int, list[str]] = defaultdict(list)
    for word, _times in counts.most_common():
        by_length[len(word)].append(word)
    amounts = [float(m.group("amount").replace(",", "")) for m in _PRICE.finditer(response.text)]
    rows = [Item(word=w, times=n) for w, n in counts.items() if n >= 1]
    rows += [Item(word="{} dollars, {:.0f}".format("about", a), times=1) for a in amounts]
    return Response(rows=rows, count=len(rows) if by_length else 0)
