"""PostgreSQL behind the same small interface as SQLite (psycopg 3).

Imported only when a PostgreSQL URL is opened.
"""

from __future__ import annotations

import hashlib
import re
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.rows import DictRow, dict_row

from domain.errors import RegistryUnusable
from registry.database import IDLE_CONNECTIONS, Dialect, Row, Session

CONNECT_TIMEOUT_S = 10
LOCK_TIMEOUT_MS = 10_000

WAITED = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
UNWRITABLE = (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege, psycopg.errors.DiskFull)

Connection = psycopg.Connection[DictRow]


class PostgresSession:
    """A connection inside a transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def all(self, sql: str, **values: Any) -> list[Row]:
        """Return every row."""
        return list(self.connection.execute(for_psycopg(sql).encode(), values).fetchall())

    def one(self, sql: str, **values: Any) -> Row | None:
        """Return the first row, if any."""
        return self.connection.execute(for_psycopg(sql).encode(), values).fetchone()

    def run(self, sql: str, **values: Any) -> int:
        """Change rows; returns how many."""
        return self.connection.execute(for_psycopg(sql).encode(), values).rowcount

    def many(self, sql: str, values: list[dict[str, Any]]) -> None:
        """Run one statement for each set of values."""
        with self.connection.cursor() as cursor:
            cursor.executemany(for_psycopg(sql).encode(), values)

    def lock(self, name: str) -> None:
        """Keep other writers of the same thing out until this transaction ends."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
        number = int.from_bytes(digest[:8], "big", signed=True)
        self.connection.execute("SELECT pg_advisory_xact_lock(%(number)s)", {"number": number})


class PostgresDatabase:
    """A PostgreSQL database with a small pool of connections."""

    dialect: Dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self.address = f"{parts.hostname or 'local'}:{parts.port or 5432}{parts.path}"  # never the password
        self._idle: list[Connection] = []
        self._guard = threading.Lock()
        self._closed = False

    def all(self, sql: str, **values: Any) -> list[Row]:
        """Return every row of one statement outside a transaction."""
        with self._connection() as connection:
            return PostgresSession(connection).all(sql, **values)

    def one(self, sql: str, **values: Any) -> Row | None:
        """Return the first row, if any."""
        with self._connection() as connection:
            return PostgresSession(connection).one(sql, **values)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that is committed at the end of the block, or undone by any exception."""
        with self._connection() as connection, connection.transaction():
            yield PostgresSession(connection)

    def close(self) -> None:
        """Close all idle connections; busy ones are closed when they come back."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        connection = self._take()
        try:
            yield connection
        except psycopg.IntegrityError:
            raise
        except psycopg.Error as error:
            raise self._unusable(error) from error
        finally:
            self._give_back(connection)

    def _take(self) -> Connection:
        with self._guard:
            while self._idle:
                connection = self._idle.pop()
                if not connection.closed and not has_ended(connection):
                    return connection
                connection.close()
        try:
            return psycopg.connect(
                self.url,
                autocommit=True,
                row_factory=dict_row,
                connect_timeout=CONNECT_TIMEOUT_S,
                options=f"-c lock_timeout={LOCK_TIMEOUT_MS}",
            )
        except psycopg.Error as error:
            raise self._unusable(error) from error

    def _give_back(self, connection: Connection) -> None:
        with self._guard:
            if not self._closed and not connection.closed and len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def _unusable(self, error: psycopg.Error) -> RegistryUnusable:
        reason = type(error).__name__  # the driver's text may quote the connection string
        if isinstance(error, WAITED):
            what, remedy = "is locked by another process", "Try again."
        elif isinstance(error, psycopg.errors.DiskFull):
            what, remedy = "cannot be written: the server's disk is full", "Free disk space on the server."
        elif isinstance(error, UNWRITABLE):
            what, remedy = "cannot be written", "Give this user the right to write, on a server that takes changes."
        else:
            what = f"cannot be used ({reason})"
            remedy = "Check that the server runs and that the URL names a database that this user may write."
        passing = isinstance(error, (*WAITED, psycopg.OperationalError)) and not isinstance(error, UNWRITABLE)
        return RegistryUnusable(f"The registry {self.address} {what}.", remedy=remedy, passing=passing)


def has_ended(connection: Connection) -> bool:
    """Return whether the server has ended an idle connection: only then is there something to read on it."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


@lru_cache(maxsize=512)
def for_psycopg(sql: str) -> str:
    """Return the statement with psycopg's parameter style."""
    return re.sub(r"(?<!:):([a-z_][a-z0-9_]*)", r"%(\1)s", sql.replace("%", "%%"))
