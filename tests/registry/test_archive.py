from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.errors import ImportRefused, IntegrityBroken, NameRefused, SchoolError, UnknownTool
from domain.policy import HostRule, Limits, Policy
from domain.workflow import Status
from registry import Imported, Registry, archive, open_registry
from registry.signing import open_keys
from tests.registry.making import make_version
from tests.registry.test_replay import make_bundle, make_profile
from tests.requirements import requirement


@pytest.fixture
def file(registry: Registry, tmp_path: Path) -> Path:
    """An export of two tools, one with a history, a bundle and a profile."""
    registry.publish(make_version(), actor="ann")
    registry.publish(make_version(code="b = 2\n"), actor="ann", bundle=make_bundle(), profile=make_profile())
    registry.save_draft(make_version("half_done", passed=False), actor="ann")
    path = tmp_path / "tools.jsonl"
    assert registry.export(path, "local", actor="ann") == 3
    return path


@pytest.fixture
def other(tmp_path: Path, registry: Registry, file: Path) -> Iterator[Registry]:
    """Another registry, which trusts the first one's key."""
    with open_registry(tmp_path / "other" / "r.db") as opened:
        opened.trust_key(registry.trusted_keys()[0].public_key, actor="bob")
        yield opened


def rewrite(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")


def resign(path: Path, keys_folder: Path) -> None:
    """Sign a changed file anew, as someone with a trusted key would."""
    *body, last = path.read_text().splitlines()
    digest = archive.hashlib.sha256(("\n".join(body) + "\n").encode()).digest()
    end = json.loads(last) | {"signature": open_keys(keys_folder).sign(archive.signed_text(digest))}
    path.write_text("\n".join([*body, json.dumps(end)]) + "\n")


@requirement("REG-4")
def test_an_export_brings_tools_versions_bundles_and_profiles_to_another_registry(other: Registry, file: Path) -> None:
    assert other.import_file(file, "bob", actor="bob") == Imported(tools=2, published=2, drafts=1)
    tool = other.tool("list_concerts", "bob")
    assert (tool.owner, tool.artifact.code, tool.status) == ("bob", "b = 2\n", Status.PUBLISHED)
    assert [(e.number, e.status.value) for e in other.versions("list_concerts", "bob")] == [
        (2, "published"),
        (1, "deprecated"),
    ]
    assert other.replays("list_concerts", "bob", version=2)[0].bundle == make_bundle()
    assert other.profile("list_concerts", "bob", 2) == make_profile()
    assert other.tool("half_done", "bob").status is Status.DRAFT
    assert other.search("concerts", "bob")[0].name == "list_concerts"


@requirement("REG-4")
def test_importing_twice_changes_nothing(other: Registry, file: Path) -> None:
    other.import_file(file, "bob", actor="bob")
    before = (other.versions("list_concerts", "bob"), other.versions("half_done", "bob"))
    other.import_file(file, "bob", actor="bob")
    assert (other.versions("list_concerts", "bob"), other.versions("half_done", "bob")) == before


@requirement("REG-4")
def test_a_file_of_an_unknown_key_is_refused_unless_told(tmp_path: Path, file: Path) -> None:
    with open_registry(tmp_path / "third" / "r.db") as third:
        with pytest.raises(IntegrityBroken, match="not trusted"):
            third.import_file(file, "local", actor="bob")
        assert third.tools("local").entries == ()
        assert third.import_file(file, "local", unsigned=True, actor="bob").published == 2


FORGERIES: dict[str, Callable[[list[str]], list[str]]] = {
    "changed code": lambda lines: [line.replace("b = 2", "b = 3") for line in lines],
    "changed policy": lambda lines: [line.replace("api.events.example", "evil.example") for line in lines],
    "a line left out": lambda lines: [lines[0], *lines[2:]],
    "a line twice": lambda lines: [*lines[:2], *lines[1:]],
    "lines in another order": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    "no end": lambda lines: lines[:-1],
    "cut in the middle": lambda lines: [*lines[:2], lines[2][:100]],
    "something after the end": lambda lines: [*lines, "{}"],
    "no signature": lambda lines: [*lines[:-1], '{"versions": 3, "signature": ""}'],
    "another key's name": lambda lines: [lines[0].replace('"key_id":"', '"key_id":"0'), *lines[1:]],
}


@requirement("REG-4")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_or_cut_file_is_refused_whole(other: Registry, file: Path, forgery: str) -> None:
    rewrite(file, FORGERIES[forgery])
    with pytest.raises(IntegrityBroken):
        other.import_file(file, "bob", actor="bob")
    assert other.tools("bob").entries == ()
    assert other.tools("bob", status=Status.DRAFT).entries == ()


@requirement("REG-4")
@pytest.mark.parametrize("content", ["", "\n", "{}", "hello", '{"format":"zip"}\n{}', "\x00" * 50, "[" * 9000])
def test_a_file_of_another_kind_is_refused(other: Registry, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(content)
    with pytest.raises((ImportRefused, IntegrityBroken)):
        other.import_file(path, "bob", unsigned=True, actor="bob")


def test_a_missing_file_a_folder_and_an_endless_device_are_refused(other: Registry, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path, Path(os.devnull), Path("/dev/zero")):
        with pytest.raises(ImportRefused):
            other.import_file(path, "bob", actor="bob")


def test_a_huge_file_is_refused_before_it_is_read(other: Registry, tmp_path: Path) -> None:
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as file:
        file.truncate(archive.FILE_BYTES + 1)
    with pytest.raises(ImportRefused, match="at most"):
        other.import_file(path, "bob", actor="bob")


def test_a_line_without_end_is_refused(other: Registry, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LINE_BYTES", 1000)
    with pytest.raises(ImportRefused, match="a line of more than 1000 bytes"):
        other.import_file(file, "bob", actor="bob")


def test_lines_without_end_are_refused(other: Registry, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b"\n" * (archive.VERSIONS + 10))
    with pytest.raises(ImportRefused, match="more than 100000 versions"):
        other.import_file(path, "bob", actor="bob")


def test_a_large_file_of_an_unknown_key_takes_memory_once(other: Registry, file: Path) -> None:
    head, line, *_, end = file.read_bytes().splitlines(keepends=True)
    with file.open("wb") as filled:
        filled.write(head)
        for _ in range(20_000_000 // len(line)):
            filled.write(line)
        filled.write(end)
    tracemalloc.start()
    try:
        with pytest.raises(IntegrityBroken):
            other.import_file(file, "bob", actor="bob")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * file.stat().st_size


@requirement("REG-4")
def test_a_later_format_is_refused_with_the_way_out(other: Registry, file: Path) -> None:
    rewrite(file, lambda lines: [lines[0].replace('"version":1', '"version":2'), *lines[1:]])
    with pytest.raises(ImportRefused, match="format 2") as caught:
        other.import_file(file, "bob", unsigned=True, actor="bob")
    assert "later" in caught.value.remedy


@requirement("REG-4")
@pytest.mark.parametrize(
    "policy",
    [
        Policy(hosts=(HostRule(host="api.events.example"),), methods=("GET", "POST")),
        Policy(hosts=(HostRule(host="10.0.0.7"),), private_hosts=("10.0.0.7",)),
        Policy(hosts=(HostRule(host="api.events.example"),), secrets=("TOKEN",)),
        Policy(hosts=(HostRule(host="api.events.example"),), respect_robots=False),
        Policy(hosts=(HostRule(host="api.events.example"),), read_posts=("https://api.events.example/orders",)),
        Policy(hosts=(HostRule(host="com", subdomains=True),)),
        Policy(hosts=(HostRule(host="github.io", subdomains=True),)),
        Policy(hosts=(HostRule(host="api.events.example"),), limits=Limits(requests=1_000_000)),
        Policy(hosts=(HostRule(host="api.events.example"),), limits=Limits(memory_mb=4096)),
    ],
)
def test_a_policy_that_asks_for_more_than_reading_needs_a_word(
    registry: Registry, other: Registry, tmp_path: Path, policy: Policy
) -> None:
    registry.publish(make_version("wide", policy=policy), actor="ann")
    path = tmp_path / "wide.jsonl"
    registry.export(path, "local", names=["wide"], actor="ann")
    with pytest.raises(ImportRefused, match="more than reading"):
        other.import_file(path, "bob", actor="bob")
    assert other.tools("bob").entries == ()
    assert other.import_file(path, "bob", allow_wider=True, actor="bob").published == 1


def test_a_policy_of_usual_width_is_taken_without_a_word(registry: Registry, other: Registry, tmp_path: Path) -> None:
    policy = Policy(hosts=(HostRule(host="events.example", subdomains=True), HostRule(host="a.github.io")))
    registry.publish(make_version("usual", policy=policy), actor="ann")
    registry.export(tmp_path / "usual.jsonl", "local", names=["usual"], actor="ann")
    assert other.import_file(tmp_path / "usual.jsonl", "bob", actor="bob").published == 1


def test_a_host_that_the_present_version_lacks_needs_a_word(registry: Registry, other: Registry, file: Path) -> None:
    policy = Policy(hosts=(HostRule(host="narrow.example"),))
    other.publish(make_version(owner="bob", policy=policy), actor="bob")
    with pytest.raises(ImportRefused, match=r"host api\.events\.example"):
        other.import_file(file, "bob", actor="bob")


@requirement("REG-4", "MCP-3")
@pytest.mark.parametrize("name", ["../../etc/passwd", "search_tools", "a/b", "A B"])
def test_names_with_tricks_are_refused_even_in_a_signed_file(
    other: Registry, file: Path, tmp_path: Path, name: str
) -> None:
    def rename(lines: list[str]) -> list[str]:
        line = json.loads(lines[1])
        line["tool"]["name"] = name
        version = archive.version_of_line(archive.Line.model_validate(line), "x")
        return [lines[0], json.dumps(line | {"content_hash": version.content_hash}), *lines[2:]]

    rewrite(file, rename)
    resign(file, tmp_path / "keys")
    with pytest.raises(NameRefused):
        other.import_file(file, "bob", actor="bob")
    assert other.tools("bob").entries == ()


def test_a_bundle_that_grows_without_end_is_refused(other: Registry, file: Path, tmp_path: Path) -> None:
    bomb = archive.base64.b64encode(archive.replay.zlib.compress(b" " * 60_000_000)).decode()

    def swap(lines: list[str]) -> list[str]:
        return [lines[0], *(json.dumps(json.loads(line) | {"bundle": bomb}) for line in lines[1:-1]), lines[-1]]

    rewrite(file, swap)
    resign(file, tmp_path / "keys")
    with pytest.raises(IntegrityBroken, match="larger"):
        other.import_file(file, "bob", actor="bob")
    assert other.tools("bob").entries == ()


def test_an_export_of_an_unknown_tool_or_into_nowhere_leaves_nothing(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(UnknownTool):
        registry.export(tmp_path / "x.jsonl", "local", names=["none"], actor="ann")
    with pytest.raises(SchoolError):
        registry.export(tmp_path / "no" / "x.jsonl", "local", actor="ann")
    assert list(tmp_path.glob("*x.jsonl*")) == []
