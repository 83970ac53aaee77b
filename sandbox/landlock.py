"""Landlock without a single right: no file, no TCP, no abstract socket, no signal outside the domain.

The system call is asked for its version, since securityfs need not be mounted. It does not cover
descriptors that are already open, and UDP before ABI 7 or later: the filter refuses sockets.
"""

from __future__ import annotations

import ctypes
import os
import struct

from sandbox.syscalls import LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF

_CREATE_RULESET_VERSION = 1
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # ABI: number of file system rights it knows; 16 from ABI 5 on
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6
_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """Return the kernel's Landlock ABI, or 0 when it has none."""
    return max(0, int(_libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)))


def restrict() -> int:
    """Give up all rights for this process and all it forks; returns the ABI that was used.

    Raises:
        OSError: the kernel has no Landlock, or refuses.
    """
    version = abi()
    if version == 0:
        raise OSError("this kernel has no Landlock")
    files = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    fields = [files, *([3] if version >= _NETWORK_SINCE else []), *([3] if version >= _SCOPES_SINCE else [])]
    attributes = struct.pack(f"{len(fields)}Q", *fields)
    ruleset = _checked(_libc.syscall(LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0))
    try:
        _checked(_libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return version


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"landlock: {os.strerror(code)}")
    return result
