"""Registries for tests: each test that asks for ``address`` runs on SQLite and on PostgreSQL.

PostgreSQL is the server at AGENT_SCHOOL_TEST_POSTGRES, else one that is started here from the machine's own
binaries on a free loopback port and ended after the session; without either those tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from registry import Registry, open_registry
from registry.database import open_database
from registry.schema import ensure_schema
from tests.registry.making import HeldClock

USERS = ("postgres", "nobody")  # PostgreSQL refuses to run as root


def binary(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server without a database name."""
    given = os.environ.get("AGENT_SCHOOL_TEST_POSTGRES")
    if given:
        yield given.rstrip("/")
        return
    initdb, postgres = binary("initdb"), binary("postgres")
    if initdb is None or postgres is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql), and no AGENT_SCHOOL_TEST_POSTGRES")
    folder = Path(tempfile.mkdtemp(prefix="school-pg-"))
    user: dict[str, str] = {}
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
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], check=True, **quiet, **user)
    try:
        yield f"postgresql://school@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet, **user)
        shutil.rmtree(folder, ignore_errors=True)


def known_user(name: str) -> bool:
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


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated database, which is copied in a tenth of the time that the migrations take."""
    with postgres_database(postgres_server) as url:
        migrate(url)
        yield url.rpartition("/")[2]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file."""
    path = tmp_path_factory.mktemp("template") / "registry.db"
    migrate(path)
    return path


def migrate(target: str | Path) -> None:
    store = open_database(target)
    ensure_schema(store)
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a registry can be made: a missing file, or an empty database of a server."""
    if request.param == "sqlite":
        yield str(tmp_path / "registry.db")
        return
    with postgres_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a fresh registry is: a file, or a database of a server."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "registry.db")
        yield str(path)
        return
    server, template = (request.getfixturevalue(name) for name in ("postgres_server", "postgres_template"))
    with postgres_database(server, template) as url:
        yield url


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def opening(address: str, tmp_path: Path, clock: HeldClock) -> Iterator[Callable[[], Registry]]:
    """Opens the same registry, as often as called; as another process would."""
    opened: list[Registry] = []

    def again() -> Registry:
        opened.append(open_registry(address, clock=clock, keys_folder=tmp_path / "keys"))
        return opened[-1]

    yield again
    for each in opened:
        each.close()


@pytest.fixture
def registry(opening: Callable[[], Registry]) -> Registry:
    return opening()
