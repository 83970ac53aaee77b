"""Places in a list, as opaque text for clients."""

from __future__ import annotations

import base64
import binascii

import mcp_types as types
from mcp.shared.exceptions import MCPError


def cursor_of(position: int) -> str:
    """Return the cursor of a place."""
    return base64.urlsafe_b64encode(str(position).encode()).decode()


def position_of(cursor: str | None) -> int:
    """Return the place that a cursor names; 0 for none.

    Raises:
        MCPError: the cursor is not one of ours.
    """
    if cursor is None:
        return 0
    try:
        position = int(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, binascii.Error) as problem:
        raise MCPError(types.INVALID_PARAMS, "The cursor is not one that this server gave.") from problem
    if position < 0:
        raise MCPError(types.INVALID_PARAMS, "The cursor is not one that this server gave.")
    return position
