"""How we present ourselves to sites: honestly by default, like a usual browser when the operator wants that (OPS-5).

Rules of robots.txt are kept under our own name either way.
"""

from __future__ import annotations

from enum import StrEnum

VERSION = "0.1.0"
USER_AGENT = f"AgentSchool/{VERSION}"
_USUAL_BROWSER = "140"  # asked for by requests that no browser of ours makes


class Appearance(StrEnum):
    """HONEST names us (requests) or the headless browser (pages); BROWSER looks like a desktop's browser."""

    HONEST = "honest"
    BROWSER = "browser"

    def of_requests(self) -> str:
        """Return the User-Agent of requests that are made without a browser."""
        return _chrome(_USUAL_BROWSER) if self is Appearance.BROWSER else USER_AGENT

    def of_pages(self, version: str) -> str | None:
        """Return the User-Agent of a browser of a version such as 140.0.7339.80; None is the browser's own."""
        return _chrome(version.partition(".")[0]) if self is Appearance.BROWSER else None


def _chrome(major: str) -> str:
    # Source: the reduced form that Chrome sends since version 110: only the major version is told.
    return f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"
