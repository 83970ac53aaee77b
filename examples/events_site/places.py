"""Places of the site and the cities around each of them.

City centres are GeoNames' own (CC BY 4.0), five decimals, so that a distance measured by anyone who
uses GeoNames starts from the same point. ``reach_miles`` is how far from a centre its events lie.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class City:
    """One city: its centre in degrees and the share of its place's events that it holds."""

    name: str
    latitude: float
    longitude: float
    reach_miles: float
    weight: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """One discovery page: a main city, its neighbours, a time zone and the usual currency."""

    slug: str
    name: str
    region: str
    region_code: str
    country: str
    country_code: str
    timezone: str
    currency: str
    cities: tuple[City, ...]

    @property
    def api_id(self) -> str:
        """The id that the site's endpoints take."""
        return f"discplace-{self.slug.ljust(15, '0')}"

    @property
    def centre(self) -> City:
        """The main city, which gives the place its coordinate."""
        return self.cities[0]

    def city(self, name: str) -> City:
        """The city of that name.

        Raises:
            KeyError: the place has no such city.
        """
        for city in self.cities:
            if city.name == name:
                return city
        raise KeyError(name)


def _city(name: str, latitude: float, longitude: float, reach_miles: float, weight: int) -> City:
    return City(name=name, latitude=latitude, longitude=longitude, reach_miles=reach_miles, weight=weight)


PLACES: tuple[Place, ...] = (
    Place(
        slug="sf",
        name="San Francisco",
        region="California",
        region_code="CA",
        country="United States",
        country_code="US",
        timezone="America/Los_Angeles",
        currency="USD",
        cities=(
            _city("San Francisco", 37.77493, -122.41942, 6.4, 40),
            _city("Oakland", 37.80437, -122.2708, 5.2, 13),
            _city("Berkeley", 37.87159, -122.27275, 2.6, 11),
            _city("San Jose", 37.33939, -121.89496, 6.0, 9),
            _city("Palo Alto", 37.44188, -122.14302, 2.8, 8),
            _city("Mountain View", 37.38605, -122.08385, 2.6, 5),
            _city("Daly City", 37.70577, -122.46192, 2.2, 5),
            _city("San Mateo", 37.56299, -122.32553, 2.4, 4),
            _city("Redwood City", 37.48522, -122.23635, 2.4, 3),
            _city("Sunnyvale", 37.36883, -122.03635, 2.6, 2),
        ),
    ),
    Place(
        slug="nyc",
        name="New York",
        region="New York",
        region_code="NY",
        country="United States",
        country_code="US",
        timezone="America/New_York",
        currency="USD",
        cities=(
            _city("New York", 40.71427, -74.00597, 6.0, 60),
            _city("Brooklyn", 40.6501, -73.94958, 4.5, 28),
            _city("Jersey City", 40.72816, -74.07764, 2.2, 7),
            _city("Hoboken", 40.74399, -74.03236, 1.4, 5),
        ),
    ),
    Place(
        slug="la",
        name="Los Angeles",
        region="California",
        region_code="CA",
        country="United States",
        country_code="US",
        timezone="America/Los_Angeles",
        currency="USD",
        cities=(
            _city("Los Angeles", 34.05223, -118.24368, 8.5, 62),
            _city("Santa Monica", 34.01949, -118.49138, 2.2, 18),
            _city("Pasadena", 34.14778, -118.14452, 3.0, 12),
            _city("Long Beach", 33.76696, -118.18923, 4.0, 8),
        ),
    ),
    Place(
        slug="london",
        name="London",
        region="England",
        region_code="ENG",
        country="United Kingdom",
        country_code="GB",
        timezone="Europe/London",
        currency="GBP",
        cities=(
            _city("London", 51.50853, -0.12574, 7.5, 82),
            _city("Croydon", 51.38333, -0.1, 2.5, 9),
            _city("Richmond", 51.46171, -0.30633, 2.0, 9),
        ),
    ),
    Place(
        slug="berlin",
        name="Berlin",
        region="Berlin",
        region_code="BE",
        country="Germany",
        country_code="DE",
        timezone="Europe/Berlin",
        currency="EUR",
        cities=(
            _city("Berlin", 52.52437, 13.41053, 9.0, 84),
            _city("Potsdam", 52.39886, 13.06566, 3.0, 16),
        ),
    ),
    Place(
        slug="tokyo",
        name="Tokyo",
        region="Tokyo",
        region_code="13",
        country="Japan",
        country_code="JP",
        timezone="Asia/Tokyo",
        currency="JPY",
        cities=(
            _city("Tokyo", 35.6895, 139.69171, 8.0, 78),
            _city("Yokohama", 35.43333, 139.65, 4.0, 14),
            _city("Kawasaki", 35.52056, 139.71722, 2.5, 8),
        ),
    ),
    Place(
        slug="seattle",
        name="Seattle",
        region="Washington",
        region_code="WA",
        country="United States",
        country_code="US",
        timezone="America/Los_Angeles",
        currency="USD",
        cities=(
            _city("Seattle", 47.60621, -122.33207, 6.0, 68),
            _city("Bellevue", 47.61038, -122.20068, 3.0, 16),
            _city("Redmond", 47.67399, -122.12151, 2.5, 9),
            _city("Tacoma", 47.25288, -122.44429, 4.0, 7),
        ),
    ),
    Place(
        slug="austin",
        name="Austin",
        region="Texas",
        region_code="TX",
        country="United States",
        country_code="US",
        timezone="America/Chicago",
        currency="USD",
        cities=(
            _city("Austin", 30.26715, -97.74306, 7.5, 86),
            _city("Round Rock", 30.50826, -97.6789, 3.0, 14),
        ),
    ),
    Place(
        slug="paris",
        name="Paris",
        region="Île-de-France",
        region_code="IDF",
        country="France",
        country_code="FR",
        timezone="Europe/Paris",
        currency="EUR",
        cities=(
            _city("Paris", 48.85341, 2.3488, 4.5, 78),
            _city("Montreuil", 48.86415, 2.44322, 1.8, 8),
            _city("Boulogne-Billancourt", 48.83545, 2.24128, 1.6, 8),
            _city("Saint-Denis", 48.93564, 2.35387, 1.8, 6),
        ),
    ),
    Place(
        slug="toronto",
        name="Toronto",
        region="Ontario",
        region_code="ON",
        country="Canada",
        country_code="CA",
        timezone="America/Toronto",
        currency="CAD",
        cities=(
            _city("Toronto", 43.70643, -79.39864, 8.0, 80),
            _city("Mississauga", 43.5789, -79.6583, 4.0, 12),
            _city("Markham", 43.86682, -79.2663, 3.5, 8),
        ),
    ),
    Place(
        slug="singapore",
        name="Singapore",
        region="Singapore",
        region_code="SG",
        country="Singapore",
        country_code="SG",
        timezone="Asia/Singapore",
        currency="SGD",
        cities=(_city("Singapore", 1.28967, 103.85007, 8.0, 100),),
    ),
    Place(
        slug="bengaluru",
        name="Bengaluru",
        region="Karnataka",
        region_code="KA",
        country="India",
        country_code="IN",
        timezone="Asia/Kolkata",
        currency="INR",
        cities=(_city("Bengaluru", 12.97194, 77.59369, 8.0, 100),),
    ),
)

PLACE_BY_SLUG = {place.slug: place for place in PLACES}
