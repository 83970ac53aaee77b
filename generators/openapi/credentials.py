"""Which credentials an operation needs, under which names they are kept, and where they are sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from domain.values import JsonObject
from generators.openapi.document import Document
from generators.sources.naming import snake

_LONGEST: Final = 60
_NAMED: Final = re.compile(
    r"^(authorization|(x-)?(app|api|auth|access|subscription|client)[-_]?(api[-_]?)?(key|token|secret)|apikey|"
    r"ocp-apim-subscription-key|x-token|bearer)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Credential:
    """One credential. ``written`` shows its value: "…", "Bearer …"; for place ``basic`` the key is the user's name."""

    name: str
    place: Literal["header", "query", "basic"]
    key: str
    written: str = "…"


def is_credential(name: str, place: str) -> bool:
    """Whether a parameter carries a credential: the broker sends it, never the caller."""
    return place in ("query", "header") and bool(_NAMED.match(name))


def named(document: Document, name: str, place: Literal["header", "query"]) -> Credential:
    """Return the credential that a parameter carries."""
    written = "Bearer …" if name.lower() == "authorization" else "…"
    return Credential(name=_secret_name(document, name), place=place, key=name, written=written)


def needed(document: Document, node: JsonObject, *others: Credential) -> tuple[Credential, ...]:
    """Return the credentials of an operation: of its first way in, and those its parameters carry.

    None where it may also be asked without one.
    """
    ways = node.get("security", document.root.get("security"))
    first: list[Credential] = []
    if isinstance(ways, list) and ways and {} not in ways:
        read = [_of_way(document, way) for way in ways if isinstance(way, dict)]
        first = next((way for way in read if way), [])
    found = {(c.place, c.key.lower()): c for c in (*others, *first)}
    return tuple(found.values())


def _of_way(document: Document, way: JsonObject) -> list[Credential]:
    schemes = document.schemes()
    return [c for name in way for c in _of_scheme(document, name, document.follow(schemes.get(name)))]


def _of_scheme(document: Document, name: str, scheme: Any) -> Iterator[Credential]:
    if not isinstance(scheme, dict):
        return
    kept, kind = _secret_name(document, name), str(scheme.get("type"))
    key, place = str(scheme.get("name") or ""), scheme.get("in")
    if kind == "apiKey" and key:
        if place == "cookie":
            yield Credential(name=kept, place="header", key="Cookie", written=f"{key}=…")
        else:
            yield Credential(name=kept, place="query" if place == "query" else "header", key=key)
    elif kind == "basic" or (kind == "http" and str(scheme.get("scheme")).lower() == "basic"):
        yield Credential(name=kept, place="basic", key="USER")
    elif kind in ("http", "oauth2", "openIdConnect"):
        word = str(scheme.get("scheme") or "bearer").capitalize() if kind == "http" else "Bearer"
        yield Credential(name=kept, place="header", key="Authorization", written=f"{word} …")


def _secret_name(document: Document, scheme: str) -> str:
    """A name that two APIs with an ``api_key`` each do not share."""
    api, own = snake(document.title), snake(scheme)
    return (own if own.startswith(api) else f"{api}_{own}")[:_LONGEST].strip("_")
