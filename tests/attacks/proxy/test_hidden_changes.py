"""Requests of a tool that may only read which ask the site to change something, each by another way round."""

# ruff: noqa: E501 - one attempt a line reads best
from __future__ import annotations

import json
from collections.abc import AsyncIterator
from urllib.parse import quote, urlencode

import pytest
import pytest_asyncio

from domain.policy import HostRule, Policy
from sandbox.broker import Broker, BrokerOptions
from sandbox.exchanges import Exchanges, Refused
from tests.requirements import requirement
from tests.sandbox.sites import Site, serve

pytestmark = [pytest.mark.asyncio(loop_scope="module"), requirement("BOX-4", "PROVE-8")]

CHANGE = "mutation { deleteAll { ok } }"
FORM = ["Content-Type", "application/x-www-form-urlencoded"]
PARTS = ["Content-Type", "multipart/form-data; boundary=x"]
JSON = ["Content-Type", "application/json"]


def part(name: str, value: str) -> bytes:
    """Return a form of one part."""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--x--\r\n'.encode()


# method, what follows the address, fields, body
ATTEMPTS: dict[str, tuple[str, str, list[list[str]], bytes]] = {
    "a field twice": ("GET", "", [["X-HTTP-Method-Override", "GET"], ["X-HTTP-Method-Override", "DELETE"]], b""),
    "a field behind an empty one": ("GET", "", [["X-HTTP-Method", ""], ["X-Method-Override", "DELETE"]], b""),
    "a field with a list": ("GET", "", [["X-HTTP-Method-Override", "GET, DELETE"]], b""),
    "a field with underscores": ("GET", "", [["X_Http_Method_Override", "put"]], b""),
    "a parameter": ("GET", "?a=1&_method=DELETE", [], b""),
    "a parameter in percent signs": ("GET", "?%5fmethod=%44ELETE", [], b""),
    "a parameter of a reading form": ("POST", "?_method=PATCH", [FORM], b"a=1"),
    "a hidden field": ("POST", "", [FORM], b"a=1&_method=delete"),
    "a hidden field in percent signs": ("POST", "", [FORM], b"%5Fmethod=DELETE"),
    "a hidden field among parts": ("POST", "", [PARTS], part("_method", "DELETE")),
    "a hidden field in JSON": ("POST", "", [JSON], b'{"a": 1, "\\u005fmethod": "DELETE"}'),
    "a hidden field that stands twice": ("POST", "", [JSON], b'{"_method": "DELETE", "_method": "POST"}'),
    "a change in an address": ("GET", "?query=" + quote(CHANGE), [], b""),
    "a change in a body of GET": ("GET", "", [JSON], json.dumps({"query": CHANGE}).encode()),
    "a change among parts": ("POST", "", [PARTS], part("operations", json.dumps({"query": CHANGE}))),
    "a change among parts as it is": ("POST", "", [PARTS], part("query", CHANGE)),
    "a change in a field of a form": ("POST", "", [FORM], urlencode({"operations": json.dumps({"query": CHANGE})}).encode()),
    "a change deep inside": ("POST", "", [JSON], json.dumps({"request": [{"query": CHANGE}]}).encode()),
    "a packed body": ("POST", "", [JSON, ["Content-Encoding", "deflate"]], b"K.-J\\."),
    "a body in other letters": ("POST", "", [["Content-Type", "application/json; charset=utf-7"]], b"+AHs-}"),
    "a body in other letters, quoted": ("POST", "", [["Content-Type", 'application/json; x=y; charset="UTF-16"']], b"{}"),
    "a body without end": ("POST", "", [JSON], b'{"query": "{ a }"}' + b" " * 2_000_000),
}  # fmt: skip
READING = {
    "a page of a list": ("GET", "?method=phone&page=2", [], b""),
    "a parameter that is no method": ("GET", "?_method=fast", [], b""),
    "a search for a word": ("POST", "", [JSON], b'{"query": "mutation"}'),
    "a search by form": ("POST", "", [FORM], b"query=subscription+box&_method=POST"),
    "a query": ("POST", "", [["Content-Type", "application/json; charset=utf-8"]], b'{"query": "{ a }"}'),
    "the method that it has": ("GET", "", [["X-HTTP-Method-Override", "GET"]], b""),
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place() -> AsyncIterator[tuple[Broker, Site]]:
    async with serve() as site, Broker(BrokerOptions()) as broker:
        yield broker, site


def reading(site: Site) -> Policy:
    """Return a policy that reads only, also by POST at one address."""
    rule = HostRule(host="127.0.0.1", port=site.port)
    return Policy(hosts=(rule,), private_hosts=("127.0.0.1",), read_posts=(site.url("/data"),))


@pytest.mark.parametrize("name", ATTEMPTS)
async def test_a_hidden_change_is_denied_and_never_sent(place: tuple[Broker, Site], name: str) -> None:
    broker, site = place
    site.seen.clear()
    method, more, fields, body = ATTEMPTS[name]
    exchanges = Exchanges(broker, reading(site), "local")
    with pytest.raises(Refused) as caught:
        await exchanges.request(method, site.url("/data") + more, fields, body)
    assert caught.value.kind == "denied"
    assert len(exchanges.denials) == 1
    assert site.seen == []


@pytest.mark.parametrize("name", READING)
async def test_what_only_reads_is_sent(place: tuple[Broker, Site], name: str) -> None:
    broker, site = place
    site.seen.clear()
    method, more, fields, body = READING[name]
    await Exchanges(broker, reading(site), "local").request(method, site.url("/data") + more, fields, body)
    assert len(site.seen) == 1


async def test_a_tool_that_may_change_something_names_the_methods_it_has(place: tuple[Broker, Site]) -> None:
    broker, site = place
    policy = reading(site).model_copy(update={"methods": ("GET", "POST", "PATCH"), "read_posts": ()})
    exchanges = Exchanges(broker, policy, "local")
    assert (await exchanges.request("POST", site.url("/data"), [FORM], b"_method=patch")).status
    with pytest.raises(Refused, match="DELETE"):
        await exchanges.request("POST", site.url("/data"), [FORM], b"_method=delete")
