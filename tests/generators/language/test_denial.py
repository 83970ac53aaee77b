"""What a question leaves out is turned round wherever it is said, and never taken for wanted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.plan import Relation
from generators.language import understand
from tests.requirements import requirement

NOW = datetime(2027, 3, 3, 9, tzinfo=UTC)
DENYING = (Relation.EXCLUDES, Relation.NOT_EQUALS)


def said(text: str) -> list[tuple[str, str, object]]:
    return [(c.topic.value, c.relation.value, c.value) for c in understand(text, NOW).constraints]


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("novels that are not by Ada Berg", ("person", "excludes", "Ada Berg")),
        ("novels not written by Ada Berg", ("person", "excludes", "Ada Berg")),
        ("novels except those by Ada Berg", ("person", "excludes", "Ada Berg")),
        ("modules with a licence other than MIT", ("named", "not_equals", "MIT")),
        ("modules whose licence is not MIT", ("named", "not_equals", "MIT")),
        ("notices that are not in the Roads category", ("named", "not_equals", "Roads")),
        ("recipes not tagged vegan", ("named", "not_equals", "vegan")),
        ("tickets not assigned to Mara Lind", ("named", "not_equals", "Mara Lind")),
        ("lectures not on Monday", ("date", "excludes", "monday")),
        ("modules not updated since 2024", ("date", "to", "2023-12-31")),
        ("courses that don't start before 10 am", ("time", "from", "10:00")),
        ("recipes that don't take more than 30 minutes", ("number", "at_most", 30)),
        ("flats that do not cost more than 900 euros", ("price", "at_most", 900.0)),
        ("lectures that aren't longer than 45 minutes", ("number", "at_most", 45)),
        ("rooms not smaller than 20 m²", ("number", "at_least", 20)),
        ("novels that do not have more than 200 pages", ("number", "at_most", 200)),
        ("lots not due until June", ("date", "excludes", "2027-06-30")),
        ("films from any country but France", ("place", "not_equals", "France")),
        ("lectures in any hall but the Long Gallery", ("keywords", "excludes", "Long Gallery")),
        ("flats without a balcony in Mitte", ("keywords", "excludes", "balcony")),
        ("pieces that are not reserved and cost at most 20 euros", ("keywords", "excludes", "reserved")),
        ("doctors who don't speak German", ("keywords", "excludes", "German")),
        ("everything but jazz", ("keywords", "excludes", "jazz")),
    ],
)
def test_what_is_left_out_is_turned_round(text: str, turned: tuple[str, str, object]) -> None:
    read = said(text)
    assert turned in read
    positive = {str(value) for topic, relation, value in read if relation in {"contains", "equals"}}
    assert positive.isdisjoint({str(turned[2]), *str(turned[2]).split()})


@requirement("PLAN-2")
@pytest.mark.parametrize(
    "text",
    [
        "novels by Ada Berg",
        "modules with licence MIT",
        "lectures on Monday",
        "films from France",
        "tickets assigned to Mara Lind",
        "lectures not before June",
        "races not sold out in May",
    ],
)
def test_what_is_wanted_stays_wanted(text: str) -> None:
    assert not [c for c in understand(text, NOW).constraints if c.relation in DENYING]
