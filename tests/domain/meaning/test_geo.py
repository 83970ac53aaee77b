import math

from hypothesis import given
from hypothesis import strategies as st

from domain.meaning.geo import KM_PER_MILE, distance_miles
from tests.requirements import requirement

latitudes = st.floats(min_value=-90, max_value=90)
longitudes = st.floats(min_value=-180, max_value=180)


@requirement("PLAN-3")
def test_distance_from_san_francisco_to_los_angeles_is_347_miles() -> None:
    assert round(distance_miles(37.7749, -122.4194, 34.0522, -118.2437)) == 347


def test_a_quarter_of_the_equator_is_a_quarter_of_the_circumference() -> None:
    assert math.isclose(distance_miles(0, 0, 0, 90) * KM_PER_MILE, 10007.56, rel_tol=1e-4)


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_symmetric_and_at_most_half_the_globe(a: float, b: float, c: float, d: float) -> None:
    there, back = distance_miles(a, b, c, d), distance_miles(c, d, a, b)
    assert math.isclose(there, back, abs_tol=1e-6)
    assert 0 <= there <= 12_452


@given(latitudes, longitudes)
def test_a_point_is_at_no_distance_from_itself(a: float, b: float) -> None:
    assert distance_miles(a, b, a, b) == 0
