"""What the registry asks of a database, whichever it is: rows, readers, transactions.

Statements are plain SQL with ``:name`` parameters on both engines. Which tables exist is told by ``tables.py`` and made
by ``schema.py``.

SQLAlchemy is left out on purpose: its import alone costs a third of the server's start budget, and a statement
through it ten times the driver's own time.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

IDLE_CONNECTIONS = 4

Dialect = Literal["sqlite", "postgresql"]


class Row(Protocol):
    """One row by column name."""

    def __getitem__(self, name: str, /) -> Any:
        """Return the value of a column."""


class Reader(Protocol):
    """Answers statements that change nothing."""

    def all(self, sql: str, **values: Any) -> list[Row]:
        """Return every row."""

    def one(self, sql: str, **values: Any) -> Row | None:
        """Return the first row, if any."""


class Session(Reader, Protocol):
    """One open transaction."""

    def run(self, sql: str, **values: Any) -> int:
        """Change rows; returns how many."""

    def many(self, sql: str, values: list[dict[str, Any]]) -> None:
        """Run one statement for each set of values."""

    def lock(self, name: str) -> None:
        """Keep other writers of the same thing out until this transaction ends."""


class Database(Reader, Protocol):
    """A store that reads by itself and writes in transactions. Safe to share between threads."""

    dialect: Dialect
    address: str

    def write(self) -> AbstractContextManager[Session]:
        """Open a transaction that is committed at the end of the block, or undone by any exception."""

    def close(self) -> None:
        """Close all connections."""
