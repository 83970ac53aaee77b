"""Seals: the signed record of what may be done with a tool's versions.

A version's own signature says what it is, not whether it may run. The record names the head, whether the tool is
shared, and the state of every version; whoever can write rows but not sign cannot release a quarantined version,
publish another one, or share a tool. The columns beside the record are for queries only and must agree with it.

Not stopped: putting back a whole earlier record of the same tool together with its seal, such as out of a backup.
"""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic import ValidationError

from domain.errors import IntegrityBroken
from domain.values import Value, content_hash
from domain.workflow import Status, WorkflowVersion
from registry import audit
from registry.database import Row, Session
from registry.rows import Verifier, version_of
from registry.shelf import Shelf

REMEDY = "It is not used. Take it out with: main.py tools quarantine NAME, then release the versions that you trust."
OUTSIDE = "was changed outside the registry"


LISTED = (
    *("owner", "name", "shared", "head_number", "states", "seal", "seal_key"),
    *("number", "status", "content_hash", "face", "sums", "signature", "key_id"),
)


class Record(Value):
    """What is sealed. ``versions`` has a state and a content hash for each number."""

    head: int
    shared: bool
    versions: dict[int, tuple[Status, str]]


def seal(session: Session, shelf: Shelf, tool_id: int) -> None:
    """Sign what the rows of a tool say now; whoever changes them calls this before the transaction ends."""
    row = tool_of(session, tool_id)
    text = present(session, row).model_dump_json()
    keys = shelf.verifier.keys
    session.run(
        "UPDATE tool SET states = :states, seal = :seal, seal_key = :seal_key WHERE id = :id",
        id=tool_id,
        states=text,
        seal=keys.sign(message(row, text).encode()),
        seal_key=keys.key_id,
    )


def require_sealed(verifier: Verifier, row: Row) -> None:
    """Refuse a version whose state, or whose tool's head or sharing, is not what was sealed.

    ``row`` has the tool's columns and the version's number, status and content hash.

    Raises:
        IntegrityBroken: naming the tool and version.
    """
    facts = (row["states"], row["shared"], row["head_number"], row["number"], row["status"], row["content_hash"])
    mark = hashlib.sha256(message(row, repr((*facts, row["seal"], row["seal_key"]))).encode()).digest()
    if verifier.knows(mark):
        return
    record = record_of(verifier, row)
    said = (bool(row["shared"]), row["head_number"], (row["status"], row["content_hash"]))
    if said != (record.shared, record.head, record.versions.get(row["number"])):
        raise IntegrityBroken(f"The state of version {row['number']} of {row['name']} {OUTSIDE}.", remedy=REMEDY)
    verifier.remember(mark)


def require_listed(verifier: Verifier, row: Row) -> None:
    """Refuse a row whose face, sums, state, head or sharing is not what was signed; fast for rows seen before.

    Raises:
        IntegrityBroken: naming the tool and version.
    """
    mark = hashlib.sha256(repr([row[column] for column in LISTED]).encode()).digest()
    if not verifier.knows(mark):
        verifier.require_face(row)
        require_sealed(verifier, row)
        verifier.remember(mark)


def sealed_version(row: Row, verifier: Verifier) -> WorkflowVersion:
    """Return the version of a row after its state, its signature and its hash were checked.

    Raises:
        IntegrityBroken: the row is not what was signed or sealed.
    """
    version = version_of(row, verifier)
    require_sealed(verifier, row)
    return version


def settle(session: Session, shelf: Shelf, tool_id: int) -> None:
    """Put the rows of a tool back to its sealed record, so that no change blesses what somebody wrote beside it.

    Versions that the record does not know are quarantined. What was put back is audited.

    Raises:
        IntegrityBroken: the record itself is not what was sealed.
    """
    row = tool_of(session, tool_id)
    found = present(session, row)
    if not found.versions and not row["seal"]:
        return  # made a moment ago, in this transaction
    record = record_of(shelf.verifier, row)
    if found == record:
        return
    session.run("UPDATE version SET status = 'deprecated' WHERE tool_id = :id AND status = 'published'", id=tool_id)
    for number, (_, digest) in found.versions.items():
        status, sealed = record.versions.get(number, (Status.QUARANTINED, digest))
        session.run(
            "UPDATE version SET status = :status WHERE tool_id = :id AND number = :number",
            id=tool_id,
            number=number,
            status=(status if sealed == digest else Status.QUARANTINED).value,
        )
    session.run(
        "UPDATE tool SET head_number = :head, shared = :shared WHERE id = :id",
        id=tool_id,
        head=record.head,
        shared=record.shared,
    )
    audit.write(
        session,
        at=shelf.now(),
        actor="registry",
        action="restore",
        owner=row["owner"],
        tool=row["name"],
        outcome="refused",
        facts={"found": found.model_dump(mode="json"), "sealed": record.model_dump(mode="json")},
    )


def record_of(verifier: Verifier, row: Row) -> Record:
    """Return the sealed record of a tool.

    Raises:
        IntegrityBroken: it is not what was sealed.
    """
    what = f"The record of the states of {row['name']}"
    try:
        verifier.require_signed(message(row, row["states"]).encode(), row["seal"], row["seal_key"], what=what)
        return Record.model_validate_json(row["states"])
    except (IntegrityBroken, ValidationError) as error:
        reason = error.message if isinstance(error, IntegrityBroken) else f"{what} {OUTSIDE}."
        raise IntegrityBroken(reason, remedy=REMEDY) from error


def present(session: Session, tool: Row) -> Record:
    """Return what the rows of a tool say now, sealed or not."""
    rows = session.all("SELECT number, status, content_hash FROM version WHERE tool_id = :id", id=tool["id"])
    versions: dict[Any, Any] = {each["number"]: (each["status"], each["content_hash"]) for each in rows}
    return Record(head=tool["head_number"], shared=bool(tool["shared"]), versions=dict(sorted(versions.items())))


def tool_of(session: Session, tool_id: int) -> Row:
    """Return the row of a tool."""
    row = session.one("SELECT * FROM tool WHERE id = :id", id=tool_id)
    assert row is not None
    return row


def message(row: Row, text: str) -> str:
    """Return what a seal covers: whose tool it is, and the record."""
    return "agent-school states 1 " + content_hash(row["owner"], row["name"], text)
