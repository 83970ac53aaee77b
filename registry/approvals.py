"""What a person has approved: versions that wait, further hosts for a site, calls of a tool that writes.

A standing approval is an entry of the audit log, so that it always tells who gave it and when; when retention takes
the entry away, the person is asked again. What this does not stop: who can write the database can write approvals.
"""

from __future__ import annotations

from domain.workflow import Status, WorkflowVersion
from registry import audit, replay
from registry.gate import require_acceptable
from registry.heads import changing, set_head
from registry.own import owned, reread
from registry.profiles import Profile
from registry.replay import ReplayBundle
from registry.rows import version_of
from registry.shelf import Shelf
from registry.versions import keep, prove

GIVEN, TAKEN_BACK = "approve", "disapprove"


def keep_waiting(
    shelf: Shelf, version: WorkflowVersion, *, actor: str, bundle: ReplayBundle | None, profile: Profile | None
) -> WorkflowVersion:
    """Keep a proved version, validated and not published, until a person approves it.

    The same content gives back the version that is there, in the state that it is in.

    Raises:
        NameRefused: the definition would make some client choke.
    """
    require_acceptable(version)
    with changing(shelf) as session:
        kept = keep(session, shelf, version, actor=actor, idempotency_key="", to_publish=False)
        row = owned(session, kept.name, kept.owner, kept.number)
        if row["status"] == Status.DRAFT:
            prove(session, shelf, row, version)
            set_head(session, shelf, row["tool_id"])
        replay.keep(session, shelf, kept.name, kept.owner, kept.number, bundle=bundle, profile=profile)
        return version_of(reread(session, row), shelf.verifier)


def approve(shelf: Shelf, *, owner: str, subject: str, actor: str) -> None:
    """Note a standing approval of an owner, such as ``host:example.org api.example.net``; twice is as once."""
    if approved(shelf, owner=owner, subject=subject):
        return
    with shelf.database.write() as session:
        audit.write(session, at=shelf.now(), actor=actor, action=GIVEN, owner=owner, tool=subject)


def take_back(shelf: Shelf, *, owner: str, subject: str, actor: str) -> bool:
    """End a standing approval; returns whether there was one."""
    if not approved(shelf, owner=owner, subject=subject):
        return False
    with shelf.database.write() as session:
        audit.write(session, at=shelf.now(), actor=actor, action=TAKEN_BACK, owner=owner, tool=subject)
    return True


def approved(shelf: Shelf, *, owner: str, subject: str) -> bool:
    """Return whether the owner's latest word on a subject is an approval."""
    row = shelf.database.one(
        "SELECT action FROM audit WHERE owner = :owner AND tool = :subject AND action IN (:given, :taken) "
        "ORDER BY id DESC LIMIT 1",
        owner=owner,
        subject=subject,
        given=GIVEN,
        taken=TAKEN_BACK,
    )
    return row is not None and row["action"] == GIVEN


def subjects(shelf: Shelf, *, owner: str, beginning: str) -> tuple[str, ...]:
    """Return the subjects that begin so and stand approved, in order of their names."""
    rows = shelf.database.all(
        "SELECT tool, action FROM audit WHERE owner = :owner AND action IN (:given, :taken) ORDER BY id",
        owner=owner,
        given=GIVEN,
        taken=TAKEN_BACK,
    )
    latest = {str(row["tool"]): row["action"] for row in rows if str(row["tool"]).startswith(beginning)}
    return tuple(sorted(subject for subject, action in latest.items() if action == GIVEN))
