"""Study of JSON sources: which answers hold the records, whether they come alone, page by page and by parameter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from domain.observation import (
    Column,
    Endpoint,
    EndpointParameter,
    Observation,
    ProbeAnswer,
    ProbePurpose,
    RecordCandidate,
)
from domain.plan import Intent, Paging, PagingKind, RequestTemplate
from domain.values import JsonObject, JsonValue
from generators.sources.agreement import agreement
from generators.sources.asking import Questions, good
from generators.sources.coverage import coverage
from generators.sources.documents import JsonDocument, parse
from generators.sources.flatten import columns_of
from generators.sources.inner_records import (
    empty_place,
    group_at,
    identity_at,
    inner_candidates,
    inner_columns,
    single_candidate,
)
from generators.sources.json_records import RecordGroup, exemplars, find_candidates, row_of
from generators.sources.paging import (
    PagingIdea,
    counted_at,
    from_the_start,
    page_difference,
    paging_ideas,
    says_more,
    size_parameter,
    total_of,
)
from generators.sources.parameters import ParameterIdea, parameter_ideas, shown_effect, size_names
from generators.sources.paths import ONE, records
from generators.sources.relevance import named, names_what_is_inside, relevance
from generators.sources.requests import address, telling_headers, with_parameter
from generators.sources.search_index import is_search_index
from generators.sources.tokens import trace, without_tokens

_DEEP: Final = 2
"""So many of the best candidates are grounded and paged; the first one's parameters are probed too."""
_MOST_PARAMETERS: Final = 8
_ASKED_INSIDE: Final = 10.0
"""What it weighs that the question's noun names what is inside records: more than all else together."""
_LARGE_PAGE: Final = 100
_MOST_KNOWN: Final = 500


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What the page shows: its visible text, and the names of its records by column."""

    visible: str
    names: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A candidate with the document it stands in."""

    document: JsonDocument
    candidate: RecordCandidate
    fit: float


def study_json(
    observation: Observation,
    intent: Intent,
    documents: Sequence[JsonDocument],
    sight: Sight,
    questions: Questions,
) -> tuple[list[RecordCandidate], list[Endpoint]]:
    """Return JSON candidates, best first, and their endpoints; what is not known yet is put as a question."""
    visible = sight.visible
    found = _ranked(documents, intent, visible)
    candidates: list[RecordCandidate] = []
    endpoints: list[Endpoint] = []
    studied: list[tuple[str, str]] = []
    for one in found:
        place = (one.document.request.url, one.candidate.source.records)
        if len(studied) >= _DEEP or any(url == place[0] and place[1].startswith(path) for url, path in studied):
            candidates.append(one.candidate)
            continue
        deep = _Deep(observation, intent, documents, questions, one)
        candidate, endpoint = deep.study(with_parameters=not studied)
        share = coverage(deep.seen, visible) if visible else 1.0
        studied.append(place)
        agreed = agreement(sight.names, deep.seen)
        share = max(candidate.coverage, round(share, 4))
        candidates.append(candidate.model_copy(update={"coverage": share, "agreement": agreed}))
        endpoints.append(endpoint)
    return candidates, endpoints


def _ranked(documents: Sequence[JsonDocument], intent: Intent, visible: str) -> list[_Found]:
    found: dict[tuple[str, ...], _Found] = {}
    for document in _first_of_each(documents):
        for candidate, asked in _candidates(document, intent):
            path = candidate.source.records
            whole = counted_at(document.value, path)[0] if names_what_is_inside(path, intent) else None
            rows = records(
                document.value, path if whole is None else whole
            )  # what is inside records is shown with them
            share = coverage(rows, visible) if visible else 1.0
            fitted = candidate.model_copy(update={"coverage": round(share, 4)})
            fit = relevance(fitted, intent, visible) + (_ASKED_INSIDE if asked else 0.0)
            one = _Found(document=document, candidate=fitted, fit=fit)
            key = (
                document.request.method,
                document.request.url,
                _operation(document.request),
                candidate.source.records,
            )
            if key not in found or one.fit > found[key].fit:
                found[key] = one
    ranked = sorted(found.values(), key=lambda f: -f.fit)
    return [
        _Found(document=f.document, candidate=f.candidate.model_copy(update={"score": round(f.fit, 4)}), fit=f.fit)
        for f in ranked[:8]
    ]


def _candidates(document: JsonDocument, intent: Intent) -> Iterator[tuple[RecordCandidate, bool]]:
    """The lists of a document, what the question's noun names inside them, and the whole as one record.

    The second part says that the question asks for this one rather than for a list of the document.
    """
    listed = [c for c in find_candidates(document.value, document.request) if not is_search_index(c, intent)]
    yield from ((c, False) for c in listed)
    yield from ((c, True) for c in inner_candidates(document.value, document.request, intent)[:1])
    alone = document.origin == "page" and not empty_place(document.value, intent)
    single = single_candidate(document.value, document.request, intent) if alone else None
    if single is not None:
        of_it = bool(intent.wanted) and all(named(single.columns, w) for w in intent.wanted)
        of_lists = any(all(named(c.columns, w) for w in intent.wanted) for c in listed)
        if not listed or (of_it and not of_lists):
            yield single, True


def _first_of_each(documents: Sequence[JsonDocument]) -> list[JsonDocument]:
    """One document of each address and operation, the earliest; two where a page asks in different ways."""
    taken: dict[tuple[str, ...], int] = {}
    kept = []
    for document in documents:
        key = (document.request.method, document.request.url, _operation(document.request))
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= 2:
            kept.append(document)
    return kept


def _operation(request: RequestTemplate) -> str:
    """GraphQL answers of one address are told apart by their operation."""
    if isinstance(request.body, dict):
        return str(request.body.get("operationName") or str(request.body.get("query", ""))[:200])
    return dict(request.query).get("operationName", "")


class _Deep:
    """The study of one candidate: a walk through questions whose answers build on each other."""

    def __init__(
        self,
        observation: Observation,
        intent: Intent,
        documents: Sequence[JsonDocument],
        questions: Questions,
        found: _Found,
    ) -> None:
        self._observation = observation
        self._intent = intent
        self._others = list(documents)
        self._questions = questions
        self._document = found.document
        self._candidate = found.candidate
        self._tokens = trace(observation, found.document.exchange) if found.document.exchange else ()
        self.seen: list[JsonValue] = []
        self._plain: list[JsonValue] = []

    def study(self, *, with_parameters: bool) -> tuple[RecordCandidate, Endpoint]:
        """Return the candidate with what was shown of it, and its endpoint."""
        path = self._candidate.source.records
        request = self._ground()
        grounded = request is not None
        request = request or self._document.request
        base = records(self._document.value, path)
        self._note([*base, *self._asked_by_page(path)])
        paging = self._paging(request, base)
        parameters: list[EndpointParameter] = []
        if with_parameters and grounded and not self._tokens:
            parameters = self._parameters(request, base)
        if paging is not None and paging.size is not None and paging.kind is PagingKind.NEXT_LINK:
            request = with_parameter(request, paging.size_parameter, str(paging.size))
        endpoint = Endpoint(
            id=f"{request.method} {request.url} {path}",
            request=request,
            parameters=tuple(parameters),
            paging=paging,
            coverage=self._candidate.coverage,
        )
        return self._widened(request, paging, grounded=grounded, endpoint=endpoint.id), endpoint

    def _note(self, found: Sequence[JsonValue], *, narrowed: bool = False) -> None:
        """Remember records for their columns' types; those of another shape are of another kind.

        Answers that a parameter narrowed say nothing about how many records have a column.
        """
        shape = type(self.seen[0] if self.seen else found[0] if found else None)
        alike = [r for r in found if type(r) is shape]
        self.seen += alike
        if not narrowed:
            self._plain += alike

    def _ground(self) -> RequestTemplate | None:
        """Return the request with as few headers as bring the records; None while unknown or when none do."""
        exchange = self._document.exchange
        if self._tokens and exchange is not None:
            # Each visit gets a token of its own: only a whole run can show that it works, and the trials do.
            full = self._document.request.model_copy(update={"headers": telling_headers(exchange)})
            return without_tokens(full, self._tokens)
        first = from_the_start(self._document.request)
        if first != self._document.request and self._restarted(first):
            return first
        request = self._document.request
        if self._document.origin != "exchange":
            return request
        if self._brings(request, ProbePurpose.GROUND, "without the page's own headers"):
            return request
        headers = telling_headers(exchange) if exchange else ()
        if self._questions.waits_for(request, ProbePurpose.GROUND) or not headers:
            return None
        full = request.model_copy(update={"headers": headers})
        if not self._brings(full, ProbePurpose.GROUND, "with the page's own headers"):
            return None
        return self._fewer(full)

    def _restarted(self, first: RequestTemplate) -> bool:
        """The page asked for later records only (its HTML carried the first): take the answer from the start."""
        answer = self._questions.ask(first, ProbePurpose.GROUND, "from the first record on")
        if answer is None or not good(answer) or not self._records(answer.body):
            return False
        headers = {k.lower(): v for k, v in answer.response_headers.items()}
        self._document = JsonDocument(request=first, value=parse(answer.body), origin="exchange", headers=headers)
        return True

    def _asked_by_page(self, path: str) -> list[JsonValue]:
        """Records of every answer that the page itself got from the same address."""
        mine = self._document.request
        same = [d for d in self._others if d.request.url == mine.url and _operation(d.request) == _operation(mine)]
        return [r for d in same for r in records(d.value, path)]

    def _fewer(self, full: RequestTemplate) -> RequestTemplate:
        """Leave out each header that the answer does not depend on; at most four are tried."""
        kept = full.headers
        for name, _ in full.headers[:4]:
            less = tuple(h for h in kept if h[0] != name)
            if less and self._brings(full.model_copy(update={"headers": less}), ProbePurpose.GROUND, f"without {name}"):
                kept = less
        return full.model_copy(update={"headers": kept})

    def _brings(self, request: RequestTemplate, purpose: ProbePurpose, about: str) -> bool:
        answer = self._questions.ask(request, purpose, about)
        return good(answer) and answer is not None and bool(self._records(answer.body))

    def _records(self, body: str, path: str | None = None) -> list[JsonValue]:
        value, at = parse(body), self._candidate.source.records if path is None else path
        return records(value, at) if isinstance(value, dict | list) else []

    def _rows(self, found: Sequence[JsonValue]) -> list[JsonObject]:
        return [row_of(r, self._candidate.columns) for r in found]

    def _paging(self, request: RequestTemplate, base: Sequence[JsonValue]) -> Paging | None:
        document = JsonDocument(
            request=request, value=self._document.value, origin=self._document.origin, headers=self._document.headers
        )
        path = self._candidate.source.records
        if path.endswith(ONE) or path.startswith(ONE):
            return None  # one object is all there is
        unasked: Paging | None = None
        tried: set[str] = set()
        for counted in counted_at(self._document.value, path):
            at = path if counted is None else counted
            first = base if counted is None else records(self._document.value, at)
            total = total_of(self._document.value, at, len(first))
            if total is not None and total <= len(first) and not says_more(self._document.value, at):
                return None
            for idea in paging_ideas(document, at, len(first), self._others)[:6]:
                if (asked := address(idea.second) + str(idea.second.body)) in tried:
                    continue
                tried.add(asked)
                paging = idea.paging.model_copy(update={"proven": True, "counted": counted})
                seen = self._page_asked(idea, path)
                if seen and page_difference(base, seen, self._identity_locator()):
                    return paging
                if self._tokens:
                    unasked = unasked or self._by_own_count(paging, total, len(first))
                    continue
                answer = self._questions.ask(idea.second, ProbePurpose.PAGE_TWO, idea.evidence)
                if answer is None:
                    return None
                second = self._at(answer, path)
                others = page_difference(base, second, self._identity_locator())
                if others or (not second and page_difference(first, self._at(answer, at), "")):
                    self._note(second)
                    return self._sized(paging, request, len(first))
        return unasked

    def _at(self, answer: ProbeAnswer | None, path: str) -> list[JsonValue]:
        return self._records(answer.body, path) if answer is not None and good(answer) else []

    def _by_own_count(self, paging: Paging, total: int | None, count: int) -> Paging | None:
        """Behind a token no page can be asked for by a probe: the trials show whether the page's own count works."""
        own = {name for name, _ in self._document.request.query}
        more = total is not None and total > count
        return paging if more and paging.parameter in own else None

    def _page_asked(self, idea: PagingIdea, path: str) -> list[JsonValue]:
        """Records of the answer that the page itself got to the very request, when a token stands in its way now."""
        mine = without_tokens(idea.second, self._tokens) if self._tokens else None
        same = [
            d for d in self._others if mine is not None and without_tokens(d.request, self._tokens).query == mine.query
        ]
        return [r for d in same if d.request.url == idea.second.url for r in records(d.value, path)]

    def _identity_locator(self) -> str:
        if len(self._candidate.identity) > 1:
            return ""  # one column of several tells no record from another: whole records are compared
        names = self._candidate.identity[:1]
        return next((c.locator for c in self._candidate.columns if c.name in names), "")

    def _sized(self, paging: Paging, request: RequestTemplate, count: int) -> Paging:
        """Ask for larger pages where the source has a parameter for it: fewer requests per call."""
        own = size_parameter(request, count)
        hinted = size_names(self._observation, self._document.value, urlsplit(request.url).path)
        name, location = own or ((hinted[0], "query") if hinted else ("", "query"))
        if not name or count >= _LARGE_PAGE or request.method != "GET":
            return paging
        larger = with_parameter(request, name, str(_LARGE_PAGE), location)
        answer = self._questions.ask(larger, ProbePurpose.PARAMETER, f"{name} as the number of records at once")
        path = self._candidate.source.records
        got = self._at(answer, path if paging.counted is None else paging.counted)
        if len(got) <= count:
            return paging
        self._note(self._at(answer, path))
        step = len(got) if paging.kind is PagingKind.OFFSET else paging.step
        return paging.model_copy(update={"size_parameter": name, "size": _LARGE_PAGE, "step": step})

    def _parameters(self, request: RequestTemplate, base: Sequence[JsonValue]) -> list[EndpointParameter]:
        ideas = parameter_ideas(self._observation, request, self._candidate, self._document.value, self._intent)
        rows = self._rows(base)
        shown = []
        for idea in ideas[:_MOST_PARAMETERS]:
            asked = with_parameter(request, idea.name, idea.value, idea.location)
            answer = self._questions.ask(asked, ProbePurpose.PARAMETER, _about(idea))
            if not good(answer) or answer is None:
                continue
            found = self._records(answer.body)
            self._note(found, narrowed=True)
            # An answer may have a place for what it was sent only when something was sent.
            columns = columns_of(found) if idea.assigned and found else self._candidate.columns
            effect = shown_effect(idea, rows, [row_of(r, columns) for r in found], self._candidate.columns)
            if effect is not None:
                shown.append(effect)
        return shown

    def _widened(
        self, request: RequestTemplate, paging: Paging | None, *, grounded: bool, endpoint: str
    ) -> RecordCandidate:
        """The candidate with columns typed over every record that was seen, not only the first page's."""
        path = self._candidate.source.records
        group = group_at(self._document.value, path)
        columns = self._candidate.columns
        known = _distinct(self.seen)
        if group is not None and len(known) > len(group.records):
            group = RecordGroup(path=group.path, records=tuple(known[:_MOST_KNOWN]), heads=group.heads)
            columns = _as_filled(inner_columns(group, self._intent), _distinct(self._plain))
        total = total_of(self._document.value, self._candidate.source.records, self._candidate.count)
        more = says_more(self._document.value, self._candidate.source.records) or (total or 0) > self._candidate.count
        base = records(self._document.value, self._candidate.source.records)
        return self._candidate.model_copy(
            update={
                "source": self._candidate.source.model_copy(update={"request": request, "tokens": self._tokens}),
                "columns": columns,
                "count": len(base) or self._candidate.count,
                "exemplars": exemplars(group, columns) if group else self._candidate.exemplars,
                "identity": identity_at(path, columns, known),
                "paging": paging,
                "grounded": grounded,
                "complete": paging is not None or not more,
                "total": total,
                "endpoint": endpoint,
            }
        )


def _as_filled(columns: Sequence[Column], plain: Sequence[JsonValue]) -> tuple[Column, ...]:
    """Columns with the share of the records that have them in answers that nothing narrowed."""
    if not plain:
        return tuple(columns)
    rows = [row_of(r, columns) for r in plain]
    share = {c.name: sum(1 for row in rows if row[c.name] not in (None, "", [])) / len(rows) for c in columns}
    return tuple(c.model_copy(update={"fill": round(share[c.name], 4)}) for c in columns)


def _distinct(found: Sequence[JsonValue]) -> list[JsonValue]:
    return list({str(r): r for r in found}.values())


def _about(idea: ParameterIdea) -> str:
    return f"{idea.name}={idea.value} as {idea.topic}"
