"""A place, apart from the plan: workflows carry it into every child, and the plan's models are large."""

from __future__ import annotations

from domain.values import Value


class Place(Value):
    """A place with its centre in degrees and its IANA time zone."""

    name: str
    latitude: float
    longitude: float
    timezone: str
    country: str = ""
    region: str = ""
