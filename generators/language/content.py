"""What is left of a query: quoted and named words, what is not wanted, the kind of record, and the keywords."""

from __future__ import annotations

import re
from itertools import pairwise

from domain.meaning import gazetteer
from domain.meaning.numerals import WORDS as NUMERALS
from domain.meaning.words import SYNONYMS, fold, singular
from domain.plan import Relation, Topic
from generators.language.lexicon import ASKING, COMPOUNDS, FUNCTION, PARTS, RECORD_NOUNS
from generators.language.reading import Reading

_QUOTED = re.compile(
    r"(?:(?:(?:that|which) )?(?:match(?:es|ing)?|mention(?:s|ing)?|contain(?:s|ing)?|called|named|"
    r"titled|entitled|about|for)(?: the)?(?: words?| phrase| term)? )?\"(?P<words>[^\"]{1,120})\"|"
    r"(?<!\w)'(?P<single>[^']{2,80})'(?!\w)"
)
_MATCHING = re.compile(
    r"(?<!\w)(?:(?:(?:that|which) )?(?:match(?:es|ing)?|mention(?:s|ing)?|contain(?:s|ing)?|"
    r"includ(?:es|ing)?|for)(?: the)? (?:words?|phrase|term|keyword) |"
    r"(?:(?:that|which) )?mention(?:s|ing)? |(?:(?:that|which) )?contain(?:s|ing)? |with the words? "
    r")(?P<words>[\w'&+#-]+)"
)
_CALLED = re.compile(
    r"(?<!\w)(?:(?:(?:that|which) )?(?:is |are )?(?:called|named|titled|entitled)) (?P<words>[^\W_][\w'&.+-]*)"
)
_BEGINNING = re.compile(
    r"(?<![\w-])(?:starting|beginning|(?:(?:that|which|whose names?) )?(?:starts?|begins?)) with "
    r"(?:(?:the |an )?letters? )?\"?(?P<letters>[^\W\d_]{1,3})\"?(?=$|[.,;?!]| (?:and|or|in|near|under|of|with)\b)"
)
_RUN = re.compile(r"[A-Z0-9][\w&'.+-]*(?: (?:(?:of|the|and|&|de|la|vs) ){0,2}[A-Z0-9&][\w&'.+-]*)*")
_NEGATED = re.compile(
    r"(?<![\w-])(?:(?:but |and |that |which )*(?:(?:are|is|(?P<does>do|does))(?: not|n't)(?: (?:about|include|"
    r"involve|mention|contain|have|offer|allow|accept|require|need|use|for|in|near|by|on|at|with|from|under))?|"
    r"not(?: (?:about|for|including|any|in|near|on|at|with|from|under))?|"
    r"no|(?<=thing )but|(?<=all )but|"
    r"(?:(?:from|in|of|by|with|at|on) )?any(?:one|body|where|thing)? (?:other )?(?:[a-z]+ )?(?:but|except(?: for)?|"
    r"other than)|without(?: any)?|except(?: for)?(?: on| in| at| by| from| with)?|"
    r"excluding|exclude|other than|apart from|but no|minus|never) |"
    r"non-)(?:the |an? |any )?(?P<words>[^\W_][\w'&+#-]*(?: [^\W_][\w'&+#-]*){0,2})"
)
_AUXILIARY = frozenset({"been", "being", "be", "yet", "already", "ever", "still", "any"})
_EACH = re.compile(r"(?<!\w)(?:every|each) $")
_SOURCE = re.compile(
    r"(?<![\w-])(?:in|on|from|at|of|across) (?:the|this|that|your|their|our) (?:(?:whole|entire|"
    r"web) ?)?(?:wiki|registry|site|website|catalogue|"
    r"catalog|database|store|shop|directory|api|collection|calendar|archive|blog|server|portal|feed|"
    r"index|platform|app|system|service|list)(?!\w)"
)
_PORTION = re.compile(r"(?<![\w-])(?:pieces?|kinds?|types?|sorts?|lists?|sets?|bits?) of (?=[a-z])")
_TOKEN = re.compile(r"[^\W_](?:[\w'&+#/@-]|\.(?=\w))*")
_PROPER = re.compile(r"[A-Z][\w&'+-]*(?: (?:(?:of|the|and|&|de|la|vs|Vs) ){0,2}[A-Z][\w&'+-]*)+")
_WRITES = re.compile(
    r"(?:^|[.!?;,] ?|\bplease |\bto |\band (?:then )?|\bthen |\b(?:can|could|would) you |\blet me |"
    r"\bhelp me |\bi(?:'d| would)? like to |\bi want to )"
    r"(?P<verb>order(?!ed| by\b|ing)|buy|purchase|delete|remove|cancel|send|submit|sign (?:me |us "
    r")?up|register|subscribe|unsubscribe|rsvp|reserve|"
    r"book(?= (?:an?|the|me|us|one|two|three|four|five|six|my|our|\d|tickets?|seats?|this|that)\b)|"
    r"post(?= (?:an?|the|my|this|that|to)\b)|"
    r"add .{1,40}\bto (?:the |my )?(?:cart|basket|bag|list)|create|update|edit|change|upload|publish|"
    r"pay|check ?out|reply|comment on|vote|like this|follow (?:me|him|her|them|the user))(?!\w)"
)


def read_portions(reading: Reading) -> None:
    """Take what only counts a thing that has no plural: "pieces of" furniture."""
    for found in reading.find(_PORTION):
        reading.take(*found.span())


def read_quoted(reading: Reading) -> None:
    """Read words in quotes, and after "called", "mention", "match the word", verbatim."""
    for found in reading.find(_QUOTED):
        group = "words" if found["words"] else "single"
        written = reading.as_written(*found.span(group))
        if written:
            reading.add(Topic.KEYWORDS, Relation.CONTAINS, written, found.span())
    for found in reading.find(_MATCHING):
        if found["words"] not in FUNCTION:
            reading.add(Topic.KEYWORDS, Relation.CONTAINS, reading.as_written(*found.span("words")), found.span())
    for found in reading.find(_CALLED):
        run = _RUN.match(reading.cased, found.start("words"))
        end = run.end() if run else found.end()
        written = reading.as_written(found.start("words"), end).rstrip(".,'")
        reading.add(Topic.KEYWORDS, Relation.CONTAINS, written, (found.start(), found.start("words") + len(written)))


def read_beginnings(reading: Reading) -> None:
    """Read "starting with D": no filter knows it yet, and so it is asked back rather than passed over."""
    for found in reading.find(_BEGINNING):
        value = reading.as_written(*found.span("letters"))
        reading.add(Topic.NAMED, Relation.EQUALS, value, found.span(), name="first letters of its name")


def read_negated(reading: Reading) -> None:
    """Read "not yoga", "no kids", "except Oakland"."""
    for found in [one for piece in reading.free_pieces() for one in _NEGATED.finditer(reading.plain, *piece)]:
        if not reading.is_free(*found.span()):
            continue
        start = found.start("words")
        whole = reading.as_written(*found.span("words"))
        places = gazetteer.known(whole, towns=False) if whole[:1].isupper() else ()
        if places:
            reading.add(Topic.PLACE, Relation.NOT_EQUALS, places[0].place.name, found.span(), name=places[0].kind)
            reading.places.append(places[0].place)
            continue
        kept = list(_TOKEN.finditer(reading.plain, start, found.end()))
        while len(kept) > 1 and kept[0][0] in _AUXILIARY:
            kept = kept[1:]
        for number in range(len(kept)):
            if not _is_excluded(reading, kept, number):
                kept = kept[:number]
                break
        if len(kept) > 1 and found["does"] and reading.cased[kept[0].start()].islower():
            kept = kept[1:]  # "that don't speak German": what they do not do is said of what follows
        named_part = len(kept) > 1 and kept[-1][0] in PARTS and reading.cased[kept[-1].start()].islower()
        if named_part and reading.cased[kept[0].start()].isupper():
            reading.take(*kept.pop().span())
        if kept:
            phrase = " ".join(_base(reading.as_written(*t.span()), first=False) for t in kept)
            reading.add(Topic.KEYWORDS, Relation.EXCLUDES, phrase, (found.start(), kept[-1].end()))


def _is_excluded(reading: Reading, tokens: list[re.Match[str]], number: int) -> bool:
    """Whether a word behind a "not" is part of what is not wanted: "in the Data track", "for full sun"."""
    token, following = tokens[number], tokens[number + 1 : number + 2]
    if token[0] in FUNCTION:
        return False
    if reading.cased[token.start()].isupper():
        return True
    if token[0] in ASKING and number == 0:
        if not following:
            return token.end() >= len(reading.plain.rstrip(" .?!"))
        return not _is_plain(following[0][0]) and not _is_record_noun(following[0][0])
    if token[0] in ASKING:
        return False
    return not _is_record_noun(token[0])


def read_writes(reading: Reading) -> bool:
    """Return whether the query asks to change something; the verb that says so is no keyword."""
    found = _WRITES.search(reading.plain)
    if found:
        reading.take(*found.span("verb"))
    return found is not None


def read_content(reading: Reading) -> None:
    """Read the kind of record and the keywords out of what nothing else understood."""
    for found in reading.find(_SOURCE):
        reading.take(*found.span())
    runs: list[list[tuple[int, int]]] = []
    for start, end in list(reading.free_pieces()):
        runs.extend(_noun_runs(reading, start, end))
    for run in runs:
        last = reading.plain[slice(*run[-1])]
        if not reading.subject and _is_record_noun(last):
            reading.subject = last
    head = _head(reading, runs) if not reading.subject else None
    for run in runs:
        for span in run:
            word = reading.plain[slice(*span)]
            modifies = span != run[-1] and not _is_record_noun(reading.plain[slice(*run[-1])])
            if modifies or not _is_record_noun(word):
                _add_keyword(reading, span, is_head=span == head)
    if head:
        reading.subject = reading.plain[slice(*head)]
    elif not reading.subject and _TICKETS.search(reading.plain):
        reading.subject = "tickets"
    _mark_alternatives(reading)


_TICKETS = re.compile(
    r"^(?:(?!\b(?:to|for|with|under|below|from|at)\b).)*\btickets\b(?! (?:to|for|under|below|from|at|cost)\b)"
)
"""Of tickets that are no prices of something else: "open tickets of the printer"."""


def _noun_runs(reading: Reading, start: int, end: int) -> list[list[tuple[int, int]]]:
    """Return runs of content words in a free stretch, parted by function words and punctuation."""
    runs: list[list[tuple[int, int]]] = [[]]
    position = start
    while position < end:
        proper = _PROPER.match(reading.cased, position, end)
        token = _TOKEN.match(reading.plain, position, end)
        phrase = _known_phrase(reading, position, end)
        if phrase:
            runs[-1].append((position, phrase))
            position = phrase
        elif proper and not _is_plain(proper[0].split()[0]):
            runs[-1].append(_without_record_noun(proper))
            position = runs[-1][-1][1]
        elif token:
            word = token[0].rstrip("'-&./")
            if _is_plain(word):
                runs.append([])
            else:
                runs[-1].append((position, position + len(word)))
            position = token.end()
        else:
            if reading.plain[position] != " ":
                runs.append([])
            position += 1
    return [run for run in runs if run]


def _without_record_noun(proper: re.Match[str]) -> tuple[int, int]:
    """Return the capitalised run without a record noun at its end: "Hip Hop Events"."""
    words = proper[0].split()
    if len(words) > 1 and _is_record_noun(words[-1].casefold()):
        return proper.start(), proper.start() + len(" ".join(words[:-1]))
    return proper.span()


def _known_phrase(reading: Reading, start: int, end: int) -> int | None:
    found = re.compile(r"[^\W_]+[ -][^\W_]+").match(reading.plain, start, end)
    name = fold(found[0]) if found else ""
    whole = " ".join([*name.split()[:-1], singular(name.split()[-1])]) if name else ""
    if (
        found
        and (name in SYNONYMS or name in COMPOUNDS or whole in COMPOUNDS)
        and (found.end() == end or not reading.plain[found.end()].isalnum())
    ):
        return found.end()
    return None


def _is_plain(word: str) -> bool:
    bare = word.casefold().replace("'", "")
    stem = word.casefold().removesuffix("'s")
    return (
        bare in FUNCTION
        or bare in ASKING
        or bare in NUMERALS
        or stem in FUNCTION
        or word.casefold().removesuffix("'s") in ASKING
    )


def _is_record_noun(word: str) -> bool:
    return word in RECORD_NOUNS or singular(word) in RECORD_NOUNS


def _head(reading: Reading, runs: list[list[tuple[int, int]]]) -> tuple[int, int] | None:
    """Return the first run's last word when it is a plural ("hip-hop parties") or one of all: "every mark"."""
    last = runs[0][-1] if runs else None
    word = reading.plain[slice(*last)] if last else ""
    several = word != singular(word) or (last and _EACH.search(reading.plain[: runs[0][0][0]]) is not None)
    return last if several and " " not in word else None


def _add_keyword(reading: Reading, span: tuple[int, int], *, is_head: bool) -> None:
    written = reading.as_written(*span)
    if not any(c.isalpha() for c in written) and not re.fullmatch(r"\d{2,}(?:\.\d+)?", written):
        return
    said = {fold(str(c.value)) for c in reading.constraints if c.topic is Topic.KEYWORDS}
    base = _base(written, first=span[0] == 0)
    if fold(base) not in said:
        reading.add(Topic.KEYWORDS, Relation.CONTAINS, base, span, confidence=0.8 if is_head else 1.0)
    else:
        reading.take(*span)


def _base(written: str, *, first: bool) -> str:
    """Return the base form; proper names and acronyms keep their case and form."""
    if " " in written and written[0].isupper():
        return written
    if any(c.isupper() for c in written[1:]) or (written[0].isupper() and not first):
        return written
    word = written.casefold()
    if word.endswith("'s"):
        return word.removesuffix("'s")
    *front, last = word.split(" ")
    kept = last if "-" in last else singular(last)
    return " ".join([*front, kept])


def _mark_alternatives(reading: Reading) -> None:
    """Name keywords ``any`` that an "or" joins: one of them is enough."""
    words = [c for c in reading.constraints if c.topic is Topic.KEYWORDS and c.relation is Relation.CONTAINS]
    joined = {
        id(c)
        for one, two in pairwise(words)
        for c in (one, two)
        if re.fullmatch(r"\s*,?\s*or\s+", reading.text[one.end : two.start], re.IGNORECASE)
    }
    reading.constraints[:] = [
        c.model_copy(update={"name": "any"}) if id(c) in joined else c for c in reading.constraints
    ]
