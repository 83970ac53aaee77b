"""Makes the HTTP requests of children and probes, each under its run's policy.

For every request and every redirect hop: method, scheme, host and port are held against the policy,
the host's addresses are resolved once per run, judged and pinned, secrets are added for their own
host, and requests, bytes, time and headers are counted. Cookies live as long as the run. It does
not stop a permitted site from telling another one what it was asked.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractCookieJar

from sandbox.addresses import literal
from sandbox.appearance import USER_AGENT, Appearance
from sandbox.manners import Manners, Rates, Robots
from sandbox.secrets import SecretStore

RESOLUTION_S = 5.0  # how long the answer of a name server serves the next runs
_FIELD_BYTES = 16_384
_CONNECTIONS_PER_ORIGIN = 128

Pace = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class BrokerOptions:
    """How the broker asks. ``ca_file`` is trusted beside the system's own authorities.

    ``pace`` is awaited with the host before each request; ``manners`` holds for public hosts.
    """

    appearance: Appearance = Appearance.HONEST
    ca_file: Path | None = None
    secrets: SecretStore = field(default_factory=lambda: SecretStore(None))
    pace: Pace | None = None
    manners: Manners = field(default_factory=Manners)


class Broker:
    """Connections for all runs: a pool per owner, so that no owner's connection serves another.

    Use as an async context manager.
    """

    def __init__(self, options: BrokerOptions) -> None:
        self.options = options
        self.robots = Robots(USER_AGENT)
        self.rates = Rates(options.manners.requests_per_s)
        self.tls = ssl.create_default_context()
        if options.ca_file is not None:
            self.tls.load_verify_locations(cafile=options.ca_file)
        self._clients: dict[str, aiohttp.ClientSession] = {}
        self._resolved: dict[tuple[str, int], tuple[float, tuple[str, ...]]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        clients, self._clients = tuple(self._clients.values()), {}
        for client in clients:
            await client.close()

    def client(self, owner: str) -> aiohttp.ClientSession:
        """Return the owner's pool."""
        client = self._clients.get(owner)
        if client is None:
            client = self._clients[owner] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, limit_per_host=_CONNECTIONS_PER_ORIGIN, resolver=_NoResolver(), ssl=self.tls
                ),
                cookie_jar=_no_cookies(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None),  # asyncio.timeout around each request is cheaper
                skip_auto_headers=("User-Agent", "Content-Type", "Accept-Encoding", "Accept"),
                max_line_size=_FIELD_BYTES,
                max_field_size=_FIELD_BYTES,
                read_bufsize=1 << 18,
                trust_env=False,
            )
        return client

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of a host as texts; an address is its own.

        Raises:
            OSError: the name has no address.
        """
        if literal(host) is not None:
            return (host,)
        key = (host, port)
        kept = self._resolved.get(key)
        if kept is None or kept[0] < time.monotonic():
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = tuple(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
            if len(self._resolved) > 10_000:
                self._resolved.clear()
            kept = self._resolved[key] = (time.monotonic() + RESOLUTION_S, addresses)
        return kept[1]


class _NoResolver(aiohttp.abc.AbstractResolver):
    """Names are resolved and judged before a request; one that comes here would be unchecked."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        del port, family
        raise OSError(f"{host} reached the connector unresolved")

    async def close(self) -> None:
        return None


def _no_cookies() -> AbstractCookieJar:
    return aiohttp.DummyCookieJar()
