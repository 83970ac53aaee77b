"""Large results: the whole is kept for a while and can be read as a resource, the answer carries a part of it."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

KEPT_BYTES = 64 * 2**20  # of all owners together; the oldest go first
SCHEME = "result"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One whole result as JSON text, for its owner."""

    owner: str
    text: bytes


class Results:
    """The latest large results of this process. For any other owner than its own, a result does not exist."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._guard = Lock()

    def keep(self, owner: str, text: bytes) -> str:
        """Keep a result, and return its address."""
        uri = f"{SCHEME}://{secrets.token_urlsafe(16)}"
        with self._guard:
            self._kept[uri] = Kept(owner=owner, text=text)
            self._bytes += len(text)
            while self._bytes > self._most_bytes and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= len(gone.text)
        return uri

    def read(self, owner: str, uri: str) -> str | None:
        """Return the whole result, or None when it is gone or another's."""
        kept = self._kept.get(uri)
        return kept.text.decode() if kept is not None and kept.owner == owner else None
