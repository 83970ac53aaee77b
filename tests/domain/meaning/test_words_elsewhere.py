"""Words in the forms that sites write them in: last names first, members of a vocabulary, other languages."""

from __future__ import annotations

from datetime import date

import pytest

from domain.meaning import dates
from domain.meaning.words import matches, singular


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("Marlowe, Toni", "Toni Marlowe"),
        ("Wohnung mit Balkon", "flats"),
        ("Wohnung mit Balkon", "balcony"),
        ("https://schema.org/VeganDiet", "vegan"),
        ("a volcano", "volcanoes"),
    ],
)
def test_a_word_is_found_as_sites_write_it(text: str, keyword: str) -> None:
    assert matches([text], keyword)


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("Marlowe Toni", "toni marlowe"),
        ("Hop, hip", "hip hop"),
        ("a camera", "room"),
        ("https://x.example/Vegan", "van"),
    ],
)
def test_no_other_word_is_taken_for_it(text: str, keyword: str) -> None:
    assert not matches([text], keyword)


def test_nouns_in_oes_lose_their_ending_except_shoes() -> None:
    assert [singular(w) for w in ("tomatoes", "shoes", "canoes", "heroes")] == ["tomato", "shoe", "canoe", "hero"]


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("the last 3 days", date(2027, 2, 28), date(2027, 3, 3)),
        ("last 24 hours", date(2027, 3, 2), date(2027, 3, 3)),
        ("past month", date(2027, 2, 3), date(2027, 3, 3)),
        ("this week so far", date(2027, 3, 1), date(2027, 3, 3)),
        ("two weeks ago", date(2027, 2, 17), date(2027, 2, 17)),
        ("a year ago", date(2026, 3, 3), date(2026, 3, 3)),
    ],
)
def test_phrases_reach_back_from_today(phrase: str, first: date, last: date) -> None:
    assert dates.resolve(phrase, date(2027, 3, 3)) == dates.DateRange(first, last)
