"""Tests against the source itself: the page's own text, its own records, and no baked answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from urllib.parse import unquote_plus

from domain.meaning.told import told_counts
from domain.meaning.words import fold
from domain.plan import FieldType, SourceKind
from domain.python_text import parse_module
from domain.run import Finding
from domain.values import JsonObject, JsonValue
from sandbox.facade.kit.errors import SourceChanged
from sandbox.facade.kit.nodes import parse_html
from school.judging.case import Case, failed, not_applicable, passed, took_all
from school.judging.reading import raw_records, read

SHOWN_ENOUGH = 0.6  # of the page's own records; the rest may be cut or formatted on the page
FEWEST_SHOWN = 3
FEWEST_CHOICES = 3  # entries from which on a mapping is a table of choices
TEXT_TYPES = frozenset({FieldType.STRING, FieldType.URL})


def page_shows_rows(case: Case) -> Finding:
    """The page, read as a person would, contains values of the rows."""
    page = case.observation.pages[0]
    text = fold(f"{page.aria} {page.text_after or page.text_before}")
    feed = next((f for f in case.observation.feeds if f.url.split("?")[0] == case.plan.records.request.url), None)
    text = fold(f"{text} {feed.text}") if feed is not None else text  # a page may only point to its calendar
    described = case.plan.source.kind is SourceKind.OPENAPI  # its page tells of the interface, not of the records
    if described or not any(field.locator for field in case.plan.fields):
        # The observed page only leads to the records: what the trials got, read apart from the code, must show them.
        text = fold(" ".join(_texts_got(case)))
        if len(text) < 40:
            return not_applicable("page_shows_rows", "nothing of what the trials were answered was kept")
    elif "html" not in page.content_type or len(text) < 40:
        return not_applicable("page_shows_rows", "the source is data, there is no page to read")
    names = _telling_fields(case)
    rows = _all_distinct(case)
    if not rows or not names:
        return not_applicable("page_shows_rows", "there are no rows with text")
    shown = sum(any(_occurs(row.get(name), text) for name in names) for row in rows)
    if shown < min(FEWEST_SHOWN, len(rows)):
        return failed("page_shows_rows", f"the page's text shows {shown} of {len(rows)} rows ({', '.join(names)})")
    return passed("page_shows_rows", f"the page's text shows {shown} of {len(rows)} rows")


def own_records_found(case: Case) -> Finding:
    """The records that were observed are among the rows of the widest trial."""
    observed = _observed_identities(case)
    if observed is None:
        return not_applicable("own_records_found", "the observation holds no answer of the chosen source")
    widest = case.widest()
    if widest is None or not observed:
        return not_applicable("own_records_found", "there are no rows to compare with")
    names = [field.name for field in case.plan.fields if field.name in case.plan.identity and not field.detail]
    got = {tuple(_plain(row.get(name)) for name in names) for run in case.tried for row in run.run.rows}
    found = sum(_loosely_in(key, got) for key in observed)
    unfiltered = any(took_all(case, tried) for tried in case.tried)
    chosen = any(p.required and any(b.kind == "source" for b in p.bindings) for p in case.plan.parameters)
    if not found and chosen:
        return not_applicable("own_records_found", "the page was seen with another choice than the question's")
    _, said = told_counts(_page_text(case), case.plan.intent.subject)
    at_page = case.plan.source.kind in (SourceKind.HTML, SourceKind.EMBEDDED) and not chosen
    if at_page and unfiltered and said is not None and len(got) < len(observed) + 1 <= said:
        return failed("own_records_found", f"the page says that it has {said} records, {len(got)} were read")
    if not found or (unfiltered and found < SHOWN_ENOUGH * len(observed)):
        return failed("own_records_found", f"{found} of {len(observed)} observed records are among the rows")
    return passed("own_records_found", f"{found} of {len(observed)} observed records are among the rows")


def _page_text(case: Case) -> str:
    page = case.observation.pages[0] if case.observation.pages else None
    return (page.text_after or page.text_before) if page is not None else ""


def nothing_baked(case: Case) -> Finding:
    """No argument of a trial stands in the code as a literal, outside Request and the docstrings."""
    steering = {p.name for p in case.plan.parameters if any(b.kind == "role" and b.role == "sort" for b in p.bindings)}
    values = {
        _plain(v)
        for t in case.tried
        for name, given in case.effective(t.trial.arguments).items()
        if name not in steering  # a field to sort by stands in the code as the field's own name
        for v in _leaves(given)
        if isinstance(v, str) and len(v) > 3
    }
    asked_at = fold(unquote_plus(case.observation.url))
    literals = [fold(text) for text in _literals(case.code)]
    for value in sorted(values):
        if value and value not in asked_at and any(value == text for text in literals):
            return failed("nothing_baked", f"the value {value!r} of a trial stands in the code")
    return passed("nothing_baked", f"{len(values)} values looked for among {len(literals)} literals")


def _texts_got(case: Case) -> Iterator[str]:
    for exchange in (e for tried in case.tried for e in tried.run.exchanges if e.body):
        yield parse_html(exchange.body, exchange.url).text if "html" in exchange.content_type else exchange.body


def _telling_fields(case: Case) -> list[str]:
    fields = [f for f in case.plan.fields if f.type in TEXT_TYPES and not f.detail and "url" not in f.name]
    named = [f.name for f in fields if any(word in f.name for word in ("name", "title", "label"))]
    return named or [f.name for f in fields][:4]


def _all_distinct(case: Case) -> list[JsonObject]:
    seen: dict[str, JsonObject] = {}
    for row in case.all_rows():
        seen.setdefault(repr(sorted(row.items(), key=lambda item: item[0])), row)
    return list(seen.values())


def _occurs(value: JsonValue, text: str) -> bool:
    wanted = fold(str(value)) if value is not None else ""
    return len(wanted) > 1 and wanted[:80] in text


def _observed_identities(case: Case) -> set[tuple[str, ...]] | None:
    fields = [field for field in case.plan.fields if field.name in case.plan.identity and not field.detail]
    address = case.plan.records.request.url.split("?")[0]
    bodies = [(e.body, e.url) for e in case.observation.exchanges if e.url.split("?")[0] == address and e.status == 200]
    bodies += [(p.served_html, p.final_url) for p in case.observation.pages if p.final_url.split("?")[0] == address]
    for body, url in bodies:
        try:
            raws = raw_records(case.plan, body, url)
        except (ValueError, LookupError, SourceChanged):
            continue
        if raws and fields:
            return {tuple(_plain(read(case.plan, raw, field)) for field in fields) for raw in raws}
    return None


def _loosely_in(key: tuple[str, ...], known: set[tuple[str, ...]]) -> bool:
    return key in known or any(
        all(a == b or a in b or b in a for a, b in zip(key, other, strict=True)) for other in known
    )


def _plain(value: JsonValue) -> str:
    return fold(str(value)) if value is not None else ""


def _leaves(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part)]
    return [value]


def _literals(code: str) -> list[str]:
    """Return the string literals outside Request and docstrings; tables of choices (label to value) are no answers."""
    found: list[str] = []
    for node in parse_module(code).body:
        if isinstance(node, ast.ClassDef) and node.name == "Request":
            continue
        spared = {id(d) for n in ast.walk(node) if (d := _docstring(n)) is not None}
        tables = [table for n in ast.walk(node) if (table := _looked_up(n)) is not None]
        spared |= {id(part) for table in tables if len(table.keys) >= FEWEST_CHOICES for part in ast.walk(table)}
        found += [
            inner.value
            for inner in ast.walk(node)
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and id(inner) not in spared
        ]
    return found


def _looked_up(node: ast.AST) -> ast.Dict | None:
    """Return the literal mapping that a value is looked up in, ``{...}.get(x)`` or ``{...}[x]``."""
    if isinstance(node, ast.Subscript):
        return node.value if isinstance(node.value, ast.Dict) else None
    found = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    return found if isinstance(found, ast.Dict) else None


def _docstring(node: ast.AST) -> ast.Constant | None:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Expr):
        return None
    first = node if isinstance(node, ast.Expr) else node.body[0] if node.body else None
    value = first.value if isinstance(first, ast.Expr) else None
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
