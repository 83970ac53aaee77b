"""The ledger of model calls and the cache of model replies: the tables behind two ports of ``domain.ports``."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.cost import LedgerEntry, Usage
from domain.ports import Clock
from registry.database import Database, Session
from registry.rows import moment, timestamp

REPLY_AGE = timedelta(hours=1)
JOB_REPLY = "job/"  # begins the key of what a job has paid for; no hash begins so
JOB_REPLY_AGE = timedelta(days=30)  # longer than any job waits to be taken up again
LONGEST_LISTING = 1000


class TableLedger:
    """The ``Ledger`` port in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, entry: LedgerEntry) -> None:
        """Keep one entry."""
        with self._database.write() as session:
            enter(session, entry)

    def spent(self, *, job_id: str | None = None, since: datetime | None = None) -> Usage:
        """Return the sum of a job, or since a time; answers from the cache cost nothing and count as no call."""
        row = self._database.one(
            "SELECT COALESCE(SUM(calls), 0) AS calls, COALESCE(SUM(input_tokens), 0) AS input_tokens, "
            "COALESCE(SUM(output_tokens), 0) AS output_tokens, COALESCE(SUM(cost_usd), 0.0) AS cost_usd FROM ledger "
            "WHERE NOT cache_hit AND (CAST(:job_id AS VARCHAR) IS NULL OR job_id = :job_id) "
            "AND (CAST(:since AS VARCHAR) IS NULL OR at >= :since)",
            job_id=job_id,
            since=None if since is None else timestamp(since),
        )
        assert row is not None
        return Usage(**{column: row[column] for column in Usage.model_fields})

    def entries(self, *, job_id: str | None = None, limit: int = 100) -> tuple[LedgerEntry, ...]:
        """Return the newest entries first."""
        rows = self._database.all(
            "SELECT * FROM ledger WHERE (CAST(:job_id AS VARCHAR) IS NULL OR job_id = :job_id) "
            "ORDER BY id DESC LIMIT :limit",
            job_id=job_id,
            limit=max(0, min(limit, LONGEST_LISTING)),
        )
        plain = set(LedgerEntry.model_fields) - {"at", "usage"}
        return tuple(
            LedgerEntry(
                **{column: row[column] for column in plain},
                at=moment(row["at"]),
                usage=Usage(**{column: row[column] for column in Usage.model_fields}),
            )
            for row in rows
        )


class TableReplyCache:
    """The ``ReplyCache`` port in a table: replies that are at most an hour old."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, key: str) -> str | None:
        """Return a kept reply (JSON text) that is not too old."""
        row = self._database.one(
            "SELECT reply FROM reply WHERE key = :key AND at > :oldest",
            key=key,
            oldest=timestamp(self._clock.now() - REPLY_AGE),
        )
        return None if row is None else str(row["reply"])

    def put(self, key: str, reply: str) -> None:
        """Keep a reply; a newer one takes the place of an older one."""
        with self._database.write() as session:
            put(session, key, reply, at=self._clock.now())


class TablePaidReplies:
    """The ``PaidReplies`` port in the tables of ledger and cache: one row more per reply, which does not grow old.

    A crash after the vendor's answer and before ``keep`` still pays twice; no vendor offers a key against that.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, job_id: str, key: str) -> str | None:
        """Return the reply (JSON text) that this job has paid for already."""
        row = self._database.one("SELECT reply FROM reply WHERE key = :key", key=_of_job(job_id, key))
        return None if row is None else str(row["reply"])

    def keep(self, job_id: str, key: str, reply: str, entry: LedgerEntry) -> None:
        """Keep a reply and its ledger entry, both or neither; an earlier reply of this job stays."""
        with self._database.write() as session:
            name = _of_job(job_id, key)
            session.lock(name)
            if session.one("SELECT 1 AS found FROM reply WHERE key = :key", key=name) is not None:
                enter(session, entry)  # paid all the same: the ledger tells the truth
                return
            enter(session, entry)
            put(session, name, reply, at=self._clock.now())
            put(session, key, reply, at=self._clock.now())


def _of_job(job_id: str, key: str) -> str:
    return f"{JOB_REPLY}{job_id}/{key}"


def enter(session: Session, entry: LedgerEntry) -> None:
    """Write one entry into the ledger, inside the caller's transaction."""
    session.run(
        "INSERT INTO ledger (at, owner, job_id, tool, provider, model, stage, prompt_version, calls, "
        "input_tokens, output_tokens, cost_usd, price_table, latency_ms, cache_hit) VALUES (:at, :owner, "
        ":job_id, :tool, :provider, :model, :stage, :prompt_version, :calls, :input_tokens, :output_tokens, "
        ":cost_usd, :price_table, :latency_ms, :cache_hit)",
        **(entry.model_dump(exclude={"at", "usage"}) | entry.usage.model_dump()),
        at=timestamp(entry.at),
    )


def put(session: Session, key: str, reply: str, *, at: datetime) -> None:
    """Write one reply into the cache, inside the caller's transaction."""
    session.run(
        "INSERT INTO reply (key, at, reply) VALUES (:key, :at, :reply) "
        "ON CONFLICT (key) DO UPDATE SET at = excluded.at, reply = excluded.reply",
        key=key,
        at=timestamp(at),
        reply=reply,
    )
