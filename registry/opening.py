"""Which database an address means."""

from __future__ import annotations

from pathlib import Path

from registry.database import Database
from registry.sqlite import SqliteDatabase


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
