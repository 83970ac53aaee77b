"""Where a person must approve, nothing is published without one."""

from __future__ import annotations

from tests.conftest import Command, one_object
from tests.requirements import requirement


@requirement("PROVE-3")
def test_nothing_is_learned_where_approval_is_required_and_cannot_be_given(command: Command) -> None:
    done = command("--query", "yoga", "--site", "http://127.0.0.1:9/x", "--json", AGENT_SCHOOL_REVIEW="required")
    assert (done.returncode, one_object(done)["error"]["code"]) == (2, "settings")
    assert one_object(command("tools", "list", "--json"))["tools"] == []
