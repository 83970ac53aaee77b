"""Parts of a request that change with every visit, traced to the earlier answer they came from (LEARN-6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from domain.observation import Exchange, Observation, Page
from domain.plan import RequestTemplate, Token
from generators.sources.documents import parse
from generators.sources.paths import leaves
from generators.sources.requests import telling_headers, template_of, template_of_exchange

_TOKEN: Final = re.compile(r"[\w.~+/=:-]{8,4096}")
_RANDOM: Final = 16  # characters from which on a text of a JSON answer that comes back is no mere word
_SCHEME: Final = re.compile(r"^(Bearer|Token|Basic|JWT|ApiKey) +", re.IGNORECASE)
_MARKER: Final = (48, 32, 24, 16, 10)
_BOX: Final = re.compile(r' data-bx="[^"]*"')


def trace(observation: Observation, exchange: Exchange) -> tuple[Token, ...]:
    """Return the dynamic tokens of an exchange's request; what is the same on every visit is none."""
    found = []
    for location, name, value in _parts(exchange):
        scheme = _SCHEME.match(value)
        bare = value[scheme.end() :] if scheme else value
        if not _TOKEN.fullmatch(bare) or not re.search(r"\d", bare):
            continue
        template = (value[: scheme.end()] if scheme else "") + "{value}"
        token = _of_answer(observation, exchange, bare) or _of_page(observation.pages[:1], bare)
        if token is not None:
            found.append(token.model_copy(update={"location": location, "name": name, "template": template}))
    return tuple(found)


def without_tokens(request: RequestTemplate, tokens: Sequence[Token]) -> RequestTemplate:
    """Return the request without the parts that a token fills."""
    names = {(t.location, t.name.lower()) for t in tokens}
    return request.model_copy(
        update={
            "query": tuple((k, v) for k, v in request.query if ("query", k.lower()) not in names),
            "headers": tuple((k, v) for k, v in request.headers if ("header", k.lower()) not in names),
        }
    )


def _parts(exchange: Exchange) -> Iterator[tuple[str, str, str]]:
    for name, value in telling_headers(exchange):
        yield "header", name, value
    for name, value in parse_qsl(urlsplit(exchange.url).query):
        yield "query", name, value


def _of_answer(observation: Observation, exchange: Exchange, value: str) -> Token | None:
    """The value stands in an answer that the page got before, from another address."""
    if len(value) < _RANDOM:
        return None
    for earlier in observation.exchanges:
        if earlier.id == exchange.id:
            return None
        if earlier.url.split("?")[0] == exchange.url.split("?")[0] or value not in earlier.body:
            continue
        for path, leaf in leaves(parse(earlier.body)):
            if leaf == value:
                return Token(request=template_of_exchange(earlier), path=path, location="header", name="-")
    return None


def _of_page(pages: Sequence[Page], value: str) -> Token | None:
    """The page that the browser got carries the value; the one that was asked for without it carries another there."""
    for page in pages:
        rendered = _BOX.sub("", page.rendered_html)
        place = rendered.find(value)
        if place < 0 or value in page.served_html:
            continue
        after = rendered[place + len(value) : place + len(value) + 1]
        for length in _MARKER:
            before = rendered[max(0, place - length) : place].rpartition("\n")[2]
            if len(before) < _MARKER[-1] - 4 or page.served_html.count(before) != 1:
                continue
            other = page.served_html.partition(before)[2].partition(after)[0]
            if _TOKEN.fullmatch(other) and other != value:
                request = template_of(page.requested_url)
                return Token(request=request, before=before, after=after, location="header", name="-")
    return None
