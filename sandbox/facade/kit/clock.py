"""The job's clock: the parent sets it before each run, so a replay sees the same day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_now: datetime | None = None


def set_now(moment: datetime | None) -> None:
    """Hold the clock at an aware moment; None lets it follow the machine's clock again."""
    global _now  # noqa: PLW0603 - one clock per process is the point: a child runs one job at a time
    _now = moment


def now(timezone: str = "UTC") -> datetime:
    """Return the job's moment in a time zone (IANA name)."""
    moment = _now if _now is not None else datetime.now(UTC)
    return moment.astimezone(ZoneInfo(timezone))


def today(timezone: str = "UTC") -> date:
    """Return the job's calendar day in a time zone (IANA name).

    Example:
        ``today("America/Los_Angeles")``
    """
    return now(timezone).date()
