"""Fit the weights of record finding: ``python -m benchmarks.record_weights [--write]``.

A list-wise softmax over the groups of each page (a right group should weigh more than all others together), with L2
on features of equal spread, towards ``PRIOR``. The L2 was chosen by the figures for sites left out: 0.1 gave 0.87
right groups first there, 0.2 and 0.4 0.89, and 0.4 one page more among the first five where nothing is known. Each
page counts four times: with and without boxes, with and without a question. Needs numpy, which nothing else does.
``--write`` puts the weights into ``generators/induction/weights.py``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.record_pages import Sample, is_right, load_score, pages_folder, samples
from generators.induction import ranking
from generators.induction.features import Measure
from generators.induction.grouping import find_groups
from generators.induction.ranking import Scoring
from generators.induction.tree import parse
from generators.induction.wish import read_wish

L2 = 0.4
L2_SIEVE = 0.05
ROUNDS = 350
FOLDS = 10
SCALE_FLOOR = 0.2
"""A feature that hardly varies on these pages would otherwise get a weight that means nothing elsewhere."""
PRIOR = {"menu": -1.5, "aside": -1.5, "stray": -1.0, "menu_by_count": -0.3, "holds_parts": -1.0, "hidden": -1.0}
"""What is known beforehand of pages anywhere, and hardly shows on these: few of them list things without links, which
alone would tell menus apart elsewhere. All other features are drawn towards zero. Without it the figures here are the
same."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One page under one setting: the features of each group by row, and which groups are right."""

    site: str
    features: Floats
    right: npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cases:
    """The pages that have a right group. ``names`` are the features; the first ``outlines`` of them make the sieve."""

    names: tuple[str, ...]
    outlines: int
    cases: tuple[Case, ...]

    def fit(self, without: frozenset[str] = frozenset()) -> Scoring:
        """Return the scoring that the pages of all other sites ask for."""
        used = [case for case in self.cases if case.site not in without]
        prior = np.array([PRIOR.get(name, 0.0) for name in self.names])
        outlines = [(case.features[:, : self.outlines], case.right) for case in used]
        sieve = fit(outlines, L2_SIEVE, prior[: self.outlines])
        weights = fit([(case.features, case.right) for case in used], L2, prior)
        return Scoring(
            weights=dict(zip(self.names, weights.tolist(), strict=True)),
            sieve=dict(zip(self.names[: self.outlines], sieve.tolist(), strict=True)),
        )


def study(pages: Sequence[Sample]) -> Cases:
    """Return the cases of the pages, each with a question and without."""
    names: tuple[str, ...] = ()
    outlines = 0
    cases: list[Case] = []
    for page in pages:
        tree = parse(page.html, page.url)
        groups = find_groups(tree)
        right = np.array([is_right([[n.element for n in r] for r in g.records], page) for g in groups])
        if not right.any():
            continue
        for intent, wanted in ((page.intent, page.fields), (None, ())):
            measure = Measure(tree, read_wish(intent, wanted))
            rows = [(outline, measure.features(g, outline)) for g in groups for outline in [measure.outline(g)]]
            outlines, names = len(rows[0][0]), tuple(rows[0][1])
            table = np.array([[row[name] for name in names] for _, row in rows])
            cases.append(Case(site=page.site, features=table, right=right))
    return Cases(names=names, outlines=outlines, cases=tuple(cases))


def fit(tables: Sequence[tuple[Floats, npt.NDArray[np.bool_]]], l2: float, prior: Floats) -> Floats:
    """Return weights for raw features, by Adam over all pages at once, starting from ``prior`` and drawn to it."""
    features, right = np.vstack([table for table, _ in tables]), np.concatenate([right for _, right in tables])
    counts = [len(right) for _, right in tables]
    starts, page_of = np.concatenate([[0], np.cumsum(counts)[:-1]]), np.repeat(np.arange(len(counts)), counts)
    scale = np.maximum(features.std(0), SCALE_FLOOR)
    features = features / scale
    prior = prior * scale
    weights = prior.copy()
    moment, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, ROUNDS + 1):
        raw = features @ weights
        soft = np.exp(raw - np.maximum.reduceat(raw, starts)[page_of])
        mine = soft * right
        pull = mine / np.add.reduceat(mine, starts)[page_of] - soft / np.add.reduceat(soft, starts)[page_of]
        gradient = 2 * l2 * (weights - prior) - (pull / len(counts)) @ features
        moment = 0.9 * moment + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        weights -= 0.05 * (moment / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    fitted: Floats = weights / scale
    return fitted


def scorings_without_site(pages: Sequence[Sample]) -> dict[str, Scoring]:
    """Return for each site a scoring that was fitted without it and without a tenth of the other sites."""
    cases = study(pages)
    sites = sorted({page.site for page in pages})
    folds = [frozenset(sites[i::FOLDS]) for i in range(FOLDS)]
    return {site: scoring for fold in folds for scoring in [cases.fit(fold)] for site in fold}


def write(scoring: Scoring) -> Path:
    """Write the weights' module and return its path."""
    target = Path(ranking.__file__).with_name("weights.py")
    parts = [
        f"{name}: Final[dict[str, float]] = {{\n"
        + "".join(f'    "{feature}": {value:.3f},\n' for feature, value in weights.items())
        + "}\n"
        for name, weights in (("WEIGHTS", scoring.weights), ("SIEVE", scoring.sieve))
    ]
    target.write_text(
        '"""Weights of the linear scores, one for each feature. '
        'Written by ``python -m benchmarks.record_weights --write``."""\n\n'
        "from __future__ import annotations\n\nfrom typing import Final\n\n" + "".join(parts),
        encoding="utf-8",
    )
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the weights into the product")
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)
    score = load_score(pages_folder())
    scoring = study([*samples(score, boxes=True), *samples(score, boxes=False)]).fit()
    for name, weight in sorted(scoring.weights.items(), key=lambda pair: -abs(pair[1])):
        print(f"{name:20} {weight:7.3f}")
    if arguments.write:
        print(write(scoring))


if __name__ == "__main__":
    main()
