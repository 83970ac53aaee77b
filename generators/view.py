"""The view of an observation that is given to a model: small, cut by structure, never by characters.

Parts, in the order of worth: the best record candidates (selector, columns, two exemplars that fill most columns), an
inventory of exchanges, embedded data, API documents and feeds, and the accessibility snapshot, in which alike
siblings are shown twice and then counted. When all is too much, whole parts get coarser step by step.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.observation import Embedded, Exchange, Observation, Page, RecordCandidate
from domain.plan import Intent
from domain.values import JsonValue
from generators.induction import find_records

CHARACTERS_PER_TOKEN = 4
MAX_TOKENS = 3_600
MAX_CANDIDATES = 5
_MAX_VALUE_WORDS = 18
_MAX_ADDRESS_CHARACTERS = 160
_MAX_LABEL_CHARACTERS = 40
_MAX_PATHS = 24
_MAX_EXCHANGES = 12
_REPEATED_ROLES = frozenset(
    {"listitem", "row", "article", "link", "option", "button", "cell", "heading", "paragraph", "img", "text", "group"}
    | {"region", "list", "gridcell", "menuitem", "tab", "rowgroup", "figure", "term", "definition"}
)
_ROLE = re.compile(r"-\s*['\"]?(/?\w+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Coarseness:
    """How much of each part is shown."""

    exemplars: int
    columns: int
    alike: int
    depth: int


_STEPS = (
    _Coarseness(exemplars=2, columns=12, alike=2, depth=12),
    _Coarseness(exemplars=2, columns=10, alike=1, depth=8),
    _Coarseness(exemplars=2, columns=9, alike=1, depth=5),
    _Coarseness(exemplars=1, columns=9, alike=1, depth=4),
    _Coarseness(exemplars=1, columns=8, alike=1, depth=2),
    _Coarseness(exemplars=1, columns=6, alike=1, depth=1),
)


def view(
    observation: Observation,
    *,
    intent: Intent | None = None,
    candidates: Sequence[RecordCandidate] | None = None,
    max_tokens: int = MAX_TOKENS,
) -> str:
    """Return the observation as text for a model, at most about ``max_tokens`` (4 characters each).

    ``candidates`` are those of study, best first; without them the records of the first page are found anew. The last
    step of coarseness may still be larger on a page with endless labels; nothing is ever cut within a value's meaning.
    """
    page = observation.pages[0]
    if candidates is None:
        wanted = intent.wanted if intent else ()
        html = page.rendered_html or page.served_html
        candidates = find_records(html, url=page.final_url, intent=intent, wanted=wanted)
    text = ""
    for step in _STEPS:
        parts = (
            _head(page),
            _records(candidates[:MAX_CANDIDATES], step),
            _inventory(observation, step),
            _snapshot(page.aria, step),
        )
        text = "\n\n".join(part for part in parts if part)
        if len(text) <= max_tokens * CHARACTERS_PER_TOKEN:
            break
    return text


def _head(page: Page) -> str:
    forms = [
        f"form {form.method} {_address(form.action)}: "
        + ", ".join(f"{f.name} ({f.kind}{_label(f.label)})" for f in form.fields[:8] if f.name)
        for form in page.forms[:3]
    ]
    return "\n".join([f"page {page.final_url} (status {page.status}): {_words(page.title)}", *forms])


def _label(label: str) -> str:
    """A field's label; around a select it holds every option's text, of which none is needed here."""
    flat = " ".join(label.split())
    return f": {flat if len(flat) <= _MAX_LABEL_CHARACTERS else flat[:_MAX_LABEL_CHARACTERS] + '…'}" if flat else ""


def _records(candidates: Sequence[RecordCandidate], step: _Coarseness) -> str:
    if not candidates:
        return ""
    blocks = [_candidate(i, candidate, step) for i, candidate in enumerate(candidates, 1)]
    return "record candidates, best first:\n" + "\n".join(blocks)


def _candidate(number: int, candidate: RecordCandidate, step: _Coarseness) -> str:
    lines = [
        f"[{number}] {candidate.id} {candidate.kind.value}: {candidate.count} records at {candidate.source.records}"
    ]
    # The candidates after the first two are for telling lists apart; fewer columns do.
    shown = candidate.columns[: step.columns if number <= 2 else max(4, step.columns // 2)]
    for column in shown:
        values = _exemplar_values(candidate, column.name, step.exemplars if number <= 3 else 1) or column.samples[:1]
        fill = "" if column.fill >= 1 else f" {column.fill:.0%}"
        locator = f" {column.locator}" if number <= 2 else ""
        lines.append(f"  {column.name}: {column.type.value}{fill}{locator} = {' | '.join(map(brief, values))}")
    if len(candidate.columns) > len(shown):
        lines.append(f"  and {len(candidate.columns) - len(shown)} more columns")
    if candidate.paging is not None and number == 1:
        lines.append(
            f"  paging: {candidate.paging.kind.value} {candidate.paging.parameter} {candidate.paging.next_locator}"
        )
    return "\n".join(lines)


def _exemplar_values(candidate: RecordCandidate, name: str, count: int) -> list[str]:
    values = [row.get(name) for row in candidate.exemplars]
    return [str(value) for value in values if value not in (None, "")][:count]


def brief(value: str, *, words: int = _MAX_VALUE_WORDS) -> str:
    """Return a value as a model sees it: an address with its path, of a text the first words and how many follow."""
    return _address(value) if re.match(r"(?:https?:)?//|/\S*$", value) else _words(value, words)


def _words(text: str, most: int = _MAX_VALUE_WORDS) -> str:
    """Return a text's first words; what is left out is counted, and what has no spaces for long is cut."""
    longest = _MAX_ADDRESS_CHARACTERS
    parts = [part if len(part) <= longest else f"{part[:longest]}…" for part in text.split()]
    if len(parts) <= most:
        return " ".join(parts)
    return " ".join(parts[:most]) + f" … {len(parts) - most} more words"


def _address(address: str) -> str:
    """Return an address; of a long one the query's values go first, then the query."""
    if len(address) <= _MAX_ADDRESS_CHARACTERS:
        return address
    path, _, query = address.partition("?")
    names = "&".join(part.partition("=")[0] + "=…" for part in query.split("&"))
    return f"{path}?{names}" if query and len(names) < _MAX_ADDRESS_CHARACTERS else path


def _inventory(observation: Observation, step: _Coarseness) -> str:
    lines = [f"API document {document.url}" for document in observation.api_documents[:4]]
    lines += [f"feed {feed.kind} {feed.url}" for feed in observation.feeds[:4]]
    for page in observation.pages[:1]:
        lines += [_embedded(embedded, step) for embedded in page.embedded[:6]]
    lines += [_exchange(exchange) for exchange in observation.exchanges if "json" in exchange.content_type][
        :_MAX_EXCHANGES
    ]
    return "data behind the page:\n" + "\n".join(f"- {line}" for line in lines) if lines else ""


def _embedded(embedded: Embedded, step: _Coarseness) -> str:
    paths: dict[str, str] = {}
    _outline(embedded.data, "", paths, min(step.depth, 6))
    shown = "; ".join(f"{path} = {value}" for path, value in list(paths.items())[: _MAX_PATHS // (3 - step.exemplars)])
    return f"{embedded.kind} {embedded.variable or embedded.selector}: {shown}"


def _outline(value: JsonValue, path: str, found: dict[str, str], levels: int) -> None:
    """Collect leaf paths with one sample each; of a list the first element stands for all."""
    if len(found) >= _MAX_PATHS:
        return
    if isinstance(value, dict):
        for key, inner in value.items() if levels > 0 else ():
            _outline(inner, f"{path}.{key}" if path else key, found, levels - 1)
    elif isinstance(value, list):
        if value and levels > 0:
            _outline(value[0], f"{path}[{len(value)}]", found, levels - 1)
    elif value not in (None, ""):
        found[path] = brief(str(value))


def _exchange(exchange: Exchange) -> str:
    body = f" body {len(exchange.request_body)} characters" if exchange.request_body else ""
    answer = f"{exchange.status}, {len(exchange.body)} characters"
    return f"{exchange.id} {exchange.method} {_address(exchange.url)} → {answer}{body}"


@dataclass(frozen=True, slots=True)
class _Line:
    indent: int
    text: str


def _snapshot(aria: str, step: _Coarseness) -> str:
    """Cut the snapshot's list: of siblings with one role only some stay, and nothing below the depth."""
    lines = [_Line(len(raw) - len(raw.lstrip()), raw.strip()) for raw in aria.split("\n") if raw.strip()]
    out: list[str] = []
    _cut(lines, step, 0, out)
    return "accessibility snapshot:\n" + "\n".join(out) if out else ""


def _cut(lines: Sequence[_Line], step: _Coarseness, depth: int, out: list[str]) -> None:
    if depth >= step.depth:
        return
    blocks = _blocks(lines)
    roles = [_role(block[0].text) for block in blocks]
    totals = Counter(roles)
    seen: Counter[str] = Counter()
    for block, role in zip(blocks, roles, strict=True):
        seen[role] += 1
        if role in _REPEATED_ROLES and totals[role] > step.alike + 1 and seen[role] > step.alike:
            if seen[role] == step.alike + 1:
                out.append(" " * depth + f"- … {totals[role] - step.alike} more {role}")
        elif not role.startswith("/"):
            out.append(" " * depth + _words(block[0].text))
            _cut(block[1:], step, depth + 1, out)


def _blocks(lines: Sequence[_Line]) -> list[Sequence[_Line]]:
    """Return the sibling blocks: each line with what is indented below it."""
    starts: list[int] = []
    for at, line in enumerate(lines):
        if not starts or line.indent <= lines[starts[-1]].indent:
            starts.append(at)
    starts.append(len(lines))
    return [lines[a:b] for a, b in itertools.pairwise(starts)]


def _role(text: str) -> str:
    found = _ROLE.match(text)
    return found[1] if found else ""
