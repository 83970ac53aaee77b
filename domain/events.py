"""Progress of long work: one stream of events that terminals, clients and logs all read."""

from __future__ import annotations

from typing import Protocol

from domain.values import JsonObject, Value


class Progress(Value):
    """One step of long work. ``percent`` is 0 to 100 and never falls within one job."""

    stage: str
    message: str
    percent: float
    facts: JsonObject = {}


class EventSink(Protocol):
    """Takes events; must not block and must not raise."""

    def __call__(self, event: Progress) -> None:
        """Take one event."""


def ignore(event: Progress) -> None:
    """Take an event and do nothing with it."""


def never_falling(sink: EventSink) -> EventSink:
    """Return a sink that passes events on with a percentage that never falls, as clients require."""
    highest = 0.0

    def take(event: Progress) -> None:
        nonlocal highest
        highest = max(highest, event.percent)
        sink(event.model_copy(update={"percent": highest}))

    return take
