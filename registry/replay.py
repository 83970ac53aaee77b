"""Replay bundles: what a version was proved with, so that it can be run again offline and must give the same rows.

The caller takes secrets out of the exchanges before they come here. A bundle is kept compressed and signed, once:
a step that runs twice keeps the first.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime

from domain.errors import IntegrityBroken, RegistryProblem, UnknownTool
from domain.observation import Exchange
from domain.values import JsonObject, Value
from registry import audit
from registry.database import Row, Session
from registry.own import owned
from registry.profiles import Profile
from registry.shelf import Shelf
from registry.visibility import VISIBLE, require_name

BUNDLE_BYTES = 50_000_000  # as JSON; recorded pages compress to about a tenth
PACKED_BYTES = 10_000_000
CASES = 20


class ReplayCase(Value):
    """One recorded run: its arguments, its clock, the exchanges it made, and the rows it must give."""

    name: str
    arguments: JsonObject
    now: datetime
    exchanges: tuple[Exchange, ...]
    rows: tuple[JsonObject, ...]


class ReplayBundle(Value):
    """The recorded runs of one version. ``notes`` tell which of its trials are not among them, and why."""

    cases: tuple[ReplayCase, ...]
    notes: tuple[str, ...] = ()


class StoredReplay(Value):
    """A bundle with the version it belongs to; ``obsolete`` is the reason why repairs need not pass it, or ""."""

    number: int
    bundle: ReplayBundle
    obsolete: str = ""


def save(
    shelf: Shelf, name: str, owner: str, number: int, *, bundle: ReplayBundle | None, profile: Profile | None
) -> None:
    """Keep the bundle and the profile of a version; what is there already stays.

    Raises:
        UnknownTool: the owner has no such version.
        RegistryProblem: the bundle is too large.
    """
    with shelf.database.write() as session:
        keep(session, shelf, name, owner, number, bundle=bundle, profile=profile)


def keep(
    session: Session,
    shelf: Shelf,
    name: str,
    owner: str,
    number: int,
    *,
    bundle: ReplayBundle | None,
    profile: Profile | None,
) -> None:
    """Keep a bundle and a profile inside the caller's transaction."""
    row = owned(session, name, owner, number)
    if bundle is not None:
        insert(session, shelf, row, pack(bundle))
    if profile is not None:
        session.run(
            "INSERT INTO profile (tool_id, number, profile) VALUES (:id, :number, :profile) ON CONFLICT DO NOTHING",
            id=row["tool_id"],
            number=number,
            profile=profile.model_dump_json(),
        )


def insert(session: Session, shelf: Shelf, row: Row, packed: bytes) -> None:
    """Keep a packed bundle, signed, unless the version has one."""
    keys = shelf.verifier.keys
    session.run(
        "INSERT INTO replay (tool_id, number, bundle, signature, key_id, obsolete) "
        "VALUES (:id, :number, :bundle, :signature, :key_id, '') ON CONFLICT DO NOTHING",
        id=row["tool_id"],
        number=row["number"],
        bundle=packed,
        signature=keys.sign(signed_text(row["content_hash"], packed)),
        key_id=keys.key_id,
    )


def replays(shelf: Shelf, name: str, owner: str, *, number: int | None = None) -> tuple[StoredReplay, ...]:
    """Return the bundles of a tool that the owner sees, newest version first; of one version when given.

    Raises:
        IntegrityBroken: a bundle is not what was signed.
    """
    require_name(name)
    rows = shelf.database.all(
        "SELECT r.*, v.content_hash, t.name FROM replay r JOIN tool t ON t.id = r.tool_id "  # noqa: S608 fixed parts, bound values
        "JOIN version v ON v.tool_id = r.tool_id AND v.number = r.number "
        f"WHERE t.name = :name AND {VISIBLE} AND (CAST(:number AS INTEGER) IS NULL OR r.number = :number) "
        "ORDER BY r.number DESC",
        name=name,
        owner=owner,
        number=number,
    )
    return tuple(stored(shelf, row) for row in rows)


def stored(shelf: Shelf, row: Row) -> StoredReplay:
    """Return a row as a bundle, checked."""
    packed = bytes(row["bundle"])
    what = f"The replay bundle of version {row['number']} of {row['name']}"
    signed = signed_text(row["content_hash"], packed)
    shelf.verifier.require_signed(signed, row["signature"], row["key_id"], what=what)
    return StoredReplay(number=row["number"], bundle=unpack(packed), obsolete=row["obsolete"])


def profile_of(shelf: Shelf, name: str, owner: str, number: int) -> Profile | None:
    """Return the profile of a version that the owner sees, or None when none was kept."""
    require_name(name)
    row = shelf.database.one(
        "SELECT p.profile FROM profile p JOIN tool t ON t.id = p.tool_id "  # noqa: S608 fixed parts, bound values
        f"WHERE t.name = :name AND p.number = :number AND {VISIBLE}",
        name=name,
        owner=owner,
        number=number,
    )
    return None if row is None else Profile.model_validate_json(row["profile"])


def declare_obsolete(shelf: Shelf, name: str, owner: str, number: int, *, reason: str, actor: str) -> None:
    """Free repairs from passing the bundle of an old version, with the reason; audited. Twice is as once.

    Raises:
        UnknownTool: that version has no bundle.
        RegistryProblem: no reason was given.
    """
    if not reason.strip():
        raise RegistryProblem("A bundle is declared obsolete with a reason only.")
    with shelf.database.write() as session:
        row = owned(session, name, owner, number)
        place = {"id": row["tool_id"], "number": number}
        kept = session.one("SELECT obsolete FROM replay WHERE tool_id = :id AND number = :number", **place)
        if kept is None:
            raise UnknownTool(f"Version {number} of {name} has no replay bundle.")
        if kept["obsolete"] == reason:
            return
        session.run(
            "UPDATE replay SET obsolete = :reason WHERE tool_id = :id AND number = :number", reason=reason, **place
        )
        audit.write(
            session,
            at=shelf.now(),
            actor=actor,
            action="obsolete_replay",
            owner=owner,
            tool=name,
            version=number,
            facts={"reason": reason},
        )


def pack(bundle: ReplayBundle) -> bytes:
    """Return a bundle compressed.

    Raises:
        RegistryProblem: it is too large.
    """
    text = bundle.model_dump_json().encode()
    packed = zlib.compress(text, 6) if len(text) <= BUNDLE_BYTES else b""
    if not packed or len(packed) > PACKED_BYTES or len(bundle.cases) > CASES:
        raise RegistryProblem(
            f"The replay bundle has {len(text)} bytes in {len(bundle.cases)} cases; at most {BUNDLE_BYTES} bytes "
            f"({PACKED_BYTES} compressed) in {CASES} cases are kept.",
            remedy="Record trials with fewer pages.",
        )
    return packed


def unpack(packed: bytes) -> ReplayBundle:
    """Return a bundle from its compressed form, never growing past the bound.

    Raises:
        IntegrityBroken: it is no bundle, or grows past the bound.
    """
    engine = zlib.decompressobj()
    try:
        text = engine.decompress(packed, BUNDLE_BYTES)
        if engine.unconsumed_tail or not engine.eof:
            raise IntegrityBroken("A replay bundle is larger than any that is kept, or cut short.")
        return ReplayBundle.model_validate_json(text)
    except (zlib.error, ValueError) as error:
        raise IntegrityBroken("A replay bundle cannot be read.") from error


def signed_text(version_hash: str, packed: bytes) -> bytes:
    """Return what a bundle's signature covers: the version's content and the bundle."""
    return f"agent-school replay 1 {version_hash} {hashlib.sha256(packed).hexdigest()}".encode()
