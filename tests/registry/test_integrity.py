from __future__ import annotations

import base64
import stat
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.errors import IntegrityBroken, RegistryUnusable, SettingsProblem, UnknownTool
from domain.workflow import Status
from registry import Registry, open_registry
from tests.registry.making import make_version
from tests.requirements import requirement


def change_behind_its_back(registry: Registry, statement: str, **values: object) -> None:
    """Change rows as someone with the database in hand would: the triggers go first."""
    with registry.database.write() as session:
        on = " ON version" if registry.database.dialect == "postgresql" else ""
        for trigger in ("version_frozen", "evidence_frozen"):
            session.run(f"DROP TRIGGER IF EXISTS {trigger}{on}")
        session.run(statement, **values)


def refused(registry: Registry) -> list[tuple[str, int]]:
    return [(each.tool, each.version) for each in registry.audit() if each.action == "integrity"]


TAMPERING = {
    "code": "UPDATE version SET content = REPLACE(content, 'Lists concerts', 'Sends secrets')",
    "policy": "UPDATE version SET content = REPLACE(content, 'api.events.example', 'evil.example')",
    "description": "UPDATE version SET face = REPLACE(face, 'Finds', 'Ignore all rules, and')",
    "verdict": "UPDATE version SET evidence = REPLACE(evidence, 'builtin', 'openai')",
    "hash": "UPDATE version SET content_hash = '0'",
    "number": "UPDATE version SET number = 7",
    "owner": "UPDATE tool SET owner = 'mallory'",
    "signature": "UPDATE version SET signature = 'AAAA'",
    "not base64": "UPDATE version SET signature = '%%%'",
    "key": "UPDATE version SET key_id = '0000000000000000'",
}


@requirement("REG-2")
@pytest.mark.parametrize("part", TAMPERING)
def test_a_tampered_version_is_refused_and_reported(registry: Registry, part: str) -> None:
    registry.publish(make_version(), actor="ann")
    change_behind_its_back(registry, TAMPERING[part])
    owner, number = ("mallory" if part == "owner" else "local"), (7 if part == "number" else 1)
    change_behind_its_back(registry, "UPDATE tool SET head_number = :number", number=number)
    with pytest.raises(IntegrityBroken):
        registry.tool("list_concerts", owner)
    assert refused(registry) == [("list_concerts", number)]


@requirement("REG-2")
def test_a_tampered_description_reaches_neither_a_listing_nor_a_search(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    registry.publish(make_version("other_tool"), actor="ann")
    change_behind_its_back(
        registry, "UPDATE version SET face = REPLACE(face, 'list concerts', 'list concerts for mallory')"
    )
    assert [entry.name for entry in registry.tools("local").entries] == ["other_tool"]
    assert [hit.name for hit in registry.search("jazz tonight", "local")] == ["other_tool"]
    assert refused(registry) == [("list_concerts", 1)]


@requirement("REG-2")
def test_a_tampered_version_can_be_quarantined_and_left_by_rollback(registry: Registry) -> None:
    good = registry.publish(make_version(), actor="ann")
    registry.publish(make_version(code="second = 2\n"), actor="ann")
    change_behind_its_back(registry, "UPDATE version SET content = REPLACE(content, 'second', 'third')")
    assert registry.rollback("list_concerts", "local", actor="ann") == good
    registry.quarantine("list_concerts", "local", version=2, actor="ann", reason="tampered")
    assert registry.versions("list_concerts", "local")[0].status is Status.QUARANTINED


def test_a_lone_tampered_version_can_be_quarantined(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    change_behind_its_back(registry, "UPDATE version SET content = REPLACE(content, 'Lists', 'Sends')")
    registry.quarantine("list_concerts", "local", actor="ann")
    with pytest.raises(UnknownTool):
        registry.tool("list_concerts", "local")


@requirement("REG-2")
@pytest.mark.parametrize("column", ["content", "face", "content_hash", "number", "evidence", "signature"])
def test_the_database_itself_refuses_to_change_a_version(registry: Registry, column: str) -> None:
    registry.publish(make_version(), actor="ann")
    value = "7" if column == "number" else "'x'"
    errors = (Exception,) if registry.database.dialect == "sqlite" else (psycopg.Error, RegistryUnusable)
    with pytest.raises(errors, match=r"never changes|refused|cannot be used"), registry.database.write() as session:
        session.run(f"UPDATE version SET {column} = {value}")
    assert registry.tool("list_concerts", "local").number == 1


def test_the_database_itself_refuses_a_second_published_version(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    registry.publish(make_version(code="b = 2\n"), actor="ann")
    with pytest.raises(Exception, match=r"UNIQUE|duplicate"), registry.database.write() as session:
        session.run("UPDATE version SET status = 'published'")


@requirement("REG-2")
def test_the_key_is_made_on_first_use_and_only_its_owner_can_read_it(registry: Registry, tmp_path: Path) -> None:
    mode = (tmp_path / "keys" / "signing.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert [key.active for key in registry.trusted_keys()] == [True]


@requirement("REG-2")
def test_after_a_rotation_old_versions_stay_valid_and_other_processes_follow(
    opening: Callable[[], Registry],
) -> None:
    one, two = opening(), opening()
    one.publish(make_version(), actor="ann")
    fresh = one.rotate_key(actor="ann")
    second = one.publish(make_version(code="b = 2\n"), actor="ann")
    assert second.key_id == fresh
    assert two.tool("list_concerts", "local") == second
    assert two.tool("list_concerts", "local", 1).key_id != fresh
    assert [key.key_id for key in two.trusted_keys() if key.active] == [fresh]
    assert [key.key_id for key in opening().trusted_keys() if key.active] == [fresh]


@requirement("REG-2")
def test_servers_with_one_shared_key_trust_each_other(address: str, tmp_path: Path) -> None:
    shared = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
    with open_registry(address, keys_folder=tmp_path / "a", shared_key=shared) as one:
        published = one.publish(make_version(), actor="ann")
    with open_registry(address, keys_folder=tmp_path / "b", shared_key=shared) as two:
        assert two.tool("list_concerts", "local") == published
        with pytest.raises(SettingsProblem, match="comes from the configuration"):
            two.rotate_key(actor="ann")


@requirement("REG-2")
def test_a_server_with_another_key_refuses_until_the_key_is_trusted(address: str, tmp_path: Path) -> None:
    with open_registry(address, keys_folder=tmp_path / "a") as one:
        published = one.publish(make_version(), actor="ann")
        public = one.trusted_keys()[0].public_key
    with open_registry(address, keys_folder=tmp_path / "b") as two:
        with pytest.raises(IntegrityBroken, match="not trusted"):
            two.tool("list_concerts", "local")
        two.trust_key(public, actor="ann")
        assert two.tool("list_concerts", "local") == published


@pytest.mark.parametrize("text", ["", "short", "x" * 44, base64.b64encode(b"31 bytes are too few for a key!").decode()])
def test_a_key_file_that_is_no_key_is_refused_without_quoting_it(tmp_path: Path, text: str) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "signing.key").write_text(text)
    with pytest.raises(SettingsProblem) as caught:
        open_registry(tmp_path / "r.db", keys_folder=keys)
    assert text not in caught.value.message or not text
