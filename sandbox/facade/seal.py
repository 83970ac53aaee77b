"""Preparing a process that will run workflows: load everything, then shut what Python leaves open."""

from __future__ import annotations

import dis
import importlib
import io
import typing
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any
from zoneinfo import _common

import pydantic
from pydantic._internal._config import ConfigWrapper
from pydantic_core import core_schema

from sandbox.facade.guards import INSPECTION, MODULE_NAME, get_attribute, is_plain_annotation


def warm() -> None:
    """Load what a child without files needs later: time zones, pydantic's builders, codecs.

    Call it once in the zygote, before ``seal``. Places are not among them: they would be a third of the image, and
    few workflows name any (see sandbox.places).
    """
    importlib.import_module("_strptime")  # strptime imports it on first use
    import encodings.idna  # noqa: F401, PLC0415 - the same for addresses

    import pydantic._internal._dataclasses  # noqa: PLC0415 - the same for model_json_schema
    import pydantic.json_schema  # noqa: F401, PLC0415 - the same

    _ship_zones()
    _exercise()


def seal() -> None:
    """Shut the ways in which libraries would evaluate text for a workflow. Irreversible, for the whole process.

    ``typing`` (and so pydantic) evaluates annotations in quotes; afterwards only plain type names are. Models no
    longer read the attributes of objects by names that are given as text.
    It does not stop native code; that is the jail's part.
    """
    typing.__dict__["eval"] = _plain_eval
    pydantic.BaseModel.model_validate = classmethod(_model_validate)  # type: ignore[assignment]  # the same arguments
    ConfigWrapper.core_config = _core_config  # type: ignore[method-assign]  # the same arguments
    core_schema.tagged_union_schema = _tagged_union  # the same arguments


def _plain_eval(code: Any, *namespaces: Any) -> Any:
    """Evaluate what ``typing`` compiled from an annotation, when it only names types."""
    if not isinstance(code, CodeType) or not _names_types(code, namespaces):
        raise NameError("an annotation in quotes may only name types")
    return eval(code, *namespaces)  # noqa: S307 - the one place where plain annotations are looked up


_configured = ConfigWrapper.core_config


def _core_config(self: ConfigWrapper, title: str | None) -> Any:
    config = _configured(self, title)
    config.pop("from_attributes", None)
    return config


_tagged = core_schema.tagged_union_schema


def _tagged_union(choices: Any, discriminator: Any, **options: Any) -> core_schema.TaggedUnionSchema:
    """Choose among models by an item of a dict or an attribute, but by no attribute that code itself may not read."""
    paths = discriminator if isinstance(discriminator, list) else [discriminator]
    names = [name for path in paths for name in (path if isinstance(path, list) else [path]) if isinstance(name, str)]
    if any(name.startswith("_") or name in INSPECTION for name in names):
        options["from_attributes"] = False
    return _tagged(choices, discriminator, **options)


def _model_validate(cls: type[pydantic.BaseModel], /, obj: Any, **options: Any) -> Any:
    """``model_validate`` over data; with ``from_attributes`` it would read what the guards refuse."""
    if options.pop("from_attributes", None):
        raise TypeError("models are made from data, not from the attributes of objects")
    return cls.__pydantic_validator__.validate_python(obj, **options)


_DOES_MORE = ("CALL", "MAKE", "LOAD_BUILD", "IMPORT", "FORMAT", "STORE", "DELETE", "LOAD_METHOD")


def _names_types(code: CodeType, namespaces: tuple[Any, ...]) -> bool:
    """Whether code calls nothing, and every attribute in it is one that the workflow's own code could read.

    A name can stand for a real module here: libraries evaluate in their own namespaces too.
    """
    held: Any = None
    for step in dis.get_instructions(code):
        if step.opname.startswith(_DOES_MORE):
            return False
        if step.opname in {"LOAD_NAME", "LOAD_GLOBAL"}:
            if step.argval.startswith("_"):
                return False
            held = next((space[step.argval] for space in _mappings(namespaces) if step.argval in space), None)
        elif step.opname == "LOAD_ATTR":
            if held is None or isinstance(held, ModuleType):
                return False
            try:
                held = get_attribute(held, step.argval)
            except AttributeError:
                return False
        else:
            held = None
    return True


def _mappings(namespaces: tuple[Any, ...]) -> list[Mapping[str, Any]]:
    """Return the namespaces, locals first, as ``eval`` looks names up."""
    return [space for space in reversed(namespaces) if isinstance(space, Mapping)]


def _ship_zones() -> None:
    """Keep the bytes of all time zones, and let ``ZoneInfo`` read them instead of files (0.6 MB)."""
    package = Path(str(importlib.import_module("tzdata").__file__)).parent
    folders = (*map(Path, zoneinfo.TZPATH), package / "zoneinfo")
    names = (package / "zones").read_text(encoding="utf-8").split()
    packed = {name: data for name in names if (data := _zone_bytes(name, folders))}

    def load(key: str) -> io.BytesIO:
        if key not in packed:
            raise zoneinfo.ZoneInfoNotFoundError(f"No time zone found with key {key}")
        return io.BytesIO(packed[key])

    _common.load_tzdata = load  # type: ignore[assignment]  # any readable object serves
    zoneinfo.reset_tzpath(to=())


def _zone_bytes(name: str, folders: tuple[Path, ...]) -> bytes | None:
    return next((path.read_bytes() for folder in folders if (path := folder / name).is_file()), None)


def _exercise() -> None:
    """Use each costly path once, so that children inherit its caches."""
    from sandbox.facade.kit import meaning, nodes, values  # noqa: PLC0415 - beside its use

    "é.warm.invalid".encode("idna")
    page = nodes.parse_html("<ul><li class='a'><a href='/x'>one</a></li></ul>", "http://warm.invalid/")
    page.css("li.a > a")
    page.read("a@href")
    nodes.parse_xml("<a><b>c</b></a>").css("b")
    values.to_price("$1,999.99")
    values.to_datetime("12 May 2027, 7:30 pm")
    meaning.day("2027-05-12T23:30:00Z", "America/Los_Angeles")
    meaning.matches(["hip hop"], ["hip-hop"])
    meaning.date_bounds("this weekend", "next month")
    if not is_plain_annotation(MODULE_NAME):
        raise AssertionError("the module's own name is a plain annotation")
