"""Links of an answer that is JSON: what it names by an address, as the entry page of an API names its collections."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from domain.observation import Link

_MOST: Final = 200
_DEEPEST: Final = 4
_HREF: Final = frozenset({"href", "url", "uri", "link"})


def links_in_data(text: str, base: str) -> tuple[Link, ...]:
    """Return the addresses within an object, each under the name that leads to it; a list of records has none.

    Values count that are whole addresses or begin with a slash, and ``{"href": …}`` under a name.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(value, dict):
        return ()
    found = {(href, name): Link(href=urljoin(base, href), text=name) for href, name in _named(value, "", _DEEPEST)}
    return tuple(found.values())[:_MOST]


def _named(value: dict[str, Any], name: str, deepest: int) -> Iterator[tuple[str, str]]:
    for key, inner in value.items():
        told = name if key in _HREF and name else key
        if isinstance(inner, str) and _is_address(inner):
            yield inner.split("{", 1)[0], told.replace("_", " ").replace("-", " ")
        elif isinstance(inner, dict) and deepest > 0:
            yield from _named(inner, key if key not in ("_links", "links") else name, deepest - 1)


def _is_address(text: str) -> bool:
    if any(c.isspace() for c in text):
        return False
    try:
        scheme = urlsplit(text).scheme
    except ValueError:
        return False
    return scheme in ("http", "https") if "://" in text else text.startswith("/")
