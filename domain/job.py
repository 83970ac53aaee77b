"""Jobs: long work that outlives the process that began it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.values import JsonObject, Value


class JobState(StrEnum):
    """Where a job stands. ``running`` covers waiting for a worker; the last three are ends."""

    RUNNING = "running"
    NEEDS_INPUT = "needs_input"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDS = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class Job(Value):
    """One job, as every process sees it.

    ``input`` is what its kind needs, ``result`` what it gave. ``question`` and ``error`` have the shapes of CLI-2.
    ``round`` counts its beginnings (one more with each answer and each upgrade); ``claim`` rises whenever another
    execution takes over or the job ends, so that an execution with an older claim can write nothing. ``attempts``
    counts executions of this round. ``worker`` is who works on it, "" while it waits for one. ``engine_version`` is
    the version of the steps that it runs through; ``handed`` says that the engine holds data of this round.
    """

    id: str
    owner: str
    kind: str
    input: JsonObject
    state: JobState = JobState.RUNNING
    stage: str = "queued"
    message: str = ""
    percent: float = 0.0
    question: JsonObject | None = None
    result: JsonObject | None = None
    error: JsonObject | None = None
    round: int = 1
    claim: int = 0
    attempts: int = 0
    worker: str = ""
    engine_version: str = ""
    handed: bool = False
    created_at: datetime
    updated_at: datetime

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDS

    @property
    def engine_id(self) -> str:
        """The identity of this round in the engine."""
        return f"{self.id}.{self.round}"
