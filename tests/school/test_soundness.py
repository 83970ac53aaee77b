"""What tells a tool that works from one whose site changed, and what a repair may not break by itself."""

from __future__ import annotations

import pytest

from domain.plan import Field, FieldType, Parameter
from domain.policy import HostRule, Policy
from domain.values import JsonObject
from generators.emit import describe
from registry.profiles import profile
from school.promises import face_changes, in_place_of, wider
from school.soundness import drift
from tests.registry.making import make_version
from tests.requirements import requirement

ROWS: list[JsonObject] = [{"name": "Jazz", "price": 5, "note": None}, {"name": "Blues", "price": 7.5, "note": "late"}]
BEFORE = profile([ROWS, ROWS, ROWS])


@requirement("REG-4", "DRIFT-4")
@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (ROWS, []),
        ([{"name": "Soul", "price": 3, "note": None}] * 4, []),  # a field that was seldom filled may be empty
        ([], []),  # nothing today is no change of fields
        (
            [{"name": "Soul", "price": None, "note": "x"}] * 4,
            ["Field price is empty in all 4 rows; it was filled in 100%."],
        ),
        ([{"name": ["Soul"], "price": 3, "note": "x"}] * 4, ["Field name is of type array; it was string."]),
    ],
)
def test_rows_drift_when_a_field_is_empty_or_of_another_type(rows: list[JsonObject], found: list[str]) -> None:
    assert drift(BEFORE, rows) == found


@requirement("REG-4")
def test_a_policy_that_lets_in_more_is_told_host_by_host() -> None:
    old = Policy(hosts=(HostRule(host="a.example"),))
    new = Policy(
        hosts=(HostRule(host="a.example"), HostRule(host="b.example")),
        methods=("GET", "HEAD", "POST"),
        secrets=("key",),
    )
    assert wider(old, new) == (
        "It would newly ask host b.example.",
        "It would newly use method POST.",
        "It would newly use secret key.",
    )
    assert wider(new, old) == ()


@requirement("REG-4")
def test_parameters_and_required_fields_may_not_go_by_themselves() -> None:
    plan = make_version().plan.model_copy(
        update={
            "parameters": (Parameter(name="city", type=FieldType.STRING, description="where"),),
            "fields": (
                Field(name="title", type=FieldType.STRING, locator="title", required=True),
                Field(name="note", type=FieldType.STRING, locator="note"),
            ),
        }
    )

    before = make_version().model_copy(update={"plan": plan, "tool": describe(plan)})
    assert face_changes(before, plan) == ()
    [title, _] = plan.fields
    narrower = plan.model_copy(
        update={
            "parameters": (Parameter(name="page", type=FieldType.INTEGER, description="which", required=True),),
            "fields": (title.model_copy(update={"type": FieldType.INTEGER}),),
        }
    )
    assert face_changes(before, narrower) == (
        "Parameter city would be gone.",
        "Parameter page would be required.",
        "Field title would be of type integer, it was string.",
    )
    assert in_place_of(before, narrower).tool_name == before.name
