"""Queries, the understanding of them, and the plans they become.

A Plan is all that a generator needs to write the workflow, and all that the registry needs to find
it again: intent, typed parameters with their bindings, output fields with their locators, the
request, paging, steps and the chosen source with the reasons against the others.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field as Constrained

from domain.place import Place as Place  # noqa: PLC0414 - a plan speaks of places, so it is found here too
from domain.policy import Method
from domain.values import JsonValue, Value


class SourceKind(StrEnum):
    """Kinds of source, cheapest first; the order of the members is the ladder of PLAN-4."""

    OPENAPI = "openapi"
    JSON = "json"
    EMBEDDED = "embedded"
    HTML = "html"
    BROWSER = "browser"


class PlannerKind(StrEnum):
    """Who plans. ``auto`` is a model when a key is set, else the built-in planner."""

    AUTO = "auto"
    BUILTIN = "builtin"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    CLIENT = "client"


class Query(Value):
    """What a person wrote, and where to begin.

    ``api_document`` is the file or address of an API document; ``api_text`` is that document once it was read.
    ``methods`` are those beyond reading that a person agreed to (forms are sent with POST); no page adds any.
    """

    text: str
    site: str | None = None
    api_document: str | None = None
    api_text: str = ""
    source: SourceKind | None = None
    planner: PlannerKind = PlannerKind.AUTO
    methods: tuple[Method, ...] = ()


class Relation(StrEnum):
    """How a constraint relates a record's value to the wanted one."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    CONTAINS = "contains"
    EXCLUDES = "excludes"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    FROM = "from"
    TO = "to"
    WITHIN = "within"


class Topic(StrEnum):
    """What a constraint is about, as far as plain language tells."""

    KEYWORDS = "keywords"
    PLACE = "place"
    DISTANCE = "distance"
    DATE = "date"
    TIME = "time"
    PRICE = "price"
    FREE = "free"
    AVAILABILITY = "availability"
    ONLINE = "online"
    PERSON = "person"  # organiser, author, host, by whom
    CATEGORY = "category"
    NUMBER = "number"  # "rating above 4", "at least 3 bedrooms"
    IDENTIFIER = "identifier"
    NAMED = "named"  # "licence: ISC", "with status open": an attribute named in the query
    COUNT = "count"
    SORT = "sort"
    DETAIL = "detail"  # "with the street address": a wanted output field


class Constraint(Value):
    """One thing that the query says, with the words it came from.

    ``value`` by topic: KEYWORDS text; PLACE canonical name; DISTANCE number (``unit`` mi or km);
    DATE ISO date or a relative phrase ("this weekend"); PRICE number (``unit`` ISO currency or "");
    FREE/ONLINE bool; COUNT int; SORT field word (``unit`` asc or desc); NAMED text (``name`` is the attribute).
    ``start`` and ``end`` are character offsets of the span in the query; ``confidence`` is 0 to 1.
    """

    topic: Topic
    relation: Relation
    value: JsonValue
    unit: str = ""
    name: str = ""
    span: str = ""
    start: int = 0
    end: int = 0
    confidence: float = 1.0


class Intent(Value):
    """What was understood of a query, before any source was seen.

    ``subject`` is the head noun ("events", "packages"); ``wanted`` are output fields that were named;
    ``question`` is set when something must be asked back (``field``, ``text``, ``choices``).
    """

    text: str
    subject: str = ""
    constraints: tuple[Constraint, ...] = ()
    wanted: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    writes: bool = False

    def about(self, topic: Topic) -> tuple[Constraint, ...]:
        """Return the constraints of one topic."""
        return tuple(c for c in self.constraints if c.topic is topic)


class FieldType(StrEnum):
    """Type of a value in a record or parameter, as JSON Schema can say it."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    URL = "url"
    PRICE = "price"
    ARRAY = "array"
    OBJECT = "object"


class RequestTemplate(Value):
    """One request with its fixed parts. Parameters of the plan are bound onto it.

    ``body`` is a JSON value (or form pairs when ``body_kind`` is ``form``).
    ``secret`` names a credential that the broker adds, ``secrets`` all of them where a source wants several.
    """

    method: str = "GET"
    url: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: JsonValue = None
    body_kind: Literal["none", "json", "form"] = "none"
    secret: str = ""
    secrets: tuple[str, ...] = ()


class Token(Value):
    """A part of a request that an earlier answer gives anew each time: a CSRF token, a key of the session (LEARN-6).

    ``request`` brings the answer. With ``path`` the value is read from its JSON; else it stands in its text between
    ``before`` and ``after``. It goes into the header or query parameter ``name``, written by ``template``.
    """

    request: RequestTemplate
    path: str = ""
    before: str = ""
    after: str = ""
    location: Literal["header", "query"]
    name: str
    template: str = "{value}"


class RecordSource(Value):
    """Where records are read from, within one answer.

    For json and openapi: ``records`` is a path ("entries", "data.items", "" for the root array).
    For embedded: ``embedded`` names the JSON (kind, selector, index, variable) and ``records`` the path in it.
    For html and browser: ``records`` is a CSS selector, ``fallbacks`` further ones.
    Paths are dotted names; ``[n]`` is an index, ``*`` all values of an object or array ("days.*.events"
    is the union of the arrays, "pages.*" the values of an object). ``{}`` at the end makes one record of the object
    there; behind ``>`` stands what each record is taken once for every member of ("orders>lines").
    ``format`` ``xml`` is a feed: selectors as in html; ``text`` is an answer taken whole: one record of ``status``,
    ``content_type``, ``content`` and ``encoding``, or outside described APIs of ``status``, ``url``, ``path`` and
    ``content_type``.
    """

    request: RequestTemplate
    records: str
    fallbacks: tuple[str, ...] = ()
    embedded_kind: str = ""
    embedded_selector: str = ""
    embedded_index: int = 0
    embedded_variable: str = ""
    format: Literal["", "json", "html", "xml", "ical", "text"] = ""
    tokens: tuple[Token, ...] = ()


class PagingKind(StrEnum):
    """How further records are asked for."""

    CURSOR = "cursor"  # a token of the answer goes into ``parameter``
    OFFSET = "offset"  # ``parameter`` counts records
    PAGE = "page"  # ``parameter`` counts pages from ``first``
    NEXT_LINK = "next_link"  # an address in the answer (path or selector)
    LINKS = "links"  # each record's own address, read by ``next_locator``, leads to a page with more of them
    SCROLL = "scroll"  # browser: scroll until nothing is added
    MORE = "more"  # browser: press the control ``next_locator``


WINDOW = "window"


class Paging(Value):
    """Paging, shown by probing when ``proven``.

    ``next_locator`` reads the cursor or next address from the answer (a JSON path,
    ``selector@attribute``, or ``header:link`` for the ``Link`` header's rel=next); ``more_locator`` a flag that
    says whether more follows. For location ``body``, ``parameter`` is a dotted path into the request's body.
    For SCROLL the parameter ``window`` says that the list drops what scrolled away, so that it is read step by step.
    ``size_parameter`` and ``size`` ask for a page size where the source takes one. ``counted`` is the path of the
    records that the source counts and pages by, where the rows are others: parcels inside shipments.
    """

    kind: PagingKind
    parameter: str = ""
    location: Literal["query", "body", "path", "url"] = "query"
    next_locator: str = ""
    more_locator: str = ""
    counted: str | None = None
    first: int = 1
    step: int = 1
    size_parameter: str = ""
    size: int | None = None
    proven: bool = False


class SourceBinding(Value):
    """The parameter goes to the source, shown by probing to have effect (or said by its API document).

    ``encoding`` says how the value is written: plain; ``csv``, ``pipes`` and ``spaces`` join lists, ``repeat`` repeats
    the name; ``deep`` writes an object as ``name[key]=value`` pairs, ``pairs`` as ``key=value`` pairs, ``json`` as JSON
    text; ``map`` goes through ``mapping``. For location ``body`` an empty name is the whole body.
    """

    kind: Literal["source"] = "source"
    location: Literal["query", "path", "body", "header", "cookie"] = "query"
    name: str
    encoding: Literal[
        "plain", "csv", "pipes", "spaces", "repeat", "deep", "pairs", "json", "map", "date", "datetime"
    ] = "plain"
    mapping: dict[str, str] = {}
    template: str = "{value}"


class FilterBinding(Value):
    """The parameter is a filter in the workflow over ``fields`` of the rows. A None parameter does not filter.

    By topic: KEYWORDS (a list): CONTAINS all must match in the fields together (one is enough with ``any_of``),
    EXCLUDES none may. PLACE,
    CATEGORY, NAMED EQUALS: any of the fields (or any element of an array field) equals the value, case and accents
    aside. PRICE: fields are the price and, second, a free flag where there is one, which counts as price 0; a row
    without either never passes. FREE, AVAILABILITY, ONLINE (a boolean parameter): the field is a boolean, or its
    text is one of ``true_values``; for FREE the field may be a price (0 is free). DISTANCE: fields are latitude and
    longitude; the centre is the parameter with role ``place_of_distance``. DATE: the local day of the first field.
    """

    kind: Literal["filter"] = "filter"
    relation: Relation
    topic: Topic
    fields: tuple[str, ...]
    true_values: tuple[str, ...] = ()
    any_of: bool = False


class RoleBinding(Value):
    """The parameter steers the workflow itself, or completes another one (the centre of a distance).

    ``sort``: the value is a field name, "-" in front for descending, several joined by commas ("-price,id"); rows
    without a value come last; an array sorts by its length. ``place_of_distance``: the value names the centre; when a
    distance is given too, a PLACE filter of the same parameter does not apply. ``currency``: ``fields`` names the
    rows' currency field; only rows in that currency pass a price filter. ``limit``: at most so many rows, once sorted.
    """

    kind: Literal["role"] = "role"
    role: Literal["limit", "sort", "unit", "currency", "place_of_distance"]
    fields: tuple[str, ...] = ()


Binding = Annotated[SourceBinding | FilterBinding | RoleBinding, Constrained(discriminator="kind")]


class Parameter(Value):
    """A typed parameter of the tool; ``default`` is taken from the query where it said something.

    ``bindings`` may name more than one place: a source parameter narrows, a filter makes sure.
    """

    name: str
    type: FieldType
    description: str
    default: JsonValue = None
    required: bool = False
    choices: tuple[JsonValue, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    items: FieldType | None = None
    examples: tuple[JsonValue, ...] = ()
    bindings: tuple[Binding, ...] = ()
    topic: Topic | None = None


class Field(Value):
    """An output field.

    ``locator`` reads it from one record. Grammar: for JSON kinds a path ("event.name"); for html and
    browser ``selector@attribute`` (``@text`` the text, ``.`` the record itself, "td:nth-of-type(2)@text").
    ``detail`` fields are read from the detail page or answer instead, and those with ``behind`` from the page to which
    the detail field of that name leads in turn.
    """

    name: str
    type: FieldType
    description: str = ""
    locator: str
    fallbacks: tuple[str, ...] = ()
    required: bool = False
    detail: bool = False
    behind: str = ""
    unit: str = ""
    scale: float = 1.0


class Detail(Value):
    """A join: for each row the request made from ``link`` (a field name) is read for the detail fields.

    ``template`` uses ``{value}`` for the field's value when the link is not itself an address.
    """

    link: str
    template: str = "{value}"
    kind: SourceKind
    source: RecordSource | None = None


class PlanStep(Value):
    """One step in words, and how it is done."""

    order: int
    action: str
    method: Literal["api", "browser"] = "api"
    detail: str = ""


class Rejection(Value):
    """Why a source kind was not taken."""

    kind: SourceKind
    reason: str


class Source(Value):
    """The source that was chosen, why, and why not the others."""

    kind: SourceKind
    url: str
    reason: str
    rejected: tuple[Rejection, ...] = ()


class Trial(Value):
    """One set of arguments to try the workflow with, and what is expected of it."""

    name: str
    arguments: dict[str, JsonValue]
    expect: Literal["rows", "empty", "any"] = "any"


class Plan(Value):
    """Everything that a generator needs to write the workflow. JSON in and out.

    ``page`` is the address at which the source was observed, as it was asked for. ``asked_at`` is the address that the
    question gave, where that only led to the page.
    """

    query: str
    intent: Intent
    tool_name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    fields: tuple[Field, ...]
    steps: tuple[PlanStep, ...]
    source: Source
    records: RecordSource
    paging: Paging | None = None
    detail: Detail | None = None
    identity: tuple[str, ...] = ()
    filters_note: str = ""
    timezone_field: str = ""
    timezone: str = "UTC"
    hosts: tuple[str, ...] = ()
    fallbacks: tuple[SourceKind, ...] = ()
    trials: tuple[Trial, ...] = ()
    example_queries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    estimated_duration_s: float = 1.0
    planner: PlannerKind = PlannerKind.BUILTIN
    browser: bool = False
    page: str = ""
    asked_at: str = ""

    def defaults(self) -> dict[str, JsonValue]:
        """Return the arguments that the query itself asks for: every default that is not None."""
        return {p.name: p.default for p in self.parameters if p.default is not None}
