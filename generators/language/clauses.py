"""What a question wants told of each record, in whole clauses: "and the district they are in", "who owns them".

Such clauses name a field of the records; taken for words that the records must say, they would find nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.meaning.numerals import NUMERAL
from domain.meaning.words import singular
from domain.plan import Relation, Topic
from generators.language.lexicon import ASKING, FIELDS, FUNCTION
from generators.language.reading import Reading
from generators.language.wanted import MAYBE_FIELD

_MOST_WORDS: Final = 3
_LEADING: Final = frozenset({"including", "plus", "showing"})
_UNITS = (
    r"(?:(?:kilo|centi|milli)?(?:met(?:er|re)|gram|lit(?:er|re)|watt|byte)s?|kms?|cm|mm|m|miles?|feet|ft|inch(?:es)?|"
    r"kg|kilos?|g|tons?|tonnes?|pounds?|lbs?|ounces?|oz|ml|l|gb|mb|kb|hours?|hrs?|minutes?|mins?|seconds?|secs?|days?|"
    r"weeks?|months?|years?|degrees(?: celsius| fahrenheit)?|celsius|fahrenheit|percent|per cent|%|euros?|dollars?|"
    r"crowns?|knots|hectares?|acres?|square (?:met(?:er|re)s?|feet|kilomet(?:er|re)s?|miles?))"
)
_EACH = r"(?:night|person|day|hour|month|year|week|head|item|unit|seat|ticket)"
_IN_UNIT: Final = re.compile(rf" (?:(?:in|measured in) {_UNITS}(?: per {_UNITS})?|(?:per|an?) {_EACH})(?![\w-])")
_THEY = r"(?:they|it|each(?: one| of them)?|he|she|one|you|we|people)"
_VERB = r"(?:is|are|was|were|has|have|had|does|do|did|can|could|may|might|must|will|would|gets?|costs?|takes?|lasts?)"
_RELATIVE: Final = re.compile(
    rf"(?: (?:that|which|where|when|in which|on which|at which|from which))? {_THEY}(?: {_VERB})?(?: [a-z]+){{0,2}}?"
    rf"(?: (?:in|at|on|by|to|from|for|of|with|made of))?(?=$|[,.;?!]| and )"
)
_OF_THEM: Final = re.compile(
    r" of (?:each|them|it|(?:the|each|every|its|their)(?: own)? (?P<whole>[a-z]{3,}))(?=$|[,.;?!]| and | in )"
)
_OF_SOMETHING: Final = frozenset({"name", "names", "title", "id"})
"""What everything has: whose it is tells more."""
_HOW_MUCH: Final = re.compile(rf"how much (?P<cost>{_THEY})(?: (?:would|will|do|does))? costs?(?=$|[,.;?!]| and )")
_HOW: Final = re.compile(
    rf"how (?:many|much) (?!{_THEY}\b)(?P<noun>[a-z][a-z-]+(?: [a-z][a-z-]+)?)"
    rf"(?: (?:there {_VERB}|{_THEY} {_VERB}|{_THEY} [a-z]+)(?: (?:in|at|on|of|for) (?:each|them|it|total))?)?"
    r"(?=$|[,.;?!]| and )"
)
_HOW_IS: Final = re.compile(
    rf"how (?P<degree>long|big|large|high|tall|deep|heavy|wide|old|far|expensive|fast|steep) {_THEY} {_VERB}"
    r"(?=$|[,.;?!]| and )"
)
_DEGREES: Final = {
    "long": "length", "big": "size", "large": "size", "high": "height", "tall": "height", "deep": "depth",
    "heavy": "weight", "wide": "width", "old": "age", "far": "distance", "expensive": "price", "fast": "speed",
    "steep": "gradient",
}  # fmt: skip
_WHEN: Final = re.compile(rf"(?P<word>when|where) {_THEY}(?: {_VERB})?(?: [a-z]+){{0,3}}?(?=$|[,.;?!]| and )")
_ADVERBS: Final = {"when": "date", "where": "location"}
_WHO_TAIL: Final = re.compile(
    r"who (?P<verb>[a-z]+)(?: (?:them|it|each(?: one| of them)?|(?:the|each|every) [a-z]+))(?=$|[,.;?!]| and )"
)
_WHO_HEAD: Final = re.compile(
    r"^(?P<lead>(?:show|tell|list|say)(?: me)? )?who (?P<verb>[a-z]{3,}) (?=(?:the|each|all|every) [a-z])"
)
_LEAD: Final = re.compile(
    r"(?<![\w-])(?:, ?)?(?P<lead>(?:together |along )?with|including|plus|showing|"
    r"and(?: also)?(?: (?:give|show|tell|list)(?: me)?)?) "
)
_ARTICLE: Final = re.compile(r"(?P<article>the|their|its|his|her|an?|each one's)(?: (?:own|full|exact|current))* ")
_WORD: Final = re.compile(r"[a-z][a-z-]*")
_NEXT: Final = re.compile(r", and |, | and | & ")
_BOUND: Final = re.compile(
    r" (?:is |are )?(?:(?:under|below|over|above|(?:less|more|fewer|greater|higher|lower|longer|shorter) than|at least|"
    r"at most|up to|no (?:more|less) than|between|from|exceeding|of|around|about|exactly|[<>]=?|[≤≥]) ?)?[$€£]?\d"
)
"""An amount behind a noun: that chooses records, and is no field to be told."""
_END: Final = re.compile(r"$|[.;?!,]| (?:for|of|in|at|from|on|by|under|over) ")
_COUNTED: Final = re.compile(r"(?:total )?(?:number|amount|count|quantity) of (?P<noun>[a-z][a-z-]+)")
_OF_THE: Final = re.compile(
    r"^(?:(?:show|list|find|give|get|tell)(?: me)? |what(?:'s| is| are) )?(?:the )?"
    r"(?P<field>[a-z][a-z-]+(?: [a-z]+)?) (?P<of>of|at|for|in) (?:the|all(?: the)?|each|every) "
    r"(?=(?P<between>(?:[a-z-]+ ){0,2}?)(?P<noun>[a-z]+s)\b)"
)
"""The field before what has it: "owners of the boats", "parking fee at the trails"."""
_MEASURES: Final = frozenset(
    {"fee", "charge", "rate", "level", "hours", "interval", "height", "length", "depth", "temperature", "deadline"}
)
"""Last words of fields that sites have for the things that they list."""
_SAID_IN: Final = re.compile(
    r"(?<![\w-])(?:with|having|that have|which have|containing) (?:the (?:words?|phrase) )?"
    r"\"?(?P<value>[^\W_][\w'&.+-]*(?: [^\W_][\w'&.+-]*)?)\"?"
    r" in (?:the|their|its) "
    r"(?P<field>names?|titles?|descriptions?|summar(?:y|ies)|subjects?|headlines?|address(?:es)?)(?![\w-])"
)
_IN_WHICH: Final = re.compile(
    r"(?<![\w-])(?:, ?)?and (?:in|at|on|by|from|of|for|with|to|into)? ?(?:which|what) "
    r"(?P<noun>(?!they\b|it\b|one\b|ones\b)[a-z]{3,})(?=[?,.;]|$| and )"
)
"""A field that is asked for behind the records: "and in which room?"."""
_AGENTS: Final[dict[str, str]] = {
    **dict.fromkeys(("write", "writes", "wrote"), "author"),
    **dict.fromkeys(("make", "makes", "made", "produce", "produces", "produced"), "maker"),
    **dict.fromkeys(("own", "owns", "owned"), "owner"),
    **dict.fromkeys(("donate", "donates", "donated", "gave"), "donor"),
    **dict.fromkeys(("teach", "teaches", "taught"), "teacher"),
    **dict.fromkeys(
        ("run", "runs", "ran", "organises", "organizes", "organised", "organized", "hosts", "hosted"), "organizer"
    ),
    **dict.fromkeys(("sing", "sings", "sang"), "singer"),
    **dict.fromkeys(("speak", "speaks", "spoke", "talks", "talked"), "speaker"),
    **dict.fromkeys(("lead", "leads", "led"), "leader"),
    **dict.fromkeys(("build", "builds", "built"), "builder"),
    **dict.fromkeys(("sell", "sells", "sold"), "seller"),
    **dict.fromkeys(("win", "wins", "won"), "winner"),
}
_NOT_AGENTS: Final = frozenset(
    {"is", "are", "was", "were", "has", "have", "had", "can", "will", "likes", "want", "wants", "live", "lives"}
)


def read_said_where(reading: Reading) -> None:
    """Read "with Otter in their name", and the field in "owners of the boats" and "who drilled the wells"."""
    for found in reading.find(_SAID_IN):
        value = reading.as_written(*found.span("value"))
        if found["value"] not in FUNCTION:
            name = FIELDS.get(singular(found["field"]), singular(found["field"]))
            reading.add(Topic.NAMED, Relation.CONTAINS, value, found.span(), name=name)
    for found in reading.find(_IN_WHICH):
        if found["noun"] not in FUNCTION:
            want(reading, singular(found["noun"]), found.span("noun"))
            reading.take(*found.span())
    for found in reading.find(_WHO_HEAD):
        agent = _agent(found["verb"])
        if agent:
            want(reading, agent, found.span("verb"))
            reading.take(*found.span())
    for found in reading.find(_OF_THE):
        if reading.cased[found.start("noun")].islower() and _is_field_of_several(found):
            want(reading, singular(found["field"]), found.span("field"))
            reading.take(*found.span())


def _is_field_of_several(found: re.Match[str]) -> bool:
    """Whether the first noun is a field that each of the others has: prices of rooms, owners of boats."""
    field, noun = found["field"], found["noun"]
    words = {*field.split(), *found["between"].split()}
    if noun == singular(noun) or words & (FUNCTION | ASKING | {"free"}):
        return False
    last = singular(field.rpartition(" ")[2])
    if last in FIELDS or last in _MEASURES:
        return True
    return found["of"] == "of" and re.fullmatch(r"[a-z]{3,}(?:er|or|ist)s", field) is not None


def read_clauses(reading: Reading) -> None:
    """Read what follows "with" or "and" where it can only be something to be told of each record."""
    for found in reading.find(_LEAD):
        items, end = _items(reading, found.end())
        if not items or not reading.is_free(found.start(), end):
            continue
        joined = found["lead"].startswith("and") or found["lead"] == "plus"
        topic = joined and _ABOUT.search(reading.plain[: found.start()]) and not any(i.sure for i in items)
        if topic or not _tells(items, joined=joined):
            continue
        for item in items:
            if item.sure or item.definite or item.is_known:
                want(reading, item.field, item.span)
            else:  # "with pool and price": the columns decide whether it is a field, or what a record must have
                value = _single(item.field)
                reading.add(Topic.KEYWORDS, Relation.CONTAINS, value, item.span, name=MAYBE_FIELD, confidence=0.6)
        reading.take(found.start(), end)


_ABOUT: Final = re.compile(r"\b(?:about|on|for|between)\b[^,]*$")
"""What a thing is about may be two things: "love and the city"."""


@dataclass(frozen=True, kw_only=True)
class _Item:
    """One thing to be told; ``sure`` where its form leaves no other meaning."""

    field: str
    span: tuple[int, int]
    sure: bool
    definite: bool

    @property
    def is_known(self) -> bool:
        """Whether its last word is one that names fields everywhere."""
        return self.field.rpartition(" ")[2] in FIELDS


def _tells(items: list[_Item], *, joined: bool) -> bool:
    """Whether a list of nouns names fields: one that surely does speaks for all; "with" makes known ones sure."""
    if any(item.sure for item in items):
        return all(item.sure or item.definite or item.is_known or not joined for item in items)
    known = [item for item in items if item.is_known]
    if joined:
        return len(known) == len(items) and all(item.definite for item in items)
    return bool(known) or all(item.definite for item in items)


def _items(reading: Reading, start: int) -> tuple[list[_Item], int]:
    items: list[_Item] = []
    position = start
    while True:
        found = _item(reading, position)
        if found is None:
            return [], start
        item, end = found
        if _BOUND.match(reading.plain, end):
            return [], start
        items.append(item)
        following = _NEXT.match(reading.plain, end)
        further = _item(reading, following.end()) if following and reading.is_free(*following.span()) else None
        if following and further is not None:
            position = following.end()
            continue
        ended = end >= len(reading.plain) or not reading.is_free(end, end + 1) or _END.match(reading.plain, end)
        return (items, end) if ended else ([], start)


def _item(reading: Reading, start: int) -> tuple[_Item, int] | None:
    for pattern in (_HOW_MUCH, _HOW, _HOW_IS, _WHEN, _WHO_TAIL):
        found = pattern.match(reading.plain, start)
        if found and reading.is_free(*found.span()):
            return _clause(found)
    article = _ARTICLE.match(reading.plain, start)
    if article and article["article"] in ("a", "an"):
        return None
    begin = article.end() if article else start
    counted = _COUNTED.match(reading.plain, begin)
    if counted and reading.is_free(*counted.span()):
        noun, end, sure = counted["noun"], counted.end(), True
    else:
        noun, end = _noun(reading, begin)
        sure = False
    if not noun or not reading.is_free(start, end):
        return None
    for pattern in (_IN_UNIT, _OF_THEM, _RELATIVE):
        more = pattern.match(reading.plain, end)
        if more and reading.is_free(*more.span()) and (pattern is not _RELATIVE or article):
            end, sure = more.end(), True
            if pattern is _OF_THEM and more["whole"] and noun in _OF_SOMETHING:
                noun = f"{more['whole']} {noun}"
    definite = article is not None
    return _Item(field=FIELDS.get(noun, noun), span=(begin, end), sure=sure, definite=definite), end


def _clause(found: re.Match[str]) -> tuple[_Item, int] | None:
    groups = found.groupdict()
    if groups.get("cost"):
        field = "price"
    elif groups.get("noun"):
        field = groups["noun"]
    elif groups.get("degree"):
        field = _DEGREES[groups["degree"]]
    elif groups.get("word"):
        field = _ADVERBS[groups["word"]]
    else:
        field = _agent(groups["verb"])
    return (_Item(field=field, span=found.span(), sure=True, definite=True), found.end()) if field else None


def _noun(reading: Reading, start: int) -> tuple[str, int]:
    """Return up to three words that may be a noun, none of them a name, and where they end."""
    words: list[str] = []
    end = start
    if re.match(rf"(?:{NUMERAL})\b", reading.plain[start:]):
        return "", end  # "with five stars" chooses
    for word in _words(reading.plain, start):
        filling = word[0] in FUNCTION | _LEADING or (word[0] in ASKING and word[0] not in FIELDS)
        if filling or len(words) == _MOST_WORDS or reading.cased[word.start()].isupper():
            break
        words.append(word[0])
        end = word.end()
    return " ".join(words), end


def _words(text: str, start: int) -> Iterator[re.Match[str]]:
    position = start
    while word := _WORD.match(text, position):
        yield word
        if text[word.end() : word.end() + 1] != " ":
            return
        position = word.end() + 1


def _agent(verb: str) -> str:
    """Return who does what a verb says: who drills is the driller. Empty for verbs that name nobody so."""
    if verb in _AGENTS or verb in _NOT_AGENTS:
        return _AGENTS.get(verb, "")
    stem = re.sub(r"(?:ied|ies)$", "y", verb)
    stem = re.sub(r"(?:ed|es|s)$", "", stem) if stem == verb else stem
    return f"{stem}er" if len(stem) > 2 else ""


def _single(field: str) -> str:
    *front, last = field.split()
    return " ".join([*front, singular(last)])


def want(reading: Reading, field: str, where: tuple[int, int]) -> None:
    """Keep a field that the answer is to tell."""
    if field not in reading.wanted:
        reading.wanted.append(field)
        reading.add(Topic.DETAIL, Relation.EQUALS, field, where)
