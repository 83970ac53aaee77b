"""From a question to an Intent, by rules."""

from __future__ import annotations

from datetime import datetime

from domain.errors import InvalidQuery
from domain.plan import Intent, Topic
from generators.language.amounts import read_comparisons, read_distances, read_numbers, read_prices
from generators.language.asides import read_asides, read_kinds_of_parts
from generators.language.attributes import read_attributes, read_identifiers, read_named, read_people, read_series
from generators.language.clauses import read_clauses, read_said_where
from generators.language.content import (
    read_beginnings,
    read_content,
    read_negated,
    read_portions,
    read_quoted,
    read_writes,
)
from generators.language.denial import read_denials
from generators.language.ordering import read_order
from generators.language.reading import Reading
from generators.language.wanted import read_wanted
from generators.language.when import read_dates, read_times
from generators.language.where import read_coordinates, read_places


def understand(text: str, now: datetime) -> Intent:
    """Return what the query says, before any source is seen.

    ``now`` is the asker's clock with its zone; its calendar day decides what days without a year mean.
    DATE values are ISO days or relative phrases, a range being one FROM and one TO. PLACE constraints have
    the kind of place as ``name`` (city, state, country, region), and a confidence below one half when
    namesakes should be asked about; ``places`` then holds the candidates. AVAILABILITY is "sold_out" or
    "available". KEYWORDS all apply, save those named ``any``, of which one is enough.

    Raises:
        InvalidQuery: the text is empty, or names a day or time that does not exist.
    """
    reading = Reading(text)
    if not any(character.isalnum() for character in reading.plain):
        raise InvalidQuery("The question is empty.", remedy='Ask for something, such as "jazz concerts in Berkeley".')
    writes = read_writes(reading)
    centre = read_coordinates(reading)
    read_portions(reading)
    read_quoted(reading)
    read_beginnings(reading)
    read_asides(reading)
    read_said_where(reading)
    read_comparisons(reading)
    read_prices(reading)
    read_distances(reading)
    read_dates(reading, now.date())
    read_times(reading)
    read_named(reading)
    read_order(reading)
    read_attributes(reading)
    read_people(reading)
    read_places(reading, centre)
    read_kinds_of_parts(reading)
    read_identifiers(reading)
    read_clauses(reading)
    read_wanted(reading)
    read_numbers(reading)
    read_series(reading)
    read_denials(reading)
    read_negated(reading)
    read_content(reading)
    constraints = sorted(reading.constraints, key=lambda c: (c.start, c.end, c.topic is Topic.DETAIL))
    return Intent(
        text=text,
        subject=reading.subject,
        constraints=tuple(constraints),
        wanted=tuple(reading.wanted),
        places=tuple(dict.fromkeys(reading.places)),
        writes=writes,
    )
