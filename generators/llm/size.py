"""How large a request is before it is sent, and the first form of it that fits."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable

from generators.llm.values import ModelRequest, Picture

CHARACTERS_PER_TOKEN = 4  # of instructions, page text and code as they go over the wire
_PIXELS_PER_TOKEN = 750  # Anthropic's vision guide
_PICTURE_TOKENS = 1_600  # of a picture whose size cannot be read
_PNG = b"\x89PNG\r\n\x1a\n"


def tokens_of(request: ModelRequest) -> int:
    """Return about how many input tokens a request takes: its text, its schema, its pictures by their area."""
    text = [request.system, *(turn.text for turn in request.turns)]
    schema = len(json.dumps(request.schema)) if request.schema is not None else 0
    characters = sum(len(json.dumps(part)) for part in text) + schema
    return characters // CHARACTERS_PER_TOKEN + sum(map(_picture_tokens, request.pictures))


def fitting(forms: Iterable[Callable[[], ModelRequest]], most_tokens: int | None) -> ModelRequest:
    """Return the first form of a request within the limit, else the last; the fullest form comes first.

    What is left out is decided by whoever makes the forms: whole parts, never a text cut in its middle.
    """
    request: ModelRequest | None = None
    for form in forms:
        request = form()
        if most_tokens is None or tokens_of(request) <= most_tokens:
            return request
    assert request is not None, "a request has at least one form"
    return request


def _picture_tokens(picture: Picture) -> int:
    if not picture.data.startswith(_PNG) or len(picture.data) < 24:
        return _PICTURE_TOKENS
    width, height = struct.unpack(">II", picture.data[16:24])
    return int(width * height // _PIXELS_PER_TOKEN)
