"""An API document becomes drafts, and the first proved call of a draft publishes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from domain.errors import InvalidQuery, NeedsApproval, RunFailed, UnknownTool
from domain.job import JobState
from domain.plan import SourceKind
from domain.values import JsonObject
from domain.workflow import Status
from registry.approvals import approve
from sandbox.secrets import Secret, SecretStore
from school.app import School
from school.call import call
from school.importing import Imported, ImportRequest, import_document
from school.replay import replay_tool
from tests.conftest import Command, one_object
from tests.flows.api import EVENTS, WANTED_KEY, description, ticket_api
from tests.flows.jobs_workshop import desk, sqlite_jobs, worker
from tests.requirements import requirement

Api = tuple[str, Path]


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with ticket_api(tmp_path) as served:
        yield served


async def imported(school: School, api: Api, **more: object) -> Imported:
    request = ImportRequest.model_validate({"source": str(api[1]), "site": api[0], **more})
    return await import_document(school, request, at_terminal=True)


@requirement("IMPORT-1", "PROVE-4", "CLI-1")
async def test_a_document_is_imported_at_the_terminal_and_its_first_call_publishes(command: Command, api: Api) -> None:
    url, path = api

    async def ran(*arguments: str) -> dict[str, object]:
        return one_object(await asyncio.to_thread(command, *arguments, "--json"))

    done = await ran("learn", "--openapi", str(path), "--site", url, "--all")
    assert (done["status"], done["imported"]) == ("ok", 10)
    assert done["skipped"] == [{"operation": "GET /broken", "reason": "it names no responses"}]
    secret = "main.py secrets set tickets_shop_key --host 127.0.0.1 --header X-Shop-Key"
    assert [s["command"] for s in done["secrets"]] == [secret]  # type: ignore[attr-defined]  # a list of objects
    listed = [await ran("tools", "list"), await ran("tools", "list", "--state", "draft")]
    assert [len(each["tools"]) for each in listed] == [0, 10]  # type: ignore[arg-type]  # lists
    called = await ran("call", "get_events_id", "--param", "id=e7")
    assert called["result"]["rows"][0]["id"] == "e7"  # type: ignore[index]  # an object
    assert called["trial"]["published"] is True  # type: ignore[index]  # an object
    assert "trial" not in await ran("call", "get_events_id", "--param", "id=e8")
    tested = await ran("tools", "test", "get_events_id")
    assert tested["status"] == "ok"


@requirement("IMPORT-1", "JOB-1")
async def test_an_import_is_left_to_a_worker_as_a_job(command: Command, api: Api, tmp_path: Path) -> None:
    line = ["learn", "--openapi", str(api[1]), "--site", api[0], "--all", "--background", "--json"]
    begun = one_object(await asyncio.to_thread(command, *line))["job"]
    assert begun["state"] == "running"
    with worker(tmp_path / "home"), desk(sqlite_jobs(tmp_path / "home")) as jobs:
        done = await jobs.wait(begun["id"], "local", longest_s=60)
    assert done.state is JobState.DONE, done.error
    assert done.result is not None
    assert (done.result["imported"], done.result["states"]) == (10, {"new": 10, "changed": 0, "unchanged": 0})
    listed = one_object(await asyncio.to_thread(command, "tools", "list", "--state", "draft", "--json"))
    assert len(listed["tools"]) == 10


class Crash(Exception):
    """The process ends here."""


class Kept:
    """Steps that are remembered as a job's are; the process ends in the middle of the one that ``ends`` names."""

    job_id = "job_kept"

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.ends = ""
        self._next = 0

    def again(self) -> Kept:
        self._next = 0
        return self

    async def do(self, name: str, kind: Any, work: Callable[[], Awaitable[Any]]) -> Any:
        adapter = TypeAdapter(kind)
        if self._next == len(self.values):
            if name == self.ends:
                self.ends = ""
                raise Crash
            self.values.append(adapter.dump_json(await work()))
        self._next += 1
        return adapter.validate_json(self.values[self._next - 1])


@requirement("IMPORT-1", "JOB-1")
async def test_an_import_that_is_taken_up_again_keeps_what_is_kept_and_reads_no_other_document(
    school: School, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("school.importing.STEP", 4)
    request = ImportRequest(source=str(api[1]), site=api[0])
    steps = Kept()
    steps.ends = "keep 8"
    with pytest.raises(Crash):
        await import_document(school, request, at_terminal=True, steps=steps)
    api[1].write_text("{}")
    done = await import_document(school, request, at_terminal=True, steps=steps.again())
    assert [entry.state for entry in done.entries] == ["new"] * 10
    assert len(school.registry.tools("local", status=Status.DRAFT, limit=50).entries) == 10


@requirement("IMPORT-1")
async def test_the_same_document_again_makes_no_duplicates(school: School, api: Api) -> None:
    first = await imported(school, api)
    await call(school, "get_events", {})
    again = await imported(school, api)
    assert [(e.name, e.version) for e in again.entries] == [(e.name, e.version) for e in first.entries]
    assert {e.state for e in first.entries} == {"new"}
    assert {e.state for e in again.entries} == {"unchanged"}
    assert {e.name for e in again.entries if e.status is Status.PUBLISHED} == {"get_events"}


@requirement("IMPORT-1", "PROVE-1", "PROVE-4")
async def test_the_first_call_leaves_evidence_and_a_recording(school: School, api: Api) -> None:
    await imported(school, api)
    done = await call(school, "get_events", {"keyword": "concert"})
    assert [row["id"] for row in done.run.rows] == [event["id"] for event in EVENTS]
    version = school.registry.tool("get_events", "local")
    assert (version.status, version.verdict.passed) == (Status.PUBLISHED, True)
    assert version.plan.source.kind is SourceKind.OPENAPI
    assert {f.check for f in version.verdict.findings} >= {"runs_end_well", "answer_as_described", "runs_agree"}
    assert version.verdict.trials[0].arguments == {"keyword": "concert"}
    assert [r.outcome.value for r in await replay_tool(school, "get_events", "local")] == ["passed"]


@requirement("IMPORT-1")
async def test_every_style_of_parameter_arrives_as_the_document_says(school: School, api: Api) -> None:
    await imported(school, api)
    given: JsonObject = {
        "ids": [1, 2],
        "trace_flag": True,
        "theme": "dark",
        "box": {"w": 3, "flat": False},
        "kinds": ["a", "b"],
        "filter": {"x": 1},
    }
    row = (await call(school, "get_echo_ids", given)).run.rows[0]
    asked, _, flag = str(row["query"]).rpartition(" ")
    assert flag == "true"
    assert asked.startswith("/echo/1,2?")
    pairs = dict(pair.split("=") for pair in asked.partition("?")[2].replace("%5B", "[").replace("%5D", "]").split("&"))
    assert (pairs["box[w]"], pairs["box[flat]"]) == ("3", "false")
    assert pairs["kinds"] in {"a|b", "a%7Cb"}
    assert json.loads(
        pairs["filter"]
        .replace("%7B", "{")
        .replace("%22", '"')
        .replace("%7D", "}")
        .replace("+", " ")
        .replace("%3A", ":")
    ) == {"x": 1}
    assert row["cookie"] == "theme=dark"


@requirement("IMPORT-1")
async def test_text_that_is_no_json_is_taken_as_it_comes(school: School, api: Api) -> None:
    await imported(school, api)
    row = (await call(school, "read_note", {})).run.rows[0]
    assert (row["status"], row["content"], row["encoding"]) == (200, "two  lines\nof text", None)
    assert school.registry.tool("read_note", "local").status is Status.PUBLISHED


@requirement("IMPORT-1")
async def test_an_answer_of_another_shape_than_described_is_read_as_it_is(school: School, api: Api) -> None:
    await imported(school, api)
    done = await call(school, "list_wrong", {})
    assert [row["name"] for row in done.run.rows] == [event["name"] for event in EVENTS]
    version = school.registry.tool("list_wrong", "local")
    assert (version.number, version.status) == (2, Status.PUBLISHED)
    assert "other values than described" in version.plan.source.reason
    assert {e.state for e in (await imported(school, api)).entries} == {"unchanged"}


@requirement("IMPORT-1", "PROVE-7")
async def test_an_answer_without_rows_is_given_but_publishes_nothing(school: School, api: Api) -> None:
    await imported(school, api)
    done = await call(school, "get_empty", {})
    assert (done.run.rows, done.version.status) == ([], Status.DRAFT)
    assert done.trial is not None
    assert [f.check for f in done.trial.failures] == ["some_rows"]
    assert school.registry.tool("get_empty", "local").status is Status.DRAFT


@requirement("IMPORT-1")
async def test_a_draft_that_changes_something_waits_for_a_person(school: School, api: Api) -> None:
    await imported(school, api)
    draft = school.registry.tool("send_batch", "local")
    hints = draft.tool.annotations
    assert (hints.read_only_hint, hints.idempotent_hint, draft.policy.methods) == (
        False,
        False,
        ("GET", "HEAD", "POST"),
    )
    with pytest.raises(NeedsApproval):
        await call(school, "send_batch", {"body": [1, 2]})
    assert school.registry.runs("send_batch", "local") == ()
    approve(school.registry.shelf, owner="local", subject="write:send_batch", actor="a person")
    done = await call(school, "send_batch", {"body": [1, 2]})
    assert done.run.rows == [{"status": 204, "content_type": None, "content": None, "encoding": None}]
    assert done.version.status is Status.PUBLISHED


@requirement("IMPORT-1", "OPS-7")
async def test_a_lacking_secret_is_named_with_the_command_that_sets_it(school: School, api: Api) -> None:
    done = await imported(school, api)
    with pytest.raises(RunFailed) as refused:
        await call(school, "list_secret_events", {})
    assert done.secrets[0].command in refused.value.remedy
    needed = done.secrets[0]
    secret = Secret(name=needed.name, host=needed.host, place=needed.place, key=needed.key, value=WANTED_KEY)
    SecretStore(school.settings.home / "secrets").add("local", secret)
    assert len((await call(school, "list_secret_events", {})).run.rows) == len(EVENTS)
    assert school.registry.tool("list_secret_events", "local").status is Status.PUBLISHED


@requirement("IMPORT-1")
async def test_two_apis_with_operations_of_one_name_get_tools_of_their_own(
    school: School, api: Api, tmp_path: Path
) -> None:
    await imported(school, api, chosen=("GET /events",))
    other = {**description(), "info": {"title": "Other shop"}, "servers": [{"url": "https://other.example"}]}
    path = tmp_path / "other.json"
    path.write_text(json.dumps(other), encoding="utf-8")
    done = await import_document(school, ImportRequest(source=str(path), chosen=("GET /events",)), at_terminal=True)
    assert [e.name for e in done.entries] == ["other_shop_get_events"]
    assert school.registry.tool("get_events", "local").plan.records.request.url == f"{api[0]}/events"
    assert school.registry.tool("other_shop_get_events", "local").policy.private_hosts == ()


@requirement("IMPORT-1")
async def test_a_draft_is_tried_by_its_owner_alone(school: School, api: Api) -> None:
    await imported(school, api, chosen=("GET /events",))
    school.registry.share("get_events", "local", actor="local")
    with pytest.raises(UnknownTool):
        await call(school, "get_events", {}, owner="someone")


@requirement("IMPORT-1")
async def test_what_cannot_be_imported_is_said(school: School, api: Api) -> None:
    for source, chosen in (
        ("no-such-file.json", ()),
        (str(api[1]), ("GET /nothing",)),
        (str(api[1]), ("GET /broken",)),
    ):
        request = ImportRequest(source=source, site=api[0], chosen=chosen)
        with pytest.raises(InvalidQuery):
            await import_document(school, request, at_terminal=True)
    with pytest.raises(InvalidQuery):
        await import_document(school, ImportRequest(source=str(api[1]), site=api[0]), at_terminal=False)
