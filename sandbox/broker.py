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

from sandbox.addresses import literal
from sandbox.appearance import USER_AGENT, Appearance
from sandbox.connections import Connections
from sandbox.manners import Manners, Rates, Robots
from sandbox.secrets import SecretStore

RESOLUTION_S = 5.0  # how long the answer of a name server serves the next runs

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
        self._connections: dict[str, Connections] = {}
        self._resolved: dict[tuple[str, int], tuple[float, tuple[str, ...]]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        for connections in self._connections.values():
            connections.close()
        self._connections.clear()
        await asyncio.sleep(0)  # for the transports to let go of their sockets

    def connections(self, owner: str) -> Connections:
        """Return the owner's pool."""
        found = self._connections.get(owner)
        if found is None:
            found = self._connections[owner] = Connections(self.tls)
        return found

    def known(self, host: str, port: int) -> tuple[str, ...] | None:
        """Return the addresses of a host as texts where nobody has to be asked for them; an address is its own."""
        if literal(host) is not None:
            return (host,)
        kept = self._resolved.get((host, port))
        return kept[1] if kept is not None and kept[0] >= time.monotonic() else None

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of a host as texts.

        Raises:
            OSError: the name has no address.
        """
        known = self.known(host, port)
        if known is not None:
            return known
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = tuple(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
        if len(self._resolved) > 10_000:
            self._resolved.clear()
        self._resolved[host, port] = (time.monotonic() + RESOLUTION_S, addresses)
        return addresses
