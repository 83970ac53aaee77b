from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.errors import IllegalMove, UnknownTool
from domain.workflow import Status
from registry import Registry
from registry.approvals import keep_waiting
from tests.registry.making import HeldClock, make_version
from tests.requirements import requirement

ROOT = Path(__file__).parents[2]


def states(registry: Registry) -> list[tuple[int, str]]:
    return [(entry.number, entry.status.value) for entry in registry.versions("list_concerts", "local")]


@requirement("REG-2", "PROVE-4")
def test_a_published_version_comes_back_whole(registry: Registry) -> None:
    version = make_version()
    published = registry.publish(version, actor="ann")
    assert registry.tool("list_concerts", "local") == published
    assert (published.number, published.status) == (1, Status.PUBLISHED)
    ours = {"number", "status", "signature", "key_id"}
    assert published.model_dump(exclude=ours) == version.model_dump(exclude=ours)


@requirement("REG-2")
def test_one_version_is_published_and_the_one_before_becomes_deprecated(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    registry.publish(make_version(code="second = 2\n"), actor="ann")
    assert states(registry) == [(2, "published"), (1, "deprecated")]
    assert registry.tool("list_concerts", "local").artifact.code == "second = 2\n"
    assert registry.tool("list_concerts", "local", 1).number == 1


@requirement("REG-2")
def test_identical_content_gives_back_the_version_that_is_there(registry: Registry) -> None:
    first = registry.publish(make_version(), actor="ann")
    generation = registry.generation()
    assert registry.publish(make_version(), actor="bob") == first
    assert states(registry) == [(1, "published")]
    assert registry.generation() == generation


@requirement("PROVE-6")
def test_the_same_idempotency_key_never_publishes_twice(registry: Registry) -> None:
    first = registry.publish(make_version(), actor="job", idempotency_key="job-7")
    again = registry.publish(make_version(code="other = 1\n"), actor="job", idempotency_key="job-7")
    assert again == first
    assert states(registry) == [(1, "published")]
    renamed = registry.publish(make_version("another_name"), actor="job", idempotency_key="job-7")
    assert renamed == first
    assert [entry.name for entry in registry.tools("local").entries] == ["list_concerts"]


@requirement("PROVE-3")
def test_a_version_that_did_not_pass_is_not_published(registry: Registry) -> None:
    with pytest.raises(IllegalMove, match="did not pass"):
        registry.publish(make_version(passed=False), actor="ann")
    with pytest.raises(UnknownTool):
        registry.versions("list_concerts", "local")


@requirement("IMPORT-1", "REG-2")
def test_a_draft_is_published_with_the_evidence_of_its_trial(registry: Registry) -> None:
    draft = registry.save_draft(make_version(passed=False), actor="ann")
    assert registry.tool("list_concerts", "local") == draft
    assert registry.tools("local").entries == ()
    published = registry.publish(make_version(passed=True), actor="ann")
    assert (published.number, published.status, published.verdict.passed) == (1, Status.PUBLISHED, True)
    assert registry.tool("list_concerts", "local") == published


def test_saving_a_draft_again_keeps_one(registry: Registry) -> None:
    registry.save_draft(make_version(passed=False), actor="ann")
    registry.save_draft(make_version(passed=False), actor="ann")
    assert states(registry) == [(1, "draft")]


@requirement("REG-2")
def test_rollback_publishes_what_was_published_before(registry: Registry, clock: HeldClock) -> None:
    for code in ("a = 1\n", "b = 2\n", "c = 3\n"):
        registry.publish(make_version(code=code), actor="ann")
    assert registry.rollback("list_concerts", "local", actor="ann").number == 2
    assert states(registry) == [(3, "deprecated"), (2, "published"), (1, "deprecated")]
    assert registry.rollback("list_concerts", "local", to=1, actor="ann").number == 1
    assert registry.search("concerts", "local")[0].version == 1


def test_rollback_with_nothing_before_is_refused(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    with pytest.raises(IllegalMove, match="no earlier version"):
        registry.rollback("list_concerts", "local", actor="ann")
    with pytest.raises(UnknownTool):
        registry.rollback("list_concerts", "local", to=9, actor="ann")
    with pytest.raises(UnknownTool):
        registry.rollback("nothing", "local", actor="ann")


@requirement("REG-2", "DRIFT-1")
def test_rollback_publishes_nothing_that_was_never_published(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    waiting = keep_waiting(registry.shelf, make_version(code="b = 2\n"), actor="ann", bundle=None, profile=None)
    assert (waiting.number, waiting.status) == (2, Status.VALIDATED)
    with pytest.raises(IllegalMove, match="was never published") as caught:
        registry.rollback("list_concerts", "local", to=2, actor="ann")
    assert "tools publish" in caught.value.remedy
    assert states(registry) == [(2, "validated"), (1, "published")]


@requirement("REG-2")
def test_a_quarantined_version_is_neither_called_nor_found_nor_rolled_back_to(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    registry.quarantine("list_concerts", "local", actor="ann", reason="wrong prices")
    with pytest.raises(UnknownTool):
        registry.tool("list_concerts", "local")
    assert registry.search("concerts", "local") == ()
    assert [hit.name for hit in registry.search("concerts", "local", status=Status.QUARANTINED)] == ["list_concerts"]
    with pytest.raises(IllegalMove, match="quarantined"):
        registry.rollback("list_concerts", "local", to=1, actor="ann")
    registry.deprecate("list_concerts", "local", version=1, actor="ann")
    assert registry.rollback("list_concerts", "local", to=1, actor="ann").status is Status.PUBLISHED


def test_a_tool_that_was_quarantined_can_be_published_anew(registry: Registry) -> None:
    registry.publish(make_version(), actor="ann")
    registry.quarantine("list_concerts", "local", actor="ann")
    registry.publish(make_version(), actor="ann")
    assert states(registry) == [(2, "published"), (1, "quarantined")]


def test_a_deleted_tool_is_gone_and_its_hashes_stay_in_the_audit_log(registry: Registry) -> None:
    version = registry.publish(make_version(), actor="ann")
    registry.delete("list_concerts", "local", actor="bob")
    assert registry.search("concerts", "local") == ()
    assert registry.tools("local").entries == ()
    entry = registry.audit()[0]
    assert (entry.action, entry.actor, entry.facts) == ("delete", "bob", {"content_hashes": [version.content_hash]})


@requirement("REG-5")
def test_every_change_is_audited_with_who_what_and_when(registry: Registry, clock: HeldClock) -> None:
    registry.publish(make_version(), actor="ann")
    registry.publish(make_version(code="b = 2\n"), actor="bob")
    registry.rollback("list_concerts", "local", actor="cid")
    registry.quarantine("list_concerts", "local", actor="dan", reason="odd rows")
    registry.share("list_concerts", "local", actor="eve")
    found = [(entry.actor, entry.action, entry.version, entry.at) for entry in registry.audit(tool="list_concerts")]
    assert found == [
        ("eve", "share", 0, clock.at),
        ("dan", "quarantined", 1, clock.at),
        ("cid", "rollback", 1, clock.at),
        ("bob", "publish", 2, clock.at),
        ("bob", "save", 2, clock.at),
        ("ann", "publish", 1, clock.at),
        ("ann", "save", 1, clock.at),
    ]


@requirement("MCP-2")
def test_the_generation_changes_with_the_set_of_tools_and_only_then(registry: Registry) -> None:
    seen = [registry.generation()]
    registry.publish(make_version(), actor="ann")
    seen.append(registry.generation())
    registry.share("list_concerts", "local", actor="ann")
    seen.append(registry.generation())
    registry.delete("list_concerts", "local", actor="ann")
    seen.append(registry.generation())
    assert len(set(seen)) == len(seen)
    registry.search("x", "local")
    assert registry.generation() == seen[-1]


@requirement("REG-2")
def test_racing_publishers_of_the_same_content_make_one_version(opening: Callable[[], Registry]) -> None:
    registries = [opening() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda each: each.publish(make_version(), actor="x", idempotency_key="job"), registries))
    assert {version.number for version in made} == {1}
    assert states(registries[0]) == [(1, "published")]


@requirement("REG-2")
def test_racing_publishers_of_different_content_leave_exactly_one_published(opening: Callable[[], Registry]) -> None:
    registries = [opening() for _ in range(4)]
    codes = [f"x = {number}\n" for number in range(8)]

    def publish(number: int) -> int:
        return registries[number % 4].publish(make_version(code=codes[number]), actor="x").number

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(publish, range(8)))
    assert numbers == list(range(1, 9))
    assert [status for _, status in states(registries[0])].count("published") == 1
    assert states(registries[0])[0] == (8, "published")


PUBLISH_AND_STOP = """
import sys
from pathlib import Path
from registry import heads, open_registry, versions
from tests.registry.making import make_version

def stop(*arguments, **named):
    print("inside", flush=True)
    sys.stdin.read()

registry = open_registry(sys.argv[1], keys_folder=Path(sys.argv[2]))
versions.advance = heads.advance = stop
registry.publish(make_version(code="second = 2\\n"), actor="victim")
"""


@requirement("REG-2", "PROVE-6")
def test_a_kill_in_the_middle_of_publishing_leaves_the_state_before(
    registry: Registry, address: str, tmp_path: Path
) -> None:
    first = registry.publish(make_version(), actor="ann")
    victim = subprocess.Popen(
        [sys.executable, "-c", PUBLISH_AND_STOP, address, str(tmp_path / "keys")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == b"inside\n"
        victim.send_signal(signal.SIGKILL)
        victim.wait(30)
    assert states(registry) == [(1, "published")]
    assert registry.tool("list_concerts", "local") == first
    assert registry.publish(make_version(code="second = 2\n"), actor="ann").number == 2
