"""Undoes content encodings within a bound, so that a small answer cannot grow without end."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # it has no stubs


class TooLarge(Exception):
    """The decoded answer is larger than its bound."""


class Undecodable(Exception):
    """The answer is not in the encoding that it names."""


class Decoder:
    """Decodes a body piece by piece; ``limit`` bounds its decoded bytes.

    Raises:
        TooLarge, Undecodable: from ``feed``.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._left = limit
        names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
        if len(names) > 2 or any(name not in _STEPS for name in names):
            raise Undecodable(f"content encoding {encoding[:40]!r} is not supported")
        self._steps = [_STEPS[name]() for name in reversed(names) if name != "identity"]
        self._limit = limit

    def feed(self, data: bytes) -> bytes:
        """Return what this piece decodes to."""
        for step in self._steps:
            data = step(data, self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge(f"the answer is larger than {self._limit} bytes")
        return data


class _Zlib:
    """gzip and deflate; deflate also without its zlib header, as some servers send it."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._inflate = zlib.decompressobj(bits)
        self._begun = False

    def __call__(self, data: bytes, limit: int) -> bytes:
        try:
            out = self._inflate.decompress(data, limit)
        except zlib.error as error:
            if self._begun or self._bits != zlib.MAX_WBITS:
                raise Undecodable("the answer's compression is broken") from error
            self._bits = -zlib.MAX_WBITS
            self._inflate = zlib.decompressobj(self._bits)
            return self(data, limit)
        self._begun = True
        if self._inflate.unconsumed_tail:
            raise TooLarge("the answer grows past its limit")
        return out


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    def __call__(self, data: bytes, limit: int) -> bytes:
        parts: list[bytes] = []
        got = 0
        try:
            while data or not self._decompressor.can_accept_more_data():
                part = self._decompressor.process(data, output_buffer_limit=limit)
                data = b""
                parts.append(part)
                got += len(part)
                if got >= limit:
                    raise TooLarge("the answer grows past its limit")
        except brotli.error as error:
            raise Undecodable("the answer's compression is broken") from error
        return b"".join(parts)


class _Same:
    def __call__(self, data: bytes, limit: int) -> bytes:
        del limit
        return data


_STEPS: dict[str, Callable[[], _Zlib | _Brotli | _Same]] = {
    "gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "x-gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "deflate": lambda: _Zlib(zlib.MAX_WBITS),
    "br": _Brotli,
    "identity": _Same,
}
