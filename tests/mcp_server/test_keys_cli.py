"""The commands of keys."""

from __future__ import annotations

import json

from tests.conftest import Command, one_object
from tests.requirements import requirement


@requirement("MCP-6", "REG-4")
def test_keys_are_made_listed_and_revoked_from_the_command_line(command: Command) -> None:
    made = one_object(command("keys", "add", "laptop", "--owner", "ada", "--scope", "call", "--days", "2", "--json"))
    assert made["token"].startswith(f"school_{made['key']['id']}_")
    assert (made["key"]["owner"], made["key"]["scopes"]) == ("ada", "call")
    listed = command("keys", "list", "--json")
    assert one_object(listed)["keys"] == [made["key"]]
    assert made["token"].split("_", 2)[2] not in listed.stdout
    ended = one_object(command("keys", "revoke", made["key"]["id"], "--json"))
    assert ended["key"]["revoked_at"] is not None
    unknown = command("keys", "revoke", "nothing", "--json")
    assert (unknown.returncode, json.loads(unknown.stdout)["error"]["code"]) == (2, "invalid_arguments")
