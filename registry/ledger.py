"""The ledger of model calls and the cache of model replies: the tables behind two ports of ``domain.ports``."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.cost import LedgerEntry, Usage
from domain.ports import Clock
from registry.database import Database
from registry.rows import moment, timestamp

REPLY_AGE = timedelta(hours=1)
LONGEST_LISTING = 1000


class TableLedger:
    """The ``Ledger`` port in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, entry: LedgerEntry) -> None:
        """Keep one entry."""
        with self._database.write() as session:
            session.run(
                "INSERT INTO ledger (at, owner, job_id, tool, provider, model, stage, prompt_version, calls, "
                "input_tokens, output_tokens, cost_usd, price_table, latency_ms, cache_hit) VALUES (:at, :owner, "
                ":job_id, :tool, :provider, :model, :stage, :prompt_version, :calls, :input_tokens, :output_tokens, "
                ":cost_usd, :price_table, :latency_ms, :cache_hit)",
                **(entry.model_dump(exclude={"at", "usage"}) | entry.usage.model_dump()),
                at=timestamp(entry.at),
            )

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
            session.run(
                "INSERT INTO reply (key, at, reply) VALUES (:key, :at, :reply) "
                "ON CONFLICT (key) DO UPDATE SET at = excluded.at, reply = excluded.reply",
                key=key,
                at=timestamp(self._clock.now()),
                reply=reply,
            )
