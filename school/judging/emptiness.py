"""Is an empty answer honest? Nothing found proves something only where it was looked for in the right place."""

from __future__ import annotations

import re
from statistics import median
from urllib.parse import unquote_plus, urlsplit

from domain.meaning import dates
from domain.meaning.moments import read_datetime
from domain.meaning.words import fold, forms, matches
from domain.plan import FieldType, FilterBinding, Parameter, Relation, SourceBinding, Topic
from domain.run import Finding
from domain.values import JsonObject, JsonValue
from school.judging.case import Case, failed, filters_of, is_set, not_applicable, passed, took_all
from school.judging.claims import satisfies

CHECK = "empty_is_honest"
PROSE_WORDS = 12  # a text as long as a sentence says what something is, a name or a label does not
FILLED = 0.5
QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb"


def empty_is_honest(case: Case) -> Finding:
    """When the question's own values give no rows, each of its words was looked for where it would be said.

    A word that some record satisfies by itself was. One that none does counts only where the site itself searched
    for it, where the records tell of what kind they are, or where it is a name and the records have names. A word that
    the page itself says while no record does never counts: what it is about was not read.
    A question that names one record by its identifier asks about that record: it must be there, and say the words.
    """
    if not case.tried or case.tried[0].run.rows:
        return not_applicable(CHECK, "the question's own values give rows")
    known = case.all_rows()
    if not known:
        return not_applicable(CHECK, "there are no rows to compare with")
    arguments = case.effective(case.tried[0].run.arguments)
    named = [c.value for c in case.plan.intent.about(Topic.IDENTIFIER)]
    shown = 0
    for parameter, binding in filters_of(case.plan):
        wanted = arguments.get(parameter.name)
        if amiss := _value_amiss(case, parameter, binding, wanted, named=named, rows=known):
            return failed(CHECK, amiss)
        if binding.relation is Relation.CONTAINS and binding.topic is Topic.KEYWORDS:
            words = _texts(wanted)
            seen = [w for w in words if _some(case, parameter, binding, wanted=[w], rows=known)]
            shown += len(seen)
            if not (binding.any_of and seen):
                unseen = [w for w in words if w not in seen]
                if told := _words_amiss(case, parameter, binding, unseen, named=named, rows=known):
                    return failed(CHECK, told)
    return passed(CHECK, f"{shown} words occur in some record, the others were looked for where they would be said")


def _value_amiss(
    case: Case,
    parameter: Parameter,
    binding: FilterBinding,
    wanted: JsonValue,
    *,
    named: list[JsonValue],
    rows: list[JsonObject],
) -> str:
    """Why a name, a person or a day that no record has proves nothing; empty where it does."""
    is_one = wanted in named or (binding.topic is Topic.PERSON and is_set(wanted))
    if is_one and not _some(case, parameter, binding, wanted=wanted, rows=rows):
        return f"no record that was seen has {wanted!r} as its {' or '.join(binding.fields)}"
    return _begins_later(case, binding, wanted, rows) if binding.topic is Topic.DATE else ""


def _words_amiss(
    case: Case,
    parameter: Parameter,
    binding: FilterBinding,
    unseen: list[str],
    *,
    named: list[JsonValue],
    rows: list[JsonObject],
) -> str:
    """Why words that no record says prove nothing; empty where they do."""
    said = [w for w in unseen if _page_says(case, parameter, w)]
    if said:
        return f"the page says {', '.join(map(repr, said))} and no record that was read does"
    asked_of_site = any(isinstance(b, SourceBinding) for b in parameter.bindings)
    plain = [w for w in unseen if not is_name(w, case.plan.query) and not _is_noun(w, case)]
    if len(plain) > 1 and not asked_of_site:
        return _told(plain, binding, named)  # one word may be on no record; where two are, the site says it otherwise
    amiss = [w for w in unseen if named or not _honest(case, parameter, binding, word=w, rows=rows)]
    seen_all = any(took_all(case, tried) for tried in case.tried)
    if seen_all and amiss and not named and len(amiss) < len(unseen):
        # Another word is on no record for sure, so none is meant, whatever the records are called here.
        amiss = [w for w in amiss if not _is_noun(w, case)]
    return _told(amiss, binding, named) if amiss else ""


def left_out_is_told(case: Case) -> Finding:
    """What the question leaves out must be said by some record: else the records tell it in another way, or not at all.

    "Lots without bids" of a site that speaks of offers would be all lots.
    """
    check = "left_out_is_told"
    wide = [row for tried in case.tried if took_all(case, tried) for row in tried.run.rows]
    rows = wide or case.all_rows()
    arguments = case.effective(case.tried[0].run.arguments) if case.tried else {}
    tested = 0
    for parameter, binding in filters_of(case.plan):
        named = binding.relation is Relation.NOT_EQUALS and binding.topic is Topic.NAMED
        if not (named or binding.relation is Relation.EXCLUDES) or not rows:
            continue
        said = binding.model_copy(update={"relation": Relation.EQUALS if named else Relation.CONTAINS})
        for word in _texts(arguments.get(parameter.name)):
            tested += 1
            if not _some(case, parameter, said, wanted=word if named else [word], rows=rows):
                return failed(check, f"no record that was seen says {word!r}, so that leaving it out chooses nothing")
    return passed(check, f"{tested} words") if tested else not_applicable(check, "the question leaves nothing out")


def _begins_later(case: Case, binding: FilterBinding, wanted: JsonValue, rows: list[JsonObject]) -> str:
    """Why days before the oldest record prove nothing: a feed, or a page without further ones, shows the newest.

    A day of the week before all records is rather one of the days that they are on.
    """
    weekday = str(wanted).casefold().partition(" ")[0] in _WEEKDAYS
    if binding.relation is not Relation.TO or not is_set(wanted) or (case.plan.paging is not None and not weekday):
        return ""
    written = (str(row[binding.fields[0]]) for row in rows if is_set(row.get(binding.fields[0])))
    days = [moment.date() for text in written if (moment := read_datetime(text)) is not None]
    last = dates.resolve(str(wanted), case.now.date()).end
    if not days or last >= min(*days, *(() if weekday else (case.now.date(),))):
        return ""
    return f"the records that were seen begin on {min(days)}; what was before may be elsewhere"


_WEEKDAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})


def _told(words: list[str], binding: FilterBinding, named: list[JsonValue]) -> str:
    said, where = ", ".join(repr(word) for word in words), ", ".join(binding.fields)
    why = f"the question is about {named[0]!r} alone" if named else f"{where} do not tell what kind a record is"
    return f"no record that was seen says {said}, and {why}"


def _page_says(case: Case, parameter: Parameter, word: str) -> bool:
    """Whether a word stands in the page's text, which is no mere echo of what was searched for."""
    if not case.observation.pages or any(isinstance(b, SourceBinding) for b in parameter.bindings):
        return False
    page = case.observation.pages[0]
    echoed = fold(word) in fold(unquote_plus(urlsplit(page.final_url).query))
    return not echoed and matches([page.text_after or page.text_before], word)


def _some(
    case: Case, parameter: Parameter, binding: FilterBinding, *, wanted: JsonValue, rows: list[JsonObject]
) -> bool:
    return any(satisfies(case, parameter, binding, wanted=wanted, row=row, arguments={}) for row in rows)


def _honest(case: Case, parameter: Parameter, binding: FilterBinding, *, word: str, rows: list[JsonObject]) -> bool:
    asked_of_site = any(isinstance(b, SourceBinding) for b in parameter.bindings)
    if not asked_of_site and _is_aside(word, case):
        return False  # "and the lock they open with": it may name something that this source calls otherwise
    if not asked_of_site and _is_noun(word, case):
        return False  # the records may be what is asked for under another name: "courses" where a site has classes
    called = is_name(word, case.plan.query) or _is_all(word, case)
    return asked_of_site or called or any(_tells(case, f, rows) for f in binding.fields)


def _is_aside(word: str, case: Case) -> bool:
    """Whether a question says a word behind its noun, and not as something that the records mention or have."""
    intent = case.plan.intent
    said = next((c for c in intent.about(Topic.KEYWORDS) if fold(str(c.value)) == fold(word)), None)
    noun = re.search(rf"(?<!\w){re.escape(intent.subject.casefold())}(?!\w)", intent.text.casefold())
    if said is None or not intent.subject or noun is None or said.start < noun.end():
        return False
    begin = max(said.start, intent.text.casefold().find(str(said.value).casefold(), said.start))
    between = intent.text.casefold()[noun.end() : begin]
    placed = is_name(word, case.plan.query) and _PLACED.search(between) is not None
    return not placed and _ABOUT.search(between) is None and _HAVING.search(between) is None


_PLACED = re.compile(r"\b(?:in|at|near|from|of|by|on)(?: the)? *$")


_HAVING = re.compile(r"\b(?:with|having|including) (?:an? |some |any |no )?$")
_ABOUT = re.compile(
    r"\b(?:about|on|mention\w*|contain\w*|for|called|named|titled|tagged|matching|saying|not|without)\b[^,]*$"
)


def _is_noun(word: str, case: Case) -> bool:
    """Whether the word is what the question asks for, and it says more than that."""
    said = fold(case.plan.intent.subject)
    others = [c for c in case.plan.intent.constraints if c.topic not in (Topic.COUNT, Topic.SORT, Topic.DETAIL)]
    return bool(said) and said in {fold(word), *forms(fold(word))} and len(others) > 1


def _is_all(word: str, case: Case) -> bool:
    """Whether the question is nothing but the name of a thing, which titles say: "telescopes"."""
    said = fold(case.plan.intent.subject)
    spellings = {fold(word), *forms(fold(word))}
    return len(case.plan.intent.constraints) == 1 and said in spellings


def _tells(case: Case, name: str, rows: list[JsonObject]) -> bool:
    """Whether a field says what kind of thing a record is: its categories, its tags, or sentences about it."""
    values = [row[name] for row in rows if is_set(row.get(name))]
    if len(values) < FILLED * len(rows):
        return False
    categories = {f for p, b in filters_of(case.plan) if p.topic is Topic.CATEGORY for f in b.fields}
    listed = any(f.name == name and f.type is FieldType.ARRAY for f in case.plan.fields)
    if name in categories or listed:
        return len({str(value) for value in values}) > 1
    return median(len(str(value).split()) for value in values) >= PROSE_WORDS


def is_name(word: str, query: str) -> bool:
    """Return whether a question writes a word as a name: in quotes, or with a capital within the sentence."""
    spellings = {fold(word), *forms(fold(word))}
    for found in re.finditer(r"[^\W_]+(?:[-'][^\W_]+)*", query):
        before = query[: found.start()].rstrip(" ")
        quoted = query[: found.start()][-1:] in QUOTES and query[: found.start()] != ""
        within = before[-1:] not in ("", ".", "!", "?", ":")
        first_of_word = fold(word).split()[:1] == [fold(found.group())]
        if (fold(found.group()) in spellings or first_of_word) and (quoted or (within and found.group()[0].isupper())):
            return True
    return False


def _texts(value: JsonValue) -> list[str]:
    if not is_set(value):
        return []
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]
