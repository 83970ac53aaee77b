"""What the page behind a record's link holds that the list does not: the other half of a join."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from domain.meaning.words import matches
from domain.observation import Column, Observation, ProbeAnswer, ProbePurpose, RecordCandidate
from domain.plan import Constraint, FieldType, Intent, RecordSource, Relation, RequestTemplate, SourceKind, Topic
from domain.values import JsonValue
from generators.induction.tree import parse_document
from generators.language.wanted import MAYBE_FIELD
from generators.sources.asking import Questions, good
from generators.sources.beyond import study_beyond
from generators.sources.documents import parse
from generators.sources.flatten import columns_of
from generators.sources.page_fields import page_columns
from generators.sources.reading import read_rows
from generators.sources.references import Way, called_by, is_reference, references
from generators.sources.relevance import can_serve, named
from generators.sources.requests import template_of
from generators.sources.roles import Role, first, human_text, roles_of
from generators.sources.typing import as_text

_SAMPLES: Final = 3
_OF_A_KIND: Final = "kind"
"""The name of a word that only what a page tells of a record's kind may decide."""
_SPREAD: Final = 4
_LONG: Final = 30
_SHORT: Final = 40
_BARE_LIST: Final = 2
"""A list with at most so many columns of text does not tell what kind its records are."""
_TOLD_ROLES: Final = (Role.START, Role.CATEGORY)
_USUAL: Final = 0.5


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
        links = [Way(link=c, template=t) for c, t in _links(candidate, observation)[:2]]
        kinds = [str(x.value) for x in lacking if isinstance(x, Constraint) and x.name == _OF_A_KIND]
        ways = references(candidate, lacking)
        if links:  # where records are linked to, their ids need not be guessed to lead to them
            ways = [*(way for way in ways if way.prefix), *links]
        for way in ways:
            samples = _spread(candidate, way.link, observation, kinds)
            detail = _behind(candidate, way, samples, lacking=lacking, asked=intent.text, questions=questions)
            if detail is not None:
                found.append(detail)
                break
    return found


def serving(columns: Sequence[Column], lacking: Sequence[Any]) -> list[Column]:
    """Return the columns that serve something lacking: a constraint, or a wanted field by its name."""
    kept: list[Column] = []
    for column in columns:
        known = not is_reference(column)
        wanted = any(known and isinstance(x, str) and named([column], x) is not None for x in lacking)
        decides = not column.behind and any(not isinstance(x, str) and _serves(column, x) for x in lacking)
        if wanted or decides:
            kept.append(column)
    ways = {c.behind for c in kept if c.behind} - {c.name for c in kept}
    return [*(c for c in columns if c.name in ways), *kept]


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
    return [c for c in columns if c.fill >= _USUAL and not c.behind and set(roles_of(c)[:1]) & set(lacking)]


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
    words = ((w, named(candidate.columns, w)) for w in (*intent.wanted, *maybe))
    return lacking + [w for w, column in words if column is None or is_reference(column)]


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
    way: Way,
    samples: Sequence[str],
    *,
    lacking: Sequence[Any],
    asked: str,
    questions: Questions,
) -> RecordCandidate | None:
    """Ask for a few records' pages and read what they have in common, and what stands one page further."""
    link, template = way.link, way.template
    written = samples if template == "{value}" else [quote(s, safe="") for s in samples]
    addresses = [urljoin(candidate.url, template.replace("{value}", s)) for s in written]
    answers = [questions.ask(template_of(a), ProbePurpose.DETAIL, f"the page behind {link.name}") for a in addresses]
    known = [a for a in answers if a is not None and good(a)]
    if len(known) < len(answers) or not known:
        return None
    best: tuple[int, SourceKind, RecordSource, list[Column]] | None = None
    for kind, source, own in _readings(known):
        columns = [*own, *_further(known, own, lacking, asked, questions)] if kind is SourceKind.HTML else own
        columns = [called_by(c, way.prefix) for c in columns]
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


def _further(
    answers: Sequence[ProbeAnswer], own: Sequence[Column], lacking: Sequence[Any], asked: str, questions: Questions
) -> list[Column]:
    """Columns of the pages that the records' own pages lead to, for wanted fields that those lack."""
    wanted = [x for x in lacking if isinstance(x, str) and named(own, x) is None]
    trees = [(a.final_url or a.probe.url, parse_document(a.body)) for a in answers] if wanted else []
    return study_beyond([(url, tree) for url, tree in trees if tree is not None], wanted, asked, questions)


def _readings(answers: Sequence[ProbeAnswer]) -> Iterator[tuple[SourceKind, RecordSource, list[Column]]]:
    """The ways in which the answers can be read: as JSON, as HTML, as data in the HTML."""
    request = RequestTemplate(url=answers[0].final_url or answers[0].probe.url)
    values = [parse(a.body) for a in answers]
    if all(isinstance(v, dict) for v in values):
        yield SourceKind.JSON, RecordSource(request=request, records="", format="json"), list(columns_of(values))
        return
    trees = [tree for a in answers if (tree := parse_document(a.body)) is not None]
    yield SourceKind.HTML, RecordSource(request=request, records="", format="html"), page_columns(trees)
    for index in range(4):
        data = [_json_ld(tree, index) for tree in trees]
        if data and all(isinstance(d, dict) for d in data):
            source = RecordSource(request=request, records="", embedded_kind="json_ld", embedded_index=index)
            yield SourceKind.EMBEDDED, source, list(columns_of(data))


def _json_ld(tree: Any, index: int) -> JsonValue:
    found = tree.cssselect('script[type="application/ld+json"]')
    return parse(found[index].text or "") if index < len(found) else None
