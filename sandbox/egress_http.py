"""Strict parsing of proxy requests (RFC 9112), so that two readers never see two different requests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

MAX_HEAD_BYTES = 64 * 1024
MAX_HEADERS = 120

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_TARGET = re.compile(r"[\x21-\x7e]+\Z")  # a lenient server ends it at other spaces, and some readers drop tabs
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}\Z|[0-9A-Fa-f:.]{2,45}\Z")
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "te", "trailer", "upgrade", "host", "proxy-connection", "proxy-authorization"}
)

_FRAMING = frozenset({"content-length", "transfer-encoding"})

Framing = tuple[Literal["length", "chunked"], int]


class BadRequest(Exception):
    """The bytes are not one well-formed request."""


@dataclass(frozen=True, kw_only=True)
class RequestHead:
    """Request line and headers. Names are lower case; order and repeats are kept."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]

    def every(self, name: str) -> list[str]:
        """Return all values of a header."""
        return [value for key, value in self.headers if key == name]

    def one(self, name: str) -> str:
        """Return the header's only value, or "" when it is absent or stands there twice."""
        values = self.every(name)
        return values[0] if len(values) == 1 else ""

    def authority(self) -> tuple[str, int]:
        """Return host and port of a CONNECT target."""
        return _host_and_port(self.target, default=None)

    def absolute(self) -> tuple[str, int, str]:
        """Return host, port and path of an absolute ``http:`` target."""
        parts = urlsplit(self.target)
        if parts.scheme.lower() != "http" or "@" in parts.netloc:
            raise BadRequest("the target is not an absolute http address")
        host, port = _host_and_port(parts.netloc, default=80)
        path = self.target.split("://", 1)[1]
        path = path[len(parts.netloc) :].partition("#")[0] or "/"
        return host, port, path if path.startswith("/") else "/" + path

    def is_upgrade(self, protocol: str) -> bool:
        """Return whether the request asks to change to ``protocol``."""
        wants = "upgrade" in (token.strip() for token in self.one("connection").lower().split(","))
        return wants and self.one("upgrade").lower() == protocol

    def render(self, path: str, host: str, port: int, *, upgrade: bool) -> bytes:
        """Return the head to send on: our own Host and Connection, nothing meant for the proxy."""
        named = {name.strip() for name in ",".join(self.every("connection")).lower().split(",")}
        dropped = _HOP_BY_HOP | (named - _FRAMING)  # without its length a body would be read as another request
        name = f"[{host}]" if ":" in host else host
        lines = [f"{self.method} {path} HTTP/1.1", f"Host: {name}" + ("" if port == 80 else f":{port}")]
        lines += [f"{key}: {value}" for key, value in self.headers if key not in dropped]
        lines += ["Connection: Upgrade", "Upgrade: websocket"] if upgrade else ["Connection: close"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def parse_head(raw: bytes) -> RequestHead:
    """Parse one head that ends with an empty line.

    Raises:
        BadRequest: bare line feeds, folded or nameless headers, spaces before colons, odd versions.
    """
    text = raw.decode("latin-1")
    if any(mark in text.replace("\r\n", "") for mark in ("\r", "\n", "\0")):
        raise BadRequest("stray line ends")
    line, *rest = text[:-4].split("\r\n")
    parts = line.split(" ")
    if len(parts) != 3 or parts[2] not in {"HTTP/1.1", "HTTP/1.0"}:
        raise BadRequest("malformed request line")
    if not _TOKEN.match(parts[0]) or not _TARGET.match(parts[1]):
        raise BadRequest("malformed request line")
    if len(rest) > MAX_HEADERS:
        raise BadRequest("too many headers")
    return RequestHead(method=parts[0], target=parts[1], headers=tuple(_header(item) for item in rest if item))


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not _TOKEN.match(name) or _CONTROLS.search(value):
        raise BadRequest("malformed header")
    return name.lower(), value.strip(" \t")


def content_framing(head: RequestHead) -> Framing:
    """Return how the body ends: ("length", n) or ("chunked", 0).

    Raises:
        BadRequest: two framings, repeated or odd lengths, any coding but ``chunked``.
    """
    lengths, codings = head.every("content-length"), head.every("transfer-encoding")
    if lengths and codings:
        raise BadRequest("both Content-Length and Transfer-Encoding")
    if codings:
        if [value.lower() for value in codings] != ["chunked"]:
            raise BadRequest("unknown transfer coding")
        return "chunked", 0
    if not lengths:
        return "length", 0
    if len(lengths) > 1 or not re.fullmatch(r"[0-9]{1,12}", lengths[0]):
        raise BadRequest("ambiguous Content-Length")
    return "length", int(lengths[0])


def _host_and_port(authority: str, default: int | None) -> tuple[str, int]:
    host, port = authority, ""
    if authority.startswith("["):
        host, _, tail = authority[1:].partition("]")
        port = tail.removeprefix(":")
        if tail and not tail.startswith(":"):
            raise BadRequest("malformed authority")
    elif ":" in authority:
        host, _, port = authority.rpartition(":")
    if not _HOST.match(host) or (not port and default is None) or (port and not re.fullmatch(r"[0-9]{1,5}", port)):
        raise BadRequest("malformed authority")
    number = int(port) if port else int(default or 0)
    if not 0 < number < 65536:
        raise BadRequest("malformed port")
    return host.lower().rstrip("."), number
