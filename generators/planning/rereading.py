"""A question read again once the records are known: some of its words name their fields, or the records themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from domain.meaning.kinds import called_too
from domain.meaning.words import fold, forms, matches, singular
from domain.observation import Column, Observation, Page, RecordCandidate
from domain.plan import Constraint, FieldType, Intent, Relation, SourceKind, Topic
from generators.language.wanted import MAYBE_FIELD
from generators.sources.paths import INSIDE
from generators.sources.relevance import named
from generators.sources.roles import Role, roles_of

_HEADING: Final = re.compile(r'heading "([^"\n]{1,120})" \[level=([12])\]')
_MOST_SECTIONS: Final = 5
"""More second-level headings than these are the records' own titles."""
_COUNT_OF: Final = re.compile(r"(?<![\w.,])(?P<number>\d[\d,]{0,9})\s+(?P<noun>[^\W\d_]{3,}(?: [^\W\d_]{3,})?)")
_LANGUAGE: Final = re.compile(r"<html[^>]*\blang\s*=\s*[\"']?([A-Za-z]{2})")


def reread(intent: Intent, columns: Sequence[Column], *, single: bool = False) -> Intent:
    """Return the question with words that name a field taken as fields: as wanted ones, or as no words at all.

    Of a ``single`` record nothing is chosen: each word that names one of its fields asks for that.
    """
    wanted = list(intent.wanted)
    kept: list[Constraint] = []
    for constraint in _whole_values(intent, columns):
        column = named(columns, str(constraint.value)) if single and _is_word(constraint) else None
        if column is not None and not shown_by(columns, str(constraint.value)):
            wanted.append(str(constraint.value))
            continue
        column = _field_named(constraint, columns)
        if column is None or shown_by(columns, str(constraint.value)):
            kept.append(constraint)
        elif column.type is FieldType.BOOLEAN:
            kept.append(constraint)  # "with a balcony" where a record says whether it has one
        elif constraint.name == MAYBE_FIELD:
            wanted.append(str(constraint.value))
    return intent.model_copy(update={"constraints": tuple(kept), "wanted": tuple(dict.fromkeys(wanted))})


def _whole_values(intent: Intent, columns: Sequence[Column]) -> list[Constraint]:
    """Return the constraints, words that belong to a value of some column replaced by the value: "for full shade"."""
    asked = f" {fold(intent.text)} "
    several = {v for c in columns if len(c.values) > 1 for v in c.values if 1 < len(fold(v).split()) <= _WORDS_OF_VALUE}
    said = [value for value in sorted(several, key=len, reverse=True) if f" {fold(value)} " in asked]
    found: list[Constraint] = []
    for constraint in intent.constraints:
        whole = next((v for v in said if _is_part(constraint, fold(v).split())), None)
        replaced = constraint if whole is None else constraint.model_copy(update={"value": whole})
        if whole is None or all(fold(str(known.value)) != fold(whole) for known in found):
            found.append(replaced)
    return found


def _is_part(constraint: Constraint, words: Sequence[str]) -> bool:
    if constraint.topic is not Topic.KEYWORDS:
        return False
    value = fold(str(constraint.value)).split()
    return bool(value) and len(value) < len(words) and all({w, *forms(w)} & set(words) for w in value)


_WORDS_OF_VALUE: Final = 4


def maybe_fields(intent: Intent, columns: Sequence[Column]) -> list[str]:
    """Return the words that may name a field which none of the columns is."""
    words = [str(c.value) for c in intent.about(Topic.KEYWORDS) if c.name == MAYBE_FIELD]
    return [w for w in words if named(columns, w) is None and not shown_by(columns, w)]


def _is_word(constraint: Constraint) -> bool:
    return constraint.topic is Topic.KEYWORDS and constraint.relation is Relation.CONTAINS


def _field_named(constraint: Constraint, columns: Sequence[Column]) -> Column | None:
    if not _is_word(constraint):
        return None
    word = fold(str(constraint.value))
    if constraint.name == MAYBE_FIELD:
        return named(columns, word)
    spellings = {word, *forms(word)}
    return next((c for c in columns if spellings & {*c.name.split("_")[:-1], *fold(c.label).split()[:-1]}), None)


def shown_by(columns: Sequence[Column], word: str) -> bool:
    """Whether some record that was seen says the word in a value; its addresses say what the site calls it."""
    read = (c for c in columns if c.type is not FieldType.URL and Role.LINK not in roles_of(c))
    return any(matches([text for text in (*c.values, *c.samples) if text], word) for c in read)


def names_the_records(word: str, intent: Intent, observation: Observation, candidate: RecordCandidate) -> bool:
    """Return whether a word only says what all the records are: page, heading, path or first column calls them so.

    On a page in another language, an English noun that stands nowhere on it says the same.
    """
    folded = fold(word)
    page = observation.pages[0] if observation.pages else None
    if not folded or page is None:
        return False
    if _headed_so(page, folded, intent) or _owns_them(folded, candidate):
        return True
    if " " in folded or not _is_subject(folded, intent):
        return _about(page, folded, candidate)
    first = candidate.columns[:2] if candidate.columns else ()
    said = [page.title, urlsplit(page.final_url).path, candidate.source.records, *_headings(page)]
    said += [*candidate.reasons, *(c.label for c in first), *(f.title for f in observation.feeds)]
    said += [re.sub(r"[^\w]|_", " ", f"{c.name} {c.locator}") for c in first]
    said += [re.sub(r"[^\w]|_", " ", candidate.source.records)]
    said += [urlsplit(candidate.url).path]
    spellings = {folded, *forms(folded)}
    if set(fold(" ".join(said)).split()) & spellings:
        return True
    others = {form for other in called_too(folded) for form in (other, *forms(other))}
    heads = [page.title, urlsplit(page.final_url).path, *_headings(page), *(c.label for c in first)]
    heads.append(re.sub(r"[^\w]|_", " ", candidate.source.records))
    if _counted_as(spellings, page.text_after or page.text_before, candidate):
        return True
    told_otherwise = (
        set(fold(" ".join(heads)).split()) & others
        or _marked_so(page, spellings, candidate.count)
        or _speaks_of(page, fold(intent.subject), folded)
    )
    if told_otherwise and not shown_by(candidate.columns, folded):
        return True
    language = _LANGUAGE.search(page.served_html[:5000] or page.rendered_html[:5000])
    foreign = language is not None and language.group(1).lower() != "en"
    return foreign and not matches([page.text_after or page.text_before], word)


def _owns_them(word: str, candidate: RecordCandidate) -> bool:
    """Whether records from inside others stand at a place of that name: "every item of every slide"."""
    path = candidate.source.records
    names = set(fold(re.sub(r"[^\w]|_", " ", path)).split())
    return INSIDE in path and bool({word, *forms(word)} & {f for n in names for f in (n, *forms(n))})


def _headed_so(page: Page, word: str, intent: Intent) -> bool:
    """Whether the question says the whole heading of the page, the word among others: "Ferns & Grasses"."""
    asked = {form for w in fold(intent.text).split() for form in (w, *forms(w))} | {"and"}
    echoed = word in fold(urlsplit(page.final_url).query)
    heads = [set(fold(text).split()) for text, level in _HEADING.findall(page.aria) if level == "1"]
    return not echoed and any(len(h) > 1 and h <= asked and h & {word, *forms(word)} for h in heads)


def _counted_as(spellings: set[str], text: str, candidate: RecordCandidate) -> bool:
    """Whether the page counts its records by the word: "70 works" over as many records."""
    counts = {str(n) for n in (candidate.total, candidate.count) if n}
    told = ((found["number"].replace(",", ""), fold(found["noun"])) for found in _COUNT_OF.finditer(text))
    return any(number in counts and spellings & set(nouns.split()) for number, nouns in told)


def _speaks_of(page: Page, plural: str, word: str) -> bool:
    """Whether the page says a plural other than as a link to somewhere else: "26 concerts this season".

    The bare singular may be a label that some of its records bear: "Thriller". In a sentence it is none: "click on a
    concert".
    """
    text = fold(page.text_after or page.text_before)
    linked = sum(fold(link.text).split().count(plural) for link in page.links)
    if plural != singular(plural) and _stands_alone(text, plural) and text.split().count(plural) > linked:
        return True
    one = singular(word)
    in_a_sentence = re.search(rf"\b(?:an?|each|every|this|any|one) (?:\w+ )?{re.escape(one)}\b", text) is not None
    return in_a_sentence and _stands_alone(text, one)


def _stands_alone(text: str, word: str) -> bool:
    """Whether a text says a word, and never beside another of its kind: "concerts and films"."""
    listed = re.search(rf"\b(?:and|or) (?:an? |the |\d+ )?{re.escape(word)}\b|\b{re.escape(word)} (?:and|or) \w", text)
    return listed is None and f" {word} " in f" {text} "


def _marked_so(page: Page, spellings: set[str], count: int) -> bool:
    """Whether the page says in its own description what it has, or marks all records by the word: ``card-talk``."""
    markup = page.rendered_html or page.served_html
    told = _DESCRIPTION.search(markup[:_HEAD])
    if told and any(_stands_alone(fold(told.group(1)), word) for word in spellings):
        return True
    marks = Counter(part for found in _CLASSES.findall(markup) for part in set(re.split(r"[-_\s]+", found.lower())))
    return any(marks[word] >= max(_MANY, count if count <= _MOST_SHOWN else _SHOWN_AT_ONCE) for word in spellings)


_DESCRIPTION: Final = re.compile(
    r"<meta[^>]*\bname=[\"']description[\"'][^>]*\bcontent=[\"']([^\"']{1,400})", re.IGNORECASE
)
_CLASSES: Final = re.compile(r"\bclass=[\"']([^\"']{1,200})[\"']")
_HEAD: Final = 10_000
_MANY: Final = 4
_MOST_SHOWN: Final = 60
_SHOWN_AT_ONCE: Final = 12
"""A page may show fewer records than the source has."""


def _headings(page: Page) -> list[str]:
    found = _HEADING.findall(page.aria)
    sections = [text for text, level in found if level == "2"]
    return [text for text, level in found if level == "1" or len(sections) <= _MOST_SECTIONS]


def _about(page: Page, word: str, candidate: RecordCandidate) -> bool:
    """Whether the page as a whole is about a word that its records do not repeat; a mere search is not."""
    heads = [page.title, *_headings(page)]
    echoed = word in fold(urlsplit(page.final_url).query)
    said = any(f" {word} " in f" {fold(h)} " for h in heads) or _in_address(page, word, candidate)
    return said and not echoed and candidate.complete and not shown_by(candidate.columns, word)


def _in_address(page: Page, word: str, candidate: RecordCandidate) -> bool:
    """Whether a part of the page's path, or the last one of the records' path within an answer, is the word."""
    parts = {fold(unquote(part)) for part in urlsplit(page.final_url).path.split("/")}
    if candidate.kind in (SourceKind.JSON, SourceKind.EMBEDDED):
        parts |= {fold(candidate.source.records.rpartition(".")[2].replace("_", " "))}
    spellings = {word, *forms(word), *(word.removesuffix(ending) for ending in ("ed", "ing"))}
    return bool({form for part in parts if part for form in (part, *forms(part))} & spellings)


def _is_subject(word: str, intent: Intent) -> bool:
    """Whether the word is the question's noun: its subject, or its first word where it has none."""
    subject = {form for noun in fold(intent.subject).split() for form in (noun, *forms(noun))}
    if subject:
        return word in subject
    words = sorted((c for c in intent.about(Topic.KEYWORDS) if c.relation is Relation.CONTAINS), key=lambda c: c.start)
    return bool(words) and fold(str(words[0].value)) == word
