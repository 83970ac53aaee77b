"""Memory that calls have used and freed goes back to the system, so that a server stays as small as its work."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache

import anyio

EVERY_S = 30.0


async def give_back_freed() -> None:
    """Give freed memory back now and then; ends only when it is cancelled.

    Answers of all sizes between what lives longer leave the C library's heap full of holes: its used part stays the
    same over tens of thousands of calls, and it grows all the same. A trim takes a few ms.
    """
    trim = trimmer()
    while trim is not None:
        await anyio.sleep(EVERY_S)
        trim(0)


@lru_cache(maxsize=1)
def trimmer() -> Callable[[int], int] | None:
    """Return the C library's ``malloc_trim``, or None where it has none, as musl."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
