"""The built-in planner on sites it was not made for, with truth from each site's own records.

Run: python -m benchmarks.sites [--set town|market|isle|valley] [site or question …]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.figures import Figure, print_figures
from tests.isle_sites import isle
from tests.market_sites import market
from tests.town_sites import town
from tests.town_sites.asking import Question, TownSite
from tests.town_sites.serving import running
from tests.valley_sites import valley

SETS = {"town": town.SITES, "market": market.SITES, "isle": isle.SITES, "valley": valley.SITES}


async def measure(sites: tuple[TownSite, ...], names: list[str]) -> tuple[list[Figure], Counter[str]]:
    """Ask the named questions, or all; count what was right, refused and wrong."""
    figures: list[Figure] = []
    counted: Counter[str] = Counter()
    for site in sites:
        chosen = [one for one in site.questions if not names or {site.name, one.id} & set(names)]
        if chosen:
            await _site(site, chosen, figures, counted)
    return figures, counted


async def _site(site: TownSite, chosen: list[Question], figures: list[Figure], counted: Counter[str]) -> None:
    async with running(site.app) as base:
        for question in chosen:
            begun = time.perf_counter()
            with tempfile.TemporaryDirectory(prefix="agent-school-bench-") as home:
                outcome, seen = await town.answer(question, base, Path(home), secret=site.secret)
            counted[outcome] += 1
            took = time.perf_counter() - begun
            asked = f"asks {question.asks}" if question.asks else f"{len(question.rows)} rows"
            figures.append(
                Figure(
                    what=f"{question.id}: {question.text}",
                    measured=f"{outcome}, {seen} in {took:.1f} s",
                    asked=asked,
                    reached=outcome == "right",
                )
            )
            print(f"{figures[-1].what}: {figures[-1].measured}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sites")
    parser.add_argument("--set", choices=sorted(SETS), default="town", help="which sites")
    parser.add_argument("names", nargs="*", help="sites or questions; all of the set without them")
    asked = parser.parse_args(arguments)
    figures, counted = asyncio.run(measure(SETS[asked.set], asked.names))
    print_figures(f"Sites it was not made for ({asked.set}), built-in planner", figures)
    print(", ".join(f"{counted[outcome]} {outcome}" for outcome in ("right", "refused", "wrong")))


if __name__ == "__main__":
    main(sys.argv[1:])
