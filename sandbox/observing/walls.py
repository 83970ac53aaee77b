"""Signs that a page is a wall before the content: captcha, login, consent to scripts. Pure."""

from __future__ import annotations

import re

from domain.observation import Form

_CAPTCHA = re.compile(
    r"captcha|cf-challenge|challenge-platform|are you (?:a )?(?:human|robot)"
    r"|verify (?:that )?you(?:'re| are) (?:a )?human|unusual traffic|bot detection|just a moment\.\.\.",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"\b(?:log ?in|sign ?in|authenticate|anmelden)\b", re.IGNORECASE)
SHORT_TEXT = 1500


def walls(status: int, title: str, text: str, html: str, forms: tuple[Form, ...]) -> tuple[str, ...]:
    """Return notes such as "wall: login". A captcha script on a page full of content is no wall."""
    found = []
    short = len(text) < SHORT_TEXT
    refused = status in {401, 403, 429, 503}
    if (short or refused) and (_CAPTCHA.search(title + " " + text) or (refused and _CAPTCHA.search(html))):
        found.append("wall: captcha")
    password = any(field.kind == "password" for form in forms for field in form.fields)
    if status == 401 or (short and password and _LOGIN.search(title + " " + text)):
        found.append("wall: login")
    elif status == 403 and not found:
        found.append("wall: forbidden")
    return tuple(found)
