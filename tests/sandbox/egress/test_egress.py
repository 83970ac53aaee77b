"""The proxy spoken to by hand: what it lets through, what it refuses and tells."""

from __future__ import annotations

import asyncio
import base64
import contextlib

import pytest

from domain.policy import HostRule, Policy
from sandbox.egress import Egress
from sandbox.egress_grants import Grant, Refused
from sandbox.egress_http import BadRequest, content_framing, parse_head
from tests.requirements import requirement

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Echo:
    """An upstream that keeps what it was sent and answers ok."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = content_framing(parse_head(head))[1]
            self.got.append(head + await reader.readexactly(length))
            if b"Upgrade: websocket" in head:
                writer.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
                writer.write(await reader.readexactly(4))
            else:
                writer.write(ANSWER)
            await writer.drain()
        writer.close()


@pytest.fixture
async def upstream():
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    echo.port = server.sockets[0].getsockname()[1]
    async with server:
        yield echo


@pytest.fixture
async def proxy():
    egress = Egress()
    port = await egress.listen()
    yield egress, port
    await egress.aclose()


def policy_for(port: int, **more: object) -> Policy:
    rule = HostRule(host="127.0.0.1", port=port)
    return Policy.model_validate({"hosts": (rule,), "private_hosts": ("127.0.0.1",), **more})


async def talk(port: int, data: bytes, grant: Grant | None = None) -> bytes:
    """Send the bytes ({auth} stands for the grant's header) and return all that comes back."""
    header = b""
    if grant is not None:
        header = b"Proxy-Authorization: Basic " + base64.b64encode(f"{grant.user}:{grant.token}".encode()) + b"\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data.replace(b"{auth}", header))
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def get(url: str, extra: str = "") -> bytes:
    return f"GET {url} HTTP/1.1\r\nHost: other.example\r\n{{auth}}{extra}\r\n".encode()


@requirement("BOX-5")
async def test_a_request_inside_the_policy_passes_with_our_own_host_and_without_the_credentials(proxy, upstream):
    egress, port = proxy
    async with egress.grant(Grant(policy_for(upstream.port))) as grant:
        answer = await talk(
            port, get(f"http://127.0.0.1:{upstream.port}/a?b=c", "X-One: 1\r\nConnection: x-two\r\nX-Two: 2\r\n"), grant
        )
    assert answer == ANSWER
    assert upstream.got == [
        f"GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:{upstream.port}\r\nx-one: 1\r\nConnection: close\r\n\r\n".encode()
    ]
    assert (grant.requests, grant.denials) == (1, [])


@requirement("BOX-5")
async def test_without_credentials_the_proxy_asks_for_them_and_forwards_nothing(proxy, upstream):
    _, port = proxy
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(get(f"http://127.0.0.1:{upstream.port}/").replace(b"{auth}", b""))
    assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 407 ")
    writer.close()
    assert upstream.got == []


@requirement("BOX-5")
async def test_credentials_end_with_their_grant(proxy, upstream):
    egress, port = proxy
    async with egress.grant(Grant(policy_for(upstream.port))) as grant:
        pass
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    auth = base64.b64encode(f"{grant.user}:{grant.token}".encode())
    writer.write(
        f"CONNECT 127.0.0.1:{upstream.port} HTTP/1.1\r\nProxy-Authorization: Basic ".encode() + auth + b"\r\n\r\n"
    )
    assert b" 407 " in await reader.readuntil(b"\r\n")
    writer.close()


@requirement("BOX-4", "BOX-5")
@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://metadata.google.internal:99/",
    ],
)
@pytest.mark.parametrize("read_public", [False, True])
async def test_hosts_outside_the_policy_and_special_addresses_are_refused_and_logged(
    proxy, upstream, target, read_public
):
    egress, port = proxy
    async with egress.grant(Grant(policy_for(upstream.port), read_public=read_public)) as grant:
        assert (await talk(port, get(target), grant)).startswith(b"HTTP/1.1 403 ")
    assert [denial.url for denial in grant.denials] == [target]


@requirement("BOX-4")
async def test_a_private_address_needs_the_operators_word_even_for_an_allowed_host(proxy, upstream):
    egress, port = proxy
    async with egress.grant(Grant(policy_for(upstream.port, private_hosts=()))) as grant:
        assert (await talk(port, get(f"http://127.0.0.1:{upstream.port}/"), grant)).startswith(b"HTTP/1.1 403 ")
    assert "loopback" in grant.denials[0].reason


@requirement("BOX-4")
async def test_a_metadata_address_stays_refused_when_it_is_named_as_private_host(proxy):
    egress, port = proxy
    policy = Policy(hosts=(HostRule(host="169.254.169.254"),), private_hosts=("169.254.169.254",))
    async with egress.grant(Grant(policy)) as grant:
        assert (await talk(port, get("http://169.254.169.254/"), grant)).startswith(b"HTTP/1.1 403 ")
    assert "metadata" in grant.denials[0].reason


@requirement("BOX-5")
@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "TRACE"])
async def test_a_method_outside_the_policy_is_refused(proxy, upstream, method):
    egress, port = proxy
    request = f"{method} http://127.0.0.1:{upstream.port}/ HTTP/1.1\r\n{{auth}}Content-Length: 0\r\n\r\n".encode()
    async with egress.grant(Grant(policy_for(upstream.port))) as grant:
        assert (await talk(port, request, grant)).startswith(b"HTTP/1.1 403 ")
    assert upstream.got == []


@requirement("BOX-5")
async def test_a_body_passes_whole_and_a_second_request_behind_it_never_does(proxy, upstream):
    egress, port = proxy
    url = f"http://127.0.0.1:{upstream.port}/"
    request = f"POST {url} HTTP/1.1\r\n{{auth}}Content-Length: 4\r\n\r\nbody".encode() + get(url)
    async with egress.grant(Grant(policy_for(upstream.port, methods=("GET", "POST")))) as grant:
        await talk(port, request, grant)
    assert [sent[-4:] for sent in upstream.got] == [b"body"]


@requirement("BOX-5")
@pytest.mark.parametrize(
    "fields",
    [
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Content-Length: +3\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "X : 1\r\n",
        " folded: 1\r\n",
        "X: a\rb\r\n",
        "X: a\nb: c\r\n",
    ],
)
async def test_requests_that_two_readers_could_read_differently_are_refused(proxy, upstream, fields):
    egress, port = proxy
    request = f"POST http://127.0.0.1:{upstream.port}/ HTTP/1.1\r\n{{auth}}{fields}\r\n0\r\n\r\n".encode()
    async with egress.grant(Grant(policy_for(upstream.port, methods=("GET", "POST")))) as grant:
        assert (await talk(port, request, grant)).startswith(b"HTTP/1.1 400 ")
    assert upstream.got == []


@requirement("BOX-5")
@pytest.mark.parametrize(
    "path", ["*", "/relative", "ftp://127.0.0.1/", "http://user@127.0.0.1/", "http://127.0.0.1:99999/"]
)
async def test_odd_targets_are_refused(proxy, upstream, path):
    egress, port = proxy
    async with egress.grant(Grant(policy_for(upstream.port))) as grant:
        assert (await talk(port, get(path), grant)).startswith(b"HTTP/1.1 400 ")


@requirement("BOX-5")
async def test_a_websocket_in_clear_passes_a_tunnel_to_the_sites_own_host(proxy, upstream):
    egress, port = proxy
    connect = f"CONNECT 127.0.0.1:{upstream.port} HTTP/1.1\r\n{{auth}}\r\n".encode()
    upgrade = (
        b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\nping"
    )
    async with egress.grant(Grant(policy_for(upstream.port))) as grant:
        answer = await talk(port, connect + upgrade, grant)
    assert answer.endswith(b"101 Switching Protocols\r\n\r\nping")


@requirement("BOX-5")
@pytest.mark.parametrize(
    "inner",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"SSH-2.0-x\r\n\r\n",
        b"DELETE / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
)
async def test_a_tunnel_carries_tls_or_a_websocket_and_nothing_else(proxy, upstream, inner):
    egress, port = proxy
    connect = f"CONNECT 127.0.0.1:{upstream.port} HTTP/1.1\r\n{{auth}}\r\n".encode()
    async with egress.grant(Grant(policy_for(upstream.port))) as grant:
        await talk(port, connect + inner, grant)
    assert (upstream.got, len(grant.denials)) == ([], 1)


@requirement("BOX-5")
async def test_a_tunnel_for_plain_http_hosts_refuses_tls(proxy, upstream):
    egress, port = proxy
    rule = HostRule(host="127.0.0.1", port=upstream.port, schemes=("http",))
    connect = f"CONNECT 127.0.0.1:{upstream.port} HTTP/1.1\r\n{{auth}}\r\n".encode()
    async with egress.grant(Grant(Policy(hosts=(rule,), private_hosts=("127.0.0.1",)))) as grant:
        await talk(port, connect + b"\x16\x03\x01", grant)
    assert "outside the policy" in grant.denials[0].reason


@requirement("BOX-5", "BOX-6")
async def test_bytes_beyond_the_grants_total_cut_the_connection(proxy, upstream):
    egress, port = proxy
    policy = policy_for(upstream.port, methods=("POST",))
    async with egress.grant(Grant(policy, total_bytes=1000)) as grant:
        request = f"POST http://127.0.0.1:{upstream.port}/ HTTP/1.1\r\n{{auth}}Content-Length: 2000\r\n\r\n".encode()
        assert await talk(port, request + b"x" * 2000, grant) == b""
    assert (upstream.got, grant.denials[0].reason) == ([], "more than 1000 bytes")


@requirement("BOX-6")
async def test_connections_are_cut_when_their_grant_ends(proxy, upstream):
    egress, port = proxy
    async with egress.grant(Grant(policy_for(upstream.port))) as grant:
        auth = base64.b64encode(f"{grant.user}:{grant.token}".encode()).decode()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"CONNECT 127.0.0.1:{upstream.port} HTTP/1.1\r\nProxy-Authorization: Basic {auth}\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()


async def test_a_host_that_does_not_answer_is_no_denial(proxy):
    egress, port = proxy
    async with egress.grant(Grant(policy_for(9))) as grant:
        assert (await talk(port, get("http://127.0.0.1:9/"), grant)).startswith(b"HTTP/1.1 502 ")
    assert (grant.denials, len(grant.unreachable)) == ([], 1)


async def test_a_name_is_resolved_once_per_grant_and_pinned(proxy, upstream, monkeypatch):
    asked = []
    real = asyncio.get_running_loop().getaddrinfo

    async def counting(host, *args, **more):
        asked.append(host)
        return await real("127.0.0.1", *args, **more)

    egress, port = proxy
    rule = HostRule(host="site.test", port=upstream.port)
    policy = Policy(hosts=(rule,), private_hosts=("site.test",))
    async with egress.grant(Grant(policy)) as grant:
        for _ in range(2):
            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", counting)
            grant_answer = asyncio.ensure_future(talk_via(port, f"http://site.test:{upstream.port}/", grant))
            assert (await grant_answer).startswith(b"HTTP/1.1 200 ")
    assert asked.count("site.test") == 1


async def talk_via(port: int, url: str, grant: Grant) -> bytes:
    return await talk(port, get(url), grant)


@pytest.mark.parametrize("raw", [b"GET /\r\n\r\n", b"GET / HTTP/2\r\n\r\n", b"G@T / HTTP/1.1\r\n\r\n"])
def test_malformed_request_lines_are_not_parsed(raw):
    with pytest.raises(BadRequest):
        parse_head(raw)


CHUNKED = b"POST http://127.0.0.1:%d/ HTTP/1.1\r\n{auth}Transfer-Encoding: chunked\r\n\r\n"


@requirement("BOX-5")
async def test_a_chunked_body_passes_as_it_is_and_ends_where_it_ends(proxy):
    egress, port = proxy
    got = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        got.set_result(await reader.readuntil(b"0\r\n\r\n"))
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    target = server.sockets[0].getsockname()[1]
    async with server, egress.grant(Grant(policy_for(target, methods=("POST",)))) as grant:
        body = b"4\r\nbody\r\n0\r\n\r\n"
        assert await talk(port, CHUNKED % target + body + b"GET http://x/ HTTP/1.1\r\n\r\n", grant) == ANSWER
    assert await got == body


@requirement("BOX-5")
@pytest.mark.parametrize(
    "body", [b"x\r\n", b"-1\r\n", b"4 ;x\r\nbody\r\n", b"4\r\nbodyXX0\r\n\r\n", b"ffffffff\r\n", b"0x4\r\n", b"\r\n"]
)
async def test_malformed_chunks_are_refused(proxy, upstream, body):
    egress, port = proxy
    async with egress.grant(Grant(policy_for(upstream.port, methods=("POST",)))) as grant:
        assert (await talk(port, CHUNKED % upstream.port + body, grant)).startswith(b"HTTP/1.1 400 ")
    assert len(grant.denials) == 1


@requirement("BOX-6")
async def test_connections_beyond_the_grants_number_are_refused(proxy, upstream):
    egress, port = proxy
    async with egress.grant(Grant(policy_for(upstream.port), max_requests=1)) as grant:
        assert (await talk(port, get(f"http://127.0.0.1:{upstream.port}/"), grant)).startswith(b"HTTP/1.1 200 ")
        assert (await talk(port, get(f"http://127.0.0.1:{upstream.port}/"), grant)).startswith(b"HTTP/1.1 403 ")


@requirement("BOX-5")
@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 20_000 + b"\r\n", b"431"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET http://x/ HTTP/1.1\r\n" + b"x: y\r\n" * 200 + b"\r\n", b"400"),
    ],
)
async def test_heads_that_are_too_large_or_no_requests_are_refused(proxy, raw, status):
    assert (await talk(proxy[1], raw)).startswith(b"HTTP/1.1 " + status)


@requirement("BOX-5")
@pytest.mark.parametrize(
    "given",
    [b"Bearer x", b"Basic !!!", b"Basic " + base64.b64encode(b"\xff"), b"Basic " + base64.b64encode(b"run:wrong")],
)
async def test_other_credentials_are_none(proxy, given):
    raw = b"POST http://x/ HTTP/1.1\r\nProxy-Authorization: " + given + b"\r\nContent-Length: 5\r\n\r\nhello"
    assert (await talk(proxy[1], raw)).startswith(b"HTTP/1.1 407 ")


@requirement("BOX-5")
@pytest.mark.parametrize("target", ["127.0.0.1", "[::1", "[::1]x", "x:0", "a b:1", "127.0.0.1:x"])
async def test_odd_tunnels_are_refused(proxy, upstream, target):
    egress, port = proxy
    async with egress.grant(Grant(policy_for(upstream.port))) as grant:
        raw = f"CONNECT {target} HTTP/1.1\r\n{{auth}}\r\n".encode()
        assert (await talk(port, raw, grant)).startswith(b"HTTP/1.1 400 ")


@requirement("BOX-5")
async def test_reading_other_public_hosts_means_get_on_default_ports():
    grant = Grant(policy_for(1), read_public=True)
    grant.check_request("GET", "http", "cdn.example", 80, "http://cdn.example/")
    grant.check_tls("cdn.example", 443, "https://cdn.example/")
    for refused in (
        lambda: grant.check_request("POST", "http", "cdn.example", 80, ""),
        lambda: grant.check_request("GET", "http", "cdn.example", 8080, ""),
        lambda: grant.check_tunnel("cdn.example", 80, ""),
        lambda: grant.check_tls("localhost", 443, ""),
        lambda: grant.check_websocket("http", "cdn.example", 80, ""),
    ):
        with pytest.raises(Refused):
            refused()
