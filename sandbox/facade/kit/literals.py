"""Reading a JavaScript literal (object, array, text, number) without running it."""

from __future__ import annotations

import re
from typing import Any

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None, "Infinity": None}
_DEEPEST = 200


class LiteralProblem(ValueError):
    """What stands there is no literal."""


def read_literal(text: str, position: int) -> Any:
    """Return the value of the literal that begins at a position.

    Understood: JSON, unquoted and single-quoted keys, template texts without expressions, trailing commas,
    comments, ``undefined``, ``!0``, ``void 0``, hexadecimal numbers, ``new Date("…")`` (its argument).

    Raises:
        LiteralProblem: anything else, such as a call or a variable.
    """
    value, _ = _value(text, position, 0)
    return value


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    if depth > _DEEPEST:
        raise LiteralProblem("nested too deeply")
    at = _skip(text, at)
    head = text[at : at + 1]
    if head == "{":
        return _object(text, at + 1, depth)
    if head == "[":
        return _array(text, at + 1, depth)
    if head in {'"', "'", "`"} and head:
        return _string(text, at, head)
    if head == "!":
        value, at = _value(text, at + 1, depth + 1)
        return not value, at
    return _scalar(text, at, depth)


def _scalar(text: str, at: int, depth: int) -> tuple[Any, int]:
    number = _NUMBER.match(text, at)
    if number:
        digits = number.group()
        if "x" in digits.lower():
            return int(digits, 16), number.end()
        return (float(digits) if re.search(r"[.eE]", digits) else int(digits[:300])), number.end()
    word = _IDENTIFIER.match(text, at)
    if word and word.group() in _WORDS:
        return _WORDS[word.group()], word.end()
    if word and word.group() == "void":
        return None, _value(text, word.end(), depth + 1)[1]
    dated = re.compile(r"new\s+Date\(").match(text, at)
    if dated:
        value, at = _value(text, dated.end(), depth + 1)
        return value, _expect(text, at, ")")
    raise LiteralProblem(f"no literal at character {at}")


def _object(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return found, at + 1
        key, at = _key(text, at)
        found[key], at = _value(text, _expect(text, at, ":"), depth + 1)
        at = _separator(text, at, "}")


def _key(text: str, at: int) -> tuple[str, int]:
    head = text[at : at + 1]
    if head and head in "\"'`":
        return _string(text, at, head)
    word = _IDENTIFIER.match(text, at) or _NUMBER.match(text, at)
    if not word:
        raise LiteralProblem(f"no key at character {at}")
    return word.group(), word.end()


def _array(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return found, at + 1
        value, at = _value(text, at, depth + 1)
        found.append(value)
        at = _separator(text, at, "]")


def _string(text: str, at: int, quote: str) -> tuple[str, int]:
    end = at + 1
    while True:
        end = text.find(quote, end)
        if end < 0:
            raise LiteralProblem(f"text without end at character {at}")
        escapes = len(text[at + 1 : end]) - len(text[at + 1 : end].rstrip("\\"))
        if escapes % 2 == 0:
            break
        end += 1
    raw = text[at + 1 : end]
    if quote == "`" and "${" in raw:
        raise LiteralProblem("a template with expressions")
    return (_ESCAPE.sub(_unescaped, raw) if "\\" in raw else raw), end + 1


def _unescaped(found: re.Match[str]) -> str:
    code = found.group(1) or found.group(2) or found.group(3)
    if code:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    character = found.group(4)
    return _CONTROLS.get(character, character)


def _separator(text: str, at: int, closing: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] == ",":
        return at + 1
    if text[at : at + 1] == closing:
        return at
    raise LiteralProblem(f"no comma or {closing} at character {at}")


def _expect(text: str, at: int, token: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != token:
        raise LiteralProblem(f"no {token} at character {at}")
    return at + 1


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
