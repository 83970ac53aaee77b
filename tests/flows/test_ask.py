"""From a question to rows, as a user does it: the command line against the events site."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from examples.truth import QUERIES_PATH
from tests import prepared
from tests.conftest import Command, one_object
from tests.requirements import requirement

HIP_HOP = "hip-hop parties in SF within 5 miles"
CLI_2 = {
    "status",
    "tool",
    "source",
    "params",
    "rows",
    "count",
    "truncated",
    "learned",
    "question",
    "timings_ms",
    "llm",
    "verdict",
    "error",
}


def true_rows(identifier: str) -> list[list[Any]]:
    document = json.loads(Path(QUERIES_PATH).read_text())
    query = next(query for query in document["queries"] if query["id"] == identifier)
    rows: list[list[Any]] = query["expect"]["rows"]
    return rows


@pytest.mark.browser
@requirement("CLI-1", "CLI-2", "PLAN-2", "PLAN-4", "PROVE-1", "PROVE-4", "PROVE-5", "LEARN-1", "LEARN-6", "LEARN-7")
def test_a_question_is_learned_once_and_answered_from_the_tool_the_second_time(
    command: Command, events_site: str
) -> None:
    first = command("--query", HIP_HOP, "--site", f"{events_site}/sf", "--json")
    answer = one_object(first)
    assert first.returncode == 0, first.stderr
    assert set(answer) == CLI_2
    assert {"keywords", "city", "radius_miles"} <= set(answer["tool"]["input_schema"]["properties"])
    got = sorted([row["url"], row["name"], row["start_at"]] for row in answer["rows"])
    assert got == sorted(true_rows("hip-hop-parties-sf"))
    assert (answer["status"], answer["learned"], answer["source"]["kind"]) == ("ok", True, "json")
    assert [rejected["kind"] for rejected in answer["source"]["rejected"]] == ["openapi"]

    again = one_object(
        command("--query", HIP_HOP, "--site", f"{events_site}/sf", "--json", AGENT_SCHOOL_BROWSER="/nowhere/no-browser")
    )
    assert (again["learned"], again["rows"]) == (False, answer["rows"])
    assert "observe" not in again["timings_ms"]

    other = one_object(command("--query", "parties in Oakland", "--site", f"{events_site}/sf", "--json"))
    assert other["learned"] is False
    assert {row["city"] for row in other["rows"]} == {"Oakland"}
    assert other["count"] > 0

    listed = one_object(command("tools", "list", "--json"))
    assert [(tool["name"], tool["version"]) for tool in listed["tools"]] == [(answer["tool"]["name"], 1)]
    shown = one_object(command("tools", "show", answer["tool"]["name"], "--json"))["tool"]
    assert shown["verdict"]["passed"] is True
    assert len(shown["verdict"]["trials"]) >= 3


@pytest.mark.browser
@requirement("REG-2", "REG-4")
def test_a_second_version_can_be_undone(command: Command, events_site: str) -> None:
    name = one_object(command("ask", "yoga in Oakland", "--site", f"{events_site}/sf", "--json"))["tool"]["name"]
    assert (
        one_object(command("learn", "yoga in Berkeley", "--site", f"{events_site}/sf", "--json"))["tool"]["version"]
        == 2
    )
    versions = one_object(command("tools", "versions", name, "--json"))["versions"]
    assert [(v["version"], v["status"]) for v in versions] == [(2, "published"), (1, "deprecated")]
    cities = {row["city"] for row in one_object(command("call", name, "--json"))["result"]["rows"]}
    assert cities == {"Berkeley"}
    back = one_object(command("tools", "rollback", name, "--json"))
    assert (back["version"], back["state"]) == (1, "published")
    cities = {row["city"] for row in one_object(command("call", name, "--json"))["result"]["rows"]}
    assert cities == {"Oakland"}


@pytest.mark.browser
@requirement("PROVE-6", "REG-2")
def test_two_processes_learning_the_same_thing_publish_it_once(
    environment: dict[str, str], events_site: str, command: Command
) -> None:
    line = (prepared.MAIN, "--query", HIP_HOP, "--site", f"{events_site}/sf", "--json")
    both = [prepared.start(*line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    results = [json.loads(process.communicate(timeout=100)[0]) for process in both]
    assert [result["status"] for result in results] == ["ok", "ok"]
    assert results[0]["rows"] == results[1]["rows"]
    name = results[0]["tool"]["name"]
    versions = one_object(command("tools", "versions", name, "--json"))["versions"]
    assert [v["status"] for v in versions].count("published") == 1
    assert len(one_object(command("tools", "list", "--json"))["tools"]) == 1


REFUSED = {
    "no site": (("--query", "books in Oakland"), 3, "needs_input", ""),
    "an unreachable site": (
        ("--query", "events in Oakland", "--site", "http://127.0.0.1:9/x"),
        1,
        "error",
        "source_unreachable",
    ),
    "a date that cannot be": (
        ("--query", "events on June 31 2027", "--site", "http://127.0.0.1:9/x"),
        2,
        "error",
        "invalid_query",
    ),
    "no web address": (("--query", "events in Oakland", "--site", "nonsense"), 2, "error", "invalid_query"),
}


@pytest.mark.parametrize("case", REFUSED)
@requirement("CLI-2", "PLAN-5")
def test_bad_questions_end_with_a_code_a_remedy_and_the_right_status(command: Command, case: str) -> None:
    arguments, status, word, code = REFUSED[case]
    done = command(*arguments, "--json")
    answer = one_object(done)
    assert (done.returncode, answer["status"]) == (status, word)
    assert set(answer) == CLI_2
    if code:
        assert answer["error"]["code"] == code
        assert answer["error"]["remedy"]
    else:
        assert answer["question"]["field"] == "site"
    assert one_object(command("tools", "list", "--json"))["tools"] == []


@requirement("CLI-1")
def test_an_unknown_tool_is_a_usage_error(command: Command) -> None:
    done = command("call", "nothing_of_that_name", "--json")
    assert done.returncode == 2
    assert one_object(done)["error"]["code"] == "unknown_tool"


@requirement("REG-1")
def test_a_file_that_is_no_registry_is_refused_and_left_alone(command: Command, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "registry.sqlite").write_text("my shopping list")
    done = command("tools", "list", "--json")
    assert done.returncode == 1
    assert one_object(done)["error"]["code"] == "registry_unusable"
    assert (home / "registry.sqlite").read_text() == "my shopping list"
