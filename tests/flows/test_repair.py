"""A tool whose site changed is repaired when a person says so, and left alone when nothing is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Command, one_object, site_process
from tests.flows.jobs_workshop import desk, gate, sqlite_jobs, worker
from tests.flows.workshop import bundle, concerts, registry_of
from tests.requirements import requirement

YOGA = "yoga within 5 miles of Oakland"
DANCE = "dance lessons in San Francisco"
FEW = ("--events", "60")


def learned(command: Command, question: str, page: str) -> dict[str, Any]:
    answer = one_object(command("--query", question, "--site", page, "--json"))
    assert answer["status"] == "ok", answer["error"]
    return answer


def called(command: Command, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = one_object(command("call", name, "--json"))["result"]["rows"]
    return rows


def states(command: Command, name: str) -> list[tuple[int, str]]:
    versions = one_object(command("tools", "versions", name, "--json"))["versions"]
    return [(version["version"], version["status"]) for version in versions]


def ended(command: Command, job_id: str) -> dict[str, Any]:
    """The result of a job, once it is over; the test's own time-out bounds the wait."""
    while (job := one_object(command("jobs", "show", job_id, "--json"))["job"])["state"] == "running":
        continue
    assert job["state"] == "done", job
    result: dict[str, Any] = job["result"]
    return result


@pytest.mark.browser
@pytest.mark.timeout(300)  # a dozen commands, three of which learn
@requirement("REG-4", "DRIFT-1", "JOB-1")
def test_a_tool_whose_fields_were_renamed_is_repaired_in_its_place_by_a_worker(
    command: Command, tmp_path: Path
) -> None:
    with site_process() as site:
        port = site.rpartition(":")[2]
        before = learned(command, YOGA, f"{site}/sf")
        name = before["tool"]["name"]
        sound = command("tools", "repair", name, "--json")
        told = one_object(sound)
        assert (sound.returncode, told["repair"], told["problems"], told["version"]) == (0, "sound", [], 1)
        same = one_object(command("tools", "repair", name, "--force", "--json"))
        assert (same["status"], same["repair"]) == ("ok", "same")
        assert states(command, name) == [(1, "published")]
    with site_process("--fault", "geo-fields", "--port", port):
        assert called(command, name) == []  # no row has a place any more, and none is near
        begun = one_object(command("tools", "repair", name, "--background", "--json"))["job"]
        with worker(tmp_path / "home", private_hosts=site.split("//")[1]):
            told = ended(command, begun["id"])
        assert (told["repair"], told["before"], told["version"]) == ("published", 1, 2), told
        assert [problem.split(" is empty")[0] for problem in told["problems"]] == ["Field latitude", "Field longitude"]
        assert {"field geo_latitude is new", "field latitude is gone", "the code changed"} <= set(told["summary"])
        assert "geo_latitude" in told["parts"]["code"]
        assert [each["version"] for each in told["obsolete"]] == [1]
        assert [row["api_id"] for row in called(command, name)] == [row["api_id"] for row in before["rows"]]
    assert states(command, name) == [(2, "published"), (1, "deprecated")]
    assert command("tools", "test", name, "--old").returncode == 0
    audited = one_object(command("audit", "--tool", name, "--json"))["audit"]
    [noted] = [entry for entry in audited if entry["action"] == "repair"]
    assert (noted["version"], noted["facts"]["before"], noted["facts"]["cost"]["calls"]) == (2, 1, 0)
    [declared] = [entry for entry in audited if entry["action"] == "obsolete_replay"]
    assert declared["facts"]["reason"].startswith("Version 2 repairs version 1 (Field latitude is empty")


@pytest.mark.browser
@pytest.mark.timeout(300)
@requirement("PROVE-6", "JOB-1", "REG-4")
def test_a_repair_whose_workers_are_killed_before_and_inside_its_last_step_publishes_once_and_is_noted_once(
    command: Command, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with site_process() as site:
        port, name = site.rpartition(":")[2], learned(command, YOGA, f"{site}/sf")["tool"]["name"]
    private = {"private_hosts": site.split("//")[1]}
    with (
        site_process("--fault", "geo-fields", "--port", port),
        gate(holding=("record", "publish")) as held,
        desk(sqlite_jobs(home)) as jobs,
    ):
        given = {"name": name, "wish": {}, "gate": held.url}
        job_id = jobs.begin("gated repair", given, owner="local").id
        with worker(home, **private) as first:
            assert held.arrived(120).split("/")[1] == "record"
            first.kill()
            first.wait()
        assert states(command, name) == [(1, "published")]
        with worker(home, **private) as second:
            arrival = held.arrived()
            assert arrival.split("/")[1] == "record"
            held.let(arrival)
            assert held.arrived().split("/")[1] == "publish"
            assert states(command, name) == [(2, "published"), (1, "deprecated")]
            second.kill()
            second.wait()
        with worker(home, **private):
            arrival = held.arrived()
            assert arrival.split("/")[1] == "publish"
            held.let(arrival)
            told = ended(command, job_id)
    assert (told["repair"], told["version"], [each["version"] for each in told["obsolete"]]) == ("published", 2, [1])
    assert states(command, name) == [(2, "published"), (1, "deprecated")]
    audited = one_object(command("audit", "--tool", name, "--json"))["audit"]
    assert sorted((entry["action"], entry["version"]) for entry in audited) == [
        ("obsolete_replay", 1),
        ("publish", 1),
        ("publish", 2),
        ("repair", 2),
        ("save", 1),
        ("save", 2),
    ]


@pytest.mark.browser
@pytest.mark.timeout(300)
@requirement("REG-4", "MCP-5", "DRIFT-1")
def test_a_repair_that_breaks_a_promise_waits_for_a_person(command: Command) -> None:
    with site_process(*FEW) as site:
        port = site.rpartition(":")[2]
        before = learned(command, DANCE, f"{site}/archive")
        name = before["tool"]["name"]
    down = command("tools", "repair", name, "--json")
    assert (down.returncode, one_object(down)["error"]["code"]) == (1, "source_unreachable")
    assert states(command, name) == [(1, "published")]
    with site_process(*FEW, "--fault", "markup", "--port", port):  # its cards no longer say what kind of event it is
        asked = command("tools", "repair", name, "--json")
        problem = one_object(asked)["error"]
        assert (asked.returncode, problem["code"]) == (3, "needs_approval"), asked.stdout
        assert "The description would change to" in problem["message"]
        assert "Parameter category would be gone." in problem["message"]
        assert f"tools approve {name} --version 2" in problem["remedy"]
        assert states(command, name)[1] == (1, "published")
        assert one_object(command("tools", "approve", name, "--yes", "--json"))["version"] == 2
        titles = {row["event"] for row in before["rows"]}
        assert {row["title"] for row in called(command, name)} == titles
        assert command("tools", "test", name, "--old").returncode == 0
        assert command("tools", "rollback", name).returncode == 0
        agreed = command("tools", "repair", name, "--yes")
        assert agreed.returncode == 0, agreed.stderr
        assert f"{name}: version 2 is published" in agreed.stdout
        assert "+++ code (version 2)" in agreed.stdout
    assert states(command, name) == [(2, "published"), (1, "deprecated")]


@requirement("REG-4")
def test_only_an_owner_repairs_a_tool_that_only_reads(command: Command, environment: dict[str, str]) -> None:
    writes = concerts()
    intent = writes.plan.intent.model_copy(update={"writes": True})
    with registry_of(environment) as registry:
        registry.publish(concerts(owner="bea"), actor="bea", bundle=bundle("Jazz"))
        registry.share("list_concerts", "bea", actor="bea")
        writing = writes.tool.model_copy(update={"name": "book_concert"})
        plan = writes.plan.model_copy(update={"intent": intent})
        registry.publish(writes.model_copy(update={"tool": writing, "plan": plan}), actor="ann")
    others = command("tools", "repair", "list_concerts", "--json")
    assert (others.returncode, one_object(others)["error"]["code"]) == (2, "unknown_tool")
    changing = command("tools", "repair", "book_concert", "--json")
    assert (changing.returncode, one_object(changing)["error"]["code"]) == (1, "illegal_move")
    unknown = command("tools", "repair", "no_such_tool", "--json")
    assert (unknown.returncode, one_object(unknown)["error"]["code"]) == (2, "unknown_tool")


@pytest.mark.browser
@pytest.mark.timeout(120)
@requirement("PLAN-4", "PROVE-2")
def test_a_search_that_shows_nothing_does_not_hide_what_the_given_page_has(command: Command) -> None:
    with site_process(*FEW) as site:
        answer = learned(command, "pottery workshops in London", f"{site}/archive")
        assert answer["rows"] == []
        assert answer["source"]["url"] == f"{site}/archive"
        told = one_object(
            command(
                "call", answer["tool"]["name"], "--param", "keywords=dance", "--param", "city=San Francisco", "--json"
            )
        )
        assert {"Hip-Hop Dance Lesson"} == {row["event"] for row in told["result"]["rows"]}
