"""Output fields that a query names: "with its name and date", "and the version range of each"."""

from __future__ import annotations

import re

from domain.meaning.words import singular
from domain.plan import Relation, Topic
from generators.language.lexicon import ASKING, FIELDS, FUNCTION, RECORD_NOUNS
from generators.language.reading import Reading

_WORD = "|".join(sorted((re.escape(f) for f in FIELDS), key=len, reverse=True))
_FIELD = rf"(?:{_WORD})(?:e?s)?"
_ARTICLE = r"(?:(?:its|their|the|his|her|an?|all|each) )?(?:own )?(?:full |exact |current |latest )?"
_OF = (
    r"(?: of (?:the |each |its |their )?(?:event|venue|organi[sz]er|package|item|book|product|"
    r"article|slide|slides|page|each|them|it|one)s?"
    r"| of (?:the|its|their) (?!(?:last|next|past|first|week|month|year|day|city|town|area)\b)[a-z]{3,})?"
)
_LIST = rf"{_ARTICLE}{_FIELD}{_OF}(?:(?:,? and |, ?| & ){_ARTICLE}{_FIELD}{_OF})*"
_WITH = re.compile(
    rf"(?<![\w-]),? ?(?:and )?(?:(?:together |along )?with|including|incl\.|plus|showing|giving|and "
    rf"(?:show|give|list|tell|report)(?: me)?) (?P<list>{_LIST})"
    r"(?! (?:under|below|over|above|at|between|less|more|of)\b)(?![\w:-])"
)
_TAIL = re.compile(rf"(?:,|,? and) (?P<list>{_ARTICLE}{_FIELD} of (?:each|them|its \w+|the \w+|each \w+))(?!\w)")
_SHOW = re.compile(
    rf"^(?:please )?(?:show|give|tell|list|get|find|report|what(?:'s| is| are| was))?(?: me)? ?(?:(?:an? |the )?"
    rf"(?:full |complete )?list of )?(?P<list>(?:the "
    rf")?{_FIELD}(?:(?:,? and |, ?)(?:the )?{_FIELD})*) (?:of|for) (?=\w)"
)
_OF_ONE = re.compile(
    rf"^(?:please )?(?:(?:show|give|tell|get|find|report|read)(?: me)? |what(?:'s| is| are| was| were) )?"
    rf"(?:(?P<list>(?:the )?{_FIELD}(?:(?:,? and |, ?)(?:the )?{_FIELD})*)|the (?P<noun>[a-z]{{3,}}))"
    r" of (?P<value>@?[a-z0-9][\w.@/-]*\w)(?=[?.!]*$)"
)
"""What one thing has that is called by a name such as machines give: "the licence of left-pad"."""
_PLAIN = r"[a-z][a-z'-]+(?: [a-z][a-z'-]+)?"
_THEIR = re.compile(
    rf"(?<![\w-]),? ?(?:together |along )?(?:with|including|plus|showing|and) (?:their|its|his|her|the) "
    rf"(?P<list>{_PLAIN}(?:, {_PLAIN})*"
    rf"(?:,? and (?:their |its |the )?{_PLAIN})?)(?=$|[.?!;])"
)
"""Any noun is a field where it is said to be the record's own: "with their maker and warranty"."""
_BARE = re.compile(r"(?<![\w-])with (?P<list>[a-z][a-z'-]+(?:, [a-z][a-z'-]+)*(?:,? and [a-z][a-z'-]+)?)(?=$|[.?!;])")
"""Without "their" a noun may be a field or something that the record must mention; the columns decide."""
MAYBE_FIELD = "with"
_ITEM = re.compile(rf"(?<!\w)(?P<field>{_WORD})(?:e?s)?(?!\w)")


def read_wanted(reading: Reading) -> None:
    """Read the fields that the answer should have; each becomes a DETAIL constraint and an entry of ``wanted``."""
    for found in reading.find(_OF_ONE):
        _add_one(reading, found)
    for pattern in (_SHOW, _WITH, _TAIL):
        for found in reading.find(pattern):
            if pattern is not _SHOW or found["list"].removeprefix("the ") not in RECORD_NOUNS:
                _add_fields(reading, found)
    for found in reading.find(_THEIR):
        words = _listed(reading, found)
        if re.match(r",? ?and (?!their )", found[0]) and not reading.wanted:
            continue
        for word, where in words:
            if word not in reading.wanted:
                reading.wanted.append(word)
                reading.add(Topic.DETAIL, Relation.EQUALS, word, where)
        reading.take(*found.span())
    for found in reading.find(_BARE):
        words = _listed(reading, found)
        if any(w in FUNCTION or w in ASKING for w, _ in words):
            continue
        for word, where in words:
            reading.add(Topic.KEYWORDS, Relation.CONTAINS, singular(word), where, name=MAYBE_FIELD, confidence=0.6)
        reading.take(*found.span())


def _add_one(reading: Reading, found: re.Match[str]) -> None:
    value, noun = reading.as_written(*found.span("value")), found["noun"]
    if value != value.casefold() or found["value"] in FUNCTION | ASKING | RECORD_NOUNS or found["value"] in FIELDS:
        return
    if noun and (noun != singular(noun) or noun in FUNCTION | ASKING | RECORD_NOUNS):
        return
    told = (found["list"] or "").removeprefix("the ")
    if told != singular(told) and " " not in told:
        return  # several things of one are records themselves: "the dependencies of left-pad"
    if noun:
        reading.wanted.append(noun)
        reading.add(Topic.DETAIL, Relation.EQUALS, noun, found.span("noun"))
    else:
        _add_fields(reading, found)
    where = (found.start("value") - len("of "), found.end("value"))
    reading.add(Topic.IDENTIFIER, Relation.EQUALS, value, where, confidence=0.6)
    reading.take(*found.span())


def _listed(reading: Reading, found: re.Match[str]) -> list[tuple[str, tuple[int, int]]]:
    """The nouns of a list with their places in the question."""
    begin = found.start("list")
    parts = re.finditer(r"(?:(?:their|its|the) )?(?P<word>[a-z][a-z' -]*?)(?:,? and |, |$)", found["list"])
    spans = [(begin + p.start("word"), begin + p.end("word")) for p in parts if p["word"]]
    return [(FIELDS.get(reading.plain[a:b], reading.plain[a:b]), (a, b)) for a, b in spans]


def _add_fields(reading: Reading, found: re.Match[str]) -> None:
    text = re.sub(_OF + r"(?=,| and|$)", lambda of: " " * len(of[0]), found["list"])
    for item in _ITEM.finditer(text):
        field = FIELDS[item["field"]]
        start = found.start("list") + item.start()
        if field not in reading.wanted:
            reading.wanted.append(field)
            reading.add(Topic.DETAIL, Relation.EQUALS, field, (start, start + len(item[0])))
    reading.take(*found.span())
