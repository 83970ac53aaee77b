import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.meaning.money import Money, currency, parse
from tests.requirements import requirement


@requirement("PLAN-3")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$1,999.99", Money(1999.99, "USD")),
        ("€15", Money(15.0, "EUR")),
        ("20 euros", Money(20.0, "EUR")),
        ("25 dollars", Money(25.0, "USD")),
        ("40 CAD", Money(40.0, "CAD")),
        ("CA$20", Money(20.0, "CAD")),
        ("12 gbp", Money(12.0, "GBP")),
        ("£51.77", Money(51.77, "GBP")),
        ("Free", Money(0.0)),
        ("free entry", Money(0.0)),
        ("30", Money(30.0)),
    ],
)
def test_amounts_are_read_with_their_currency(text: str, expected: Money) -> None:
    assert parse(text) == expected


def test_a_text_without_an_amount_has_no_price() -> None:
    assert parse("ask at the door") is None
    assert parse("") is None


def test_small_words_are_no_currency_codes() -> None:
    assert currency("try it") == ""


@given(st.text(max_size=40))
def test_reading_any_text_never_raises(text: str) -> None:
    parse(text)
