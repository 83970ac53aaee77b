"""Words that choose nothing, or something else than they seem: "of any status", "sold ones too", "priced in CHF"."""

from __future__ import annotations

import re
from typing import Final

from domain.meaning import money
from domain.meaning.words import singular
from domain.plan import Relation, Topic
from generators.language.clauses import want
from generators.language.lexicon import PARTS, TRAITS
from generators.language.reading import Reading

_PRICED_IN: Final = re.compile(
    r"(?<![\w-])(?:(?:that|which) (?:are|is) )?(?:priced|sold|paid|quoted|listed|charged) in "
    r"(?P<unit>[A-Za-z]+)(?![\w-])(?! (?:under|below|over|above|at|up|less|more|from|between)\b)"
)
_HOW_LONG: Final = re.compile(
    r"^(?P<lead>how (?:long|many (?P<unit>minutes|hours|days)) (?:does|do|is|are|will)) .*?"
    r"(?P<verb> (?:last|take|run|go on))[?.!]*$"
)
_NOT: Final = re.compile(r"\b(?:not|n't|except|no) $")
_IN_THE: Final = re.compile(
    r"(?<![\w-])(?:in|at|from|of) the [A-Z][\w'-]*(?: [A-Z][\w'-]*)* "
    rf"(?P<noun>{'|'.join(sorted(PARTS))})(?![\w-])"
)
"""The noun behind a name says of what kind the named thing is: "in the Arnhem shop"."""
_GONE = "sold(?:[ -]out)?|closed|cancelled|archived|past|old|expired|unavailable|finished|ended|inactive|retired"
_TOO: Final = re.compile(
    rf"(?:, ?|(?<![\w-]))(?:and |including |also )?(?:the )?(?:{_GONE})(?: ones?| items?)? "
    r"(?:too|as well|included)(?![\w-])"
    rf"|,? ?(?:including|also) (?:the )?(?:{_GONE}) (?:ones?|items?)(?![\w-])"
)
"""What is not to be left out is no condition."""
_ANY_VALUE: Final = re.compile(r"(?<![\w-])(?:of|in|with|at) (?:any|whatever|all) (?P<word>[a-z]+)(?= |$|[,.;?!])")
_NOW: Final = re.compile(
    r"(?<![\w-]),? ?(?:at the moment|right now|at present|these days|nowadays|at this time)(?=$|[ ,.;?!])"
)
_WHEREVER: Final = re.compile(
    r",? ?(?<![\w-])(?:in|at|from|of) any [a-z]+(?! (?:but|except|other|apart)\b)(?=[ ,.;?!]|$)"
)
_WHOLE_PLACE: Final = re.compile(
    r"(?<![\w-])in (?:the |this )(?:whole )?(?:state|country|county|province|world|museum|gallery|club|festival)"
    r"(?=$|[,.;?!]| (?:by|with|that|which|sorted|ordered)\b)"
)
"""What a site is of as a whole chooses none of its records."""
_COME_AS: Final = re.compile(
    r"(?<![\w-])(?:(?:that|which) )?(?P<verb>comes?|coming|(?:is |are )?available) (?:as|in|with|for) "
)
_RATED: Final = re.compile(
    r"(?<![\w-])(?P<verb>(?:that are |which are )?rated) "
    r"(?!(?:at|as|by|over|above|below|under|more|less|between|better)\b)(?=[a-z])"
)


def read_asides(reading: Reading) -> None:
    """Take what chooses nothing, and read the currency and the duration that a question speaks of in passing."""
    for pattern in (_ANY_VALUE, _TOO):
        for found in reading.find(pattern):
            if pattern is _TOO or singular(found["word"]) in TRAITS:
                reading.take(*found.span())
    for pattern in (_NOW, _WHEREVER, _WHOLE_PLACE):
        for found in reading.find(pattern):
            reading.take(*found.span())
    for pattern in (_COME_AS, _RATED):
        for found in reading.find(pattern):
            reading.take(*found.span("verb"))
    for found in reading.find(_PRICED_IN):
        code = money.currency(f"1 {found['unit']}") or money.currency(f"1 {found['unit'].upper()}")
        if code:
            reading.add(Topic.NAMED, Relation.EQUALS, code, found.span(), name="currency")
    for found in reading.find(_HOW_LONG):
        want(reading, "duration", found.span("lead"))
        reading.take(*found.span("lead"))
        reading.take(*found.span("verb"))


def read_kinds_of_parts(reading: Reading) -> None:
    """Take the noun behind a name, once the places are read: "the Mission district" may be one as a whole."""
    for found in _IN_THE.finditer(reading.cased):
        if reading.is_free(*found.span("noun")) and not _NOT.search(reading.plain[: found.start()]):
            reading.take(*found.span("noun"))
