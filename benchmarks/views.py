"""What the views for a model keep of the wanted fields on a folder of real pages: ``python -m benchmarks.views``.

Run: python -m benchmarks.views [seconds] [-v]. The pages are those of ``benchmarks.records``; after the given seconds
(240) the rest is left out and counted. A field is kept when one of its expected values still stands in the text.

Measured: the view at its own budget (LEARN-5), what the plan prompt shows (the offer with its ids, and the page's
outline), and what the write prompt shows (at its budget). The pages come without an accessibility snapshot, so one is
made from their tags; a token is four characters.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks.figures import Figure, print_figures
from benchmarks.record_pages import Sample, fold, leaves, load_score, pages_folder, samples
from benchmarks.records import snapshot
from domain.observation import Observation, Page
from generators.induction.tree import parse
from generators.model_planning.offer import offer_of
from generators.study import study
from generators.view import CHARACTERS_PER_TOKEN, MAX_TOKENS, view
from school.modelling import CANDIDATES_SHOWN, PLAN_VIEW_TOKENS, WRITE_VIEW_TOKENS

SECONDS = 240.0
LONGEST_VALUE = 60  # folded characters of an expected value that are looked for


@dataclass(kw_only=True)
class Kept:
    """Sizes of one kind of view over the pages, and the wanted fields that are still in it."""

    what: str
    asked: bool = False
    tokens: list[int] = field(default_factory=list)
    seen: int = 0
    wanted: int = 0
    lost: list[str] = field(default_factory=list)

    def count(self, text: str, sample: Sample) -> None:
        """Add one page."""
        self.tokens.append(len(text) // CHARACTERS_PER_TOKEN)
        folded = fold(text)
        for name in sample.fields:
            values = [fold(value)[:LONGEST_VALUE] for row in sample.rows for value in leaves(row.get(name))]
            if values:
                self.wanted += 1
                found = any(value in folded for value in values)
                self.seen += found
                if not found:
                    self.lost.append(f"{sample.id} {name}: {values[0]}")

    @property
    def share(self) -> float:
        """Share of the wanted fields that are kept."""
        return self.seen / max(1, self.wanted)

    def figure(self) -> Figure:
        """Return the line of the table."""
        tokens = sorted(self.tokens)
        middle, high = tokens[len(tokens) // 2], tokens[int(len(tokens) * 0.95)]
        return Figure(
            what=self.what,
            measured=f"median {middle:,} tokens, p95 {high:,}; {self.share:.1%} of {self.wanted} fields kept",
            asked="≤ 2,500 and 4,000 tokens; ≥ 95 %" if self.asked else "≥ 95 %",
            reached=self.share >= 0.95 and (not self.asked or (middle <= 2_500 and high <= 4_000)),
        )


def observed(sample: Sample) -> Observation:
    """Return a saved page as an observation."""
    page = Page(
        requested_url=sample.url,
        final_url=sample.url,
        status=200,
        rendered_html=sample.html,
        aria=snapshot(parse(sample.html, sample.url)),
    )
    return Observation(url=sample.url, captured_at=datetime.now(UTC), pages=(page,))


def measure(seconds: float) -> tuple[list[Kept], int, int]:
    """Return the kinds of view, how many pages they were measured on, and how many were left out."""
    alone = Kept(what=f"view, {MAX_TOKENS} tokens", asked=True)
    plan = Kept(what=f"plan prompt: offer and outline of {PLAN_VIEW_TOKENS} tokens")
    write = Kept(what=f"write prompt: view of {WRITE_VIEW_TOKENS} tokens")
    pages = samples(load_score(pages_folder()), boxes=True)
    until = time.monotonic() + seconds
    for number, sample in enumerate(pages):
        if time.monotonic() > until:
            return [alone, plan, write], number, len(pages) - number
        observation = observed(sample)
        findings = study(observation, sample.intent)
        best = findings.candidates[:CANDIDATES_SHOWN]
        outline = view(observation, intent=sample.intent, candidates=(), max_tokens=PLAN_VIEW_TOKENS)
        alone.count(view(observation, intent=sample.intent, candidates=best), sample)
        plan.count(f"{offer_of(findings, observation).text}\n{outline}", sample)
        write.count(
            view(observation, intent=sample.intent, candidates=best, max_tokens=WRITE_VIEW_TOKENS),
            sample,
        )
    return [alone, plan, write], len(pages), 0


def main(arguments: list[str]) -> None:
    """Measure and print; with ``-v`` each field that was lost."""
    sys.setrecursionlimit(10_000)  # some saved pages nest that deep
    given = [float(a) for a in arguments if a != "-v"]
    kinds, measured, left_out = measure(given[0] if given else SECONDS)
    print_figures(f"Views of {measured} saved pages ({left_out} left out for time)", [kept.figure() for kept in kinds])
    for kept in kinds if "-v" in arguments else ():
        print(kept.what, *kept.lost, sep="\n  ")


if __name__ == "__main__":
    main(sys.argv[1:])
