"""Runs of a workflow and the judgement on them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.observation import Denial, Exchange
from domain.policy import Violation
from domain.values import JsonObject, JsonValue, Value


class RunKind(StrEnum):
    """Why a workflow runs."""

    TRIAL = "trial"
    CALL = "call"
    CANARY = "canary"
    REPLAY = "replay"


class Outcome(StrEnum):
    """How a run ended."""

    OK = "ok"
    FAILED = "failed"  # the workflow raised
    SOURCE_CHANGED = "source_changed"  # the workflow found an expected structure missing
    DENIED = "denied"  # a request outside the policy
    KILLED = "killed"  # a limit ended it
    INVALID = "invalid"  # the result breaks the schema or is no JSON
    CANCELLED = "cancelled"


class RunError(Value):
    """Why a run did not end well. ``line`` is the line in the artifact, ``traceback`` its lines only."""

    code: str
    message: str
    remedy: str = ""
    line: int | None = None
    traceback: tuple[str, ...] = ()


class Spent(Value):
    """What a run used."""

    wall_ms: float = 0.0
    cpu_ms: float = 0.0
    memory_mb: float = 0.0
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


class Run(Value):
    """One execution. ``output`` is the workflow's result (an object with ``rows``, ``count``, ``truncated``).

    ``exchanges`` are the requests that were made, kept for trials only.
    """

    id: str
    kind: RunKind
    owner: str = "local"
    artifact_sha256: str
    arguments: JsonObject
    outcome: Outcome
    output: JsonValue = None
    error: RunError | None = None
    spent: Spent = Spent()
    started_at: datetime
    exchanges: tuple[Exchange, ...] = ()
    denials: tuple[Denial, ...] = ()
    tool: str = ""
    version: int = 0

    @property
    def rows(self) -> list[JsonObject]:
        """The rows of the output, or none."""
        rows = self.output.get("rows") if isinstance(self.output, dict) else None
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


class CheckOutcome(StrEnum):
    """Result of one test of a verdict. A skipped test never counts as passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"


class Finding(Value):
    """One test of the verdict with its evidence."""

    check: str
    outcome: CheckOutcome
    evidence: str = ""


class TrialEvidence(Value):
    """One trial in the evidence of a version."""

    name: str
    arguments: JsonObject
    rows: int
    outcome: Outcome
    wall_ms: float


class Verdict(Value):
    """The judgement on a set of trial runs."""

    passed: bool
    findings: tuple[Finding, ...] = ()
    trials: tuple[TrialEvidence, ...] = ()

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The tests that failed."""
        return tuple(f for f in self.findings if f.outcome is CheckOutcome.FAILED)


class Diagnosis(Value):
    """Why an artifact did not pass, with all that a repair needs to see (PROVE-3).

    ``requests`` tell what the failed run asked and got ("GET https://… 200"), ``pages`` the outlines of the
    last pages that it got. ``aria`` is the accessibility
    snapshot and ``screenshot`` a PNG in base64, of the page where a browser workflow failed; else empty.
    """

    violations: tuple[Violation, ...] = ()
    failures: tuple[Finding, ...] = ()
    outcome: Outcome | None = None
    error: RunError | None = None
    arguments: JsonObject = {}
    rows: tuple[JsonObject, ...] = ()
    requests: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    aria: str = ""
    screenshot: str = ""
