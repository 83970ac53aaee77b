from __future__ import annotations

from domain.plan import Constraint, Query, Relation, Topic
from generators.reuse import match
from tests.generators.builders import HOST, cursor_site, intent, planned, says, single_page
from tests.requirements import requirement

SITE = cursor_site()
PLAN = planned(
    single_page(SITE),
    intent(says(Topic.PLACE, "Berkeley"), says(Topic.PRICE, 20, Relation.LESS_THAN, unit="USD")),
    SITE,
)


def arguments(*constraints: Constraint, site: str | None = HOST, **more: object) -> object:
    asked = intent(*constraints, **more)
    return match(Query(text="another question", site=site), asked, PLAN)


@requirement("PROVE-5")
def test_another_question_uses_the_tool_and_undoes_what_it_does_not_ask() -> None:
    asked = (says(Topic.PLACE, "Oakland"), says(Topic.KEYWORDS, "jazz"), says(Topic.DATE, "tomorrow", Relation.WITHIN))
    assert arguments(*asked) == {
        "city": "Oakland",
        "keywords": ["jazz"],
        "date_from": "tomorrow",
        "date_to": "tomorrow",
        "max_price": None,
        "currency": None,
    }


@requirement("PROVE-5")
def test_at_most_is_not_answered_by_a_tool_that_means_under() -> None:
    assert arguments(says(Topic.PRICE, 20, Relation.AT_MOST, unit="USD")) is None
    found = arguments(says(Topic.PRICE, 30, Relation.LESS_THAN, unit="EUR"))
    assert found == {"max_price": 30, "currency": "EUR", "city": None}


@requirement("PROVE-5")
def test_another_site_another_subject_or_an_unknown_constraint_needs_a_new_tool() -> None:
    assert arguments(site="https://other.example") is None
    assert arguments(site=f"{HOST}/other") is None
    assert arguments(subject="packages", site=None) is None
    assert arguments(says(Topic.NAMED, "ISC", name="license")) is None
    assert arguments(site=None) == {"city": None, "max_price": None, "currency": None}


def test_a_word_that_is_a_known_category_goes_there() -> None:
    found = arguments(says(Topic.KEYWORDS, "sports"))
    assert isinstance(found, dict)
    assert found["category"] == "Sports"
