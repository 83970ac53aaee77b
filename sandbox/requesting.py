"""What a child asks for, read strictly: method, address, headers. Everything unclear is refused."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

import idna

from domain.policy import DEFAULT_PORTS
from sandbox.addresses import literal

HEADER_BYTES = 32_768
URL_CHARACTERS = 16_384
_METHOD = re.compile(r"[A-Z]{3,10}")
_NEVER_IN_URLS = re.compile(r"[\x00-\x20\x7f\\]")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")
# about the connection, which is the broker's own
_HOP_BY_HOP = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
     "accept-encoding", "http2-settings"}
)  # fmt: skip
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})  # RFC 9110 section 8.6: these tell that there is none
_PATH_SAFE = "/%:@!$&'()*+,;=~-._|"
_QUERY_SAFE = _PATH_SAFE + "?[]"

Fields = list[tuple[str, str]]


class Malformed(Exception):
    """A request that no workflow needs to make."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """An address in one spelling. ``host`` is lower case, without brackets; ``port`` is always given."""

    scheme: str
    host: str
    port: int
    path_and_query: str

    @functools.cached_property
    def authority(self) -> str:
        """Host and, unless it is the scheme's own, port, as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @functools.cached_property
    def origin(self) -> str:
        """Scheme and authority."""
        return f"{self.scheme}://{self.authority}"

    @property
    def query(self) -> str:
        """What stands after the question mark."""
        return self.path_and_query.partition("?")[2]

    @functools.cached_property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.path_and_query


def read_target(url: Any) -> Target:
    """Return the address in one spelling; numbers that C libraries take for addresses become those.

    Raises:
        Malformed: not http or https, user information, control characters, a broken host or port.
    """
    if not isinstance(url, str) or len(url) > URL_CHARACTERS:
        raise Malformed("the address is no text or too long")
    if _NEVER_IN_URLS.search(url):
        raise Malformed("the address has spaces, backslashes or control characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Malformed("the address cannot be read") from error
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise Malformed("only http and https addresses with a host can be asked")
    if "@" in parts.netloc:
        raise Malformed("an address may not carry user information")
    if port == 0:
        raise Malformed("port 0 cannot be asked")
    return Target(
        scheme=parts.scheme,
        host=_host(host),
        port=port or DEFAULT_PORTS[parts.scheme],
        path_and_query=_path_and_query(parts),
    )


def read_method(method: Any) -> str:
    """Return the method.

    Raises:
        Malformed: it is none.
    """
    if not isinstance(method, str) or not _METHOD.fullmatch(method):
        raise Malformed("the method is none")
    return method


def read_fields(fields: Any) -> Fields:
    """Return the header fields without those that are the broker's own business.

    Raises:
        Malformed: line breaks or other characters that no field may have, or too much of it.
    """
    if not isinstance(fields, list):
        raise Malformed("the headers are no list")
    kept: Fields = []
    size = 0
    for field in fields:
        if not isinstance(field, list) or len(field) != 2 or not all(isinstance(part, str) for part in field):
            raise Malformed("a header is no pair of texts")
        name, value = field
        if not _TOKEN.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
            raise Malformed("a header has characters that none may have")
        size += len(name) + len(value) + 4
        if name.lower() not in _HOP_BY_HOP and not name.lower().startswith("proxy-"):
            kept.append((name, value.strip()))
    if size > HEADER_BYTES:
        raise Malformed(f"the headers are larger than {HEADER_BYTES} bytes")
    return kept


def request_of(method: str, path_and_query: str, fields: Mapping[str, str], body: bytes) -> bytes:
    """Return a request as it goes out, with its body; ``fields`` is a multidict that has Host.

    Raises:
        ValueError: something in it would begin another line.
    """
    lines = [f"{method} {path_and_query} HTTP/1.1", f"Host: {fields['Host']}"]
    lines += [f"{name}: {value}" for name, value in fields.items() if name.lower() != "host"]
    if body or method in _WITH_BODY:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines)
    if head.count("\r") != len(lines) - 1 or head.count("\n") != len(lines) - 1 or "\0" in head:
        raise ValueError("a field has a line break")
    return head.encode() + b"\r\n\r\n" + body


@functools.lru_cache(maxsize=4096)
def _host(host: str) -> str:
    if "%" in host:
        raise Malformed("the host has a percent sign")
    address = literal(host)
    if address is not None:
        return str(address)
    name = host.rstrip(".").lower()
    try:
        name = name if name.isascii() else idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise Malformed("the host is no name") from error
    if not _HOST_NAME.fullmatch(name) or literal(name) is not None:
        raise Malformed("the host is no name")
    return name


def _path_and_query(parts: SplitResult) -> str:
    path = quote(parts.path, safe=_PATH_SAFE) or "/"
    return f"{path}?{quote(parts.query, safe=_QUERY_SAFE)}" if parts.query else path
