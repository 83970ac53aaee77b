"""Free, sold out, online, people, named attributes and identifiers in a query."""

from __future__ import annotations

import re
from typing import Final

from domain.meaning import dates, gazetteer
from domain.meaning.words import singular
from domain.plan import Relation, Topic
from generators.language.lexicon import ASKING, FIELDS, FUNCTION, RECORD_NOUNS
from generators.language.reading import Reading

_PERKS = (
    r"food|drinks?|snacks?|beers?|wine|coffee|lunch|dinner|breakfast|pizza|parking|wi-?fi|internet|"
    r"shipping|delivery|returns?|"
    r"cancellation|trials?|gifts?|swag|t-?shirts?|speech|software|range|style|will|form|time|throws?|"
    r"agents?|standing|base"
)
_NOT_FREE = re.compile(
    r"(?<![\w-])(?:(?:(?:that |which )?(?:are|is) )?(?:not|non)[ -]free|(?:that |which )?(?:are|"
    r"is)n't free|paid)(?: only)?(?![\w-])"
)
_FREE = re.compile(
    r"(?<![\w-])(?:(?:(?:that|which) )?(?:(?:are|is) )?(?:(?:completely|totally|entirely) )?(?:for "
    r"free|free of charge|free (?:to )?(?:entry|"
    rf"admission|enter|attend|tickets?)|(?:with )?no (?:cost|charge|entry fee|fee)|free)|(?:with "
    rf")?free (?:entry|admission)|gratis)(?! (?:{_PERKS})\b)(?![\w-])"
)
_AVAILABLE = re.compile(
    r"(?<![\w-])(?:(?:(?:that|which) )?(?:(?:are|is) )?(?:not (?:yet )?(?:sold(?:[ -]out)?(?: yet)?|full|"
    r"fully "
    r"booked|out of stock)|(?:are|is)n't (?:yet )?(?:sold[ -]out|full)|"
    r"(?:still|currently) (?:available|bookable|open|on sale)|(?<!not )in stock|"
    r"(?<!not )(?<!n't )(?<!longer )available(?= (?:events|tickets|products|books|items)|$)|"
    r"with (?:available )?(?:tickets|places|seats|spots)"
    r" (?:left|available|remaining)|still (?:have|has) (?:tickets|places|seats|spots)(?: left)?))(?![\w-])"
)
_READY = re.compile(r"^(?:(?:show|list|find|give)(?: me)? )?(?:all |any |the )?(?P<word>available)(?= [a-z])")
"""Often a mere filling word: it counts where the records tell of it."""
_SOLD_OUT = re.compile(
    r"(?<![\w-])(?:(?:(?:that|which) )?(?:(?:are|is) )?(?:already )?(?:sold[ -]out|fully booked|out "
    r"of stock|unavailable|not in stock|not available|no longer available))(?![\w-])"
)
_OFFLINE = re.compile(
    r"(?<![\w-])(?:(?:are |is )?(?:not|non|no)[ -](?:online|virtual|remote)|in[ -]person|offline|"
    r"face[ -]to[ -]face|on[ -]?site)(?: only)?(?![\w-])"
)
_ONLINE = re.compile(
    r"(?<![\w-])(?:(?:(?:that|which) )?(?:are |is )?(?:held )?(?:online|virtual(?:ly)?|remote(?:ly)?|"
    r"over zoom|via zoom))(?: only)?(?![\w-])"
)

_WORK = (
    r"organi[sz]ed|hosted|run|given|presented|written|authored|put on|led|curated|published|made|"
    r"created|held|taught|performed|directed|sung|[a-z]{2,}[^\We]ed"
)
_BY = re.compile(
    rf"(?<![\w-])(?:(?:(?:that|which) )?(?:(?:are|is|were|was) )?(?:{_WORK}) by|from the "
    rf"(?:organi[sz]er|host|author|publisher|artist|brand)|"
    rf"of the (?:organi[sz]er|host|author|publisher|artist)|whose (?:organi[sz]er|host|author|"
    rf"publisher) is|(?:organi[sz]er|host|author|publisher|artist):|by)"
    r" (?:the (?:organi[sz]er|host|author|group|company|band) |the )?"
)
_VALUE = r"(?:\"(?P<quoted{n}>[^\"]{{1,80}})\"|(?P<value{n}>[^\W_][\w.+#@/-]*))"
_LICENCE = re.compile(
    rf"(?<![\w-])(?:(?:that are |which are )?(?:licen[cs]ed )?(?:under|with|using|having)(?: the| "
    rf"an?)? {_VALUE.format(n='')} licen[cs]es?|"
    rf"licen[cs]ed (?:under|as)(?: the| an?)? {_VALUE.format(n='2')}|{_VALUE.format(n='3')}[ -]licen[cs]ed)(?!\w)"
)
_ATTRIBUTE = (
    r"status|state|type|level|language|format|colou?r|size|version|tag|label|category|genre|topic|"
    r"brand|priority|severity|subject|"
    r"role|department|difficulty|season|gender|platform|framework|licen[cs]e|kind|edition|region|"
    r"county|currency|segment|isbn|upc|sku"
)
_BUT = r" (?:is |are )?(?:not|isn't|aren't|other than|different from|except(?: for)?|but not)"
_SET_TO = re.compile(
    rf"(?<![\w-])(?:with |where |and |whose )?(?:the )?(?P<name>[a-z_]\w*) (?:is )?(?:set (?:to|as)|"
    rf"equal(?:s)?(?: to)?) {_VALUE.format(n='')}"
)
_PAIR = re.compile(
    r"(?<![\w-])(?:with |where |and "
    r")?(?P<name>[a-z_][\w.-]{0,30}) ?[:=] ?(?:\"(?P<quoted>[^\"]{1,80})\"|(?P<value>[^\s,;?!&\"]+(?: [A-Z][\w-]+)*))"
)
_PAIR_CASED = re.compile(r"= ?[A-Z][\w-]*(?P<more>(?: [A-Z][\w-]*)+)")
_WITH_ATTRIBUTE = re.compile(
    rf"(?<![\w-])(?:with|of|in|having|whose)(?: an?| the)? (?P<name>{_ATTRIBUTE})(?: (?:of|is|being|"
    rf"called|named))?(?P<but>{_BUT})? (?!and\b|or\b|of\b|in\b|for\b|by\b|not\b|other\b|except\b){_VALUE.format(n='')}"
)
_AND_ATTRIBUTE = re.compile(rf"(?:,| and|, and) (?P<name>{_ATTRIBUTE})(?: (?:of|is))? {_VALUE.format(n='')}(?!\w)")
_TAGGED = re.compile(
    rf"(?<![\w-])(?:(?:that|which) )?(?:are |is )?(?:tagged|labell?ed)(?: with| "
    rf"as)? {_VALUE.format(n='')}"
)
_VALUE_ATTRIBUTE = re.compile(
    r"(?<![\w-])(?:in|of|with|under|from)(?: the)? (?P<value>[^\W_][\w+#-]*) (?P<name>category|genre|"
    r"section|segment|series|format|edition|department|division|group|league|faculty)(?!\w)"
)
_PART_OF = re.compile(
    r"(?<![\w-])in (?:the )?(?P<name>building|room|hall|block|wing|zone|district|terminal|group|division|section|"
    r"department|league|class|grade) (?P<value>[A-Z][\w-]*)(?![\w-])(?! [A-Z])"
)
"""A part that is called by a name: "in building North"."""
_NUMBERED = re.compile(
    r"(?<![\w-])(?:of|in|for|on|from|at) (?:the )?(?!least\b|most\b|about\b|around\b|up\b|over\b)(?P<name>[a-z]{3,}) "
    r"(?P<value>\d{1,3})(?![\w.,:%/-]|st |nd |rd |th | ?[ap]m\b)"
    r"(?! (?!and\b|or\b|in\b|of\b|with\b|at\b|on\b|for\b|by\b|after\b|before\b)[a-z])"
)
"""A numbered thing that the records belong to: "of matchday 3", "in zone 2"."""
_KEYWORD = re.compile(
    r"(?<![\w-])(?:with|under|having|has|have) (?:the )?(?P<name>keyword|tag|label|topic) "
    rf"{_VALUE.format(n='')}(?! of\b)"
)
_GIVEN_TO = re.compile(
    r"(?<![\w-])(?:(?:that|which) )?(?:(?:are|is|were|was|have been) )?"
    r"(?P<name>assigned|awarded|allocated|addressed|given|granted|lent|loaned|donated|sold|leased|rented) to "
    r"(?P<value>[^\W\d_][\w.'-]*)"
)
"""To whom a record belongs: "assigned to Mara Lind"."""
_DEPENDS = re.compile(r"(?<![\w-])(?:(?:that|which) )?depend(?:s|ing|ed)? (?:up)?on (?P<value>@?[^\W_][\w.@/-]*)")
_WITH_ID = re.compile(
    r"(?<![\w-])(?:(?:with|of|whose|by) )?(?:the |an? )?(?P<name>id|identifier|uuid|slug|sku|isbn|upc|"
    r"number)(?: is| of|:|=)? (?P<value>[\w-]*\d[\w-]*)(?!\w)"
)
_CODE = re.compile(r"(?<![\w./-])(?:(?:with|of) (?:the )?id )?(?P<value>[a-z0-9]+(?:[_-][a-z0-9]+)*)(?![\w/])")
_SERIES_OF = re.compile(
    r"(?<![\w-])(?P<near>(?:direct|immediate|own|declared) )?(?P<noun>[a-z]{3,}s) of (?:the )?(?:package |module |"
    r"library |user |repo(?:sitory)? )?(?P<value>@?[a-z][\w.@/-]+)(?!\w)"
)


def read_attributes(reading: Reading) -> None:
    """Read prices that are none, availability, online or in person, in this order of sureness."""
    for pattern, topic, value in (
        (_NOT_FREE, Topic.FREE, False),
        (_FREE, Topic.FREE, True),
        (_AVAILABLE, Topic.AVAILABILITY, "available"),
        (_SOLD_OUT, Topic.AVAILABILITY, "sold_out"),
        (_OFFLINE, Topic.ONLINE, False),
        (_ONLINE, Topic.ONLINE, True),
    ):
        for found in reading.find(pattern):
            reading.add(topic, Relation.EQUALS, value, found.span())
    for found in reading.find(_READY):
        reading.add(Topic.AVAILABILITY, Relation.EQUALS, "available", found.span("word"), confidence=0.4)


def read_named(reading: Reading) -> None:
    """Read "under the ISC licence", "with status open", "genre: jazz", "includeTBA set to maybe", "depend on debug"."""
    for found in reading.find(_LICENCE):
        value = _written(reading, found, ("", "2", "3"))
        if _fold_word(value) not in FUNCTION:
            reading.add(Topic.NAMED, Relation.EQUALS, value, found.span(), name="license")
    for pattern in (_SET_TO, _PAIR, _WITH_ATTRIBUTE):
        for found in reading.find(pattern):
            _add_named(reading, found)
    for found in reading.find(_TAGGED):
        reading.add(Topic.NAMED, Relation.CONTAINS, _written(reading, found, ("",)), found.span(), name="tag")
    for found in reading.find(_VALUE_ATTRIBUTE):
        if found["value"] not in FUNCTION | ASKING:
            value = reading.as_written(*found.span("value"))
            topic = Topic.CATEGORY if found["name"] == "category" else Topic.NAMED
            reading.add(topic, Relation.EQUALS, value, found.span(), name=found["name"])
    _read_parts(reading)
    _read_listed(reading)
    for found in reading.find(_DEPENDS):
        value = reading.as_written(*found.span("value")).rstrip(".-/")
        reading.add(Topic.NAMED, Relation.CONTAINS, value, found.span(), name="dependencies")


def _read_listed(reading: Reading) -> None:
    """Read "with the tag harbour" and "assigned to Mara Lind"."""
    for found in reading.find(_KEYWORD):
        if found["value"] is None or found["value"] not in FUNCTION:
            value = _written(reading, found, ("",))
            reading.add(Topic.NAMED, Relation.CONTAINS, value, found.span(), name=found["name"])
    for found in reading.find(_GIVEN_TO):
        end = found.end("value")
        if reading.cased[found.start("value")].isupper() and (rest := _RUN.match(reading.cased, found.start("value"))):
            end = rest.end()
        if found["value"] not in FUNCTION | ASKING:
            value = reading.as_written(found.start("value"), end).rstrip(".,'")
            where = (found.start(), end)
            reading.add(Topic.NAMED, Relation.CONTAINS, value, where, name=f"{found['name']} to")


def _read_parts(reading: Reading) -> None:
    for found in reading.find(_NUMBERED):
        if found["name"] not in FUNCTION | ASKING | RECORD_NOUNS and found["name"] not in dates.MONTHS:
            reading.add(Topic.NAMED, Relation.EQUALS, found["value"], found.span(), name=found["name"])
    for found in _PART_OF.finditer(reading.cased):
        if reading.is_free(*found.span()):
            reading.add(Topic.NAMED, Relation.EQUALS, found["value"], found.span(), name=found["name"])


def _add_named(reading: Reading, found: re.Match[str]) -> None:
    name = reading.as_written(*found.span("name"))
    value = _written(reading, found, ("",)).rstrip(".,")
    end = found.end()
    more = _PAIR_CASED.match(reading.cased, found.start("value") - 1) if found["value"] else None
    if more:
        value, end = value + more["more"], max(end, more.end())
    if name.casefold() in FUNCTION or "//" in value or not value:
        return
    places = gazetteer.known(value, towns=False) if name.casefold() in _PLACE_NAMES else ()
    if places:
        reading.places.append(places[0].place)
        where = (found.start(), end)
        reading.add(Topic.PLACE, Relation.EQUALS, places[0].place.name, where, name=places[0].kind)
        return
    topic = Topic.CATEGORY if name.casefold() == "category" else Topic.NAMED
    relation = Relation.NOT_EQUALS if found.re is _WITH_ATTRIBUTE and found["but"] else Relation.EQUALS
    reading.add(topic, relation, value, (found.start(), end), name=FIELDS.get(name.casefold(), name))
    following = _AND_ATTRIBUTE.match(reading.plain, end)
    if following and reading.is_free(*following.span()):
        _add_named(reading, following)


_PLACE_NAMES: Final = frozenset({"city", "town", "place", "location", "state", "country"})


def _written(reading: Reading, found: re.Match[str], numbers: tuple[str, ...]) -> str:
    groups = [f"{kind}{n}" for n in numbers for kind in ("quoted", "value") if f"{kind}{n}" in found.re.groupindex]
    name = next(g for g in groups if found[g] is not None)
    return reading.as_written(*found.span(name))


def _fold_word(word: str) -> str:
    """Return the word as the word lists have it."""
    return word.casefold().strip(".,'\"")


def read_identifiers(reading: Reading) -> None:
    """Read "with id 42", and tokens that only machines write ("vvG1VZKS5pr1qy")."""
    for found in reading.find(_WITH_ID):
        value = reading.as_written(*found.span("value"))
        reading.add(Topic.IDENTIFIER, Relation.EQUALS, value, found.span(), name=found["name"])
    for found in reading.find(_CODE):
        value = reading.as_written(*found.span("value"))
        if _is_code(value):
            reading.add(Topic.IDENTIFIER, Relation.EQUALS, value, found.span(), name="id", confidence=0.9)


def read_series(reading: Reading) -> None:
    """Read "dependencies of express": the record that a series belongs to."""
    for found in reading.find(_SERIES_OF):
        value = found["value"].rstrip(".-/")
        run = _RUN.match(reading.cased, found.start("value"))
        if run is not None and " " in run[0]:
            continue  # a name of several words is looked for as such
        if (
            value not in FUNCTION | ASKING | RECORD_NOUNS
            and value.removesuffix("s") not in RECORD_NOUNS | FIELDS.keys()
        ):
            where = found.start("noun") + len(found["noun"]) + 1
            written = reading.as_written(found.start("value"), found.start("value") + len(value))
            reading.add(Topic.IDENTIFIER, Relation.EQUALS, written, (where, found.end()), confidence=0.6)
            if found["near"]:
                reading.take(*found.span("near"))  # what the record itself has, not what that leads to in turn


def _is_code(token: str) -> bool:
    """Return whether letters and digits are mixed as in keys: three changes between them, or changing case as well."""
    plain = re.sub(r"[_-]", "", token)
    if len(plain) < 8 or not (re.search(r"\d", plain) and re.search(r"[A-Za-z]", plain)):
        return False
    changes = len(re.findall(r"(?<=\d)[A-Za-z]|(?<=[A-Za-z])\d", plain))
    cases = re.search(r"[a-z][A-Z]", plain) is not None
    return changes >= 3 or (changes >= 2 and cases) or (len(plain) >= 12 and changes >= 1)


_RUN = re.compile(r"[A-Z0-9][\w&'.+-]*(?: (?:(?:of|the|and|&|de|la|du|van|von|for) ){0,2}[A-Z0-9&][\w&'.+-]*)*")
_SMALL: Final = re.compile(r"[a-z][\w'.-]+(?: [a-z][\w'.-]+){0,2}")


def read_people(reading: Reading) -> None:
    """Read "by X", "hosted by X", "from the organiser X": a name in capitals, in quotes, or up to three small words."""
    for found in reading.find(_BY):
        start = found.end()
        if reading.plain.startswith('"', start) and (close := reading.plain.find('"', start + 1)) > 0:
            _add_person(reading, found.start(), close + 1, reading.as_written(start + 1, close))
            continue
        run = _RUN.match(reading.cased, start)
        if run:
            name = run[0].rstrip(".,'")
            _add_person(reading, found.start(), start + len(name), name)
            continue
        small = _SMALL.match(reading.plain, start)
        if (small and found[0].strip() != "by") or (small and _is_last(reading, small.end())):
            _add_small(reading, found.start(), small)


_MEASURES: Final = frozenset({"count", "number", "size", "length", "order", "amount", "hand", "default"})
"""Last words behind "by" that name no person."""


def _is_last(reading: Reading, end: int) -> bool:
    return end >= len(reading.plain) or not reading.plain[end].isalnum()


def _add_small(reading: Reading, start: int, small: re.Match[str]) -> None:
    words = small[0].split()
    kept: list[str] = []
    if words[-1] in _MEASURES:
        return
    if words[0] != singular(words[0]) and words[1:2] and words[1] in FUNCTION:
        reading.take(start, small.start())  # "by artists from Norway": people of a kind, whom no name tells
        return
    for word in words:
        if word in FUNCTION or (not kept and (word in FIELDS or word in ASKING)):
            break
        kept.append(word)
    if kept:
        name = " ".join(kept)
        _add_person(reading, start, small.start() + len(name), name.rstrip(".,'"))


def _add_person(reading: Reading, start: int, end: int, name: str) -> None:
    if name and reading.is_free(start, end) and name.casefold() not in FIELDS:
        reading.add(Topic.PERSON, Relation.CONTAINS, name, (start, end))
