"""Whether a request's body carries a GraphQL operation that changes something.

A policy may let a tool POST to an address where the site's own page only reads. GraphQL serves reading and changing at
one address, so the body decides. What this does not see: an operation that a server keeps under a hash of its text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

_SKIPPED = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*', re.DOTALL)
_WORD = re.compile(r"[{}]|[A-Za-z_]\w*")
_CHANGING = frozenset({"mutation", "subscription"})


def changes_something(body: bytes | str) -> bool:
    """Return whether any operation in the body is a mutation or a subscription.

    JSON (one operation or a batch), forms, and documents as they are. A document that cannot be read counts by
    the words outside its braces, and bytes that are no UTF-8 text as a change: a server may read them otherwise.
    """
    try:
        text = body.decode() if isinstance(body, bytes) else body
    except UnicodeDecodeError:
        return True
    return "\x00" in text or any(_has_change(document) for document in _documents(text))


def _documents(text: str) -> Iterator[str]:
    try:
        value = json.loads(text, object_pairs_hook=list)  # a name that stands twice is read differently by servers
    except ValueError:
        yield from (value for name, value in parse_qsl(text) if name == "query")
        if "{" in text:
            yield text
        return
    yield from _queries(value)


def _queries(value: object) -> Iterator[str]:
    """Yield the texts called query of an operation, or of each in a batch; objects are lists of pairs here."""
    for part in value if isinstance(value, list) else ():
        if isinstance(part, tuple):
            name, text = part
            if name == "query" and isinstance(text, str):
                yield text
        else:
            yield from _queries(part)


def _has_change(document: str) -> bool:
    depth = 0
    for word in _WORD.findall(_SKIPPED.sub(" ", document)):
        if word in "{}":
            depth += 1 if word == "{" else -1
        elif depth <= 0 and word in _CHANGING:
            return True
    return False
