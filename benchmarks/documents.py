"""API documents under Prism: every one imports, and its reading operations answer, validated, with example values.

Run: python -m benchmarks documents; some of them: python -m benchmarks.documents [document …]

Each document is served by Prism on a port of its own, imported as a person would (``learn --openapi … --all``), given
placeholder secrets, and every GET operation is called once with the arguments of its own example. The documents are
outside the project: ``targets/prism/documents.txt`` of AGENT_SCHOOL_SHARED lists them, below the folder of
AGENT_SCHOOL_DOCUMENTS.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure, print_figures
from benchmarks.prism import folder, serving
from benchmarks.targets import shared
from domain.errors import SchoolError
from domain.workflow import Status
from sandbox.secrets import Secret, SecretStore
from school.app import School, open_school
from school.call import call
from school.importing import Entry, Imported, ImportRequest, SecretNeeded, import_document
from school.settings import load_settings

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
PLACEHOLDER = "placeholder-0001"
WANTED = 0.95


@dataclass
class Score:
    """What became of one document's reading operations."""

    imported: int = 0
    skipped: list[str] = field(default_factory=list)
    asked: int = 0
    answered: int = 0
    validated: int = 0
    published: int = 0
    import_s: float = 0.0
    missed: list[str] = field(default_factory=list)


async def measure(names: Sequence[str]) -> list[Figure]:
    """Import and call every document; what did not answer or was not proved is told on the way."""
    figures: list[Figure] = []
    total = Score()
    for name in names:
        try:
            score = await scored(folder() / name)
        except (SchoolError, TimeoutError, RuntimeError, OSError) as problem:
            figures.append(Figure(what=name, measured=f"{type(problem).__name__}: {problem}", reached=False))
            continue
        for each in ("asked", "answered", "validated", "published"):
            setattr(total, each, getattr(total, each) + getattr(score, each))
        lost = f", skipped {len(score.skipped)} ({score.skipped[0]})" if score.skipped else ""
        told = f"{score.imported} imported{lost} in {score.import_s:.1f} s; GET: {score.asked} called, "
        told += f"{score.answered} answered, {score.validated} validated, {score.published} published"
        figures.append(Figure(what=name, measured=told, asked="imports", reached=True))
        print(f"{name}: {told}", *score.missed, sep="\n  ", file=sys.stderr, flush=True)
    for what, count in (
        ("answered", total.answered),
        ("answered with a validated response", total.validated),
        ("published by that call (an answer without rows publishes nothing)", total.published),
    ):
        share = count / total.asked if total.asked else 0.0
        wanted = "" if "published" in what else "≥ 0.95"
        told = f"{share:.3f} ({count} of {total.asked})"
        reached = share >= WANTED if wanted else None
        figures.append(Figure(what=f"GET operations {what}", measured=told, asked=wanted, reached=reached))
    return figures


async def scored(document: Path) -> Score:
    """Import one document and call its reading operations."""
    score = Score()
    with tempfile.TemporaryDirectory(prefix="agent-school-bench-") as home:
        async with (
            serving(document) as site,
            open_school(load_settings(home=Path(home), now=NOW, database="")) as school,
        ):
            begun = time.perf_counter()
            request = ImportRequest(source=str(document), site=site)
            done: Imported = await import_document(school, request, at_terminal=True)
            score.import_s = time.perf_counter() - begun
            for secret in done.secrets:
                SecretStore(school.settings.home / "secrets").add("local", placeholder(secret))
            score.imported = len(done.entries)
            score.skipped = [f"{s.operation}: {s.reason}" for s in done.skipped]
            score.asked = sum(s.operation.startswith("GET ") for s in done.skipped)
            for entry in done.entries:
                if entry.operation.startswith("GET "):
                    await _called(school, entry, score)
    return score


async def _called(school: School, entry: Entry, score: Score) -> None:
    score.asked += 1
    draft = school.registry.tool(entry.name, "local")
    try:
        done = await call(school, entry.name, draft.examples[0])
    except SchoolError as problem:
        score.missed.append(f"{entry.operation} {dict(draft.examples[0])}: {problem.message}")
        return
    score.answered += 1
    failures = done.trial.failures if done.trial is not None else ()
    score.validated += all(finding.check == "some_rows" for finding in failures)
    score.published += done.version.status is Status.PUBLISHED
    if failures:
        score.missed.append(f"{entry.operation}: answered, not proved: {'; '.join(f.evidence for f in failures)}")


def placeholder(needed: SecretNeeded) -> Secret:
    """Return a secret of the right shape without a meaning."""
    value = needed.written.replace("…", PLACEHOLDER)
    return Secret(name=needed.name, host=needed.host, place=needed.place, key=needed.key, value=value)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    names = arguments or (shared() / "prism" / "documents.txt").read_text(encoding="utf-8").split()
    print_figures("API documents under Prism", asyncio.run(measure(names)))


if __name__ == "__main__":
    main(sys.argv[1:])
