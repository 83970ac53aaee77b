"""Budgets: what a job and a day may spend on models, looked at before each call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from domain.cost import SpendLimit, Usage
from domain.errors import BudgetExhausted
from domain.events import Progress
from domain.ports import Clock, Ledger
from generators.llm.options import LlmOptions
from generators.llm.values import Scope

WARN_AT = 0.8
DAY = timedelta(days=1)


class Purse:
    """Refuses calls that would go over a budget, and warns once at four fifths of it.

    Calls in flight are counted as reserved, so that calls side by side cannot overspend together.
    """

    def __init__(self, options: LlmOptions, ledger: Ledger, clock: Clock) -> None:
        self._limits = {"job": options.job_limit, "day": options.day_limit}
        self._ledger = ledger
        self._clock = clock
        self._reserved: list[tuple[str | None, Usage]] = []
        self._warned: set[tuple[str, str | None]] = set()

    @contextmanager
    def reserve(self, wanted: Usage, scope: Scope) -> Iterator[None]:
        """Hold back what a call will take, while it is under way.

        Raises:
            BudgetExhausted: job or day would be over its budget.
        """
        for name, limit in self._limits.items():
            if name == "day" or scope.job_id is not None:
                _require(name, self._spent(name, scope).plus(wanted), limit)
        entry = (scope.job_id, wanted)
        self._reserved.append(entry)
        try:
            yield
        finally:
            self._reserved.remove(entry)

    def warn(self, scope: Scope) -> None:
        """Send one event per budget when four fifths of it are spent."""
        for name, limit in self._limits.items():
            job = scope.job_id if name == "job" else f"{self._clock.now():%Y-%m-%d}"
            share = _share(self._spent(name, scope), limit) if name == "day" or scope.job_id is not None else 0.0
            if share >= WARN_AT and (name, job) not in self._warned:
                self._warned.add((name, job))
                message = f"{share:.0%} of the {name}'s model budget is spent"
                facts = {"budget": name, "share": round(share, 3)}
                scope.on_progress(Progress(stage="budget", message=message, percent=scope.percent, facts=facts))

    def _spent(self, name: str, scope: Scope) -> Usage:
        if name == "job":
            total = self._ledger.spent(job_id=scope.job_id)
        else:
            total = self._ledger.spent(since=self._clock.now() - DAY)
        for job_id, usage in self._reserved:
            if name == "day" or job_id == scope.job_id:
                total = total.plus(usage)
        return total


def _require(name: str, total: Usage, limit: SpendLimit) -> None:
    if _share(total, limit) > 1.0:
        raise BudgetExhausted(
            f"The {name}'s budget for models is spent.",
            remedy="Raise the budget in the settings, or use --planner builtin, which costs nothing.",
            budget=name,
        )


def _share(total: Usage, limit: SpendLimit) -> float:
    """Return the share of the tighter bound; a bound of 0 is full at once."""
    shares = [0.0]
    for spent, bound in ((total.input_tokens + total.output_tokens, limit.tokens), (total.cost_usd, limit.cost_usd)):
        if bound is not None:
            shares.append(spent / bound if bound else float("inf"))
    return max(shares)
