"""Connections are kept for the next request of the same owner, and only when the last answer left them clean."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from domain.policy import HostRule, Policy
from sandbox.broker import Broker
from sandbox.connections import PER_PEER
from sandbox.exchanges import Exchanges, Refused
from tests.requirements import requirement
from tests.sandbox.sites import Site

pytestmark = requirement("BOX-4")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(kw_only=True)
class Wire:
    """A server that says what it is told to: for each connection, what it answers to each request, then it closes."""

    port: int = 0
    connections: list[list[bytes]] = field(default_factory=list)  # the requests of each
    open: int = 0
    most_open: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # a connection ended

    def policy(self) -> Policy:
        return Policy(
            hosts=(HostRule(host="127.0.0.1", port=self.port),),
            methods=("GET", "HEAD", "POST"),
            private_hosts=("127.0.0.1",),
        )

    async def ask(self, broker: Broker, path: str = "/", *, method: str = "GET", owner: str = "ann") -> bytes:
        url = f"http://127.0.0.1:{self.port}{path}"
        return (await Exchanges(broker, self.policy(), owner).request(method, url, [], b"")).body


@asynccontextmanager
async def saying(*scripts: Sequence[bytes], hold: bool = False) -> AsyncIterator[Wire]:
    """Serve; connections beyond the scripts are served as the last one is. With ``hold`` they stay open at the end."""
    wire = Wire()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = scripts[min(len(wire.connections), len(scripts) - 1)]
        asked: list[bytes] = []
        wire.connections.append(asked)
        wire.open += 1
        wire.most_open = max(wire.most_open, wire.open)
        try:
            for answer in script:
                asked.append(await reader.readuntil(b"\r\n\r\n"))
                wire.asked.set()
                writer.write(answer)
            if hold:
                await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            wire.open -= 1
            writer.close()
            wire.gone.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        wire.port = server.sockets[0].getsockname()[1]
        yield wire


async def test_an_owners_next_run_finds_the_connection_and_no_other_owners_does(broker: Broker) -> None:
    async with saying([OK] * 9, hold=True) as wire:
        assert [await wire.ask(broker, f"/{n}", owner=owner) for n, owner in enumerate(("ann", "ann", "bob"))] == [
            b"ok"
        ] * 3
        lines = [[request.split(b" ")[1] for request in asked] for asked in wire.connections]
    assert lines == [[b"/0", b"/1"], [b"/2"]]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        OK + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother",  # nobody asked for the second
        OK + b"what is this",
    ],
)
async def test_a_connection_that_is_not_clean_serves_no_other_request(broker: Broker, answer: bytes) -> None:
    async with saying([answer, answer], hold=True) as wire:
        for _ in range(2):
            try:
                assert await wire.ask(broker) == b"ok"
            except Refused as refused:
                assert refused.kind == "protocol"  # noqa: PT017 - refusing the whole answer is right too
        assert [len(asked) for asked in wire.connections] == [1, 1]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
    ],
)
async def test_announced_and_chunked_answers_leave_it_clean(broker: Broker, answer: bytes) -> None:
    async with saying([answer] * 2, hold=True) as wire:
        assert [await wire.ask(broker) for _ in range(2)] == [b"ok"] * 2
        assert len(wire.connections) == 1


async def test_an_answer_without_a_body_leaves_it_clean(broker: Broker) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    async with saying([head, b"HTTP/1.1 204 No Content\r\n\r\n", OK], hold=True) as wire:
        assert [await wire.ask(broker, method=method) for method in ("HEAD", "GET", "GET")] == [b"", b"", b"ok"]
        assert len(wire.connections) == 1


async def test_an_answer_until_the_end_of_the_connection_is_whole(broker: Broker) -> None:
    async with saying([b"HTTP/1.1 200 OK\r\n\r\nok"]) as wire:
        assert await wire.ask(broker) == b"ok"


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", b"SSH-2.0-x\r\n\r\n"])
async def test_a_broken_answer_is_refused_and_not_asked_again(broker: Broker, answer: bytes) -> None:
    async with saying([answer]) as wire:
        with pytest.raises(Refused) as caught:
            await wire.ask(broker)
        assert (caught.value.kind, len(wire.connections)) == ("protocol", 1)


async def test_a_request_that_met_a_closed_connection_is_sent_once_more_unless_it_could_count_twice(
    broker: Broker,
) -> None:
    async with saying([]) as wire:  # takes connections and closes them
        for method, connections in (("POST", 1), ("GET", 3)):
            with pytest.raises(Refused) as caught:
                await wire.ask(broker, method=method)
            assert (caught.value.kind, len(wire.connections)) == ("protocol", connections)
    async with saying([OK], [OK] * 2, hold=False) as wire:
        assert await wire.ask(broker) == b"ok"
        await asyncio.wait_for(wire.gone.wait(), 10)
        assert await wire.ask(broker) == b"ok"


async def test_the_connection_of_a_run_that_was_cancelled_serves_nobody(broker: Broker) -> None:
    async with saying([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"], [OK], hold=True) as wire:
        asking = asyncio.ensure_future(wire.ask(broker))
        await asyncio.wait_for(wire.asked.wait(), 10)
        asking.cancel()
        await asyncio.wait([asking])
        await asyncio.wait_for(wire.gone.wait(), 10)
        assert await wire.ask(broker) == b"ok"
        assert [len(asked) for asked in wire.connections] == [1, 1]


async def test_connections_to_one_site_are_bounded_and_who_waits_is_served(broker: Broker) -> None:
    async with saying([OK] * 9, hold=True) as wire:
        assert await asyncio.gather(*(wire.ask(broker) for _ in range(PER_PEER + 50))) == [b"ok"] * (PER_PEER + 50)
        assert wire.most_open <= PER_PEER


async def test_all_connections_end_with_the_broker(broker: Broker, site: Site) -> None:
    async with saying([OK] * 2, hold=True) as wire:
        await wire.ask(broker)
        await broker.aclose()
        await asyncio.wait_for(wire.gone.wait(), 10)
    assert wire.open == 0
