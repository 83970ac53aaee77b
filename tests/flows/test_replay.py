"""Published versions run again offline, as a user asks for it."""

from __future__ import annotations

import pytest

from domain.observation import Exchange
from registry import ReplayBundle
from tests.conftest import Command, one_object, site_process
from tests.flows.workshop import CODE, bundle, concerts, registry_of, served
from tests.requirements import requirement
from tests.sites.scripted import SITE


@pytest.mark.browser
@requirement("DRIFT-1", "DRIFT-4", "PROVE-4")
def test_a_learned_tool_replays_after_its_site_is_gone(command: Command, environment: dict[str, str]) -> None:
    with site_process() as site:
        learned = one_object(command("--query", "yoga in Oakland", "--site", f"{site}/sf", "--json"))
    assert learned["status"] == "ok", learned["error"]
    name = learned["tool"]["name"]
    tested = command("tools", "test", name, "--json")
    answer = one_object(tested)
    assert (tested.returncode, answer["status"]) == (0, "ok")
    [replay] = answer["replays"]
    assert (replay["outcome"], replay["notes"]) == ("passed", [])
    assert {case["outcome"] for case in replay["cases"]} == {"passed"}
    assert sorted(case["rows"] for case in replay["cases"]) == sorted(
        trial["rows"] for trial in learned["verdict"]["trials"]
    )
    shown = one_object(command("tools", "show", name, "--json"))
    assert shown["profile"]["samples"] == len(learned["verdict"]["trials"])
    fields = {field["name"] for field in shown["profile"]["fields"]}
    assert {"name", "url", "start_at"} <= fields
    kinds = {run["kind"] for run in one_object(command("runs", name, "--json"))["runs"]}
    assert kinds == {"trial", "call", "replay"}
    with registry_of(environment) as registry:
        [stored] = registry.replays(name, "local")
    assert all(exchange.request_headers == {} for case in stored.bundle.cases for exchange in case.exchanges)


@requirement("DRIFT-1")
def test_a_replay_holds_the_clock_and_says_which_row_differs(command: Command, environment: dict[str, str]) -> None:
    with registry_of(environment) as registry:
        registry.publish(concerts(), actor="ann", bundle=bundle("Jazz", "Blues"))
        wrong = bundle("Jazz", "Blues", wanted=("Jazz", "Soul"))
        registry.publish(concerts(CODE + "# second\n"), actor="ann", bundle=wrong)
    first = command("tools", "test", "list_concerts", "--version", "1", "--json")
    assert first.returncode == 0, first.stdout
    second = command("tools", "test", "list_concerts", "--json")
    answer = one_object(second)
    assert (second.returncode, answer["status"]) == (1, "error")
    assert answer["error"]["code"] == "replay_failed"
    assert answer["replays"][0]["cases"][0]["evidence"] == "Row 2 of 2 differs in title."


@requirement("DRIFT-1")
def test_a_repaired_version_passes_old_recordings_or_they_are_declared_obsolete(
    command: Command, environment: dict[str, str]
) -> None:
    with registry_of(environment) as registry:
        registry.publish(concerts(), actor="ann", bundle=bundle("Jazz"))
        moved = CODE.replace("v1/events", "v2/events")
        case = bundle("Jazz").cases[0]
        exchanges: tuple[Exchange, ...] = tuple(
            each.model_copy(update={"url": each.url.replace("v1", "v2")}) for each in case.exchanges
        )
        own = bundle("Jazz").model_copy(update={"cases": (case.model_copy(update={"exchanges": exchanges}),)})
        registry.publish(concerts(moved), actor="ann", bundle=own)
    assert command("tools", "test", "list_concerts").returncode == 0
    old = command("tools", "test", "list_concerts", "--old", "--json")
    assert old.returncode == 1
    assert [replay["outcome"] for replay in one_object(old)["replays"]] == ["passed", "failed"]
    assert "asked something new: GET https://api.events.example/v2/events" in one_object(old)["error"]["message"]
    done = command("tools", "obsolete", "list_concerts", "--version", "1", "--reason", "the API moved", "--json")
    assert done.returncode == 0
    assert command("tools", "test", "list_concerts", "--old").returncode == 0


@requirement("DRIFT-1", "PROVE-7")
def test_what_cannot_be_replayed_never_counts_as_passed(command: Command, environment: dict[str, str]) -> None:
    with registry_of(environment) as registry:
        registry.publish(concerts(), actor="ann")
        noted = ReplayBundle(cases=(), notes=("the question: An answer was longer than what is recorded.",))
        registry.publish(concerts(name="noted"), actor="ann", bundle=noted)
    for name, reason in (("list_concerts", "No recording was kept"), ("noted", "longer than what is recorded")):
        done = command("tools", "test", name, "--json")
        answer = one_object(done)
        assert (done.returncode, answer["error"]["code"]) == (1, "replay_not_applicable")
        assert reason in answer["error"]["message"]
        assert answer["replays"][0]["outcome"] == "not_applicable"


@pytest.mark.browser
@requirement("DRIFT-1", "PROVE-4")
def test_a_learned_page_workflow_replays_in_a_real_browser_after_its_site_is_gone(command: Command) -> None:
    with served(SITE.app) as site:
        learned = one_object(command("--query", "oak trees", "--site", f"{site}/more", "--json"))
    assert learned["status"] == "ok", learned["error"]
    assert learned["source"]["kind"] == "browser"
    tested = command("tools", "test", learned["tool"]["name"], "--json")
    answer = one_object(tested)
    assert (tested.returncode, answer["status"]) == (0, "ok"), answer
    [replay] = answer["replays"]
    assert replay["outcome"] == "passed"
    assert sorted(case["rows"] for case in replay["cases"]) == sorted(
        trial["rows"] for trial in learned["verdict"]["trials"]
    )


@requirement("DRIFT-1")
def test_a_proved_draft_is_published_only_when_it_passes_old_recordings(
    command: Command, environment: dict[str, str]
) -> None:
    with registry_of(environment) as registry:
        registry.publish(concerts(), actor="ann", bundle=bundle("Jazz"))
        registry.save_draft(concerts(CODE.replace("v1/events", "v2/events")), actor="ann")
    refused = command("tools", "publish", "list_concerts", "--json")
    error = one_object(refused)["error"]
    assert (refused.returncode, error["code"]) == (1, "replay_failed")
    assert "tools obsolete list_concerts --version 1" in error["remedy"]
    assert command("tools", "obsolete", "list_concerts", "--version", "1", "--reason", "moved").returncode == 0
    assert one_object(command("tools", "publish", "list_concerts", "--json"))["version"] == 2
