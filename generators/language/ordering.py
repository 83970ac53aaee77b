"""How many records, and in which order."""

from __future__ import annotations

import re
from typing import Final

from domain.meaning.numerals import NUMERAL, numeral
from domain.meaning.words import singular
from domain.plan import Relation, Topic
from generators.language.amounts import OWNED
from generators.language.lexicon import FIELDS, FUNCTION, RECORD_NOUNS
from generators.language.reading import Reading

SUPERLATIVES: Final[dict[str, tuple[str, str]]] = {
    "dearest": ("price", "desc"),
    "most expensive": ("price", "desc"),
    "priciest": ("price", "desc"),
    "highest priced": ("price", "desc"),
    "highest-priced": ("price", "desc"),
    "cheapest": ("price", "asc"),
    "least expensive": ("price", "asc"),
    "lowest priced": ("price", "asc"),
    "lowest-priced": ("price", "asc"),
    "earliest": ("date", "asc"),
    "soonest": ("date", "asc"),
    "latest": ("date", "desc"),
    "newest": ("date", "desc"),
    "most recent": ("date", "desc"),
    "most recently updated": ("updated", "desc"),
    "most recently modified": ("updated", "desc"),
    "most recently changed": ("updated", "desc"),
    "most recently published": ("date", "desc"),
    "most recently posted": ("date", "desc"),
    "most recently added": ("date", "desc"),
    "most recently released": ("date", "desc"),
    "oldest": ("date", "asc"),
    "best rated": ("rating", "desc"),
    "best-rated": ("rating", "desc"),
    "highest rated": ("rating", "desc"),
    "highest-rated": ("rating", "desc"),
    "top rated": ("rating", "desc"),
    "top-rated": ("rating", "desc"),
    "worst rated": ("rating", "asc"),
    "nearest": ("distance", "asc"),
    "closest": ("distance", "asc"),
    "most popular": ("popularity", "desc"),
    "most downloaded": ("downloads", "desc"),
    "largest": ("size", "desc"),
    "biggest": ("size", "desc"),
    "smallest": ("size", "asc"),
    "longest": ("duration", "desc"),
    "shortest": ("duration", "asc"),
    "best paid": ("salary", "desc"),
    "best-paid": ("salary", "desc"),
    "highest paid": ("salary", "desc"),
    "highest-paid": ("salary", "desc"),
    "best paying": ("salary", "desc"),
    "highest paying": ("salary", "desc"),
    "tallest": ("height", "desc"),
    "highest": ("height", "desc"),
    "deepest": ("depth", "desc"),
    "heaviest": ("weight", "desc"),
    "lightest": ("weight", "asc"),
    "fastest": ("speed", "desc"),
    "slowest": ("speed", "asc"),
    "youngest": ("age", "asc"),
    "most populous": ("population", "desc"),
    "alphabetically": ("name", "asc"),
    "alphabetical order": ("name", "asc"),
    "alphabetical": ("name", "asc"),
    "chronologically": ("date", "asc"),
    "chronological order": ("date", "asc"),
}
"""Words that say an order: field word and direction."""

_SUPERLATIVE = "|".join(sorted(map(re.escape, SUPERLATIVES), key=len, reverse=True))
_FIELD = "|".join(sorted(map(re.escape, FIELDS), key=len, reverse=True))
_DIRECTION = (
    r"(?:,? ?\(?(?:in )?(?P<direction>ascending|descending|asc|desc|reverse|increasing|decreasing|"
    r"(?:highest|lowest|newest|oldest|earliest|latest|soonest|"
    r"cheapest|dearest|largest|smallest|most|fewest|low|high)(?: first| to (?:high|low))?)(?: order)?\)?)?"
)
_SORTED = re.compile(
    rf"(?<![\w-]),? ?(?:and )?(?:(?:sort(?:ed)?|order(?:ed)?|ranked|arranged|listed|grouped) (?:them |"
    rf"it |the results |results )?by|then by|then|by)"
    rf" (?:(?:the|their|its) )?(?P<field>{_FIELD})(?!\w){_DIRECTION}(?![\w])"
)
_SORTED_COUNT = re.compile(rf"(?<![\w-])by (?:the )?(?P<field>[a-z]+ (?:count|number|size|length)){_DIRECTION}(?!\w)")
_SORTED_ANY = re.compile(
    rf"(?<![\w-]),? ?(?:and )?(?:(?:sort(?:ed)?|order(?:ed)?|ranked|arranged) (?:them |it |the results "
    rf"|results )?by|then by)"
    rf" (?:(?:the|their|its) )?(?P<field>[a-z][\w-]*){_DIRECTION}(?![\w])"
)
_HIGHEST_FIRST = re.compile(
    rf"(?<![\w-])(?:with )?(?:the )?(?P<end>highest|lowest|largest|smallest|most|fewest|least|best|"
    rf"earliest|latest) (?P<field>{_FIELD}|[a-z]+(?: [a-z]+)?) first(?!\w)"
)
_WITH_MOST = re.compile(
    r"(?<![\w-])(?:with|has|have|having) the (?P<end>most|fewest|least|highest|lowest|largest|"
    r"smallest) (?P<field>[a-z]+(?: [a-z]+)?)(?!\w)"
)
_MOST_DONE = re.compile(
    rf"(?<![\w-])(?:the )?(?:(?:top )?(?P<count>{NUMERAL}) )?(?P<end>most|least)(?: often)? "
    r"(?P<done>[a-z]{2,}[^\We]ed)(?= [a-z])"
)
"""What was done to a record most often: "the 5 most viewed threads"."""
_TOP_BY = re.compile(
    rf"(?<![\w-])(?P<lead>(?:top|best|first|highest|largest) (?P<count>{NUMERAL}) [a-z -]{{3,40}}?) "
    r"by (?:the |their )?(?P<field>[a-z]+)(?=$|[.?!])"
)
"""A count of the best by something, which is no person: "top 5 trails by ascent"."""
_BARE_FIRST = re.compile(
    r"(?<![\w-])(?:the )?(?P<end>highest|lowest|most|fewest|least|largest|smallest|best) first(?!\w)"
)
_SUPERLATIVE_FIRST = re.compile(
    rf"(?<![\w-])(?:sorted |ordered |in )?(?:the )?(?:(?:(?:top|first) )?(?P<count>{NUMERAL}) "
    rf")?(?P<word>{_SUPERLATIVE})"
    rf"(?: first| (?P<after>{NUMERAL})(?= [a-z]))?(?![\w])"
)
_RECENTLY = re.compile(
    rf"(?<![\w-])(?:the )?(?:(?:top )?(?P<count>{NUMERAL}) )?most recently"
    r"(?: (?!(?:closed|sold|cancelled|resolved|solved|merged|completed|archived|fixed)\b)[a-z]+)?(?= [a-z])"
)
"""Whatever was done to a record, the last ones come first: "the 5 most recently closed issues"."""
_PRICE_RANGE = re.compile(
    r"(?<![\w-])(?:sorted |by |from )?(?:price |prices )?(?:from )?(?P<from>low|high|cheapest|lowest|"
    r"highest) to (?P<to>high|low|dearest|most expensive|highest|lowest)(?: prices?)?(?!\w)"
)

_TOP = re.compile(
    rf"(?<![\w-])(?:the )?(?P<which>top|first|last|latest|next|best) (?P<count>{NUMERAL})(?! (?:days?|"
    rf"weeks?|months?|years?|weekends?|hours?|minutes?|miles?|stars?)\b)(?!\w)"
)
_LIMIT = re.compile(
    rf"(?<![\w-])(?:(?:and )?(?:at most|up to|no more than|not more than|a maximum of|max(?:imum)?(?: "
    rf"of)?|limit(?:ed)?(?: to)?|limit of|only)) (?P<count>{NUMERAL})"
    r"(?= (?:of them|results?|records?|events?|items?|rows?|entries|packages|pages?|books?|products?|"
    r"suggestions?|hits?|matches|listings?|posts?|articles?)\b|[.!?]?$|,)"
    r"(?: (?:of them|results?|rows?|hits?|matches))?"
)
_COUNTED = re.compile(
    rf"(?<![\w.$€£-])(?:the |all (?:the )?|any )?(?P<count>{NUMERAL})(?= (?P<nouns>[a-z][\w-]*(?: "
    rf"[a-z][\w-]*){{0,2}}))"
)
_PAGE = re.compile(
    rf"(?<![\w-])(?:the )?(?P<ordinal>first|second|third|fourth|fifth|\d+(?:st|nd|rd|th)) page(?: "
    rf"of)?(?!\w)|(?<![\w-])(?:on )?page (?P<number>{NUMERAL})(?!\w)"
)
_BY_TIME: Final = {"next": "asc", "last": "desc", "latest": "desc"}
"""Words before a count that say an order of time; "the first ten" leaves the order open."""
_ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_ALL_PAGES = re.compile(
    r"(?<![\w-])(?:,? ?(?:from |on |across |over )?(?:all|every|each)(?: the| of the)? pages?)(?!\w)"
)
_DOWN: Final = frozenset(
    [
        "descending",
        "desc",
        "reverse",
        "decreasing",
        "highest",
        "newest",
        "latest",
        "dearest",
        "largest",
        "most",
        "high",
        "best",
    ]
)


def read_order(reading: Reading) -> None:
    """Read counts and orders; the orders in the sequence they were said, each field once."""
    before = len(reading.constraints)
    for found in reading.find(_ALL_PAGES):
        reading.take(*found.span())
    for found in reading.find(_PAGE):
        number = found["ordinal"] or found["number"]
        page = _ORDINALS.get(number) or (numeral(number) if found["number"] else int(re.sub(r"\D", "", number)))
        reading.add(Topic.NAMED, Relation.EQUALS, page, found.span(), name="page")
    for found in reading.find(_WITH_MOST):
        _add_sort(reading, found.span(), found["field"], found["end"])
    if reading.has(Topic.SORT):
        _take_bare(reading)
    for found in reading.find(_TOP_BY):
        _add_sort(reading, (found.end("lead"), found.end()), found["field"], "highest")
    _read_superlatives(reading)
    for pattern in (_HIGHEST_FIRST, _SORTED, _SORTED_COUNT, _SORTED_ANY):
        for found in reading.find(pattern):
            _add_sort(reading, found.span(), found["field"], found.groupdict().get("end") or found["direction"])
    _read_recent(reading)
    _read_most_done(reading)
    _take_bare(reading)
    _read_counts(reading)
    _arrange(reading, before)


def _take_bare(reading: Reading) -> None:
    for found in reading.find(_BARE_FIRST):
        reading.take(*found.span())


def _read_superlatives(reading: Reading) -> None:
    for found in reading.find(_PRICE_RANGE):
        up = found["from"] in {"low", "lowest", "cheapest"}
        reading.add(Topic.SORT, Relation.EQUALS, "price", found.span(), unit="asc" if up else "desc")
    for found in reading.find(_SUPERLATIVE_FIRST):
        field, direction = SUPERLATIVES[found["word"]]
        count = found["count"] or found["after"]
        if count:
            reading.add(Topic.COUNT, Relation.AT_MOST, numeral(count), found.span())
        following = re.match(rf" (?P<field>{_FIELD}) first\b", reading.plain[found.end() :])
        if following:
            field = FIELDS[following["field"]]
            reading.take(found.end(), found.end() + following.end())
        reading.add(Topic.SORT, Relation.EQUALS, field, found.span(), unit=direction)


def _read_recent(reading: Reading) -> None:
    for found in reading.find(_RECENTLY):
        if found["count"]:
            reading.add(Topic.COUNT, Relation.AT_MOST, numeral(found["count"]), found.span())
        reading.add(Topic.SORT, Relation.EQUALS, "date", found.span(), unit="desc")


def _read_most_done(reading: Reading) -> None:
    """What is done is counted under the noun of the verb: the most viewed has the most views."""
    for found in reading.find(_MOST_DONE):
        if found["count"]:
            reading.add(Topic.COUNT, Relation.AT_MOST, numeral(found["count"]), found.span())
        noun = f"{found['done'].removesuffix('ed').removesuffix('i')}{'ies' if found['done'].endswith('ied') else 's'}"
        noun = {"rates": "rating"}.get(noun, noun)
        reading.add(Topic.SORT, Relation.EQUALS, noun, found.span(), unit="desc" if found["end"] == "most" else "asc")


def _add_sort(reading: Reading, where: tuple[int, int], field: str, end: str | None) -> None:
    if field.split(maxsplit=1)[0] in FUNCTION:
        return
    word = (end or "").partition(" ")[0]
    down = word in _DOWN and not (end or "").startswith("low")
    last = field.rpartition(" ")[2]
    known = FIELDS.get(field) or FIELDS.get(last) or FIELDS.get(singular(last)) or field
    reading.add(Topic.SORT, Relation.EQUALS, known, where, unit="desc" if down else "asc")


def _read_counts(reading: Reading) -> None:
    for pattern in (_LIMIT, _TOP):
        for found in reading.find(pattern):
            if not reading.has(Topic.COUNT) and not OWNED.search(reading.plain[: found.start()]):
                reading.add(Topic.COUNT, Relation.AT_MOST, numeral(found["count"]), found.span())
                direction = _BY_TIME.get(found.groupdict().get("which") or "")
                if direction:
                    reading.add(Topic.SORT, Relation.EQUALS, "date", found.span(), unit=direction)
    for found in reading.find(_COUNTED):
        if _BOUND.search(reading.plain[: found.start()]):
            continue  # "more than 200 pages" is a measure of each
        counts_records = any(_is_plural_record(word) for word in found["nouns"].split())
        counts_records = counts_records or (_begins(reading, found.start()) and reading.has(Topic.SORT))
        if found["count"] != "one" and counts_records and not reading.has(Topic.COUNT):
            reading.add(Topic.COUNT, Relation.AT_MOST, numeral(found["count"]), found.span("count"))


_BOUND: Final = re.compile(r"\b(?:than|least|most|exactly|over|under|above|below) $")


def _begins(reading: Reading, start: int) -> bool:
    """Whether the question begins here, but for what asks: "show me the 5 waters with the most bacteria"."""
    return re.fullmatch(r"(?:(?:please )?(?:show|list|find|give|get)(?: me)? )?", reading.plain[:start]) is not None


def _is_plural_record(word: str) -> bool:
    return singular(word) in RECORD_NOUNS and singular(word) != word


def _arrange(reading: Reading, before: int) -> None:
    """Put the orders into the sequence of the text, and drop what was said of a field before."""
    fresh = reading.constraints[before:]
    seen: set[str] = set()
    kept = [c for c in fresh if c.topic is not Topic.SORT]
    for constraint in sorted((c for c in fresh if c.topic is Topic.SORT), key=lambda c: c.start):
        if str(constraint.value) not in seen:
            seen.add(str(constraint.value))
            kept.append(constraint)
    reading.constraints[before:] = kept
