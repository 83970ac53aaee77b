"""Distance on the earth."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

KM_PER_MILE = 1.609344
EARTH_RADIUS_MILES = 6371.0088 / KM_PER_MILE  # mean radius, IUGG


def distance_miles(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance in miles between two points given in degrees."""
    rise, run = radians(lat2 - lat1), radians(lon2 - lon1)
    chord = sin(rise / 2) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(run / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * asin(sqrt(min(1.0, chord)))
