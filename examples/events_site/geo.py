"""Distances on a sphere, and points that no rounding can move across a whole number of miles."""

import math
from random import Random

from examples.events_site.places import City, Place

EARTH_RADIUS_MILES = 3958.7613
"""Mean radius (IUGG), 6371.0088 km."""
KM_PER_MILE = 1.609344
CLEARANCE_MILES = 0.05
"""How far every event stays from a ring that a query could draw."""
_RINGS_MILES = (*map(float, range(1, 51)), *(km / KM_PER_MILE for km in range(5, 81, 5)))


def miles_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance in miles between two points in degrees (haversine)."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half_phi = (other_phi - phi) / 2
    half_lambda = math.radians(other_longitude - longitude) / 2
    root = math.sin(half_phi) ** 2 + math.cos(phi) * math.cos(other_phi) * (math.sin(half_lambda) ** 2)
    return 2 * EARTH_RADIUS_MILES * math.asin(math.sqrt(root))


def point_near(city: City, place: Place, *, rounded: bool, draw: Random) -> tuple[float, float]:
    """A point within the city's reach that keeps clear of every ring around the place's centres."""
    digits = 2 if rounded else 5
    while True:
        reach = city.reach_miles * math.sqrt(draw.random())
        bearing = draw.uniform(0, 2 * math.pi)
        north = math.degrees(reach * math.cos(bearing) / EARTH_RADIUS_MILES)
        east = math.degrees(reach * math.sin(bearing) / EARTH_RADIUS_MILES)
        latitude = round(city.latitude + north, digits)
        longitude = round(city.longitude + east / math.cos(math.radians(city.latitude)), digits)
        if all(_is_clear(latitude, longitude, centre) for centre in place.cities):
            return latitude, longitude


def _is_clear(latitude: float, longitude: float, centre: City) -> bool:
    distance = miles_between(latitude, longitude, centre.latitude, centre.longitude)
    return all(abs(distance - ring) >= CLEARANCE_MILES for ring in _RINGS_MILES)
