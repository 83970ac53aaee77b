"""Requests as templates: taken apart, changed, and asked again as probes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from domain.observation import Exchange, Probe, ProbePurpose
from domain.plan import RequestTemplate
from domain.values import JsonValue, content_hash
from generators.sources.paths import parts

_NOISE_HEADERS: Final = frozenset(
    [
        "accept",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "dnt",
        "host",
        "origin",
        "pragma",
        "priority",
        "referer",
        "sec-ch-ua",
        "sec-ch-ua-mobile",
        "sec-ch-ua-platform",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-fetch-user",
        "upgrade-insecure-requests",
        "user-agent",
        "if-none-match",
        "if-modified-since",
        "te",
    ]
)
"""Headers that any browser sends and that hardly ever decide about an answer."""


def template_of(
    url: str, *, method: str = "GET", body: str | None = None, headers: Sequence[tuple[str, str]] = ()
) -> RequestTemplate:
    """Take a request apart: address without query, query pairs, JSON or form body."""
    split = urlsplit(url)
    bare = urlunsplit((split.scheme, split.netloc, split.path, "", ""))
    query = tuple(parse_qsl(split.query, keep_blank_values=True))
    value, kind = _body(body)
    return RequestTemplate(method=method, url=bare, query=query, headers=tuple(headers), body=value, body_kind=kind)


def template_of_exchange(exchange: Exchange) -> RequestTemplate:
    """Return an exchange's request without the headers that are the browser's own."""
    return template_of(exchange.url, method=exchange.method, body=exchange.request_body)


def telling_headers(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    """Return the headers of an exchange that a site may ask for: its own ones, never cookies."""
    found = exchange.request_headers.items()
    return tuple((k.lower(), v) for k, v in found if k.lower() not in _NOISE_HEADERS and not k.startswith(":"))


def address(template: RequestTemplate) -> str:
    """Return the template's address with its query."""
    return f"{template.url}?{urlencode(template.query)}" if template.query else template.url


def with_parameter(template: RequestTemplate, name: str, value: str, location: str = "query") -> RequestTemplate:
    """Return the template with one parameter set: in the query, in the body (``name`` a path) or in the path."""
    if location == "body":
        return template.model_copy(update={"body": _with_member(template.body, parts(name), value)})
    if location == "path":
        return template.model_copy(update={"url": template.url.replace(f"{{{name}}}", quote(value, safe="/"))})
    if location == "header":
        kept = tuple((k, v) for k, v in template.headers if k.lower() != name.lower())
        return template.model_copy(update={"headers": (*kept, (name, value))})
    kept = tuple((k, v) for k, v in template.query if k != name)
    return template.model_copy(update={"query": (*kept, (name, value))})


def without_parameter(template: RequestTemplate, name: str, location: str) -> RequestTemplate:
    """Return the template without one parameter of its query or body."""
    if location == "body":
        return template.model_copy(update={"body": _without_member(template.body, parts(name))})
    return template.model_copy(update={"query": tuple((k, v) for k, v in template.query if k != name)})


def parameter_values(template: RequestTemplate) -> dict[str, tuple[str, JsonValue]]:
    """Return the request's own parameters: name to (location, value); body members by dotted path."""
    found: dict[str, tuple[str, JsonValue]] = {name: ("query", value) for name, value in template.query}
    for path, value in _members(template.body, ""):
        found[path] = ("body", value)
    return found


def probe_of(template: RequestTemplate, purpose: ProbePurpose, about: str = "") -> Probe:
    """Return the probe that asks a template; its id is made from the request, so equal questions are one."""
    url = address(template)
    headers = dict(template.headers)
    body = None
    if template.body_kind == "json":
        body = json.dumps(template.body)
        headers["content-type"] = "application/json"
    elif template.body_kind == "form" and isinstance(template.body, dict):
        body = urlencode({k: str(v) for k, v in template.body.items()})
        headers["content-type"] = "application/x-www-form-urlencoded"
    digest = content_hash(template.method, url, body or "", json.dumps(sorted(headers.items())))
    return Probe(
        id=digest[:16], purpose=purpose, method=template.method, url=url, headers=headers, body=body, about=about
    )


def _body(text: str | None) -> tuple[JsonValue, str]:
    if not text:
        return None, "none"
    try:
        return json.loads(text), "json"
    except ValueError:
        pairs = parse_qsl(text, keep_blank_values=True)
        return (dict(pairs), "form") if pairs else (text, "none")


def _members(value: JsonValue, path: str) -> list[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        below = [_members(v, f"{path}.{k}" if path else k) for k, v in value.items() if "." not in k]
        return [pair for pairs in below for pair in pairs]
    return [(path, value)] if path else []


def _with_member(value: JsonValue, steps: tuple[str | int, ...], new: str) -> JsonValue:
    if not steps:
        return _like(value, new)
    step = steps[0]
    if isinstance(value, dict) and isinstance(step, str):
        return {**value, step: _with_member(value.get(step), steps[1:], new)}
    if isinstance(value, list) and isinstance(step, int):
        return [_with_member(v, steps[1:], new) if i == step else v for i, v in enumerate(value)]
    return {str(step): _with_member(None, steps[1:], new)}


def _without_member(value: JsonValue, steps: tuple[str | int, ...]) -> JsonValue:
    if not isinstance(value, dict) or not steps:
        return value
    step = str(steps[0])
    if len(steps) == 1:
        return {k: v for k, v in value.items() if k != step}
    return {**value, step: _without_member(value.get(step), steps[1:])}


def _like(old: JsonValue, new: str) -> JsonValue:
    """A number stays a number in a JSON body."""
    if isinstance(old, bool):
        return new == "true"
    if isinstance(old, int) and new.lstrip("-").isdigit():
        return int(new)
    return new
