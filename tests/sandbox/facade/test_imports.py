"""Imports yield frozen facades of selected names, never modules."""

# ruff: noqa: E501 - programs in texts
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sandbox.facade import environment
from sandbox.facade.guards import HIDDEN_TYPES
from sandbox.facade.imports import importer, tables
from tests.requirements import requirement
from tests.sandbox.check.site import call, load
from tests.sandbox.check.test_rules import module

ROOT = Path(__file__).parents[3]


@requirement("BOX-2")
@pytest.mark.parametrize("interface", ["http", "page"])
def test_no_facade_holds_a_module(interface: Any) -> None:
    for facade in tables(interface).values():
        for name, value in vars(facade).items():
            assert not isinstance(value, ModuleType), name
            assert type(value) not in HIDDEN_TYPES, name


@requirement("BOX-2")
@pytest.mark.parametrize(
    "name", ["os", "sys", "builtins", "_strptime", "time", "json.decoder", "urllib.request", "playwright.async_api", ""]
)
def test_other_modules_are_not_imported(name: str) -> None:
    with pytest.raises(ImportError):
        importer("http")(name)


def test_relative_imports_have_nothing_to_import_from() -> None:
    with pytest.raises(ImportError):
        importer("http")("json", level=1)


@requirement("BOX-2")
def test_from_import_does_not_fall_back_to_real_submodules() -> None:
    names = environment()
    with pytest.raises(ImportError):
        exec("from json import decoder", names)
    with pytest.raises(ImportError):
        exec("from collections import namedtuple", names)


def test_dotted_imports_bind_as_python_does() -> None:
    names = environment()
    exec("import urllib.parse\nimport collections.abc as c\nfrom urllib import parse\nimport collections", names)
    assert names["urllib"].parse is names["parse"]
    assert names["collections"].abc is names["c"]
    assert names["collections"].deque


@requirement("BOX-2")
def test_facades_are_frozen() -> None:
    facade = importer("http")("json")
    with pytest.raises(TypeError):
        facade.loads = None
    with pytest.raises(TypeError):
        del facade.loads
    with pytest.raises(AttributeError):
        facade.decoder  # noqa: B018 - the error is wanted
    assert repr(facade) == "<json>"


def test_environments_share_nothing_that_a_workflow_can_write() -> None:
    first, second = environment(), environment()
    assert first["__builtins__"] is not second["__builtins__"]
    assert first["__builtins__"]["__import__"] is not __import__


@requirement("BOX-3")
def test_the_image_of_the_child_is_slim() -> None:
    code = (
        "import sys, json\nfrom sandbox.facade import environment, warm, seal\nfrom sandbox.facade import fingerprint\n"
        "environment('http')\nprint(json.dumps([m for m in ('RestrictedPython', 'asyncio', 'httpx2', 'httpx', 'playwright', "
        "'sandbox.rules', 'sandbox.check') if m in sys.modules]))"
    )
    output = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
    assert json.loads(output) == []


@requirement("BOX-3")
def test_a_warmed_and_sealed_process_needs_no_file_any_more() -> None:
    code = """
import sys
from domain.meaning import gazetteer
from sandbox.facade import environment, warm, seal
packed = gazetteer.pack()
warm(); seal()
gazetteer.unpack(packed)
opened = []
sys.addaudithook(lambda event, details: opened.append(str(details)) if event in ("open", "import") else None)
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError
from sandbox.facade import kit
names = environment()
assert kit.day("2027-05-12T23:30:00Z", "Asia/Tokyo").day == 13
try:
    ZoneInfo("No/Where")
except ZoneInfoNotFoundError:
    pass
assert kit.place("Tokyo").name == "Tokyo"
try:
    kit.place("no such place at all")
except kit.UnknownPlace:
    pass
kit.embedded(kit.parse_html("<script>var a = {b: 1}</script>"), "object_literal", variable="a")
kit.parse_xml("<a/>")
kit.to_datetime("Wed, 12 May 2027 10:00:00 GMT")
kit.date_bounds("next weekend", "2027-06")
exec("import datetime\\nx = datetime.datetime.strptime('2027-05-12', '%Y-%m-%d').strftime('%d %B')", names)
"é.example".encode("idna")
opened = [what for what in opened if "cities1000" not in what]  # small towns are scanned where files can be opened
assert opened == [], opened
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()[-2000:]


@requirement("BOX-2")
def test_annotations_in_quotes_are_looked_up_and_never_executed() -> None:
    code = """
from sandbox.facade import seal
seal()
from typing import ForwardRef, Optional
from pydantic import TypeAdapter
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
class Local: pass
assert ForwardRef("Local")._evaluate(globals(), {}, frozenset()) is Local
assert ForwardRef("list[Local] | None")._evaluate(globals(), {}, frozenset())
for text in ("print('x')", "().__class__", "Local.__dict__", "[x for x in (1,)]", "lambda: 0", "f'{1}'", "__import__('os')"):
    try:
        ForwardRef(text)._evaluate(globals(), {}, frozenset())
    except (NameError, TypeError):
        continue
    raise SystemExit(text)
try:
    TypeAdapter(Optional["print(1)"]).validate_python(1)  # prints where it is evaluated
except (PydanticUndefinedAnnotation, PydanticUserError, NameError):
    pass
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()[-2000:]


@requirement("BOX-2")
def test_models_with_forward_references_are_complete_after_loading() -> None:
    top = '''
class Tree(BaseModel):
    """A tree."""

    children: "list[Tree]" = []
    leaf: "Leaf | None" = None
    other: dict[str, "Leaf"] = {}


class Leaf(BaseModel):
    """A leaf."""

    size: int
'''
    names = load(module(top=top))
    tree = names["Tree"].model_validate({"children": [{"leaf": {"size": "3"}}], "other": {"a": {"size": 1}}})
    assert (tree.children[0].leaf.size, tree.other["a"].size) == (3, 1)


def test_postponed_annotations_work() -> None:
    source = module(top="class Pair(BaseModel):\n    left: Item | None = None\n    right: list[Item] = []")
    names = load(source.replace("import httpx", "from __future__ import annotations\nimport httpx", 1))
    assert names["Pair"].model_validate({"left": {"name": "x"}}).left.name == "x"
    assert names["Pair"].model_json_schema()["properties"]["right"]["type"] == "array"


@requirement("BOX-2")
def test_augmented_assignment_keeps_its_meaning() -> None:
    body = """counts = {"a": 1}
counts["a"] += 2
counts["b"] = counts.get("b", 0) + 1
words = ["x"]
words += ["y"]
seen = {1}
seen |= {2}
calls = []
def key():
    calls.append(1)
    return "a"
counts[key()] *= 10
total = 5
total -= 1
grid = [[0, 0]]
grid[0][1] += 7
(first, second), *rest = [(1, 2), 3, 4]
part = words[0:1] + words[-1:]
return Response(rows=[Item(name=str([counts, words, sorted(seen), len(calls), total, grid, first, second, rest, part]))])"""
    (row,) = call(load(module(body=body)))["rows"]
    assert row["name"] == str([{"a": 30, "b": 1}, ["x", "y"], [1, 2], 1, 4, [[0, 7]], 1, 2, [3, 4], ["x", "y"]])
