"""Which keys this registry trusts: rotating, trusting, distrusting, signing anew, and sealing what an upgrade brought.

What is trusted is kept in files beside the private key; the database only hears of it in the audit log.
"""

from __future__ import annotations

import hashlib

from domain.errors import IntegrityBroken, SettingsProblem
from registry import signing
from registry.database import Row, Session
from registry.heads import advance, changing, log
from registry.own import WITH_TOOL
from registry.replay import signed_text
from registry.rows import signed_part
from registry.schema import HISTORY
from registry.seals import seal, settle
from registry.shelf import Shelf
from registry.signing import NO_FOLDER, public_text
from registry.values import KeyEntry, Resigned

SEALED = "sealed"  # begins the name of the file that says: no tool without a seal is taken any more
UNSEALED_HISTORY = HISTORY[:5]  # states of the schema that had no seals


def entries(shelf: Shelf) -> tuple[KeyEntry, ...]:
    """Return the active signing key and all that are trusted, with how many versions each has signed here."""
    keys = shelf.verifier.follow()
    counts = {
        row["key_id"]: row["versions"]
        for row in shelf.database.all("SELECT key_id, COUNT(*) AS versions FROM version GROUP BY key_id")
    }
    return tuple(
        KeyEntry(
            key_id=key_id,
            public_key=public_text(public),
            active=key_id == keys.key_id,
            versions=counts.get(key_id, 0),
        )
        for key_id, public in sorted(keys.trusted.items())
    )


def rotate(shelf: Shelf, *, actor: str) -> str:
    """Sign with a new key from now on, and return its id; what old keys signed stays valid.

    Raises:
        SettingsProblem: the key is shared by configuration and is changed there.
    """
    signing.rotate(shelf.verifier.follow())
    return told(shelf, "rotate_key", shelf.verifier.follow().key_id, actor)


def trust(shelf: Shelf, public_key: str, *, actor: str) -> str:
    """Trust what another registry's key signed (base64), and return the key's id.

    Raises:
        SettingsProblem: the text is no public key, or there is no folder for keys.
    """
    folder = shelf.verifier.keys.folder
    if folder is None:
        raise SettingsProblem(NO_FOLDER)
    return told(shelf, "trust_key", signing.trust(folder, public_key), actor)


def distrust(shelf: Shelf, key_id: str, *, actor: str) -> str:
    """Stop trusting a key: whatever it signed and nobody signed anew is refused from now on.

    Raises:
        SettingsProblem: it is the key that signs, or none that is trusted.
    """
    signing.distrust(shelf.verifier.follow(), key_id)
    return told(shelf, "distrust_key", key_id, actor)


def resign(shelf: Shelf, *, actor: str) -> Resigned:
    """Sign with the active key whatever verifies under a trusted one; what does not verify is left as it is."""
    keys = shelf.verifier.follow()
    signed = refused = 0
    with changing(shelf) as session:
        for tool in session.all("SELECT id FROM tool ORDER BY id"):
            try:
                signed += resign_tool(session, shelf, tool["id"])
            except IntegrityBroken:
                refused += 1
        facts = Resigned(key_id=keys.key_id, versions=signed, refused_tools=refused)
        log(session, shelf, action="resign", actor=actor, facts=facts.model_dump())
        advance(session)
    return facts


def resign_tool(session: Session, shelf: Shelf, tool_id: int) -> int:
    """Sign a tool's versions, bundles and record anew; returns the number of versions.

    Raises:
        IntegrityBroken: something of it does not verify; nothing of it was signed.
    """
    tool = session.one("SELECT * FROM tool WHERE id = :id", id=tool_id)
    assert tool is not None
    settle(session, shelf, tool_id)  # or the seal below would bless what somebody wrote beside the record
    rows = session.all(f"{WITH_TOOL} WHERE v.tool_id = :id", id=tool_id)
    bundles = session.all(
        "SELECT r.*, v.content_hash, v.id AS version_id FROM replay r "
        "JOIN version v ON v.tool_id = r.tool_id AND v.number = r.number WHERE r.tool_id = :id",
        id=tool_id,
    )
    for row in rows:
        shelf.verifier.require_intact(row)
    for bundle in bundles:
        what = f"The replay bundle of version {bundle['number']} of {tool['name']}"
        shelf.verifier.require_signed(bundle_part(bundle), bundle["signature"], bundle["key_id"], what=what)
    keys = shelf.verifier.keys
    changed = [row for row in rows if row["key_id"] != keys.key_id]
    for row in changed:
        session.run(
            "UPDATE version SET signature = :signature, key_id = :key_id WHERE id = :id",
            id=row["id"],
            signature=keys.sign(signed_part(row)),
            key_id=keys.key_id,
        )
    for bundle in bundles:
        session.run(
            "UPDATE replay SET signature = :signature, key_id = :key_id WHERE tool_id = :id AND number = :number",
            id=tool_id,
            number=bundle["number"],
            signature=keys.sign(bundle_part(bundle)),
            key_id=keys.key_id,
        )
    seal(session, shelf, tool_id)
    return len(changed)


def bundle_part(row: Row) -> bytes:
    """Return what the signature of a bundle's row covers."""
    return signed_text(row["content_hash"], bytes(row["bundle"]))


def seal_upgraded(shelf: Shelf, came_from: str | None) -> None:
    """Seal the tools of a registry from before there were seals: once, and never again.

    A file beside the keys remembers it, since whoever can write the database could make a registry look old. Without
    a folder for keys only the process that upgrades seals.
    """
    folder = shelf.verifier.keys.folder
    place = hashlib.sha256(shelf.database.address.encode()).hexdigest()[:16]
    mark = None if folder is None else folder / f"{SEALED}-{place}"
    if mark is not None and mark.exists():
        return
    if mark is not None or came_from in UNSEALED_HISTORY:
        with shelf.database.write() as session:
            for row in session.all("SELECT id FROM tool WHERE seal = '' ORDER BY id"):
                seal(session, shelf, row["id"])
    if mark is not None:
        mark.touch(mode=0o600)


def told(shelf: Shelf, action: str, key_id: str, actor: str) -> str:
    """Write the change of a key to the audit log, and tell all processes; returns the key's id."""
    with shelf.database.write() as session:
        log(session, shelf, action=action, actor=actor, facts={"key_id": key_id})
        advance(session)
    return key_id
