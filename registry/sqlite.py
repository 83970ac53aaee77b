"""The registry in a SQLite file: connections, transactions, and the driver's errors in our words."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from domain.errors import RegistryUnusable
from registry.database import IDLE_CONNECTIONS, Dialect, Row, Session

BUSY_TIMEOUT_S = 10.0  # a publish takes milliseconds; who waits longer meets a process that hangs


class SqliteSession:
    """A SQLite connection inside BEGIN IMMEDIATE."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def all(self, sql: str, **values: Any) -> list[Row]:
        """Return every row."""
        return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, **values: Any) -> Row | None:
        """Return the first row, if any."""
        row: Row | None = self.connection.execute(sql, values).fetchone()
        return row

    def run(self, sql: str, **values: Any) -> int:
        """Change rows; returns how many."""
        return self.connection.execute(sql, values).rowcount

    def many(self, sql: str, values: list[dict[str, Any]]) -> None:
        """Run one statement for each set of values."""
        self.connection.executemany(sql, values)

    def lock(self, name: str) -> None:
        """Do nothing: BEGIN IMMEDIATE already keeps every other writer out."""


class SqliteDatabase:
    """A SQLite file in WAL mode, with a small pool of connections."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = str(path)
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._closed = False
        require_sqlite_file(path)
        path.parent.mkdir(parents=True, exist_ok=True)

    def all(self, sql: str, **values: Any) -> list[Row]:
        """Return every row of one statement outside a transaction."""
        with self._connection() as connection:
            return connection.execute(sql, values).fetchall()

    def one(self, sql: str, **values: Any) -> Row | None:
        """Return the first row, if any."""
        with self._connection() as connection:
            row: Row | None = connection.execute(sql, values).fetchone()
            return row

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that is committed at the end of the block, or undone by any exception."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteSession(connection)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close all idle connections; busy ones are closed when they come back."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = self._take()
        try:
            yield connection
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise unusable(self.address, error) from error
        finally:
            self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        with self._guard:
            if self._idle:
                return self._idle.pop()
        try:
            return connect_sqlite(self.path)
        except sqlite3.DatabaseError as error:
            raise unusable(self.address, error) from error

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            if not self._closed and len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()


def connect_sqlite(path: Path) -> sqlite3.Connection:
    """Return a connection in autocommit mode with the project's settings."""
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # a published version must outlive a power cut
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def require_sqlite_file(path: Path) -> None:
    """Refuse what is no SQLite file before the driver could touch it.

    Raises:
        RegistryUnusable: a folder, an unreadable file, or other content.
    """
    head = b""
    try:
        if path.exists():
            with path.open("rb") as file:
                head = file.read(16)
    except OSError as error:
        raise RegistryUnusable(
            f"The registry {path} cannot be read: {error.strerror}.", remedy="Give the path of a readable file."
        ) from error
    if head and head != b"SQLite format 3\x00":
        raise RegistryUnusable(
            f"{path} is not a registry: it is no SQLite database.",
            remedy="It was left as it is. Move it away, or point AGENT_SCHOOL_HOME at another folder.",
        )


def unusable(address: str, error: Exception) -> RegistryUnusable:
    """Return the clear error for what a driver said."""
    said = str(error)
    if "locked" in said or "busy" in said:
        return RegistryUnusable(
            f"The registry {address} is locked by another process.",
            remedy="Try again; end the process that holds it if this stays.",
            passing=True,
        )
    if "readonly" in said or "read-only" in said or "unable to open" in said:
        return RegistryUnusable(
            f"The registry {address} cannot be written: {said}.", remedy="Give write permission on it and its folder."
        )
    if "full" in said or "disk I/O" in said:
        return RegistryUnusable(f"The registry {address} cannot be written: {said}.", remedy="Free disk space.")
    if "malformed" in said or "not a database" in said or "corrupt" in said:
        return RegistryUnusable(
            f"The registry {address} is damaged: {said}.",
            remedy="It was left as it is. Restore a backup, or import an export file into a new registry.",
        )
    return RegistryUnusable(f"The registry {address} refused: {said}.", remedy="Run: main.py doctor")
