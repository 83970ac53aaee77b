"""What was captured at a source (Observation), and what study of it gives (Findings).

An Observation is raw and frozen: nothing in it is interpreted. Findings are derived by pure
functions; the probes in them are questions that only the source can answer.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from domain.plan import FieldType, Paging, RecordSource, Relation, RequestTemplate, SourceKind, Topic
from domain.values import JsonObject, JsonValue, Value


class Exchange(Value):
    """One request the page made, and its answer. Secrets and cookies are taken out of the headers.

    ``body`` is text, at most the observer's limit (then ``truncated``). ``trigger`` tells what made
    the page ask: ``load``, ``scroll``, ``more`` (a load-more control), ``probe``.
    """

    id: str
    method: str
    url: str
    request_headers: dict[str, str] = {}
    request_body: str | None = None
    status: int
    content_type: str = ""
    response_headers: dict[str, str] = {}
    body: str = ""
    truncated: bool = False
    resource_type: str = "fetch"
    trigger: Literal["load", "scroll", "more", "probe"] = "load"


class Link(Value):
    """An anchor or link element: absolute address, text, ``rel`` and ``type``."""

    href: str
    text: str = ""
    rel: str = ""
    type: str = ""


class Option(Value):
    """One choice of a form field."""

    value: str
    label: str = ""


class FormField(Value):
    """One input of a form; ``kind`` is the HTML type, ``select`` or ``textarea``."""

    name: str
    kind: str = "text"
    label: str = ""
    placeholder: str = ""
    value: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False


class Form(Value):
    """A form with its absolute action."""

    action: str
    method: str = "GET"
    fields: tuple[FormField, ...] = ()
    label: str = ""


class Embedded(Value):
    """JSON that the page's HTML carries. ``selector`` finds the element, ``variable`` the script's name for it."""

    kind: Literal["next_data", "nuxt", "apollo", "json_ld", "json", "object_literal", "microdata", "rdfa"]
    selector: str = ""
    index: int = 0
    variable: str = ""
    data: JsonValue


class ApiDocument(Value):
    """A machine-readable API description that the site links to or that was given by hand."""

    url: str
    text: str
    content_type: str = ""


class Feed(Value):
    """A feed the site links to, with its text when it was fetched."""

    url: str
    kind: Literal["rss", "atom", "ical", "json_feed", "sitemap"]
    title: str = ""
    text: str = ""


class Page(Value):
    """One document as served and as rendered.

    ``served_html`` is the text of the first response. ``rendered_html`` is the DOM after scripts;
    each of its elements carries ``data-bx="x,y,width,height,visible,font px"`` (rendered box in CSS
    pixels; study may use it, selectors never). ``aria`` is the accessibility snapshot.
    """

    requested_url: str
    final_url: str
    status: int
    title: str = ""
    content_type: str = "text/html"
    served_html: str = ""
    rendered_html: str = ""
    text_before: str = ""
    text_after: str = ""
    aria: str = ""
    links: tuple[Link, ...] = ()
    forms: tuple[Form, ...] = ()
    embedded: tuple[Embedded, ...] = ()
    redirects: tuple[str, ...] = ()


class Denial(Value):
    """A request that the policy refused while observing."""

    url: str
    reason: str


class Observation(Value):
    """Everything captured at one source. ``pages[0]`` is the page that was asked for."""

    url: str
    captured_at: datetime
    pages: tuple[Page, ...]
    exchanges: tuple[Exchange, ...] = ()
    api_documents: tuple[ApiDocument, ...] = ()
    feeds: tuple[Feed, ...] = ()
    robots_txt: str = ""
    denials: tuple[Denial, ...] = ()
    notes: tuple[str, ...] = ()


class ProbePurpose(StrEnum):
    """Why a probe is asked."""

    GROUND = "ground"  # does the endpoint answer without the page's own headers and cookies?
    PAGE_TWO = "page_two"  # does the paging parameter bring other records?
    PARAMETER = "parameter"  # does this parameter change the answer as it should?
    DETAIL = "detail"  # what does the page behind a record's link hold?
    DOCUMENT = "document"  # is there a document (API description, feed, JSON twin) at this address?


class Probe(Value):
    """A question to the source: one request, asked over the sandbox's HTTP client under the policy."""

    id: str
    purpose: ProbePurpose
    method: str = "GET"
    url: str
    headers: dict[str, str] = {}
    body: str | None = None
    about: str = ""


class ProbeAnswer(Value):
    """What the source said. ``error`` is set when there was no HTTP answer at all."""

    probe: Probe
    status: int = 0
    final_url: str = ""
    content_type: str = ""
    response_headers: dict[str, str] = {}
    body: str = ""
    truncated: bool = False
    error: str = ""


class Column(Value):
    """One field of a record candidate.

    ``locator`` reads the value from one record (see ``plan.Locator`` for its grammar by source kind).
    ``fill`` is the share of records that have it; ``samples`` are up to five values as text.
    ``values`` are all distinct values where they are few (a categorical column), else empty.
    Read values are multiplied by ``scale``; ``unit`` is a currency where all records share it. ``behind`` names the
    column whose address leads to the page that has the value: one page further than the record's own.
    """

    name: str
    locator: str
    fallbacks: tuple[str, ...] = ()
    type: FieldType = FieldType.STRING
    fill: float = 1.0
    label: str = ""
    samples: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    scale: float = 1.0
    unit: str = ""
    behind: str = ""


class RecordCandidate(Value):
    """One group of repeated records that may be what was asked for.

    ``score`` orders candidates within Findings (higher first). ``exemplars`` are up to two records,
    chosen to fill most columns. ``identity`` names the columns that tell records apart.
    ``endpoint`` is the id of the endpoint whose parameters apply. ``coverage`` is the share of the page's
    visible text that the records' values cover. ``agreement`` is the share of the page's own
    records that are among the candidate's. ``grounded``: the request was seen to work on its own.
    ``complete``: the records, with paging, are all there are; ``total`` is what the source says their number is.
    ``detail_of`` marks what the page behind ``link`` (a column of the candidate with that id) holds.
    """

    id: str
    kind: SourceKind
    source: RecordSource
    columns: tuple[Column, ...]
    count: int
    score: float
    exemplars: tuple[JsonObject, ...] = ()
    identity: tuple[str, ...] = ()
    paging: Paging | None = None
    reasons: tuple[str, ...] = ()
    url: str = ""
    endpoint: str = ""
    coverage: float = 0.0
    agreement: float = 0.0
    grounded: bool = False
    complete: bool = True
    total: int | None = None
    detail_of: str = ""
    link: str = ""
    link_template: str = ""


class EndpointParameter(Value):
    """A parameter that a source takes. ``evidence`` tells where it was seen; ``effect`` what a probe showed.

    What was shown, for a machine: the records' ``columns`` stand in ``relation`` to the value, about ``topic``.
    ``mapping`` gives the source's own value for each label, where they differ.
    """

    name: str
    location: Literal["query", "path", "body", "header"] = "query"
    type: FieldType = FieldType.STRING
    label: str = ""
    description: str = ""
    sample: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    evidence: Literal["exchange", "form", "link", "document", "convention"] = "exchange"
    proven: bool = False
    effect: str = ""
    topic: Topic | None = None
    relation: Relation | None = None
    columns: tuple[str, ...] = ()
    mapping: dict[str, str] = {}


class Endpoint(Value):
    """An address that answers with data, and what is known about asking it."""

    id: str
    request: RequestTemplate
    parameters: tuple[EndpointParameter, ...] = ()
    paging: Paging | None = None
    coverage: float = 0.0


class Findings(Value):
    """What study of an Observation gave: candidates (best first), endpoints, and open probes.

    Study is repeated with the answers until ``probes`` is empty; then the findings are grounded.
    ``rejected`` tells for each source kind that cannot serve why not. ``outside`` are hosts beyond the policy that the
    data seems to come from.
    """

    candidates: tuple[RecordCandidate, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    probes: tuple[Probe, ...] = ()
    rejected: tuple[tuple[SourceKind, str], ...] = ()
    walls: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
