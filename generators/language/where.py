"""Places in a query."""

from __future__ import annotations

import re
from typing import Final

from domain.meaning import gazetteer
from domain.meaning.aliases import ALIASES, SHORT
from domain.meaning.geo import distance_miles
from domain.meaning.words import fold, singular
from domain.plan import Place, Relation, Topic
from generators.language.lexicon import ASKING, COMMON_WORDS, FUNCTION, LANGUAGES, RECORD_NOUNS, STATE_WORDS
from generators.language.reading import Reading

LONGEST_NAME = 5  # words of a place's name, its state included
_STRONG = re.compile(
    r"(?<![\w'-])(?P<prep>in and around|in or near|in|inside|near(?: to)?|nearby|around|close to|"
    r"outside(?: of)?|across|throughout|"
    r"all over|over in|out of|within|based in|located in|at|from|to|visit(?:ing)?)(?P<article>(?: "
    r"the)?(?: (?:city|town|state|area|region) of)?"
    r"(?: (?:downtown|central|greater))?) (?=\w)"
)
_WEAK: Final = frozenset({"at", "from", "to", "visit", "visiting", "for"})
"""Words before a place that as often stand before something else; towns are not looked for behind them."""
_NEAR: Final = frozenset({"near", "near to", "nearby", "around", "close to", "in and around", "in or near"})
_NOT_A_PLACE = re.compile(
    r"\b(?:interested|interest|written|built|programmed|coded|developed|dubbed|participate|"
    r"participating|believe|join|joining|specialised|specialized)$"
)
_TOKEN = re.compile(r"(?:[a-z]\.){2,}|[^\W_][\w'&-]*\.?")
_COORDINATES = re.compile(r"\(?\s?(?P<latitude>-?\d{1,2}\.\d{2,}),\s?(?P<longitude>-?\d{1,3}\.\d{2,})\s?\)?")
_CERTAIN, _LIKELY, _GUESSED, _UNSURE = 1.0, 0.8, 0.6, 0.4
_SURROUNDINGS_MILES = 30.0
_SIZE_OF_A_NAME = 90_000  # people from which on a bare capitalised name is taken as a place


def read_coordinates(reading: Reading) -> tuple[float, float] | None:
    """Take coordinates such as "(37.77, -122.42)" and return them in degrees."""
    for found in reading.find(_COORDINATES):
        latitude, longitude = float(found["latitude"]), float(found["longitude"])
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            reading.take(*found.span())
            return latitude, longitude
    return None


def read_places(reading: Reading, centre: tuple[float, float] | None = None) -> None:
    """Read the places after prepositions and distances; failing those, names that stand by themselves.

    ``centre`` replaces the first place's own centre. A name with rivals of its size gets a confidence
    below one half, and all its candidates go to ``reading.places``.
    """
    for found in list(reading.find(_STRONG)):
        if reading.is_free(*found.span()) and not _NOT_A_PLACE.search(reading.plain[: found.start()].rstrip()):
            _read_after(reading, found)
    for constraint in [c for c in reading.constraints if c.topic is Topic.DISTANCE]:
        _read_after_distance(reading, constraint.end)
    if not reading.has(Topic.PLACE):
        _read_bare(reading)
    if centre is not None:
        _move_to(reading, centre)


def _read_after(reading: Reading, found: re.Match[str]) -> None:
    near = found["prep"] in _NEAR or reading.has(Topic.DISTANCE)
    relation = Relation.WITHIN if near else Relation.EQUALS
    start, begin = found.end(), found.start()
    negated = re.search(r"(?:\b(?:but |that are |which are )?(?:not|except|excluding|n't) )$", reading.plain[:begin])
    if negated or found["prep"].startswith("outside"):
        relation, begin = Relation.NOT_EQUALS, negated.start() if negated else begin
    while (end := _longest(reading, start, towns=found["prep"] not in _WEAK)) is not None:
        if found["prep"] in _WEAK and not _stands_out(reading, start, end):
            break
        _add(reading, (start, end), (begin, end), relation, _CERTAIN)
        end = _past_surroundings(reading, end)
        more = re.match(r"(?:,? (?:and|or|and/or)|,) (?:in |near |around )?(?=\w)", reading.plain[end:])
        if more is None or (more[0] == ", " and not reading.cased[end + 2].isupper()):
            break
        begin, start = end, end + more.end()


def _past_surroundings(reading: Reading, end: int) -> int:
    """Take a place's kind, and the larger one that a small one lies in ("Hackney, London"); return where it ends."""
    kind = _KIND_OF_PLACE.match(reading.plain, end)
    if kind is not None and reading.is_free(*kind.span()):
        reading.take(*kind.span())
        end = kind.end()
    comma = re.match(r", (?=[a-z])", reading.plain[end:])
    outer = _longest(reading, end + comma.end(), towns=False) if comma else None
    if comma is None or outer is None or re.match(r",? (?:and|or) |, ", reading.plain[outer:]):
        return end
    inside = reading.places[-1]
    around = gazetteer.known(reading.as_written(end + comma.end(), outer))[0].place
    apart = distance_miles(inside.latitude, inside.longitude, around.latitude, around.longitude)
    if apart > _SURROUNDINGS_MILES:
        return end
    reading.take(end, outer)
    return outer


_KIND_OF_PLACE = re.compile(r" (?:county|district|province|borough|parish|canton|municipality)(?!\w)")


def _stands_out(reading: Reading, start: int, end: int) -> bool:
    """Return whether a name has its capital and is not the beginning of a longer name ("to Phoenix Suns")."""
    written = reading.as_written(start, end)
    longer = re.match(r" [A-Z0-9]", reading.cased[end:])
    return written[0].isupper() and not longer and _is_own_name(written)


def _is_own_name(written: str) -> bool:
    """Return whether a place is called so in the first place, not in some other language or spelling."""
    key = fold(written)
    first = gazetteer.known(written)[:1]
    named = any(k.kind != "city" or key.startswith(fold(k.place.name)) for k in first)
    return key in ALIASES or (named and key not in ASKING | FUNCTION | RECORD_NOUNS)


def _read_after_distance(reading: Reading, offset: int) -> None:
    """Read the place right behind "within 5 miles of", whose "of" the distance took."""
    start = next((i for i in range(len(reading.plain)) if reading.span(i, i + 1)[0] >= offset), None)
    if start is None:
        return
    skipped = re.match(
        r" ?(?:(?:of|from|around|away from) )?(?:the )?(?:(?:city|town) of )?(?:downtown )?", reading.plain[start:]
    )
    begin, start = start, start + (skipped.end() if skipped else 0)
    end = _longest(reading, start, towns=True)
    if end is not None:
        _add(reading, (start, end), (begin, end), Relation.WITHIN, _CERTAIN)


def _longest(reading: Reading, start: int, *, towns: bool) -> int | None:
    """Return the end of the longest place name that starts here."""
    ends: list[int] = []
    position = start
    for _ in range(LONGEST_NAME):
        token = _TOKEN.match(reading.plain, position)
        if token is None or not reading.is_free(*token.span()):
            break
        end = token.end() - len(token[0]) + len(token[0].rstrip(".'-"))
        ends.append(token.end() if re.search(r"\.\w+\.$|\b[a-z]\.[a-z]\.$", token[0]) else end)
        gap = re.match(r",? ", reading.plain[token.end() :])
        if gap is None:
            break
        position = token.end() + gap.end()
    for end in reversed(ends):
        if _names_place(reading, start, end, towns=False):
            return end
    for end in reversed(ends[:3] if towns and reading.cased[start : start + 1].isupper() else []):
        written = reading.as_written(start, end)
        if all(w[0].isupper() for w in written.split()) and _names_place(reading, start, end, towns=True):
            return end
    return None


def _names_place(reading: Reading, start: int, end: int, *, towns: bool) -> bool:
    name = reading.plain[start:end]
    *_, last = re.split(r"[ ,]+", name)
    written = reading.cased[end - len(last) : end]
    if last in STATE_WORDS and " " in name and not (written[0].isupper() or end == len(reading.plain)):
        return False
    if fold(name) in LANGUAGES or not gazetteer.known(name, towns=towns):
        return False
    lower = not reading.cased[start].isupper()
    if fold(name) in SHORT and lower and end < len(reading.plain) and reading.plain[end] == " ":
        following = reading.plain[end + 1 :].split(" ", 1)[0]
        return following in {"on", "for", "this", "next", "area", "and", "with", "under", "that", "tomorrow", "today"}
    return not (lower and fold(name) in COMMON_WORDS | ASKING | FUNCTION) and fold(name) not in RECORD_NOUNS


def _add(
    reading: Reading, name: tuple[int, int], where: tuple[int, int], relation: Relation, confidence: float
) -> None:
    written = reading.as_written(*name)
    found = gazetteer.known(written)
    ambiguous = gazetteer.is_ambiguous(written)
    area = re.match(r" (?:metropolitan |metro |bay )?(?:area|region)\b", reading.plain[name[1] :])
    end = name[1] + (area.end() if area else 0)
    reading.places.extend(k.place for k in (found[:5] if ambiguous else found[:1]))
    reading.add(
        Topic.PLACE,
        Relation.WITHIN if area else relation,
        found[0].place.name,
        (where[0], end),
        name=found[0].kind,
        confidence=_UNSURE if ambiguous else confidence,
    )


def _read_bare(reading: Reading) -> None:
    """Read "San Francisco events", "hip-hop parties SF": a whole run of capitalised words that is a large place."""
    for start, end in _capitalised_runs(reading):
        name = reading.as_written(start, end)
        key = fold(name)
        found = gazetteer.known(name, towns=False)
        large = key in ALIASES or any(k.kind != "city" or k.population >= _SIZE_OF_A_NAME for k in found[:1])
        if not found or not large or not _is_own_name(name) or (key in COMMON_WORDS and start == 0):
            continue
        if re.match(
            r"(?:'s)? (?:is|are|was|were|vs|sounds?|looks?|will|would|"
            r"playing|plays?)\b",
            reading.plain[end:],
        ):
            continue
        _add(reading, (start, end), (start, end), Relation.EQUALS, _LIKELY)
    if not reading.has(Topic.PLACE) and reading.plain == reading.cased:
        _read_leading(reading)


def _read_leading(reading: Reading) -> None:
    """Read "berkeley farmers markets": a large place at the beginning of a question without any capitals."""
    end = _longest(reading, 0, towns=False)
    if end is None or end >= len(reading.plain) or reading.plain[end] != " ":
        return
    name = reading.as_written(0, end)
    first = gazetteer.known(name)[0]
    if fold(name) in ALIASES or (first.population >= _SIZE_OF_A_NAME and _is_own_name(name)):
        _add(reading, (0, end), (0, end), Relation.EQUALS, _GUESSED)


def _capitalised_runs(reading: Reading) -> list[tuple[int, int]]:
    runs = re.finditer(r"(?<![\w'-])[A-Z][\w.'-]*(?:,? [A-Z][\w.'-]*)*", reading.cased)
    free: list[tuple[int, int]] = []
    for run in runs:
        start, end = run.span()
        end = start + len(run[0].rstrip(".,'-"))
        first = re.match(r"([A-Z][\w'-]*) ", run[0])
        if first and (first[1].casefold() in ASKING | FUNCTION or singular(first[1].casefold()) in RECORD_NOUNS):
            start += first.end()
        if start < end and reading.is_free(start, end):
            free.append((start, end))
    return free


def _move_to(reading: Reading, centre: tuple[float, float]) -> None:
    latitude, longitude = centre
    if reading.places:
        reading.places[0] = reading.places[0].model_copy(update={"latitude": latitude, "longitude": longitude})
    else:
        name = f"{latitude},{longitude}"
        reading.places.append(Place(name=name, latitude=latitude, longitude=longitude, timezone="UTC"))
