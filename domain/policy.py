"""What an artifact may do, and what the code check says about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field

from domain.values import Value, content_hash

Method = Literal["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
READ_METHODS: frozenset[str] = frozenset({"GET", "HEAD", "OPTIONS"})
DEFAULT_PORTS = {"http": 80, "https": 443}


class HostRule(Value):
    """One origin, or one registrable domain with its subdomains.

    ``host`` is lower case, an IP literal (without brackets) or a name. With ``subdomains`` the rule
    also covers every name below ``host``. ``port`` None means the scheme's default port only.
    """

    host: str
    port: int | None = None
    schemes: tuple[Literal["http", "https"], ...] = ("https", "http")
    subdomains: bool = False

    def admits(self, scheme: str, host: str, port: int) -> bool:
        """Return whether a request to this scheme, host and port is inside the rule."""
        name = host.lower().rstrip(".")
        same = name == self.host or (self.subdomains and name.endswith("." + self.host))
        wanted = DEFAULT_PORTS.get(scheme) if self.port is None else self.port
        return same and scheme in self.schemes and port == wanted


class Limits(Value):
    """Bounds of one run. Seconds, bytes and counts as the names say."""

    wall_s: float = Field(default=60.0, gt=0, le=60.0)
    cpu_s: int = Field(default=10, ge=1, le=60)
    memory_mb: int = Field(default=512, ge=64, le=4096)
    requests: int = Field(default=200, ge=0)
    request_s: float = Field(default=20.0, gt=0)
    response_bytes: int = Field(default=10_000_000, ge=1)
    total_bytes: int = Field(default=100_000_000, ge=1)
    output_bytes: int = Field(default=5_000_000, ge=1)
    rows: int = Field(default=1000, ge=1)


class Policy(Value):
    """What a workflow may do. Everything that is not named here is refused.

    ``private_hosts`` are hosts on private or loopback addresses that the operator's settings or a
    person at the local command line allowed; a caller's URL never adds to them.
    ``secrets`` are names that the broker may inject, never values. ``read_posts`` are addresses without their
    query to which POST only reads: the site's own page sends it when it is opened. Other methods stay refused there,
    and so are GraphQL operations that change something.
    """

    hosts: tuple[HostRule, ...] = ()
    methods: tuple[Method, ...] = ("GET", "HEAD")
    private_hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    limits: Limits = Limits()
    respect_robots: bool = True
    # Left out where empty: versions that were signed before the field was there keep their hash.
    read_posts: tuple[str, ...] = Field(default=(), exclude_if=lambda addresses: not addresses)

    def admits(self, method: str, url: str) -> bool:
        """Return whether method and URL are inside the policy, addresses aside."""
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or parts.hostname is None:
            return False
        try:
            port = parts.port or DEFAULT_PORTS[parts.scheme]
        except ValueError:
            return False
        return self.admits_at(method, url, scheme=parts.scheme, host=parts.hostname, port=port)

    def admits_at(self, method: str, url: str, *, scheme: str, host: str, port: int) -> bool:
        """Return what ``admits`` does, for a URL whose parts are known."""
        if method not in self.methods and not (method == "POST" and url.split("?", 1)[0] in self.read_posts):
            return False
        return any(rule.admits(scheme, host, port) for rule in self.hosts)

    def names_private(self, host: str, port: int) -> bool:
        """Return whether this host may be at a private address: it is named, alone or with this port."""
        return not {host, f"{host}:{port}"}.isdisjoint(self.private_hosts)

    @property
    def only_reads(self) -> bool:
        """Whether no method that changes something is allowed."""
        return READ_METHODS.issuperset(self.methods)

    def digest(self) -> str:
        """Return the content hash that versions and caches use."""
        return content_hash(self.model_dump_json())

    def widened_by(self, other: Self) -> bool:
        """Return whether ``other`` allows a host or method that this policy does not."""
        within = set(other.hosts) <= set(self.hosts) and set(other.methods) <= set(self.methods)
        return not (within and set(other.read_posts) <= set(self.read_posts))


class Severity(StrEnum):
    """How much a violation weighs: an error refuses the code, a warning only informs."""

    ERROR = "error"
    WARNING = "warning"


class Violation(Value):
    """One breach of the code rules."""

    code: str
    line: int
    column: int
    message: str
    reason: str
    remedy: str
    severity: Severity = Severity.ERROR


class CheckReport(Value):
    """What the code check found. ``stateless`` says whether the fast level may keep a child for it."""

    violations: tuple[Violation, ...] = ()
    stateless: bool = False

    @property
    def passed(self) -> bool:
        """Whether no violation is an error."""
        return all(v.severity is not Severity.ERROR for v in self.violations)
