"""Secrets of owners: kept in files of their own, added by the broker to requests for one host, redacted everywhere.

A file per owner in the given folder, readable by this user alone. A value never enters a child, a
run, a log or the registry: the broker takes it out of whatever a site sends back, also in its
URL-encoded, JSON-escaped, HTML-escaped and base64 forms. What this does not stop: a site that returns a secret
encrypted or reversed, and values shorter than four characters, which are refused.
"""

from __future__ import annotations

import base64
import contextlib
import html
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import quote, quote_plus

from pydantic import TypeAdapter, ValidationError

from domain.errors import SettingsProblem
from domain.values import JsonValue, Value, content_hash

SHORTEST = 4
MARK = "[secret]"

Place = Literal["header", "query", "basic", "form"]
V = TypeVar("V", bound=Value)


class Secret(Value):
    """One secret. ``key`` is the header's or the query parameter's name; for basic and form it is the user's name.

    ``host`` is the exact host that may see it.
    """

    name: str
    host: str
    place: Place
    key: str
    value: str

    def __repr__(self) -> str:
        return f"Secret(name={self.name!r}, host={self.host!r}, place={self.place!r})"

    __str__ = __repr__


_FILE = TypeAdapter(dict[str, Secret])


class SecretStore:
    """The secrets below one folder (or none, for a store that is always empty)."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._kept: dict[str, tuple[int, dict[str, Secret]]] = {}

    def add(self, owner: str, secret: Secret) -> None:
        """Keep a secret, replacing one of the same name.

        Raises:
            SettingsProblem: there is no folder, or name, host, key or value cannot be used.
        """
        _require_usable(secret)
        self._write(owner, {**self._read(owner), secret.name: secret})

    def remove(self, owner: str, name: str) -> bool:
        """Forget a secret; False when there was none."""
        kept = dict(self._read(owner))
        if kept.pop(name, None) is None:
            return False
        self._write(owner, kept)
        return True

    def names(self, owner: str) -> tuple[tuple[str, str, Place], ...]:
        """Return name, host and place of every secret, never values."""
        return tuple((s.name, s.host, s.place) for s in sorted(self._read(owner).values(), key=lambda s: s.name))

    def allowed(self, owner: str, names: Iterable[str]) -> tuple[Secret, ...]:
        """Return the owner's secrets of these names."""
        wanted = tuple(names)
        if not wanted:
            return ()
        kept = self._read(owner)
        return tuple(kept[name] for name in wanted if name in kept)

    def _path(self, owner: str) -> Path:
        if self._folder is None:
            raise SettingsProblem("No folder for secrets is set.")
        return self._folder / f"{content_hash(owner)[:32]}.json"

    def _read(self, owner: str) -> dict[str, Secret]:
        if self._folder is None:
            return {}
        path = self._path(owner)
        try:
            status = path.stat()
        except FileNotFoundError:
            return {}
        if status.st_mode & 0o077 or status.st_uid != os.geteuid():
            raise SettingsProblem(
                "The secrets file can be read by others, so it is not used.", remedy=f"Run: chmod 600 {path}"
            )
        kept = self._kept.get(owner)
        if kept is None or kept[0] != status.st_mtime_ns:
            try:
                kept = (status.st_mtime_ns, _FILE.validate_json(path.read_bytes()))
            except ValidationError as error:
                raise SettingsProblem("The secrets file is damaged.", remedy="Set the secrets again.") from error
            self._kept[owner] = kept
        return kept[1]

    def _write(self, owner: str, secrets: dict[str, Secret]) -> None:
        path = self._path(owner)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # made with mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_FILE.dump_json(secrets))
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(temporary).unlink()
            raise
        self._kept.pop(owner, None)


def _require_usable(secret: Secret) -> None:
    text = secret.key + secret.value
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise SettingsProblem(f"Secret {secret.name} has control characters in its key or value.")
    if len(secret.value) < SHORTEST:
        raise SettingsProblem(
            f"Secret {secret.name} is shorter than {SHORTEST} characters and could not be redacted.",
            remedy="Use a longer secret.",
        )
    if not secret.name or not secret.host or secret.host != secret.host.lower() or "/" in secret.host:
        raise SettingsProblem("A secret needs a name and a host in lower case, without scheme or path.")
    if secret.place == "form" and re.fullmatch(r"[a-z0-9_]{1,40}", secret.name) is None:
        raise SettingsProblem(
            f"{secret.name!r} cannot name a form's credential.", remedy="Use lower-case letters, digits and _."
        )
    if secret.place != "basic" and not secret.key:
        raise SettingsProblem(f"Secret {secret.name} needs the name of its {secret.place}.")


class Redactor:
    """Takes secrets out of text, bytes and JSON values; without secrets it returns what it is given."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        forms: set[str] = set()
        for secret in secrets:
            forms |= _forms(secret)
        self._texts = tuple(sorted(forms, key=len, reverse=True))
        self._bytes = tuple(form.encode() for form in self._texts)

    def text(self, text: str) -> str:
        """Return the text with every secret replaced by a mark."""
        for form in self._texts:
            if form in text:
                text = text.replace(form, MARK)
        return text

    def data(self, data: bytes) -> bytes:
        """Return the bytes (in UTF-8 or ASCII) with every secret replaced by a mark."""
        for form in self._bytes:
            if form in data:
                data = data.replace(form, MARK.encode())
        return data

    def json(self, value: JsonValue) -> JsonValue:
        """Return the JSON value with every secret replaced in texts and in names."""
        if not self._texts:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(item) for item in value]
        if isinstance(value, dict):
            return {self.text(name): self.json(item) for name, item in value.items()}
        return value

    def value(self, value: V) -> V:
        """Return a model with every secret replaced in its texts."""
        return type(value).model_validate(self.json(value.model_dump(mode="json"))) if self._texts else value

    def message(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return a message of a browser's protocol without secrets, also inside what it carries as base64."""
        if not self._texts:
            return message
        result = message.get("result")
        if isinstance(result, dict) and isinstance(result.get("binary"), str):
            clean = base64.b64encode(self.data(base64.b64decode(result["binary"]))).decode()
            return {**message, "result": {**result, "binary": clean}}
        clean_message = self.json(message)
        return clean_message if isinstance(clean_message, dict) else {}


def _forms(secret: Secret) -> set[str]:
    """Return the spellings under which a site may send a secret back."""
    plain = {secret.value}
    if secret.place == "basic":
        plain.add(f"{secret.key}:{secret.value}")
    forms: set[str] = set()
    for value in plain:
        data = value.encode()
        forms |= {value, quote(value), quote(value, safe=""), quote_plus(value), data.hex()}
        forms |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
        escaped = html.escape(value)
        forms |= {
            escaped,
            html.escape(value, quote=False),
            escaped.replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),
        }
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            forms |= set(_aligned(data, encode))
    return {form for form in forms if len(form) >= SHORTEST}


def _aligned(data: bytes, encode: Callable[[bytes], bytes]) -> Iterable[str]:
    """Yield the base64 text that does not depend on what stands before and after the value."""
    for lead in range(3):
        text = encode(bytes(lead) + data).decode()
        start = (lead * 8 + 5) // 6
        end = (lead + len(data)) * 8 // 6
        if end - start >= 6:
            yield text[start:end]
