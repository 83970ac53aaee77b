"""The body of ``run``: ask, read, filter, page, join details, order and cut."""

from __future__ import annotations

from domain.plan import FieldType, Paging, PagingKind, Plan, RecordSource, SourceKind
from generators.templates.asking import body_function, header_function, in_body, url_function
from generators.templates.browsing import browser_run
from generators.templates.details import chooses, links_beyond
from generators.templates.filters import has_filters
from generators.templates.reading import has_objects
from generators.templates.text import call, indent, literal

LINK_HEADER = "header:link"


def run_function(plan: Plan) -> list[str]:
    """Return ``run`` itself."""
    if plan.source.kind is SourceKind.BROWSER:
        return browser_run(plan, limit=_limit(plan), finish=_finish(plan))
    lines = ['"""Find everything that answers the request."""', *_start(plan)]
    lines += _paged(plan, plan.paging) if plan.paging is not None else _single(plan)
    lines += _finish(plan)
    return ["async def run(request: Request, http: httpx.AsyncClient) -> Response:", *indent(lines)]


def _start(plan: Plan) -> list[str]:
    lines = ["rows: list[Item] = []", f"limit = {_limit(plan)}"]
    lines.append(f"url = {'source_url(request)' if url_function(plan) else 'URL'}")
    lines.append("query = source_query(request)")
    if body_function(plan):
        lines.append("body = source_body(request)")
    return [*lines, *_fresh(plan)]


def _fresh(plan: Plan) -> list[str]:
    """Ask for what the source gives anew each time, and put it where its own page does."""
    if not plan.records.tokens:
        return []
    made = (
        "source_headers(request)"
        if header_function(plan)
        else "dict(HEADERS)"
        if plan.records.request.headers
        else "{}"
    )
    lines = [f"headers: dict[str, str] = {made}"]
    for token in plan.records.tokens:
        asked = f"http, {literal(token.request.url)}"
        if token.request.query:
            asked += f", params={literal(dict(token.request.query))}"
        if token.path:
            method = token.request.method
            sent = (
                f"get_json({asked})" if method == "GET" else f"post_json({asked}, json={literal(token.request.body)})"
            )
            lines.append(f"fresh = to_text(pick(await {sent}, {literal(token.path)})) or {literal('')}")
        else:
            lines.append(f"fresh = between(await get_text({asked}), {literal(token.before)}, {literal(token.after)})")
        before, _, after = token.template.partition("{value}")
        written = " + ".join(part for part in (before and literal(before), "fresh", after and literal(after)) if part)
        lines.append(f"{'headers' if token.location == 'header' else 'query'}[{literal(token.name)}] = {written}")
    return lines


def _limit(plan: Plan) -> str:
    names = [p.name for p in plan.parameters for b in p.bindings if b.kind == "role" and b.role == "limit"]
    return f"min(request.{names[0]} or MAX_ROWS, MAX_ROWS)" if names else "MAX_ROWS"


def _ask(plan: Plan) -> list[str]:
    """Ask once and leave the raw records in ``raws``."""
    records = plan.records
    headers = ", headers=source_headers(request)" if header_function(plan) else ""
    headers = headers or (", headers=HEADERS" if records.request.headers else "")
    headers = ", headers=headers" if records.tokens else headers
    kind = plan.source.kind
    if records.format == "text":
        patient = kind is not SourceKind.OPENAPI
        return [*(_patiently if patient else list)(_sent(plan, headers)), "raws = [whole(response)]"]
    if kind is SourceKind.HTML or records.format == "xml":
        selectors = ", ".join(literal(part) for part in (records.records, *records.fallbacks))
        return [f"page = await get_page(http, url, params=query{headers})", f"raws = rows_of(page, {selectors})"]
    if records.format == "ical":
        read = f"raws = records(answer, {literal(records.records)})"
        return [f"answer = await get_calendar(http, url, params=query{headers})", read]
    if kind is SourceKind.EMBEDDED:
        return [f"page = await get_page(http, url, params=query{headers})", *_embedded(records), *_wholes(plan)]
    if kind is SourceKind.OPENAPI:
        read = f"records(answer, {literal(records.records)})"
        return [*_data(plan, headers), *_wholes(plan), f"raws = {read} if answer is not None else []"]
    return [*_data(plan, headers), *_wholes(plan), f"raws = records(answer, {literal(records.records)})"]


def _wholes(plan: Plan) -> list[str]:
    """Leave the records that the source counts in ``wholes``, where the rows are others."""
    if plan.paging is None or plan.paging.counted is None:
        return []
    absent = " if answer is not None else []" if plan.source.kind is SourceKind.OPENAPI else ""
    return [f"wholes = records(answer, {literal(plan.paging.counted)}){absent}"]


def _sent(plan: Plan, headers: str) -> list[str]:
    method = plan.records.request.method
    return [f"response = await send(http, {literal(method)}, url{_options(plan, headers)})"]


def _patiently(sent: list[str]) -> list[str]:
    """Who asks how an address answers, and not what it lists, waits longer for one that often fails."""
    return [
        "for turn in range(PATIENCE):",
        *indent(["try:", *indent([*sent, "break"])]),
        *indent(["except httpx.HTTPStatusError as problem:"]),
        *indent(indent(["if turn == PATIENCE - 1 or problem.response.status_code < 500:", *indent(["raise"])])),
    ]


def _options(plan: Plan, headers: str) -> str:
    sent = f", params=query{headers}"
    if plan.records.request.body_kind == "json":
        sent = f", json=body{sent}"
    elif plan.records.request.body_kind == "form":
        sent = f", data=body{sent}"
    return sent


def _data(plan: Plan, headers: str) -> list[str]:
    method, sent = plan.records.request.method, _options(plan, headers)
    if plan.source.kind is SourceKind.OPENAPI:
        return [*_sent(plan, headers), "answer = answer_of(response)"]
    if (plan.paging is not None and plan.paging.next_locator == LINK_HEADER) or method != "GET":
        return [f"response = await send(http, {literal(method)}, url{sent})", "answer = response.json()"]
    return [f"answer = await get_json(http, url{sent})"]


def answer_functions(plan: Plan) -> list[list[str]]:
    """Return the function that reads the answer of a described operation, or nothing for other kinds."""
    if plan.source.kind is not SourceKind.OPENAPI:
        return [_told()] if plan.records.format == "text" else []
    return [_whole() if plan.records.format == "text" else _answer_of(), *([_as_object()] if has_objects(plan) else [])]


def _answer_of() -> list[str]:
    message = "f\"The answer is no JSON but {response.headers.get('content-type', 'of no type')}.\""
    body = [
        '"""Return the JSON of an answer, also where it is text within JSON; None where it is empty."""',
        "if not response.content.strip():",
        *indent(["return None"]),
        "try:",
        *indent(
            [
                "value = response.json()",
                'packed = isinstance(value, str) and value.lstrip()[:1] in ("{", "[")',
                "return json.loads(value) if packed else value",
            ]
        ),
        "except ValueError:",
        *indent([f"raise SourceChanged({message}) from None"]),
    ]
    return ["def answer_of(response: httpx.Response) -> Any:", *indent(body)]


def _as_object() -> list[str]:
    body = ['"""Return a value that is an object; None for anything else."""']
    body.append("return value if isinstance(value, dict) else None")
    return ["def as_object(value: Any) -> dict[str, Any] | None:", *indent(body)]


def _whole() -> list[str]:
    body = [
        '"""Return an answer as it came; content that is no text is written in base64."""',
        'kind = response.headers.get("content-type", "")',
        'textual = "charset" in kind or kind.startswith("text/")',
        "try:",
        *indent(['content, encoding = response.text if textual else response.content.decode(), ""']),
        "except UnicodeDecodeError:",
        *indent(['content, encoding = base64.b64encode(response.content).decode(), "base64"']),
        "return {",
        *indent(
            [
                '"status": response.status_code,',
                '"content_type": kind or None,',
                '"content": content or None,',
                '"encoding": encoding or None,',
            ]
        ),
        "}",
    ]
    return ["def whole(response: httpx.Response) -> dict[str, Any]:", *indent(body)]


def _told() -> list[str]:
    body = [
        '"""Return how an address answered, at the end of its redirects."""',
        "return {",
        *indent(
            [
                '"status": response.status_code,',
                '"url": str(response.url),',
                '"path": response.url.path,',
                '"content_type": response.headers.get("content-type"),',
            ]
        ),
        "}",
    ]
    return ["def whole(response: httpx.Response) -> dict[str, Any]:", *indent(body)]


def _embedded(records: RecordSource) -> list[str]:
    arguments = [literal(records.embedded_kind)]
    arguments += [f"selector={literal(records.embedded_selector)}"] * bool(records.embedded_selector)
    arguments += [f"index={records.embedded_index}"] * bool(records.embedded_index)
    arguments += [f"variable={literal(records.embedded_variable)}"] * bool(records.embedded_variable)
    return [
        *call("answer = embedded(", ["page", *arguments]),
        f"raws = records(answer, {literal(records.records)})",
    ]


def _single(plan: Plan) -> list[str]:
    return [*_ask(plan), *_keep(plan), "incomplete = False"]


def _keep(plan: Plan) -> list[str]:
    lines = ["items = [read_item(raw) for raw in raws]", "expect_fields(items)"]
    if plan.paging is not None and _repeats(plan.paging):
        whole = plan.paging.counted is not None
        over = "not wholes or (items and items == previous)" if whole else "not items or items == previous"
        lines += [f"if {over}:", *indent(["incomplete = False", "break"])]
    kept = "rows += [item for item in items if answers(item, request)]" if has_filters(plan) else "rows += items"
    linked = plan.paging is not None and plan.paging.kind is PagingKind.LINKS
    return [*lines, kept, *([f"rows = distinct(rows, {literal((_linking(plan),))})"] if linked else [])]


def _paged(plan: Plan, paging: Paging) -> list[str]:
    before, after = _turns(plan, paging)
    late = _sorts(plan) or has_filters(plan, detail=True)
    stop = [] if late else ["if len(rows) > limit:", *indent(["break"])]
    loop = [*before, *_tolerant(plan, paging), *_keep(plan), *stop, *after]
    return [
        *_before_loop(paging),
        "incomplete = True",
        "for number in range(MAX_PAGES):" if _counts(paging) else "for _ in range(MAX_PAGES):",
        *indent(loop),
        *([] if paging.kind is PagingKind.LINKS else _or_ended()),
    ]


def _or_ended() -> list[str]:
    """A list whose last page was empty is at its end; among linked pages that is only one that leads no further."""
    return ["if incomplete and len(rows) <= limit:", *indent(["incomplete = bool(items)"])]


def _counts(paging: Paging) -> bool:
    return paging.kind is PagingKind.PAGE


def _before_loop(paging: Paging) -> list[str]:
    if paging.kind is PagingKind.LINKS:
        return ["items: list[Item] = []", "waiting: list[str] = []", "known = {url}"]
    counted = ["previous: list[Item] = []", "rows_seen = 0"] if _repeats(paging) else []
    return ["items: list[Item] = []", *counted]


def _repeats(paging: Paging) -> bool:
    """Some sites answer a number past the end with the last page again."""
    return paging.kind in {PagingKind.PAGE, PagingKind.OFFSET}


def _tolerant(plan: Plan, paging: Paging) -> list[str]:
    """Some sites answer the page after the last one with 404, or with one that has nothing."""
    ask = _ask(plan)
    if paging.kind is PagingKind.LINKS:
        leaf = ["if not rows:", *indent(["raise"]), "raws = []"]
        return [*ask[:-1], "try:", *indent([ask[-1]]), "except SourceChanged:", *indent(leaf)]
    if (
        plan.source.kind is SourceKind.HTML
        and paging.kind is PagingKind.NEXT_LINK
        and paging.next_locator != LINK_HEADER
    ):
        return [*ask[:-1], *_or_none(ask[-1], paging)]
    if not _repeats(paging):
        return ask
    ended = ["if rows_seen == 0:", *indent(["raise"]), "incomplete = False", "break"]
    return [
        "try:",
        *indent(ask),
        "except httpx.HTTPStatusError as problem:",
        *indent(
            [
                "if problem.response.status_code == 404 and rows_seen > 0:",
                *indent(["incomplete = False", "break"]),
                "raise",
            ]
        ),
        *(["except SourceChanged:", *indent(ended)] if plan.source.kind is SourceKind.HTML else ()),
    ]


def _or_none(read: str, paging: Paging) -> list[str]:
    """A later page without records ends the list where it still has its own next one, as months of a calendar do."""
    return [
        "try:",
        *indent([read]),
        "except SourceChanged:",
        *indent(
            [
                f"if not items or page.read({literal(paging.next_locator)}) is None:",
                *indent(["raise"]),
                "raws = []",
            ]
        ),
    ]


def _turns(plan: Plan, paging: Paging) -> tuple[list[str], list[str]]:
    """Return what happens before each request and after reading its answer."""
    done = ["incomplete = False", "break"]
    if paging.kind is PagingKind.LINKS:
        link = _linking(plan)
        new = f"item.{link} for item in items if item.{link} is not None and item.{link} not in known"
        after = [f"waiting += dict.fromkeys({new})", "known.update(waiting)", "if not waiting:", *indent(done)]
        return [], [*after, "url, query = waiting.pop(0), {}"]
    target = in_body(paging.parameter) if paging.location == "body" else f"query[{literal(paging.parameter)}]"
    more = _more(paging)
    counted, seen = ("wholes", "wholes") if paging.counted is not None else ("raws", "items")
    if paging.kind is PagingKind.CURSOR:
        after = [f"cursor = pick(answer, {literal(paging.next_locator)})"]
        after += [
            f'if not {counted} or cursor in (None, "", False){more}:',
            *indent(done),
            f"{target} = {'cursor' if paging.location == 'body' else 'str(cursor)'}",
        ]
        return [], after
    if paging.kind is PagingKind.NEXT_LINK:
        after = [f"following = {_next_address(plan, paging)}"]
        after += [
            f"if not {counted} or following is None or following == url{more}:",
            *indent(done),
            "url, query = following, {}",
        ]
        return [], after
    ended = [f"if {more.removeprefix(' or ')}:", *indent(done)] if more else []
    if paging.kind is PagingKind.OFFSET:
        value = "rows_seen" if paging.location == "body" else "str(rows_seen)"
        return [f"{target} = {value}"], [*ended, "previous = items", f"rows_seen += len({seen})"]
    value = f"{paging.first} + number * {paging.step}" if paging.step != 1 else f"number + {paging.first}"
    if paging.location in {"path", "url"}:
        before = [f"url = URL.replace({literal('{' + paging.parameter + '}')}, str({value}))"]
    else:
        before = [f"{target} = {value if paging.location == 'body' else f'str({value})'}"]
    return before, [*ended, "previous = items", f"rows_seen += len({seen})"]


def _linking(plan: Plan) -> str:
    """Return the field whose value is the address of a record's own page."""
    locator = plan.paging.next_locator if plan.paging is not None else ""
    return next(field.name for field in plan.fields if field.locator == locator and field.type is FieldType.URL)


def _more(paging: Paging) -> str:
    return f" or pick(answer, {literal(paging.more_locator)}) is False" if paging.more_locator else ""


def _next_address(plan: Plan, paging: Paging) -> str:
    if paging.next_locator == LINK_HEADER:
        return 'to_url(pick(response.links, "next.url"), url)'
    if plan.source.kind in {SourceKind.HTML, SourceKind.EMBEDDED} or plan.records.format == "xml":
        return f"to_url(page.read({literal(paging.next_locator)}), page.url)"
    return f"to_url(pick(answer, {literal(paging.next_locator)}), url)"


def _sorts(plan: Plan) -> bool:
    return any(b.kind == "role" and b.role == "sort" for p in plan.parameters for b in p.bindings)


def _finish(plan: Plan) -> list[str]:
    lines = []
    if plan.identity:
        keys = literal(plan.identity)
        lines.append(f"rows = distinct(rows, {keys})")
    if plan.detail is not None:
        lines += _joined(plan)
    if _sorts(plan):
        lines.append("rows = ordered(rows, request.sort)")
    lines += [
        "kept = rows[: limit]",
        "return Response(rows=kept, count=len(kept), truncated=incomplete or len(rows) > len(kept))",
    ]
    return lines


def _joined(plan: Plan) -> list[str]:
    """Read no more pages than the answer needs: all of them only where what they say decides the order."""
    given = "rows, request, enough" if has_filters(plan, detail=True) else "rows, enough"
    lines = ["incomplete = incomplete or len(rows) > MAX_DETAILS", "enough = limit"]
    if _sorts(plan):
        lines += [
            "rows = ordered(rows, request.sort)",
            'if any(part.strip().lstrip("-") in DETAILS for part in (request.sort or "").split(",")):',
            *indent(["if len(rows) > MAX_DETAILS:", *indent([f"raise ValueError({_UNDECIDED})"]), "enough = MAX_ROWS"]),
        ]
    if chooses(plan):
        lines.append("rows = likeliest(rows, request)")
    beyond = [f"rows = await with_{link}(rows, http)" for link in links_beyond(plan)]
    return [*lines, f"rows = await with_details({given}, http)", *beyond]


_UNDECIDED = (
    'f"Only their own pages tell the order of {len(rows)} records, and one run reads {MAX_DETAILS}: ask for fewer."'
)
"""The first of some of the records are not the first of all."""


def sort_function(plan: Plan) -> list[str]:
    """Return the function that orders rows by the ``sort`` parameter, or nothing."""
    if not _sorts(plan):
        return []
    return [
        "def ordered(rows: list[Item], sort: str | None) -> list[Item]:",
        *indent(
            [
                '"""Order by the named fields, the first one first; a minus means descending."""',
                'keys = [part.strip() for part in (sort or "").split(",") if part.strip()]',
                "for key in reversed(keys):",
                *indent(['rows = sort_rows(rows, key.lstrip("-"), descending=key.startswith("-"))']),
                "return rows",
            ]
        ),
    ]


def expectation_function(plan: Plan) -> list[str]:
    """Return the function that notices when the records no longer carry what they must."""
    needed = [field for field in plan.fields if field.required and not field.detail][:3]
    lines = ['"""Notice when the source no longer gives what every record had."""']
    for field in needed:
        message = f"No record has a value at {field.locator!r} any more."
        lines += [
            f"if items and all(item.{field.name} is None for item in items):",
            *indent([f"raise SourceChanged({literal(message)})"]),
        ]
    return ["def expect_fields(items: list[Item]) -> None:", *indent(lines if needed else [*lines, "del items"])]
