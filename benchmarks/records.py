"""Measure record finding on a folder of real pages: ``python -m benchmarks.records [--all] [-v] [--view]``.

The pages lie outside the project: in ``$AGENT_SCHOOL_SHARED/pages``, else ``../shared/pages``. A group is right when
expected items and records, as the candidate's own selector reads them, match one to one for at least 90 % of both; an
item matches a record that holds at least 80 % of its filled values as text, attribute or address. Field F1 is of the
first candidate's rows under the wanted names (the wanted names alone when nothing is told to ``find_records``).

Printed side by side, each by the whole of ``find_records``: the shipped weights, which know these pages, and weights
fitted without the page's site (``benchmarks.record_weights``), which say what to expect elsewhere. Other kinds of
site are likely to be harder than that. Seconds are CPU time of this machine as it is; so that busy and quiet machines
compare, they are also given in units of a fixed loop of arithmetic (a million squares summed).

``--view`` prints the size of the view for a model; the pages come without an accessibility snapshot, so one is made
from their tags.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType

from benchmarks.record_pages import Sample, fold, is_right, leaves, load_score, pages_folder, samples
from benchmarks.record_weights import scorings_without_site
from domain.observation import Observation, Page, RecordCandidate
from generators.induction import find_records, reads_as
from generators.induction.ranking import SCORING, Scoring
from generators.induction.reading import first_match
from generators.induction.tree import Element, Tree, parse
from generators.view import CHARACTERS_PER_TOKEN, view

_LOOP = 300_000
_ALL_SETTINGS = ((True, True), (True, False), (False, True), (False, False))
"""Whether boxes, and whether fields and goal are known."""


def records_of(tree: Tree, candidate: RecordCandidate) -> list[tuple[Element, ...]]:
    """Return the elements that the candidate's selector hits, with the siblings its columns reach."""
    starts = first_match(tree.document, candidate.source.records, *candidate.source.fallbacks)
    is_run = any(column.locator.startswith(":scope +") for column in candidate.columns)
    if not is_run:
        return [(start,) for start in starts]
    known = set(starts)
    rows = []
    for start in starts:
        row = [start]
        for after in start.itersiblings():
            if after in known or len(row) > 12:
                break
            row.append(after)
        rows.append(tuple(row))
    return rows


@dataclass(frozen=True, slots=True)
class Result:
    """What one page gave: rank of the right group (99 for none), field F1, CPU seconds, and in loops of arithmetic."""

    rank: int
    field_f1: float
    seconds: float
    loops: float


def loop_seconds() -> float:
    """Return the CPU seconds that summing a million squares takes here and now."""
    start = time.process_time()
    sum(i * i for i in range(_LOOP))
    return (time.process_time() - start) * 1_000_000 / _LOOP


def evaluate(sample: Sample, score: ModuleType, scoring: Scoring, *, informed: bool = True) -> Result:
    """Find records on one page and compare."""
    intent, wanted = (sample.intent, sample.fields) if informed else (None, ())
    before = loop_seconds()
    start = time.process_time()
    found = find_records(sample.html, url=sample.url, intent=intent, wanted=wanted, scoring=scoring)
    seconds = time.process_time() - start
    tree = parse(sample.html, sample.url)
    ranks = (i for i, candidate in enumerate(found, 1) if is_right(records_of(tree, candidate), sample))
    rows = reads_as(sample.html, found[0]) if found else []
    f1 = score.score_page(rows, sample.rows, sample.url).field_f1
    return Result(next(ranks, 99), f1, seconds, 2 * seconds / (before + loop_seconds()))


def tops(ranks: Sequence[int]) -> str:
    """Return the shares of pages whose right group is first, among three and among five."""
    return " ".join(f"{sum(rank <= k for rank in ranks) / len(ranks):6.3f}" for k in (1, 3, 5))


def report(name: str, results: Sequence[Result]) -> None:
    """Print one line of the table."""
    seconds = sorted(result.seconds for result in results)
    loops = statistics.mean(result.loops for result in results)
    print(
        f"{name:52} {tops([result.rank for result in results])} {statistics.mean(r.field_f1 for r in results):6.3f}"
        f" {statistics.mean(seconds):6.3f} {seconds[len(seconds) // 2]:6.3f} {seconds[int(len(seconds) * 0.95)]:6.3f}"
        f" {loops:6.2f}",
        flush=True,
    )


def compare(score: ModuleType, *, everything: bool, verbose: bool) -> None:
    """Print the table: in sample and without the page's site, at best and at worst (or with each of the two known)."""
    without = scorings_without_site([*samples(score, boxes=True), *samples(score, boxes=False)])
    print(f"{'':52} {'top-1':>6} {'top-3':>6} {'top-5':>6} {'F1':>6} {'CPU s':>6} {'p50':>6} {'p95':>6} {'loops':>6}")
    for boxes, informed in _ALL_SETTINGS if everything else (_ALL_SETTINGS[0], _ALL_SETTINGS[-1]):
        pages = samples(score, boxes=boxes)
        setting = f"{'boxes' if boxes else 'no boxes'}, {'fields and goal' if informed else 'nothing'} known"
        report(f"{setting}, in sample", [evaluate(page, score, SCORING, informed=informed) for page in pages])
        held = [evaluate(page, score, without[page.site], informed=informed) for page in pages]
        report(f"{setting}, without the page's site", held)
        if verbose and boxes and informed:
            for page, result in zip(pages, held, strict=True):
                figures = f"rank {result.rank:2} items {len(page.items):3} F1 {result.field_f1:.2f}"
                print(f"{page.id:24} {figures} {result.seconds:.2f} s {page.url[:60]}")


_ROLES = {"a": "link", "li": "listitem", "ul": "list", "ol": "list", "tr": "row", "td": "cell", "th": "columnheader"}
_ROLES |= {"table": "table", "button": "button", "img": "img", "p": "paragraph", "nav": "navigation", "main": "main"}
_ROLES |= {f"h{level}": "heading" for level in range(1, 7)}


def snapshot(tree: Tree) -> str:
    """Return something like a browser's accessibility snapshot: the pages come without one."""
    lines: list[str] = []
    depths: dict[int, int] = {}
    for node in tree.nodes:
        depth = depths.get(node.parent.index, 0) if node.parent is not None else 0
        role = _ROLES.get(node.tag, "text" if node.own_length else "")
        if node.hidden or not role:
            depths[node.index] = depth
            continue
        own = " ".join((node.element.text or "").split())
        lines.append("  " * depth + f"- {role}" + (f' "{own}"' if own else "") + ":")
        if node.links and node.tag == "a":
            lines.append("  " * (depth + 1) + f"- /url: {node.element.get('href')}")
        depths[node.index] = depth + 1
    return "\n".join(lines)


def report_view(score: ModuleType) -> None:
    """Print the view's size in tokens, and how many wanted fields still show one of their values in it."""
    tokens: list[int] = []
    seen = total = 0
    for sample in samples(score, boxes=True):
        page = Page(
            requested_url=sample.url,
            final_url=sample.url,
            status=200,
            rendered_html=sample.html,
            aria=snapshot(parse(sample.html, sample.url)),
        )
        observation = Observation(url=sample.url, captured_at=datetime.now(UTC), pages=(page,))
        text = view(observation, intent=sample.intent)
        tokens.append(len(text) // CHARACTERS_PER_TOKEN)
        folded = fold(text)
        for field in sample.fields:
            values = [fold(value)[:60] for row in sample.rows for value in leaves(row.get(field))]
            if values:
                total += 1
                seen += any(value in folded for value in values)
    tokens.sort()
    print(
        f"view of {len(tokens)} pages, tokens p50 {tokens[len(tokens) // 2]} p95 {tokens[int(len(tokens) * 0.95)]}, "
        f"wanted fields still seen {seen / total:.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--view", action="store_true", help="print the size of the view for a model, and what it keeps")
    parser.add_argument(
        "--all", action="store_true", help="also boxes without a question, and a question without boxes"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="print each page's rank without its site")
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)
    score = load_score(pages_folder())
    if arguments.view:
        report_view(score)
        return
    compare(score, everything=arguments.all, verbose=arguments.verbose)


if __name__ == "__main__":
    main()
