"""One value that an operation takes: where it goes, how it is written, which values it admits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from domain.plan import FieldType
from domain.values import JsonObject, JsonValue
from generators.openapi.document import Document
from generators.openapi.samples import admits, retyped, sample
from generators.openapi.schemas import choices_of, field_type, one_line, shape
from generators.sources.naming import snake

_MOST_CHOICES: Final = 150
_LARGEST: Final = 2**53
_NOT_SENT: Final = ("user-agent", "content-length", "host")
_MEDIA: Final = ("accept", "content-type")
_FLAT: Final = (FieldType.DATE, FieldType.DATETIME, FieldType.URL)

Location = Literal["query", "path", "header", "cookie", "body"]
Encoding = Literal["plain", "csv", "pipes", "spaces", "repeat", "deep", "pairs", "json"]
_PLACES: Final[tuple[Location, ...]] = ("query", "path", "header", "cookie")


class BrokenOperation(Exception):
    """An operation that cannot become a tool; the text says why."""


@dataclass(frozen=True, kw_only=True)
class OperationParameter:
    """One value that an operation takes.

    ``name`` is the source's own (for location ``body`` a member's name, or empty for the whole body); ``sample`` a
    value that its schema admits, the document's own example where that fits.
    """

    name: str
    location: Location
    type: FieldType
    items: FieldType | None = None
    required: bool = False
    fixed: JsonValue = None
    usual: JsonValue = None
    choices: tuple[JsonValue, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    description: str = ""
    format: str = ""
    example: JsonValue = None
    sample: JsonValue = None
    encoding: Encoding = "plain"
    template: str = "{value}"

    @property
    def label(self) -> str:
        """The name in snake_case."""
        return snake(self.name.replace(".", "_")) if self.name else "body"


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a document says of a value beside its schema."""

    name: str
    place: Location
    required: bool
    text: str = ""
    encoding: Encoding = "plain"
    template: str = "{value}"
    examples: tuple[JsonValue, ...] = ()


def read_parameter(document: Document, about: JsonObject, path: str) -> OperationParameter | None:
    """Return a parameter of a path or an operation; None for what is not the tool's to send.

    Headers of every request are not, nor parts that the path lacks, nor the bodies of version 2.
    """
    name, place = str(about["name"]), about.get("in")
    location = next((known for known in _PLACES if known == place), None)
    if location is None or (location == "header" and name.lower() in _NOT_SENT):
        return None
    if location == "header" and name.lower() in _MEDIA:
        return _media_header(document, about, name)
    if location == "path" and "{" + name + "}" not in path:
        return None
    content = about.get("content")
    media = next(iter(content.values()), {}) if isinstance(content, dict) else {}
    inside = media.get("schema") if isinstance(media, dict) else None
    schema = about.get("schema") or inside or about
    shaped = shape(document, schema)
    encoding = "json" if isinstance(content, dict) and inside else encoding_of(document, about, shaped, location)
    said = Described(
        name=name,
        place=location,
        required=about.get("required") is True or location == "path",
        text=str(about.get("description") or shaped.get("description") or ""),
        encoding=encoding,
        template=_template(about, name) if location == "path" else "{value}",
        examples=tuple(_examples(document, about, media if isinstance(media, dict) else {})),
    )
    return described(document, schema, said)


def _media_header(document: Document, about: JsonObject, name: str) -> OperationParameter | None:
    """A header that names a content type: always the same, and sent where some source insists on it."""
    if about.get("required") is not True:
        return None
    shown = sample(document, about.get("schema") or about, about.get("example"))
    value = shown if isinstance(shown, str) and "/" in shown else "application/json"
    return OperationParameter(name=name, location="header", type=FieldType.STRING, required=True, fixed=value)


def described(document: Document, schema: Any, said: Described) -> OperationParameter:
    """Return the parameter of a schema."""
    shaped = shape(document, schema)
    kind = field_type(shaped)
    if kind is FieldType.OBJECT and said.place in ("path", "header", "cookie"):
        kind = FieldType.STRING
    kind = FieldType.STRING if kind in _FLAT else kind
    choices = tuple(c for c in choices_of(shaped) if _fits(kind, c))
    usual = retyped(shaped, shaped.get("default"))
    usual = usual if isinstance(usual, str | int | float | bool) and usual != "" and admits(shaped, usual) else None
    if isinstance(usual, str) and "://" in usual:
        usual = None  # an address in the code would be taken for a host that the tool asks
    listed = shaped.get("examples")
    shown = (*said.examples, shaped.get("example"), *(listed[:1] if isinstance(listed, list) else ()))
    listable = choices and len(choices) <= _MOST_CHOICES and kind in (FieldType.STRING, FieldType.INTEGER)
    return OperationParameter(
        name=said.name,
        location=said.place,
        type=kind,
        items=field_type(shape(document, shaped.get("items"))) if kind is FieldType.ARRAY else None,
        required=said.required,
        fixed=choices[0] if said.required and len(choices) == 1 else None,
        usual=usual if _fits(kind, usual) else None,
        choices=choices if listable else (),
        minimum=_bound(shaped, "minimum", kind),
        maximum=_bound(shaped, "maximum", kind),
        description=one_line(said.text, 300),
        format=str(shaped.get("format") or ""),
        example=next((e for e in shown if e not in (None, "", [], {})), None),
        sample=_sample(document, schema, kind, said.examples),
        encoding=said.encoding,
        template=said.template,
    )


def unique(parameters: Iterable[OperationParameter]) -> Iterator[OperationParameter]:
    """Yield the required ones first; the operation's own definition comes after the path's and wins."""
    kept = {(p.location, p.name): p for p in parameters}
    yield from sorted(kept.values(), key=lambda p: not p.required)


def encoding_of(document: Document, about: JsonObject, shaped: JsonObject, place: Location) -> Encoding:
    """Return how a list or an object is written."""
    kind = shaped.get("type")
    style, explode = str(about.get("style") or "form"), about.get("explode")
    if kind == "object" and place == "query":
        exploded = explode is not False
        return "deep" if style == "deepObject" else "pairs" if exploded else "csv"
    if kind != "array":
        return "plain"
    if place != "query":
        return "csv"
    if document.version.startswith("2"):
        written: dict[str, Encoding] = {"multi": "repeat", "pipes": "pipes", "ssv": "spaces", "tsv": "spaces"}
        return written.get(str(about.get("collectionFormat")), "csv")
    if style == "pipeDelimited" and explode is not True:
        return "pipes"
    if style == "spaceDelimited" and explode is not True:
        return "spaces"
    return "csv" if explode is False else "repeat"


def _template(about: JsonObject, name: str) -> str:
    """How a part of the path is written. Source: OpenAPI 3.1, style values (RFC 6570)."""
    return {"label": ".{value}", "matrix": f";{name}=" + "{value}"}.get(str(about.get("style")), "{value}")


def _examples(document: Document, *nodes: JsonObject) -> Iterator[JsonValue]:
    for node in nodes:
        yield node.get("example")
        several = node.get("examples")
        for entry in list(several.values())[:3] if isinstance(several, dict) else ():
            about = document.follow(entry)
            if isinstance(about, dict):
                yield about.get("value")
        yield node.get("x-example")


def _sample(document: Document, schema: Any, kind: FieldType, examples: tuple[JsonValue, ...]) -> JsonValue:
    """A value of the parameter's own type; an object that is written as text is JSON."""
    value = sample(document, schema, *examples)
    if kind is FieldType.STRING and not isinstance(value, str):
        return "text" if isinstance(value, dict | list) or value is None else str(value)
    return value


def _fits(kind: FieldType, value: JsonValue) -> bool:
    if kind is FieldType.INTEGER:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is FieldType.NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is FieldType.BOOLEAN:
        return isinstance(value, bool)
    return isinstance(value, str) if kind is FieldType.STRING else False


def _bound(shaped: JsonObject, name: str, kind: FieldType) -> float | None:
    value = shaped.get(name)
    numeric = kind in (FieldType.INTEGER, FieldType.NUMBER)
    if not numeric or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < _LARGEST else None
