"""What an operation answers: rows of JSON where the document describes them, else the answer taken whole."""

from __future__ import annotations

from typing import Any, Final

from domain.observation import Column
from domain.plan import FieldType
from domain.values import JsonObject
from generators.openapi.document import Document
from generators.openapi.parameters import BrokenOperation
from generators.openapi.schemas import ONE, Answer, answer_of, field_type, shape

__all__ = ["Answer", "read_answer"]

_WHOLE: Final = (
    ("status", FieldType.INTEGER, "The status of the answer."),
    ("content_type", FieldType.STRING, "What kind of content the answer has."),
    ("content", FieldType.STRING, "The content as the source sent it; none where it sent none."),
    ("encoding", FieldType.STRING, "base64 where the content is no text."),
)


def read_answer(document: Document, node: JsonObject, last: str, *, item: bool, bodiless: bool = False) -> Answer:
    """Return what the first good response of an operation holds.

    ``last`` is the path's last name, ``item`` says that it asks for one thing, ``bodiless`` that no body can come.

    Raises:
        BrokenOperation: the operation names no responses.
    """
    answers = node.get("responses")
    if not isinstance(answers, dict) or not answers:
        raise BrokenOperation("it names no responses")
    about = document.follow(answers[_good(answers)]) if _good(answers) else None
    schema, media, several = _content(document, node, about) if isinstance(about, dict) else (None, "", False)
    kind = str(shape(document, schema).get("type") or "")
    readable = "json" in media or media in ("", "*/*", "application/*")
    accept = media if "*" not in media and (several or media not in ("", "application/json")) else ""
    if bodiless or kind not in ("object", "array") or not readable:
        return _taken_whole(document, schema, accept)
    found = answer_of(document, schema, last, item=item)
    return Answer(records=found.records, columns=found.columns, single=found.single, media=media, accept=accept)


def _good(answers: JsonObject) -> str:
    """The lowest status of success: a plain one, a range, or the default."""
    good = sorted(str(k) for k in answers if str(k).upper().startswith("2"))
    return next(iter(good), "default" if "default" in answers else "")


def _taken_whole(document: Document, schema: Any, accept: str) -> Answer:
    kind = field_type(shape(document, schema)) if schema else FieldType.STRING
    simple = (FieldType.INTEGER, FieldType.NUMBER, FieldType.BOOLEAN)
    columns = tuple(
        Column(
            name=name,
            locator=name,
            type=kind if name == "content" and kind in simple else type_,
            fill=0.9,
            label=label,
        )
        for name, type_, label in _WHOLE
    )
    return Answer(records=ONE, columns=columns, single=True, media=accept, accept=accept, whole=True)


def _content(document: Document, node: JsonObject, about: JsonObject) -> tuple[Any, str, bool]:
    """Schema and media type of a response, and whether there are further types to choose from."""
    if document.version.startswith("2"):
        made = node.get("produces") or document.root.get("produces") or ["application/json"]
        kinds = [str(m) for m in made] if isinstance(made, list) else ["application/json"]
        media = _preferred(kinds)
        return about.get("schema"), media, len(kinds) > 1
    content = about.get("content")
    if not isinstance(content, dict) or not content:
        return None, "", False
    media = _preferred([str(m) for m in content])
    part = content.get(media)
    return (part.get("schema") if isinstance(part, dict) else None), media, len(content) > 1


def _preferred(kinds: list[str]) -> str:
    json_kinds = [k for k in kinds if "json" in k.lower()]
    plain = [k for k in json_kinds if k.split(";")[0].strip().lower() == "application/json"]
    return next(iter((*plain, *json_kinds, *kinds)))
