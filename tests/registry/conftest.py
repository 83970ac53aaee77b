"""Registries for tests: each test that asks for ``address`` runs on SQLite and on PostgreSQL.

Without PostgreSQL (see ``tests.postgres``) those tests are skipped.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry import Registry, open_registry
from registry.opening import open_database
from registry.schema import ensure_schema
from tests.postgres import NoPostgres, postgres_database, running_server
from tests.registry.making import HeldClock


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server without a database name."""
    try:
        with running_server() as url:
            yield url
    except NoPostgres as missing:
        pytest.skip(str(missing))


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
