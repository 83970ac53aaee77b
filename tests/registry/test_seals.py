from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from domain.errors import IntegrityBroken, SettingsProblem, UnknownTool
from domain.workflow import Status
from registry import Registry, ReplayBundle, open_registry
from tests.registry.making import make_version
from tests.requirements import requirement

pytestmark = requirement("REG-2")
NAME = "list_concerts"


@pytest.fixture
def shop(registry: Registry) -> Registry:
    """A tool with a quarantined, a deprecated and a published version."""
    for number in (1, 2, 3):
        registry.publish(make_version(code=f"v = {number}\n"), actor="ann", bundle=ReplayBundle(cases=()))
    registry.quarantine(NAME, "local", version=1, actor="ann", reason="it leaks")
    return registry


def write(registry: Registry, *statements: str) -> None:
    with registry.database.write() as session:
        for statement in statements:
            session.run(statement)


def states(registry: Registry) -> list[tuple[int, str]]:
    return [(entry.number, entry.status.value) for entry in registry.versions(NAME, "local")]


FORGED = {
    "released": ("UPDATE version SET status = 'deprecated' WHERE number = 1",),
    "published": (
        "UPDATE version SET status = 'deprecated' WHERE number = 3",
        "UPDATE version SET status = 'published' WHERE number = 1",
        "UPDATE tool SET head_number = 1",
    ),
    "downgraded": (
        "UPDATE version SET status = 'deprecated' WHERE number = 3",
        "UPDATE version SET status = 'published' WHERE number = 2",
        "UPDATE tool SET head_number = 2",
    ),
    "shared": ("UPDATE tool SET shared = (1 = 1)",),
    "head moved": ("UPDATE version SET status = 'draft' WHERE number = 1", "UPDATE tool SET head_number = 1"),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_who_writes_rows_cannot_change_what_may_run(shop: Registry, forgery: str) -> None:
    write(shop, *FORGED[forgery])
    number = 1 if forgery == "released" else None
    with pytest.raises((IntegrityBroken, UnknownTool)):
        shop.tool(NAME, "local", number)
    if forgery != "released":
        assert shop.tools("local").entries == ()
        assert shop.search("concerts", "local") == ()
    assert {entry.action for entry in shop.audit() if entry.outcome == "refused"} <= {"integrity"}


@pytest.mark.parametrize("forgery", FORGED)
def test_the_next_change_puts_forged_states_back_instead_of_signing_them(shop: Registry, forgery: str) -> None:
    write(shop, *FORGED[forgery])
    shop.publish(make_version(code="v = 4\n"), actor="ann")
    assert states(shop) == [(4, "published"), (3, "deprecated"), (2, "deprecated"), (1, "quarantined")]
    assert [entry.action for entry in shop.audit() if entry.outcome == "refused"] == ["restore"]
    assert shop.tool(NAME, "local").number == 4
    with pytest.raises(UnknownTool):
        shop.tool(NAME, "bob")


BROKEN = {
    "seal gone": "UPDATE tool SET seal = ''",
    "record changed": "UPDATE tool SET states = REPLACE(states, 'quarantined', 'deprecated')",
    "record gone": "UPDATE tool SET states = '', seal = '', seal_key = ''",
}


@pytest.mark.parametrize("damage", BROKEN)
def test_a_tool_whose_record_is_broken_runs_and_changes_only_after_quarantine(shop: Registry, damage: str) -> None:
    write(shop, BROKEN[damage])
    with pytest.raises(IntegrityBroken, match="record of the states") as caught:
        shop.tool(NAME, "local")
    assert "quarantine" in caught.value.remedy
    for change in (
        lambda: shop.publish(make_version(code="v = 4\n"), actor="ann"),
        lambda: shop.rollback(NAME, "local", actor="ann"),
        lambda: shop.share(NAME, "local", actor="ann"),
        lambda: shop.deprecate(NAME, "local", actor="ann"),
    ):
        with pytest.raises(IntegrityBroken):
            change()
    shop.quarantine(NAME, "local", actor="ann", reason="broken record")
    assert {status for _, status in states(shop)} == {"quarantined"}
    shop.deprecate(NAME, "local", version=3, actor="ann")
    assert shop.rollback(NAME, "local", to=3, actor="ann").number == 3
    assert shop.tool(NAME, "local").number == 3


def test_a_reopened_registry_does_not_seal_what_has_lost_its_seal(
    shop: Registry, opening: Callable[[], Registry]
) -> None:
    write(shop, BROKEN["record gone"])
    with pytest.raises(IntegrityBroken):
        opening().tool(NAME, "local")


def test_a_registry_from_before_seals_is_sealed_once_at_its_upgrade(
    shop: Registry, opening: Callable[[], Registry], tmp_path: Path
) -> None:
    before = states(shop)
    write(shop, BROKEN["record gone"])
    for mark in (tmp_path / "keys").glob("sealed-*"):
        mark.unlink()  # as a registry of an earlier release has none
    upgraded = opening()
    assert upgraded.tool(NAME, "local").number == 3
    assert states(upgraded) == before
    write(upgraded, BROKEN["record gone"])
    with pytest.raises(IntegrityBroken):
        opening().tool(NAME, "local")


def test_a_version_row_that_was_slipped_in_is_quarantined(shop: Registry, tmp_path: Path) -> None:
    write(shop, "DELETE FROM version WHERE number = 3", "UPDATE version SET status = 'published' WHERE number = 2")
    with pytest.raises(IntegrityBroken):
        shop.tool(NAME, "local", 2)
    shop.publish(make_version(code="v = 4\n"), actor="ann")
    assert states(shop)[-2:] == [(2, "deprecated"), (1, "quarantined")]


def test_a_distrusted_key_is_refused_everywhere_until_its_versions_are_signed_anew(
    shop: Registry, opening: Callable[[], Registry], address: str, tmp_path: Path
) -> None:
    other = opening()
    assert other.tool(NAME, "local").number == 3
    [old] = shop.trusted_keys()
    assert (old.active, old.versions) == (True, 3)
    with pytest.raises(SettingsProblem, match="signs here now"):
        shop.distrust_key(old.key_id, actor="ann")
    fresh = shop.rotate_key(actor="ann")
    shop.publish(make_version("other_tool"), actor="ann")
    generation = other.generation()
    shop.distrust_key(old.key_id, actor="ann")
    assert other.generation() > generation
    for each in (shop, other, opening()):
        with pytest.raises(IntegrityBroken, match="not trusted"):
            each.tool(NAME, "local")
        assert [entry.name for entry in each.tools("local").entries] == ["other_tool"]
    assert [(key.key_id, key.active) for key in other.trusted_keys()] == [(fresh, True)]
    with pytest.raises(SettingsProblem, match="is trusted"):
        shop.distrust_key(old.key_id, actor="ann")

    shop.trust_key(old.public_key, actor="ann")
    again = shop.resign(actor="ann")
    assert (again.versions, again.refused_tools) == (3, 0)
    shop.distrust_key(old.key_id, actor="ann")
    assert {entry.key_id for entry in other.versions(NAME, "local")} == {fresh}
    assert other.tool(NAME, "local").status is Status.PUBLISHED
    assert len(other.replays(NAME, "local")) == 3


def test_signing_anew_blesses_nothing_that_was_changed(shop: Registry) -> None:
    shop.publish(make_version("other_tool"), actor="ann")
    shop.rotate_key(actor="ann")
    write(shop, BROKEN["record changed"] + " WHERE name = 'list_concerts'")
    assert shop.resign(actor="ann").model_dump(exclude={"key_id"}) == {"versions": 1, "refused_tools": 1}
    with pytest.raises(IntegrityBroken):
        shop.tool(NAME, "local")


@pytest.mark.parametrize("forgery", FORGED)
def test_signing_anew_puts_forged_states_back_first(shop: Registry, forgery: str) -> None:
    before = states(shop)
    shop.rotate_key(actor="ann")
    write(shop, *FORGED[forgery])
    shop.resign(actor="ann")
    assert states(shop) == before
    assert (shop.tool(NAME, "local").number, shop.tools("local").entries[0].shared) == (3, False)


def test_without_a_folder_nothing_can_be_distrusted(tmp_path: Path) -> None:
    with (
        open_registry(tmp_path / "r.db", keys_folder=tmp_path / "k", shared_key="A" * 43 + "=") as registry,
        pytest.raises(SettingsProblem, match="signs here now"),
    ):
        registry.distrust_key(registry.trusted_keys()[0].key_id, actor="ann")
