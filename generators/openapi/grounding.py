"""Operations as record candidates: what the document says of them, made sure of by asking once where possible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

from domain.errors import InvalidQuery
from domain.observation import ApiDocument, Column, Observation, Page, ProbePurpose, RecordCandidate
from domain.plan import FieldType, Intent, RecordSource, RequestTemplate, SourceKind, Topic
from domain.values import JsonValue
from generators.openapi.choosing import choose
from generators.openapi.document import Document, load
from generators.openapi.operations import Operation, operations
from generators.openapi.planning import paging_of, request_of
from generators.openapi.schemas import ONE
from generators.openapi.serving import Served, serve
from generators.sources.asking import Questions, good
from generators.sources.documents import parse
from generators.sources.flatten import columns_of
from generators.sources.json_records import RecordGroup, exemplars, find_candidates, find_groups, identity_of
from generators.sources.paths import read
from generators.sources.requests import with_parameter
from generators.sources.typing import as_text

_MOST_DOCUMENTS: Final = 2
_MOST_ASKED: Final = 3


def study_documents(observation: Observation, intent: Intent, questions: Questions) -> list[RecordCandidate]:
    """Return candidates of kind openapi for the operations that serve the question, the best first."""
    found: list[RecordCandidate] = []
    for document in documents_of(observation):
        bases = list(dict.fromkeys((base_of(document, observation), _origin(observation))))
        for place, operation in enumerate(choose(document, intent)):
            candidate = _candidate(document, operation, bases[0], place)
            if operation.method == "GET" and place < _MOST_ASKED:
                candidate = _asked(candidate, operation, intent, questions)
            if _absent(candidate) and len(bases) > 1:  # mocks and proxies often leave the server's path out
                other = _asked(_candidate(document, operation, bases[1], place), operation, intent, questions)
                bases = bases[::-1] if other.grounded else bases
                candidate = other if other.grounded else candidate
            found.append(candidate)
    return sorted(found, key=lambda c: -c.score)


def _absent(candidate: RecordCandidate) -> bool:
    return any(reason.endswith("status 404") for reason in candidate.reasons)


def _origin(observation: Observation) -> str:
    split = urlsplit(observation.pages[0].final_url if observation.pages else observation.url)
    return f"{split.scheme}://{split.netloc}"


def described_source(text: str, *, url: str = "", site: str = "", captured_at: datetime) -> Observation:
    """Return the observation of an API document that was given by hand; ``site`` overrides its servers.

    Raises:
        InvalidQuery: the text is no API document, or neither it nor ``site`` says where to ask.
    """
    document = load(text, url)
    address = site or document.base_url()
    if not address.startswith(("http://", "https://")):
        raise InvalidQuery("The API document names no server.", remedy="Say where it is served with --site URL.")
    page = Page(requested_url=address, final_url=address, status=0, content_type="application/openapi")
    described = ApiDocument(url=url, text=text, content_type="application/openapi")
    return Observation(url=address, captured_at=captured_at, pages=(page,), api_documents=(described,))


def documents_of(observation: Observation) -> list[Document]:
    """Return the API documents of an observation that can be read."""
    found = []
    for described in observation.api_documents[:_MOST_DOCUMENTS]:
        try:
            found.append(load(described.text, described.url))
        except InvalidQuery:
            continue  # a page that only looks like a description is no reason to fail
    return found


def operation_of(observation: Observation, candidate: RecordCandidate) -> Operation | None:
    """Return the operation that a candidate was made of."""
    for document in documents_of(observation):
        for operation in operations(document)[0]:
            if candidate.id == _id(document, operation):
                return operation
    return None


def base_of(document: Document, observation: Observation) -> str:
    """Return where operations are asked: near the site that published the document, or as the document says."""
    site = observation.pages[0].final_url if observation.pages else observation.url
    return document.near(site) if site.startswith(("http://", "https://")) else document.base_url()


def _id(document: Document, operation: Operation) -> str:
    return f"openapi:{document.url}:{operation.id}"


def _candidate(document: Document, operation: Operation, base: str, place: int) -> RecordCandidate:
    request = request_of(document, operation, base)
    columns = operation.answer.columns
    return RecordCandidate(
        id=_id(document, operation),
        kind=SourceKind.OPENAPI,
        source=RecordSource(request=request, records=operation.answer.records, format="json"),
        columns=columns,
        count=0,
        score=round(1.0 / (1 + place), 4),
        paging=paging_of(operation),
        url=request.url,
        grounded=False,
    )


def _asked(candidate: RecordCandidate, operation: Operation, intent: Intent, questions: Questions) -> RecordCandidate:
    """The candidate with what one answer shows; as the document says where nothing can be asked yet."""
    served = serve(operation, intent)
    if served.lacking or operation.secret:
        return candidate
    request = filled_request(candidate.source.request, operation, served)
    answer = questions.ask(request, ProbePurpose.GROUND, f"one answer of {operation.id}")
    if answer is None:
        return candidate
    if not good(answer):
        told = answer.error or f"it answered with status {answer.status}"
        return candidate.model_copy(update={"reasons": (f"{operation.id}: {told}",), "score": candidate.score / 2})
    value = parse(answer.body)
    known = isinstance(value, dict | list)
    return _shown(candidate, operation, value) if known else candidate.model_copy(update={"grounded": True})


def filled_request(request: RequestTemplate, operation: Operation, served: Served) -> RequestTemplate:
    """Return the request with the question's values; days that are phrases are left out."""
    for parameter in operation.parameters:
        value = served.bound.get(parameter.name)
        if value is None or served.topics.get(parameter.name) is Topic.DATE:
            continue
        if parameter.location == "path":
            filled = request.url.replace("{" + parameter.name + "}", quote(as_text(value), safe=""))
            request = request.model_copy(update={"url": filled})
        elif parameter.location in ("query", "header"):
            request = with_parameter(request, parameter.name, as_text(value), parameter.location)
    return request


def _shown(candidate: RecordCandidate, operation: Operation, value: JsonValue) -> RecordCandidate:
    """Columns and rows as the source really gives them; the document's own where the answer holds none."""
    path = candidate.source.records
    group = _group(value, path) or _other_group(value, candidate, operation)
    if group is None:
        return candidate.model_copy(update={"grounded": True})
    columns = _united(columns_of(group.records, group.heads), candidate.columns)
    single = group.path.endswith(ONE)
    return candidate.model_copy(
        update={
            "source": candidate.source.model_copy(update={"records": group.path}),
            "columns": columns,
            "count": len(group.records),
            "exemplars": exemplars(group, columns),
            "identity": () if single else identity_of(columns, group.records),
            "grounded": True,
        }
    )


def _group(value: JsonValue, path: str) -> RecordGroup | None:
    if path.endswith(ONE):
        head = path.removesuffix(ONE)
        found = read(value, head) if head else value
        groups = find_groups(value) if isinstance(found, list) else ()
        return RecordGroup(path=path, records=(found,)) if isinstance(found, dict) and not groups else None
    return next((g for g in find_groups(value) if g.path == path), None)


def _other_group(value: JsonValue, candidate: RecordCandidate, operation: Operation) -> RecordGroup | None:
    """The document said nothing, or something else: the rows are where the answer has them."""
    if operation.is_item and isinstance(value, dict):
        return RecordGroup(path=ONE, records=(value,))
    best = next(iter(find_candidates(value, candidate.source.request, kind=SourceKind.OPENAPI)), None)
    if best is None:
        return RecordGroup(path=ONE, records=(value,)) if isinstance(value, dict) else None
    return next((g for g in find_groups(value) if g.path == best.source.records), None)


def _united(seen: Sequence[Column], told: Sequence[Column]) -> tuple[Column, ...]:
    """What was seen, with the document's labels and types where the answer left them open; what it only told, less."""
    by_path = {c.locator: c for c in told}
    united = []
    for column in seen:
        other = by_path.get(column.locator)
        dated = (FieldType.DATE, FieldType.DATETIME, FieldType.URL)
        kind = other.type if other is not None and other.type in dated else column.type
        label = column.label or (other.label if other is not None else "")
        united.append(column.model_copy(update={"label": label, "type": kind}))
    paths = {c.locator for c in seen}
    names = {c.name for c in seen}
    rest = [c for c in told if c.locator not in paths and c.name not in names and c.locator != "."]
    return (*united, *(c.model_copy(update={"fill": 0.05}) for c in rest))
