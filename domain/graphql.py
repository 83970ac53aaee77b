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
_BEGINNING = re.compile(r"[\[{]\s*[\[{\"]")  # of objects and lists
_MOST_READ = 1_000_000  # characters, of what comes to no end
_UNREADABLE = "mutation {"
_DECODER = json.JSONDecoder(object_pairs_hook=list)


def changes_something(body: bytes | str) -> bool:
    """Return whether any operation in the body is a mutation or a subscription.

    JSON (one operation or a batch), forms of both kinds, and documents as they are. A document that cannot be read
    counts by the words outside its braces, and bytes that are no UTF-8 text as a change: a server may read them
    otherwise.
    """
    try:
        text = body.decode() if isinstance(body, bytes) else body
    except UnicodeDecodeError:
        return True
    return "\x00" in text or any(_has_change(document) for document in _documents(text))


def _documents(text: str) -> Iterator[str]:
    value = _as_json(text)
    if value is not None:
        yield from _queries(value)
        return
    for name, field in parse_qsl(text):
        if name == "query":
            yield field
        elif "{" in field:  # a form may carry a whole operation in one field
            yield from _queries(_as_json(field))
    if "{" in text:
        yield text
        yield from _embedded(text)


def _as_json(text: str) -> object:
    """Return JSON, its objects as lists of pairs (servers differ on names that stand twice), or None."""
    try:
        return json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None


def _embedded(text: str) -> Iterator[str]:
    """Yield the operations in JSON that stands somewhere in a body, as in a form of several parts.

    A body that would have to be read again and again, since nothing in it comes to an end, counts as a change.
    """
    at, read = 0, 0
    while found := _BEGINNING.search(text, at):
        try:
            value, at = _DECODER.raw_decode(text, found.start())
        except json.JSONDecodeError as broken:
            at, read = found.end() - 1, read + broken.pos - found.start()
        except RecursionError:
            at, read = found.end() - 1, read + _MOST_READ
        else:
            yield from _queries(value)
        if read > _MOST_READ:
            yield _UNREADABLE
            return


def _queries(value: object) -> Iterator[str]:
    """Yield the texts called query, however deep; objects are lists of pairs here."""
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, tuple) and part[0] == "query" and isinstance(part[1], str):
            yield part[1]
        elif isinstance(part, list | tuple):
            pending.extend(part)


def _has_change(document: str) -> bool:
    """Whether an operation of the document changes something: its word, and a selection in braces after it."""
    depth, changing = 0, False
    for word in _WORD.findall(_SKIPPED.sub(" ", document)):
        if word in "{}":
            if changing and word == "{":
                return True
            depth += 1 if word == "{" else -1
        elif depth <= 0 and word in _CHANGING:
            changing = True
    return False
