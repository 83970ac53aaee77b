"""Tunnels to an own host whose handshake asks for another one behind the same address."""

from __future__ import annotations

import asyncio
import base64
import ssl

import pytest

from domain.policy import HostRule, Policy
from sandbox.egress import Egress
from sandbox.egress_grants import Grant
from sandbox.egress_tls import NoHello, server_name
from tests.attacks.proxy.test_smuggling import Listener, sites
from tests.requirements import requirement

__all__ = ["sites"]  # the fixture
pytestmark = requirement("BOX-5", "BOX-4")


def hello(host: str | None) -> bytes:
    """Return the first flight of a real client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    sent = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=host)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return sent.read()


def in_records(flight: bytes, size: int) -> bytes:
    """Return the same handshake, cut into records of this size."""
    message = flight[5:]
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + len(part).to_bytes(2) + part for part in parts)


async def send(port: int, data: bytes, grant: Grant) -> None:
    """Send all of it, say that nothing follows, and wait for the end of the connection."""
    credentials = base64.b64encode(f"{grant.user}:{grant.token}".encode())
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data.replace(b"{auth}", b"Proxy-Authorization: Basic " + credentials + b"\r\n"))
    writer.write_eof()
    async with asyncio.timeout(10):
        await reader.read()
    writer.close()


FLIGHTS = {
    "the own name": (hello("localhost"), True),
    "the own name in capitals": (hello("LOCALHOST"), True),
    "the own name in small records": (in_records(hello("localhost"), 20), True),
    "another name": (hello("other.example"), False),
    "another name in small records": (in_records(hello("other.example"), 20), False),
    "a name below the own": (hello("a.localhost"), False),
    "no name": (hello(None), False),
    "another message": (b"\x16\x03\x01\0\x04\x02\0\0\0", False),
    "a record of nothing": (b"\x16\x03\x01\0\0" * 9, False),
    "a record beyond all": (b"\x16\x03\x01\xff\xff" + bytes(100), False),
    "a hello without end": (in_records(bytes(5) + b"\x01\xff\xff\xff" + bytes(80_000), 16_000), False),
    "bytes behind the hello": (in_records(hello("localhost") + b"x", 10_000), False),
}


@pytest.mark.parametrize("name", FLIGHTS)
async def test_a_tunnel_carries_only_a_handshake_for_its_own_host(sites: tuple[Listener, Listener], name: str) -> None:
    own, _ = sites
    flight, passes = FLIGHTS[name]
    policy = Policy(hosts=(HostRule(host="localhost", port=own.port),), private_hosts=("localhost",))
    egress, grant = Egress(), Grant(policy)
    port = await egress.listen()
    try:
        async with egress.grant(grant):
            tunnel = b"CONNECT localhost:%d HTTP/1.1\r\n{auth}\r\n" % own.port
            await send(port, tunnel + flight + b"\r\n\r\n", grant)
    finally:
        await egress.aclose()
    assert bool(own.asked) is passes
    assert bool(grant.denials) is not passes


@pytest.mark.parametrize("cut", [1, 3, 10, 45, 80, 120, 200])
def test_a_hello_that_is_cut_off_is_none(cut: int) -> None:
    message = hello("localhost")[5:]
    with pytest.raises(NoHello):
        server_name(message[:cut])
