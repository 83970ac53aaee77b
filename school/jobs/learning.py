"""The job that learns a tool and answers the question with it."""

from __future__ import annotations

from domain.events import EventSink
from domain.job import Job
from domain.plan import Query
from domain.values import JsonObject
from school.answers import answered
from school.app import School
from school.ask import ask
from school.questions import with_answer
from school.steps import Steps


async def learn_job(school: School, job: Job, steps: Steps, on_progress: EventSink) -> JsonObject:
    """Answer the job's question, learning a tool when none answers; returns the object of CLI-2.

    Raises:
        SchoolError: see ask.
    """
    query = asked(job)
    fresh = job.input.get("fresh") is True
    answer = await ask(school, query, owner=job.owner, fresh=fresh, on_progress=on_progress, steps=steps)
    return answered(answer)


def asked(job: Job) -> Query:
    """Return the job's question with all answers to the questions that came back.

    Approvals that a person gave plug in here: an answer has ``field``, ``text`` and ``by_person``.
    """
    query = Query.model_validate(job.input["query"])
    answers = job.input.get("answers")
    for answer in answers if isinstance(answers, list) else []:
        if isinstance(answer, dict):
            query = with_answer(query, str(answer["field"]), str(answer["text"]))
    return query
