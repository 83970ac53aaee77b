"""Addresses and query strings, as far as workflows need them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from sandbox.facade.http.errors import InvalidURL, UnsupportedProtocol

_SAFE = "!$%&'()*+,/:;=?@[]~-._#"


class QueryParams:
    """Query parameters in order. Values of None become empty, lists repeat the name."""

    def __init__(self, params: Any = None) -> None:
        self.pairs: tuple[tuple[str, str], ...] = tuple(_pairs(params))

    def get(self, key: str, default: Any = None) -> Any:
        """Return the first value of a name."""
        return next((value for name, value in self.pairs if name == key), default)

    def get_list(self, key: str) -> list[str]:
        """Return all values of a name."""
        return [value for name, value in self.pairs if name == key]

    def multi_items(self) -> list[tuple[str, str]]:
        """Return all pairs."""
        return list(self.pairs)

    def items(self) -> list[tuple[str, str]]:
        """Return the pairs, the first of each name."""
        return list(dict(reversed(self.pairs)).items())

    def keys(self) -> list[str]:
        """Return the names."""
        return list(dict.fromkeys(name for name, _ in self.pairs))

    def set(self, key: str, value: Any) -> QueryParams:
        """Return these parameters with one replaced."""
        return QueryParams([*((n, v) for n, v in self.pairs if n != key), *_pairs({key: value})])

    def add(self, key: str, value: Any) -> QueryParams:
        """Return these parameters with one more."""
        return QueryParams([*self.pairs, *_pairs({key: value})])

    def merge(self, params: Any) -> QueryParams:
        """Return these parameters, overlaid with others."""
        other = QueryParams(params)
        names = set(other.keys())
        return QueryParams([*((n, v) for n, v in self.pairs if n not in names), *other.pairs])

    def __getitem__(self, key: str) -> str:
        for name, value in self.pairs:
            if name == key:
                return value
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(name == key for name, _ in self.pairs)

    def __iter__(self) -> Any:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.pairs)

    def __str__(self) -> str:
        return urlencode(self.pairs)


class URL:
    """An address in its parts; ``str(url)`` is the text."""

    def __init__(self, url: str | URL, *, params: Any = None) -> None:
        text = str(url)
        try:
            parts = urlsplit(text)
            self.port = parts.port
        except ValueError as problem:
            raise InvalidURL(f"{text[:200]!r} is no address: {problem}") from None
        self.text = with_params(text, params) if params is not None else text
        self.scheme = parts.scheme
        self.host = parts.hostname or ""
        self.path = parts.path or "/"
        self.fragment = parts.fragment
        self.query = urlsplit(self.text).query.encode()

    @property
    def params(self) -> QueryParams:
        """The query's parameters."""
        return QueryParams(self.query.decode())

    def join(self, url: str | URL) -> URL:
        """Return an address relative to this one."""
        return URL(urljoin(self.text, str(url)))

    def copy_merge_params(self, params: Any) -> URL:
        """Return this address with further parameters."""
        return URL(self.text, params=self.params.merge(params))

    def copy_set_param(self, key: str, value: Any) -> URL:
        """Return this address with one parameter replaced."""
        return URL(self.text, params=self.params.set(key, value))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"URL({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return str(other) == self.text if isinstance(other, str | URL) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)


def absolute(url: str | URL, base: str, params: Any) -> str:
    """Return the address of a request, encoded.

    Raises:
        UnsupportedProtocol: not http or https.
        InvalidURL: no address at all.
    """
    text = str(url)
    if base and "://" not in text.split("?", 1)[0]:
        text = base.rstrip("/") + "/" + text.lstrip("/")
    if params is not None:
        text = with_params(text, params)
    if not text.startswith(("https://", "http://")):
        if _scheme(text) in {"http", "https"}:
            return text
        raise UnsupportedProtocol(f"an address that begins with http:// or https:// is needed, not {text[:200]!r}")
    return text if text.isascii() and " " not in text else _encoded(text)


def with_params(text: str, params: Any) -> str:
    """Return the address with these parameters in place of its query, as httpx does; none leaves it alone."""
    pairs = params.pairs if isinstance(params, QueryParams) else _pairs(params)
    query = urlencode(pairs)
    if not query:
        return text
    bare, _, fragment = text.partition("#")
    return bare.partition("?")[0] + "?" + query + ("#" + fragment if fragment else "")


def _pairs(params: Any) -> list[tuple[str, str]]:
    if params is None:
        return []
    if isinstance(params, QueryParams):
        return list(params.pairs)
    if isinstance(params, str | bytes):
        text = params.decode() if isinstance(params, bytes) else params
        return parse_qsl(text.removeprefix("?"), keep_blank_values=True)
    items: Iterable[tuple[Any, Any]] = params.items() if isinstance(params, Mapping) else params
    pairs: list[tuple[str, str]] = []
    for name, value in items:
        values = value if isinstance(value, list | tuple) else (value,)
        pairs.extend((str(name), _text(one)) for one in values)
    return pairs


def _text(value: Any) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    return "" if value is None else str(value)


def _scheme(text: str) -> str:
    try:
        return urlsplit(text).scheme
    except ValueError as problem:
        raise InvalidURL(f"{text[:200]!r} is no address: {problem}") from None


@lru_cache(maxsize=256)
def _encoded(text: str) -> str:
    try:
        parts = urlsplit(text)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    except (ValueError, UnicodeError) as problem:
        raise InvalidURL(f"{text[:200]!r} is no address: {problem}") from None
    return urlunsplit(
        (parts.scheme, host, quote(parts.path, _SAFE), quote(parts.query, _SAFE), quote(parts.fragment, _SAFE))
    )
