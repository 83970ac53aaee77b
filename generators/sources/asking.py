"""The questions of a study and the answers to them so far, under a budget."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from domain.observation import Probe, ProbeAnswer, ProbePurpose
from domain.plan import RequestTemplate
from generators.sources.requests import probe_of

MOST_PROBES: Final = 25


class Questions:
    """Gives the answer to a probe when there is one; else keeps the probe as open, as long as the budget lasts."""

    def __init__(self, answers: Iterable[ProbeAnswer], budget: int = MOST_PROBES) -> None:
        self._answers = {a.probe.id: a for a in answers}
        self._open: dict[str, Probe] = {}
        self._left = budget - len(self._answers)

    @property
    def open(self) -> tuple[Probe, ...]:
        """The probes that wait for an answer."""
        return tuple(self._open.values())

    @property
    def left(self) -> int:
        """How many more probes may be asked."""
        return self._left

    def ask(self, request: RequestTemplate, purpose: ProbePurpose, about: str = "") -> ProbeAnswer | None:
        """Return the answer to a request if it is known; else put the question, if the budget allows."""
        probe = probe_of(request, purpose, about)
        known = self._answers.get(probe.id)
        if known is not None:
            return known
        if probe.id not in self._open and self._left > 0:
            self._open[probe.id] = probe
            self._left -= 1
        return None

    def waits_for(self, request: RequestTemplate, purpose: ProbePurpose) -> bool:
        """Return whether a request is among the open questions."""
        return probe_of(request, purpose).id in self._open

    def known(self, purpose: ProbePurpose) -> tuple[ProbeAnswer, ...]:
        """Return all answers of one purpose."""
        return tuple(a for a in self._answers.values() if a.probe.purpose is purpose)


def good(answer: ProbeAnswer | None) -> bool:
    """Whether there was an answer of the 200 kind, whole."""
    return answer is not None and not answer.error and 200 <= answer.status < 300 and not answer.truncated
