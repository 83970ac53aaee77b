"""Which schema a database has, and the way to the present one.

Opening a database that is at the head costs one statement; alembic is imported only to move it there.
"""

from __future__ import annotations

from domain.errors import RegistryUnusable
from registry.database import Database
from registry.jobs import JOB_TABLES
from registry.sqlite import SqliteDatabase

HISTORY = tuple(f"school_{number:04}" for number in range(1, 7))  # revisions, oldest first
HEAD = HISTORY[-1]


def ensure_schema(database: Database) -> str | None:
    """Bring the database to the present schema, and return the one it had; one that is there is only looked at.

    Raises:
        RegistryUnusable: another program's database, or one of a later version; it is left as it was.
    """
    found = revision(database)
    if found == HEAD:
        return found
    if found is not None and found not in HISTORY:
        raise RegistryUnusable(
            f"The registry {database.address} was made by a later version (schema {found[:40]!r}).",
            remedy="Use the newer Agent School, or another AGENT_SCHOOL_HOME. It was left as it is.",
        )
    from registry.migrations.upgrade import upgrade  # noqa: PLC0415 alembic costs a second, once per schema change

    upgrade(database)
    return found


def revision(database: Database) -> str | None:
    """Return the schema revision, or None for a database with nothing in it.

    Raises:
        RegistryUnusable: it holds tables, but not ours.
    """
    if isinstance(database, SqliteDatabase):
        if not database.path.exists() or database.path.stat().st_size == 0:
            return None
        tables = {row["name"] for row in database.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
    else:
        tables = {
            row["name"]
            for row in database.all(
                "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()"
            )
        }
    if "alembic_version" in tables:
        row = database.one("SELECT version_num FROM alembic_version")
        if row is not None:
            return str(row["version_num"])
    if tables - {"alembic_version", *JOB_TABLES}:
        raise RegistryUnusable(
            f"{database.address} is a database of another program.",
            remedy="It was left as it is. Point AGENT_SCHOOL_HOME at another folder, or the URL at an empty database.",
        )
    return None
