"""An API description as a tree: its text read, its references followed, its address and credentials told.

Owns what is common to OpenAPI 2, 3.0 and 3.1; operations and schemas are read elsewhere.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

import yaml

from domain.errors import InvalidQuery
from domain.values import JsonObject, JsonValue

MAX_TEXT: Final = 30_000_000
_MAX_HOPS: Final = 20
_OUTERMOST: Final = 400
"""Hops along references, and levels of nesting, beyond which a document is taken to be circular or hostile."""


class _Loader(yaml.CSafeLoader):
    """YAML as JSON knows it: dates stay text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, kw_only=True)
class Document:
    """A loaded description. ``version`` is "2.0", "3.0.1" …; ``url`` is where it was read, or empty."""

    root: JsonObject
    url: str
    version: str
    shapes: dict[int, JsonObject] = field(default_factory=dict, compare=False, repr=False)
    """Schemas that were read already, by identity: documents share them by reference."""
    pins: list[JsonObject] = field(default_factory=list, compare=False, repr=False)
    """The schemas behind those identities, kept so that no other object gets one of them."""

    @property
    def title(self) -> str:
        """The API's own name, or its host."""
        info = self.root.get("info")
        title = info.get("title") if isinstance(info, dict) else None
        return str(title or urlsplit(self.base_url()).hostname or "API")

    def base_url(self, override: str = "") -> str:
        """Return the address that paths are added to, without a slash at its end; ``override`` wins."""
        if override:
            return override.rstrip("/")
        address = self._server()
        found = urljoin(self.url, address) if self.url else address
        if found.startswith("//"):
            found = f"https:{found}"
        return found.rstrip("/")

    def near(self, site: str) -> str:
        """Return the base address for a site that published the document: its own server, on the site's host.

        Descriptions written for production name other hosts than the one that serves them.
        """
        base = urlsplit(self.base_url())
        here = urlsplit(site)
        related = base.hostname and here.hostname and _related(base.hostname, here.hostname)
        if base.scheme in ("http", "https") and related and (base.port == here.port or base.hostname != here.hostname):
            return self.base_url()
        return f"{here.scheme}://{here.netloc}{base.path.rstrip('/')}"

    def _server(self) -> str:
        if self.version.startswith("2"):
            schemes = self.root.get("schemes")
            scheme = next((s for s in ("https", "http") if isinstance(schemes, list) and s in schemes), "")
            host, path = str(self.root.get("host") or ""), str(self.root.get("basePath") or "")
            return f"{scheme + ':' if scheme else ''}//{host}{path}" if host else path
        servers = self.root.get("servers")
        first = servers[0] if isinstance(servers, list) and servers else None
        return filled_server(first) if isinstance(first, dict) else ""

    def follow(self, node: Any) -> Any:
        """Return the node that a reference leads to; None when it leads nowhere, outside or in a circle."""
        for _ in range(_MAX_HOPS):
            if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
                return node
            node = self._at(node["$ref"])
        return None

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#"):
            return None
        node: Any = self.root
        for part in reference[1:].strip("/").split("/") if reference != "#" else ():
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict) and name in node:
                node = node[name]
            elif isinstance(node, list) and name.isdigit() and int(name) < len(node):
                node = node[int(name)]
            else:
                return None
        return node

    def schemes(self) -> JsonObject:
        """Return the security schemes by name."""
        if self.version.startswith("2"):
            found = self.root.get("securityDefinitions")
        else:
            parts = self.root.get("components")
            found = parts.get("securitySchemes") if isinstance(parts, dict) else None
        return found if isinstance(found, dict) else {}


def filled_server(server: JsonObject) -> str:
    """Return a server's address with its variables at their defaults; a comma or blank is no address."""
    url = str(server.get("url") or "")
    variables = server.get("variables")
    for name, about in (variables if isinstance(variables, dict) else {}).items():
        default = about.get("default") if isinstance(about, dict) else ""
        url = url.replace("{" + name + "}", str(default or ""))
    return url if re.match(r"(https?:)?/", url) else ""


@lru_cache(maxsize=4)
def load(text: str, url: str = "") -> Document:
    """Return the description in a text, JSON or YAML.

    Raises:
        InvalidQuery: it is too large, neither JSON nor YAML, or describes no API.
    """
    if len(text) > MAX_TEXT:
        raise InvalidQuery("The API document is too large.", remedy="Give a part of it.")
    root = _parsed(text)
    version = str(root.get("openapi") or root.get("swagger") or "") if isinstance(root, dict) else ""
    if not isinstance(root, dict) or not isinstance(root.get("paths"), dict) or not version:
        raise InvalidQuery(
            "This is no OpenAPI document: it has no version or no paths.",
            remedy="Give an OpenAPI 2, 3.0 or 3.1 document in JSON or YAML.",
        )
    return Document(root=root, url=url, version=version)


def _parsed(text: str) -> JsonValue:
    try:
        if text.lstrip()[:1] == "{":
            value: JsonValue = json.loads(text)
            return value
        loaded: JsonValue = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with fewer types
    except (ValueError, yaml.YAMLError, RecursionError) as problem:
        raise InvalidQuery("The API document is neither JSON nor YAML.") from problem
    return loaded if _shallow(loaded) else None


def _shallow(value: Any) -> bool:
    """Whether the nesting is bounded; YAML can refer to itself."""
    level: list[Any] = [value]
    seen: set[int] = set()
    for _ in range(_OUTERMOST):
        below = []
        for node in level:
            if isinstance(node, dict | list) and id(node) not in seen:
                seen.add(id(node))
                below += list(node.values()) if isinstance(node, dict) else node
        if not below:
            return True
        level = below
    return False


def _related(one: str, other: str) -> bool:
    return one == other or one.endswith("." + other.removeprefix("www.")) or other.endswith("." + one)
