"""Prices, distances and other numbers with a bound."""

from __future__ import annotations

import re
from typing import Final

from domain.meaning import money
from domain.meaning.numerals import NUMERAL, numeral
from domain.meaning.words import singular
from domain.plan import Relation, Topic
from generators.language.lexicon import ASKING, FUNCTION, RECORD_NOUNS
from generators.language.reading import Reading

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_SIGN = r"(?:us|ca|c|au|a|nz|hk|s|r)?\$|[€£¥₹]"
_UNIT = (
    r"(?:(?:us |american |canadian |australian |swiss )?"
    r"(?:dollars?|bucks?|euros?|pounds?|quid|yen|rupees?|francs?|crowns?|kron(?:a|or|er?)|zloty|koruna))\b"
)
_CODE = r"(?:usd|eur|gbp|jpy|chf|cad|aud|nzd|sek|nok|dkk|pln|czk|inr|cny|sgd|brl|mxn|zar)\b"
_MONEY = (
    rf"(?:(?:{_SIGN}) ?{_NUMBER}|\b{_CODE} ?{_NUMBER}|(?<![\d.,]){_NUMBER} ?(?:[€£¥$]|{_UNIT}|{_CODE})"
    rf"|\b{NUMERAL} (?:{_UNIT}|{_CODE}))"
)
_BEFORE: Final[dict[Relation, str]] = {
    Relation.LESS_THAN: r"under|below|less than|cheaper than|lower than|fewer than|smaller than|"
    r"less expensive than|<",
    Relation.AT_MOST: r"at most|up to|(?:a )?max(?:imum)?(?: of)?|no more than|not more than|not over|no higher than|"
    r"no (?:farther|further) than|not (?:exceeding|above)|<=|≤",
    Relation.MORE_THAN: r"over|above|more than|greater than|higher than|larger than|exceeding|"
    r"more expensive than|dearer than|pricier than|>",
    Relation.AT_LEAST: r"at least|(?:a )?min(?:imum)?(?: of)?|no less than|not less than|no fewer than|not below|"
    r"starting (?:at|from)|from|>=|≥",
}
_AFTER: Final[dict[Relation, str]] = {
    Relation.AT_MOST: r"or less|or under|or below|or cheaper|or lower|or fewer|and under|and below|"
    r"max(?:imum)?|at most|tops",
    Relation.AT_LEAST: r"or more|or above|or over|or higher|or greater|or better|and up|and above|and "
    r"over|and more|minimum|\+",
}
_ANY_BEFORE = "|".join(
    _BEFORE[r] for r in (Relation.AT_MOST, Relation.AT_LEAST, Relation.LESS_THAN, Relation.MORE_THAN)
)
_ANY_AFTER = "|".join(_AFTER.values())
_PRICE_WORD = (
    r"(?:(?:that |which )?(?:(?:are|is) )?(?:tickets?|entry|admission|fees?|prices?|priced|ticket "
    r"prices?|costs?|costing|"
    r"sell(?:ing)?|sold|pay(?:s|ing)?|earn(?:s|ing)?|"
    r"worth|charging)(?: (?:are|is|at|of|for|that are|costs?|costing|priced|from))*)"
)
_LEAD = rf"(?:(?:with |and |for )?(?:an? |the )?{_PRICE_WORD} )?(?:for |at |of )?(?:an? )?"
_BETWEEN = re.compile(
    rf"{_LEAD}(?:between |from )?(?P<low>{_MONEY}|(?<![\d.]){_NUMBER}) ?(?:-|to|and) ?(?P<high>{_MONEY})"
)
_EACH = r"(?:,? (?:each|per|a|an) ?(?:person|ticket|night|head|month|day|year|hour|week|seat|item|piece)?(?!\w))?"
_BOUNDED = re.compile(rf"(?<![\w-]){_LEAD}(?:only )?(?P<bound>{_ANY_BEFORE}) ?(?P<money>{_MONEY}){_EACH}")
_BOUND_AFTER = re.compile(rf"(?<![\w-]){_LEAD}(?P<money>{_MONEY}){_EACH},? ?(?P<bound>{_ANY_AFTER})(?!\w)")
_EXACT = re.compile(rf"(?<![\w-]){_LEAD}(?:exactly |about |around )?(?P<money>{_MONEY})(?!\w){_EACH}")
_ONWARD = r"(?:with|and|or|in|at|on|for|from|by|per|that|which|including|plus|sorted|ordered)\b"
"""Words that begin something new behind an amount; any other may be its unit."""
_UNSIGNED_EXACT = re.compile(
    rf"(?<![\w-])(?:priced at|(?:that |which )?costs?|costing|(?:with |at )?an? price of) "
    rf"(?P<money>{_NUMBER})(?! ?\w)"
)
_UNSIGNED = re.compile(
    rf"(?<![\w-])(?:with |and |for )?(?:an? |the )?{_PRICE_WORD} (?:(?P<bound>{_ANY_BEFORE}) "
    rf"(?P<money>{_NUMBER})(?![\d,.]*\d)(?! ?(?!{_ONWARD})\w)"
    rf"|(?P<money2>{_NUMBER}) (?P<bound2>{_ANY_AFTER})(?!\w))"
)

_FARTHEST = 2000  # miles or kilometres around a place that somebody may ask for
_MOST_STARS = 10  # above it, stars are counted rather than given
_LENGTH = r"(?P<unit>miles?|mi|kilomet(?:er|re)s?|kms?|met(?:er|re)s?|m)\b"
_DISTANCE = re.compile(
    rf"(?<![\w-])(?:(?:that (?:are|is) )?(?:with)?in(?:side)? (?:an? )?|under |(?:{_ANY_BEFORE}) |"
    rf"(?:an? )?radius of |(?:an? )?)?"
    rf"(?P<number>{_NUMBER}|{NUMERAL}|an?)(?: |-)?{_LENGTH}(?: or (?:less|closer|nearer))?(?: radius| "
    rf"distance| away)?"
    r"(?= (?:of|from|around|away|near)\b|\b)(?: (?:away )?(?:of|from|around)\b(?! (?:me|here)\b))?"
)
_ON_FOOT = re.compile(r"(?<![\w-])(?:with)?in (?:easy )?walking distance(?: (?:of|from|to)(?! (?:me|here)\b))?(?!\w)")
_STARS = re.compile(
    rf"(?<!\w)(?:(?:with )?(?:an? |the )?(?:rated|ratings?|scored?|scores?|stars)(?: of| is| "
    rf"are)? ?(?P<bound>{_ANY_BEFORE})? ?"
    rf"(?P<number>{_NUMBER}|{NUMERAL})(?: stars?)?(?: ?(?P<after>{_ANY_AFTER}))?"
    rf"(?: out of {_NUMBER})?(?![\w])(?! [a-z]{{3,}}s\b)"
    rf"|(?:with |rated "
    rf")?(?P<bound2>{_ANY_BEFORE})? ?(?P<number2>{_NUMBER}|{NUMERAL})[ -]?stars?(?: ?(?P<after2>{_ANY_AFTER}))?(?!\w))"
)
_SCALE = r"(?: ?(?P<scale>thousand|million|billion|k|bn)\b)?"
_SCALES: Final = {"thousand": 1e3, "k": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9}
_MEASURE = (
    r"(?P<measure> ?(?:%|°c|(?:percent|degrees|kilomet(?:er|re)s?|kms?|met(?:er|re)s?|m|cm|mm|miles?|mi|feet|ft|"
    r"inch(?:es)?|kg|kilos?|grams?|g|tons?|litres?|liters?|l|ml|gb|mb|tb|kb|minutes?|mins?|hours?|hrs?|h|seconds?|days?|weeks?|"
    r"months?|years?|watts?|kwh?|w|db|hz|rpm|kcal|calories|pages|words|people|sqm|sqft|m2|m²|km²|"
    r"square (?:met(?:er|re)s?|feet|miles|kilomet(?:er|re)s?))\b))?"
)
_NOUN_NUMBER = re.compile(
    rf"(?<!\w)(?:with )?(?:an? |the )?(?P<noun>[a-z][\w-]+) (?:is |are |of )?(?P<bound>{_ANY_BEFORE}) "
    rf"(?P<number>{_NUMBER}){_SCALE}{_MEASURE}(?![\w.])(?! [a-z]+s\b)"
)
_MEASURED_SO = (
    r"(?:level|size|life|speed|power|use|usage|consumption|price|weight|height|length|depth|width|capacity|range|rate|"
    r"rating|score|count|area|time|temperature|pressure|distance|salary|age|volume|resolution|limit)"
)
_WITH_NUMBER = re.compile(
    rf"(?<!\w)with (?:an? |the )?(?P<noun>[a-z][a-z-]+ {_MEASURED_SO}) (?:is |of |that is )?"
    rf"(?P<bound>{_ANY_BEFORE}) (?P<number>{_NUMBER}){_SCALE}{_MEASURE}(?![\w.])(?! [a-z]+s\b)"
)
"""A measure that has a name of two words: "with a noise level below 45 dB"."""
_LASTING = re.compile(
    rf"(?<!\w)(?:(?:that|which) )?(?:takes?|taking|lasts?|lasting|runs?|running|plays?) (?:for )?"
    rf"(?:(?P<bound>{_ANY_BEFORE}|longer than|shorter than) )?(?P<number>{_NUMBER}|{NUMERAL}|an?)[ -]?"
    rf"(?P<unit>hours?|hrs?|minutes?|mins?)(?: (?P<after>{_ANY_AFTER}))?(?!\w)"
    rf"|(?<!\w)(?:(?:that|which) )?(?:(?:are|is) )?(?P<than>longer|shorter) than (?P<number2>an?|{NUMERAL}) "
    rf"(?P<unit2>hours?|hrs?|minutes?|mins?)(?!\w)"
)
"""How long something takes, in minutes: "that take 45 minutes or less", "longer than an hour"."""
_COMPARED = re.compile(
    rf"(?<!\w)(?:(?:that|which|who) )?(?:(?:are|is|was|were) )?(?P<word>longer|shorter|taller|higher|"
    rf"deeper|wider|heavier|lighter|older|larger|bigger|smaller|faster|slower|hotter|warmer|colder) than "
    rf"(?P<number>{_NUMBER}){_SCALE}{_MEASURE}(?!\w)"
)
_COMPARATIVES: Final[dict[str, tuple[str, Relation]]] = {
    "longer": ("length", Relation.MORE_THAN),
    "shorter": ("length", Relation.LESS_THAN),
    "taller": ("height", Relation.MORE_THAN),
    "higher": ("height", Relation.MORE_THAN),
    "deeper": ("depth", Relation.MORE_THAN),
    "wider": ("width", Relation.MORE_THAN),
    "heavier": ("weight", Relation.MORE_THAN),
    "lighter": ("weight", Relation.LESS_THAN),
    "older": ("age", Relation.MORE_THAN),
    "larger": ("size", Relation.MORE_THAN),
    "bigger": ("size", Relation.MORE_THAN),
    "smaller": ("size", Relation.LESS_THAN),
    "faster": ("speed", Relation.MORE_THAN),
    "slower": ("speed", Relation.LESS_THAN),
    "hotter": ("temperature", Relation.MORE_THAN),
    "warmer": ("temperature", Relation.MORE_THAN),
    "colder": ("temperature", Relation.LESS_THAN),
}
_MEASURED = re.compile(
    rf"(?<!\w)(?:(?:that|which) (?:are|is) )?(?P<bound>{_ANY_BEFORE}) (?P<number>{_NUMBER}){_SCALE}{_MEASURE} "
    rf"(?P<word>long|high|tall|deep|wide|heavy|old|large)(?!\w)"
)
_ADJECTIVES: Final = {
    "long": "length",
    "high": "height",
    "tall": "height",
    "deep": "depth",
    "wide": "width",
    "heavy": "weight",
    "old": "age",
    "large": "size",
}
_UNIT_OF = r"(?P<measure>kilomet(?:er|re)s?|kms?|met(?:er|re)s?|m|miles?|mi|feet|ft|kg|hours?|minutes?|pages|gb|mb)"
_MEASURE_OF = re.compile(
    rf"(?<!\w)(?:with |has |have |having )?(?P<bound>{_ANY_BEFORE}) (?P<number>{_NUMBER}){_SCALE} ?{_UNIT_OF} of "
    r"(?P<noun>[a-z]{3,})(?!\w)"
)
"""A measure that is called by its own noun: "less than 300 m of ascent"."""
_BETWEEN_UNITS = re.compile(
    rf"(?<!\w)(?:between |from )(?P<low>{_NUMBER}) ?(?:{_UNIT_OF.replace('?P<measure>', '?:')} )?(?:-|to|and) ?"
    rf"(?P<number>{_NUMBER}) ?{_UNIT_OF}(?!\w)(?! (?:of|from|around|away)\b)"
)
_NUMBER_NOUN = re.compile(
    rf"(?<!\w)(?:with |has |have )?(?P<bound>{_ANY_BEFORE}) (?P<number>{_NUMBER}|{NUMERAL}) (?P<noun>[a-z][\w-]+)"
)
_NUMBER_AFTER = re.compile(rf"(?<!\w)(?:with )?(?P<number>{_NUMBER}) (?P<bound>{_ANY_AFTER}) (?P<noun>[a-z][\w-]+)")
_COUNTED = re.compile(
    rf"(?<![\w-])(?:with|having|that (?:has|have)) (?:exactly )?(?P<number>{_NUMBER}|{NUMERAL}) "
    r"(?P<noun>[a-z]{3,}s)(?![\w-])"
    rf"|(?<![\w-])(?P<number2>{_NUMBER}|{NUMERAL})[ -](?P<part>(?:bed)?room|bath(?:room)?|door|seat|storey)s?(?![\w-])"
)
"""A count that the record itself has: "with 3 rooms", "3-room flats"."""


_UNIT_NAMES: Final = {
    **dict.fromkeys(("kilometer", "kilometre", "kilometers", "kilometres", "kms"), "km"),
    **dict.fromkeys(("mi", "mile"), "miles"),
}


def read_prices(reading: Reading) -> None:
    """Read "under $100", "at most €20", "25 dollars or less", "between $10 and $30", "tickets under 50"."""
    for found in reading.find(_BETWEEN):
        unit = money.currency(found["high"]) or money.currency(found["low"])
        low, high = _amount(found["low"]), _amount(found["high"])
        if low <= high:
            reading.add(Topic.PRICE, Relation.AT_LEAST, low, found.span(), unit=unit)
            reading.add(Topic.PRICE, Relation.AT_MOST, high, found.span(), unit=unit)
    for pattern in (_BOUNDED, _BOUND_AFTER):
        for found in reading.find(pattern):
            _add_price(reading, found.span(), found["money"], _relation(found["bound"]))
    for found in reading.find(_UNSIGNED):
        bound = found["bound"] or found["bound2"]
        _add_price(reading, found.span(), found["money"] or found["money2"], _relation(bound))
    _read_exact(reading)


def _read_exact(reading: Reading) -> None:
    for pattern in (_EXACT, _UNSIGNED_EXACT):
        for found in reading.find(pattern):
            _add_price(reading, found.span(), found["money"], Relation.EQUALS)


def _add_price(reading: Reading, where: tuple[int, int], text: str, relation: Relation) -> None:
    reading.add(Topic.PRICE, relation, _amount(text), where, unit=money.currency(text))


def _amount(text: str) -> float:
    figures = re.search(_NUMBER, text)
    if figures is None:
        word = re.match(NUMERAL, text)
        return float(numeral(word[0])) if word else 0.0
    parsed = money.parse(figures[0])
    return parsed.amount if parsed else 0.0


def _relation(words: str | None) -> Relation:
    """Return what a bound says; without one the number itself is meant."""
    if not words:
        return Relation.EQUALS
    for table in (_AFTER, _BEFORE):
        for relation, pattern in table.items():
            if re.fullmatch(pattern, words):
                return relation
    return Relation.EQUALS


_LYING: Final = re.compile(
    rf"(?<![\w-])(?:(?:that|which) )?(?:(?:are|is|lie|lies|lying|situated|located) )?"
    rf"(?P<side>above|over|higher than|below|under|lower than) (?P<number>{_NUMBER}) ?"
    r"(?:m|met(?:er|re)s?|ft|feet)(?: (?:above|over) (?:the )?sea(?: level)?| high| altitude)?(?![\w-])"
    r"(?! (?:from|of|away|long|wide|deep|around)\b)"
)
"""How high something lies: nobody looks for what is farther than so many metres from somewhere."""
_READY_IN: Final = re.compile(
    rf"(?<![\w-])(?:ready |done |finished |delivered |ripe )?(?:in|within|after) (?P<number>{_NUMBER}) "
    r"(?P<unit>days|weeks|months|hours|minutes) or (?P<more>less|fewer|under|sooner|faster|quicker|more|longer)(?!\w)"
)
"""A time that something takes, and no day to come."""


def read_comparisons(reading: Reading) -> None:
    """Read "longer than 1000 km", "at least 20 m high": a measure of the record, not a distance from somewhere."""
    for found in reading.find(_LASTING):
        number = found["number"] or found["number2"]
        minutes = (1.0 if number in ("a", "an") else _count(number)) * (
            60 if (found["unit"] or found["unit2"])[0] == "h" else 1
        )
        than = found["than"] or (found["bound"] or "").removesuffix(" than")
        longer = {"longer": Relation.MORE_THAN, "shorter": Relation.LESS_THAN}.get(than)
        relation = longer or _relation(found["bound"] or found["after"])
        reading.add(Topic.NUMBER, relation, _tidy(minutes), found.span(), name="duration")
    for found in reading.find(_LYING):
        over = found["side"] in ("above", "over", "higher than")
        name = "elevation" if found["side"] in ("above", "below") else "height"
        _add_number(reading, found.span(), name, found["number"], Relation.MORE_THAN if over else Relation.LESS_THAN)
    for found in reading.find(_READY_IN):
        least = found["more"] in ("more", "longer")
        relation = Relation.AT_LEAST if least else Relation.AT_MOST
        _add_number(reading, found.span(), found["unit"], found["number"], relation)
    for found in reading.find(_WITH_NUMBER):
        reading.add(Topic.NUMBER, _relation(found["bound"]), _scaled(found), found.span(), name=found["noun"])
    for found in reading.find(_COMPARED):
        name, relation = _COMPARATIVES[found["word"]]
        reading.add(Topic.NUMBER, relation, _scaled(found), found.span(), name=name)
    for found in reading.find(_MEASURE_OF):
        if found["noun"] not in FUNCTION:
            reading.add(Topic.NUMBER, _relation(found["bound"]), _scaled(found), found.span(), name=found["noun"])
    for found in reading.find(_BETWEEN_UNITS):
        name = _UNIT_NAMES.get(found["measure"], found["measure"])
        _add_number(reading, found.span(), name, found["low"], Relation.AT_LEAST)
        _add_number(reading, found.span(), name, found["number"], Relation.AT_MOST)
    for found in reading.find(_MEASURED):
        reading.add(
            Topic.NUMBER, _relation(found["bound"]), _scaled(found), found.span(), name=_ADJECTIVES[found["word"]]
        )


def _scaled(found: re.Match[str]) -> float | int:
    return _tidy(_count(found["number"]) * _SCALES.get(found["scale"] or "", 1.0))


def read_distances(reading: Reading) -> None:
    """Read "within 5 miles", "5 km around", "no more than 10 km from", "a 3-mile radius", "walking distance"."""
    for found in reading.find(_ON_FOOT):
        reading.add(Topic.DISTANCE, Relation.WITHIN, 1, found.span(), unit="mi", confidence=0.5)
    for found in reading.find(_DISTANCE):
        unit = found["unit"]
        number = 1.0 if found["number"] in {"a", "an"} else _count(found["number"])
        if unit == "m" or unit.startswith("met"):
            if unit == "m" and not re.search("with|radius|from|of|around", found[0]):
                continue
            number, unit = number / 1000, "km"
        unit = "mi" if unit.startswith("mi") else "km"
        if _is_measure(reading, found):
            bound = re.match(rf"(?:{_ANY_BEFORE})(?= )", found[0])
            name = "miles" if unit == "mi" else "km"
            _add_number(
                reading,
                found.span(),
                name,
                f"{number:g}" if number < 1e5 else str(int(number)),
                _relation(bound[0] if bound else ""),
            )
            continue
        reading.add(Topic.DISTANCE, Relation.WITHIN, _tidy(number), found.span(), unit=unit)


def _is_measure(reading: Reading, found: re.Match[str]) -> bool:
    """Whether a length is the record's own: "cars with less than 50,000 km"; nobody looks that far around."""
    bound = re.match(_ANY_BEFORE, found[0]) is not None
    placed = re.search(r"\b(?:of|from|around|away|radius|distance)\b", found[0]) is not None
    owned = re.search(r"\b(?:with|having|has|have) $", reading.plain[: found.start()]) is not None
    return bound and not placed and (owned or _count(found["number"]) > _FARTHEST)


OWNED: Final = re.compile(r"\b(?:with|have|has|having|contain(?:s|ing)?|spanning|need|needs) $")
"""What stands before an amount that each record has."""


def read_numbers(reading: Reading) -> None:
    """Read "rated at least 4", "rating above 4", "more than 100 guests", "3 or more bedrooms"."""
    for found in reading.find(_STARS):
        number = found["number"] or found["number2"]
        bound = found["bound"] or found["bound2"] or found["after"] or found["after2"]
        name = "rating" if _count(number) <= _MOST_STARS else "stars"
        _add_number(reading, found.span(), name, number, _relation(bound))
    for pattern in (_NOUN_NUMBER, _NUMBER_NOUN, _NUMBER_AFTER):
        for found in reading.find(pattern):
            noun = found["noun"]
            if found.groupdict().get("measure") and singular(noun) != noun:
                continue  # "films under 100 minutes": the number is of minutes, the films are what is asked for
            record = {noun, noun.removesuffix("s"), noun.removesuffix("ies") + "y"} & RECORD_NOUNS
            owned = found[0].startswith(("with ", "has ", "have ")) or OWNED.search(reading.plain[: found.start()])
            if record and owned:
                record = set()  # "books with more than 200 pages": what each of them has
            if record or noun in FUNCTION or noun in ASKING or found["bound"] == "from":
                continue
            if "scale" in found.groupdict():
                reading.add(Topic.NUMBER, _relation(found["bound"]), _scaled(found), found.span(), name=noun)
            else:
                _add_number(reading, found.span(), noun, found["number"], _relation(found["bound"]))

    for found in reading.find(_COUNTED):
        noun = found["noun"] or found["part"]
        if noun not in FUNCTION and noun not in ASKING and singular(noun) not in RECORD_NOUNS:
            _add_number(reading, found.span(), noun, found["number"] or found["number2"], Relation.EQUALS)


def _add_number(reading: Reading, where: tuple[int, int], name: str, number: str, relation: Relation) -> None:
    reading.add(Topic.NUMBER, relation, _tidy(_count(number)), where, name=name)


def _count(text: str) -> float:
    plain = text.replace(",", "")
    try:
        return float(plain)
    except ValueError:
        return float(numeral(text))


def _tidy(number: float) -> float | int:
    return int(number) if number == int(number) else round(number, 4)
