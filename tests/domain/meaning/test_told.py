"""The number of records that a page says it has."""

from __future__ import annotations

import pytest

from domain.meaning.told import told_counts
from tests.requirements import requirement


@pytest.mark.parametrize(
    ("text", "shown", "in_all"),
    [
        ("Roses\n18 plants\nSort by", {18}, 18),
        ("1-20 of 1,144 products", {20, 1144}, 1144),
        ("The following 16 pages are in this category, out of 21 total.", {16, 21}, 21),
        ("53 results found", {53}, 53),
        ("Roses\n18 plants\nShrubs\n24 plants", set(), None),
        ("2,400 reviews\nOver 3,000 plants grown\n5 of 5 stars", set(), None),
    ],
    ids=["its noun", "a range", "out of", "results", "several kinds", "other numbers"],
)
@requirement("LEARN-7")
def test_what_a_page_says_of_its_records_is_told_from_other_numbers(
    text: str, shown: set[int], in_all: int | None
) -> None:
    assert told_counts(text, "plants") == (shown, in_all)
