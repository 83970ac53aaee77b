"""The job that learns a tool and answers the question with it."""

from __future__ import annotations

from domain.errors import APPROVAL
from domain.events import EventSink
from domain.job import Job
from domain.plan import Query
from domain.values import JsonObject
from school.answers import answered
from school.app import School
from school.approvals import REVIEW
from school.ask import ask
from school.questions import with_answer
from school.steps import Steps


async def learn_job(school: School, job: Job, steps: Steps, on_progress: EventSink) -> JsonObject:
    """Answer the job's question, learning a tool when none answers; returns the object of CLI-2.

    Raises:
        SchoolError: see ask.
    """
    query = asked(job)
    fresh = job.input.get("fresh") is True and not approved_version(job)
    answer = await ask(school, query, owner=job.owner, fresh=fresh, on_progress=on_progress, steps=steps)
    return answered(answer)


def asked(job: Job) -> Query:
    """Return the job's question with all answers to the questions that came back."""
    query = Query.model_validate(job.input["query"])
    for answer in answers_of(job):
        query = with_answer(query, str(answer["field"]), str(answer["text"]))
    return query


def approved_version(job: Job) -> bool:
    """Tell whether a person approved the version that this job had made: then it answers, and none is made anew."""
    return any(str(answer["field"]).startswith(f"{APPROVAL}{REVIEW}:") for answer in answers_of(job))


def answers_of(job: Job) -> list[JsonObject]:
    """Return the answers so far; each has ``field``, ``text`` and ``by_person``."""
    answers = job.input.get("answers")
    return [answer for answer in answers if isinstance(answer, dict)] if isinstance(answers, list) else []
