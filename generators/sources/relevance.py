"""How well a group of records fits a page and a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from domain.meaning.foreign import FOREIGN
from domain.meaning.told import told_counts
from domain.meaning.words import fold, forms, singular
from domain.observation import Column, Observation, RecordCandidate
from domain.plan import Constraint, FieldType, Intent, SourceKind, Topic
from generators.sources.coverage import shown
from generators.sources.naming import snake
from generators.sources.paths import INSIDE
from generators.sources.roles import Role, first, human_text, moment, playing, roles_of

_CLASS: Final = re.compile(r"(?<=[a-z*\s])\.([A-Za-z][\w-]*)(?=[^.]*@)")
_FULL: Final = 0.95
_ASKED_INSIDE: Final = 5.0
"""The question's noun stands inside the records of a list: neither its titles nor all of its text are asked for."""
SCATTERED: Final = "found as path"
_TOLD_COUNT: Final = 2.0
"""What it weighs that the page says it shows as many records as a group has."""
_WHOLE: Final = 100.0
_AMOUNT: Final = re.compile(r"[\d.,\s]*\d ?(?P<unit>[^\W\d_]{1,12}[²³]?)\.?")
_YEAR: Final = re.compile(r"(?:1[0-9]|20)\d\d")
_GENERAL: Final = frozenset({"", "items", "things", "results", "entries", "records", "rows", "list", "all", "data"})


def visible_text(observation: Observation) -> str:
    """Return what a person reads on the page that was asked for."""
    if not observation.pages:
        return ""
    page = observation.pages[0]
    return max((page.text_after, page.text_before), key=len)


def relevance(candidate: RecordCandidate, intent: Intent, visible: str) -> float:
    """Return how well a candidate fits: the page shows its records, its names say what was asked, its fields serve."""
    if candidate.kind is SourceKind.JSON and candidate.source.format == "text":
        return _WHOLE  # made only where the question is about the answer itself
    if candidate.kind in (SourceKind.HTML, SourceKind.BROWSER, SourceKind.OPENAPI):
        # ranked already, by the record finder or the choice of operations; score is 1, 1/2, 1/3 …
        called = 2.5 * _called_so(candidate, intent)
        told, _ = told_counts(visible, intent.subject)
        called += _TOLD_COUNT if candidate.count in told and candidate.kind is not SourceKind.OPENAPI else 0.0
        return 3.0 * candidate.score + 1.0 * served_share(candidate.columns, intent) + called
    titles = _titles(candidate)
    seen = max((shown(texts, visible) for texts in titles), default=0.0) if visible else 0.0
    return (
        4.0 * candidate.coverage
        + 2.0 * candidate.agreement
        + 2.0 * seen
        + 1.5 * subject_match(candidate, intent)
        + 1.0 * served_share(candidate.columns, intent)
        + 0.15 * candidate.score
        + (0.5 if titles else 0.0)
        + (_ASKED_INSIDE if names_what_is_inside(candidate.source.records, intent) else 0.0)
    )


def _called_so(candidate: RecordCandidate, intent: Intent) -> bool:
    """Whether the heading above the records, or their first column, is what the question is about."""
    wanted = {f for w in fold(intent.subject).split() if w not in _GENERAL for f in forms(w)}
    heads = [c.label for c in candidate.columns[:1]]
    heads.append(
        " ".join(re.split(r"[-_.#]+", candidate.source.records.rsplit(maxsplit=1)[-1]))
        if candidate.source.records
        else ""
    )
    if candidate.kind is SourceKind.OPENAPI:
        named_parts = [part for part in candidate.url.split("?", 1)[0].split("/") if part and "{" not in part]
        heads += named_parts[-1:]
        # "the pictures of the show 7" may be an operation of their own, below that of the show.
        wanted |= {f for w in intent.wanted for part in fold(w).split() for f in forms(part)}
    if any(SCATTERED in reason for reason in candidate.reasons):
        return False  # records from several lists: the heading is only the first one's
    return bool(wanted & set(fold(" ".join([*candidate.reasons, *heads])).split()))


def names_what_is_inside(path: str, intent: Intent) -> bool:
    """Whether a path leads into records, to what the question's noun names there: parcels of shipments."""
    return bool(set(path) & {"*", INSIDE}) and is_called(path.rpartition(INSIDE)[2], nouns_of(intent))


def nouns_of(intent: Intent) -> frozenset[str]:
    """Return the last word of the question's subject, in its forms."""
    words = fold(intent.subject).split()
    return frozenset({words[-1], *forms(words[-1])}) if words else frozenset()


def is_called(path: str, nouns: frozenset[str]) -> bool:
    """Whether the last name of a path is the noun, and a plural: an object of the singular name is one thing."""
    words = snake(path.rsplit(".", 1)[-1]).split("_")
    return len(words) == 1 and words[0] in nouns and singular(words[0]) != words[0]


def subject_match(candidate: RecordCandidate, intent: Intent) -> float:
    """Return 1 when the records' path, or half when the address, says what the question is about."""
    wanted = {f for w in fold(intent.subject).split() if w not in _GENERAL for f in forms(w)}
    if not wanted:
        return 0.0
    path = set(fold(candidate.source.records.replace("_", " ")).split())
    if candidate.kind in (SourceKind.JSON, SourceKind.OPENAPI, SourceKind.EMBEDDED) and wanted & path:
        return 1.0
    names = {w for c in candidate.columns for w in c.name.split("_")}
    return 0.5 if wanted & (names | set(fold(candidate.url).split())) else 0.0


def served_share(columns: Sequence[Column], intent: Intent) -> float:
    """Return the share of the question's constraints that some column could serve."""
    asked = [c for c in intent.constraints if c.topic not in (Topic.COUNT, Topic.DETAIL)]
    if not asked:
        return 1.0
    return sum(1 for c in asked if can_serve(columns, c)) / len(asked)


_SERVING: Final[dict[Topic, tuple[Role, ...]]] = {
    Topic.DATE: (Role.START,),
    Topic.TIME: (Role.START,),
    Topic.PRICE: (Role.PRICE, Role.FREE),
    Topic.FREE: (Role.FREE, Role.PRICE),
    Topic.AVAILABILITY: (Role.SOLD_OUT, Role.AVAILABLE),
    Topic.ONLINE: (Role.ONLINE,),
    Topic.PERSON: (Role.ORGANIZER,),
    Topic.CATEGORY: (Role.CATEGORY,),
    Topic.DISTANCE: (Role.LATITUDE,),
    Topic.PLACE: (Role.CITY, Role.LATITUDE, Role.VENUE, Role.ADDRESS),
    Topic.IDENTIFIER: (Role.ID, Role.TITLE),
    Topic.NUMBER: (Role.RATING,),
}


def can_serve(columns: Sequence[Column], constraint: Constraint) -> bool:
    """Return whether a filter over the columns could decide a constraint."""
    if constraint.topic is Topic.KEYWORDS or (constraint.topic is Topic.CATEGORY and human_text(columns)):
        return bool(human_text(columns))
    if constraint.topic in (Topic.NAMED, Topic.NUMBER, Topic.SORT, Topic.DETAIL):
        word = constraint.name or str(constraint.value)
        return named(columns, word) is not None
    if constraint.topic in (Topic.DATE, Topic.TIME):
        return moment(columns) is not None or (
            constraint.topic is Topic.DATE and any(tells_years(c) for c in columns if c.samples)
        )
    return any(first(columns, role) is not None for role in _SERVING.get(constraint.topic, ()))


def tells_years(column: Column) -> bool:
    """Whether a column of numbers holds years; one that only a document describes has no samples against it."""
    return column.type in (FieldType.INTEGER, FieldType.NUMBER) and all(_YEAR.fullmatch(s) for s in column.samples)


def named(columns: Sequence[Column], word: str) -> Column | None:
    """Return the column that a word of the question names: "licence" finds ``license``, "date" a start date."""
    wanted = fold(word.replace("_", " "))
    if not wanted:
        return None
    columns = sorted(columns, key=lambda c: c.name.endswith(_ID_ENDS) and "id" not in wanted.split())
    exact = _called(columns, {wanted})
    *owners, head = wanted.split()
    if exact is None and owners and head in _EVERYTHING_HAS:
        owner = named(columns, " ".join(owners))
        if owner is not None:
            return owner  # the name of its gallery is no name of its own
    spellings = {f for w in wanted.split() for f in forms(w)} | {wanted}
    exact = exact or _called(columns, spellings)
    if exact is not None:
        return exact
    plain = [c for c in columns if c.type is not FieldType.URL or _LINKS & spellings]
    for told in (_by_name, _by_label, _by_class):
        fitting = [(len(set(told(column)) & spellings), column) for column in plain]
        most = max((count for count, _ in fitting), default=0)
        if most:
            return next(column for count, column in fitting if count == most)
    role = _WORD_ROLES.get(wanted)
    found = moment(columns) if role is Role.START else first(columns, role) if role else None
    found = found or _alike(columns, wanted) or _doing(columns, wanted) or _measured_in(columns, spellings)
    return found or (_headed(columns) if role is Role.TITLE else None)


_LINKS: Final = frozenset({"url", "link", "page", "website", "address", "image", "picture", "photo", "file", "site"})
"""Words that mean an address; a column that only holds one answers to no other word by a part of its name."""


def _headed(columns: Sequence[Column]) -> Column | None:
    """Return the first full column of texts: a table names its records by what they are ("Mountain", "Team")."""
    plain = (c for c in columns if c.type is FieldType.STRING and c.label and c.fill >= _FULL and not roles_of(c))
    return next(plain, None)


def _called(columns: Sequence[Column], spellings: set[str]) -> Column | None:
    """Return the column that is called so, by its name or label as a whole."""
    same = (c for c in columns if {fold(c.name.replace("_", " ")), fold(c.label)} & spellings)
    return next(same, None)


def _doing(columns: Sequence[Column], wanted: str) -> Column | None:
    """Return the column that tells by whom something was done: the driller is who it was "drilled by"."""
    stem = re.sub(r"(?:er|or)$", "", wanted)
    if stem == wanted or len(stem) < _LEAST_STEM or " " in wanted:
        return None
    for column in columns:
        words = {*_by_name(column), *_by_label(column)}
        done = any(w.startswith(stem) for w in words) and "by" in words
        if column.type is FieldType.STRING and (done or words & {stem, wanted}):
            return column
    return None


def _measured_in(columns: Sequence[Column], spellings: set[str]) -> Column | None:
    """Return the column whose values are all amounts of a unit: "50,000 km" answers to "km"."""
    for column in columns:
        told = [_AMOUNT.fullmatch(sample.strip()) for sample in column.samples]
        if told and all(t is not None and fold(t["unit"]) in spellings for t in told):
            return column
    return None


def _by_name(column: Column) -> list[str]:
    return column.name.split("_")


def _by_label(column: Column) -> list[str]:
    return fold(column.label).split()


def _by_class(column: Column) -> list[str]:
    """Words of the classes in the column's locator: ``p.height@text`` holds a height, whatever it was called."""
    return [w for mark in _CLASS.findall(column.locator) for w in re.split(r"[-_]+", mark.lower())]


def _alike(columns: Sequence[Column], wanted: str) -> Column | None:
    """Return the column that sites name otherwise than people: who asks for a length may mean a duration."""
    for other in (*_ALIKE.get(wanted, ()), *FOREIGN.get(wanted, ()), *FOREIGN.get(singular(wanted), ())):
        spellings = {*forms(other), other}
        for column in columns:
            label = set(fold(f"{column.label} {column.name}".replace("_", " ")).split())
            if spellings & {*column.name.split("_"), *label}:
                return column
        marked = next((c for c in columns if spellings & {*_by_class(c)}), None)
        if marked is not None:
            return marked
    return None


_ID_ENDS: Final = ("_id", "_ids")
"""What a column of ids is called; who asks for an artist wants a name sooner than a number."""
_LEAST_STEM: Final = 4
_EVERYTHING_HAS: Final = frozenset({"name", "names", "title", "titles"})
_ALIKE: Final[dict[str, tuple[str, ...]]] = {
    "length": ("duration", "runtime", "distance", "minutes", "km", "miles", "pages"),
    "duration": ("length", "runtime", "time", "minutes"),
    "minutes": ("duration", "runtime", "time", "length", "minute", "min"),
    "minute": ("duration", "runtime", "time", "length", "minutes", "min"),
    "hours": ("duration", "hour", "time"),
    "height": ("elevation", "altitude", "tall"),
    "elevation": ("height", "altitude"),
    "size": ("area", "population", "surface", "capacity", "employees"),
    "age": ("years", "born", "founded", "built", "year"),
    "date": ("year", "released", "published", "posted", "created", "updated", "founded", "built"),
    "salary": ("pay", "wage", "compensation", "income"),
    "popularity": ("downloads", "stars", "votes", "views", "likes", "sales"),
    "downloads": ("installs", "popularity"),
    "rating": ("score", "points", "stars", "grade"),
    "stars": ("rating", "stargazers", "score"),
    "maker": ("brand", "manufacturer", "producer", "vendor"),
    "donor": ("donated", "donator", "gift", "given"),
    "owner": ("owned", "proprietor", "assigned", "assignee", "keeper"),
    "author": ("writer", "written", "playwright"),
    "staff": ("employees", "headcount", "people"),
    "weighing": ("weight", "mass"),
    "measuring": ("length", "size", "height"),
    "lasting": ("duration", "length", "runtime", "minutes"),
    "seating": ("seats", "capacity"),
    "holding": ("capacity", "volume"),
    "brand": ("maker", "manufacturer", "vendor"),
    "depth": ("deep",),
    "seats": ("capacity",),
    "people": ("capacity", "population", "guests"),
    "inhabitants": ("population",),
    "director": ("directed",),
    "genre": ("category",),
    "price": ("rent", "salary", "cost", "fee"),
    "status": ("state",),
    "state": ("status",),
    "type": ("kind", "category"),
    "kind": ("type", "category"),
    "time": ("duration", "minutes"),
    "updated": ("modified", "changed", "edited", "update"),
    "points": ("pts", "score"),
    "goals": ("gls",),
    "m2": ("area", "surface", "sqm", "size"),
    "km": ("mileage", "distance", "kilometers", "kilometres", "length"),
    "miles": ("mileage", "distance", "length"),
    "calories": ("kcal", "calorie", "energy"),
    "bedrooms": ("beds", "rooms"),
    "publisher": ("press", "imprint"),
    "pages": ("length",),
}
"""Other words that sites use for what a question names, the most likely first."""


_WORD_ROLES: Final[dict[str, Role]] = {
    **dict.fromkeys(("date", "day", "time", "start", "soonest", "earliest", "when", "latest"), Role.START),
    **dict.fromkeys(("price", "cost", "cheapest", "dearest", "fee", "expensive"), Role.PRICE),
    **dict.fromkeys(("name", "title", "alphabetical", "headline"), Role.TITLE),
    **dict.fromkeys(("link", "url", "address of the page", "website"), Role.LINK),
    **dict.fromkeys(("rating", "stars", "score", "best"), Role.RATING),
    **dict.fromkeys(("venue", "location", "place", "where"), Role.VENUE),
    **dict.fromkeys(("address", "street address", "street"), Role.ADDRESS),
    **dict.fromkeys(("author", "organizer", "organiser", "host", "by", "publisher", "maintainer"), Role.ORGANIZER),
    **dict.fromkeys(("city", "town"), Role.CITY),
    **dict.fromkeys(("description", "summary"), Role.DESCRIPTION),
    **dict.fromkeys(("category", "genre", "type", "topic", "tag", "tags"), Role.CATEGORY),
}


def _titles(candidate: RecordCandidate) -> list[tuple[str, ...]]:
    """Return the samples of each column that may name the records: a slug beside a title is seldom shown."""
    named_so = [c.samples for c in playing(candidate.columns, Role.TITLE) if c.samples]
    if named_so:
        return named_so
    texts = [c for c in candidate.columns if c.samples and not set(roles_of(c)) & {Role.ID, Role.LINK, Role.IMAGE}]
    return [c.samples for c in human_text(texts)[:1]]
