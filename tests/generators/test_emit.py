"""The template generator: its modules pass the code check, mypy and ruff, and say what the plan says."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.plan import (
    Detail,
    Field,
    FieldType,
    FilterBinding,
    Intent,
    Paging,
    PagingKind,
    Parameter,
    Plan,
    RecordSource,
    Relation,
    RequestTemplate,
    RoleBinding,
    Source,
    SourceBinding,
    SourceKind,
    Topic,
    Trial,
)
from domain.policy import HostRule, Policy
from domain.tool import require_publishable
from generators.emit import describe, emit
from sandbox.check import check
from tests.requirements import requirement

NOW = datetime(2027, 5, 12, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
POLICY = Policy(hosts=(HostRule(host="site.test", subdomains=True),))
LIMIT = Parameter(
    name="limit",
    type=FieldType.INTEGER,
    description="Most rows.",
    default=1000,
    minimum=1,
    maximum=1000,
    bindings=(RoleBinding(role="limit"),),
)


def field(name: str, kind: FieldType = FieldType.STRING, locator: str | None = None, **more: object) -> Field:
    return Field(name=name, type=kind, locator=locator or name, **more)  # type: ignore[arg-type]  # tests vary any part


def parameter(name: str, kind: FieldType, *bindings: object, **more: object) -> Parameter:
    return Parameter(name=name, type=kind, description=f"The {name}.", bindings=bindings, **more)  # type: ignore[arg-type]  # as above


def plan(kind: SourceKind, records: RecordSource, **more: object) -> Plan:
    values: dict[str, object] = {
        "query": 'say "hello" \\ to all',
        "intent": Intent(text="say hello"),
        "tool_name": "things_site",
        "title": "Things",
        "description": "Lists things.",
        "parameters": (LIMIT,),
        "fields": (field("name", required=True), field("url", FieldType.URL)),
        "steps": (),
        "source": Source(kind=kind, url="https://site.test/things", reason="It answers."),
        "records": records,
        "identity": ("url",),
        "trials": (Trial(name="query", arguments={"limit": 5}),),
    }
    return Plan(**{**values, **more})  # type: ignore[arg-type]  # as above


def json_records(**more: object) -> RecordSource:
    request = RequestTemplate(url="https://site.test/api/things", query=(("place", "p-1"),), **more)  # type: ignore[arg-type]  # as above
    return RecordSource(request=request, records="data.items")


FILTERS = (
    parameter(
        "keywords",
        FieldType.ARRAY,
        FilterBinding(relation=Relation.CONTAINS, topic=Topic.KEYWORDS, fields=("name", "tags")),
        default=["hip-hop"],
    ),
    parameter(
        "exclude", FieldType.ARRAY, FilterBinding(relation=Relation.EXCLUDES, topic=Topic.KEYWORDS, fields=("name",))
    ),
    parameter(
        "city",
        FieldType.STRING,
        FilterBinding(relation=Relation.EQUALS, topic=Topic.PLACE, fields=("city",)),
        RoleBinding(role="place_of_distance"),
        SourceBinding(name="town"),
        topic=Topic.PLACE,
    ),
    parameter(
        "radius_miles",
        FieldType.NUMBER,
        FilterBinding(relation=Relation.WITHIN, topic=Topic.DISTANCE, fields=("lat", "lon")),
    ),
    parameter(
        "date_from",
        FieldType.STRING,
        FilterBinding(relation=Relation.FROM, topic=Topic.DATE, fields=("start",)),
        default="this weekend",
    ),
    parameter(
        "date_to",
        FieldType.STRING,
        FilterBinding(relation=Relation.TO, topic=Topic.DATE, fields=("start",)),
        SourceBinding(name="until", encoding="date"),
    ),
    parameter(
        "max_price",
        FieldType.NUMBER,
        FilterBinding(relation=Relation.LESS_THAN, topic=Topic.PRICE, fields=("price", "is_free")),
    ),
    parameter("currency", FieldType.STRING, RoleBinding(role="currency", fields=("currency",))),
    parameter(
        "online",
        FieldType.BOOLEAN,
        FilterBinding(relation=Relation.EQUALS, topic=Topic.ONLINE, fields=("kind",), true_values=("online",)),
    ),
    parameter(
        "sold_out",
        FieldType.BOOLEAN,
        FilterBinding(relation=Relation.EQUALS, topic=Topic.AVAILABILITY, fields=("sold_out",)),
    ),
    parameter(
        "category",
        FieldType.STRING,
        FilterBinding(relation=Relation.EQUALS, topic=Topic.CATEGORY, fields=("tags",)),
        SourceBinding(name="cat", encoding="map", mapping={"Music": "1"}),
    ),
    parameter("sort", FieldType.STRING, RoleBinding(role="sort", fields=("price", "start"))),
    LIMIT,
)
FIELDS = (
    field("name", required=True, locator="event.name"),
    field("url", FieldType.URL, "event.url", fallbacks=("event.link",)),
    field("city", locator="event.place.city"),
    field("lat", FieldType.NUMBER, "event.at.lat"),
    field("lon", FieldType.NUMBER, "event.at.lon"),
    field("start", FieldType.DATETIME, "event.start"),
    field("price", FieldType.PRICE, "ticket.cents", scale=0.01),
    field("is_free", FieldType.BOOLEAN, "ticket.free"),
    field("currency", locator="ticket.currency"),
    field("kind", locator="event.kind"),
    field("sold_out", FieldType.BOOLEAN, "ticket.sold"),
    field("tags", FieldType.ARRAY, "tags.*.name"),
)
HTML = RecordSource(
    request=RequestTemplate(url="https://site.test/list"), records="table tr:has(td)", fallbacks=("tbody > tr",)
)
HTML_FIELDS = (
    field("name", locator="h3 a@text", required=True),
    field("url", FieldType.URL, "a@href"),
    field("date", FieldType.DATE, "time@datetime", fallbacks=(".date@text",)),
)

PLANS = {
    "json with every filter and a cursor": plan(
        SourceKind.JSON,
        json_records(),
        parameters=FILTERS,
        fields=FIELDS,
        timezone="America/Los_Angeles",
        paging=Paging(
            kind=PagingKind.CURSOR,
            parameter="cursor",
            next_locator="next",
            more_locator="more",
            size_parameter="size",
            size=50,
        ),
    ),
    "json in one answer": plan(SourceKind.JSON, json_records()),
    "json by offset": plan(SourceKind.JSON, json_records(), paging=Paging(kind=PagingKind.OFFSET, parameter="skip")),
    "json by the link header": plan(
        SourceKind.JSON, json_records(), paging=Paging(kind=PagingKind.NEXT_LINK, next_locator="header:link")
    ),
    "json by a posted body": plan(
        SourceKind.JSON,
        json_records(method="POST", body={"variables": {"first": 20}}, body_kind="json"),
        parameters=(parameter("term", FieldType.STRING, SourceBinding(location="body", name="variables.term")), LIMIT),
        paging=Paging(kind=PagingKind.CURSOR, parameter="variables.after", location="body", next_locator="data.next"),
    ),
    "html by page number": plan(
        SourceKind.HTML, HTML, fields=HTML_FIELDS, paging=Paging(kind=PagingKind.PAGE, parameter="page")
    ),
    "html by next link, with details": plan(
        SourceKind.HTML,
        HTML,
        fields=(*HTML_FIELDS, field("price", FieldType.PRICE, ".price@text", detail=True)),
        parameters=(
            parameter(
                "max_price",
                FieldType.NUMBER,
                FilterBinding(relation=Relation.AT_MOST, topic=Topic.PRICE, fields=("price",)),
            ),
            LIMIT,
        ),
        paging=Paging(kind=PagingKind.NEXT_LINK, next_locator="a[rel=next]@href"),
        detail=Detail(link="url", kind=SourceKind.HTML),
    ),
    "html by following links": plan(
        SourceKind.HTML, HTML, fields=HTML_FIELDS, paging=Paging(kind=PagingKind.LINKS, next_locator="a@href")
    ),
    "html with words that only its pages say": plan(
        SourceKind.HTML,
        HTML,
        fields=(*HTML_FIELDS, field("city", FieldType.STRING, ".city@text", detail=True)),
        parameters=(
            parameter(
                "keywords",
                FieldType.ARRAY,
                FilterBinding(relation=Relation.CONTAINS, topic=Topic.KEYWORDS, fields=("name", "city")),
                items=FieldType.STRING,
            ),
            parameter(
                "city",
                FieldType.STRING,
                FilterBinding(relation=Relation.EQUALS, topic=Topic.PLACE, fields=("city",)),
            ),
            LIMIT,
        ),
        detail=Detail(link="url", kind=SourceKind.HTML),
    ),
    "html with details, in an order": plan(
        SourceKind.HTML,
        HTML,
        fields=(*HTML_FIELDS, field("price", FieldType.PRICE, ".price@text", detail=True)),
        parameters=(parameter("sort", FieldType.STRING, RoleBinding(role="sort")), LIMIT),
        detail=Detail(link="url", kind=SourceKind.HTML),
    ),
    "embedded data": plan(
        SourceKind.EMBEDDED,
        RecordSource(
            request=RequestTemplate(url="https://site.test/"),
            records="props.events",
            embedded_kind="next_data",
            embedded_selector="script#__NEXT_DATA__",
        ),
    ),
    "a page that grows by scrolling": plan(SourceKind.BROWSER, HTML, fields=HTML_FIELDS),
    "a page with a control for more": plan(
        SourceKind.BROWSER, HTML, fields=HTML_FIELDS, paging=Paging(kind=PagingKind.MORE, next_locator="button.more")
    ),
    "script-rendered pages by next link": plan(
        SourceKind.BROWSER,
        HTML,
        fields=HTML_FIELDS,
        paging=Paging(kind=PagingKind.NEXT_LINK, next_locator="a[rel=next]@href"),
    ),
    "an address with a path parameter": plan(
        SourceKind.OPENAPI,
        RecordSource(request=RequestTemplate(url="https://site.test/users/{user}/things"), records=""),
        parameters=(
            parameter("user", FieldType.STRING, SourceBinding(location="path", name="user"), required=True),
            LIMIT,
        ),
    ),
}


@pytest.mark.parametrize("name", PLANS)
@requirement("GEN-1", "GEN-4")
def test_the_code_check_admits_every_emitted_module(name: str) -> None:
    policy = POLICY.model_copy(update={"methods": ("GET", "HEAD", "POST")})
    made = emit(PLANS[name], NOW)
    report = check(made.code, policy, made.interface)
    assert report.violations == ()


@requirement("GEN-2")
def test_emitted_modules_pass_ruff_and_strict_mypy_with_the_stubs(tmp_path: Path) -> None:
    for number, made in enumerate(PLANS.values()):
        (tmp_path / f"workflow_{number}.py").write_text(emit(made, NOW).code)
    files = [str(path) for path in sorted(tmp_path.glob("*.py"))]
    ruff = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length=120", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ruff.returncode == 0, ruff.stdout
    mypy = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), *files],
        capture_output=True,
        text=True,
        check=False,
        env={"MYPYPATH": str(ROOT / "sandbox" / "stubs"), "PATH": "/usr/bin:/bin"},
    )
    assert mypy.returncode == 0, mypy.stdout


@requirement("GEN-2")
def test_the_same_plan_and_time_give_the_same_bytes() -> None:
    made = PLANS["json with every filter and a cursor"]
    assert emit(made, NOW) == emit(made.model_copy(), NOW)


@requirement("GEN-4")
def test_a_join_reads_pages_until_enough_rows_answer() -> None:
    code = emit(PLANS["html by next link, with details"], NOW).code
    _, _, join = code.partition("async def with_details(")
    assert "full += [item for item in known if answers_in_detail(item, request)]" in join
    assert "if len(full) > enough:" in join
    assert "rows = await with_details(rows, request, enough, http)" in join


@requirement("GEN-4")
def test_a_join_that_cannot_read_all_pages_reads_those_whose_rows_say_what_was_asked() -> None:
    code = emit(PLANS["html with words that only its pages say"], NOW).code
    assert "asked = [word for word in [*(request.keywords or []), request.city] if word]" in code
    assert code.index("rows = likeliest(rows, request)") < code.index("rows = await with_details(rows, request")
    assert "likeliest" not in emit(PLANS["html by next link, with details"], NOW).code


@requirement("GEN-4")
def test_a_join_in_order_reads_all_pages_only_where_they_decide_the_order() -> None:
    code = emit(PLANS["html with details, in an order"], NOW).code
    assert 'DETAILS = ["price"]' in code
    assert code.index("rows = ordered(rows, request.sort)") < code.index(
        "rows = await with_details(rows, enough, http)"
    )
    assert "enough = MAX_ROWS" in code


@requirement("GEN-2")
def test_a_question_cannot_end_the_docstring() -> None:
    hostile = PLANS["json in one answer"].model_copy(update={"query": 'x""" \nimport os\n"""', "description": 'd"""\\'})
    assert check(emit(hostile, NOW).code, POLICY).passed


@pytest.mark.parametrize("name", PLANS)
@requirement("MCP-3")
def test_every_described_tool_can_be_published(name: str) -> None:
    tool = describe(PLANS[name])
    require_publishable(tool)
    assert set(tool.input_schema["properties"]) == {p.name for p in PLANS[name].parameters}  # type: ignore[arg-type]  # JSON
