"""The join: each row's detail page or answer is read for the fields that only it holds."""

from __future__ import annotations

from domain.plan import Detail, FieldType, FilterBinding, Plan, Relation, SourceKind
from generators.templates.filters import has_filters
from generators.templates.reading import DATA_KINDS, expression
from generators.templates.text import call, indent, literal

BATCH = 8
_MOST = 150
"""Rows whose pages a run reads; it may send 200 requests, and what is left is for the list itself."""
_MOST_WITH_BEYOND = 120
_MOST_BEYOND = 60
"""The same where those pages lead to others, and how many others."""


def detail_functions(plan: Plan) -> list[list[str]]:
    """Return the functions of the join, or nothing where the plan has none."""
    if plan.detail is None:
        return []
    likeliest = [_likeliest(plan)] if chooses(plan) else []
    beyond = links_beyond(plan)
    further = [_page_beyond(), *(_behind(plan, link) for link in beyond)] if beyond else []
    return [_one(plan, plan.detail), *likeliest, _all(plan), *further]


def links_beyond(plan: Plan) -> list[str]:
    """Return the detail fields whose addresses lead to the pages of further fields."""
    return list(dict.fromkeys(field.behind for field in plan.fields if field.behind))


def chooses(plan: Plan) -> bool:
    """Return whether rows whose own texts say what was asked are read first, where not all pages can be."""
    return bool(_words(plan)) and bool(_said(plan))


def _words(plan: Plan) -> list[str]:
    """Expressions of the arguments that say in words what a row's page must say."""
    detail = {field.name for field in plan.fields if field.detail}
    found = []
    for parameter in plan.parameters:
        told = [b for b in parameter.bindings if isinstance(b, FilterBinding) and detail & set(b.fields)]
        if any(b.relation in (Relation.EQUALS, Relation.CONTAINS) for b in told):
            listed = parameter.type is FieldType.ARRAY
            if listed or parameter.type is FieldType.STRING:
                found.append(f"*(request.{parameter.name} or [])" if listed else f"request.{parameter.name}")
    return found


def _said(plan: Plan) -> list[str]:
    own = [f for f in plan.fields if not f.detail and f.type is FieldType.STRING and f.name not in plan.identity]
    own = own or [f for f in plan.fields if not f.detail and f.type is FieldType.STRING]
    return [f"item.{field.name}" for field in own[:4]]


def _likeliest(plan: Plan) -> list[str]:
    """Return the function that chooses whose pages are read."""
    body = [
        '"""Choose the rows whose own texts say most of what was asked, when there are too many pages to read."""',
        f"asked = [word for word in [{', '.join(_words(plan))}] if word]",
        f"said = [sum(mentions([{', '.join(_said(plan))}], word) for word in asked) for item in rows]",
        "ranked = sorted((-count, number) for number, count in enumerate(said))[:MAX_DETAILS]",
        "return [rows[number] for number in sorted(number for _, number in ranked)]",
    ]
    return ["def likeliest(rows: list[Item], request: Request) -> list[Item]:", *indent(body)]


def detail_constants(plan: Plan) -> list[str]:
    """Return the constants of the join."""
    if plan.detail is None:
        return []
    sorted_by = any(b.kind == "role" and b.role == "sort" for p in plan.parameters for b in p.bindings)
    names = literal([field.name for field in plan.fields if field.detail])
    told = [*call("DETAILS = [", [part for part in names[1:-1].split(", ") if part], "]")] if sorted_by else []
    beyond = links_beyond(plan)
    lines = [f"MAX_DETAILS = {_MOST_WITH_BEYOND if beyond else _MOST}  # rows whose details one run may ask for"]
    if beyond:
        lines.append(f"MAX_BEYOND = {_MOST_BEYOND // len(beyond)}  # pages that those lead to")
    return [*lines, *told]


def _one(plan: Plan, detail: Detail) -> list[str]:
    data = detail.kind in DATA_KINDS
    link = f"item.{detail.link}"
    if detail.template == "{value}":
        address = f"to_url({link}, URL)"
    else:
        quoted = f'quote({link}, safe="")'
        before, _, after = detail.template.partition("{value}")
        address = f"{literal(before)} + {quoted} + {literal(after)}"
    body = ['"""Read the fields that only the row\'s own page holds."""', f"if not {link}:", *indent(["return item"])]
    body += [f"address = {address}", "if address is None:", *indent(["return item"])]
    body += _asked(detail)
    body += ["return item.model_copy(", *indent(["update={", *indent(_fields(plan, data=data)), "}"]), ")"]
    return ["async def with_detail(item: Item, http: httpx.AsyncClient) -> Item:", *indent(body)]


def _asked(detail: Detail) -> list[str]:
    if detail.kind is SourceKind.EMBEDDED and detail.source is not None:
        kind, index = literal(detail.source.embedded_kind), detail.source.embedded_index
        found = f"embedded(page, {kind}, selector={literal(detail.source.embedded_selector)}, index={index})"
        path = literal(detail.source.records)
        return ["page = await get_page(http, address)", f"found = pick({found}, {path})"]
    if detail.kind in DATA_KINDS:
        path = literal(detail.source.records if detail.source is not None else "")
        return ["answer = await get_json(http, address)", f"found = pick(answer, {path})"]
    return ["found = await get_page(http, address)"]


def _fields(plan: Plan, *, data: bool) -> list[str]:
    url = "address" if data else "found.url"
    details = [field for field in plan.fields if field.detail and not field.behind]
    return [f"{literal(field.name)}: {expression(field, data=data, url=url, raw='found')}," for field in details]


_TOO_MANY = 'f"The rows lead to {len(addresses)} pages, and one run reads {MAX_BEYOND}: ask for fewer."'


def _page_beyond() -> list[str]:
    """Return the function that reads a page to which others lead; a link may lead nowhere any more."""
    body = [
        '"""Read a page that others lead to; None where it is gone."""',
        "try:",
        *indent(["return await get_page(http, address)"]),
        "except httpx.HTTPStatusError as problem:",
        *indent(["if problem.response.status_code not in (404, 410):", *indent(["raise"]), "return None"]),
    ]
    return ["async def page_beyond(address: str, http: httpx.AsyncClient) -> Node | None:", *indent(body)]


def _behind(plan: Plan, link: str) -> list[str]:
    """Return the function that reads the pages to which the rows' own pages lead, each once."""
    fields = [field for field in plan.fields if field.behind == link]
    values = [f"{literal(f.name)}: {expression(f, data=False, url='found.url', raw='found')}," for f in fields]
    body = [
        f'"""Read the fields that only the page behind a row\'s {link} holds, each page once."""',
        f"addresses = list(dict.fromkeys(item.{link} for item in rows if item.{link}))",
        "if len(addresses) > MAX_BEYOND:",
        *indent([f"raise ValueError({_TOO_MANY})"]),
        "pages: dict[str | None, dict[str, Any]] = {}",
        f"for start in range(0, len(addresses), {BATCH}):",
        *indent([f"batch = addresses[start : start + {BATCH}]"]),
        *indent(["answers = await asyncio.gather(*[page_beyond(address, http) for address in batch])"]),
        *indent(["for address, found in zip(batch, answers, strict=True):"]),
        *indent(indent(["if found is not None:", *indent(["pages[address] = {", *indent(values), "}"])])),
        f"return [item.model_copy(update=pages.get(item.{link}, {{}})) for item in rows]",
    ]
    return [f"async def with_{link}(rows: list[Item], http: httpx.AsyncClient) -> list[Item]:", *indent(body)]


def _all(plan: Plan) -> list[str]:
    """Return the function that reads rows' pages, a few at a time, no further than the answer needs."""
    taken = "full += await asyncio.gather(*[with_detail(item, http) for item in batch])"
    given = "rows: list[Item], enough: int, http: httpx.AsyncClient"
    told = '"""Read the details of rows, a few at a time, until there are more than enough."""'
    if has_filters(plan, detail=True):
        given = "rows: list[Item], request: Request, enough: int, http: httpx.AsyncClient"
        told = '"""Read the details of rows, a few at a time, until more than enough of them answer the request."""'
        taken = "known = await asyncio.gather(*[with_detail(item, http) for item in batch])"
    loop = [f"batch = rows[start : start + {BATCH}]", taken]
    if has_filters(plan, detail=True):
        loop.append("full += [item for item in known if answers_in_detail(item, request)]")
    loop += ["if len(full) > enough:", *indent(["break"])]
    body = [told, "full: list[Item] = []", f"for start in range(0, min(len(rows), MAX_DETAILS), {BATCH}):"]
    return [f"async def with_details({given}) -> list[Item]:", *indent([*body, *indent(loop), "return full"])]
