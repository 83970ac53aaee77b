"""Requests and answers."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from sandbox.facade.http.charset import text_of
from sandbox.facade.http.errors import HTTPStatusError
from sandbox.facade.http.settings import REASONS
from sandbox.facade.http.urls import URL

_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^,;\"]*))*)")
_LINK_PART = re.compile(r";\s*([\w*-]+)\s*=\s*(?:\"([^\"]*)\"|([^,;\"]*))")
Pairs = list[list[str]]


class Headers:
    """Header fields, their names without case. A repeated field reads as its values joined by ", "."""

    def __init__(self, headers: Any = None) -> None:
        self._pairs: Pairs = []
        items: Iterable[Any] = headers.items() if isinstance(headers, Mapping | Headers) else headers or ()
        self._pairs.extend([str(name).lower(), str(value)] for name, value in items)

    def get(self, key: str, default: Any = None) -> Any:
        """Return a field's value."""
        values = self.get_list(key)
        return ", ".join(values) if values else default

    def get_list(self, key: str) -> list[str]:
        """Return every value of a field."""
        name = key.lower()
        return [value for field, value in self._pairs if field == name]

    def update(self, headers: Any) -> None:
        """Set these fields."""
        for name, value in Headers(headers).multi_items():
            self[name] = value

    def items(self) -> list[tuple[str, str]]:
        """Return the fields with their joined values."""
        return [(name, self[name]) for name in self.keys()]

    def multi_items(self) -> list[tuple[str, str]]:
        """Return every field as it came."""
        return [(name, value) for name, value in self._pairs]

    def keys(self) -> list[str]:
        """Return the names."""
        return list(dict.fromkeys(name for name, _ in self._pairs))

    def values(self) -> list[str]:
        """Return the joined values."""
        return [value for _, value in self.items()]

    def __getitem__(self, key: str) -> str:
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        return str(value)

    def __setitem__(self, key: str, value: str) -> None:
        self._pairs = [*(pair for pair in self._pairs if pair[0] != key.lower()), [key.lower(), str(value)]]

    def __delitem__(self, key: str) -> None:
        self._pairs = [pair for pair in self._pairs if pair[0] != key.lower()]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and any(name == key.lower() for name, _ in self._pairs)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self._pairs)


class Cookies(dict[str, str]):
    """Cookies of one run, by name. Those that sites set are kept by the broker for the run."""

    def set(self, name: str, value: str, domain: str = "", path: str = "/") -> None:
        """Set a cookie; domain and path are accepted for compatibility."""
        del domain, path
        self[name] = value


class Request:
    """What was asked."""

    def __init__(self, method: str, url: str | URL, headers: Headers | None = None, content: bytes = b"") -> None:
        self.method = method.upper()
        self.address = str(url)
        self.headers = headers if headers is not None else Headers()
        self.content = content

    @property
    def url(self) -> URL:
        """The address."""
        return URL(self.address)

    def __repr__(self) -> str:
        return f"<Request({self.method!r}, {self.address!r})>"


class Response:
    """What was answered; the body is read in full."""

    __slots__ = ("_address", "_headers", "_pairs", "_text", "content", "encoding", "history", "request", "status_code")

    def __init__(
        self, status_code: int, *, headers: Pairs, content: bytes, request: Request, url: str = "", hops: Any = ()
    ) -> None:
        self.status_code = status_code
        self.content = content
        self.request = request
        self.encoding: str | None = None
        self.history = [
            Response(status, headers=[], content=b"", request=request, url=address) for status, address in hops
        ]
        self._pairs = headers
        self._address = url or request.address
        self._headers: Headers | None = None
        self._text: str | None = None

    @property
    def headers(self) -> Headers:
        """Header fields."""
        if self._headers is None:
            self._headers = Headers(self._pairs)
        return self._headers

    @property
    def url(self) -> URL:
        """The final address."""
        return URL(self._address)

    @property
    def text(self) -> str:
        """The body as text, by its byte order mark, the header, what the page declares, or UTF-8."""
        if self._text is None:
            self._text = self._decoded()
        return self._text

    @property
    def charset_encoding(self) -> str | None:
        """The charset of the header."""
        found = _CHARSET.search(self.headers.get("content-type", ""))
        return found.group(1) if found else None

    def json(self, **options: Any) -> Any:
        """Return the body as JSON; ValueError (``json.JSONDecodeError``) when it is none."""
        del options
        try:
            return json.loads(self.content)
        except UnicodeDecodeError:
            return json.loads(self.text)

    def read(self) -> bytes:
        """Return the body."""
        return self.content

    async def aread(self) -> bytes:
        """Return the body."""
        return self.content

    def iter_lines(self) -> Iterator[str]:
        """Yield the lines of the body, without their ends."""
        yield from self.text.splitlines()

    async def aiter_lines(self) -> AsyncIterator[str]:
        """Yield the lines of the body, without their ends."""
        for line in self.text.splitlines():
            yield line

    async def aiter_text(self, chunk_size: int | None = None) -> AsyncIterator[str]:
        """Yield the body's text in pieces."""
        size = chunk_size or len(self.text) or 1
        for at in range(0, len(self.text), size):
            yield self.text[at : at + size]

    async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """Yield the body in pieces."""
        size = chunk_size or len(self.content) or 1
        for at in range(0, len(self.content), size):
            yield self.content[at : at + size]

    def close(self) -> None:
        """Do nothing: the body is read already."""

    async def aclose(self) -> None:
        """Do nothing: the body is read already."""

    def raise_for_status(self) -> Response:
        """Return the answer itself, or raise HTTPStatusError for a status that is no success."""
        if self.is_success:
            return self
        raise HTTPStatusError(
            f"{self.status_code} {self.reason_phrase} for url '{self._address}'", request=self.request, response=self
        )

    @property
    def reason_phrase(self) -> str:
        """The status in words."""
        return REASONS.get(self.status_code, "")

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status_code <= 299

    @property
    def is_redirect(self) -> bool:
        """Whether the status is 3xx."""
        return 300 <= self.status_code <= 399

    @property
    def has_redirect_location(self) -> bool:
        """Whether a redirect says where to."""
        return self.is_redirect and "location" in self.headers

    @property
    def is_client_error(self) -> bool:
        """Whether the status is 4xx."""
        return 400 <= self.status_code <= 499

    @property
    def is_server_error(self) -> bool:
        """Whether the status is 5xx."""
        return 500 <= self.status_code <= 599

    @property
    def is_error(self) -> bool:
        """Whether the status is 4xx or 5xx."""
        return 400 <= self.status_code <= 599

    @property
    def cookies(self) -> Cookies:
        """Cookies that this answer sets."""
        pairs = (value.split(";", 1)[0].split("=", 1) for value in self.headers.get_list("set-cookie"))
        return Cookies({pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) == 2})

    @property
    def links(self) -> dict[str, dict[str, str]]:
        """The Link header by relation: ``response.links["next"]["url"]``."""
        links: dict[str, dict[str, str]] = {}
        for address, rest in _LINK.findall(self.headers.get("link", "")):
            link = {"url": address.strip()}
            link.update({name: quoted or plain.strip() for name, quoted, plain in _LINK_PART.findall(rest)})
            links[link.get("rel") or link["url"]] = link
        return links

    def __repr__(self) -> str:
        return f"<Response [{self.status_code} {self.reason_phrase}]>"

    def _decoded(self) -> str:
        if self.encoding is not None:
            try:
                return self.content.decode(self.encoding, "replace").removeprefix("\ufeff")
            except LookupError:
                pass  # a name that nobody knows says nothing
        return text_of(self.content, self.headers.get("content-type", ""))
