from __future__ import annotations

import pytest

from domain.errors import InvalidArguments, UnknownTool
from registry import Registry
from tests.registry.making import make_run, make_version
from tests.requirements import requirement


def listed(registry: Registry, owner: str) -> list[tuple[str, str]]:
    return [(entry.name, entry.owner) for entry in registry.tools(owner).entries]


@requirement("REG-4")
def test_a_tool_is_seen_by_its_owner_only_until_it_is_shared(registry: Registry) -> None:
    registry.publish(make_version(owner="ann"), actor="ann")
    with pytest.raises(UnknownTool):
        registry.tool("list_concerts", "bob")
    assert (listed(registry, "bob"), registry.search("jazz", "bob")) == ([], ())
    with pytest.raises(UnknownTool):
        registry.versions("list_concerts", "bob")
    registry.share("list_concerts", "ann", actor="ann")
    assert registry.tool("list_concerts", "bob").owner == "ann"
    assert listed(registry, "bob") == [("list_concerts", "ann")]
    assert [hit.owner for hit in registry.search("jazz", "bob")] == ["ann"]
    registry.share("list_concerts", "ann", shared=False, actor="ann")
    assert listed(registry, "bob") == []


def test_a_name_means_ones_own_tool_before_a_shared_one(registry: Registry) -> None:
    for owner in ("ann", "cid"):
        registry.publish(make_version(owner=owner), actor=owner)
        registry.share("list_concerts", owner, actor=owner)
    assert listed(registry, "bob") == [("list_concerts", "ann")]
    registry.publish(make_version(owner="bob"), actor="bob")
    assert listed(registry, "bob") == [("list_concerts", "bob")]
    assert [hit.owner for hit in registry.search("jazz", "bob")] == ["bob"]
    assert registry.tool("list_concerts", "bob").owner == "bob"
    assert registry.tool("list_concerts", "dan").owner == "ann"


@pytest.mark.parametrize("change", ["rollback", "deprecate", "quarantine", "delete", "share"])
def test_a_shared_tool_is_changed_by_its_owner_only(registry: Registry, change: str) -> None:
    registry.publish(make_version(owner="ann"), actor="ann")
    registry.share("list_concerts", "ann", actor="ann")
    with pytest.raises(UnknownTool):
        getattr(registry, change)("list_concerts", "bob", actor="bob")


@requirement("REG-4")
def test_names_are_completed_in_whatever_state_their_tools_are(registry: Registry) -> None:
    for name in ("list_a", "list_b", "listx", "other"):
        registry.publish(make_version(name), actor="ann")
    registry.quarantine("list_b", "local", actor="ann")
    registry.save_draft(make_version("list_c"), actor="ann")
    registry.publish(make_version("list_d", owner="bob"), actor="bob")
    assert registry.names("local", "list_") == ("list_a", "list_b", "list_c")
    assert registry.names("local", "") == ("list_a", "list_b", "list_c", "listx", "other")
    assert [registry.names("local", text) for text in ("%", "!", "list%", "'", "\ud800x")] == [()] * 5


@requirement("MCP-2")
def test_pages_go_through_all_tools_once_with_the_most_used_first(registry: Registry) -> None:
    for number in range(25):
        registry.publish(make_version(f"tool_{number:02}"), actor="ann")
    for number in range(9):
        registry.record_run(make_run(number, tool="tool_17" if number < 7 else "tool_03"))
    registry.flush()
    found, cursor = [], None
    while True:
        page = registry.tools("local", after=cursor, limit=7)
        found += [entry.name for entry in page.entries]
        cursor = page.next
        if cursor is None:
            break
    rest = [f"tool_{number:02}" for number in range(25) if number not in (3, 17)]
    assert found == ["tool_17", "tool_03", *rest]


def test_one_more_call_does_not_move_a_tool_between_pages(registry: Registry) -> None:
    for name in ("a", "b"):
        registry.publish(make_version(name), actor="ann")
    for number in range(4):
        registry.record_run(make_run(number, tool="b"))
        registry.record_run(make_run(10 + number, tool="a"))
    registry.record_run(make_run(99, tool="b"))
    registry.flush()
    assert [(entry.name, entry.calls) for entry in registry.tools("local").entries] == [("a", 4), ("b", 5)]


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "", "../x", "x" * 100_000])
def test_what_cannot_be_a_name_is_an_unknown_tool(registry: Registry, name: str) -> None:
    for use in (registry.tool, registry.versions, registry.stats, registry.runs, registry.replays):
        with pytest.raises(UnknownTool):
            use(name, "local")
    with pytest.raises(UnknownTool):
        registry.delete(name, "local", actor="ann")


@pytest.mark.parametrize("cursor", ["", "x", "💥", "W10=", "WzEsMiwzXQ==", "A" * 5000, "bnVsbA=="])
def test_a_forged_cursor_is_refused(registry: Registry, cursor: str) -> None:
    with pytest.raises(InvalidArguments):
        registry.tools("local", after=cursor)
