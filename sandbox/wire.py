"""Frames between a child and its parent, and the child's end of the descriptor.

A frame is two big-endian lengths, a JSON object (``meta``) and raw bytes (``body``). Every frame of
a call carries the call's number as ``e``. Nothing but JSON is ever decoded from a child.
"""

from __future__ import annotations

import os
import select
import struct
import uuid  # noqa: F401 - to_json looks for it at its first use, when a child can import nothing
from typing import Any

from pydantic_core import from_json, to_json

HEADER = struct.Struct("!II")
META_BYTES = 1_000_000  # request headers and addresses are well below
CHUNK = 1 << 18

Meta = dict[str, Any]


def pack(meta: Meta, body: bytes = b"") -> bytes:
    """Return one frame."""
    head = to_json(meta)  # json.dumps builds an encoder per call, which costs a forked child thirty page faults
    return HEADER.pack(len(head), len(body)) + head + body


class Channel:
    """The child's end: blocking, by plain read and write, so that no socket call is needed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = bytearray()

    def send(self, meta: Meta, body: bytes = b"") -> None:
        """Send one frame."""
        self.write(pack(meta, body))

    def write(self, frame: bytes) -> None:
        """Send a frame that is packed already."""
        data = memoryview(frame)
        while data:
            data = data[os.write(self._descriptor, data) :]

    def receive(self, timeout_s: float | None = None) -> tuple[Meta, bytes] | None:
        """Return the next frame, or None when ``timeout_s`` is over first.

        Raises:
            ConnectionError: the parent closed its end.
        """
        while (frame := self._take()) is None:
            if timeout_s is not None and not self._wait(timeout_s):
                return None
            data = os.read(self._descriptor, CHUNK)
            if not data:
                raise ConnectionError("the parent is gone")
            self._buffer += data
        return frame

    def _wait(self, timeout_s: float) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        return bool(poll.poll(timeout_s * 1000))

    def _take(self) -> tuple[Meta, bytes] | None:
        buffer = self._buffer
        if len(buffer) < HEADER.size:
            return None
        head, body = HEADER.unpack_from(buffer)
        start, end = HEADER.size + head, HEADER.size + head + body
        if len(buffer) < end:
            return None
        frame = from_json(bytes(buffer[HEADER.size : start]), cache_strings=False), bytes(buffer[start:end])
        del buffer[:end]
        return frame
