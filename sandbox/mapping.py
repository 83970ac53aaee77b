"""A file mapped for reading, in processes that may hardly ask the kernel for anything."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import cast

from domain.meaning.gazetteer import Lines

_PROT_READ, _MAP_SHARED = 1, 1
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)


@dataclass(frozen=True, kw_only=True)
class Towns:
    """The index of places (see sandbox.towns) as an open file; its first ``size`` bytes are the lines."""

    descriptor: int
    size: int


def mapped(towns: Towns) -> Lines:
    """Return the lines as bytes that can be sliced, mapped and never copied as a whole.

    By the C library's own call: Python's module wants to look at the file and to duplicate its descriptor, which a
    jailed process may not.

    Raises:
        OSError: the kernel does not map it.
    """
    address = _libc.mmap(None, towns.size, _PROT_READ, _MAP_SHARED, towns.descriptor, 0)
    if address in {None, ctypes.c_void_p(-1).value}:
        raise OSError(ctypes.get_errno(), "the index of places cannot be mapped")
    return cast("Lines", (ctypes.c_char * towns.size).from_address(address))
