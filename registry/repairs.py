"""What the audit log says of a repair, beside the publishing of the new version."""

from __future__ import annotations

from domain.values import JsonObject
from registry import audit
from registry.own import owned
from registry.shelf import Shelf


def note_repair(shelf: Shelf, name: str, owner: str, number: int, *, actor: str, facts: JsonObject) -> None:
    """Note that a version was made to repair an earlier one; ``facts`` say which, why and at what price.

    Raises:
        UnknownTool: the owner has no such version.
    """
    with shelf.database.write() as session:
        owned(session, name, owner, number)
        audit.write(
            session, at=shelf.now(), actor=actor, action="repair", owner=owner, tool=name, version=number, facts=facts
        )
