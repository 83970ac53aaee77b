"""Connections, transactions and plain SQL on SQLite or PostgreSQL.

Owns the drivers, the pool and the translation of their errors. Statements use ``:name`` parameters on both
engines. Which tables exist is told by ``tables.py`` and made by ``schema.py``.

SQLAlchemy is left out on purpose: its import alone costs a third of the server's start budget, and a statement
through it ten times the driver's own time.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Protocol

from domain.errors import RegistryUnusable

BUSY_TIMEOUT_S = 10.0  # a publish takes milliseconds; who waits longer meets a process that hangs
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


def open_database(target: str | Path) -> Database:
    """Open a SQLite file (made when missing) or a PostgreSQL URL.

    Raises:
        RegistryUnusable: no database, damaged, locked, or out of reach; the file is left as it was.
    """
    text = str(target)
    if text.startswith(("postgresql://", "postgres://")):
        from registry.postgres import PostgresDatabase  # noqa: PLC0415 psycopg costs 200 ms; SQLite users never pay it

        return PostgresDatabase(text)
    return SqliteDatabase(Path(text.removeprefix("sqlite:///")))


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


@lru_cache(maxsize=512)
def for_psycopg(sql: str) -> str:
    """Return the statement with psycopg's parameter style."""
    return re.sub(r"(?<!:):([a-z_][a-z0-9_]*)", r"%(\1)s", sql.replace("%", "%%"))
