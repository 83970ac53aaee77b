"""PostgreSQL for tests and benchmarks: a server that is given, or one of the machine's own binaries.

The given one is at AGENT_SCHOOL_TEST_POSTGRES (a URL without a database name); else one is started on a free loopback
port, without durability, and ended afterwards.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

GIVEN = "AGENT_SCHOOL_TEST_POSTGRES"
MISSING = f"PostgreSQL is not installed (apt-get install postgresql), and no {GIVEN}"
USERS = ("postgres", "nobody")  # PostgreSQL refuses to run as root


class NoPostgres(Exception):
    """There is no server to be had; the text says what to do."""


@contextmanager
def running_server() -> Iterator[str]:
    """Yield the URL of a server without a database name.

    Raises:
        NoPostgres: none is given, and none is installed.
    """
    given = os.environ.get(GIVEN)
    if given:
        yield given.rstrip("/")
        return
    initdb, postgres = binary("initdb"), binary("postgres")
    if initdb is None or postgres is None:
        raise NoPostgres(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="school-pg-"))
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = {"user": next(name for name in USERS if known_user(name))}
        shutil.chown(folder, user["user"])
    data = folder / "data"
    subprocess.run(
        [initdb, "-D", str(data), "-U", "school", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"],
        check=True,
        capture_output=True,
        cwd=folder,
        **user,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # The server logs to a file: a pipe that nobody reads would stop it once it is full.
    control = [str(binary("pg_ctl")), "-D", str(data), "-w", "-t", "60"]
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off"
    quiet: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], check=True, **quiet, **user)
    try:
        yield f"postgresql://school@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet, **user)
        shutil.rmtree(folder, ignore_errors=True)


def binary(name: str) -> str | None:
    """Return the path of one of PostgreSQL's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


def known_user(name: str) -> bool:
    """Return whether the machine has this user."""
    return subprocess.run(["id", name], capture_output=True, check=False).returncode == 0


@contextmanager
def postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a database that is dropped afterwards."""
    name = f"school_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
