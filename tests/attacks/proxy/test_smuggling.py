"""Requests written by hand to the browsers' proxy: no second one hides in the first, and none goes elsewhere."""

# ruff: noqa: E501 - one request a line reads best
from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from domain.policy import HostRule, Policy
from sandbox.broker import Broker, BrokerOptions
from sandbox.egress import Egress
from sandbox.egress_grants import Grant
from sandbox.exchanges import Exchanges, Refused
from tests.requirements import requirement

pytestmark = requirement("BOX-5", "BOX-4")

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SECOND = b"DELETE /second HTTP/1.1\r\nHost: x\r\n\r\n"
UPGRADE = b"Connection: upgrade\r\nUpgrade: websocket\r\n"
# OWN and OTHER are authorities, AUTH the credentials with their line's end
REFUSED = {
    "a path alone": b"GET / HTTP/1.1\r\nHost: OTHER\r\nAUTH\r\n",
    "no path at all": b"OPTIONS * HTTP/1.1\r\nHost: OTHER\r\nAUTH\r\n",
    "line feeds": b"GET http://OWN/ HTTP/1.1\nHost: OTHER\n\r\nAUTH\r\n",
    "a folded field": b"GET http://OWN/ HTTP/1.1\r\nX: a\r\n b: c\r\nAUTH\r\n",
    "a space before a colon": b"GET http://OWN/ HTTP/1.1\r\nX : a\r\nAUTH\r\n",
    "a return inside a field": b"GET http://OWN/ HTTP/1.1\r\nX: a\rHost: OTHER\r\nAUTH\r\n",
    "a user before the host": b"GET http://OWN@OTHER/ HTTP/1.1\r\nAUTH\r\n",
    "a backslash before the host": b"GET http://OWN\\@OTHER/ HTTP/1.1\r\nAUTH\r\n",
    "a fragment before the host": b"GET http://OTHER#@OWN/ HTTP/1.1\r\nAUTH\r\n",
    "a query before the host": b"GET http://OTHER?@OWN/ HTTP/1.1\r\nAUTH\r\n",
    "another scheme": b"GET ftp://OTHER/ HTTP/1.1\r\nAUTH\r\n",
    "a tunnel with a path": b"CONNECT OTHER/OWN HTTP/1.1\r\nAUTH\r\n",
    "a length and chunks": b"GET http://OWN/ HTTP/1.1\r\nAUTHContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "odd chunks": b"GET http://OWN/ HTTP/1.1\r\nAUTHTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a length with a sign": b"GET http://OWN/ HTTP/1.1\r\nAUTHContent-Length: +3\r\n\r\nabc",
    "another method by a field": b"GET http://OWN/ HTTP/1.1\r\nAUTHX-HTTP-Method-Override: DELETE\r\n\r\n",
    "another method by another field": b"GET http://OWN/ HTTP/1.1\r\nAUTHX-Method-Override: put\r\n\r\n",
    "another method by a field that stands twice": b"GET http://OWN/ HTTP/1.1\r\nAUTHX-Method-Override: GET\r\nX-Method-Override: DELETE\r\n\r\n",
    "another method behind an empty field": b"GET http://OWN/ HTTP/1.1\r\nAUTHX-HTTP-Method: \r\nX-Method-Override: DELETE\r\n\r\n",
    "another method in a list": b"GET http://OWN/ HTTP/1.1\r\nAUTHX-Method-Override: GET, DELETE\r\n\r\n",
    "another method by a field with underscores": b"GET http://OWN/ HTTP/1.1\r\nAUTHX_HTTP_METHOD_OVERRIDE: DELETE\r\n\r\n",
    "another method in the address": b"GET http://OWN/?a=b&%5Fmethod=delete HTTP/1.1\r\nAUTH\r\n",
    "a tab in the host": b"GET http://127.0.0.1\t@OTHER/ HTTP/1.1\r\nAUTH\r\n",
    "a tab in the port": b"GET http://OWN\t/ HTTP/1.1\r\nAUTH\r\n",
    "a vertical tab that ends the address": b"GET http://OWN/\x0bHTTP/1.1 HTTP/1.1\r\nAUTH\r\n",
    "a form feed in the address": b"GET http://OWN/\x0cx HTTP/1.1\r\nAUTH\r\n",
    "a control before the scheme": b"GET \x01http://OWN/ HTTP/1.1\r\nAUTH\r\n",
    "letters beyond ASCII in the host": "GET http://127\u3002OWN/ HTTP/1.1\r\nAUTH\r\n".encode(),
    "a control in a field": b"GET http://OWN/ HTTP/1.1\r\nX: a\x0bTransfer-Encoding: chunked\r\nAUTH\r\n",
    "a deleting character in a field": b"GET http://OWN/ HTTP/1.1\r\nX: a\x7f\r\nAUTH\r\n",
    "a scheme without slashes": b"GET http:OWN/ HTTP/1.1\r\nAUTH\r\n",
    "a host of nothing": b"GET http:///OWN/ HTTP/1.1\r\nAUTH\r\n",
    "a port with a sign": b"GET http://127.0.0.1:+80/ HTTP/1.1\r\nAUTH\r\n",
    "a zone of an address": b"GET http://[fe80::1%25eth0]/ HTTP/1.1\r\nAUTH\r\n",
    "a host in percent signs": b"GET http://%31%32%37.0.0.1/ HTTP/1.1\r\nAUTH\r\n",
    "a tunnel with a user": b"CONNECT OWN@OTHER HTTP/1.1\r\nAUTH\r\n",
    "a tunnel to a port with a sign": b"CONNECT 127.0.0.1:+443 HTTP/1.1\r\nAUTH\r\n",
    "chunks twice": b"GET http://OWN/ HTTP/1.1\r\nAUTHTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "the first words of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a handshake that deletes": b"DELETE http://OWN/ HTTP/1.1\r\nAUTH" + UPGRADE + b"\r\n",
    "a handshake with a body": b"GET http://OWN/ HTTP/1.1\r\nAUTH" + UPGRADE + b"Content-Length: 38\r\n\r\n" + SECOND,
    "credentials twice": b"GET http://OWN/ HTTP/1.1\r\nAUTHAUTH\r\n",
    "no credentials": b"GET http://OWN/ HTTP/1.1\r\n\r\n",
}
ALONE = {
    "after a request": b"GET http://OWN/ HTTP/1.1\r\nAUTH\r\n" + SECOND,
    "after a handshake that is not answered as one": b"GET http://OWN/ HTTP/1.1\r\nAUTH" + UPGRADE + b"\r\n" + SECOND,
    "after a handshake in a tunnel": b"CONNECT OWN HTTP/1.1\r\nAUTH\r\nGET / HTTP/1.1\r\nHost: x\r\n" + UPGRADE + b"\r\n" + SECOND,
    "in a body whose length the connection owns": b"GET http://OWN/ HTTP/1.1\r\nAUTHConnection: content-length\r\n"
    b"Content-Length: 38\r\n\r\n" + SECOND,
    "for another host than the address says": b"GET http://OWN/ HTTP/1.1\r\nHost: OTHER\r\nAUTH\r\n",
    "by a change to HTTP/2": b"GET http://OWN/ HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nAUTH\r\n" + SECOND,
    "behind an expectation": b"GET http://OWN/ HTTP/1.1\r\nExpect: 100-continue\r\nAUTH\r\n" + SECOND,
    "in another version": b"GET http://OWN/ HTTP/1.0\r\nAUTH\r\n",
}  # fmt: skip


@dataclass(kw_only=True)
class Listener:
    """A site that takes down every request it is sent on a connection, as one that keeps it open does."""

    port: int = 0
    asked: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.asked.append(head)
                length = next(
                    (int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0
                )
                await reader.readexactly(length)
                writer.write(ANSWER)
                await writer.drain()
                if b"connection: close" in head.lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # nothing more is asked
        finally:
            writer.close()


@pytest.fixture
async def sites() -> AsyncIterator[tuple[Listener, Listener]]:
    own, other = Listener(), Listener()
    servers = [await asyncio.start_server(site.serve, "127.0.0.1", 0) for site in (own, other)]
    for site, server in zip((own, other), servers, strict=True):
        site.port = server.sockets[0].getsockname()[1]
    yield own, other
    for server in servers:
        server.close()


async def tell(raw: bytes, own: Listener, other: Listener) -> bytes:
    """Send bytes to a proxy that lets through to the own site, read only; return its first words."""
    grant = Grant(Policy(hosts=(HostRule(host="127.0.0.1", port=own.port),), private_hosts=("127.0.0.1",)))
    credentials = base64.b64encode(f"{grant.user}:{grant.token}".encode())
    for name, value in (
        (b"OWN", b"127.0.0.1:%d" % own.port),
        (b"OTHER", b"127.0.0.1:%d" % other.port),
        (b"AUTH", b"Proxy-Authorization: Basic " + credentials + b"\r\n"),
    ):
        raw = raw.replace(name, value)
    egress = Egress()
    port = await egress.listen()
    try:
        async with egress.grant(grant):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(raw)
            writer.write_eof()
            async with asyncio.timeout(10):
                answer = await reader.read()
            writer.close()
            return answer
    finally:
        await egress.aclose()


@pytest.mark.parametrize("name", REFUSED)
async def test_a_request_that_can_be_read_in_two_ways_is_refused(sites: tuple[Listener, Listener], name: str) -> None:
    answer = await tell(REFUSED[name], *sites)
    assert answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 403", b"HTTP/1.1 407"}
    assert [site.asked for site in sites] == [[], []]


@pytest.mark.parametrize("name", ALONE)
async def test_nothing_hides_behind_a_request(sites: tuple[Listener, Listener], name: str) -> None:
    own, other = sites
    await tell(ALONE[name], own, other)
    assert [head.split(b" ")[0] for head in own.asked] == [b"GET"]
    assert b"Host: 127.0.0.1:%d\r\n" % own.port in own.asked[0]
    assert other.asked == []


async def test_a_field_names_no_other_method_to_the_broker(sites: tuple[Listener, Listener]) -> None:
    own, _ = sites
    policy = Policy(hosts=(HostRule(host="127.0.0.1", port=own.port),), private_hosts=("127.0.0.1",))
    async with Broker(BrokerOptions()) as broker:
        exchanges = Exchanges(broker, policy, "local")
        for name in ("X-HTTP-Method-Override", "x-http-method", "X-Method-Override", "x_http_method"):
            with pytest.raises(Refused, match="DELETE"):
                await exchanges.request("GET", f"http://127.0.0.1:{own.port}/", [[name, "delete"]], b"")
        assert (
            await exchanges.request("GET", f"http://127.0.0.1:{own.port}/", [["X-HTTP-Method", "GET"]], b"")
        ).status == 200
    assert len(own.asked) == 1
