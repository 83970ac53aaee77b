"""Questions to sites that nothing was made for: right rows, a question back, or a typed refusal; never wrong rows.

One or two of each site are asked here; all of them with ``python -m benchmarks sites``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.requirements import requirement
from tests.town_sites.asking import Question, TownSite, differences
from tests.town_sites.serving import running
from tests.town_sites.town import SITES, answer
from tests.valley_sites import valley

HERE = frozenset(
    {
        "cars-estates",
        "opendata-since",
        "blog-month",
        "jobs-nurses",
        "library-author",
        "cinema-saturday",
        "cinema-family",
        "homes-flats",
        "league-matchday",
        "recipes-chickpeas",
        "shop-red-42",
        "directory-building",
        "timetable-zone",
        "timetable-which",
        "bridges-2",
        "hive-4",
        "plugins-4",
        "lots-3",
        "notices-1",
    }
)
"""Those that the suite asks: each kind of site, and what no right answer is known to come for yet."""

REFUSED = frozenset({"lots-3", "notices-1"})
"""A list that only a script turns, and words that the records say in another language: refused, and not answered."""

CHOSEN = [
    pytest.param(site, one, id=one.id) for site in (*SITES, *valley.SITES) for one in site.questions if one.id in HERE
]


@requirement("PLAN-3", "PROVE-7")
@pytest.mark.browser
@pytest.mark.parametrize(("site", "question"), CHOSEN)
async def test_a_question_is_answered_from_the_sites_own_records(
    site: TownSite, question: Question, tmp_path: Path
) -> None:
    async with running(site.app) as base:
        outcome, seen = await answer(question, base, tmp_path / "home", secret=site.secret)
    assert outcome in (("refused", "right") if question.honest or question.id in REFUSED else ("right",)), seen


def test_rows_that_lack_a_true_one_or_have_one_too_many_are_told() -> None:
    question = Question(id="x", text="x", rows=(("Salt", 7.5), ("Orbit", 9)))
    right = [{"name": "Orbit", "price": "€ 9.00"}, {"name": "Salt", "price": 7.5}]
    assert differences(question, right) == ""
    assert differences(question, right[:1]).startswith("1 of 2 missing")
    assert differences(question, [*right, {"name": "Other"}]).endswith("1 too many [['Other']]")
    ordered = Question(id="x", text="x", rows=question.rows, ordered=True)
    assert differences(ordered, right) == "in another order"
