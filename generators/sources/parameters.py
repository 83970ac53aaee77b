"""Parameters that a source may take: ideas from links, forms, answers and conventions, and what probes show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import parse_qsl, urljoin, urlsplit

from domain.meaning.gazetteer import find as find_place
from domain.meaning.words import fold, forms, matches
from domain.observation import Column, EndpointParameter, Form, Observation, RecordCandidate
from domain.plan import Constraint, FieldType, Intent, Relation, RequestTemplate, SourceKind, Topic
from domain.values import JsonObject, JsonValue
from generators.sources.paging import SIZE_PARAMETER
from generators.sources.paths import leaves
from generators.sources.roles import Role, first, human_text, roles_of
from generators.sources.typing import as_text

Evidence = Literal["exchange", "form", "link", "document", "convention"]

SEARCH_NAME: Final = re.compile(
    r"^_?(q|query|search|s|text|keywords?|term|find|k|srsearch|wpSearch|searchword|search_query|_search|search_?term|searchtext|name)$",
    re.IGNORECASE,
)
_CONTROL_NAME: Final = re.compile(
    r"(page|offset|cursor|token|sort|order|limit|size|format|lang|locale|view|utm_|facet|callback|redirect|csrf|_next"
    r"|shape|layout|display|ref|session|skip|nocache|debug)",
    re.IGNORECASE,
)
_ASSIGNED: Final = re.compile(r"(?:with |where |and )?(?P<name>[A-Za-z_][\w.-]*) ?= ?")
_COUNT_SUFFIX: Final = re.compile(r"\s*[(\[]?\d[\d,. ]*[)\]]?\s*$")
_ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_FEWEST_PAGES: Final = 3
_MOSTLY_PLACES: Final = 0.75
_FEWEST_WORDS: Final = 0.8
"""Share of the rows of a search's answer that must show the word: some sites also look into hidden text."""


@dataclass(frozen=True, kw_only=True)
class ParameterIdea:
    """A parameter with a value to try. ``columns`` are where its effect should show, ``mapping`` label to value."""

    name: str
    value: str
    wanted: str
    topic: Topic
    relation: Relation
    columns: tuple[str, ...] = ()
    location: Literal["query", "path", "body", "header"] = "query"
    evidence: Evidence = "link"
    label: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    asked: bool = False
    assigned: bool = False


def parameter_ideas(
    observation: Observation,
    request: RequestTemplate,
    candidate: RecordCandidate,
    value: JsonValue,
    intent: Intent,
) -> list[ParameterIdea]:
    """Return what to try at a source, what the question asks for first; one idea for each parameter."""
    places = {urlsplit(u).path.rstrip("/") for u in (request.url, *_page_addresses(observation))}
    found = [
        *_from_links(_grouped(_link_parameters(observation, value, places)), candidate, intent),
        *_from_forms(observation, places, candidate, intent),
        *(_from_paths(observation, candidate, intent) if value is None else ()),
        *_from_assignments(intent, request),
        *(_from_conventions(candidate, intent, request) if candidate.kind is SourceKind.JSON else ()),
    ]
    own = {n for n, _ in request.query}
    distinct: dict[str, ParameterIdea] = {}
    for idea in sorted(found, key=lambda i: (not i.asked, i.evidence == "convention")):
        if idea.name not in own or idea.evidence != "convention":
            distinct.setdefault(idea.name, idea)
    return list(distinct.values())


def shown_effect(
    idea: ParameterIdea, base: Sequence[JsonObject], rows: Sequence[JsonObject] | None, columns: Sequence[Column]
) -> EndpointParameter | None:
    """Return the parameter as proven when the answer changed and all of it satisfies what was asked; else None.

    ``base`` are the rows without the parameter, ``rows`` those with it (None when the answer had another structure).
    """
    if rows is not None and not rows and idea.asked and base and idea.topic is Topic.PLACE and not idea.columns:
        listed = {fold(label) for label in idea.mapping}
        told = f"with {idea.name}={idea.value} there were no records"
        return _parameter(idea, told, ()) if fold(idea.wanted) not in listed else None
    if not rows or list(rows) == list(base):
        return None
    if idea.assigned:
        return _assigned_effect(idea, base, rows)
    if idea.relation is Relation.CONTAINS:
        return _search_effect(idea, rows, columns)
    if not idea.columns:
        return _unseen_effect(idea, base, rows) if _are_such(rows, columns) else None
    hits = sum(1 for row in rows if any(_equal(row.get(c), idea.wanted) for c in idea.columns))
    other = any(not any(_equal(row.get(c), idea.wanted) for c in idea.columns) for row in base)
    if hits < len(rows) or not other:
        return None
    shown = f"with {idea.name}={idea.value} all {len(rows)} records had {idea.columns[0]} {idea.wanted}"
    return _parameter(idea, shown, idea.columns)


def size_names(observation: Observation, value: JsonValue, path: str) -> list[str]:
    """Return names of page-size parameters that addresses on the page or in the answer carry."""
    names: dict[str, None] = {}
    for url in (*(link.href for link in _links(observation)), *_addresses(value)):
        for name, _ in parse_qsl(urlsplit(url).query):
            if SIZE_PARAMETER.match(name) and urlsplit(url).path.rsplit(".", 1)[0].startswith(path.rsplit(".", 1)[0]):
                names[name] = None
    return list(names)


def _parameter(idea: ParameterIdea, effect: str, columns: tuple[str, ...]) -> EndpointParameter:
    return EndpointParameter(
        name=idea.name,
        location=idea.location,
        label=idea.label,
        sample=idea.value,
        choices=tuple(idea.mapping),
        mapping=idea.mapping if any(fold(k) != fold(v) for k, v in idea.mapping.items()) else {},
        evidence=idea.evidence,
        proven=True,
        effect=effect,
        topic=idea.topic,
        relation=idea.relation,
        columns=columns,
    )


def _search_effect(
    idea: ParameterIdea, rows: Sequence[JsonObject], columns: Sequence[Column]
) -> EndpointParameter | None:
    names = [c.name for c in human_text(columns)]
    hits = sum(1 for row in rows if matches([as_text(row.get(n)) for n in names], idea.wanted))
    if hits < _FEWEST_WORDS * len(rows):
        return None
    shown = f"with {idea.name}={idea.value} {hits} of {len(rows)} records show the word"
    return _parameter(idea, shown, tuple(names) if hits == len(rows) else ())


def _assigned_effect(
    idea: ParameterIdea, base: Sequence[JsonObject], rows: Sequence[JsonObject]
) -> EndpointParameter | None:
    """What the question says to send counts when the answer repeats it, or has fewer of the same records."""
    repeated = any(_equal(value, idea.wanted) for row in rows for value in row.values())
    before = any(_equal(value, idea.wanted) for row in base for value in row.values())
    if repeated and not before:
        return _parameter(idea, f"with {idea.name}={idea.value} the answer repeats the value", ())
    return _unseen_effect(idea, base, rows)


def _are_such(rows: Sequence[JsonObject], columns: Sequence[Column]) -> bool:
    """Whether rows have what every record has: another page of the site may have something else in that place."""
    needed = [c.name for c in columns if c.fill >= _ALWAYS]
    whole = sum(1 for row in rows if all(row.get(name) is not None for name in needed[:3]))
    return whole >= _MOSTLY * len(rows)


_ALWAYS: Final = 0.995
_MOSTLY: Final = 0.5


def _unseen_effect(
    idea: ParameterIdea, base: Sequence[JsonObject], rows: Sequence[JsonObject]
) -> EndpointParameter | None:
    """No column shows the value; a narrower or other set of like records is what can be shown."""
    mine = {str(sorted(r.items(), key=str)) for r in base}
    theirs = {str(sorted(r.items(), key=str)) for r in rows}
    if theirs >= mine or not idea.asked:
        return None
    return _parameter(idea, f"with {idea.name}={idea.value} the answer had {len(rows)} other records", ())


def _equal(value: JsonValue, wanted: str) -> bool:
    if isinstance(value, list):
        return any(_equal(v, wanted) for v in value)
    return fold(as_text(value)) == fold(wanted)


def _page_addresses(observation: Observation) -> list[str]:
    return [u for p in observation.pages[:1] for u in (p.final_url, p.requested_url)]


def _links(observation: Observation) -> Iterable[_Anchor]:
    for page in observation.pages[:1]:
        for link in page.links:
            yield _Anchor(href=urljoin(page.final_url, link.href), text=link.text)


@dataclass(frozen=True, kw_only=True)
class _Anchor:
    href: str
    text: str


def _addresses(value: JsonValue) -> Iterator[str]:
    for number, (_, leaf) in enumerate(leaves(value)):
        if number > 5000:
            return
        if isinstance(leaf, str) and "?" in leaf and len(leaf) < 1000 and leaf.startswith(("http", "/", "?")):
            yield leaf


def _link_parameters(observation: Observation, value: JsonValue, places: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, value, text) of the one parameter that a link to the same place adds."""
    own = {pair for url in _page_addresses(observation)[:1] for pair in parse_qsl(urlsplit(url).query)}
    anchors = [(a.href, a.text) for a in _links(observation)]
    for href, text in [*anchors, *((a, "") for a in _addresses(value))]:
        if urlsplit(href).path.rstrip("/") not in places and not href.startswith("?"):
            continue
        added = [(n, v) for n, v in parse_qsl(urlsplit(href).query) if (n, v) not in own]
        telling = [(n, v) for n, v in added if not _CONTROL_NAME.search(n)]
        if len(telling) == 1:
            yield (*telling[0], text)


def _grouped(parameters: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """Group by name: value to the text of its link without a count."""
    groups: dict[str, dict[str, str]] = {}
    for name, value, text in parameters:
        groups.setdefault(name, {}).setdefault(value, text.strip())
    return {name: _labelled(texts) for name, texts in groups.items()}


def _labelled(texts: dict[str, str]) -> dict[str, str]:
    """Drop the counts behind labels ("Jazz (12)"), unless the number is what tells them apart ("Matchday 3")."""
    labels = {value: _COUNT_SUFFIX.sub("", text).strip() or value for value, text in texts.items()}
    apart = len(set(labels.values())) == len(labels)
    return labels if apart else {value: text or value for value, text in texts.items()}


def _from_links(
    groups: dict[str, dict[str, str]], candidate: RecordCandidate, intent: Intent
) -> Iterator[ParameterIdea]:
    for name, choices in groups.items():
        day = _other_day(choices)
        if day and intent.about(Topic.DATE):
            yield ParameterIdea(
                name=name,
                value=day,
                wanted=day,
                topic=Topic.DATE,
                relation=Relation.EQUALS,
                label=name,
                asked=True,
            )
        elif not day:
            yield from _choice_idea(name, choices, candidate, intent, evidence="link", label=name)


def _other_day(choices: dict[str, str]) -> str:
    """Return the second of the days that links lead to, or an empty text: the first is often the page's own."""
    days = sorted(value for value in choices if _ISO_DAY.fullmatch(value))
    return days[1] if len(days) > 1 and len(days) == len(choices) else ""


def _from_paths(observation: Observation, candidate: RecordCandidate, intent: Intent) -> Iterator[ParameterIdea]:
    """Categories with pages of their own: links that differ in the last part of their path, one of them asked for."""
    here = {u.split("?", 1)[0].rstrip("/") for u in _page_addresses(observation)}
    host = urlsplit(observation.pages[0].final_url).netloc
    groups: dict[str, dict[str, str]] = {}
    for anchor in _links(observation):
        address = anchor.href.split("#", 1)[0]
        parts = urlsplit(address)
        text = _COUNT_SUFFIX.sub("", anchor.text).strip()
        head, _, last = parts.path.rstrip("/").rpartition("/")
        if parts.netloc == host and last and text and not parts.query and address.rstrip("/") not in here:
            groups.setdefault(head, {}).setdefault(address, text)
    own = {fold(s) for c in candidate.columns for s in (*c.samples, *c.values)}
    wanted = {fold(str(c.value)) for c in intent.constraints if c.topic in (Topic.KEYWORDS, Topic.CATEGORY)}
    for choices in groups.values():
        asked = [(url, text) for url, text in choices.items() if _says(text, wanted)]
        if not asked or len(choices) < _FEWEST_PAGES or fold(asked[0][1]) in own:
            continue
        url, text = asked[0]
        yield ParameterIdea(
            name="",
            value=url,
            wanted=text,
            topic=Topic.CATEGORY,
            relation=Relation.EQUALS,
            location="path",
            evidence="link",
            label="category",
            mapping={t: u for u, t in choices.items()},
            asked=True,
        )


def _says(text: str, wanted: set[str]) -> bool:
    """Whether a link's text is one of the words, in some form of it."""
    return any(form in wanted for form in (fold(text), *forms(fold(text))))


def _from_forms(
    observation: Observation, places: set[str], candidate: RecordCandidate, intent: Intent
) -> Iterator[ParameterIdea]:
    for page in observation.pages[:1]:
        for form in page.forms:
            if form.method.upper() == "GET" and urlsplit(form.action).path.rstrip("/") in places:
                yield from _form_ideas(form, candidate, intent)


def _form_ideas(form: Form, candidate: RecordCandidate, intent: Intent) -> Iterator[ParameterIdea]:
    for entry in form.fields:
        if entry.options:
            choices = {o.value: o.label or o.value for o in entry.options if o.value}
            yield from _choice_idea(
                entry.name, choices, candidate, intent, evidence="form", label=entry.label or entry.name
            )
        elif entry.kind in ("text", "search") and (
            SEARCH_NAME.match(entry.name)
            or entry.kind == "search"
            or "search" in (entry.label + entry.placeholder).lower()
        ):
            yield from _search_idea(entry.name, candidate, intent, "form", entry.label or entry.placeholder)


def _choice_idea(
    name: str, choices: dict[str, str], candidate: RecordCandidate, intent: Intent, *, evidence: Evidence, label: str
) -> Iterator[ParameterIdea]:
    """A parameter with known values: which column has them, and which value to try."""
    if not choices or _CONTROL_NAME.search(name):
        return
    column = _column_with(candidate.columns, name, list(choices.values()))
    wanted_words = _asked_words(intent)
    asked = [(v, t) for v, t in choices.items() if fold(t) in wanted_words or fold(v) in wanted_words]
    elsewhere = _unlisted_place(choices, intent) if column is None and not asked else ""
    if elsewhere:
        yield ParameterIdea(
            name=name,
            value=elsewhere,
            wanted=elsewhere,
            topic=Topic.PLACE,
            relation=Relation.EQUALS,
            evidence=evidence,
            label=label,
            mapping={t: v for v, t in choices.items()},
            asked=True,
        )
        return
    asked = asked or [(v, t) for v, t in choices.items() if " " not in t and any(matches([t], w) for w in wanted_words)]
    value, text = asked[0] if asked else list(choices.items())[-1]
    if column is None and not asked:
        return
    topic = _topic_of(column) if column else Topic.CATEGORY
    yield ParameterIdea(
        name=name,
        value=value,
        wanted=text,
        topic=topic,
        relation=Relation.EQUALS,
        columns=(column.name,) if column else (),
        evidence=evidence,
        label=label,
        mapping={t: v for v, t in choices.items()},
        asked=bool(asked),
    )


def _unlisted_place(choices: dict[str, str], intent: Intent) -> str:
    """A place that is asked for though the site's list of places leaves it out: it may have nothing there."""
    asked = [str(c.value) for c in intent.about(Topic.PLACE) if isinstance(c.value, str)]
    labels = list(choices.values())
    places = sum(1 for t in labels[:12] if find_place(t) is not None)
    return asked[0] if asked and places >= _MOSTLY_PLACES * len(labels[:12]) else ""


def _column_with(columns: Sequence[Column], name: str, texts: Sequence[str]) -> Column | None:
    folded = {fold(t) for t in texts}
    for column in columns:
        values = {fold(v) for v in (*column.values, *column.samples)}
        common = len(values & folded)
        if common and (fold(column.name) == fold(name) or common >= min(2, len(folded))):
            return column
    return None


def _search_idea(
    name: str, candidate: RecordCandidate, intent: Intent, evidence: Evidence, label: str
) -> Iterator[ParameterIdea]:
    words = [str(c.value) for c in intent.about(Topic.KEYWORDS) if c.relation is not Relation.EXCLUDES]
    word = words[0] if words else _telling_word(candidate)
    if word:
        yield ParameterIdea(
            name=name,
            value=word,
            wanted=word,
            topic=Topic.KEYWORDS,
            relation=Relation.CONTAINS,
            evidence=evidence,
            label=label,
            asked=bool(words),
        )


def _telling_word(candidate: RecordCandidate) -> str:
    """A long word of one record's name: a search for it must bring that record and few others."""
    column = first(candidate.columns, Role.TITLE)
    words = [w for s in (column.samples if column else ()) for w in re.findall(r"[^\W\d_]{5,}", s)]
    return max(words, key=len, default="")


def _from_conventions(candidate: RecordCandidate, intent: Intent, request: RequestTemplate) -> Iterator[ParameterIdea]:
    """What the question asks of a column may be a parameter of the column's own name."""
    if request.method != "GET":
        return
    for constraint in intent.constraints:
        if constraint.topic not in (Topic.PLACE, Topic.CATEGORY, Topic.NAMED) or not isinstance(constraint.value, str):
            continue
        for column in candidate.columns:
            if column.type is FieldType.STRING and fold(constraint.value) in {fold(v) for v in column.values}:
                yield ParameterIdea(
                    name=column.name,
                    value=constraint.value,
                    wanted=constraint.value,
                    topic=_topic_of(column),
                    relation=Relation.EQUALS,
                    columns=(column.name,),
                    evidence="convention",
                    label=column.name,
                    asked=True,
                )


def assigned_name(constraint: Constraint) -> str:
    """Return the name of a parameter that a question writes out itself ("radius=5"); empty for anything else."""
    found = _ASSIGNED.match(constraint.span)
    return found["name"] if found else ""


def _from_assignments(intent: Intent, request: RequestTemplate) -> Iterator[ParameterIdea]:
    if request.method != "GET":
        return
    for constraint in intent.constraints:
        name = assigned_name(constraint)
        if name:
            yield ParameterIdea(
                name=name,
                value=str(constraint.value),
                wanted=str(constraint.value),
                topic=Topic.NAMED,
                relation=Relation.EQUALS,
                evidence="convention",
                label=name,
                asked=True,
                assigned=True,
            )


def _topic_of(column: Column) -> Topic:
    roles = roles_of(column)
    if Role.CITY in roles:
        return Topic.PLACE
    if Role.ORGANIZER in roles:
        return Topic.PERSON
    return Topic.CATEGORY if Role.CATEGORY in roles else Topic.NAMED


def _asked_words(intent: Intent) -> set[str]:
    """What the question's constraints say, whole and word by word."""
    values = [str(c.value) for c in intent.constraints if c.topic not in (Topic.COUNT, Topic.SORT, Topic.DETAIL)]
    values += [c.span for c in intent.constraints] + [p.name for p in intent.places]
    nouns = [form for noun in (fold(intent.subject),) if noun for form in (noun, *forms(noun))]
    return {fold(v) for v in (*values, *nouns) if v}
