"""A canned site for workflows of the tests: what the broker would answer."""

from __future__ import annotations

import json
import marshal
from typing import Any

from domain.policy import HostRule, Policy
from sandbox import driver
from sandbox.check import compile_workflow
from sandbox.facade import environment
from sandbox.facade.http import Client

POLICY = Policy(hosts=(HostRule(host="site.test"),), methods=("GET", "HEAD", "POST", "PATCH"))
RECORDS: dict[str, Any] = {
    "id": 3,
    "items": [
        {"name": "a", "title": "t", "price": 1, "start": "2027-05-12T10:00:00Z", "lat": 37.7, "lon": -122.4},
        {"name": "b"},
    ],
    "sections": [{"items": [{"name": "x"}]}, {"items": [{"name": "y"}]}],
    "data": {"search": {"nodes": [{"name": "n"}], "pageInfo": {"hasNextPage": False}}},
}
PAGE = """<html><ul class=list><li data-price=3><a href=/1>One</a></li><li><a href=/2>Two $5.00</a></li></ul>
<script id="__NEXT_DATA__" type="application/json">
{"props": {"pageProps": {"items": [{"name": "n", "seats": "3", "open": "yes"}]}}}</script></html>"""
FEED = """<?xml version="1.0"?><rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<item><title>T</title><pubDate>Wed, 12 May 2027 10:00:00 GMT</pubDate></item>
<item><title>U</title><dc:date>2027-01-01</dc:date></item></channel></rss>"""


async def answer(meta: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """Answer as the broker does."""
    url = meta["u"]
    if "/page" in url or "/search" in url:
        return {"s": 200, "h": [["content-type", "text/html"]], "u": url}, PAGE.encode()
    if "/feed" in url:
        return {"s": 200, "h": [["content-type", "application/rss+xml"]], "u": url}, FEED.encode()
    return {"s": 200, "h": [["content-type", "application/json"]], "u": url}, json.dumps(RECORDS).encode()


def load(source: str, policy: Policy = POLICY, interface: Any = "http") -> dict[str, Any]:
    """Return the namespace of a checked, compiled and executed workflow."""
    names = environment(interface)
    exec(marshal.loads(compile_workflow(source, policy, interface)), names)
    return names


def call(names: dict[str, Any], transport: Any = answer, **arguments: Any) -> dict[str, Any]:
    """Return the output of one call of a loaded workflow."""
    request = names["Request"].model_validate(arguments)
    result = driver.drive(names["run"](request, Client(transport)), None, 1)  # type: ignore[arg-type]  # nothing is asked
    output: dict[str, Any] = result.model_dump(mode="json")
    return output
