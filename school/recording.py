"""Recordings: what the trials of a version leave behind, so that it can be run again offline and measured for drift.

The sandbox takes secrets and cookies out of what it records; request headers, which no replay needs, are left out
here. Recordings of other people's pages stay on this machine, inside the registry and its exports.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.run import Outcome, Run
from registry import Profile, ReplayBundle, ReplayCase, profile
from registry.profiles import LEAST_SAMPLES
from registry.replay import CASES
from school.judging.case import TriedTrial

MOST_CHARACTERS = 8_000_000  # of recorded bodies in one bundle; the registry refuses far larger ones


def bundle_of(tried: Iterable[TriedTrial], *, most: int = MOST_CHARACTERS) -> ReplayBundle:
    """Return the recordings of trials within the bound: the smallest one with rows, then the others by size.

    What is left out, and why, stands in the bundle's notes.
    """
    notes: list[str] = []
    fit: list[TriedTrial] = []
    for each in tried:
        reason = unfit(each.run)
        if reason:
            notes.append(f"{each.trial.name}: {reason}")
        else:
            fit.append(each)
    fit.sort(key=lambda each: size(each.run))
    first = next((each for each in fit if each.run.rows), None)
    fit.sort(key=lambda each: each is not first)
    kept: list[ReplayCase] = []
    for each in fit:
        if size(each.run) > most or len(kept) == CASES:
            notes.append(f"{each.trial.name}: {size(each.run)} characters, more than there is room for.")
        else:
            most -= size(each.run)
            kept.append(case_of(each))
    return ReplayBundle(cases=tuple(kept), notes=tuple(notes))


def case_of(tried: TriedTrial) -> ReplayCase:
    """Return one trial as a case."""
    run = tried.run
    return ReplayCase(
        name=tried.trial.name,
        arguments=run.arguments,
        now=run.started_at,
        exchanges=tuple(exchange.model_copy(update={"request_headers": {}}) for exchange in run.exchanges),
        rows=tuple(run.rows),
    )


def unfit(run: Run) -> str:
    """Return why a run cannot be replayed as it was, or ""."""
    if run.outcome is not Outcome.OK:
        return f"It ended as {run.outcome.value}."
    if any(exchange.truncated for exchange in run.exchanges):
        return "An answer was longer than what is recorded."
    if any("\ufffd" in exchange.body for exchange in run.exchanges):
        return "An answer is not UTF-8 text, so its recording is not what was sent."
    return ""


def size(run: Run) -> int:
    """Return the characters that a run's recording and its rows take, about."""
    return sum(len(exchange.body) + len(exchange.url) + 400 for exchange in run.exchanges) + 100 * len(run.rows)


def profile_of(tried: Iterable[TriedTrial]) -> Profile | None:
    """Return the profile of the trials' rows, or None when fewer than three trials ended well."""
    samples = [each.run.rows for each in tried if each.run.outcome is Outcome.OK]
    return profile(samples) if len(samples) >= LEAST_SAMPLES else None
