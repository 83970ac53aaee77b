"""Runs the revisions that a database lacks, in one transaction under a lock."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy
from alembic import command
from alembic.config import Config
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from registry.database import Database
from registry.postgres import PostgresDatabase
from registry.sqlite import SqliteDatabase, connect_sqlite, unusable

MIGRATION_LOCK = 7_246_001  # any number that other programs in the same PostgreSQL do not use


def upgrade(database: Database, revision: str = "head") -> None:
    """Move a database to a revision. Of several processes one does the work, the others find it done.

    Raises:
        RegistryUnusable: the database cannot be written.
    """
    engine = engine_of(database)
    try:
        with engine.begin() as connection:
            if database.dialect == "postgresql":
                connection.execute(sqlalchemy.text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent))
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    except sqlalchemy.exc.DBAPIError as error:
        raise unusable(database.address, Exception(str(error.orig).splitlines()[0])) from error
    except sqlite3.DatabaseError as error:
        raise unusable(database.address, error) from error
    finally:
        engine.dispose()


def engine_of(database: Database) -> Engine:
    """Return an SQLAlchemy engine on the same database, with transactions that cover schema changes."""
    if isinstance(database, PostgresDatabase):
        scheme, _, rest = database.url.partition("://")
        assert scheme
        return sqlalchemy.create_engine(f"postgresql+psycopg://{rest}", poolclass=NullPool)
    assert isinstance(database, SqliteDatabase)
    path = database.path

    def connect() -> sqlite3.Connection:
        connection = connect_sqlite(path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.row_factory = None
        return connection

    engine = sqlalchemy.create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> Any:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver's own BEGIN would not cover CREATE TABLE

    return engine
