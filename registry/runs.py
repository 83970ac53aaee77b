"""Runs: written by one background thread, read as entries and statistics.

A call never waits for the database: ``record`` puts the run into a queue. ``flush`` waits until everything that was
put before it is written; ``close`` flushes, so that a clean exit loses nothing. A kill loses at most what was queued.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import Counter
from concurrent.futures import Future

import orjson

from domain.errors import RegistryProblem
from domain.run import Run, RunKind
from registry.database import Database, Session
from registry.heads import TOOLS
from registry.rows import json_text, moment, timestamp
from registry.values import RunEntry
from registry.visibility import VISIBLE, require_name

QUEUE_RUNS = 10_000  # beyond, recording waits: better slow than lost
BATCH_RUNS = 500
ARGUMENT_CHARACTERS = 4000
MESSAGE_CHARACTERS = 500
LONGEST_LISTING = 1000
AGAIN_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # while the database is locked or away; each look waits a while itself

INSERT = (
    "INSERT INTO run (id, tool_id, owner, tool, version, kind, outcome, error_code, error_message, artifact_sha256, "
    "arguments, rows, wall_ms, cpu_ms, memory_mb, requests, bytes_in, bytes_out, started_at) VALUES (:id, :tool_id, "
    ":owner, :tool, :version, :kind, :outcome, :error_code, :error_message, :artifact_sha256, :arguments, :rows, "
    ":wall_ms, :cpu_ms, :memory_mb, :requests, :bytes_in, :bytes_out, :started_at) ON CONFLICT (id) DO NOTHING"
)

log = logging.getLogger(__name__)


class RunWriter:
    """Takes runs from any thread and writes them in batches. Use ``close`` at the end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: queue.Queue[Run | Future[None] | None] = queue.Queue(QUEUE_RUNS)
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._closed = False
        self._closing = threading.Event()

    def record(self, run: Run) -> None:
        """Take one run.

        Raises:
            RegistryProblem: the writer is closed.
        """
        self._put(run)

    def flush(self) -> None:
        """Wait until every run that was taken so far is written.

        Raises:
            RegistryUnusable: they could not be written.
        """
        done: Future[None] = Future()
        with self._guard:
            idle = self._thread is None
        if not idle:
            self._put(done)
            done.result()

    def close(self) -> None:
        """Write what is left and end the thread. Closing twice is fine."""
        with self._guard:
            closed, self._closed = self._closed, True
            thread = self._thread
        self._closing.set()
        if closed or thread is None:
            return
        self._queue.put(None)
        thread.join()

    def _put(self, item: Run | Future[None]) -> None:
        with self._guard:
            if self._closed:
                raise RegistryProblem("The registry is closed.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="registry-runs", daemon=True)
                self._thread.start()
        self._queue.put(item)

    def _work(self) -> None:
        ended = False
        while not ended:
            batch, waiting, ended = self._take()
            failure = self._write(batch) if batch else None
            for future in waiting:
                if failure is None:
                    future.set_result(None)
                else:
                    future.set_exception(failure)

    def _write(self, batch: list[Run]) -> RegistryProblem | None:
        """Write runs, again and again while the database is only locked or away; returns what kept them unwritten."""
        for pause_s in (*AGAIN_S, None):
            try:
                with self._database.write() as session:
                    session.lock(TOOLS)  # their counts stand in the tools' own rows
                    write(session, batch)
            except RegistryProblem as error:
                if pause_s is None or not error.facts.get("passing"):
                    log.exception("%d runs could not be recorded (%s)", len(batch), error.code)
                    return error
                log.warning("%d runs wait: %s", len(batch), error.message)
                self._closing.wait(pause_s)
            else:
                return None
        return None

    def _take(self) -> tuple[list[Run], list[Future[None]], bool]:
        batch: list[Run] = []
        waiting: list[Future[None]] = []
        item = self._queue.get()
        while True:
            if item is None:
                return batch, waiting, True
            if isinstance(item, Future):
                waiting.append(item)
            else:
                batch.append(item)
            if len(batch) >= BATCH_RUNS:
                return batch, waiting, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, waiting, False


def write(session: Session, runs: list[Run]) -> None:
    """Write runs, and count the calls of their tools."""
    ids = {key: tool_id(session, *key) for key in sorted({(run.owner, run.tool) for run in runs})}
    fresh = [run for run in runs if session.run(INSERT, **values_of(run, ids[run.owner, run.tool]))]
    calls = Counter(ids[run.owner, run.tool] for run in fresh if run.kind is RunKind.CALL)
    for found, count in sorted((found, count) for found, count in calls.items() if found is not None):
        # Added by the database itself: another server may count at the same moment.
        session.run("UPDATE tool SET calls = calls + :count WHERE id = :id", id=found, count=count)
        row = session.one("SELECT calls FROM tool WHERE id = :id", id=found)
        if row is not None:
            session.run(
                "UPDATE tool SET popularity = :popularity WHERE id = :id AND popularity <> :popularity",
                id=found,
                popularity=int(row["calls"]).bit_length(),
            )


def tool_id(session: Session, owner: str, name: str) -> int | None:
    """Return which tool a caller means by a name, or None when it is gone."""
    query = f"SELECT t.id FROM tool t WHERE t.name = :name AND {VISIBLE}"  # noqa: S608 fixed parts only
    row = session.one(query, name=name, owner=owner)
    return None if row is None else int(row["id"])


def values_of(run: Run, tool: int | None) -> dict[str, object]:
    """Return a run's columns. Arguments and messages are cut to their bounds."""
    arguments = json_text(run.arguments)
    if len(arguments) > ARGUMENT_CHARACTERS:
        arguments = json_text({"cut": arguments[:ARGUMENT_CHARACTERS]})
    return {
        "id": run.id,
        "tool_id": tool,
        "owner": run.owner,
        "tool": run.tool,
        "version": run.version,
        "kind": run.kind.value,
        "outcome": run.outcome.value,
        "error_code": run.error.code if run.error else "",
        "error_message": run.error.message[:MESSAGE_CHARACTERS] if run.error else "",
        "artifact_sha256": run.artifact_sha256,
        "arguments": arguments,
        "rows": len(run.rows),
        **run.spent.model_dump(),
        "started_at": timestamp(run.started_at),
    }


def read(database: Database, name: str, owner: str, *, limit: int = 50) -> tuple[RunEntry, ...]:
    """Return the newest runs of a tool: all callers' for the tool's owner, one's own for others."""
    require_name(name)
    rows = database.all(
        "SELECT r.* FROM run r LEFT JOIN tool t ON t.id = r.tool_id "
        "WHERE r.tool = :name AND (r.owner = :owner OR t.owner = :owner) ORDER BY r.started_at DESC, r.id LIMIT :limit",
        name=name,
        owner=owner,
        limit=max(0, min(limit, LONGEST_LISTING)),
    )
    return tuple(
        RunEntry(
            **{column: row[column] for column in RunEntry.model_fields if column not in ("arguments", "started_at")},
            arguments=orjson.loads(row["arguments"]),
            started_at=moment(row["started_at"]),
        )
        for row in rows
    )
