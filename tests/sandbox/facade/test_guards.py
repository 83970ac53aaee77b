"""The guards of the hot path."""

# ruff: noqa: DTZ001, UP045, F821 - old spellings are what is tested
from __future__ import annotations

import json
import types
from collections import OrderedDict, defaultdict
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple, Optional

import pytest

from sandbox.facade import guards
from sandbox.facade.builtin_names import builtin_names
from sandbox.facade.frozen import Facade
from sandbox.facade.kit import clock
from tests.requirements import requirement


class Holder:
    """An object of a library."""

    module = json
    code = (lambda: 0).__code__
    value = 3

    def __init__(self) -> None:
        self._hidden = 1


@requirement("BOX-2")
@pytest.mark.parametrize("name", ["module", "code"])
def test_attribute_access_never_returns_a_module_or_code(name: str) -> None:
    for _ in range(2):  # the second time takes the short way
        with pytest.raises(AttributeError):
            guards.get_attribute(Holder(), name)


@requirement("BOX-2")
@pytest.mark.parametrize("name", ["__class__", "_hidden", "__dict__", "gi_frame", "mro", "parse_raw", "get_loop"])
def test_private_and_introspective_names_are_refused(name: str) -> None:
    with pytest.raises(AttributeError):
        guards.get_attribute(Holder(), name)
    assert not guards.has_attribute(Holder(), name)


def test_plain_attributes_are_read() -> None:
    assert guards.get_attribute(Holder(), "value") == 3
    assert guards.get_attribute(Holder, "__name__") == "Holder"


def test_private_attributes_of_own_objects_are_read() -> None:
    own = type("Own", (), {"__module__": guards.MODULE_NAME, "_shared": 1})
    instance = own()
    instance._mine = 2
    assert (guards.get_attribute(instance, "_mine"), guards.get_attribute(instance, "_shared")) == (2, 1)
    with pytest.raises(AttributeError):
        guards.get_attribute(instance, "_none")


def test_named_tuples_have_their_methods() -> None:
    class Point(NamedTuple):
        x: int

    assert guards.get_attribute(Point(1), "_asdict")() == {"x": 1}
    with pytest.raises(AttributeError):
        guards.get_attribute(Holder(), "_asdict")


@requirement("BOX-2")
def test_format_reads_public_attributes_only() -> None:
    fields = guards.get_attribute("{0.value} {a[k]} {1:>3}", "format")
    assert fields(Holder(), 1, a={"k": "v"}) == "3 v   1"
    with pytest.raises(AttributeError):
        guards.get_attribute("{0.__class__}", "format")(1)
    with pytest.raises(AttributeError):
        guards.get_attribute("{a.__class__}", "format_map")({"a": 1})
    with pytest.raises(AttributeError):
        guards.get_attribute(str, "format")
    with pytest.raises(AttributeError):
        guards.get_attribute("{0.value:{1.__class__}}", "format")(Holder(), 1)


def test_the_object_of_an_attribute_error_is_not_shown() -> None:
    with pytest.raises(AttributeError) as caught:
        json.nothing  # type: ignore[attr-defined]  # noqa: B018 - the error is wanted
    with pytest.raises(AttributeError, match="not for workflows"):
        guards.get_attribute(caught.value, "obj")
    assert guards.get_attribute(types.SimpleNamespace(obj=1), "obj") == 1


@requirement("PLAN-3")
def test_the_time_is_the_clock_of_the_job() -> None:
    clock.set_now(datetime(2027, 5, 12, 23, 30, tzinfo=UTC))
    try:
        assert guards.get_attribute(datetime, "now")(UTC) == datetime(2027, 5, 12, 23, 30, tzinfo=UTC)
        assert guards.get_attribute(datetime, "utcnow")() == datetime(2027, 5, 12, 23, 30)
        assert guards.get_attribute(date, "today")() == date(2027, 5, 12)
        assert guards.get_attribute(datetime, "today")().year == 2027
    finally:
        clock.set_now(None)
    assert guards.get_attribute(types.SimpleNamespace(now=4), "now") == 4


@requirement("BOX-2")
@pytest.mark.parametrize("value", [Holder, Holder(), json, print, (1,), "text", Facade("x", {}), object()])
def test_only_own_data_is_written_to(value: object) -> None:
    with pytest.raises(TypeError):
        guards.writable(value)


@pytest.mark.parametrize("value", [{}, [], defaultdict(int), OrderedDict()])
def test_own_data_is_written_to(value: object) -> None:
    assert guards.writable(value) is value


def test_objects_of_own_classes_are_written_to_but_not_the_classes() -> None:
    own = type("Own", (), {"__module__": guards.MODULE_NAME})
    instance = own()
    assert guards.writable(instance) is instance
    with pytest.raises(TypeError):
        guards.writable(own)


@requirement("BOX-2")
@pytest.mark.parametrize("text", ["open('x')", "a.__class__", "lambda: 0", "x" * 600, "a[b()]"])
def test_types_take_no_texts_that_could_be_evaluated(text: str) -> None:
    for kind in (list, dict, Optional):
        with pytest.raises(TypeError):
            guards.get_item(kind, text)
    with pytest.raises(TypeError):
        guards.get_item(dict, (str, text))
    with pytest.raises(TypeError):
        guards.union(Optional[int], text)
    with pytest.raises(TypeError):
        guards.update_in_place("|=", Optional[int], text)


def test_types_take_types_and_plain_names() -> None:
    assert guards.get_item(list, int) == list[int]
    assert guards.get_item(list, "Item | None") == list["Item | None"]
    assert guards.get_item(Literal, "a(b)") == Literal["a(b)"]
    assert guards.get_item({"a(": 1}, "a(") == 1
    assert guards.union(int, None) == int | None
    assert guards.update_in_place("|=", {1}, {2}) == {1, 2}


def test_type_tells_the_class_of_values_only() -> None:
    assert guards.type_of(3) is int
    with pytest.raises(TypeError):
        guards.type_of(int)


async def test_async_iteration_takes_async_iterators_only() -> None:
    async def numbers() -> Any:
        yield 1

    assert [n async for n in guards.async_iterator(numbers())] == [1]
    with pytest.raises(TypeError):
        guards.async_iterator([1])


@requirement("BOX-2")
def test_getattr_and_hasattr_are_the_guarded_ones() -> None:
    names = builtin_names()

    class Text(str):
        """A text that compares equal to anything."""

        __slots__ = ()

    assert names["getattr"](Holder(), "value") == 3
    assert names["getattr"](Holder(), "nothing", 5) == 5
    assert names["getattr"](Holder(), "__class__", 5) == 5
    assert not names["hasattr"](Holder(), "__class__")
    assert names["hasattr"](Holder(), "value")
    with pytest.raises(AttributeError):
        names["getattr"](Holder(), "__class__")
    for function in (names["getattr"], names["hasattr"]):
        with pytest.raises(TypeError):
            function(Holder(), Text("value"))
    assert not {"open", "eval", "exec", "compile", "globals", "vars", "setattr", "print", "input"} & set(names)


@requirement("BOX-5")
@pytest.mark.parametrize("name", ["route", "context", "request", "expose_function", "set_input_files"])
def test_a_page_shows_only_itself(name: str) -> None:
    page = type("Page", (), {"__module__": "playwright.async_api._generated", name: 1, "url": 2})()
    with pytest.raises(AttributeError, match="page"):
        guards.get_attribute(page, name)
    assert guards.get_attribute(page, "url") == 2
    assert guards.get_attribute(types.SimpleNamespace(**{name: 3}), name) == 3
