"""The type of a column from its values."""

from __future__ import annotations

from domain.plan import FieldType
from generators.sources.typing import type_of
from tests.requirements import requirement

NAMES = ["Chris Webby (Berkeley, 2027-05-18)", "Cher (Oakland, 2027-11-22)"]


@requirement("LEARN-3")
def test_a_name_with_its_day_in_brackets_stays_a_name() -> None:
    assert type_of(NAMES, "title") is FieldType.STRING


@requirement("LEARN-3")
def test_a_title_that_is_nothing_but_a_day_is_a_date() -> None:
    assert type_of(["Monday, 3 May 2027", "Sunday, 9 May 2027"], "title") is FieldType.DATE
    assert type_of(["2027-05-03", "2027-05-09"], "name") is FieldType.DATE
