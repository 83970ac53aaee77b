"""How a JSON source hands out further records: ideas from the answer and its request, each to be shown by a probe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from domain.plan import Paging, PagingKind, RequestTemplate
from domain.values import JsonValue
from generators.sources.documents import JsonDocument
from generators.sources.paths import INSIDE, leaves, read
from generators.sources.requests import address, parameter_values, template_of, with_parameter, without_parameter

_NEXT_NAME: Final = re.compile(
    r"^_?(next|next_?page|next_?url|next_?link|next_?href|more_?url|odata\.nextlink|href)$", re.IGNORECASE
)
_CURSOR_NAME: Final = re.compile(
    r"^_?(next_?cursor|cursor|next_?token|next_?page_?token|page_?token|continuation(_?token)?|end_?cursor|next|"
    r"scroll_?id|after|next_?id|next_?max_?id|bookmark|(.*_)?continue|next_?offset|next_?page(_?number)?|next_?start|"
    r".*cursor)$",
    re.IGNORECASE,
)
_CURSOR_PARAMETER: Final = re.compile(
    r"(cursor|token|after|continue|continuation|bookmark|scroll_?id|_next|^next$|max_?id|starting_after)", re.IGNORECASE
)
PAGE_PARAMETER: Final = re.compile(
    r"^_?(page|p|pg|paged|page_?(number|no|num|index)|current_?page|seite|.*\.page|page\[number\])$", re.IGNORECASE
)
OFFSET_PARAMETER: Final = re.compile(
    r"^_?(offset|skip|start|from|start_?index|first_?result|.*offset|begin)$", re.IGNORECASE
)
SIZE_PARAMETER: Final = re.compile(
    r"^_?(limit|size|per_?page|page_?size|pagesize|count|rows|take|num|max_?results|hits_?per_?page|.*_limit|first|"
    r"results_?per_?page|page\[size\]|items_?per_?page|.*_per_page|srlimit|cmlimit)$",
    re.IGNORECASE,
)
_MORE_NAME: Final = re.compile(
    r"^_?(has_?more(_items)?|has_?next(_?page)?|more|is_?truncated|more_?available|has_?next_?page)$", re.IGNORECASE
)
_TOTAL_NAME: Final = re.compile(
    r"^(total|total_?(count|results|items|hits|records|rows|elements|entries|found)|count|found|num_?found|nb_?hits|"
    r"filtered_table_rows_count|result_?count|hits_total|recordsTotal|estimatedTotal.*|total_rows)$",
    re.IGNORECASE,
)
_ROUND: Final = frozenset({5, 6, 8, 9, 10, 12, 15, 16, 18, 20, 24, 25, 28, 30, 32, 36, 40, 45, 48, 50, 60, 64, 72, 75})
_MOST_LEAVES: Final = 4000


@dataclass(frozen=True, kw_only=True)
class PagingIdea:
    """A way of paging and the request that should bring page two; ``evidence`` is in words, ``trust`` 0 to 1."""

    paging: Paging
    second: RequestTemplate
    evidence: str
    trust: float


def paging_ideas(document: JsonDocument, path: str, count: int, others: Sequence[JsonDocument]) -> list[PagingIdea]:
    """Return ideas of how to get more records than the ``count`` at ``path``, the most trusted first.

    ``others`` are further answers of the same source: a scroll that asked again shows the way.
    """
    outside = [(p, v) for p, v in _bounded(document.value) if not _inside(p, path)]
    more = next((p for p, v in outside if isinstance(v, bool) and _MORE_NAME.match(_leaf(p))), "")
    ideas = [
        *_next_addresses(document, outside, more),
        *_next_header(document),
        *_seen_again(document, outside, others, more),
        *_cursors(document, outside, more),
        *_counted(document, count, outside),
    ]
    return _distinct(sorted(ideas, key=lambda i: -i.trust))


def counted_at(value: JsonValue, path: str) -> tuple[str | None, ...]:
    """Return where the records stand that a source may count, the likeliest first; None: those at ``path`` itself.

    Of parcels inside shipments it counts shipments. Where an array has lists inside it may also count what is in them,
    as one does that groups by day for show; only asking for the next page tells.
    """
    outer, inside, _ = path.partition(INSIDE)
    if inside:
        return (outer,)
    outer, several, _ = path.partition("*")
    outer = outer.removesuffix(".")
    at_outer = (read(value, outer) if outer else value) if several else None
    return (outer, None) if isinstance(at_outer, list) else (None,)


def from_the_start(request: RequestTemplate) -> RequestTemplate:
    """Return a request without what makes it one for a later page: cursors out, pages and offsets at their start."""
    for name, (location, value) in parameter_values(request).items():
        leaf = name.rsplit(".", 1)[-1]
        text = str(value)
        if _CURSOR_PARAMETER.search(leaf) and value not in (None, "") and not SIZE_PARAMETER.match(leaf):
            request = without_parameter(request, name, location)
        elif PAGE_PARAMETER.match(leaf) and text.isdigit() and int(text) > 1:
            request = with_parameter(request, name, "1", location)
        elif OFFSET_PARAMETER.match(leaf) and text.isdigit() and int(text) > 0:
            request = with_parameter(request, name, "0", location)
    return request


def total_of(value: JsonValue, path: str, count: int) -> int | None:
    """Return the number of records that the answer says there are in all, when it is at least ``count``."""
    found = [
        v
        for p, v in _bounded(value)
        if isinstance(v, int) and not isinstance(v, bool) and not _inside(p, path) and _TOTAL_NAME.match(_leaf(p))
    ]
    larger = [v for v in found if v > count]
    return max(larger) if larger else count if count in found else None


def says_more(value: JsonValue, path: str) -> bool:
    """Return whether a flag in the answer says that more follows."""
    return any(v is True and _MORE_NAME.match(_leaf(p)) for p, v in _bounded(value) if not _inside(p, path))


def size_parameter(template: RequestTemplate, count: int) -> tuple[str, str] | None:
    """Return (name, location) of the request's parameter that says how many records come at once."""
    for name, (location, value) in parameter_values(template).items():
        if str(value) == str(count) and SIZE_PARAMETER.match(name.rsplit(".", 1)[-1]):
            return name, location
    for name, (location, value) in parameter_values(template).items():
        if str(value).isdigit() and int(str(value)) >= count and SIZE_PARAMETER.match(name.rsplit(".", 1)[-1]):
            return name, location
    return None


def _bounded(value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    for number, pair in enumerate(leaves(value)):
        if number > _MOST_LEAVES:
            return
        yield pair


def _inside(path: str, records: str) -> bool:
    if not records:
        return path.startswith("[")
    head = records.split("*", 1)[0].rstrip(".")
    return path.startswith((f"{head}.", f"{head}[")) if head else False


def _leaf(path: str) -> str:
    name = path.rsplit(".", 1)[-1]
    if name == "href" and path.count("."):
        return path.rsplit(".", 2)[-2]
    return name


def _next_addresses(
    document: JsonDocument, outside: Sequence[tuple[str, JsonValue]], more: str
) -> Iterator[PagingIdea]:
    here = address(document.request)
    for path, value in outside:
        if not isinstance(value, str) or not _NEXT_NAME.match(_leaf(path)) or document.request.method != "GET":
            continue
        if not value.startswith(("http://", "https://", "/", "?")):
            continue
        target = urljoin(here, value)
        if urlsplit(target).netloc != urlsplit(here).netloc or target == here:
            continue
        yield PagingIdea(
            paging=Paging(kind=PagingKind.NEXT_LINK, location="url", next_locator=path, more_locator=more),
            second=template_of(target, headers=document.request.headers),
            evidence=f"the answer names the next address in {path}",
            trust=0.95,
        )


def _next_header(document: JsonDocument) -> Iterator[PagingIdea]:
    for part in document.headers.get("link", "").split(","):
        match = re.match(r"\s*<([^>]+)>\s*;.*rel=\"?next\"?", part)
        if match:
            yield PagingIdea(
                paging=Paging(kind=PagingKind.NEXT_LINK, location="url", next_locator="header:link"),
                second=template_of(urljoin(document.request.url, match.group(1)), headers=document.request.headers),
                evidence="the Link header names the next address",
                trust=0.96,
            )


def _seen_again(
    document: JsonDocument, outside: Sequence[tuple[str, JsonValue]], others: Sequence[JsonDocument], more: str
) -> Iterator[PagingIdea]:
    """The page itself asked a second time with one changed parameter."""
    mine = parameter_values(document.request)
    for other in others:
        if other.request.url != document.request.url or other.request.method != document.request.method:
            continue
        theirs = parameter_values(other.request)
        changed = [n for n in theirs if theirs[n][1] != mine.get(n, ("", None))[1]]
        if not changed or len(changed) > 2:
            continue
        for name in changed:
            location, value = theirs[name]
            source = next((p for p, v in outside if v is not None and str(v) == str(value) and len(str(v)) > 2), "")
            if source:
                yield PagingIdea(
                    paging=_cursor(name, location, source, more),
                    second=other.request,
                    evidence=f"the page itself sent {source} of the first answer as {name}",
                    trust=1.0,
                )


def _cursors(document: JsonDocument, outside: Sequence[tuple[str, JsonValue]], more: str) -> Iterator[PagingIdea]:
    own = parameter_values(document.request)
    for path, value in outside:
        leaf = _leaf(path)
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "" or not _CURSOR_NAME.match(leaf):
            continue
        if isinstance(value, str) and value.startswith(("http://", "https://", "/")):
            continue
        for name, location, trust in _cursor_parameters(leaf, own, document):
            yield PagingIdea(
                paging=_cursor(name, location, path, more),
                second=with_parameter(document.request, name, str(value), location),
                evidence=f"{path} of the answer goes into {name}",
                trust=trust,
            )


def _cursor_parameters(
    leaf: str, own: dict[str, tuple[str, JsonValue]], document: JsonDocument
) -> list[tuple[str, str, float]]:
    found = [(n, loc, 0.9) for n, (loc, _) in own.items() if _CURSOR_PARAMETER.search(n.rsplit(".", 1)[-1])]
    in_body = document.request.body_kind == "json"
    location = "body" if in_body else "query"
    hinted = [(n, location, 0.85) for n in _hinted(document.value) if _CURSOR_PARAMETER.search(n)]
    bare = re.sub(r"^_?next_?", "", leaf, flags=re.IGNORECASE)
    bare = bare[:1].lower() + bare[1:] if bare else ""
    prefixes = [n[: -len("limit")] for n in own if n.endswith("limit") and len(n) > len("limit")]
    names = [f"{p}cursor" for p in prefixes] + [bare, leaf, "after" if "cursor" in leaf.lower() else ""]
    guessed = [(n, location, 0.6 - 0.05 * i) for i, n in enumerate(dict.fromkeys(n for n in names if n))]
    prefix = next((n.rsplit(".", 1)[0] + "." for n, (loc, _) in own.items() if loc == "body" and "." in n), "")
    nested = [(prefix + n, loc, t - 0.01) for n, loc, t in guessed if prefix and loc == "body"]
    return [*found, *hinted, *nested, *guessed][:5]


def _hinted(value: JsonValue) -> list[str]:
    """Names of parameters in addresses that the answer itself contains."""
    names: dict[str, None] = {}
    for _, leaf in _bounded(value):
        if isinstance(leaf, str) and "?" in leaf and len(leaf) < 2000:
            names.update(dict.fromkeys(n for n, _ in parse_qsl(urlsplit(leaf).query)))
    return list(names)


def _cursor(name: str, location: str, source: str, more: str) -> Paging:
    where = "body" if location == "body" else "query"
    return Paging(kind=PagingKind.CURSOR, parameter=name, location=where, next_locator=source, more_locator=more)


def _counted(document: JsonDocument, count: int, outside: Sequence[tuple[str, JsonValue]]) -> Iterator[PagingIdea]:
    own = parameter_values(document.request)
    named = False
    for name, (location, value) in own.items():
        leaf = name.rsplit(".", 1)[-1]
        if not str(value).lstrip("-").isdigit():
            continue
        number = int(str(value))
        if PAGE_PARAMETER.match(leaf) and number <= 1:
            named = True
            yield _count_idea(document, PagingKind.PAGE, name, location, first=number, step=1, trust=0.85)
        elif OFFSET_PARAMETER.match(leaf) and number == 0:
            named = True
            yield _count_idea(document, PagingKind.OFFSET, name, location, first=0, step=count, trust=0.85)
    if named or document.request.method != "GET":
        return
    meta = {_leaf(p).lower() for p, _ in outside}
    total = total_of(document.value, "", 0)
    wanting = (total or 0) > count or count in _ROUND or count % 50 == 0
    if not wanting or count < 5:
        return
    likely = 0.5 if meta & {"page", "current_page", "total_pages", "pages", "per_page", "last_page"} else 0.3
    yield _count_idea(document, PagingKind.PAGE, "page", "query", first=1, step=1, trust=likely)
    likely = 0.5 if meta & {"offset", "skip", "start", "from"} else 0.25
    skip = "skip" if "skip" in meta else "from" if "from" in meta else "start" if "start" in meta else "offset"
    yield _count_idea(document, PagingKind.OFFSET, skip, "query", first=0, step=count, trust=likely)


def _count_idea(
    document: JsonDocument, kind: PagingKind, name: str, location: str, *, first: int, step: int, trust: float
) -> PagingIdea:
    where = "body" if location == "body" else "query"
    second = with_parameter(document.request, name, str(first + step), where)
    return PagingIdea(
        paging=Paging(kind=kind, parameter=name, location=where, first=first, step=step),
        second=second,
        evidence=f"{name} counts {'pages' if kind is PagingKind.PAGE else 'records'}",
        trust=trust,
    )


def _distinct(ideas: list[PagingIdea]) -> list[PagingIdea]:
    seen: dict[str, PagingIdea] = {}
    for idea in ideas:
        seen.setdefault(address(idea.second) + str(idea.second.body), idea)
    return list(seen.values())


def page_difference(first: Sequence[JsonValue], second: Sequence[JsonValue], locator: str) -> bool:
    """Return whether a second answer brings other records: some, and nearly none of the first ones again."""
    if not second:
        return False
    mine = {str(r if locator in ("", ".") else read(r, locator)) for r in first}
    again = sum(1 for r in second if str(r if locator in ("", ".") else read(r, locator)) in mine)
    return again <= 0.1 * len(second)
