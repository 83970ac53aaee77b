"""The board of jobs: one row per job that every process reads, and the heartbeats of those who work on them.

Every change names the state that it expects, so that of two processes one wins and the other is told. It stands
in the jobs' database, not in the registry's: a busy queue and its large step results then slow no call of a tool.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.events import Progress
from domain.job import Job, JobState
from domain.values import JsonObject
from registry.database import Database, Row
from registry.opening import open_database
from registry.rows import moment, timestamp
from registry.sqlite import SqliteDatabase

KEPT_PER_OWNER = 200  # ended jobs; the oldest go first
JOB_TABLES = ("school_job", "school_job_worker")  # the registry may share the database
# A worker's ``beats`` rise while it lives. Who watches it uses a clock of its own: no two clocks are compared.
CREATION = (
    (
        "CREATE TABLE IF NOT EXISTS school_job (id VARCHAR PRIMARY KEY, owner VARCHAR NOT NULL, kind VARCHAR NOT NULL, "
        "input VARCHAR NOT NULL, state VARCHAR NOT NULL, stage VARCHAR NOT NULL, message VARCHAR NOT NULL, "
        "percent DOUBLE PRECISION NOT NULL, question VARCHAR, result VARCHAR, error VARCHAR, round INTEGER NOT NULL, "
        "claim INTEGER NOT NULL, attempts INTEGER NOT NULL, worker VARCHAR NOT NULL, engine_version VARCHAR NOT NULL, "
        "handed INTEGER NOT NULL, created_at VARCHAR NOT NULL, updated_at VARCHAR NOT NULL)"
    ),
    (
        "CREATE TABLE IF NOT EXISTS school_job_worker (id VARCHAR PRIMARY KEY, engine_version VARCHAR NOT NULL, "
        "beats BIGINT NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS school_job_state ON school_job (state)",
    "CREATE INDEX IF NOT EXISTS school_job_owner ON school_job (owner)",
)


def open_board(url: str) -> JobBoard:
    """Open the board in a SQLite file (made when missing) or a PostgreSQL database.

    Raises:
        RegistryUnusable: damaged, locked or out of reach.
    """
    database = open_database(url)
    if isinstance(database, SqliteDatabase):
        database.one("PRAGMA journal_mode = WAL")  # before the engine opens the same file, which would not set it
    if not _is_there(database):
        with database.write() as session:
            session.lock("school_job")
            for statement in CREATION:
                session.run(statement)
    return JobBoard(database)


def _is_there(database: Database) -> bool:
    if isinstance(database, SqliteDatabase):
        return database.one("SELECT 1 AS found FROM sqlite_master WHERE name = 'school_job_owner'") is not None
    found = database.one(
        "SELECT 1 AS found FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 'school_job_owner'"
    )
    return found is not None


class JobBoard:
    """Jobs and workers. Safe to share between threads. Made by ``open_board``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def add(self, job: Job, *, most_open: int) -> bool:
        """Put up a new job, and take down the owner's oldest ended ones; False when too many are open already."""
        with self._database.write() as session:
            session.lock(f"jobs of {job.owner}")
            row = session.one(
                "SELECT COUNT(*) AS n FROM school_job WHERE owner = :owner AND state IN ('running', 'needs_input')",
                owner=job.owner,
            )
            if row is None or row["n"] >= most_open:
                return False
            session.run(
                "DELETE FROM school_job WHERE handed = 0 AND id IN (SELECT id FROM school_job WHERE owner = :owner "
                "AND state IN ('done', 'failed', 'cancelled') ORDER BY updated_at DESC LIMIT 1000000 OFFSET :kept)",
                owner=job.owner,
                kept=KEPT_PER_OWNER,
            )
            columns = _columns(job)
            session.run(INSERTION, **columns)
            return True

    def get(self, job_id: str) -> Job | None:
        """Return a job, whoever owns it."""
        row = self._database.one("SELECT * FROM school_job WHERE id = :id", id=job_id)
        return None if row is None else _job(row)

    def listing(self, *, owner: str | None = None, state: JobState | None = None, limit: int = 50) -> tuple[Job, ...]:
        """Return jobs, newest first."""
        rows = self._database.all(
            "SELECT * FROM school_job WHERE (CAST(:owner AS VARCHAR) IS NULL OR owner = :owner) "
            "AND (CAST(:state AS VARCHAR) IS NULL OR state = :state) ORDER BY created_at DESC LIMIT :limit",
            owner=owner,
            state=None if state is None else state.value,
            limit=limit,
        )
        return tuple(_job(row) for row in rows)

    def open_jobs(self) -> tuple[Job, ...]:
        """Return every job that someone should be working on, oldest first."""
        rows = self._database.all("SELECT * FROM school_job WHERE state = 'running' ORDER BY created_at")
        return tuple(_job(row) for row in rows)

    def held_by(self, worker: str) -> tuple[Job, ...]:
        """Return the open jobs that a worker has."""
        rows = self._database.all(
            "SELECT * FROM school_job WHERE state = 'running' AND worker = :worker", worker=worker
        )
        return tuple(_job(row) for row in rows)

    def unhanded(self, engine_version: str, limit: int = 20) -> tuple[Job, ...]:
        """Return the open jobs that the engine of this version has not been given yet, oldest first."""
        rows = self._database.all(
            "SELECT * FROM school_job WHERE state = 'running' AND handed = 0 AND engine_version IN ('', :version) "
            "ORDER BY created_at LIMIT :limit",
            version=engine_version,
            limit=limit,
        )
        return tuple(_job(row) for row in rows)

    def leftover(self, *, older_than: timedelta, limit: int = 20) -> tuple[Job, ...]:
        """Return jobs that rest or ended a while ago, of which the engine still holds data."""
        rows = self._database.all(
            "SELECT * FROM school_job WHERE NOT (state = 'running') AND handed = 1 AND updated_at < :then LIMIT :limit",
            then=timestamp(datetime.now(UTC) - older_than),
            limit=limit,
        )
        return tuple(_job(row) for row in rows)

    def hand(self, job: Job, engine_version: str) -> bool:
        """Note that the engine has this round."""
        return self._change(
            job,
            "UPDATE school_job SET handed = 1, engine_version = :version, updated_at = :now "
            "WHERE id = :id AND state = 'running' AND round = :round",
            version=engine_version,
        )

    def let_go(self, job: Job) -> bool:
        """Note that the engine holds nothing of this round any more."""
        return self._change(
            job, "UPDATE school_job SET handed = 0 WHERE id = :id AND state <> 'running' AND round = :round"
        )

    def claim(self, job_id: str, round_number: int, worker: str) -> Job | None:
        """Take a job, from a dead worker too; None when it ended, rests, or has begun anew."""
        with self._database.write() as session:
            changed = session.run(
                "UPDATE school_job SET worker = :worker, claim = claim + 1, attempts = attempts + 1, "
                "updated_at = :now WHERE id = :id AND round = :round AND state = 'running'",
                worker=worker, id=job_id, round=round_number, now=_now(),
            )  # fmt: skip
            row = session.one("SELECT * FROM school_job WHERE id = :id", id=job_id) if changed else None
        return None if row is None else _job(row)

    def holds(self, job: Job) -> bool:
        """Tell whether this execution's claim is still the latest."""
        row = self._database.one(
            "SELECT 1 AS found FROM school_job WHERE id = :id AND claim = :claim AND state = 'running'",
            id=job.id,
            claim=job.claim,
        )
        return row is not None

    def note(self, job: Job, progress: Progress) -> bool:
        """Keep the latest progress; False when the claim is lost."""
        return self._change(
            job,
            "UPDATE school_job SET stage = :stage, message = :message, updated_at = :now, "
            "percent = CASE WHEN :percent > percent THEN :percent ELSE percent END "
            "WHERE id = :id AND state = 'running' AND claim = :claim",
            stage=progress.stage,
            message=progress.message[:2000],
            percent=progress.percent,
        )

    def finish(self, job: Job, state: JobState, **given: JsonObject | None) -> bool:
        """End the job, or let it rest with a ``question``; False when the claim is lost."""
        texts = {name: _text(given.get(name)) for name in ("result", "question", "error")}
        return self._change(
            job,
            "UPDATE school_job SET state = :state, worker = '', result = :result, question = :question, "
            "error = :error, updated_at = :now, percent = CASE WHEN :done = 1 THEN 100 ELSE percent END "
            "WHERE id = :id AND state = 'running' AND claim = :claim",
            state=state.value,
            done=int(state is JobState.DONE),
            **texts,
        )

    def begin_again(self, job: Job, *, given: JsonObject, message: str) -> bool:
        """Begin a new round, with another input; False when the job is no longer as it was."""
        return self._change(
            job,
            "UPDATE school_job SET state = 'running', stage = 'queued', message = :message, question = NULL, "
            "input = :input, worker = '', engine_version = '', handed = 0, attempts = 0, round = round + 1, "
            "claim = claim + 1, updated_at = :now "
            "WHERE id = :id AND state = :state AND claim = :claim AND round = :round",
            state=job.state.value,
            input=_text(given),
            message=message,
        )

    def cancel(self, job_id: str) -> bool:
        """End a job that is at work or rests; False when it has ended already."""
        with self._database.write() as session:
            return bool(
                session.run(
                    "UPDATE school_job SET state = 'cancelled', question = NULL, message = 'cancelled', worker = '', "
                    "claim = claim + 1, updated_at = :now WHERE id = :id AND state IN ('running', 'needs_input')",
                    id=job_id,
                    now=_now(),
                )
            )

    def beat(self, worker: str, engine_version: str) -> None:
        """Show that a worker lives."""
        with self._database.write() as session:
            session.run(
                "INSERT INTO school_job_worker (id, engine_version, beats) VALUES (:id, :version, 1) "
                "ON CONFLICT (id) DO UPDATE SET beats = school_job_worker.beats + 1",
                id=worker,
                version=engine_version,
            )

    def leave(self, worker: str) -> None:
        """Say that a worker goes and leaves unfinished jobs behind."""
        with self._database.write() as session:
            session.run("UPDATE school_job_worker SET beats = -1 WHERE id = :id", id=worker)

    def workers(self) -> dict[str, tuple[str, int]]:
        """Return the known workers with their engine version and beats."""
        rows = self._database.all("SELECT id, engine_version, beats FROM school_job_worker")
        return {row["id"]: (row["engine_version"], row["beats"]) for row in rows}

    def forget(self, workers: Iterable[str]) -> None:
        """Take workers off that are gone."""
        with self._database.write() as session:
            for worker in workers:
                session.run("DELETE FROM school_job_worker WHERE id = :id", id=worker)

    def _change(self, job: Job, sql: str, **values: Any) -> bool:
        with self._database.write() as session:
            return bool(session.run(sql, id=job.id, round=job.round, claim=job.claim, now=_now(), **values))


def _now() -> str:
    return timestamp(datetime.now(UTC))


def _text(value: JsonObject | None) -> str | None:
    return None if value is None else json.dumps(value)  # ASCII: no engine refuses a lone surrogate or a NUL then


def _columns(job: Job) -> dict[str, Any]:
    texts = {name: _text(getattr(job, name)) for name in ("input", "question", "result", "error")}
    times = {name: timestamp(getattr(job, name)) for name in ("created_at", "updated_at")}
    plain = job.model_dump(mode="json", exclude={*texts, *times})
    return {**plain, **texts, **times, "handed": int(job.handed)}


def _job(row: Row) -> Job:
    plain = {
        name: row[name] for name in Job.model_fields if name not in {"input", "question", "result", "error", "handed"}
    }
    texts = {name: row[name] and json.loads(row[name]) for name in ("input", "question", "result", "error")}
    times = {name: moment(row[name]) for name in ("created_at", "updated_at")}
    return Job(**{**plain, **texts, **times}, handed=bool(row["handed"]))


INSERTION = (
    "INSERT INTO school_job (id, owner, kind, input, state, stage, message, percent, question, result, error, round, "
    "claim, attempts, worker, engine_version, handed, created_at, updated_at) VALUES (:id, :owner, :kind, :input, "
    ":state, :stage, :message, :percent, :question, :result, :error, :round, :claim, :attempts, :worker, "
    ":engine_version, :handed, :created_at, :updated_at)"
)
