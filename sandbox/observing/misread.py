"""Undoes what a browser misreads: UTF-8 that it took for windows-1252, where the site does not say which. Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_FOREIGN: Final = re.compile(
    r"[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]{2,}"
)


def reread(shown: str, served: str) -> str:
    """Return what the browser shows with the letters that were served.

    ``served`` is the page as read by its bytes (see ``text_of``): only what stands there, and as it stands there,
    is put in the place of what was misread. Text that scripts made is left alone.
    """

    @cache
    def written(misread: str) -> str:
        try:
            meant = b"".join(map(_byte, misread)).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            return misread
        return meant if meant in served and misread not in served else misread

    return _FOREIGN.sub(lambda found: written(found[0]), shown)


def _byte(letter: str) -> bytes:
    """Return the byte that a browser reads as this letter: the five that windows-1252 lacks stay as they are."""
    return letter.encode("latin-1" if letter in "\x81\x8d\x8f\x90\x9d" else "cp1252")
