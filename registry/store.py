"""The registry's one door: every use of the store is a method here, each a line into the module that owns it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from domain.errors import IntegrityBroken
from domain.plan import SourceKind
from domain.ports import Clock
from domain.run import Run
from domain.workflow import Status, WorkflowVersion
from registry import archive, audit, catalogue, index, replay, runs, search, stats, trust, versions
from registry.database import Database, Session
from registry.diff import diff
from registry.heads import changing
from registry.ledger import TableLedger, TablePaidReplies, TableReplyCache
from registry.opening import open_database
from registry.own import WITH_TOOL
from registry.profiles import Profile
from registry.replay import ReplayBundle, StoredReplay
from registry.retention import Retention, collect
from registry.rows import Verifier, version_of
from registry.runs import RunWriter
from registry.schema import ensure_schema
from registry.shelf import Shelf
from registry.signing import open_keys
from registry.sqlite import SqliteDatabase
from registry.stats import AGENT_TASK_USD
from registry.trust import seal_upgraded
from registry.values import (
    AuditEntry,
    Collected,
    Difference,
    Imported,
    KeyEntry,
    Resigned,
    RunEntry,
    SearchHit,
    ToolPage,
    ToolStats,
    VersionEntry,
)

KEYS_FOLDER = "keys"  # beside the SQLite file, unless another folder is given


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC)


def open_registry(
    target: str | Path,
    *,
    clock: Clock | None = None,
    keys_folder: Path | None = None,
    shared_key: str = "",
) -> Registry:
    """Open a SQLite file (made when missing) or a PostgreSQL URL, brought to the present schema.

    ``shared_key`` is a private signing key that several servers share (base64); without it a key is made in
    ``keys_folder`` on first use. Use as a context manager, or ``close`` it.

    Raises:
        RegistryUnusable: not a registry, damaged, of a later version, locked or out of reach; it is left untouched.
        SettingsProblem: there is no place for a signing key.
    """
    database = open_database(target)
    try:
        came_from = ensure_schema(database)
        if keys_folder is None and isinstance(database, SqliteDatabase):
            keys_folder = database.path.parent / KEYS_FOLDER
        keys = open_keys(keys_folder, shared=shared_key)
        shelf = Shelf(database=database, verifier=Verifier(keys), clock=clock or SystemClock())
        seal_upgraded(shelf, came_from)
        refresh_index(shelf)
    except BaseException:
        database.close()
        raise
    return Registry(shelf)


class Registry:
    """Tools, versions, runs and their records. Safe to share between threads."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.ledger = TableLedger(shelf.database)
        self.reply_cache = TableReplyCache(shelf.database, shelf.clock)
        self.paid_replies = TablePaidReplies(shelf.database, shelf.clock)
        self._runs = RunWriter(shelf.database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def database(self) -> Database:
        """The store below."""
        return self.shelf.database

    def close(self) -> None:
        """Write what is buffered and close all connections."""
        self._runs.close()
        self.shelf.database.close()

    def publish(
        self,
        version: WorkflowVersion,
        *,
        actor: str,
        idempotency_key: str = "",
        bundle: ReplayBundle | None = None,
        profile: Profile | None = None,
    ) -> WorkflowVersion:
        """Publish a proved version, with its replay bundle and profile; see ``versions.publish``."""
        if bundle is not None:
            replay.pack(bundle)  # refuse one that is too large before anything is published

        def attach(session: Session, kept: WorkflowVersion) -> None:
            replay.keep(session, self.shelf, kept.name, kept.owner, kept.number, bundle=bundle, profile=profile)

        return versions.publish(self.shelf, version, actor=actor, idempotency_key=idempotency_key, also=attach)

    def publish_kept(self, name: str, owner: str, number: int, *, actor: str) -> WorkflowVersion:
        """Publish a version that is kept here; see ``versions.publish_kept``."""
        return versions.publish_kept(self.shelf, name, owner, number, actor=actor)

    def save_draft(self, version: WorkflowVersion, *, actor: str, idempotency_key: str = "") -> WorkflowVersion:
        """Keep a version that is not proved yet; see ``versions.save_draft``."""
        return versions.save_draft(self.shelf, version, actor=actor, idempotency_key=idempotency_key)

    def rollback(self, name: str, owner: str, *, to: int | None = None, actor: str) -> WorkflowVersion:
        """Publish an earlier version again; see ``versions.rollback``."""
        return versions.rollback(self.shelf, name, owner, to=to, actor=actor)

    def deprecate(self, name: str, owner: str, *, version: int | None = None, actor: str) -> VersionEntry:
        """Take a version out of use, or release a quarantined one for a rollback."""
        return versions.move(self.shelf, name, owner, Status.DEPRECATED, number=version, actor=actor)

    def quarantine(
        self, name: str, owner: str, *, version: int | None = None, actor: str, reason: str = ""
    ) -> VersionEntry:
        """Take a version out of use because it is wrong or dangerous."""
        return versions.move(self.shelf, name, owner, Status.QUARANTINED, number=version, actor=actor, reason=reason)

    def delete(self, name: str, owner: str, *, actor: str) -> None:
        """Remove a tool with all its versions."""
        versions.delete(self.shelf, name, owner, actor=actor)

    def share(self, name: str, owner: str, *, shared: bool = True, actor: str) -> None:
        """Let all owners see a tool, or only its own again."""
        versions.share(self.shelf, name, owner, shared=shared, actor=actor)

    def tool(self, name: str, owner: str, version: int | None = None) -> WorkflowVersion:
        """Return the published version of a tool, or the given one; see ``catalogue.tool``."""
        return catalogue.tool(self.shelf, name, owner, version)

    def tools(
        self, owner: str, *, after: str | None = None, limit: int = 50, status: Status = Status.PUBLISHED
    ) -> ToolPage:
        """Return one page of the tools that the owner sees; see ``catalogue.tools``."""
        return catalogue.tools(self.shelf, owner, after=after, limit=limit, status=status)

    def names(self, owner: str, beginning: str) -> tuple[str, ...]:
        """Return the names of tools that begin so, whatever their state; see ``catalogue.names``."""
        return catalogue.names(self.shelf, owner, beginning)

    def versions(self, name: str, owner: str) -> tuple[VersionEntry, ...]:
        """Return the history of a tool, newest first."""
        return catalogue.versions(self.shelf, name, owner)

    def search(
        self,
        text: str,
        owner: str,
        *,
        host: str | None = None,
        kind: SourceKind | None = None,
        tag: str | None = None,
        status: Status | None = None,
        limit: int = 10,
    ) -> tuple[SearchHit, ...]:
        """Return the best tools for a text, best first; see ``search.search``."""
        return search.search(self.shelf, text, owner, host=host, kind=kind, tag=tag, status=status, limit=limit)

    def generation(self) -> int:
        """Return a number that changes whenever the set of visible tools may have changed."""
        row = self.database.one("SELECT value FROM counter WHERE name = 'generation'")
        return 0 if row is None else int(row["value"])

    def record_run(self, run: Run) -> None:
        """Take one run; it is written in the background (see ``flush``)."""
        self._runs.record(run)

    def flush(self) -> None:
        """Wait until every run that was recorded so far is written."""
        self._runs.flush()

    def runs(self, name: str, owner: str, *, limit: int = 50) -> tuple[RunEntry, ...]:
        """Return the newest written runs of a tool."""
        return runs.read(self.database, name, owner, limit=limit)

    def stats(self, name: str, owner: str, *, agent_task_usd: float = AGENT_TASK_USD) -> ToolStats:
        """Return what a tool has done and cost; see ``stats.stats``."""
        self.flush()
        return stats.stats(self.database, name, owner, agent_task_usd=agent_task_usd)

    def diff(self, name: str, owner: str, before: int, after: int) -> Difference:
        """Return what differs between two versions of a tool, for a person to read."""
        return diff(self.tool(name, owner, before), self.tool(name, owner, after))

    def save_replay(
        self,
        name: str,
        owner: str,
        number: int,
        *,
        bundle: ReplayBundle | None = None,
        profile: Profile | None = None,
    ) -> None:
        """Keep the replay bundle and the profile of a version; what is there already stays."""
        replay.save(self.shelf, name, owner, number, bundle=bundle, profile=profile)

    def replays(self, name: str, owner: str, *, version: int | None = None) -> tuple[StoredReplay, ...]:
        """Return the replay bundles of a tool, newest version first."""
        return replay.replays(self.shelf, name, owner, number=version)

    def declare_obsolete(self, name: str, owner: str, version: int, *, reason: str, actor: str) -> None:
        """Free repairs from passing the bundle of an old version."""
        replay.declare_obsolete(self.shelf, name, owner, version, reason=reason, actor=actor)

    def profile(self, name: str, owner: str, version: int) -> Profile | None:
        """Return the profile of a version, or None when none was kept."""
        return replay.profile_of(self.shelf, name, owner, version)

    def export(self, path: Path, owner: str, *, names: Iterable[str] | None = None, actor: str) -> int:
        """Write the owner's tools to one signed file; returns the number of versions."""
        return archive.export(self.shelf, path, owner, names=names, actor=actor)

    def import_file(
        self, path: Path, owner: str, *, unsigned: bool = False, allow_wider: bool = False, actor: str
    ) -> Imported:
        """Take all versions of an export file, or none; see ``archive.import_file``."""
        return archive.import_file(self.shelf, path, owner, unsigned=unsigned, allow_wider=allow_wider, actor=actor)

    def trusted_keys(self) -> tuple[KeyEntry, ...]:
        """Return the active signing key and all that are trusted."""
        return trust.entries(self.shelf)

    def rotate_key(self, *, actor: str) -> str:
        """Sign with a new key from now on; see ``trust.rotate``."""
        return trust.rotate(self.shelf, actor=actor)

    def resign(self, *, actor: str) -> Resigned:
        """Sign with the active key whatever verifies under a trusted one; see ``trust.resign``."""
        return trust.resign(self.shelf, actor=actor)

    def trust_key(self, public_key: str, *, actor: str) -> str:
        """Trust what another registry's key signed; see ``trust.trust``."""
        return trust.trust(self.shelf, public_key, actor=actor)

    def distrust_key(self, key_id: str, *, actor: str) -> str:
        """Stop trusting a key; see ``trust.distrust``."""
        return trust.distrust(self.shelf, key_id, actor=actor)

    def gc(self, retention: Retention | None = None, *, actor: str) -> Collected:
        """Delete records that are older than their retention."""
        self.flush()
        return collect(self.database, retention or Retention(), now=self.shelf.now(), actor=actor)

    def audit(self, *, tool: str | None = None, owner: str | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        """Return the newest changes first."""
        return audit.read(self.database, tool=tool, owner=owner, limit=limit)


def refresh_index(shelf: Shelf) -> None:
    """Index every tool anew when the rules of the index are not those it was made with."""
    row = shelf.database.one("SELECT value FROM counter WHERE name = 'search_rules'")
    if row is not None and row["value"] == index.RULES:
        return
    with changing(shelf) as session:
        for tool in session.all("SELECT id FROM tool ORDER BY id"):
            head = session.one(
                f"{WITH_TOOL} WHERE v.tool_id = :id AND v.number = t.head_number",
                id=tool["id"],
            )
            assert head is not None
            try:
                version = version_of(head, shelf.verifier)
            except IntegrityBroken:
                continue  # reported when it is read; it must not keep the others from being found
            index.write(session, shelf.database.dialect, tool["id"], version)
        session.run("UPDATE counter SET value = :rules WHERE name = 'search_rules'", rules=index.RULES)
