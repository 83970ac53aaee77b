"""API keys: hashed, scoped, ending."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from domain.errors import InvalidArguments
from registry import Registry
from registry.keys import ApiKeys, Scope
from tests.registry.making import HeldClock
from tests.requirements import requirement

CALL = frozenset({Scope.CALL})


@requirement("MCP-6")
def test_a_token_opens_its_own_key_and_nothing_of_it_is_stored(registry: Registry) -> None:
    keys = ApiKeys(registry.shelf)
    made = keys.add(owner="ada", name="laptop", scopes=CALL, actor="test")
    other = keys.add(owner="bea", name="laptop", scopes=CALL, actor="test")
    assert keys.verify(made.token) == made.key
    assert keys.all() == tuple(sorted((made.key, other.key), key=lambda key: key.id))
    secret = made.token.split("_", 2)[2]
    row = registry.database.one("SELECT * FROM api_key WHERE id = :id", id=made.key.id)
    assert row is not None
    assert secret not in str(tuple(row[name] for name in ("id", "owner", "name", "scopes", "sha256")))
    swapped = f"school_{other.key.id}_{secret}"
    for wrong in (swapped, made.token[:-1], f"{made.token}x", made.token.upper(), "", "school", "school_a_", "x_y_z"):
        assert keys.verify(wrong) is None


@requirement("MCP-6")
def test_a_key_ends_when_it_expires_or_is_revoked(registry: Registry, clock: HeldClock) -> None:
    keys = ApiKeys(registry.shelf)
    short = keys.add(owner="ada", name="short", scopes=CALL, lives=timedelta(days=1), actor="test")
    long = keys.add(owner="ada", name="long", scopes=CALL, actor="test")
    clock.at += timedelta(days=1)
    assert keys.verify(short.token) is None
    assert keys.verify(long.token) == long.key
    ended = keys.revoke(long.key.id, actor="test")
    clock.at += timedelta(days=1)
    assert keys.revoke(long.key.id, actor="test") == ended
    assert keys.verify(long.token) is None
    with pytest.raises(InvalidArguments):
        keys.revoke("nothing", actor="test")


@requirement("MCP-6")
def test_only_one_first_key_is_made_however_many_start(registry: Registry) -> None:
    keys = ApiKeys(registry.shelf)
    with ThreadPoolExecutor(8) as pool:
        made = [key for key in pool.map(lambda _: keys.add_first(owner="local", name="first"), range(16)) if key]
    assert len(made) == 1
    assert made[0].key.allowed == frozenset(Scope)
    keys.revoke(made[0].key.id, actor="test")
    assert keys.add_first(owner="local", name="first") is None


@requirement("MCP-6", "REG-5")
def test_making_and_ending_keys_is_audited_without_the_secret(registry: Registry) -> None:
    keys = ApiKeys(registry.shelf)
    made = keys.add(owner="ada", name="laptop", scopes=frozenset({Scope.LEARN}), actor="terminal")
    keys.revoke(made.key.id, actor="terminal")
    entries = registry.audit()
    assert [entry.action for entry in entries] == ["revoke_key", "add_key"]
    assert all(made.token.split("_", 2)[2] not in str(entry) for entry in entries)
    assert made.key.allowed == {Scope.CALL, Scope.LEARN}


@pytest.mark.parametrize(
    ("owner", "name", "scopes"),
    [("", "n", CALL), ("a:b", "n", CALL), ("a b", "n", CALL), ("a", " ", CALL), ("a", "n" * 65, CALL), ("a", "n", ())],
)
@requirement("MCP-6")
def test_a_key_that_could_be_mistaken_is_refused(registry: Registry, owner: str, name: str, scopes: object) -> None:
    with pytest.raises(InvalidArguments):
        ApiKeys(registry.shelf).add(owner=owner, name=name, scopes=frozenset(scopes), actor="test")
