"""The base of every value in the domain: frozen, closed, and JSON in and out."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict, JsonValue

__all__ = ["JsonObject", "JsonValue", "Value", "content_hash"]

JsonObject = dict[str, JsonValue]


class Value(BaseModel):
    """A frozen value; unknown fields are refused, so a typo never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def content_hash(*parts: str) -> str:
    """Return the sha256 (hex) of the parts, each framed by its length so that parts cannot slide."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()
