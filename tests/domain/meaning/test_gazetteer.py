import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.meaning import gazetteer
from tests.requirements import requirement


@requirement("PLAN-2")
@pytest.mark.parametrize(
    ("name", "city", "region", "country"),
    [
        ("SF", "San Francisco", "CA", "US"),
        ("NYC", "New York", "NY", "US"),
        ("new york", "New York", "NY", "US"),
        ("LA", "Los Angeles", "CA", "US"),
        ("Philly", "Philadelphia", "PA", "US"),
        ("Washington, DC", "Washington", "DC", "US"),
        ("Portland, ME", "Portland", "ME", "US"),
        ("Phoenix AZ", "Phoenix", "AZ", "US"),
        ("the city of Oakland", "Oakland", "CA", "US"),
        ("Vancouver, BC", "Vancouver", "02", "CA"),
        ("London, Ontario", "London", "08", "CA"),
        ("London", "London", "ENG", "GB"),
        ("München", "Munich", "02", "DE"),
        ("St. Louis", "St. Louis", "MO", "US"),
        ("Yountville", "Yountville", "CA", "US"),
    ],
)
def test_cities_are_found_by_name_nickname_and_state(name: str, city: str, region: str, country: str) -> None:
    place = gazetteer.find(name)
    assert place is not None
    assert (place.name, place.region, place.country) == (city, region, country)


def test_a_place_has_its_centre_and_zone() -> None:
    tokyo = gazetteer.find("Tokyo")
    assert tokyo is not None
    assert tokyo.timezone == "Asia/Tokyo"
    assert (round(tokyo.latitude), round(tokyo.longitude)) == (36, 140)


@pytest.mark.parametrize(
    ("name", "kind"), [("California", "state"), ("Alberta", "state"), ("France", "country"), ("the Bay Area", "region")]
)
def test_states_countries_and_regions_are_places_too(name: str, kind: str) -> None:
    assert gazetteer.known(name)[0].kind == kind


def test_a_state_whose_name_a_city_took_keeps_a_name_of_its_own() -> None:
    state = gazetteer.find("Washington state")
    assert state is not None
    assert state.name == "Washington State"
    assert gazetteer.find(state.name) == state


def test_towns_are_the_same_with_and_without_the_warmed_index() -> None:
    scanned = gazetteer.candidates("Yountville")
    gazetteer.warm(towns=True)
    assert gazetteer.candidates("Yountville") == scanned


def test_namesakes_come_largest_first_and_are_ambiguous_unless_one_dwarfs_the_others() -> None:
    portlands = gazetteer.candidates("Portland")
    assert [p.region for p in portlands[:2]] == ["OR", "ME"]
    assert [
        n
        for n in ("Springfield", "Portland", "Georgia", "San Jose", "London", "Paris", "SF", "Utah")
        if gazetteer.is_ambiguous(n)
    ] == [
        "Springfield",
        "Portland",
        "Georgia",
    ]


def test_an_unknown_name_is_no_place() -> None:
    assert gazetteer.find("Xyzzyville") is None
    assert gazetteer.candidates("") == ()


@settings(max_examples=50)
@given(st.text(max_size=30))
def test_looking_up_any_text_never_raises(text: str) -> None:
    gazetteer.known(text, towns=False)


@requirement("PLAN-2")
def test_a_packed_index_finds_what_the_files_find() -> None:
    names = ("SF", "Portland, OR", "München", "California", "the Bay Area", "London, Ontario", "Xyzzyville")
    code = (
        "import json, sys\nfrom domain.meaning import gazetteer\ngazetteer.unpack(sys.stdin.buffer.read())\n"
        "sys.addaudithook(lambda event, _: event == 'open' and sys.exit('a file was opened'))\n"
        f"print(json.dumps([repr(gazetteer.known(n, towns=False)) for n in {names!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=gazetteer.pack(), capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()[-1000:]
    assert json.loads(done.stdout) == [repr(gazetteer.known(name, towns=False)) for name in names]


def test_the_index_of_towns_is_opened_once_and_tells_the_same_as_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("Yountville", "Half Moon Bay, CA", "Zermatt", "No Such Town", "Aach")
    for slot in ("_TOWNS", "_TOWNS_FROM"):
        monkeypatch.setattr(gazetteer, slot, [])
    _forget()
    scanned = [gazetteer.known(name) for name in names]
    opened: list[int] = []

    def opener() -> gazetteer.Lines:
        opened.append(1)
        return gazetteer.towns()

    gazetteer.towns_from(opener)
    _forget()
    assert opened == []
    assert [gazetteer.known(name) for name in names] == scanned
    assert opened == [1]
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for cached in (gazetteer._town_lines, gazetteer.known):
        cached.cache_clear()
