"""What a person does with published tools, through the command line (REG-4)."""

from __future__ import annotations

import os
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.policy import Limits
from school.admin.changes import policy_changes
from tests.conftest import ROOT, Command, one_object
from tests.flows.test_asking_back import terminal
from tests.flows.workshop import CODE, concerts, policy, registry_of
from tests.registry.making import NOON, make_run, make_version
from tests.requirements import requirement

pytestmark = requirement("REG-4")


@pytest.fixture
def stocked(environment: dict[str, str]) -> dict[str, str]:
    """A registry with two versions of one tool, and another tool."""
    schema = {"type": "object", "properties": {"city": {"type": "string"}, "day": {"type": "string"}}}
    with registry_of(environment) as registry:
        registry.publish(concerts(), actor="ann")
        second = concerts(
            CODE.replace("v1", "v2"),
            input_schema=schema,
            policy=policy("api.events.example", "cdn.events.example"),
        )
        registry.publish(second, actor="ann")
        registry.publish(make_version("list_parties", tags=("night",)), actor="ann")
        registry.record_run(make_run(1, started_at=NOON - timedelta(days=2)))
        registry.record_run(make_run(2, started_at=NOON - timedelta(days=1)))
    return environment


@pytest.mark.usefixtures("stocked")
def test_tools_are_listed_shown_and_found_by_filters(command: Command) -> None:
    listed = one_object(command("tools", "list", "--json"))["tools"]
    assert sorted((tool["name"], tool["version"]) for tool in listed) == [("list_concerts", 2), ("list_parties", 1)]
    assert one_object(command("tools", "show", "list_concerts", "--version", "1", "--json"))["tool"]["number"] == 1

    def names(*filters: str) -> list[str]:
        found = one_object(command("tools", "search", "concerts in Oakland", "--json", *filters))["tools"]
        return [tool["name"] for tool in found]

    assert names()[0] == "list_concerts"
    assert names("--tag", "night") == ["list_parties"]
    assert names("--host", "cdn.events.example") == ["list_concerts"]
    assert names("--status", "draft") == []
    assert names("--kind", "browser") == []
    assert command("tools", "search", "x", "--kind", "nonsense").returncode == 2


@pytest.mark.usefixtures("stocked")
@requirement("REG-2")
def test_a_difference_tells_code_schema_and_policy_in_words_and_lines(command: Command) -> None:
    found = one_object(command("tools", "diff", "list_concerts", "--json"))
    assert (found["before"], found["after"]) == (1, 2)
    assert found["summary"] == [
        "parameter day is new",
        "the code changed",
        "policy: host cdn.events.example is newly allowed",
    ]
    assert sorted(found["parts"]) == ["code", "input_schema", "policy"]
    assert '+    response = await http.get("https://api.events.example/v2/events"' in found["parts"]["code"]
    drawn = command("tools", "diff", "list_concerts", "1", "2")
    assert "policy: host cdn.events.example is newly allowed" in drawn.stdout
    assert "+++ code (version 2)" in drawn.stdout
    alone = command("tools", "diff", "list_parties", "--json")
    assert (alone.returncode, one_object(alone)["error"]["code"]) == (1, "illegal_move")


def test_a_difference_of_policy_is_told_part_by_part() -> None:
    one = policy("api.events.example", secrets=("TOKEN",))
    two = policy(
        "api.events.example", read_posts=("https://api.events.example/find",), limits=Limits(rows=5), methods=("GET",)
    )
    assert policy_changes(one, two) == [
        "policy: method HEAD is no longer allowed",
        "policy: POST that only reads, to https://api.events.example/find is newly allowed",
        "policy: secret TOKEN is no longer allowed",
        "policy: limit rows is 5, it was 1000",
    ]


@pytest.mark.usefixtures("stocked")
@requirement("REG-2")
def test_versions_move_between_their_states_and_illegal_moves_are_refused(command: Command) -> None:
    def move(*line: str) -> tuple[int, Any]:
        done = command("tools", *line, "--json")
        answer = one_object(done)
        assert answer["status"] == ("error" if done.returncode else "ok")
        return done.returncode, answer.get("error", {}).get("code") or (answer["version"], answer["state"])

    name = "list_concerts"
    assert move("rollback", name) == (0, (1, "published"))
    assert move("publish", name) == (0, (2, "published"))
    assert move("publish", name, "--version", "2") == (1, "illegal_move")
    assert move("quarantine", name, "--reason", "wrong rows") == (0, (2, "quarantined"))
    assert move("publish", name, "--version", "2") == (1, "illegal_move")
    assert move("publish", name) == (0, (1, "published"))
    assert move("deprecate", name, "--version", "2") == (0, (2, "deprecated"))
    assert move("deprecate", "nothing_of_that_name") == (2, "unknown_tool")


@requirement("REG-2")
def test_a_proved_draft_is_published_by_a_person_and_an_unproved_one_is_not(
    command: Command, environment: dict[str, str]
) -> None:
    with registry_of(environment) as registry:
        registry.save_draft(concerts(), actor="ann")
        registry.save_draft(make_version("unproved", passed=False), actor="ann")
    drafts = one_object(command("tools", "list", "--status", "draft", "--json"))["tools"]
    assert sorted(tool["name"] for tool in drafts) == ["list_concerts", "unproved"]
    assert one_object(command("tools", "publish", "list_concerts", "--json"))["state"] == "published"
    refused = command("tools", "publish", "unproved", "--json")
    assert (refused.returncode, one_object(refused)["error"]["code"]) == (1, "illegal_move")


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    "line", [("tools", "delete", "list_concerts"), ("gc",), ("tools", "keys", "rotate")], ids=" ".join
)
def test_what_cannot_be_undone_needs_a_yes_where_there_is_nobody_to_ask(
    command: Command, line: tuple[str, ...]
) -> None:
    refused = command(*line, "--json")
    error = one_object(refused)["error"]
    assert (refused.returncode, error["code"]) == (2, "not_confirmed")
    assert "--yes" in error["remedy"]
    assert command(*line).returncode == 2
    assert len(one_object(command("tools", "versions", "list_concerts", "--json"))["versions"]) == 2
    assert [e["action"] for e in one_object(command("audit", "--json"))["audit"]].count("save") == 3
    assert command(*line, "--yes", "--json").returncode == 0


def test_a_person_at_a_terminal_is_asked_before_what_cannot_be_undone(
    command: Command, stocked: dict[str, str]
) -> None:
    key = one_object(command("keys", "add", "laptop", "--json"))["key"]["id"]
    for line, answer, status in (
        (("tools", "delete", "list_concerts"), "n", 2),
        (("keys", "revoke", key), "n", 2),
        (("tools", "delete", "list_parties"), "y", 0),
    ):
        with terminal(stocked, *line) as person:
            person.until("cannot be undone")
            person.type(answer)
            assert person.end() == status, person.shown
    assert [tool["name"] for tool in one_object(command("tools", "list", "--json"))["tools"]] == ["list_concerts"]
    assert one_object(command("keys", "list", "--json"))["keys"][0]["revoked_at"] is None


@pytest.mark.usefixtures("stocked")
def test_a_deleted_tool_is_gone_and_a_shared_one_is_seen_by_others(command: Command) -> None:
    assert command("tools", "delete", "list_concerts", "--yes").returncode == 0
    assert command("tools", "show", "list_concerts").returncode == 2
    others = ("tools", "list", "--owner", "bob", "--json")
    assert one_object(command(*others))["tools"] == []
    assert command("tools", "share", "list_parties").returncode == 0
    assert [tool["name"] for tool in one_object(command(*others))["tools"]] == ["list_parties"]
    assert command("tools", "share", "list_parties", "--private").returncode == 0
    assert one_object(command(*others))["tools"] == []


@pytest.mark.usefixtures("stocked")
@requirement("REG-5", "REG-6")
def test_runs_figures_and_changes_are_told_and_old_records_collected(command: Command) -> None:
    runs = one_object(command("runs", "list_concerts", "--json"))["runs"]
    assert [run["id"] for run in runs] == ["run-2", "run-1"]
    assert command("runs", "nothing_of_that_name", "--json").returncode == 2
    figures = one_object(command("stats", "list_concerts", "--agent-task-usd", "0.5", "--json"))["stats"]
    assert (figures["calls"], figures["success_rate"], figures["saved_usd"]) == (2, 1.0, 1.0)
    everything = one_object(command("stats", "--json"))["tools"]
    assert [each["name"] for each in everything] == ["list_concerts", "list_parties"]
    changed = one_object(command("audit", "--tool", "list_concerts", "--json"))["audit"]
    assert {entry["actor"] for entry in changed} == {"ann"}
    assert [entry["action"] for entry in changed] == ["publish", "save", "publish", "save"]
    gone = one_object(command("gc", "--runs-days", "0", "--yes", "--json"))["deleted"]
    assert gone["runs"] == 2
    assert one_object(command("audit", "--json"))["audit"][0]["action"] == "gc"


@pytest.mark.usefixtures("stocked")
@requirement("REG-2")
def test_tools_move_to_another_registry_in_one_file_when_its_key_is_trusted(command: Command, tmp_path: Path) -> None:
    file, other = tmp_path / "tools.jsonl", {"AGENT_SCHOOL_HOME": str(tmp_path / "other")}
    wrote = one_object(command("tools", "export", str(file), "list_parties", "list_concerts", "--json"))
    assert wrote["versions"] == 3
    again = command("tools", "export", str(file), "--json")
    assert (again.returncode, one_object(again)["error"]["code"]) == (2, "not_confirmed")

    def take(*flags: str) -> tuple[int, str]:
        done = command("tools", "import", str(file), *flags, "--json", **other)
        answer = one_object(done)
        return done.returncode, answer["error"]["code"] if answer["status"] == "error" else str(answer["tools"])

    assert take() == (1, "integrity_broken")
    [key] = one_object(command("tools", "keys", "list", "--json"))["keys"]
    assert command("tools", "keys", "trust", key["public_key"], **other).returncode == 2
    assert command("tools", "keys", "trust", key["public_key"], "--yes", **other).returncode == 0
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"Finds list", b"Feeds list", 1))
    assert take() == (1, "integrity_broken")
    assert take("--unsigned") == (1, "integrity_broken")
    file.write_bytes(whole[: len(whole) // 2])
    assert take() == (1, "integrity_broken")
    assert one_object(command("tools", "list", "--json", **other))["tools"] == []
    file.write_bytes(whole)
    assert take() == (0, "2")
    listed = one_object(command("tools", "list", "--json", **other))["tools"]
    assert sorted((tool["name"], tool["version"]) for tool in listed) == [("list_concerts", 2), ("list_parties", 1)]


@requirement("REG-4")
def test_a_file_that_asks_for_more_than_reading_is_taken_only_when_told(
    command: Command, environment: dict[str, str], tmp_path: Path
) -> None:
    file, other = tmp_path / "tools.jsonl", {"AGENT_SCHOOL_HOME": str(tmp_path / "other")}
    with registry_of(environment) as registry:
        registry.publish(concerts(policy=policy("api.events.example", methods=("GET", "POST"))), actor="ann")
    assert command("tools", "export", str(file)).returncode == 0
    refused = command("tools", "import", str(file), "--unsigned", "--json", **other)
    error = one_object(refused)["error"]
    assert (refused.returncode, error["code"]) == (1, "import_refused")
    assert "method POST" in error["message"]
    assert "--allow-wider" in error["remedy"]
    assert command("tools", "import", str(file), "--unsigned", "--allow-wider", **other).returncode == 0


@pytest.mark.usefixtures("stocked")
@requirement("REG-2")
def test_a_rotated_key_signs_and_the_old_one_is_distrusted_once_all_is_signed_anew(command: Command) -> None:
    def keys() -> dict[str, tuple[bool, int]]:
        listed = one_object(command("tools", "keys", "list", "--json"))["keys"]
        return {key["key_id"]: (key["active"], key["versions"]) for key in listed}

    [(old, _)] = keys().items()
    fresh = one_object(command("tools", "keys", "rotate", "--yes", "--json"))["key_id"]
    assert keys() == {old: (False, 3), fresh: (True, 0)}
    assert command("tools", "keys", "distrust", old, "--json").returncode == 2
    assert one_object(command("tools", "keys", "distrust", old, "--yes", "--json"))["refused_versions"] == 3
    refused = command("tools", "show", "list_concerts", "--json")
    assert (refused.returncode, one_object(refused)["error"]["code"]) == (1, "integrity_broken")
    active = command("tools", "keys", "distrust", fresh, "--yes", "--json")
    assert (active.returncode, one_object(active)["error"]["code"]) == (2, "settings")


@pytest.mark.usefixtures("stocked")
@requirement("REG-2")
def test_rotating_with_resign_leaves_nothing_to_the_old_key(command: Command) -> None:
    [old] = one_object(command("tools", "keys", "list", "--json"))["keys"]
    rotated = one_object(command("tools", "keys", "rotate", "--resign", "--yes", "--json"))
    assert (rotated["resigned"]["versions"], rotated["resigned"]["refused_tools"]) == (3, 0)
    gone = one_object(command("tools", "keys", "distrust", old["key_id"], "--yes", "--json"))
    assert gone["refused_versions"] == 0
    assert one_object(command("tools", "show", "list_concerts", "--json"))["tool"]["key_id"] == rotated["key_id"]


@pytest.mark.usefixtures("stocked")
@requirement("REG-5")
def test_retention_comes_from_the_settings(command: Command) -> None:
    assert one_object(command("gc", "--yes", "--json"))["deleted"]["runs"] == 0
    shorter = {"AGENT_SCHOOL_KEEP_RUNS_DAYS": "5"}
    assert one_object(command("gc", "--yes", "--json", **shorter))["deleted"]["runs"] == 2
    assert one_object(command("runs", "list_concerts", "--json"))["runs"] == []


@requirement("CLI-2")
@pytest.mark.parametrize(
    "line", ["nothing", "tools show", "tools list --status odd", "tools list --odd", "jobs list --limit x", "learn"]
)
def test_wrong_use_is_one_object_where_one_is_asked_for(command: Command, line: str) -> None:
    done = command(*line.split(), "--json")
    answer = one_object(done)
    assert (done.returncode, answer["status"], answer["error"]["code"]) == (2, "error", "usage")
    assert answer["error"]["message"]
    assert "--help" in answer["error"]["remedy"]


COMPLETE = """
eval "$(agent-school --show-completion)"
COMP_WORDS=({words}) COMP_CWORD={place}
"$(complete -p agent-school | sed 's/.*-F \\([^ ]*\\).*/\\1/')" agent-school
echo "${{COMPREPLY[@]}}"
"""


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("tools show list_c", "list_concerts"),
        ("call list_", "list_concerts list_parties"),
        ("tools publish sketch", "sketched_tool"),
        ("tools vers", "versions"),
        ("stats nothing", ""),
    ],
)
def test_the_shell_completes_commands_and_names_of_tools(
    environment: dict[str, str], tmp_path: Path, typed: str, completed: str
) -> None:
    with registry_of(environment) as registry:
        registry.save_draft(make_version("sketched_tool"), actor="ann")
    (tmp_path / "agent-school").symlink_to(ROOT / "agent-school")  # as the README says
    words = f"agent-school {typed}"
    done = subprocess.run(
        ["bash", "--norc", "-c", COMPLETE.format(words=words, place=len(words.split()) - 1)],
        env={**environment, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert sorted(done.stdout.split()) == sorted(completed.split()), done.stderr
