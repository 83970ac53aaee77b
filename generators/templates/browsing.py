"""``run`` for the browser kind: open the page, let it bring its records, read them from the DOM as text."""

from __future__ import annotations

from domain.plan import WINDOW, Paging, PagingKind, Plan
from generators.templates.filters import has_filters
from generators.templates.text import indent, literal


def browser_constants(plan: Plan) -> list[str]:
    """Return the constants that only a browser workflow has."""
    lines = [f"RECORDS = {literal(plan.records.records)}", "APPEAR_MS = 10_000  # a page's first records"]
    grows = "2_500" if plan.paging is not None else "800"
    lines += [
        f"GROW_MS = {grows}  # what scrolling brings",
        "PATIENCE = 8  # times that, while the page still asks its site",
    ]
    return [*lines, "MAX_STEPS = 60"]


def browser_functions(plan: Plan) -> list[list[str]]:
    """Return the waiting functions."""
    selectors = ", ".join(["RECORDS", *(literal(part) for part in plan.records.fallbacks)])
    appear = [
        "async def appears(page: Page, count: int, timeout_ms: int) -> bool:",
        *indent(
            [
                '"""Wait until there are more than ``count`` records; False when none come in time."""',
                "try:",
                *indent(['await page.locator(RECORDS).nth(count).wait_for(state="attached", timeout=timeout_ms)']),
                "except PlaywrightTimeoutError:",
                *indent(["return False"]),
                "return True",
            ]
        ),
    ]
    read = [
        "async def read_page(page: Page) -> tuple[Node, list[Node]]:",
        *indent(
            [
                '"""Read the page as it stands: its document, and its records."""',
                "document = parse_html(await page.content(), page.url)",
                f"return document, rows_of(document, {selectors})",
            ]
        ),
    ]
    if not _grows(plan.paging):
        return [appear, read]
    grow = [
        "async def grows(page: Page, count: int, asking: set[object]) -> bool:",
        *indent(
            [
                '"""Wait for records beyond ``count``: a moment, and longer while requests of the page are open."""',
                "for _ in range(PATIENCE):",
                *indent(
                    [
                        "if await appears(page, count, GROW_MS):",
                        *indent(["return True"]),
                        "if not asking:",
                        *indent(["return False"]),
                    ]
                ),
                "return False",
            ]
        ),
    ]
    return [appear, read, grow]


def _grows(paging: Paging | None) -> bool:
    """Whether the page keeps what it shows and adds to it, by scrolling or by a button."""
    if paging is None or paging.kind is PagingKind.MORE:
        return True
    return paging.kind is not PagingKind.NEXT_LINK and paging.parameter != WINDOW


def browser_run(plan: Plan, *, limit: str, finish: list[str]) -> list[str]:
    """Return ``run`` itself."""
    paging = plan.paging
    lines = [
        '"""Find everything that answers the request."""',
        "rows: list[Item] = []",
        f"limit = {limit}",
        "query = source_query(request)",
    ]
    if _grows(paging):
        lines.append("asking = open_requests(page)")
    lines.append('await page.goto(f"{URL}?{urlencode(query)}" if query else URL, wait_until="domcontentloaded")')
    if paging is not None and paging.kind is PagingKind.NEXT_LINK:
        lines += _by_links(plan, paging)
    elif _grows(paging):
        lines += _by_growth(plan, paging)
    else:
        lines += _by_window(plan)
    return ["async def run(request: Request, page: Page) -> Response:", *indent([*lines, *finish])]


def _keep(plan: Plan, *, fresh: bool = False) -> list[str]:
    lines = ["items = [read_item(raw) for raw in raws]", "expect_fields(items)"]
    if fresh:
        lines = [
            "fresh = [item for item in map(read_item, raws) if item not in seen]",
            "expect_fields(fresh)",
            "seen += fresh",
            "items = fresh",
        ]
    return [
        *lines,
        "rows += [item for item in items if answers(item, request)]" if has_filters(plan) else "rows += items",
    ]


def _by_growth(plan: Plan, paging: Paging | None) -> list[str]:
    more = paging is not None and paging.kind is PagingKind.MORE and bool(paging.next_locator)
    press = (
        f"await page.locator({literal(paging.next_locator)}).first.click(timeout=GROW_MS)" if more and paging else ""
    )
    step = (
        [
            f"if not await page.locator({literal(paging.next_locator if paging else '')}).count():",
            *indent(["incomplete = False", "break"]),
            "try:",
            *indent([press]),
            "except PlaywrightTimeoutError:",
            *indent(["incomplete = False", "break"]),
        ]
        if press
        else ["await page.mouse.wheel(0, 30_000)"]
    )
    return [
        "await appears(page, 0, APPEAR_MS)",
        "incomplete = True",
        "for _ in range(MAX_STEPS):",
        *indent(
            [
                "count = await page.locator(RECORDS).count()",
                "asking.clear()",
                *step,
                "if not await grows(page, count, asking):",
                *indent(["incomplete = False", "break"]),
            ]
        ),
        "_, raws = await read_page(page)",
        *_keep(plan),
    ]


def _by_window(plan: Plan) -> list[str]:
    """The list shows only what is in the window: it is read a window at a time, each record once."""
    return [
        "await appears(page, 0, APPEAR_MS)",
        "seen: list[Item] = []",
        "incomplete = True",
        "same = 0",
        "for _ in range(MAX_STEPS):",
        *indent(
            [
                "_, raws = await read_page(page)",
                *_keep(plan, fresh=True),
                "same = 0 if fresh else same + 1",
                "if same >= 3:",
                *indent(["incomplete = False", "break"]),
                "await page.mouse.wheel(0, 500)",
                "await page.wait_for_timeout(100)",
            ]
        ),
    ]


def _by_links(plan: Plan, paging: Paging) -> list[str]:
    return [
        "incomplete = True",
        "for _ in range(MAX_STEPS):",
        *indent(
            [
                "await appears(page, 0, APPEAR_MS)",
                "document, raws = await read_page(page)",
                *_keep(plan),
                f"following = to_url(document.read({literal(paging.next_locator)}), page.url)",
                "if not raws or following is None or following == page.url:",
                *indent(["incomplete = False", "break"]),
                'await page.goto(following, wait_until="domcontentloaded")',
            ]
        ),
    ]
