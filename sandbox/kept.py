"""Files that are costly to make, kept for later processes: whole or not there, made anew when their makers change.

A file is its content and then the content's SHA-256, so that who maps it finds the content at the start.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Final

DIGEST_BYTES: Final = 32


def stamp(*, made_by: tuple[str, Sequence[str]], data: tuple[str, str]) -> str:
    """Return what names the code and the data that make a file.

    ``made_by`` is a package with its modules' files, ``data`` a package with a file in its folder ``data``.
    """
    digest = hashlib.sha256()
    package, modules = made_by
    for name in modules:
        digest.update((resources.files(package) / name).read_bytes())
    facts = Path(str(resources.files(data[0]) / "data" / data[1])).stat()
    digest.update(f"{facts.st_size} {facts.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def content_of(raw: bytes) -> bytes | None:
    """Return the content of a kept file; None when it is damaged."""
    content = raw[:-DIGEST_BYTES]
    return content if hashlib.sha256(content).digest() == raw[-DIGEST_BYTES:] else None


def keep(kept: Path, content: bytes) -> bool:
    """Write the file in one step and take away those of other stamps; False where nothing can be written.

    Then this process has what it made, and the next one makes its own.
    """
    family = kept.name.partition("-")[0]
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as made:
            made.write(content + hashlib.sha256(content).digest())
        Path(made.name).replace(kept)
        for stale in kept.parent.glob(f"{family}-*"):
            if stale != kept:
                stale.unlink(missing_ok=True)
    except OSError:
        return False
    return True
