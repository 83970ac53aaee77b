"""Row ↔ domain value: how a version is laid out in the database, what its signature covers, and how time is written.

A version is three texts: the face (what ``tools/list`` shows), the content (plan, code, policy) and the evidence
(provenance, verdict, examples). Content and face never change; evidence is written once, when a draft is proved.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import UTC, datetime
from threading import Lock

import orjson

from domain.errors import IntegrityBroken
from domain.plan import Plan
from domain.policy import Policy
from domain.run import Verdict
from domain.tool import Tool
from domain.values import JsonObject, Value, content_hash
from domain.workflow import Artifact, Provenance, Status, WorkflowVersion
from registry.database import Row
from registry.signing import SigningKeys, changed_at, reread

VERIFIED_SIGNATURES = 20_000  # 64 bytes each; verifying costs 150 µs, and a listing has 50


class Content(Value):
    """What a version is."""

    plan: Plan
    artifact: Artifact
    policy: Policy


class Evidence(Value):
    """What proves a version."""

    provenance: Provenance
    verdict: Verdict
    examples: tuple[JsonObject, ...] = ()


def timestamp(at: datetime) -> str:
    """Return a time as UTC text of fixed width, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """Return the time of a text made by ``timestamp``."""
    return datetime.fromisoformat(text)


def face_of(version: WorkflowVersion) -> str:
    """Return the tool as JSON."""
    return version.tool.model_dump_json()


def content_of(version: WorkflowVersion) -> str:
    """Return plan, code and policy as JSON."""
    return Content(plan=version.plan, artifact=version.artifact, policy=version.policy).model_dump_json()


def evidence_of(version: WorkflowVersion) -> str:
    """Return provenance, verdict and examples as JSON."""
    return Evidence(provenance=version.provenance, verdict=version.verdict, examples=version.examples).model_dump_json()


def sums_of(content: str, evidence: str) -> str:
    """Return the sha256 of both long texts, so that a listing can be verified without reading them."""
    return " ".join(hashlib.sha256(text.encode()).hexdigest() for text in (content, evidence))


def message(*, owner: str, name: str, number: int, content_sum: str, face: str, sums: str) -> bytes:
    """Return what is signed: the place of a version, its content hash, its face and the sums of its long texts."""
    return ("agent-school version 1 " + content_hash(owner, name, str(number), content_sum, face, sums)).encode()


def signed_part(row: Row) -> bytes:
    """Return what the signature of a version's row covers."""
    return message(
        owner=row["owner"],
        name=row["name"],
        number=row["number"],
        content_sum=row["content_hash"],
        face=row["face"],
        sums=row["sums"],
    )


class Verifier:
    """Checks rows against their signature; a row that was checked once is known by all its bytes."""

    def __init__(self, keys: SigningKeys) -> None:
        self.keys = keys
        self._seen = changed_at(keys.folder)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._guard = Lock()

    def require_face(self, row: Row) -> None:
        """Refuse a row whose face or sums are not those that were signed for this owner, name and number.

        Raises:
            IntegrityBroken: naming the tool and version.
        """
        signed = signed_part(row)
        mark = hashlib.sha256(signed + f"{row['signature']} {row['key_id']}".encode()).digest()
        if self.knows(mark):
            return
        what = f"Version {row['number']} of {row['name']}"
        self.require_signed(signed, row["signature"], row["key_id"], what=what)
        self.remember(mark)

    def knows(self, mark: bytes) -> bool:
        """Return whether this was verified before, under the keys that are trusted now."""
        self.follow()
        with self._guard:
            return mark in self._known

    def remember(self, mark: bytes) -> None:
        """Keep what was verified."""
        with self._guard:
            self._known[mark] = None
            if len(self._known) > VERIFIED_SIGNATURES:
                self._known.popitem(last=False)

    def require_signed(self, signed: bytes, signature: str, key_id: str, *, what: str) -> None:
        """Refuse a text that no trusted key signed.

        Raises:
            IntegrityBroken: unknown key, or a signature that does not match.
        """
        keys = self.follow()
        if key_id not in keys.trusted:  # made in the same tick of the file system's clock as the last change
            keys = self.keys = reread(keys)
        keys.require_valid(signed, signature, key_id, what=what)

    def follow(self) -> SigningKeys:
        """Return the keys as the folder has them now: other processes rotate, trust and distrust them too."""
        seen = changed_at(self.keys.folder)
        with self._guard:
            if seen == self._seen:
                return self.keys
            self._known.clear()
            self.keys, self._seen = reread(self.keys), seen
            return self.keys

    def require_intact(self, row: Row) -> None:
        """Refuse a row of which any text is not what was signed.

        Raises:
            IntegrityBroken: naming the tool and version.
        """
        self.require_face(row)
        if sums_of(row["content"], row["evidence"]) != row["sums"]:
            raise IntegrityBroken(
                f"Version {row['number']} of {row['name']} does not match its hash: "
                "it was changed outside the registry.",
                remedy="It is not used. Restore a backup, or learn the tool again.",
            )


def version_of(row: Row, verifier: Verifier) -> WorkflowVersion:
    """Return the version of a row after its signature and hash were checked.

    Raises:
        IntegrityBroken: the row is not what was signed.
    """
    verifier.require_intact(row)
    content = Content.model_validate_json(row["content"])
    evidence = Evidence.model_validate_json(row["evidence"])
    version = WorkflowVersion(
        owner=row["owner"],
        number=row["number"],
        status=Status(row["status"]),
        tool=Tool.model_validate_json(row["face"]),
        plan=content.plan,
        artifact=content.artifact,
        policy=content.policy,
        provenance=evidence.provenance,
        verdict=evidence.verdict,
        examples=evidence.examples,
        signature=row["signature"],
        key_id=row["key_id"],
    )
    if version.content_hash != row["content_hash"]:
        raise IntegrityBroken(f"Version {version.number} of {version.name} does not match its content hash.")
    return version


def json_text(value: object) -> str:
    """Return compact JSON."""
    return orjson.dumps(value, default=str).decode()
