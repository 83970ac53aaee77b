"""A state that a site marks by a class of its own is one column with the other states of the same badge."""

from __future__ import annotations

from generators.induction import find_records, reads_as
from tests.requirements import requirement

URL = "https://tower.example/tours"
NAMES = ("Bell loft", "Old clock", "Roof walk", "Night tour", "Dawn tour", "Crypt", "Long stair", "Winter tour")


def tours(badges: list[str]) -> str:
    cards = "".join(
        f'<article class="tour"><h3><a href="/t/{n}">{NAMES[n % 8]} {n}</a></h3>'
        f'<p><span data-day="{n}">Day {n + 1}</span></p>'
        f"<p><small>{badge}</small></p></article>"
        for n, badge in enumerate(badges)
    )
    return f"<html><body><main><h1>Tours</h1><div>{cards}</div></main></body></html>"


def state(mark: str, words: str) -> str:
    return f'<span class="bubble-{mark}"><i class="icon"></i> {words} </span>'


@requirement("LEARN-3")
def test_states_under_classes_of_their_own_are_one_column() -> None:
    html = tours([state("good", "Buy now")] * 15 + [state("bad", "Sold out")] + [state("good", "Buy now")] * 14)
    best = find_records(html, url=URL)[0]
    column = next(c for c in best.columns if "Sold out" in c.samples)
    assert (column.name, column.fill, column.samples) == ("availability", 1.0, ("Buy now", "Sold out"))
    rows = reads_as(html, best)
    assert [n for n, row in enumerate(rows) if row["availability"] == "Sold out"] == [15]


@requirement("LEARN-3")
def test_states_whose_side_is_not_sure_do_not_tell_of_availability() -> None:
    html = tours([state("good", "Buy now")] * 6 + [state("bad", "On loan")] * 6)
    names = {c.name for c in find_records(html, url=URL)[0].columns if "On loan" in c.samples}
    assert names
    assert "availability" not in names


@requirement("LEARN-3")
def test_badges_that_stand_in_one_record_together_stay_apart() -> None:
    both = '<span class="bubble-good">New</span><span class="bubble-bad">Last chance</span>'
    html = tours([both] * 2 + [state("good", "New")] * 6 + [state("bad", "Last chance")] * 6)
    columns = find_records(html, url=URL)[0].columns
    assert not any({"New", "Last chance"} <= set(c.samples) for c in columns)
