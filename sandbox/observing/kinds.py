"""Telling kinds of document apart by media type and content. Pure."""

from __future__ import annotations

import json
import re
from typing import Literal

import yaml

FeedKind = Literal["rss", "atom", "ical", "json_feed", "sitemap"]
MAX_DOCUMENT_CHARS = 8_000_000


def media_type(content_type: str) -> str:
    """Return the media type in lower case without parameters."""
    return content_type.partition(";")[0].strip().lower()


def is_html(content_type: str, body: str) -> bool:
    """Return whether a browser would show this as a page; unnamed types are sniffed."""
    kind = media_type(content_type)
    if kind in {"text/html", "application/xhtml+xml"}:
        return feed_kind(body) is None or "<html" in body[:2000].lower()
    return kind in {"", "text/plain", "application/octet-stream"} and bool(
        re.match(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", body[:4000], re.IGNORECASE | re.DOTALL)
    )


def is_data(content_type: str, body: str) -> bool:
    """Return whether a body is data that a tool could read: JSON, XML, calendars, comma-separated values."""
    kind = media_type(content_type)
    if kind.endswith(("json", "xml", "csv", "calendar", "yaml", "graphql-response")) or "json" in kind:
        return True
    start = body.lstrip("\ufeff \t\r\n)]}',")[:1] if body[:6].startswith((")]}'", "for(;;")) else body.lstrip()[:1]
    return kind in {"", "text/plain", "text/javascript", "application/javascript", "text/html"} and (
        start in {"{", "["} and _loads(body)
    )


def _loads(body: str) -> bool:
    try:
        json.loads(re.sub(r"^\s*(?:\)\]\}',?|for\s*\(;;\);)", "", body))
    except (ValueError, RecursionError):
        return False
    return True


def feed_kind(body: str) -> FeedKind | None:
    """Return what kind of feed the body is, by its root element or first line."""
    head = body.lstrip("\ufeff \t\r\n")[:3000]
    if head.upper().startswith("BEGIN:VCALENDAR"):
        return "ical"
    if head.startswith("<"):
        root = re.search(r"<(?![?!])(?:\w+:)?(\w+)", re.sub(r"<!--.*?-->", "", head, flags=re.DOTALL))
        names: dict[str, FeedKind] = {
            "rss": "rss", "RDF": "rss", "feed": "atom", "urlset": "sitemap", "sitemapindex": "sitemap",
        }  # fmt: skip
        return names.get(root[1]) if root else None
    if head.startswith("{") and "jsonfeed.org/version" in head:
        return "json_feed"
    return None


def is_api_document(body: str) -> bool:
    """Return whether the body is an OpenAPI or Swagger description (JSON or YAML) with paths."""
    if len(body) > MAX_DOCUMENT_CHARS or not re.search(r"openapi|swagger", body[:20_000]):
        return False
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = _yaml(body)
    return isinstance(document, dict) and bool({"openapi", "swagger"} & set(document)) and "paths" in document


def _yaml(body: str) -> object:
    if body.lstrip()[:1] in {"<", ""}:
        return None
    try:
        return yaml.load(body, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
    except (yaml.YAMLError, RecursionError):
        return None
