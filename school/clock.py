"""The clock of the house: the machine's, or one that is held still."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.values import Value


class MachineClock:
    """Tells the machine's time in UTC."""

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC)


class HeldClock(Value):
    """Tells one time for ever; set by AGENT_SCHOOL_NOW and by tests."""

    at: datetime

    def now(self) -> datetime:
        """Return the time that is held."""
        return self.at
