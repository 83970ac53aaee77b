"""Errors outlive a process: what a step raised is raised again as it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from domain.errors import NeedsApproval, NeedsInput, NothingFound, NotProved, SchoolError, TookTooLong
from domain.job import Job, JobState
from school.jobs.board import outcome
from school.jobs.problems import JobRefused, as_error, as_value, told
from tests.requirements import requirement

PROBLEMS = [
    NothingFound("Nothing there.", remedy="Look elsewhere."),
    NotProved("None passed.", tried=[{"kind": "json", "reason": "empty"}]),
    NeedsInput("Which city?", field="city", choices=("Rome", "Oslo"), remedy="Say it."),
    NeedsApproval("May it?", kind="host", subject="a.example b.example"),
    TookTooLong("Too long."),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.code)
@requirement("PROVE-6")
def test_an_error_comes_back_with_class_code_remedy_and_facts(problem: SchoolError) -> None:
    again = as_error(json.loads(json.dumps(as_value(problem))))
    assert type(again) is type(problem)
    assert str(again) == str(problem)
    assert vars(again) == vars(problem)
    assert again.as_json() == problem.as_json()


@requirement("PROVE-6")
def test_an_error_of_a_class_that_is_gone_keeps_its_words() -> None:
    again = as_error({"class": "Gone", "code": "gone", "message": "It broke.", "remedy": "Mend it.", "facts": {}})
    assert (type(again), again.message, again.remedy) == (SchoolError, "It broke.", "Mend it.")


def job(state: JobState, **given: object) -> Job:
    now = datetime.now(UTC)
    values = {"id": "j", "owner": "ada", "kind": "learn", "input": {}, "created_at": now, "updated_at": now}
    return Job.model_validate({**values, "state": state, **given})


@requirement("PROVE-6", "PLAN-5")
def test_a_jobs_end_is_its_result_its_question_or_its_error() -> None:
    assert outcome(job(JobState.DONE, result={"rows": []})) == {"rows": []}
    with pytest.raises(NeedsInput) as asked:
        outcome(job(JobState.NEEDS_INPUT, question={"text": "Which?", "field": "city", "choices": ["Rome"]}))
    assert (asked.value.field, asked.value.choices) == ("city", ("Rome",))
    question = {"text": "May it?", "field": "approve:host:a.example b.example", "choices": []}
    with pytest.raises(NeedsApproval):
        outcome(job(JobState.NEEDS_INPUT, question=question))
    with pytest.raises(NothingFound, match="Nothing there"):
        outcome(job(JobState.FAILED, error=told(PROBLEMS[0])))
    with pytest.raises(JobRefused):
        outcome(job(JobState.CANCELLED))
