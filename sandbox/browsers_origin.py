"""Where a browser's request goes to, as the policy names it."""

from __future__ import annotations

from urllib.parse import urlsplit

from domain.policy import DEFAULT_PORTS


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a URL; ("", "", 0) where there is none."""
    try:
        parts = urlsplit(url)
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
        return scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(scheme, 0)
    except ValueError:
        return "", "", 0
