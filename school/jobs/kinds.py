"""The kinds of jobs: by name, each a function that is loaded when its first job is worked on.

A kind is ``async def work(school, job, steps, on_progress) -> JsonObject``. It runs again from its beginning after a
crash, and every ``steps.do`` then gives back what it gave before; so whatever it does beside its steps must follow
from its input and the steps' results alone. It raises NeedsInput to ask; ``job.input["answers"]`` then holds one more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import cast

from domain.events import EventSink
from domain.job import Job
from domain.values import JsonObject
from school.app import School
from school.steps import Steps

Kind = Callable[[School, Job, Steps, EventSink], Awaitable[JsonObject]]

_KINDS = {
    "learn": "school.jobs.learning:learn_job",
    "repair": "school.jobs.repairing:repair_job",
    "import": "school.jobs.importing:import_job",
}


def register(name: str, place: str) -> None:
    """Add a kind: ``place`` is "package.module:function". Every worker of one queue must know the same kinds."""
    _KINDS[name] = place


def kind(name: str) -> Kind:
    """Return the function of a kind.

    Raises:
        KeyError: there is no such kind.
    """
    module, _, function = _KINDS[name].partition(":")
    return cast("Kind", getattr(import_module(module), function))
