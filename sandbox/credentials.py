"""Credentials in forms: a workflow writes stand-ins, and the real values take their place on this side (OPS-7).

``workflow_kit.user_of(name)`` and ``password_of(name)`` give texts that are no secret. In the body of a request to the
secret's own host they are replaced just before it is sent, by the broker or on the host's side of a browser's context.
A stand-in for another host is refused, and so is a redirect that would repeat the body there (in browsers: see
sandbox.browsers_redirects). What this does not stop: a site that shows the user's name (it is no secret).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote_plus

from sandbox.secrets import Secret
from sandbox.standing_in import PASSWORD, TAIL, USER

_STAND_IN = re.compile(rf"(?P<part>{USER}|{PASSWORD})(?P<name>[a-z0-9_]{{1,40}})(?:@|%40){re.escape(TAIL)}".encode())


class NotForThisHost(Exception):
    """A stand-in names no credential of the host that the request goes to; ``name`` is what it names."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def mentions_credential(body: bytes) -> bool:
    """Return whether a request's body holds a stand-in."""
    return _STAND_IN.search(body) is not None


def fill_in(body: bytes, content_type: str, host: str, secrets: Iterable[Secret]) -> bytes:
    """Return the body with the stand-ins replaced, each encoded as the body's type wants it.

    Raises:
        NotForThisHost: a stand-in names a credential that is not kept for this host, or none.
    """
    kept = {secret.name: secret for secret in secrets if secret.place == "form" and secret.host == host}
    encode = _encoding(content_type)

    def value(found: re.Match[bytes]) -> bytes:
        name = found["name"].decode()
        secret = kept.get(name)
        if secret is None:
            raise NotForThisHost(name)
        return encode(secret.key if found["part"].decode() == USER else secret.value).encode()

    return _STAND_IN.sub(value, body)


def _encoding(content_type: str) -> Callable[[str], str]:
    if "urlencoded" in content_type:
        return quote_plus
    if "json" in content_type:
        return lambda text: json.dumps(text)[1:-1]
    return str
