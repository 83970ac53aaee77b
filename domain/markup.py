"""HTML as writers leave it: a body that no tag begins is given one, so that every parser sees the same page. Pure."""

from __future__ import annotations

import re
from typing import Final

_BODY: Final = re.compile(r"<body\b|<frameset\b", re.IGNORECASE)
_BEFORE: Final = re.compile(
    r"\ufeff?\s*(?:(?:<!--.*?-->|<\?.*?>|<!doctype[^>]*>|<html\b[^>]*>|<head\b[^>]*>|</head\s*>|<(?:meta|link|base)\b[^>]*>"
    r"|<(title|script|style|noscript)\b.*?</\1\s*>)\s*)*",
    re.IGNORECASE | re.DOTALL,
)
_LOOKED_AT: Final = 200_000  # characters in which a body begins, where it does


def with_body(html: str) -> str:
    """Return the page with a ``<body>`` tag where its content begins, if it has none.

    Browsers add the missing tag; libxml2 leaves newer elements (``header``, ``main``) in the head instead.
    """
    if _BODY.search(html, 0, _LOOKED_AT) or "<" not in html[:1000]:
        return html
    head = _BEFORE.match(html, 0, _LOOKED_AT)
    end = head.end() if head else 0
    return f"{html[:end]}<body>{html[end:]}"
