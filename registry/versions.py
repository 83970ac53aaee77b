"""Versions: keeping, publishing, moving between states and reading, each change atomic and audited.

One version per tool is published at a time; the database itself refuses a second one.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson

from domain.errors import IllegalMove, IntegrityBroken, UnknownTool
from domain.values import JsonObject
from domain.workflow import Status, WorkflowVersion
from registry import audit, index
from registry.database import Reader, Row, Session
from registry.gate import require_acceptable
from registry.lifecycle import require_move
from registry.rows import content_of, evidence_of, face_of, message, moment, sums_of, timestamp, version_of
from registry.seals import seal, sealed_version, settle
from registry.shelf import Shelf
from registry.values import VersionEntry
from registry.visibility import require_name

WITH_TOOL = (
    "SELECT v.*, t.owner, t.name, t.shared, t.head_number, t.states, t.seal, t.seal_key "
    "FROM version v JOIN tool t ON t.id = v.tool_id"
)


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
    with shelf.database.write() as session:
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
    with shelf.database.write() as session:
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
    session.lock(f"{version.owner}/{version.name if row is None else row['name']}")
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
    session.lock(f"key {owner}/{idempotency_key}")
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
    with shelf.database.write() as session:
        session.lock(f"{owner}/{name}")
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
        IllegalMove: there is nothing to go back to, or the version is quarantined.
    """
    with shelf.database.write() as session:
        session.lock(f"{owner}/{name}")
        settle(session, shelf, owned_tool(session, name, owner)["id"])
        row = rollback_target(session, name, owner) if to is None else owned(session, name, owner, to)
        if row["status"] == Status.PUBLISHED:
            raise IllegalMove(f"Version {row['number']} of {name} is the published one already.")
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
    with shelf.database.write() as session:
        session.lock(f"{owner}/{name}")
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
    with shelf.database.write() as session:
        session.lock(f"{owner}/{name}")
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
    with shelf.database.write() as session:
        session.lock(f"{owner}/{name}")
        tool = owned_tool(session, name, owner)
        settle(session, shelf, tool["id"])
        session.run("UPDATE tool SET shared = :shared WHERE id = :id", id=tool["id"], shared=shared)
        seal(session, shelf, tool["id"])
        log(session, shelf, action="share" if shared else "unshare", actor=actor, owner=owner, tool=name)
        advance(session)


def set_head(session: Session, shelf: Shelf, tool_id: int) -> None:
    """Let lists and search show the published version, else the newest that is not quarantined, else the newest.

    A damaged version is passed over; when all are, search forgets the tool.
    """
    rows = session.all(
        f"{WITH_TOOL} WHERE v.tool_id = :id ORDER BY CASE v.status WHEN 'published' THEN 0 WHEN 'quarantined' THEN 2 "
        "ELSE 1 END, v.number DESC",
        id=tool_id,
    )
    for row in rows:
        try:
            version = version_of(row, shelf.verifier)
        except IntegrityBroken:
            continue  # reported when it is read; a change of its neighbours must not fail for it
        write_head(session, shelf, tool_id, row)
        index.write(session, shelf.database.dialect, tool_id, version)
        return
    write_head(session, shelf, tool_id, rows[0])
    index.remove(session, shelf.database.dialect, tool_id)


def write_head(session: Session, shelf: Shelf, tool_id: int, row: Row) -> None:
    """Write which version stands for a tool, and seal the states of all its versions."""
    session.run(
        "UPDATE tool SET head_number = :number, status = :status, kind = :kind, updated_at = :now WHERE id = :id",
        id=tool_id,
        number=row["number"],
        status=row["status"],
        kind=orjson.loads(row["content"])["plan"]["source"]["kind"],
        now=timestamp(shelf.now()),
    )
    seal(session, shelf, tool_id)


def owned_tool(session: Reader, name: str, owner: str) -> Row:
    """Return the row of the owner's own tool.

    Raises:
        UnknownTool: there is none.
    """
    require_name(name)
    row = session.one("SELECT * FROM tool WHERE owner = :owner AND name = :name", owner=owner, name=name)
    if row is None:
        raise UnknownTool(f"There is no tool {name[:80]!r} of this owner.")
    return row


def owned(session: Session, name: str, owner: str, number: int | None) -> Row:
    """Return one version of the owner's own tool; the head without a number.

    Raises:
        UnknownTool: there is none.
    """
    tool = owned_tool(session, name, owner)
    wanted = tool["head_number"] if number is None else number
    row = session.one(f"{WITH_TOOL} WHERE v.tool_id = :id AND v.number = :number", id=tool["id"], number=wanted)
    if row is None:
        raise UnknownTool(f"{name} has no version {wanted}.", remedy=f"See: main.py tools versions {name}")
    return row


def reread(session: Session, row: Row) -> Row:
    """Return the row as it is now."""
    fresh = session.one(f"{WITH_TOOL} WHERE v.id = :id", id=row["id"])
    assert fresh is not None
    return fresh


def advance(session: Session) -> None:
    """Tell all processes that the set of tools changed."""
    session.run("UPDATE counter SET value = value + 1 WHERE name = 'generation'")


def entry_of(row: Row) -> VersionEntry:
    """Return a row as an entry of a tool's history."""
    return VersionEntry(
        number=row["number"],
        status=Status(row["status"]),
        content_hash=row["content_hash"],
        key_id=row["key_id"],
        created_at=moment(row["created_at"]),
        created_by=row["created_by"],
        published_at=moment(row["published_at"]) if row["published_at"] else None,
    )


def log_row(session: Session, shelf: Shelf, row: Row, *, action: str, actor: str, facts: JsonObject) -> None:
    """Write the audit entry of a change of a version."""
    log(
        session,
        shelf,
        action=action,
        actor=actor,
        owner=row["owner"],
        tool=row["name"],
        version=row["number"],
        facts=facts,
    )


def log(
    session: Session,
    shelf: Shelf,
    *,
    action: str,
    actor: str,
    owner: str = "",
    tool: str = "",
    version: int = 0,
    facts: JsonObject | None = None,
) -> None:
    """Write the audit entry of a change."""
    audit.write(
        session, at=shelf.now(), actor=actor, action=action, owner=owner, tool=tool, version=version, facts=facts
    )
