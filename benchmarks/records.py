"""Measure record finding on a folder of real pages: ``python -m benchmarks.records [--cross] [--fit] [--view] [-v]``.

The pages lie outside the project: in ``$AGENT_SCHOOL_SHARED/pages``, else ``../shared/pages``. A group is right when
expected items and records, as the candidate's own selector reads them, match one to one for at least 90 % of both; an
item matches a record that holds at least 80 % of its filled values as text, attribute or address. Field F1 is of the
first candidate's rows under the wanted names (the wanted names alone when nothing is told to ``find_records``).

Figures on the 53 listings of the development pages, all counted (3 have no right group among the candidates):

=================================== ===== ===== ===== ========
weights fitted without the page's site top-1 top-3 top-5 field F1
=================================== ===== ===== ===== ========
boxes, fields and goal known         0.811 0.906 0.906 not measured
boxes, nothing known                 0.774 0.868 0.906
no boxes, fields and goal known      0.811 0.906 0.906
no boxes, nothing known              0.717 0.792 0.887
in sample, boxes, fields known       0.868 0.925 0.925 0.847
in sample, no boxes, fields known    0.830 0.906 0.925 0.827
=================================== ===== ===== ===== ========

The cross-validated rows rank raw groups; the others run the whole of ``find_records`` (runs raised, sections joined,
selectors, columns). Other sites are likely to be harder than the cross-validated figures say. Seconds are CPU time.

``--cross`` prints the cross-validated figures; ``--fit`` also fits the weights anew (list-wise softmax over a page's
groups, L2) and writes ``generators/induction/weights.py``. Both need numpy, which nothing else does. ``--view`` prints
the size of the view for a model; the pages come without an accessibility snapshot, so one is made from their tags.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from domain.observation import Observation, Page, RecordCandidate
from domain.plan import Intent
from generators.induction import find_records, reads_as
from generators.induction import ranking as ranking_module
from generators.induction.features import Measure
from generators.induction.grouping import Group, find_groups
from generators.induction.reading import first_match
from generators.induction.tree import Element, Tree, parse
from generators.induction.weights import WEIGHTS
from generators.induction.wish import read_wish
from generators.view import CHARACTERS_PER_TOKEN, view

_TEXT_ATTRIBUTES = ("alt", "title", "aria-label", "datetime", "content", "value")
_SHARE = 0.9
L2 = 0.03
ROUNDS = 500
SCALE_FLOOR = 0.2
"""A feature that hardly varies on these pages would otherwise get a weight that means nothing elsewhere."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One listing page with what should be read from it."""

    id: str
    url: str
    html: str
    fields: tuple[str, ...]
    goal: str
    rows: list[dict[str, Any]]

    @property
    def intent(self) -> Intent:
        """The page's goal, as far as the page's label tells it."""
        return Intent(text=self.goal, wanted=self.fields)

    @property
    def items(self) -> list[list[tuple[bool, str]]]:
        """The expected rows as (is address, folded value) lists, each once."""
        found: dict[tuple[tuple[bool, str], ...], list[tuple[bool, str]]] = {}
        for row in self.rows:
            values = [_comparable(value, self.url) for value in _leaves(row)]
            if values:
                found[tuple(sorted(values))] = values
        return list(found.values())

    @property
    def site(self) -> str:
        """The host's last two labels (three under two-letter second levels), enough to keep sites apart."""
        host = (urlsplit(self.url).hostname or "").split(".")
        return ".".join(host[-3:] if len(host) > 2 and len(host[-2]) <= 3 else host[-2:])


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", unquote(text).lower())


def _address(address: str, base: str) -> str:
    with suppress(ValueError):
        address = urljoin(base, address)
    return _fold(re.sub(r"^https?://(www\.)?", "", address))


def _comparable(value: str, base: str) -> tuple[bool, str]:
    return (True, _address(value, base)) if value.startswith("http") else (False, _fold(value))


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, str) and _fold(value):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{value:g}"


def _blob(tops: Sequence[Element], base: str) -> tuple[str, set[str]]:
    addresses: set[str] = set()
    texts = [_fold(" ".join(top.itertext())) for top in tops]
    for element in (e for top in tops for e in top.iter() if isinstance(e.tag, str)):
        addresses |= {_address(element.get(k), base) for k in ("href", "src", "data-src") if element.get(k)}
        texts += [_fold(element.get(name)) for name in _TEXT_ATTRIBUTES if element.get(name)]
    return "|".join(texts), addresses


def is_right(records: Sequence[Sequence[Element]], sample: Sample) -> bool:
    """Tell whether records and expected items match one to one for at least 90 % of both."""
    items = sample.items
    if not _SHARE * len(items) <= len(records) <= len(items) / _SHARE + 1e-9:
        return False
    blobs = [_blob(record, sample.url) for record in records]

    def holds(blob: tuple[str, set[str]], values: list[tuple[bool, str]]) -> bool:
        return sum(v in (blob[1] if is_url else blob[0]) for is_url, v in values) >= 0.8 * len(values)

    fits = [[i for i, blob in enumerate(blobs) if holds(blob, values)] for values in items]
    owner: dict[int, int] = {}

    def take(item: int, seen: set[int]) -> bool:
        for record in fits[item]:
            if record not in seen:
                seen.add(record)
                if record not in owner or take(owner[record], seen):
                    owner[record] = item
                    return True
        return False

    matched = sum(take(item, set()) for item in range(len(items)))
    return matched >= _SHARE * max(len(items), len(records))


def pages_folder() -> Path:
    shared = os.environ.get("AGENT_SCHOOL_SHARED", "../shared")
    return Path(shared) / "pages"


def load_score(folder: Path) -> ModuleType:
    """Import the folder's own scorer."""
    spec = importlib.util.spec_from_file_location("pages_score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no score.py in {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["pages_score"] = module
    spec.loader.exec_module(module)
    return module


def samples(score: ModuleType, *, boxes: bool) -> list[Sample]:
    """Return the listing pages with at least two expected items."""
    found = [
        Sample(
            id=page["id"],
            url=page["url"],
            html=score.load_page(page["id"], boxes=boxes),
            fields=tuple(page["fields"]),
            goal=page["goal"],
            rows=page["expected"],
        )
        for page in score.load_index()
        if page["kind"] == "listing"
    ]
    return [sample for sample in found if len(sample.items) >= 2]


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
    """What one page gave: rank of the right group (99 for none), field F1, CPU seconds."""

    rank: int
    field_f1: float
    seconds: float


def evaluate(sample: Sample, score: ModuleType, *, informed: bool = True) -> Result:
    """Find records on one page and compare."""
    intent, wanted = (sample.intent, sample.fields) if informed else (None, ())
    start = time.process_time()
    found = find_records(sample.html, url=sample.url, intent=intent, wanted=wanted)
    seconds = time.process_time() - start
    tree = parse(sample.html, sample.url)
    ranks = (i for i, candidate in enumerate(found, 1) if is_right(records_of(tree, candidate), sample))
    rows = reads_as(sample.html, found[0]) if found else []
    f1 = score.score_page(rows, sample.rows, sample.url).field_f1
    return Result(next(ranks, 99), f1, seconds)


def tops(ranks: Sequence[int]) -> str:
    return " ".join(f"top-{k} {sum(rank <= k for rank in ranks) / len(ranks):.3f}" for k in (1, 3, 5))


def report(score: ModuleType, *, boxes: bool, informed: bool, verbose: bool) -> None:
    results = []
    for sample in samples(score, boxes=boxes):
        result = evaluate(sample, score, informed=informed)
        results.append(result)
        if verbose:
            figures = f"rank {result.rank:2} items {len(sample.items):3} F1 {result.field_f1:.2f}"
            print(f"{sample.id:24} {figures} {sample.url[:60]}")
    seconds = sorted(result.seconds for result in results)
    known = "fields and goal known" if informed else "nothing known"
    print(
        f"{'boxes' if boxes else 'no boxes'}, {known}, {len(results)} pages: {tops([r.rank for r in results])}; "
        f"field F1 {statistics.mean(r.field_f1 for r in results):.3f}; "
        f"CPU s/page p50 {seconds[len(seconds) // 2]:.3f} p95 {seconds[int(len(seconds) * 0.95)]:.3f}"
    )


@dataclass(frozen=True, slots=True)
class Case:
    """One page for fitting: the features of each group, and which groups are right."""

    sample: Sample
    groups: list[Group]
    features: Any
    right: Any


def cases(score: ModuleType) -> tuple[list[str], list[Case]]:
    """Return feature names and cases: each page with and without boxes, with and without a question."""
    import numpy as np  # noqa: PLC0415 - only fitting needs it

    names: list[str] = []
    found: list[Case] = []
    for boxes in (True, False):
        for sample in samples(score, boxes=boxes):
            tree = parse(sample.html, sample.url)
            groups = find_groups(tree)
            right = np.array([is_right([[n.element for n in r] for r in g.records], sample) for g in groups])
            for intent, wanted in ((sample.intent, sample.fields), (None, ())):
                wish = read_wish(intent, wanted)
                measure = Measure(tree, wish)
                rows = [measure.features(group) for group in groups]
                names = names or list(rows[0])
                table = np.array([[row[name] for name in names] for row in rows])
                found.append(Case(sample, groups, table, right))
    return names, found


def fit(found: Sequence[Case], l2: float = L2) -> Any:
    """Return weights for raw features: list-wise softmax with L2 on standardised ones."""
    import numpy as np  # noqa: PLC0415 - only fitting needs it

    usable = [case for case in found if case.right.any()]
    everything = np.vstack([case.features for case in usable])
    scale = np.maximum(everything.std(0), SCALE_FLOOR)
    weights = np.zeros(everything.shape[1])
    moment, second = np.zeros_like(weights), np.zeros_like(weights)
    tables = [(case.features / scale, case.right) for case in usable]
    for step in range(1, ROUNDS + 1):
        gradient = 2 * l2 * weights
        for table, right in tables:
            raw = table @ weights
            soft = np.exp(raw - raw.max())
            mine = np.where(right, soft, 0.0)
            gradient -= ((mine / mine.sum()) - (soft / soft.sum())) @ table / len(tables)
        moment = 0.9 * moment + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        weights -= 0.05 * (moment / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights / scale


def rank_of(case: Case, weights: Any) -> int:
    """Return the rank of the first right group when one of each family is kept."""
    order = (-(case.features @ weights)).argsort()
    kept: list[Any] = []
    for index in order:
        spans = case.groups[index].spans
        if any(ranking_module._same_family(spans, other) for other in kept):
            continue
        kept.append(spans)
        if case.right[index]:
            return len(kept)
        if len(kept) >= 5:
            break
    return 99


def cross_validate(found: Sequence[Case], l2: float) -> None:
    sites = sorted({case.sample.site for case in found})
    folds = [set(sites[i::6]) for i in range(6)]
    settings = ("boxes, informed", "boxes, nothing known", "no boxes, informed", "no boxes, nothing known")
    ranks: dict[str, list[int]] = {name: [] for name in settings}
    quarter = len(found) // 2
    for fold in folds:
        weights = fit([case for case in found if case.sample.site not in fold], l2)
        for position, case in enumerate(found):
            if case.sample.site in fold:
                name = settings[(2 if position >= quarter else 0) + position % 2]
                ranks[name].append(rank_of(case, weights))
    for name, values in ranks.items():
        print(f"cross-validated by site, L2 {l2}, {name}, {len(values)} pages: {tops(values)}")


def write_weights(names: Sequence[str], weights: Any) -> None:
    target = Path(ranking_module.__file__).with_name("weights.py")
    lines = "".join(f'    "{name}": {value:.3f},\n' for name, value in zip(names, weights, strict=True))
    target.write_text(
        '"""Weights of the linear score, one for each feature. '
        'Written by ``python -m benchmarks.records --fit``."""\n\n'
        "from __future__ import annotations\n\nfrom typing import Final\n\n"
        f"WEIGHTS: Final[dict[str, float]] = {{\n{lines}}}\n",
        encoding="utf-8",
    )


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
        folded = _fold(text)
        for field in sample.fields:
            values = [_fold(value)[:60] for row in sample.rows for value in _leaves(row.get(field))]
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
    parser.add_argument("--fit", action="store_true", help="fit the weights and write them")
    parser.add_argument("--cross", action="store_true", help="print cross-validated figures")
    parser.add_argument("--view", action="store_true", help="print the size of the view for a model, and what it keeps")
    parser.add_argument("--l2", type=float, default=L2)
    parser.add_argument("-v", "--verbose", action="store_true")
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)
    score = load_score(pages_folder())
    if arguments.view:
        report_view(score)
        return
    if arguments.fit or arguments.cross:
        names, found = cases(score)
        print(f"{sum(case.right.any() for case in found) / len(found):.3f} of pages have a right group")
        cross_validate(found, arguments.l2)
        if arguments.fit:
            write_weights(names, fit(found, arguments.l2))
        return
    print(f"{len(WEIGHTS)} weights")
    for boxes, informed in ((True, True), (True, False), (False, True), (False, False)):
        report(score, boxes=boxes, informed=informed, verbose=arguments.verbose and boxes and informed)


if __name__ == "__main__":
    main()
