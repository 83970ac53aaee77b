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


class PaidReplies(Protocol):
    """Keeps what a job was answered by models, for as long as the job may have to be taken up again."""

    def get(self, job_id: str, key: str) -> str | None:
        """Return the reply (JSON text) that this job has paid for already."""

    def keep(self, job_id: str, key: str, reply: str, entry: LedgerEntry) -> None:
        """Keep a reply and its ledger entry, both or neither."""


class Ledger(Protocol):
    """Takes every model call, and tells what was spent."""

    def record(self, entry: LedgerEntry) -> None:
        """Keep one entry."""

    def spent(self, *, job_id: str | None = None, since: datetime | None = None) -> Usage:
        """Return the sum of a job, or since a time."""
