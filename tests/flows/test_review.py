"""Where a person must approve, nothing is published without one."""

from __future__ import annotations

import pytest

from tests.conftest import Command, one_object
from tests.requirements import requirement


@pytest.mark.browser
@requirement("PROVE-3", "REG-4")
def test_what_was_learned_waits_and_is_published_once_a_person_approves_it(command: Command, events_site: str) -> None:
    ask = ("--query", "yoga in Oakland", "--site", f"{events_site}/sf", "--json")
    held = command(*ask, AGENT_SCHOOL_REVIEW="required")
    assert held.returncode == 3
    question = one_object(held)["question"]
    assert "async def run(" in question["text"]
    name = question["field"].split(":")[2]
    assert one_object(command("tools", "list", "--json"))["tools"] == []
    assert one_object(command("tools", "waiting", "--json"))["waiting"] == [{"name": name, "version": 1}]
    unsure = command("tools", "approve", name, "--json")
    assert (unsure.returncode, one_object(unsure)["error"]["code"]) == (2, "not_confirmed")
    approved = one_object(command("tools", "approve", name, "--yes", "--json"))
    assert (approved["state"], approved["version"]) == ("published", 1)
    answered = command(*ask, AGENT_SCHOOL_REVIEW="required")
    assert answered.returncode == 0
    assert (one_object(answered)["learned"], one_object(answered)["tool"]["name"]) == (False, name)
    nothing = command("tools", "approve", name, "--json")
    assert one_object(nothing)["error"]["code"] == "illegal_move"


@pytest.mark.browser
@requirement("PROVE-3")
def test_a_later_version_that_reaches_no_more_is_not_asked_about_again(command: Command, events_site: str) -> None:
    ask = ("--query", "yoga in Oakland", "--site", f"{events_site}/sf", "--json")
    assert command(*ask).returncode == 0
    again = command(*ask, "--fresh", AGENT_SCHOOL_REVIEW="required")
    assert again.returncode == 0, again.stdout
