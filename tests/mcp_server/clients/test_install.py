"""Writing a client's configuration: nothing of anybody else is ever lost."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_server.clients.install import ClientName, ConfigRefused, config_path, entry_of, install
from tests.conftest import ROOT, Command, one_object
from tests.requirements import requirement

AT = datetime(2027, 5, 12, 9, 30, tzinfo=UTC)
ENTRY: dict[str, Any] = {"command": "python", "args": ["main.py", "serve"]}
OTHERS = {"theme": "dark", "mcpServers": {"files": {"command": "npx", "args": ["-y", "files"], "env": {"KEY": "é"}}}}
PLACES = {
    ClientName.CLAUDE_DESKTOP: ".config/Claude/claude_desktop_config.json",
    ClientName.CLAUDE_CODE: ".claude.json",
}


@requirement("MCP-9")
@pytest.mark.parametrize("client", list(ClientName))
def test_a_command_writes_the_configuration_of_a_client_that_has_none(
    command: Command, tmp_path: Path, client: ClientName
) -> None:
    done = one_object(command("install", client.value, "--json", HOME=str(tmp_path)))
    config = tmp_path / PLACES[client]
    assert done["config"] == str(config)
    assert done["change"] == "added"
    assert done["backup"] is None
    written = json.loads(config.read_text())["mcpServers"]["agent-school"]
    assert written["args"] == [str(ROOT / "main.py"), "serve"]
    assert Path(written["command"]).exists()
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


@requirement("MCP-9")
def test_other_servers_and_settings_stay_and_the_old_file_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    before = json.dumps(OTHERS, indent=4, ensure_ascii=False).encode()
    config.write_bytes(before)
    config.chmod(0o640)
    done = install(config, "agent-school", ENTRY, now=AT)
    after = json.loads(config.read_text())
    assert after == {**OTHERS, "mcpServers": {**OTHERS["mcpServers"], "agent-school": ENTRY}}
    assert done.backup is not None
    assert done.backup.read_bytes() == before
    assert stat.S_IMODE(config.stat().st_mode) == stat.S_IMODE(done.backup.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "config.json.backup-20270512T093000"]


def test_a_second_install_changes_nothing_and_makes_no_backup(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    install(config, "agent-school", ENTRY, now=AT)
    first = config.read_bytes()
    done = install(config, "agent-school", ENTRY, now=AT)
    assert (done.change, done.backup, done.written) == ("unchanged", None, False)
    assert config.read_bytes() == first


def test_an_older_entry_is_updated_and_keeps_what_a_person_added_to_it(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    old = {"command": "old", "args": [], "env": {"AGENT_SCHOOL_HOME": "/kept"}, "disabled": False}
    config.write_text(json.dumps({"mcpServers": {"agent-school": old}}))
    done = install(config, "agent-school", {**ENTRY, "env": {"NEW": "1"}}, now=AT)
    kept = json.loads(config.read_text())["mcpServers"]["agent-school"]
    assert kept == {**ENTRY, "env": {"AGENT_SCHOOL_HOME": "/kept", "NEW": "1"}, "disabled": False}
    assert done.change == "updated"


def test_two_installs_within_one_second_keep_two_backups(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text("{}")
    backups = {install(config, name, ENTRY, now=AT).backup for name in ("one", "two")}
    assert len(backups) == 2
    assert all(backup is not None and backup.exists() for backup in backups)


def test_a_link_to_the_configuration_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    real.write_text("{}")
    link = tmp_path / "config.json"
    link.symlink_to(real)
    install(link, "agent-school", ENTRY, now=AT)
    assert link.is_symlink()
    assert "agent-school" in json.loads(real.read_text())["mcpServers"]


@requirement("MCP-9")
@pytest.mark.parametrize(
    "content", [b'{"mcpServers": {', b"[]", b'{"mcpServers": []}', b"// a comment\n{}", b"\xff\xfe{}", b"[" * 100_000]
)
def test_a_file_that_is_not_understood_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    config = tmp_path / "config.json"
    config.write_bytes(content)
    with pytest.raises(ConfigRefused) as refused:
        install(config, "agent-school", ENTRY, now=AT)
    assert refused.value.remedy
    assert config.read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


def test_bad_json_ends_the_command_as_a_usage_error_with_one_object(command: Command, tmp_path: Path) -> None:
    (tmp_path / ".claude.json").write_text("{not json")
    done = command("install", "claude-code", "--json", HOME=str(tmp_path))
    assert done.returncode == 2
    error = one_object(done)["error"]
    assert error["code"] == "config_refused"
    assert "left as it is" in error["remedy"]


@requirement("MCP-9")
def test_a_dry_run_writes_nothing(command: Command, tmp_path: Path) -> None:
    person = tmp_path / "person"
    person.mkdir()
    places = {"HOME": str(person), "AGENT_SCHOOL_HOME": str(person / "school")}
    done = one_object(command("install", "claude-desktop", "--dry-run", "--json", **places))
    assert (done["change"], done["written"]) == ("added", False)
    assert not list(person.iterdir())


def test_a_folder_that_cannot_be_made_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigRefused, match="cannot be"):
        install(tmp_path / "file" / "config.json", "agent-school", ENTRY, now=AT)


def test_variables_are_given_as_pairs(command: Command, tmp_path: Path) -> None:
    done = command("install", "claude-code", "--env", "NONSENSE", HOME=str(tmp_path))
    assert done.returncode == 2
    one = one_object(command("install", "claude-code", "--env", "A=b=c", "--json", HOME=str(tmp_path)))
    assert one["entry"]["env"] == {"A": "b=c"}
    assert one["entry"]["type"] == "stdio"


def test_each_system_has_the_place_that_the_client_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("APPDATA", str(tmp_path / "roaming"))
    desktop = {name: config_path(ClientName.CLAUDE_DESKTOP, platform=name) for name in ("linux", "darwin", "win32")}
    assert desktop == {
        "linux": tmp_path / ".config/Claude/claude_desktop_config.json",
        "darwin": tmp_path / "Library/Application Support/Claude/claude_desktop_config.json",
        "win32": tmp_path / "roaming/Claude/claude_desktop_config.json",
    }


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(whole=st.dictionaries(st.text(max_size=6), VALUES, max_size=4), servers=st.dictionaries(st.text(), VALUES))
def test_whatever_else_stands_in_the_file_has_the_same_value_after_it(
    tmp_path_factory: pytest.TempPathFactory, whole: dict[str, Any], servers: dict[str, Any]
) -> None:
    config = tmp_path_factory.mktemp("config") / "config.json"
    before = {**whole, "mcpServers": {name: value for name, value in servers.items() if name != "agent-school"}}
    config.write_text(json.dumps(before))
    install(config, "agent-school", entry_of(ClientName.CLAUDE_DESKTOP, root=ROOT, environment={}), now=AT)
    after = json.loads(config.read_text())
    del after["mcpServers"]["agent-school"]
    assert after == before
