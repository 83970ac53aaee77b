"""Study of pages: records in the served HTML or in data that it carries, page by page and by parameter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import combinations
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

from domain.meaning.words import fold
from domain.observation import Column, Endpoint, EndpointParameter, Observation, Page, ProbePurpose, RecordCandidate
from domain.plan import (
    WINDOW,
    FieldType,
    Intent,
    Paging,
    PagingKind,
    RecordSource,
    Relation,
    RequestTemplate,
    SourceKind,
    Topic,
)
from domain.values import JsonObject, JsonValue
from generators.induction.paging import find_paging
from generators.induction.reading import read, reads_as
from generators.induction.records import HEADING_CHARS, UNDER_HEADING, find_records
from generators.induction.tree import parse_document
from generators.sources.agreement import agreement, naming_texts
from generators.sources.asking import Questions, good
from generators.sources.coverage import text_coverage
from generators.sources.following import followed
from generators.sources.json_records import find_candidates, row_of
from generators.sources.naming import safe
from generators.sources.paging import says_more, total_of
from generators.sources.parameters import SEARCH_NAME, parameter_ideas, shown_effect
from generators.sources.paths import records
from generators.sources.reading import read_rows
from generators.sources.relevance import SCATTERED, relevance
from generators.sources.requests import template_of, with_parameter
from generators.sources.typing import as_text

_MOST_PARAMETERS: Final = 5
_MOST_DEEP: Final = 3
_FEW_VALUES: Final = 40
_WINDOWED: Final = "drops what scrolled away"
_GROWN: Final = "explore: text grew"
_PRESSED_MORE: Final = re.compile(r"^more: clicked '(?P<text>[^'\"\\]+)'$")
NOBODY_SAYS: Final = "zzqxjkvwpt"
_SIDE_BY_SIDE: Final = 2
_FULL: Final = 0.7
_FEWEST_HALVES: Final = 6
_LINK_AND_TEXT: Final = 2
_TAG: Final = re.compile(r"^[a-z][a-z0-9]*")
_CHOSEN_WITH: Final = frozenset({"th", "option", "input", "select", "textarea"})
_PRESSED: Final = frozenset({"button", "label"})
PAGE_PLACE: Final = "{page}"
_SAME: Final = 0.8
"""Share of a rendered candidate's records that its selectors must find in the served HTML."""


def study_pages(
    observation: Observation, intent: Intent, visible: str, questions: Questions
) -> tuple[list[RecordCandidate], list[Endpoint], tuple[frozenset[str], ...]]:
    """Return html, embedded and browser candidates of the page, best first, with the page as their endpoint.

    The third part are the names of the records that the page shows, by column of the best candidate.
    """
    if not observation.pages or "html" not in observation.pages[0].content_type:
        return [], [], ()
    page = observation.pages[0]
    shown_names = _names(page, _html(page, intent), visible)
    found = [*_embedded(page, observation), *_html(page, intent)]
    ranked = sorted(
        (c.model_copy(update={"coverage": _covers(c, page, visible)}) for c in found),
        key=lambda c: -relevance(c, intent, visible),
    )
    paging = _page_paging(page)
    candidates: list[RecordCandidate] = []
    endpoints: list[Endpoint] = []
    deep: dict[SourceKind, int] = {}
    for found_one in ranked:
        candidate = found_one
        number = deep.get(candidate.kind, 0)
        deep[candidate.kind] = number + 1
        if candidate.kind is SourceKind.EMBEDDED:
            candidate = candidate.model_copy(update={"agreement": agreement(shown_names, _data_rows(candidate, page))})
        if candidate.kind is SourceKind.BROWSER:
            candidate = candidate.model_copy(update={"paging": _growth(candidate.paging, observation.notes)})
        if candidate.kind is SourceKind.BROWSER or number >= _MOST_DEEP:
            candidates.append(candidate)
            continue
        study = _PageStudy(observation, intent, questions, page, candidate)
        shown, endpoint = study.study(paging, with_parameters=number == 0)
        candidates.append(followed(shown, intent, questions))
        endpoints.append(endpoint)
    return candidates, endpoints, shown_names


def _growth(found: Paging | None, notes: Sequence[str]) -> Paging | None:
    """How a page that only a browser reads brings more, by what exploring it did."""
    if any(note.endswith(_WINDOWED) for note in notes):
        return Paging(kind=PagingKind.SCROLL, parameter=WINDOW, proven=True)
    if found is not None:
        return found
    pressed = next((m["text"] for note in notes if (m := _PRESSED_MORE.search(note))), "")
    if pressed:
        # The button is gone once all is shown, so that the page as it was read no longer has it.
        where = ", ".join(f'{tag}:has-text("{pressed}")' for tag in ("button", '[role="button"]', "a"))
        return Paging(kind=PagingKind.MORE, next_locator=where, proven=True)
    grown = any(note.startswith(_GROWN) for note in notes)
    return Paging(kind=PagingKind.SCROLL, proven=True) if grown else None


def _names(page: Page, found: Sequence[RecordCandidate], visible: str) -> tuple[frozenset[str], ...]:
    del visible
    best = max(found, key=lambda c: c.score, default=None)
    return naming_texts(best, _rows_on(best, page)) if best is not None else ()


def _rows_on(candidate: RecordCandidate, page: Page) -> list[JsonObject]:
    html = page.served_html if candidate.kind is SourceKind.HTML else page.rendered_html
    return _read(html, candidate.model_dump_json())


@lru_cache(maxsize=64)
def _read(html: str, candidate: str) -> list[JsonObject]:
    return reads_as(html, RecordCandidate.model_validate_json(candidate))


def _data_rows(candidate: RecordCandidate, page: Page) -> list[JsonValue]:
    data = next(
        (e.data for e in page.embedded if _same_place(e.kind, e.selector, e.index, e.variable, candidate)), None
    )
    return records(data, candidate.source.records) if isinstance(data, dict | list) else []


def _html(page: Page, intent: Intent) -> list[RecordCandidate]:
    """Candidates of the rendered page count as html where their selectors hold in the served text too."""
    asked = _bare(intent).model_dump_json()
    served = list(_found(page.served_html, page.final_url, asked)) if page.served_html else []
    result: list[RecordCandidate] = []
    for candidate in _found(page.rendered_html, page.final_url, asked) if page.rendered_html else ():
        rows = _read(page.served_html, candidate.model_dump_json()) if page.served_html else []
        filled = sum(1 for row in rows if any(v for v in row.values()))
        as_served = filled >= _SAME * candidate.count
        kind = SourceKind.HTML if as_served else SourceKind.BROWSER
        result.append(candidate.model_copy(update={"kind": kind, "count": filled if as_served else candidate.count}))
    known = {c.source.records for c in result if c.kind is SourceKind.HTML}
    rest = [c for c in served if c.source.records not in known]
    ranked = [*result, *rest] if any(c.kind is SourceKind.HTML for c in result) or not served else [*rest, *result]
    ranked = _unfolded([c for c in ranked if not _is_control(c) and not _alternates(c, page)], page)
    if ranked:
        names = {
            repr(str(v)[:HEADING_CHARS]) for row in _rows_on(ranked[0], page) for v in row.values() if v is not None
        }
        ranked = [ranked[0], *(_without_record_heading(c, names) for c in ranked[1:])]
    return [c.model_copy(update={"score": 1.0 / (1 + place)}) for place, c in enumerate(ranked)]


def _without_record_heading(candidate: RecordCandidate, names: set[str]) -> RecordCandidate:
    """Forget a heading that is the name of one record of the first candidate: what is below it tells of that one."""
    kept = tuple(r for r in candidate.reasons if r.removeprefix(UNDER_HEADING) not in names)
    return candidate.model_copy(update={"reasons": kept}) if len(kept) < len(candidate.reasons) else candidate


def _is_control(candidate: RecordCandidate) -> bool:
    """Whether the group is what a person chooses with, not what there is: the fields of a form, a row of buttons."""
    if _is_tabs(candidate):
        return True
    last = _TAG.findall(candidate.source.records.rsplit(maxsplit=1)[-1])[:1]
    if last and (last[0] in _CHOSEN_WITH or (last[0] in _PRESSED and len(candidate.columns) == 1)):
        return True
    inside = [
        _TAG.findall(c.locator.rsplit("@", 1)[0].rsplit(maxsplit=1)[-1])[:1]
        for c in candidate.columns
        if c.locator[:1] != "@"
    ]
    return (
        bool(inside)
        and len(inside) == len(candidate.columns)
        and all(t and t[0] in _CHOSEN_WITH | _PRESSED for t in inside)
    )


def _is_tabs(candidate: RecordCandidate) -> bool:
    """Whether each of the group is a mere link to the same page with another value: days, letters, page numbers."""
    links = [c for c in candidate.columns if c.type is FieldType.URL]
    if len(links) != 1 or len(candidate.columns) > _LINK_AND_TEXT or len(links[0].samples) < _SIDE_BY_SIDE:
        return False
    here, there = urlsplit(candidate.url), [urlsplit(s) for s in links[0].samples]
    return all(t.query and (t.netloc, t.path.rstrip("/")) == (here.netloc, here.path.rstrip("/")) for t in there)


def _alternates(candidate: RecordCandidate, page: Page) -> bool:
    """Whether the group is of halves, not of records: every other row has none of the next one's columns."""
    names = [c.name for c in candidate.columns if not c.locator.startswith("@")]
    rows = [frozenset(n for n in names if row.get(n)) for row in _rows_on(candidate, page)]
    if len(rows) < _FEWEST_HALVES or len(rows) % 2:
        return False
    upper, lower = rows[::2], rows[1::2]
    first, second = frozenset().union(*upper), frozenset().union(*lower)
    return bool(first and second) and first.isdisjoint(second)


def _unfolded(ranked: list[RecordCandidate], page: Page) -> list[RecordCandidate]:
    """A section with its items in columns side by side gives way to the items themselves."""
    if not ranked:
        return ranked
    first = ranked[0]
    for other in ranked[1:]:
        sections, items = (first, other) if other.count > first.count else (other, first)
        if items.kind is sections.kind and items.count > sections.count and _side_by_side(sections, items, page):
            # The heading above the sections is above all their items; that of one section is not.
            own = (r for r in items.reasons if not r.startswith(UNDER_HEADING) and SCATTERED not in r)
            above = (r for r in sections.reasons if r.startswith(UNDER_HEADING))
            told = items.model_copy(update={"reasons": (*own, *above)})
            return [told, *(c for c in ranked if c is not items)]
    return ranked


def _side_by_side(sections: RecordCandidate, items: RecordCandidate, page: Page) -> bool:
    values = _values_by_column(sections, page)
    types = {c.name: c.type for c in sections.columns}
    # Lines of a card have nearly nothing but their own text: each of the items has a value in nearly each column.
    full = {c.name for c in items.columns if c.fill >= _FULL}
    mine = [values for name, values in _values_by_column(items, page).items() if name in full]
    held = [[types[name] for name, v in values.items() if v and v <= m] for m in mine]
    # The first title and the second one are of one type; a date and a title in one column are parts of one record.
    holding = [m for m, of in zip(mine, held, strict=True) if of and max(map(of.count, of)) >= _SIDE_BY_SIDE]
    # Cells of a table hold everything in one column: fields of real items have nothing in common.
    return any(one.isdisjoint(two) for one, two in combinations(holding, 2))


def _values_by_column(candidate: RecordCandidate, page: Page) -> dict[str, frozenset[str]]:
    rows = _rows_on(candidate, page)
    return {c.name: frozenset(as_text(r[c.name]) for r in rows if r.get(c.name)) for c in candidate.columns}


def _bare(intent: Intent) -> Intent:
    """The question without its output fields: they would lend their names to columns that are something else."""
    kept = tuple(c for c in intent.constraints if c.topic is not Topic.DETAIL)
    return intent.model_copy(update={"wanted": (), "constraints": kept})


@lru_cache(maxsize=8)
def _found(html: str, url: str, intent: str) -> tuple[RecordCandidate, ...]:
    """The rounds of a study look at the same page again; finding its records is the costly part."""
    asked = Intent.model_validate_json(intent)
    return tuple(_safely_named(c) for c in find_records(html, url=url, intent=asked))


def _embedded(page: Page, observation: Observation) -> list[RecordCandidate]:
    found: list[RecordCandidate] = []
    request = template_of(page.final_url)
    asked_more = any(e.trigger in ("scroll", "more") and e.method in ("GET", "POST") for e in observation.exchanges)
    for item in page.embedded:
        source = RecordSource(
            request=request,
            records="",
            embedded_kind=item.kind,
            embedded_selector=item.selector,
            embedded_index=item.index,
            embedded_variable=item.variable,
        )
        for candidate in find_candidates(item.data, request, kind=SourceKind.EMBEDDED, source=source)[:3]:
            path = candidate.source.records
            total = total_of(item.data, path, candidate.count) if path.count(".") < 8 else None
            more = says_more(item.data, path) or (total or 0) > candidate.count or asked_more
            label = f"{candidate.id}:{item.kind}:{item.selector}:{item.variable}"
            found.append(candidate.model_copy(update={"id": label, "complete": not more, "total": total}))
    return found


def _covers(candidate: RecordCandidate, page: Page, visible: str) -> float:
    if candidate.kind is SourceKind.EMBEDDED:
        texts = [as_text(v) for row in _data_rows(candidate, page) for v in _values(row, candidate)]
    else:
        texts = [as_text(v) for row in _rows_on(candidate, page) for v in row.values() if v]
    return round(text_coverage(texts, visible), 4)


def _values(row: JsonValue, candidate: RecordCandidate) -> list[JsonValue]:
    return [v for v in row_of(row, candidate.columns).values() if v is not None]


def _same_place(kind: str, selector: str, index: int, variable: str, candidate: RecordCandidate) -> bool:
    source = candidate.source
    mine = (source.embedded_kind, source.embedded_selector, source.embedded_index, source.embedded_variable)
    return (kind, selector, index, variable) == mine


def _page_paging(page: Page) -> Paging | None:
    """The paging of the served page; where its markup is too loose to tell, the rendered one's if it holds there."""
    for html in (page.served_html, page.rendered_html):
        found = find_paging(html, page.final_url) if html and page.served_html else None
        if found is None or found.kind in (PagingKind.MORE, PagingKind.SCROLL):
            continue
        tree = parse_document(page.served_html)
        if not found.next_locator or (tree is not None and read(tree, found.next_locator)):
            return found
    return None


def _safely_named(candidate: RecordCandidate) -> RecordCandidate:
    """Columns named after classes may bear names that code cannot give a field."""
    columns = tuple(c.model_copy(update={"name": safe(c.name)}) for c in candidate.columns)
    renamed = {"columns": columns, "identity": tuple(safe(n) for n in candidate.identity)}
    rows = tuple({safe(k): v for k, v in row.items()} for row in candidate.exemplars)
    return candidate.model_copy(update={**renamed, "exemplars": rows})


def _with_values(columns: Sequence[Column], rows: Sequence[JsonObject]) -> tuple[Column, ...]:
    """Columns with all their distinct values, where these are few."""
    result = []
    for column in columns:
        distinct = list(dict.fromkeys(as_text(row.get(column.name)) for row in rows if row.get(column.name)))
        few = distinct if not column.values and len(distinct) <= _FEW_VALUES else list(column.values)
        result.append(column.model_copy(update={"values": tuple(few)}))
    return tuple(result)


def numbered_address(page: Page, paging: Paging) -> str:
    """Return the address that a numbered link of the page has, with a place for the number; empty when none has."""
    for link in page.links:
        shown = re.search(r"(\d{1,4})\s*$", link.text.strip())
        if shown is None:
            continue
        value = paging.first + (int(shown.group(1)) - 1) * paging.step
        url = urlsplit(urljoin(page.final_url, link.href))
        places = [m for m in re.finditer(r"(?<!\d)\d+(?!\d)", url.path) if int(m.group()) == value]
        if places and url.netloc == urlsplit(page.final_url).netloc:
            start, end = places[-1].span()
            return urlunsplit((url.scheme, url.netloc, url.path[:start] + PAGE_PLACE + url.path[end:], url.query, ""))
    return ""


class _PageStudy:
    """The study of one candidate of the page."""

    def __init__(
        self, observation: Observation, intent: Intent, questions: Questions, page: Page, candidate: RecordCandidate
    ) -> None:
        self._observation = observation
        self._intent = intent
        self._questions = questions
        self._page = page
        self._candidate = candidate
        self._request = template_of(page.final_url)
        self._source_request = self._request
        self._base = read_rows(candidate, page.served_html) or list(candidate.exemplars)
        self._candidate = candidate.model_copy(update={"columns": _with_values(candidate.columns, self._base)})

    def study(self, paging: Paging | None, *, with_parameters: bool) -> tuple[RecordCandidate, Endpoint]:
        """Return the candidate with what was shown of it, and the page as its endpoint."""
        shown = self._paging(paging) if paging is not None else self._pieces()
        parameters = self._parameters() if with_parameters else []
        endpoint = Endpoint(
            id=f"page {self._request.url} {self._candidate.id}",
            request=self._request,
            parameters=tuple(parameters),
            paging=shown,
            coverage=self._candidate.coverage,
        )
        # Data in a page whose further pages bring none of it is the first page's alone.
        cut = paging is not None and shown is None and self._candidate.kind is SourceKind.EMBEDDED
        cut = cut or (shown is None and bool(self._brought))
        complete = (self._candidate.complete and not cut) or shown is not None
        known = self._candidate.model_copy(
            update={
                "source": self._candidate.source.model_copy(update={"request": self._source_request}),
                "paging": shown,
                "grounded": True,
                "complete": complete,
                "endpoint": endpoint.id,
            }
        )
        return known, endpoint

    def _paging(self, paging: Paging) -> Paging | None:
        if paging.location == "path":
            return self._path_paging(paging)
        second = self._second(paging)
        if second is None:
            return None
        answer = self._questions.ask(second, ProbePurpose.PAGE_TWO, f"{paging.kind} of the page")
        if answer is None or not good(answer):
            return None
        rows = read_rows(self._candidate, answer.body) or []
        mine = {str(r) for r in self._base}
        again = sum(1 for r in rows if str(r) in mine)
        return paging.model_copy(update={"proven": True}) if rows and again <= 0.1 * len(rows) else None

    def _pieces(self) -> Paging | None:
        """Further records that a button or scrolling brings as pieces of HTML, counted by a number in their address."""
        for piece in self._brought:
            for name, value in piece.query:
                counts = {str(len(self._base)): (PagingKind.OFFSET, 0, len(self._base)), "2": (PagingKind.PAGE, 1, 1)}
                if value not in counts:
                    continue
                kind, first, step = counts[value]
                asked = with_parameter(piece, name, str(first))
                answer = self._questions.ask(asked, ProbePurpose.PAGE_TWO, f"{name}={first} of the pieces that follow")
                rows = read_rows(self._candidate, answer.body) or [] if answer is not None and good(answer) else []
                mine = {str(r) for r in self._base}
                if sum(1 for r in rows if str(r) in mine) >= _SAME * len(self._base):
                    self._source_request = piece
                    return Paging(kind=kind, parameter=name, first=first, step=step, proven=True)
        return None

    @cached_property
    def _brought(self) -> list[RequestTemplate]:
        """Requests of the page itself whose answers hold other records of the kind."""
        mine = {str(r) for r in self._base}
        found = []
        for exchange in self._observation.exchanges:
            if exchange.trigger not in ("more", "scroll") or exchange.method != "GET":
                continue
            rows = read_rows(self._candidate, exchange.body) if "<" in exchange.body[:200] else None
            if rows and not any(str(r) in mine for r in rows):
                found.append(template_of(exchange.url))
        return found

    def _path_paging(self, paging: Paging) -> Paging | None:
        """Pages counted in the address itself: the first page must answer to its number too."""
        counted = numbered_address(self._page, paging)
        if not counted:
            return None
        request = template_of(counted)
        last = paging.first + paging.step
        found = []
        for number in (paging.first, last):
            asked = request.model_copy(update={"url": request.url.replace(PAGE_PLACE, str(number))})
            answer = self._questions.ask(asked, ProbePurpose.PAGE_TWO, f"page {number} by its address")
            found.append(read_rows(self._candidate, answer.body) or [] if answer and good(answer) else [])
        mine = {str(r) for r in self._base}
        again = sum(1 for r in found[1] if str(r) in mine)
        same = sum(1 for r in found[0] if str(r) in mine)
        if not found[1] or again > 0.1 * len(found[1]) or same < _SAME * len(self._base):
            return None
        self._source_request = request
        return paging.model_copy(update={"kind": PagingKind.PAGE, "parameter": PAGE_PLACE.strip("{}"), "proven": True})

    def _second(self, paging: Paging) -> RequestTemplate | None:
        if paging.kind is PagingKind.NEXT_LINK:
            tree = parse_document(self._page.served_html)
            target = read(tree, paging.next_locator) if tree is not None else None
            url = urljoin(self._page.final_url, target) if target else ""
            same = urlsplit(url).netloc == urlsplit(self._page.final_url).netloc
            return template_of(url) if url and same else None
        if paging.location != "query" or not paging.parameter:
            return None
        return with_parameter(self._request, paging.parameter, str(paging.first + paging.step))

    def _parameters(self) -> list[EndpointParameter]:
        ideas = parameter_ideas(self._observation, self._request, self._candidate, None, self._intent)
        shown = [p for p in [self._own_search()] if p is not None]
        for idea in ideas[:_MOST_PARAMETERS]:
            whole = idea.location == "path" and not idea.name
            asked = (
                template_of(idea.value)
                if whole
                else with_parameter(self._request, idea.name, idea.value, idea.location)
            )
            answer = self._questions.ask(asked, ProbePurpose.PARAMETER, f"{idea.name}={idea.value} on the page")
            if answer is None or not good(answer):
                continue
            effect = shown_effect(idea, self._base, self._rows(answer.body), self._candidate.columns)
            if effect is not None:
                shown.append(effect)
        return shown

    def _own_search(self) -> EndpointParameter | None:
        """The address itself carries the searched words: other words must bring other records."""
        words = {fold(w) for c in self._intent.about(Topic.KEYWORDS) for w in str(c.value).split()}
        name = next((n for n, v in self._request.query if SEARCH_NAME.match(n) and set(fold(v).split()) & words), "")
        if not name:
            return None
        asked = with_parameter(self._request, name, NOBODY_SAYS)
        answer = self._questions.ask(asked, ProbePurpose.PARAMETER, f"{name} with a word that nothing has")
        if answer is None or not good(answer) or (self._rows(answer.body) or []) == list(self._base):
            return None
        return EndpointParameter(
            name=name,
            evidence="link",
            proven=True,
            effect=f"with another word in {name} there were other records",
            topic=Topic.KEYWORDS,
            relation=Relation.CONTAINS,
        )

    def _rows(self, body: str) -> Sequence[JsonObject] | None:
        return read_rows(self._candidate, body)
