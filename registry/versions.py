"""Versions: keeping, publishing and moving between states, each change atomic and audited.

One version per tool is published at a time; the database itself refuses a second one.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.errors import IllegalMove, IntegrityBroken
from domain.values import JsonObject
from domain.workflow import Status, WorkflowVersion
from registry import index
from registry.database import Row, Session
from registry.gate import require_acceptable
from registry.heads import advance, changing, log, log_row, set_head
from registry.lifecycle import require_move
from registry.own import WITH_TOOL, entry_of, owned, owned_tool, reread
from registry.rows import content_of, evidence_of, face_of, message, sums_of, timestamp, version_of
from registry.seals import seal, sealed_version, settle
from registry.shelf import Shelf
from registry.values import VersionEntry


def publish(
    shelf: Shelf,
    version: WorkflowVersion,
    *,
    actor: str,
    idempotency_key: str = "",
    also: Callable[[Session, WorkflowVersion], None] | None = None,
) -> WorkflowVersion:
    """Publish a proved version; the one that was published before becomes deprecated.

    The same idempotency key, or the same content, gives back the version that is there already (published again
    when it was not), so that a step that runs twice publishes once. ``also`` is done in the same transaction.

    Raises:
        NameRefused: the definition would make some client choke.
        IllegalMove: the verdict did not pass.
    """
    require_acceptable(version)
    if not version.verdict.passed:
        raise IllegalMove(
            f"{version.name} did not pass its proof and cannot be published.",
            remedy="See the verdict's failed checks; learn the tool again.",
        )
    with changing(shelf) as session:
        kept = keep(session, shelf, version, actor=actor, idempotency_key=idempotency_key, to_publish=True)
        if also is not None:
            also(session, kept)
        return kept


def save_draft(shelf: Shelf, version: WorkflowVersion, *, actor: str, idempotency_key: str = "") -> WorkflowVersion:
    """Keep a version that is not proved yet. The same key or content gives back the version that is there.

    Raises:
        NameRefused: the definition would make some client choke.
    """
    require_acceptable(version)
    with changing(shelf) as session:
        return keep(session, shelf, version, actor=actor, idempotency_key=idempotency_key, to_publish=False)


def keep(
    session: Session,
    shelf: Shelf,
    version: WorkflowVersion,
    *,
    actor: str,
    idempotency_key: str,
    to_publish: bool,
) -> WorkflowVersion:
    """Store a version once and, when asked, publish it, inside the caller's transaction."""
    row = by_key(session, version.owner, idempotency_key) if idempotency_key else None
    tool_id = tool_row(session, shelf, version) if row is None else int(row["tool_id"])
    settle(session, shelf, tool_id)
    row = same_version(session, tool_id, version) if row is None else reread(session, row)
    if row is None:
        row = insert(session, shelf, tool_id, version, actor=actor, idempotency_key=idempotency_key)
    if to_publish and row["status"] == Status.DRAFT:
        prove(session, shelf, row, version)
    if to_publish:
        make_published(session, shelf, reread(session, row), actor=actor, action="publish")
    else:
        set_head(session, shelf, tool_id)
        advance(session)
    return sealed_version(reread(session, row), shelf.verifier)


def tool_row(session: Session, shelf: Shelf, version: WorkflowVersion) -> int:
    """Return the id of the version's tool, made when the owner has none of this name."""
    now = timestamp(shelf.now())
    session.run(
        "INSERT INTO tool (owner, name, shared, head_number, status, kind, calls, popularity, created_at, updated_at) "
        "VALUES (:owner, :name, :shared, 0, 'draft', :kind, 0, 0, :now, :now) ON CONFLICT (owner, name) DO NOTHING",
        owner=version.owner,
        name=version.name,
        shared=False,
        kind=version.plan.source.kind.value,
        now=now,
    )
    row = session.one(
        "SELECT id FROM tool WHERE owner = :owner AND name = :name", owner=version.owner, name=version.name
    )
    assert row is not None
    return int(row["id"])


def by_key(session: Session, owner: str, idempotency_key: str) -> Row | None:
    """Return the version that this owner's key made, whatever its name: a job that runs twice makes one tool."""
    return session.one(
        f"{WITH_TOOL} WHERE t.owner = :owner AND v.idempotency_key = :key", owner=owner, key=idempotency_key
    )


def same_version(session: Session, tool_id: int, version: WorkflowVersion) -> Row | None:
    """Return the row that this content already has. Quarantined content is proved anew, as a new row."""
    return session.one(
        f"{WITH_TOOL} WHERE v.tool_id = :id AND v.content_hash = :hash AND v.status <> 'quarantined' "
        "ORDER BY v.number DESC",
        id=tool_id,
        hash=version.content_hash,
    )


def insert(
    session: Session, shelf: Shelf, tool_id: int, version: WorkflowVersion, *, actor: str, idempotency_key: str
) -> Row:
    """Store a version as a draft under the next number, signed."""
    last = session.one("SELECT COALESCE(MAX(number), 0) AS last FROM version WHERE tool_id = :id", id=tool_id)
    assert last is not None
    number = last["last"] + 1
    face, content, evidence = face_of(version), content_of(version), evidence_of(version)
    sums = sums_of(content, evidence)
    signed = message(
        owner=version.owner,
        name=version.name,
        number=number,
        content_sum=version.content_hash,
        face=face,
        sums=sums,
    )
    session.run(
        "INSERT INTO version (tool_id, number, status, content_hash, sums, signature, key_id, idempotency_key, "
        "created_at, created_by, face, content, evidence) VALUES (:tool_id, :number, 'draft', :content_hash, :sums, "
        ":signature, :key_id, :idempotency_key, :now, :actor, :face, :content, :evidence)",
        tool_id=tool_id,
        number=number,
        content_hash=version.content_hash,
        sums=sums,
        signature=shelf.verifier.keys.sign(signed),
        key_id=shelf.verifier.keys.key_id,
        idempotency_key=idempotency_key or None,
        now=timestamp(shelf.now()),
        actor=actor,
        face=face,
        content=content,
        evidence=evidence,
    )
    row = session.one(f"{WITH_TOOL} WHERE v.tool_id = :id AND v.number = :number", id=tool_id, number=number)
    assert row is not None
    log_row(session, shelf, row, action="save", actor=actor, facts={"content_hash": version.content_hash})
    return row


def prove(session: Session, shelf: Shelf, row: Row, version: WorkflowVersion) -> None:
    """Write the evidence of a draft and make it validated; its content stays what it was."""
    require_move(Status(row["status"]), Status.VALIDATED, name=row["name"], number=row["number"])
    shelf.verifier.require_intact(row)
    evidence = evidence_of(version)
    sums = sums_of(row["content"], evidence)
    signed = message(
        owner=row["owner"],
        name=row["name"],
        number=row["number"],
        content_sum=row["content_hash"],
        face=row["face"],
        sums=sums,
    )
    session.run(
        "UPDATE version SET status = 'validated', evidence = :evidence, sums = :sums, signature = :signature, "
        "key_id = :key_id WHERE id = :id",
        id=row["id"],
        evidence=evidence,
        sums=sums,
        signature=shelf.verifier.keys.sign(signed),
        key_id=shelf.verifier.keys.key_id,
    )


def make_published(session: Session, shelf: Shelf, row: Row, *, actor: str, action: str) -> None:
    """Make a version the published one of its tool; nothing happens when it is."""
    if row["status"] == Status.PUBLISHED:
        return
    shelf.verifier.require_intact(row)
    require_move(Status(row["status"]), Status.PUBLISHED, name=row["name"], number=row["number"])
    session.run(
        "UPDATE version SET status = 'deprecated' WHERE tool_id = :id AND status = 'published'", id=row["tool_id"]
    )
    session.run(
        "UPDATE version SET status = 'published', published_at = :now WHERE id = :id",
        id=row["id"],
        now=timestamp(shelf.now()),
    )
    set_head(session, shelf, row["tool_id"])
    facts: JsonObject = {"content_hash": row["content_hash"]}
    log_row(session, shelf, row, action=action, actor=actor, facts=facts)
    advance(session)


def publish_kept(shelf: Shelf, name: str, owner: str, number: int, *, actor: str) -> WorkflowVersion:
    """Publish a version that is kept here: a proved draft that a person approved, or an earlier version.

    Raises:
        UnknownTool: the owner has no such tool or version.
        IllegalMove: it is published already, did not pass its proof, or is quarantined.
    """
    with changing(shelf) as session:
        settle(session, shelf, owned_tool(session, name, owner)["id"])
        row = owned(session, name, owner, number)
        if row["status"] == Status.PUBLISHED:
            raise IllegalMove(f"Version {number} of {name} is the published one already.")
        version = version_of(row, shelf.verifier)
        if row["status"] == Status.DRAFT and version.verdict.passed:
            prove(session, shelf, row, version)
        make_published(session, shelf, reread(session, row), actor=actor, action="publish")
        return sealed_version(reread(session, row), shelf.verifier)


def rollback(shelf: Shelf, name: str, owner: str, *, to: int | None = None, actor: str) -> WorkflowVersion:
    """Publish an earlier version again: the given one, else the one that was published last before the present.

    Raises:
        UnknownTool: the owner has no such tool or version.
        IllegalMove: there is nothing to go back to, or the version was never published or is quarantined.
    """
    with changing(shelf) as session:
        settle(session, shelf, owned_tool(session, name, owner)["id"])
        row = rollback_target(session, name, owner) if to is None else owned(session, name, owner, to)
        if row["status"] == Status.PUBLISHED:
            raise IllegalMove(f"Version {row['number']} of {name} is the published one already.")
        if row["published_at"] is None:
            raise IllegalMove(
                f"Version {row['number']} of {name} was never published, so there is no way back to it.",
                remedy=f"Publish it, once it is proved: main.py tools publish {name} --version {row['number']}",
            )
        make_published(session, shelf, row, actor=actor, action="rollback")
        return sealed_version(reread(session, row), shelf.verifier)


def rollback_target(session: Session, name: str, owner: str) -> Row:
    """Return the version that was published last before the present one."""
    tool = owned_tool(session, name, owner)
    row = session.one(
        f"{WITH_TOOL} WHERE v.tool_id = :id AND v.status = 'deprecated' AND v.published_at IS NOT NULL "
        "ORDER BY v.published_at DESC, v.number DESC",
        id=tool["id"],
    )
    if row is None:
        raise IllegalMove(f"{name} has no earlier version to go back to.", remedy=f"See: main.py tools versions {name}")
    return row


def move(
    shelf: Shelf, name: str, owner: str, status: Status, *, number: int | None, actor: str, reason: str = ""
) -> VersionEntry:
    """Deprecate or quarantine a version (the published one unless a number is given), damaged ones too.

    Where the record of the tool's states is broken, quarantining takes out all of its versions.

    Raises:
        UnknownTool: the owner has no such tool or version.
        IllegalMove: the lifecycle has no such move.
        IntegrityBroken: the record of the states is broken, and the move is another one.
    """
    with changing(shelf) as session:
        tool_id = owned_tool(session, name, owner)["id"]
        try:
            settle(session, shelf, tool_id)
        except IntegrityBroken:
            if status is not Status.QUARANTINED:
                raise
            return take_all(session, shelf, tool_id, actor=actor, reason=reason)
        row = owned(session, name, owner, number)
        move_row(session, shelf, row, status, actor=actor, reason=reason)
        return entry_of(reread(session, row))


def take_all(session: Session, shelf: Shelf, tool_id: int, *, actor: str, reason: str) -> VersionEntry:
    """Quarantine every version of a tool whose record is broken: nobody knows any more which of them may run."""
    session.run("UPDATE version SET status = 'quarantined' WHERE tool_id = :id", id=tool_id)
    set_head(session, shelf, tool_id)
    row = session.one(f"{WITH_TOOL} WHERE v.tool_id = :id AND v.number = t.head_number", id=tool_id)
    assert row is not None
    facts: JsonObject = {"after": Status.QUARANTINED.value, "reason": reason, "versions": "all"}
    log_row(session, shelf, row, action=Status.QUARANTINED.value, actor=actor, facts=facts)
    advance(session)
    return entry_of(row)


def quarantine_row(session: Session, shelf: Shelf, version: WorkflowVersion, *, actor: str, reason: str) -> None:
    """Quarantine a version inside the caller's transaction; nothing happens when it is."""
    row = owned(session, version.name, version.owner, version.number)
    if row["status"] != Status.QUARANTINED:
        move_row(session, shelf, row, Status.QUARANTINED, actor=actor, reason=reason)


def move_row(session: Session, shelf: Shelf, row: Row, status: Status, *, actor: str, reason: str) -> None:
    """Move a version to another state."""
    require_move(Status(row["status"]), status, name=row["name"], number=row["number"])
    session.run("UPDATE version SET status = :status WHERE id = :id", id=row["id"], status=status.value)
    set_head(session, shelf, row["tool_id"])
    facts: JsonObject = {"before": row["status"], "after": status.value, "reason": reason}
    log_row(session, shelf, row, action=status.value, actor=actor, facts=facts)
    advance(session)


def delete(shelf: Shelf, name: str, owner: str, *, actor: str) -> None:
    """Remove a tool with all its versions; the audit log keeps their hashes, the runs stay until retention.

    Raises:
        UnknownTool: the owner has no such tool.
    """
    with changing(shelf) as session:
        tool = owned_tool(session, name, owner)
        rows = session.all("SELECT content_hash FROM version WHERE tool_id = :id ORDER BY number", id=tool["id"])
        index.remove(session, shelf.database.dialect, tool["id"])
        session.run("DELETE FROM tool WHERE id = :id", id=tool["id"])
        facts: JsonObject = {"content_hashes": [row["content_hash"] for row in rows]}
        log(session, shelf, action="delete", actor=actor, owner=owner, tool=name, facts=facts)
        advance(session)


def share(shelf: Shelf, name: str, owner: str, *, shared: bool, actor: str) -> None:
    """Let all owners see a tool, or only its own again.

    Raises:
        UnknownTool: the owner has no such tool.
    """
    with changing(shelf) as session:
        tool = owned_tool(session, name, owner)
        settle(session, shelf, tool["id"])
        session.run("UPDATE tool SET shared = :shared WHERE id = :id", id=tool["id"], shared=shared)
        seal(session, shelf, tool["id"])
        log(session, shelf, action="share" if shared else "unshare", actor=actor, owner=owner, tool=name)
        advance(session)
