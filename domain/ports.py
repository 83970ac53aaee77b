"""Protocols that have two or more implementations: school hands them from one room to another."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.cost import LedgerEntry, Usage


class Clock(Protocol):
    """Tells the time; tests and AGENT_SCHOOL_NOW hold it still."""

    def now(self) -> datetime:
        """Return the time with its zone."""


class ReplyCache(Protocol):
    """Keeps replies of models for an hour, by the hash of the request."""

    def get(self, key: str) -> str | None:
        """Return a kept reply (JSON text) that is not too old."""

    def put(self, key: str, reply: str) -> None:
        """Keep a reply."""


class Ledger(Protocol):
    """Takes every model call, and tells what was spent."""

    def record(self, entry: LedgerEntry) -> None:
        """Keep one entry."""

    def spent(self, *, job_id: str | None = None, since: datetime | None = None) -> Usage:
        """Return the sum of a job, or since a time."""
