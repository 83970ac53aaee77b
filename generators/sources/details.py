"""What the page behind a record's link holds that the list does not: the other half of a join."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from domain.meaning.words import matches
from domain.observation import Column, Observation, ProbeAnswer, ProbePurpose, RecordCandidate
from domain.plan import Constraint, FieldType, Intent, RecordSource, Relation, RequestTemplate, SourceKind, Topic
from domain.values import JsonValue
from generators.induction.classes import is_stable
from generators.induction.reading import read, text_of
from generators.induction.tree import parse_document
from generators.language.wanted import MAYBE_FIELD
from generators.sources.asking import Questions, good
from generators.sources.documents import parse
from generators.sources.flatten import columns_of
from generators.sources.naming import snake
from generators.sources.places_told import place_locators
from generators.sources.reading import read_rows
from generators.sources.relevance import can_serve, named
from generators.sources.requests import template_of
from generators.sources.roles import Role, first, human_text, roles_of
from generators.sources.typing import as_text, type_of

_SAMPLES: Final = 3
_OF_A_KIND: Final = "kind"
"""The name of a word that only what a page tells of a record's kind may decide."""
_SPREAD: Final = 4
_LONG: Final = 30
_LONGEST: Final = 300
_SHORT: Final = 40
_BARE_LIST: Final = 2
"""A list with at most so many columns of text does not tell what kind its records are."""
_LABEL: Final = re.compile(r"[^\W\d_][\w '/().-]{0,40}")
_TOLD_ROLES: Final = (Role.START, Role.CATEGORY)
_USUAL: Final = 0.5
_LISTED: Final = re.compile(
    r"(?:post(?:ed)? |filed )?(?:categor(?:y|ies)|tags?|topics?|genres?|under)(?: in)?", re.IGNORECASE
)
_TELLING: Final = re.compile(
    r"(^|[-_])(price|cost|address|venue|location|organi[sz]er|availability|stock|description|rating|author|brand|"
    r"category|city|sku|isbn|publisher|duration|phone|email|date|genre|capacity|status)($|[-_])"
)


def study_details(
    observation: Observation,
    intent: Intent,
    candidates: Sequence[RecordCandidate],
    choices: Sequence[str],
    questions: Questions,
) -> list[RecordCandidate]:
    """Return detail candidates for those candidates that lack something that was asked.

    ``choices`` are labels that a source parameter takes: what it filters need not be read again.
    """
    found = []
    for candidate in candidates:
        lacking = _lacking(candidate, intent, choices)
        if not lacking:
            continue
        for column, template in _links(candidate, observation)[:2]:
            kinds = [str(x.value) for x in lacking if isinstance(x, Constraint) and x.name == _OF_A_KIND]
            samples = _spread(candidate, column, observation, kinds)
            detail = _behind(candidate, column, template, samples, lacking=lacking, questions=questions)
            if detail is not None:
                found.append(detail)
                break
    return found


def serving(columns: Sequence[Column], lacking: Sequence[Any]) -> list[Column]:
    """Return the columns that serve something lacking: a constraint, or a wanted field by its name."""
    kept = []
    for column in columns:
        wanted = any(isinstance(x, str) and named([column], x) is not None for x in lacking)
        if wanted or any(not isinstance(x, str) and _serves(column, x) for x in lacking):
            kept.append(column)
    return kept


def _serves(column: Column, constraint: Constraint) -> bool:
    """Whether a column of a record's page decides a constraint; a word is looked for in what a label tells in short."""
    if constraint.topic is not Topic.KEYWORDS:
        return can_serve([column], constraint)
    if constraint.name == _OF_A_KIND:
        return bool(column.samples) and Role.CATEGORY in roles_of(column)
    told = bool(column.label) and column.type is FieldType.STRING and all(len(s) <= _SHORT for s in column.samples)
    return bool(column.samples) and (told or Role.CATEGORY in roles_of(column))


def unsaid(columns: Sequence[Column], intent: Intent) -> list[Constraint]:
    """Return the words that no record seen says, where the list tells hardly more than titles: their pages may.

    A word right before the question's noun says of what kind the records are ("music events"). Where some titles happen
    to say it, the pages are asked of what kind they are all the same.
    """
    if len(human_text(columns)) > _BARE_LIST:
        return []
    read = [text for c in columns if c.type is not FieldType.URL for text in (*c.values, *c.samples) if text]
    words = [c for c in intent.about(Topic.KEYWORDS) if c.relation is Relation.CONTAINS and c.name != MAYBE_FIELD]
    missing = [c for c in words if not matches(read, str(c.value))]
    kinds = [c for c in words if c not in missing and _before_noun(c, intent) and not _all_say(columns, c)]
    return [*missing, *(c.model_copy(update={"name": _OF_A_KIND}) for c in kinds)]


def of_kinds(intent: Intent, words: Sequence[Constraint], columns: Sequence[Column], listed: str) -> Intent:
    """Return the question with those words as categories that pages were seen to tell: titles decide them no longer.

    A word that the list's text, ``listed``, does not say at all stays one: no title could decide it.
    """
    told = [t for c in columns if Role.CATEGORY in roles_of(c) for t in c.samples]
    before = [c for c in words if _before_noun(c, intent) and matches([listed], str(c.value))]
    kinds = {c.start for c in before if matches(told, str(c.value))}
    changed = (
        c.model_copy(update={"topic": Topic.CATEGORY}) if c.topic is Topic.KEYWORDS and c.start in kinds else c
        for c in intent.constraints
    )
    return intent.model_copy(update={"constraints": tuple(changed)})


def _before_noun(word: Constraint, intent: Intent) -> bool:
    following = intent.text[word.end :].casefold().split() if word.end else []
    return bool(intent.subject) and following[:1] == [intent.subject.casefold()]


def _all_say(columns: Sequence[Column], word: Constraint) -> bool:
    said = [[t for t in (*c.values, *c.samples) if t] for c in human_text(columns)]
    return any(texts and all(matches([t], str(word.value)) for t in texts) for texts in said)


def telling(columns: Sequence[Column], known: Sequence[Column]) -> list[Column]:
    """Return the columns that say when a record is and of what kind, which the known ones do not: they come for free.

    A page that is read anyway is read for them too.
    """
    lacking = [role for role in _TOLD_ROLES if first(known, role) is None]
    return [c for c in columns if c.fill >= _USUAL and set(roles_of(c)[:1]) & set(lacking)]


def _lacking(candidate: RecordCandidate, intent: Intent, choices: Sequence[str]) -> list[Any]:
    """Constraints and wanted fields that the candidate's own columns do not serve."""
    free = {c.lower() for c in choices}
    lacking: list[Any] = [
        c
        for c in intent.constraints
        if c.topic not in (Topic.COUNT, Topic.DETAIL, Topic.KEYWORDS, Topic.CATEGORY)
        and str(c.value).lower() not in free
        and not can_serve(candidate.columns, c)
    ]
    maybe = [str(c.value) for c in intent.about(Topic.KEYWORDS) if c.name == MAYBE_FIELD]
    lacking += [c for c in unsaid(candidate.columns, intent) if str(c.value).lower() not in free]
    return lacking + [w for w in (*intent.wanted, *maybe) if named(candidate.columns, w) is None]


def _links(candidate: RecordCandidate, observation: Observation) -> list[tuple[Column, str]]:
    """Columns that lead to a record's page: addresses themselves, and values that the page's links end with."""
    host = urlsplit(observation.pages[0].final_url).netloc if observation.pages else ""
    found = []
    for column in candidate.columns:
        if column.type is FieldType.URL and Role.IMAGE not in roles_of(column):
            if column.samples and all(urlsplit(urljoin(candidate.url, s)).netloc == host for s in column.samples):
                found.append((column, "{value}"))
        elif column.type in (FieldType.STRING, FieldType.INTEGER):
            template = _template(column, observation)
            if template:
                found.append((column, template))
    main = (Role.LINK, Role.ID)
    return sorted(found, key=lambda f: (not set(roles_of(f[0])) & set(main), f[0].fill < 1.0))


def _template(column: Column, observation: Observation) -> str:
    """The address that the page's links make of a column's values ("…/venues/{value}")."""
    hits: dict[str, set[str]] = {}
    values = {v for v in (*column.values, *column.samples) if v and " " not in v and "/" not in v}
    for page in observation.pages[:1]:
        for link in page.links:
            head, _, last = urljoin(page.final_url, link.href).split("?")[0].rstrip("/").rpartition("/")
            if last in values and head.count("/") >= 2:
                hits.setdefault(head, set()).add(last)
    head = max(hits, key=lambda h: len(hits[h]), default="")
    enough = head and len(hits[head]) >= min(3, len(values))
    return f"{head}/{{value}}" if enough else ""


def _spread(candidate: RecordCandidate, link: Column, observation: Observation, kinds: Sequence[str]) -> list[str]:
    """Values of the link from all over a long list, whose first records are often of another kind; else the first.

    Among them is one of a record that says a word of ``kinds``: whether its page has it as a kind shows there.
    """
    foremost = [s for s in dict.fromkeys(link.samples) if s][:_SAMPLES]
    page = observation.pages[0] if observation.pages else None
    if candidate.kind is not SourceKind.HTML or candidate.count < _LONG or page is None:
        return foremost
    texts = [c for c in human_text(candidate.columns) if c.name != link.name] if kinds else []
    rows = read_rows(candidate.model_copy(update={"columns": (link, *texts)}), page.served_html) or []
    found = list(dict.fromkeys(as_text(value) for row in rows if (value := row.get(link.name))))
    if len(found) < _LONG:
        return foremost
    spread = [found[number * (len(found) - 1) // (_SPREAD + 1)] for number in range(1, _SPREAD + 1)]
    said = [
        as_text(row[link.name])
        for row in rows
        if row.get(link.name) and any(matches([as_text(row.get(c.name))], k) for c in texts for k in kinds)
    ]
    return list(dict.fromkeys([*spread, *said[len(said) // 2 :][:1]]))


def _behind(
    candidate: RecordCandidate,
    link: Column,
    template: str,
    samples: Sequence[str],
    *,
    lacking: Sequence[Any],
    questions: Questions,
) -> RecordCandidate | None:
    """Ask for a few records' pages and read what they have in common."""
    addresses = [urljoin(candidate.url, template.replace("{value}", s)) for s in samples]
    answers = [questions.ask(template_of(a), ProbePurpose.DETAIL, f"the page behind {link.name}") for a in addresses]
    known = [a for a in answers if a is not None and good(a)]
    if len(known) < len(answers) or not known:
        return None
    best: tuple[int, SourceKind, RecordSource, list[Column]] | None = None
    for kind, source, columns in _readings(known):
        served = serving(columns, lacking)
        kept = served and [*served, *(c for c in telling(columns, candidate.columns) if c not in served)]
        if kept and (best is None or len(kept) > best[0]):
            best = (len(kept), kind, source, kept)
    if best is None:
        return None
    _, kind, source, columns = best
    return RecordCandidate(
        id=f"detail of {candidate.id} by {link.name}",
        kind=kind,
        source=source,
        columns=tuple(columns),
        count=len(known),
        score=0.0,
        url=known[0].final_url or known[0].probe.url,
        grounded=True,
        detail_of=candidate.id,
        link=link.name,
        link_template=template,
    )


def _readings(answers: Sequence[ProbeAnswer]) -> Iterator[tuple[SourceKind, RecordSource, list[Column]]]:
    """The ways in which the answers can be read: as JSON, as HTML, as data in the HTML."""
    request = RequestTemplate(url=answers[0].final_url or answers[0].probe.url)
    values = [parse(a.body) for a in answers]
    if all(isinstance(v, dict) for v in values):
        yield SourceKind.JSON, RecordSource(request=request, records="", format="json"), list(columns_of(values))
        return
    trees = [tree for a in answers if (tree := parse_document(a.body)) is not None]
    yield SourceKind.HTML, RecordSource(request=request, records="", format="html"), _html_columns(trees)
    for index in range(4):
        data = [_json_ld(tree, index) for tree in trees]
        if data and all(isinstance(d, dict) for d in data):
            source = RecordSource(request=request, records="", embedded_kind="json_ld", embedded_index=index)
            yield SourceKind.EMBEDDED, source, list(columns_of(data))


def _json_ld(tree: Any, index: int) -> JsonValue:
    found = tree.cssselect('script[type="application/ld+json"]')
    return parse(found[index].text or "") if index < len(found) else None


def _html_columns(trees: Sequence[Any]) -> list[Column]:
    """Columns by label, by item property and by telling class; each must read something on most of the pages."""
    proposals: dict[str, tuple[str, str]] = {}
    for tree in trees:
        for name, locator, label in (*_table(tree), *_labelled(tree), *_tagged(tree), *_marked(tree)):
            proposals.setdefault(locator, (name, label))
    told = {locator: (name, label) for name, locator, label in place_locators(trees)}
    # A block in lines says more exactly what a class around it would read as one text.
    proposals = {**told, **proposals}
    columns: dict[str, Column] = {}
    for locator, (name, label) in proposals.items():
        values = [read(tree, locator) for tree in trees]
        present = [v for v in values if v and len(v) <= _LONGEST]
        if not present or name in columns:
            continue
        columns[name] = Column(
            name=name,
            locator=locator,
            type=type_of(list(present), name),
            fill=round(len(present) / len(trees), 4),
            label=label,
            samples=tuple(dict.fromkeys(as_text(v) for v in present)),
        )
    return list(columns.values())


def _table(tree: Any) -> Iterator[tuple[str, str, str]]:
    """A table of one record: headings above, one row below."""
    for number, table in enumerate(tree.cssselect("table")):
        heads, rows = table.cssselect("thead th"), table.cssselect("tbody tr")
        marks = [c for c in (table.get("class") or "").split() if is_stable(c)]
        if number > 3 or len(rows) != 1 or not heads:
            continue
        mark = f"table.{marks[0]}" if marks else "table"
        for position, head in enumerate(heads, start=1):
            label = text_of(head)
            if _LABEL.fullmatch(label):
                yield snake(label), f"{mark} tbody tr td:nth-of-type({position})@text", label


def _labelled(tree: Any) -> Iterator[tuple[str, str, str]]:
    """Terms with their descriptions, and table rows with a heading cell."""
    for term in tree.cssselect("dl > dt, dl > div > dt"):
        label = text_of(term).rstrip(": ")
        if _LABEL.fullmatch(label) and '"' not in label:
            yield snake(label), f'dt:contains("{label}") + dd@text', label
    for head in tree.cssselect("tr > th:first-child"):
        label = text_of(head).rstrip(": ")
        if _LABEL.fullmatch(label) and '"' not in label and head.getnext() is not None and head.getnext().tag == "td":
            yield snake(label), f'th:contains("{label}") + td@text', label
    for cell in tree.cssselect("tr > td:first-child"):
        label = text_of(cell).rstrip(": ")
        follower = cell.getnext()
        if _LABEL.fullmatch(label) and '"' not in label and follower is not None and follower.getnext() is None:
            yield snake(label), f'td:contains("{label}") + td@text', label


def _tagged(tree: Any) -> Iterator[tuple[str, str, str]]:
    """What a page is filed under: a word such as "Categories", and the links in the list beside it."""
    for lead in tree.cssselect("a, span, b, strong, h2, h3, h4, dt, p"):
        label = (lead.text or "").strip(" :\n\t")
        beside = lead.getnext()
        if not _LISTED.fullmatch(label) or beside is None or beside.tag not in ("ul", "ol", "div", "span", "p"):
            continue
        holder = lead.getparent()
        mark = f"#{holder.get('id')}" if re.fullmatch(r"[A-Za-z][\w-]*", holder.get("id") or "") else _class_of(holder)
        if mark and beside.cssselect("a") and len(tree.cssselect(mark)) == 1:
            yield "categories", f"{mark} {beside.tag}@text", label


def _class_of(element: Any) -> str:
    mark = next((m for m in (element.get("class") or "").split() if is_stable(m) and re.fullmatch(r"[\w-]+", m)), "")
    return f".{mark}" if mark else ""


def _marked(tree: Any) -> Iterator[tuple[str, str, str]]:
    """Elements with an item property or a class that says what they hold."""
    for element in tree.cssselect("[itemprop]"):
        name = element.get("itemprop").split()[0]
        attribute = next((a for a in ("content", "datetime") if element.get(a)), "text")
        if re.fullmatch(r"\w+", name) and (attribute != "text" or len(text_of(element)) <= _LONGEST):
            yield snake(name), f'[itemprop="{name}"]@{attribute}', name
    for element in tree.cssselect("main [class], #content [class], article [class], body [class]"):
        for mark in (element.get("class") or "").split():
            found = _TELLING.search(mark.lower())
            if found and is_stable(mark) and re.fullmatch(r"[\w-]+", mark) and 0 < len(text_of(element)) <= _LONGEST:
                yield snake(found.group(2)), f".{mark}@text", found.group(2)
