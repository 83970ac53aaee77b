"""A tool's whole life on PostgreSQL, through the command line: learned, broken, learned anew, undone, moved."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import Command, one_object, site_process
from tests.postgres import postgres_database
from tests.requirements import requirement

ASKED = "dance lessons in San Francisco"


@pytest.mark.browser
@pytest.mark.timeout(400)  # sixteen commands, two of which learn
@requirement("REG-1", "REG-2", "REG-4", "DRIFT-1")
def test_a_tool_is_learned_broken_learned_anew_undone_and_moved_on_postgresql(
    command: Command, postgres_server: str, tmp_path: Path
) -> None:
    file = tmp_path / "tools.jsonl"
    with ExitStack() as stack:
        here = {"AGENT_SCHOOL_DATABASE": stack.enter_context(postgres_database(postgres_server))}
        there = {
            "AGENT_SCHOOL_DATABASE": stack.enter_context(postgres_database(postgres_server)),
            "AGENT_SCHOOL_HOME": str(tmp_path / "there"),
        }
        with site_process("--events", "60") as site:
            port = site.rpartition(":")[2]
            learned = one_object(command("learn", ASKED, "--site", f"{site}/archive", "--json", **here))
            assert learned["status"] == "ok", learned["error"]
        name = learned["tool"]["name"]
        with site_process("--events", "60", "--fault", "markup", "--port", port) as site:
            broken = command("call", name, "--json", **here)
            assert (broken.returncode, one_object(broken)["error"]["code"]) == (1, "source_changed")
            again = one_object(command("learn", ASKED, "--site", f"{site}/archive", "--json", **here))
            assert (again["tool"]["name"], again["tool"]["version"]) == (name, 2)
            versions = one_object(command("tools", "versions", name, "--json", **here))["versions"]
            assert [(v["version"], v["status"]) for v in versions] == [(2, "published"), (1, "deprecated")]
            changed = one_object(command("tools", "diff", name, "--json", **here))
            assert "the code changed" in changed["summary"]
            assert one_object(command("tools", "rollback", name, "--json", **here))["version"] == 1
            assert command("call", name, **here).returncode == 1
            assert one_object(command("tools", "publish", name, "--json", **here))["version"] == 2
            assert command("call", name, **here).returncode == 0

            assert command("tools", "export", str(file), name, **here).returncode == 0
            [key] = one_object(command("tools", "keys", "list", "--json", **here))["keys"]
            assert command("tools", "keys", "trust", key["public_key"], "--yes", **there).returncode == 0
            assert command("tools", "import", str(file), "--allow-wider", **there).returncode == 0
            assert command("call", name, **there).returncode == 0
        tested = one_object(command("tools", "test", name, "--old", "--json", **here))
        assert tested["status"] == "ok", tested
        audited = one_object(command("audit", "--tool", name, "--json", **here))["audit"]
        obsolete = [entry for entry in audited if entry["action"] == "obsolete_replay"]
        assert [entry["version"] for entry in obsolete] == [1]
        assert "learned anew" in obsolete[0]["facts"]["reason"]
