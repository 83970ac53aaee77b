from __future__ import annotations

from domain.plan import Constraint, FieldType, Plan, Query, Relation, Topic
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


def concerts(*constraints: Constraint) -> Plan:
    """A tool whose own question was for concerts, which the site lists under music."""
    category = next(p for p in PLAN.parameters if p.name == "category")
    music = category.model_copy(update={"default": "Music", "examples": ("Sports", "Music")})
    others = tuple(p.model_copy(update={"default": None}) for p in PLAN.parameters if p.name != "category")
    asked = intent(says(Topic.KEYWORDS, "concert"), *constraints)
    note = "All records of the page are gathering."
    changed = {"query": "concerts", "intent": asked, "parameters": (*others, music), "filters_note": note}
    return PLAN.model_copy(update=changed)


@requirement("PROVE-5")
def test_a_word_means_what_it_was_found_to_mean_when_the_tool_was_learned() -> None:
    asked = intent(says(Topic.KEYWORDS, "concert"), says(Topic.PLACE, "Oakland"))
    assert match(Query(text="concerts in Oakland"), asked, concerts()) == {"category": "Music", "city": "Oakland"}


@requirement("PROVE-5")
def test_a_word_that_all_records_answered_to_is_no_keyword_later() -> None:
    plan = concerts(says(Topic.KEYWORDS, "gathering"))
    asked = intent(says(Topic.KEYWORDS, "gathering"), says(Topic.KEYWORDS, "jazz"))
    assert match(Query(text="jazz gatherings"), asked, plan) == {"keywords": ["jazz"], "category": None}


@requirement("PROVE-5")
def test_a_flag_that_a_word_set_is_set_by_it_again() -> None:
    category = next(p for p in PLAN.parameters if p.name == "category")
    flag = category.model_copy(
        update={"name": "is_vegetarian", "type": FieldType.BOOLEAN, "default": True, "topic": None}
    )
    asked = intent(says(Topic.KEYWORDS, "vegetarian"))
    plan = PLAN.model_copy(update={"intent": asked, "parameters": (*PLAN.parameters[:2], flag)})
    found = match(Query(text="vegetarian shows in Oakland"), asked, plan)
    assert found is not None
    assert found["is_vegetarian"] is True


@requirement("PROVE-5")
def test_and_is_not_answered_by_or() -> None:
    either = [says(Topic.KEYWORDS, word, Relation.CONTAINS, name="any") for word in ("jazz", "blues")]
    both = [says(Topic.KEYWORDS, word, Relation.CONTAINS) for word in ("jazz", "blues")]
    plan = planned(single_page(SITE), intent(*either), SITE)
    assert match(Query(text="jazz and blues"), intent(*both), plan) != plan.defaults()


@requirement("PROVE-5")
def test_the_page_that_led_to_a_tools_records_leads_to_others_too() -> None:
    plan = PLAN.model_copy(update={"asked_at": f"{HOST}/venues", "page": f"{HOST}/shows"})
    assert match(Query(text="everything", site=f"{HOST}/venues"), intent(subject=""), plan) is None
    assert match(Query(text="shows", site=f"{HOST}/venues"), intent(), plan) is not None
    assert match(Query(text="shows", site="https://elsewhere.example/venues"), intent(), plan) is None


@requirement("PROVE-5")
def test_a_tools_own_question_is_answered_by_its_own_values() -> None:
    plan = concerts(says(Topic.KEYWORDS, "gathering"))
    assert match(Query(text="Concerts"), plan.intent, plan) == plan.defaults()
    later = plan.intent.model_copy(update={"constraints": (*plan.intent.constraints, says(Topic.PLACE, "Oakland"))})
    assert match(Query(text="Concerts"), later, plan) == {"category": "Music", "city": "Oakland"}
