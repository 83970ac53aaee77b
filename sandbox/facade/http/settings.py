"""Values that httpx takes as settings; the policy's limits hold whatever they say."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import Any


class Timeout:
    """Seconds that a request may take; the smallest given one counts."""

    def __init__(self, timeout: Any = None, **parts: float | None) -> None:
        given = [value for value in (timeout, *parts.values()) if isinstance(value, int | float)]
        self.seconds = min(given) if given else None


class Limits:
    """Accepted for compatibility; connections belong to the broker."""

    def __init__(self, **parts: Any) -> None:
        self.max_connections = parts.get("max_connections")
        self.max_keepalive_connections = parts.get("max_keepalive_connections")


class BasicAuth:
    """User name and password that the person gave as arguments. Secrets of the tool are added by the broker."""

    def __init__(self, username: str, password: str) -> None:
        self.header = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


codes = HTTPStatus
REASONS: dict[int, str] = {status.value: status.phrase for status in HTTPStatus}


def seconds(timeout: Any) -> float | None:
    """Return the number of seconds that a ``timeout`` argument of any of httpx's shapes means."""
    if isinstance(timeout, Timeout):
        return timeout.seconds
    if isinstance(timeout, tuple):
        return Timeout(None, **{str(index): part for index, part in enumerate(timeout)}).seconds
    return float(timeout) if isinstance(timeout, int | float) else None
