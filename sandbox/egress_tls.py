"""Which host a TLS handshake asks for: the one name in it that the proxy can see.

Behind one address many hosts may answer, and the name in the handshake picks one. Held against the tunnel's own host it
keeps a tunnel to one host from being used for another. What this does not see: a name inside an encrypted hello (ECH).

Source: RFC 8446 sections 4.1.2 and 5.1, RFC 6066 section 3.
"""

from __future__ import annotations

import asyncio
from typing import Final

HANDSHAKE: Final = 0x16
_CLIENT_HELLO: Final = 1
_SERVER_NAME: Final = 0
_LARGEST_RECORD: Final = 16_384
_LARGEST_HELLO: Final = 65_536


class NoHello(Exception):
    """The bytes are no ClientHello that can be read in one way."""


async def read_hello(reader: asyncio.StreamReader, first: bytes) -> tuple[bytes, str]:
    """Return the records that hold the hello, as they came after ``first``, and the name in it ("" without one).

    Raises:
        NoHello, asyncio.IncompleteReadError.
    """
    raw, message = bytearray(first), bytearray()
    while not _is_whole(message):
        head = await reader.readexactly(5 - len(raw) if len(raw) < 5 else 5)
        record = bytes(raw) + head if len(raw) < 5 else head
        size = int.from_bytes(record[3:5])
        if record[0] != HANDSHAKE or not 0 < size <= _LARGEST_RECORD or len(message) + size > _LARGEST_HELLO:
            raise NoHello("no handshake")
        fragment = await reader.readexactly(size)
        raw += head + fragment
        message += fragment
    return bytes(raw), server_name(bytes(message))


def server_name(message: bytes) -> str:
    """Return the host that a ClientHello names, in lower case, or "" when it names none.

    Raises:
        NoHello: it is none, or names more than one.
    """
    whole = _Bytes(message)
    if whole.number(1) != _CLIENT_HELLO:
        raise NoHello("another message")
    hello = _Bytes(whole.vector(3))
    whole.end()
    hello.take(2 + 32)  # version and random
    for width in (1, 2, 1):  # session, ciphers, compressions
        hello.vector(width)
    names = [_name(value) for kind, value in _extensions(hello) if kind == _SERVER_NAME]
    if len(names) > 1:
        raise NoHello("two names")
    return names[0] if names else ""


def _extensions(hello: _Bytes) -> list[tuple[int, bytes]]:
    if not hello.left:
        return []
    found, extensions = [], _Bytes(hello.vector(2))
    hello.end()
    while extensions.left:
        found.append((extensions.number(2), extensions.vector(2)))
    return found


def _name(extension: bytes) -> str:
    outer = _Bytes(extension)
    entries = _Bytes(outer.vector(2))
    outer.end()
    kind, name = entries.number(1), entries.vector(2)
    entries.end()
    if kind != 0 or not name.isascii():
        raise NoHello("a name of another kind")
    return name.decode("ascii").lower().rstrip(".")


def _is_whole(message: bytearray) -> bool:
    return len(message) >= 4 and len(message) >= 4 + int.from_bytes(message[1:4])


class _Bytes:
    """Bytes read from their beginning; what is missing is no hello."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        if size > self.left:
            raise NoHello("cut off")
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width))

    def vector(self, width: int) -> bytes:
        return self.take(self.number(width))

    def end(self) -> None:
        if self.left:
            raise NoHello("more than a hello")
