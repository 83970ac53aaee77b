"""What one run may do on the network: its credentials, its policy, its budget and its refusals."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from domain.observation import Denial
from domain.policy import DEFAULT_PORTS, READ_METHODS, Policy
from sandbox.addresses import Reach, classify, literal

MAX_DENIALS = 500
RESOLVE_TIMEOUT_S = 5.0


class Refused(Exception):
    """A request outside the grant. ``answered`` tells that the client already got a response head."""

    def __init__(self, url: str, reason: str, *, answered: bool = False) -> None:
        super().__init__(reason)
        self.url, self.reason, self.answered = url, reason, answered


class Grant:
    """One run's rights at the proxy.

    ``policy`` rules the site's own hosts. With ``read_public`` other public hosts may be read too
    (GET, HEAD and OPTIONS, default ports, no WebSocket in clear), which pages need for their assets;
    no private address is ever reached that way. With ``read_posts`` the policy's own hosts also take
    POST, for pages that read their data that way. ``bytes_used`` counts both directions.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        read_public: bool = False,
        read_posts: bool = False,
        max_connections: int = 64,
        max_requests: int = 2000,
        total_bytes: int | None = None,
    ) -> None:
        self.user = "run"
        self.token = secrets.token_urlsafe(24)
        self.policy = policy
        self.read_public = read_public
        self.read_posts = read_posts
        self.denials: list[Denial] = []
        self.unreachable: list[Denial] = []
        self.requests = 0
        self.bytes_used = 0
        self._max_connections, self._max_requests = max_connections, max_requests
        self._total_bytes = policy.limits.total_bytes if total_bytes is None else total_bytes
        self._read_policy = policy.model_copy(update={"private_hosts": ()})
        self._tasks: set[asyncio.Task[None]] = set()
        self._pinned: dict[tuple[str, bool], asyncio.Task[tuple[str, ...]]] = {}

    def deny(self, url: str, reason: str) -> None:
        """Keep a refusal, each one once."""
        denial = Denial(url=url[:2000], reason=reason)
        if len(self.denials) < MAX_DENIALS and denial not in self.denials:
            self.denials.append(denial)

    def note_unreachable(self, url: str, reason: str) -> None:
        """Keep the address of a host that did not answer; it was allowed, so it is no denial."""
        missing = Denial(url=url[:2000], reason=reason)
        if len(self.unreachable) < MAX_DENIALS and missing not in self.unreachable:
            self.unreachable.append(missing)

    def admits_host(self, scheme: str, host: str, port: int) -> bool:
        """Return whether the policy itself names this origin."""
        return any(rule.admits(scheme, host, port) for rule in self.policy.hosts)

    def admits_method(self, method: str) -> bool:
        """Return whether a method may be used at the policy's own hosts."""
        return method in self.policy.methods or method == "OPTIONS" or (self.read_posts and method == "POST")

    def reads_public(self, scheme: str, host: str, port: int) -> bool:
        """Return whether an origin outside the policy may be read (a name's addresses are judged later)."""
        address = literal(host)
        public = host != "localhost" if address is None else classify(address)[0] is Reach.PUBLIC
        return public and self.read_public and DEFAULT_PORTS.get(scheme) == port

    def check_request(self, method: str, scheme: str, host: str, port: int, url: str) -> None:
        """Raise Refused unless the request may be made (addresses aside)."""
        if self.admits_host(scheme, host, port):
            if not self.admits_method(method):
                raise Refused(url, f"method {method} is outside the policy")
        elif not self.reads_public(scheme, host, port):
            raise Refused(url, f"host {host}:{port} is outside the policy")
        elif method not in READ_METHODS:
            raise Refused(url, f"method {method} to a host outside the policy")

    def check_tunnel(self, host: str, port: int, url: str) -> None:
        """Raise Refused unless some scheme may go through a tunnel to this host and port."""
        if not any(self.admits_host(scheme, host, port) for scheme in DEFAULT_PORTS):
            self.check_tls(host, port, url)

    def check_tls(self, host: str, port: int, url: str) -> None:
        """Raise Refused unless TLS to this host and port may be spoken."""
        if not self.admits_host("https", host, port) and not self.reads_public("https", host, port):
            raise Refused(url, f"host {host}:{port} is outside the policy")

    def check_websocket(self, scheme: str, host: str, port: int, url: str) -> None:
        """Raise Refused unless the policy names the origin and lets GET upgrade there."""
        if not self.admits_host(scheme, host, port) or "GET" not in self.policy.methods:
            raise Refused(url, f"WebSocket to {host}:{port} is outside the policy")

    def count(self, size: int) -> None:
        """Add bytes; raise Refused when the grant's total is spent."""
        self.bytes_used += size
        if self.bytes_used > self._total_bytes:
            raise Refused("", f"more than {self._total_bytes} bytes")

    @contextmanager
    def connection(self, task: asyncio.Task[None] | None) -> Iterator[None]:
        """Hold one of the grant's connections; raise Refused when there are too many."""
        self.requests += 1
        if len(self._tasks) >= self._max_connections or self.requests > self._max_requests:
            raise Refused("", "too many connections or requests")
        if task is not None:
            self._tasks.add(task)
        try:
            yield
        finally:
            if task is not None:
                self._tasks.discard(task)

    def cut(self) -> None:
        """End all of the grant's connections."""
        for resolving in self._pinned.values():
            if not resolving.cancel() and not resolving.cancelled():
                resolving.exception()  # a name without address is no news to anybody now
        for task in tuple(self._tasks):
            task.cancel()

    async def addresses(self, host: str, port: int, url: str) -> tuple[str, ...]:
        """Return the host's addresses, resolved once and pinned; raise Refused if one is special.

        One bad address among several refuses the name: a mixed answer is what rebinding looks like.
        """
        own = any(self.admits_host(scheme, host, port) for scheme in DEFAULT_PORTS)
        if (host, own) not in self._pinned:
            # a task of its own: many requests wait for one answer, and a name without one is not asked again
            self._pinned[host, own] = asyncio.ensure_future(_resolve(host, port))
        found = await asyncio.shield(self._pinned[host, own])
        policy = self.policy if own else self._read_policy
        for address in found:
            reason = _refusal(address, policy, host, port)
            if reason is not None:
                raise Refused(url, reason)
        return found


async def _resolve(host: str, port: int) -> tuple[str, ...]:
    spelled = literal(host)
    if spelled is not None:
        return (str(spelled),)
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(RESOLVE_TIMEOUT_S):
        rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(row[4][0]) for row in rows))


def _refusal(address: str, policy: Policy, host: str, port: int) -> str | None:
    reach, block = classify(ipaddress.ip_address(address.partition("%")[0]))
    if reach is Reach.PUBLIC or (reach is Reach.PRIVATE and policy.names_private(host, port)):
        return None
    return f"address {address} is {reach.value} ({block})"
