"""Export and import: tools with their versions, bundles and profiles in one signed file.

The file is JSON Lines without any file names in it: a header, one line for each version, and an end line with the
number of versions and a signature over every byte before it. A file that is cut, changed or padded is refused
before anything of it is used. What is imported is checked like anything that is published here, is signed anew by
this registry, and gets numbers of its own; sharing and runs stay behind.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

import orjson
from pydantic import Field, ValidationError

from domain.errors import ImportRefused, IntegrityBroken
from domain.plan import SourceKind
from domain.tool import Tool
from domain.values import Value
from domain.workflow import Status, WorkflowVersion
from registry import replay
from registry.database import Session
from registry.gate import require_acceptable
from registry.heads import changing, log
from registry.narrow import require_narrow
from registry.own import WITH_TOOL, owned_tool
from registry.profiles import Profile
from registry.rows import Content, Evidence, content_of, evidence_of, face_of
from registry.seals import sealed_version
from registry.shelf import Shelf
from registry.signing import parse_public, public_text
from registry.values import Imported
from registry.versions import keep, quarantine_row, same_version, tool_row

FORMAT = "agent-school export"
FORMAT_VERSION = 1
FILE_BYTES = 500_000_000
LINE_BYTES = 20_000_000
HEADER_BYTES = 10_000
VERSIONS = 100_000


class Header(Value):
    """The first line."""

    format: Literal["agent-school export"] = "agent-school export"
    version: int = FORMAT_VERSION
    exported_at: str
    key_id: str
    public_key: str


class Line(Value):
    """One version, with its bundle (base64 of the compressed form) and profile where it has them."""

    number: int
    status: Status
    kind: SourceKind
    content_hash: str = Field(max_length=64)
    tool: Tool
    content: Content
    evidence: Evidence
    bundle: str = ""
    profile: Profile | None = None


class End(Value):
    """The last line; the signature covers every byte before it."""

    versions: int
    signature: str


def export(shelf: Shelf, path: Path, owner: str, *, names: Iterable[str] | None = None, actor: str) -> int:
    """Write the owner's tools (all, or those named) to a file; returns the number of versions.

    Every version is verified on the way out. The file appears whole or not at all.

    Raises:
        UnknownTool: the owner has no tool of a given name.
        IntegrityBroken: a version was changed outside the registry.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        count = write(shelf, draft, owner, None if names is None else list(names))
        with shelf.database.write() as session:
            log(session, shelf, action="export", actor=actor, owner=owner, facts={"versions": count})
        draft.replace(path)
    except OSError as error:
        raise ImportRefused(f"The export cannot be written to {path}: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return count


def write(shelf: Shelf, path: Path, owner: str, names: list[str] | None) -> int:
    """Write the file; returns the number of versions."""
    if names is None:
        rows = shelf.database.all("SELECT id FROM tool WHERE owner = :owner ORDER BY name", owner=owner)
        ids = [row["id"] for row in rows]
    else:
        ids = [owned_tool(shelf.database, name, owner)["id"] for name in names]
    keys = shelf.verifier.keys
    header = Header(
        exported_at=shelf.now().isoformat(), key_id=keys.key_id, public_key=public_text(keys.private.public_key())
    )
    digest, count = hashlib.sha256(), 0
    with path.open("xb") as file:
        for line in (header.model_dump_json(), *lines(shelf, ids)):
            data = line.encode() + b"\n"
            digest.update(data)
            file.write(data)
            count += 1
        end = End(versions=count - 1, signature=keys.sign(signed_text(digest.digest())))
        file.write(end.model_dump_json().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return count - 1


def lines(shelf: Shelf, ids: list[int]) -> Iterator[str]:
    """Yield one line of JSON for each version of each tool, oldest first."""
    for tool_id in ids:
        for row in shelf.database.all(f"{WITH_TOOL} WHERE v.tool_id = :id ORDER BY v.number", id=tool_id):
            version = sealed_version(row, shelf.verifier)
            bundle = shelf.database.one(
                "SELECT bundle FROM replay WHERE tool_id = :id AND number = :number", id=tool_id, number=version.number
            )
            profile = shelf.database.one(
                "SELECT profile FROM profile WHERE tool_id = :id AND number = :number",
                id=tool_id,
                number=version.number,
            )
            yield Line(
                number=version.number,
                status=version.status,
                kind=version.plan.source.kind,
                content_hash=version.content_hash,
                tool=Tool.model_validate_json(face_of(version)),
                content=Content.model_validate_json(content_of(version)),
                evidence=Evidence.model_validate_json(evidence_of(version)),
                bundle=base64.b64encode(bytes(bundle["bundle"])).decode() if bundle else "",
                profile=Profile.model_validate_json(profile["profile"]) if profile else None,
            ).model_dump_json()


def import_file(
    shelf: Shelf, path: Path, owner: str, *, unsigned: bool = False, allow_wider: bool = False, actor: str
) -> Imported:
    """Take all versions of a file into the registry, or none.

    ``unsigned`` also takes a file that no trusted key signed (its end line must still be whole). ``allow_wider``
    also takes versions that may do more than reading hosts without secrets, or more than the tool published here.

    Raises:
        IntegrityBroken: the file is cut or changed, or signed by a key that is not trusted.
        ImportRefused: another or later format, too large, or a policy that is wider than allowed.
        NameRefused: a definition that some client would choke on.
    """
    found = read(shelf, path, unsigned=unsigned)
    published = drafts = 0
    with changing(shelf) as session:
        for line in found:
            version = version_of_line(line, owner)
            require_acceptable(version)
            if not allow_wider:
                require_narrow(session, shelf, version)
        for line in sorted(found, key=lambda each: (each.tool.name, each.status is Status.PUBLISHED, each.number)):
            version = version_of_line(line, owner)
            proved = version.verdict.passed and line.status not in (Status.DRAFT, Status.QUARANTINED)
            news = (
                line.status is Status.PUBLISHED
                or same_version(session, tool_row(session, shelf, version), version) is None
            )
            kept = keep(session, shelf, version, actor=actor, idempotency_key="", to_publish=proved and news)
            published, drafts = published + proved, drafts + (not proved)
            if line.status is Status.QUARANTINED and kept.status is Status.DRAFT:
                quarantine_row(session, shelf, kept, actor=actor, reason="quarantined where it was exported")
            attach(session, shelf, kept, line)
        imported = Imported(published=published, drafts=drafts, tools=len({line.tool.name for line in found}))
        log(session, shelf, action="import", actor=actor, owner=owner, facts=imported.model_dump())
    return imported


def read(shelf: Shelf, path: Path, *, unsigned: bool) -> list[Line]:
    """Return the lines of a file after its signature was checked; nothing of it is parsed before that but the ends."""
    raw = raw_lines(path)
    header = parse_header(raw[0] if raw else b"", path.name)
    try:
        end = End.model_validate_json(raw.pop())
    except ValidationError as error:
        raise IntegrityBroken(f"{path.name} is cut short: its end line is missing.") from error
    if not unsigned:
        digest = hashlib.sha256()
        for each in raw:
            digest.update(each)
        what = f"The file {path.name}"
        shelf.verifier.require_signed(signed_text(digest.digest()), end.signature, header.key_id, what=what)
    count = len(raw) - 1
    if count != end.versions:
        raise IntegrityBroken(f"{path.name} has {count} versions, its end line says {end.versions}.")
    return [parse_line(each, path.name, place) for place, each in enumerate(raw[1:], start=2)]


def raw_lines(path: Path) -> list[bytes]:
    """Return the lines of a file with their ends, at most ``FILE_BYTES`` in lines of at most ``LINE_BYTES``.

    Raises:
        ImportRefused: it is no file, too large, or cannot be read.
    """
    try:
        if not path.is_file() or path.stat().st_size > FILE_BYTES:
            raise ImportRefused(f"{path.name} is no file of at most {FILE_BYTES} bytes.")
        with path.open("rb") as file:
            lines = list(islice(iter(lambda: file.readline(LINE_BYTES + 1), b""), VERSIONS + 3))
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read: {error.strerror}.") from error
    if any(len(each) > LINE_BYTES for each in lines):
        raise ImportRefused(f"{path.name} has a line of more than {LINE_BYTES} bytes.")
    if len(lines) > VERSIONS + 2:
        raise ImportRefused(f"{path.name} has more than {VERSIONS} versions.")
    return lines


def parse_header(text: bytes, name: str) -> Header:
    """Return the header of a file of ours, of this format's version.

    Raises:
        ImportRefused: it is another kind of file, or a later format.
    """
    try:
        found = orjson.loads(text) if len(text) < HEADER_BYTES else None
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ImportRefused(f"{name} is no export of tools.")
    if found.get("version") != FORMAT_VERSION:
        raise ImportRefused(
            f"{name} has format {found.get('version')!r}; this version reads {FORMAT_VERSION}.",
            remedy="Import it with the version of Agent School that wrote it, or a later one.",
        )
    try:
        header = Header.model_validate(found)
        parse_public(header.public_key)
    except ValidationError as error:
        raise ImportRefused(f"The header of {name} is not valid.") from error
    return header


def parse_line(text: bytes, name: str, place: int) -> Line:
    """Return one line as a version whose content hash fits.

    Raises:
        IntegrityBroken: it is no version, or its hash is another one.
    """
    try:
        line = Line.model_validate_json(text)
    except ValidationError as error:
        raise IntegrityBroken(f"Line {place} of {name} is no version.") from error
    if version_of_line(line, "import").content_hash != line.content_hash:
        raise IntegrityBroken(f"Line {place} of {name} does not match its content hash.")
    return line


def version_of_line(line: Line, owner: str) -> WorkflowVersion:
    """Return a line as a version of the importing owner."""
    return WorkflowVersion(
        owner=owner,
        tool=line.tool,
        plan=line.content.plan,
        artifact=line.content.artifact,
        policy=line.content.policy,
        provenance=line.evidence.provenance,
        verdict=line.evidence.verdict,
        examples=line.evidence.examples,
    )


def attach(session: Session, shelf: Shelf, kept: WorkflowVersion, line: Line) -> None:
    """Keep the bundle and profile of an imported version."""
    if not line.bundle and line.profile is None:
        return
    try:
        packed = base64.b64decode(line.bundle, validate=True)
    except (binascii.Error, ValueError) as error:
        raise IntegrityBroken(f"The replay bundle of {kept.name} cannot be read.") from error
    bundle = replay.unpack(packed) if packed else None
    replay.keep(session, shelf, kept.name, kept.owner, kept.number, bundle=bundle, profile=line.profile)


def signed_text(digest: bytes) -> bytes:
    """Return what the end line's signature covers."""
    return b"agent-school export 1 " + digest
