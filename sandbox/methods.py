"""The methods that a request names beside its own: servers take those in its place.

A policy's methods would mean little if a POST could say DELETE in a header, in its address or in a form's hidden field.
What this does not see: names that a site made up for itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import parse_qsl

from sandbox.facade.frozen import words

_NAMES: Final = frozenset(
    {"x-http-method-override", "x-http-method", "x-method-override", "x-original-method", "-method", "$httpmethod"}
)
# Source: IANA HTTP Method Registry; a parameter of the same name may mean anything else.
_METHODS: Final = words("""
    GET HEAD OPTIONS POST PUT PATCH DELETE TRACE CONNECT MERGE QUERY PURGE ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT
    COPY LABEL LINK LOCK MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE ORDERPATCH PROPFIND PROPPATCH REBIND
    REPORT SEARCH UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL
    """)
_PART: Final = re.compile(r'name="?([\w$-]{1,40})"?[^\r\n]{0,500}(?:\r?\n[^\r\n]{1,500}){0,9}\r?\n\r?\n([^\r\n]{0,40})')


def in_fields(fields: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return every method that header fields ask the site to take.

    A field may stand there twice or list several, and servers differ in which of them counts; some of them read an
    underscore as a hyphen.
    """
    named = (value for name, value in fields if _plain(name) in _NAMES)
    return frozenset(word.strip().upper() for value in named for word in value.split(",") if word.strip())


def in_parameters(query: str, body: bytes = b"") -> frozenset[str]:
    """Return every method that an address's query or a body (form, multipart, JSON) asks the site to take."""
    values = (str(value).strip().upper() for name, value in _parameters(query, body) if _plain(name) in _NAMES)
    return frozenset(value for value in values if value in _METHODS)


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _parameters(query: str, body: bytes) -> Iterator[tuple[str, object]]:
    yield from parse_qsl(query)
    if not body:
        return
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError):
        yield from parse_qsl(text)
        yield from _PART.findall(text)
        return
    for pair in value if isinstance(value, list) else ():
        if isinstance(pair, tuple):
            yield pair
