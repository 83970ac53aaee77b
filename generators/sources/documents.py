"""The JSON documents of an observation, whoever brought them, with the requests that bring them again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from domain.json_text import read_json
from domain.observation import Exchange, Observation, ProbeAnswer, ProbePurpose
from domain.plan import RequestTemplate
from domain.values import JsonValue
from generators.sources.requests import template_of, template_of_exchange

Origin = Literal["page", "exchange", "document"]


@dataclass(frozen=True, kw_only=True)
class JsonDocument:
    """One JSON answer. ``origin`` tells who asked: the page was JSON itself, its scripts did, or a probe."""

    request: RequestTemplate
    value: JsonValue
    origin: Origin
    headers: dict[str, str] = field(default_factory=dict)
    exchange: Exchange | None = None
    trigger: str = "load"


def documents(observation: Observation, answers: Sequence[ProbeAnswer]) -> tuple[JsonDocument, ...]:
    """Return every JSON document: the page itself, its exchanges, and documents that probes found."""
    found = [*_pages(observation), *_exchanges(observation), *_probed(answers)]
    return tuple(d for d in found if isinstance(d.value, dict | list) and d.value and not _describes_an_api(d.value))


def parse(text: str) -> JsonValue:
    """Return the JSON value of a text, as sites write it; None when it is none."""
    try:
        return read_json(text)
    except ValueError:
        return None


def _pages(observation: Observation) -> Iterator[JsonDocument]:
    for page in observation.pages[:1]:
        if "html" in page.content_type:
            continue
        yield JsonDocument(
            request=template_of(page.final_url), value=parse(page.served_html), origin="page", headers={}
        )


def _describes_an_api(value: JsonValue) -> bool:
    """Whether a document says which operations there are: its parts are no records of what a site has."""
    return (
        isinstance(value, dict) and isinstance(value.get("paths"), dict) and bool({"openapi", "swagger"} & set(value))
    )


def _exchanges(observation: Observation) -> Iterator[JsonDocument]:
    for exchange in observation.exchanges:
        if not 200 <= exchange.status < 300 or exchange.truncated or exchange.resource_type == "document":
            continue
        yield JsonDocument(
            request=template_of_exchange(exchange),
            value=parse(exchange.body),
            origin="exchange",
            headers={k.lower(): v for k, v in exchange.response_headers.items()},
            exchange=exchange,
            trigger=exchange.trigger,
        )


def _probed(answers: Sequence[ProbeAnswer]) -> Iterator[JsonDocument]:
    for answer in answers:
        if answer.probe.purpose is not ProbePurpose.DOCUMENT or not 200 <= answer.status < 300:
            continue
        yield JsonDocument(
            request=template_of(answer.probe.url),
            value=parse(answer.body),
            origin="document",
            headers={k.lower(): v for k, v in answer.response_headers.items()},
        )
