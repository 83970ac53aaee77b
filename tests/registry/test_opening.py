from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

import registry.tables  # noqa: F401 declares the metadata
from domain.errors import RegistryUnusable
from registry import Registry, open_registry, sqlite
from registry.migrations.upgrade import engine_of, upgrade
from registry.opening import open_database
from registry.schema import HEAD, HISTORY
from tests.postgres import postgres_database
from tests.registry.making import make_version
from tests.requirements import requirement

ROOT = Path(__file__).parents[2]
ENGINE_TABLES = ("tool_search", "alembic_version")  # made by migrations for each engine in its own way


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refuse_untouched(path: Path, match: str) -> None:
    before = digest(path)
    with pytest.raises(RegistryUnusable, match=match) as caught:
        open_registry(path)
    assert caught.value.remedy
    assert digest(path) == before
    assert sorted(each.name for each in path.parent.iterdir() if each.name.endswith("-journal")) == []


@requirement("REG-1")
@pytest.mark.parametrize(
    "content", [b"hello, I am a text file" * 10, b"\x00" * 4096, b"SQLite format 2\x00" + b"x" * 99]
)
def test_a_file_that_is_no_database_is_refused_and_left_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    refuse_untouched(path, "not a registry")


@requirement("REG-1")
def test_a_damaged_database_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    open_registry(path).close()
    data = bytearray(path.read_bytes())
    data[100:2000] = b"\xff" * 1900
    path.write_bytes(bytes(data))
    refuse_untouched(path, "damaged")


def test_a_truncated_database_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    open_registry(path).close()
    path.write_bytes(path.read_bytes()[:5000])
    refuse_untouched(path, "damaged")


@requirement("REG-1")
def test_a_database_of_another_program_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (name)")
    connection.close()
    refuse_untouched(path, "another program")


@requirement("REG-1")
def test_a_registry_of_a_later_version_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    open_registry(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("UPDATE alembic_version SET version_num = 'school_9999'")
    connection.commit()
    connection.close()
    refuse_untouched(path, "later version")


def test_a_later_registry_on_a_server_is_refused(address: str, registry: Registry) -> None:
    with registry.database.write() as session:
        session.run("UPDATE alembic_version SET version_num = 'school_9999'")
    with pytest.raises(RegistryUnusable, match="later version"):
        open_registry(address, keys_folder=None, shared_key="A" * 43 + "=")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.db").mkdir()
    with pytest.raises(RegistryUnusable, match="cannot be read"):
        open_registry(tmp_path / "r.db")


def test_an_empty_file_becomes_a_registry(tmp_path: Path) -> None:
    (tmp_path / "r.db").touch()
    with open_registry(tmp_path / "r.db") as registry:
        assert registry.publish(make_version(), actor="ann").number == 1


def test_a_server_that_does_not_answer_is_a_clear_error_without_the_password() -> None:
    with pytest.raises(RegistryUnusable) as caught:
        open_registry("postgresql://ann:s3cret@127.0.0.1:1/school", shared_key="A" * 43 + "=")
    assert "s3cret" not in caught.value.message + caught.value.remedy


def test_a_locked_registry_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    with open_registry(tmp_path / "r.db") as registry:
        holder = sqlite3.connect(tmp_path / "r.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegistryUnusable, match="locked"):
            registry.publish(make_version(), actor="ann")
        assert registry.search("concerts", "local") == ()
        holder.execute("ROLLBACK")
        holder.close()
        assert registry.publish(make_version(), actor="ann").number == 1


def test_a_full_disk_is_a_clear_error_and_leaves_the_state_before(tmp_path: Path) -> None:
    with open_registry(tmp_path / "r.db") as registry:
        first = registry.publish(make_version(), actor="ann")
        pages = registry.database.one("PRAGMA page_count")
        assert pages is not None
        registry.database.one(f"PRAGMA max_page_count = {pages['page_count'] + 2}")
        with pytest.raises(RegistryUnusable, match="full") as caught:
            registry.publish(make_version(code="# long\n" * 50_000), actor="ann")
        assert "disk space" in caught.value.remedy
        assert registry.tool("list_concerts", "local") == first
        assert [entry.number for entry in registry.versions("list_concerts", "local")] == [1]


READ_ONLY = """
import os, sys
from pathlib import Path
from registry import open_registry
from domain.errors import RegistryUnusable
from tests.registry.making import make_version
folder, warm = Path(sys.argv[1]), Path(sys.argv[2])
with open_registry(warm / "r.db") as registry:  # imports all that publishing needs while it can be read
    registry.publish(make_version(), actor="ann")
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
registry = open_registry(folder / "r.db", keys_folder=folder / "readable")
print(registry.tool("list_concerts", "local").number)
try:
    registry.publish(make_version(code="b = 2\\n"), actor="ann")
except RegistryUnusable as error:
    print(error.message.split(": ")[-1], "|", error.remedy)
"""


def test_a_registry_that_may_only_be_read_is_read_and_refuses_changes_clearly(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    warm = tmp_path_factory.mktemp("warm")
    with open_registry(tmp_path / "r.db", keys_folder=tmp_path / "readable") as registry:
        registry.publish(make_version(), actor="ann")
    connection = sqlite3.connect(tmp_path / "r.db")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    for each in (tmp_path / "readable" / "signing.key", tmp_path / "r.db"):
        each.chmod(0o444)
    for folder in (tmp_path, tmp_path / "readable", tmp_path / "readable" / "trusted"):
        folder.chmod(0o555)
    for folder in tmp_path.parents:
        if folder.is_relative_to("/tmp") and folder != Path("/tmp") and os.geteuid() == 0:
            folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(tmp_path), str(warm)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    tmp_path.chmod(0o755)
    assert done.stdout.splitlines()[:1] == ["1"], done.stderr
    assert "readonly" in done.stdout
    assert "write permission" in done.stdout


@requirement("REG-1")
@pytest.mark.parametrize("start", HISTORY)
def test_a_database_of_any_earlier_state_is_brought_up_and_keeps_its_tools(
    empty_address: str, tmp_path: Path, start: str
) -> None:
    store = open_database(empty_address)
    upgrade(store, start)
    with store.write() as session:
        session.run(
            "INSERT INTO audit (at, actor, action, owner, tool, version, outcome, facts) "
            "VALUES ('2027-05-01T12:00:00.000000+00:00', 'ann', 'old', 'local', 't', 1, 'done', '{}')"
        )
    store.close()
    with open_registry(empty_address, keys_folder=tmp_path / "keys") as registry:
        assert [entry.action for entry in registry.audit()] == ["old"]
        registry.publish(make_version(), actor="ann")
        assert [hit.name for hit in registry.search("concerts", "local")] == ["list_concerts"]


@requirement("REG-1", "REG-3")
def test_tools_from_before_the_search_index_are_found_after_the_upgrade(
    registry: Registry, opening: Callable[[], Registry]
) -> None:
    registry.publish(make_version(), actor="ann")
    with registry.database.write() as session:
        session.run("DELETE FROM tool_search")
        session.run("DELETE FROM search_term")
        session.run("UPDATE counter SET value = 0 WHERE name = 'search_rules'")
    assert registry.search("concerts", "local") == ()
    assert [hit.name for hit in opening().search("concerts", "local")] == ["list_concerts"]


@requirement("REG-1")
def test_the_migrated_schema_is_the_declared_one(address: str, registry: Registry) -> None:
    engine = engine_of(registry.database)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: not (kind == "table" and str(name).startswith(ENGINE_TABLES)),
                # SQLite does not tell that an index runs downwards
                "include_object": lambda item, name, kind, found, other: name != "tool_listing",
            },
        )
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert [each for each in differences if "NullType" not in repr(each)] == []


def test_the_known_history_is_the_one_of_the_migrations() -> None:
    script = ScriptDirectory(str(ROOT / "registry" / "migrations"))
    assert tuple(reversed([each.revision for each in script.walk_revisions()])) == HISTORY
    assert script.get_current_head() == HEAD


def test_opening_a_registry_at_the_head_imports_neither_alembic_nor_sqlalchemy(tmp_path: Path) -> None:
    open_registry(tmp_path / "r.db").close()
    program = (
        "import sys; from registry import open_registry; open_registry(sys.argv[1]).close(); "
        "print(sorted({'alembic', 'sqlalchemy', 'sqlmodel', 'psycopg', 'structlog', 'rapidfuzz'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "r.db")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


OPEN_AND_PUBLISH = """
import sys
from pathlib import Path
from registry import open_registry
from tests.registry.making import make_version
with open_registry(sys.argv[1], keys_folder=Path(sys.argv[2])) as registry:
    print(registry.publish(make_version(f"tool_{sys.argv[3]}"), actor="x").number)
"""


@requirement("REG-1")
def test_many_processes_that_make_a_registry_at_once_make_one(empty_address: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN_AND_PUBLISH, empty_address, str(tmp_path / "keys")]
    children = [
        subprocess.Popen([*command, str(number)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for number in range(4)
    ]
    for child in children:
        out, err = child.communicate(timeout=100)
        assert (child.returncode, out.strip()) == (0, "1"), err
    with open_registry(empty_address, keys_folder=tmp_path / "keys") as registry:
        assert len(registry.tools("local").entries) == 4


def test_the_pool_of_connections_outlives_errors(registry: Registry) -> None:
    for _ in range(10):
        with pytest.raises(RegistryUnusable):
            registry.database.all("SELECT * FROM no_such_table")
    assert registry.generation() == 0


@requirement("REG-1")
def test_connections_that_the_server_ended_are_opened_anew(postgres_server: str, tmp_path: Path) -> None:
    with (
        postgres_database(postgres_server) as url,
        open_registry(url, keys_folder=tmp_path / "keys") as registry,
        psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin,
    ):
        registry.publish(make_version(), actor="ann")
        named = {"name": url.rpartition("/")[2]}
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %(name)s", named)
        while admin.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %(name)s", named).fetchone():
            continue  # the test's own time-out bounds it
        assert registry.tool("list_concerts", "local").number == 1
        registry.share("list_concerts", "local", actor="ann")


@requirement("REG-1")
def test_a_server_that_takes_no_changes_is_a_clear_error(postgres_server: str, tmp_path: Path) -> None:
    with postgres_database(postgres_server) as url:
        with open_registry(url, keys_folder=tmp_path / "keys") as registry:
            registry.publish(make_version(), actor="ann")
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {url.rpartition('/')[2]} SET default_transaction_read_only = on".encode())
        with open_registry(url, keys_folder=tmp_path / "keys") as registry:
            assert registry.tool("list_concerts", "local").number == 1
            with pytest.raises(RegistryUnusable, match="cannot be written") as caught:
                registry.share("list_concerts", "local", actor="ann")
            assert "right to write" in caught.value.remedy


def test_sqlite_runs_in_wal_mode_with_foreign_keys(tmp_path: Path) -> None:
    with open_registry(tmp_path / "r.db") as registry:
        mode, keys = (registry.database.one(f"PRAGMA {each}") for each in ("journal_mode", "foreign_keys"))
        assert mode is not None
        assert keys is not None
        assert (mode["journal_mode"], keys["foreign_keys"]) == ("wal", 1)
