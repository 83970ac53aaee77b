"""What compiled workflow code calls instead of attribute, item and write access.

This is the hot path: the common case is one set lookup and one real access. It is hygiene, not the
boundary: an escape from here ends in a process that the operating system holds.
"""

from __future__ import annotations

import re
import string
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, datetime, tzinfo
from types import AsyncGeneratorType, CodeType, FrameType, ModuleType, TracebackType
from typing import Any, Final

from sandbox.facade.frozen import words
from sandbox.facade.http.messages import Cookies, Headers
from sandbox.facade.kit import clock
from sandbox.facade.pages import REFUSED

MODULE_NAME: Final = "workflow"
INSPECTION: Final = words("""
    tb_frame tb_next tb_lasti f_back f_builtins f_code f_globals f_locals f_trace f_generator co_code co_consts
    gi_frame gi_code gi_yieldfrom cr_await cr_frame cr_code cr_origin ag_await ag_frame ag_code
    get_loop func_globals func_code im_func im_self mro with_traceback
    parse_raw parse_file parse_obj from_orm construct update_forward_refs model_rebuild model_parametrized_name
    apply_typevars_map rebuild_annotation
    """)
NAMED_TUPLE_METHODS: Final = frozenset({"_asdict", "_fields", "_replace"})
HIDDEN_TYPES: Final = frozenset({ModuleType, FrameType, CodeType, TracebackType})
_PLAIN_DATA: Final = frozenset({dict, list, tuple, str, bytes, range, defaultdict, Counter, OrderedDict, deque})
_WRITABLE: Final = frozenset({dict, list, defaultdict, Counter, OrderedDict, deque, bytearray, Headers, Cookies})
_FORMATS: Final = frozenset({"format", "format_map"})
_WATCHED: Final = frozenset({"obj", "register", "now", "utcnow", "today"}) | REFUSED
UNGUARDED_IN_PATTERNS: Final = INSPECTION | _FORMATS | _WATCHED  # a class pattern reads attributes past every guard
_admitted: set[str] = set()  # attribute names that were looked at once and need no further look


def get_attribute(value: Any, name: str) -> Any:
    """Return ``value.name`` unless it leads out of the workflow's own data.

    Raises:
        AttributeError: the name is private, is one of introspection, or the result is a module, frame or code.
    """
    if name in _admitted:
        found = getattr(value, name)
        if type(found) in HIDDEN_TYPES:
            raise AttributeError(f"{name!r} is not for workflows")
        return found
    return _unusual_attribute(value, name)


def get_item(value: Any, key: Any) -> Any:
    """Return ``value[key]``; for types, texts inside the brackets may only be plain annotations."""
    if type(value) not in _PLAIN_DATA:
        check_subscript(value, key)
    return value[key]


def writable(value: Any) -> Any:
    """Return the value when its items or attributes may be set: own data, and objects of own classes.

    Raises:
        TypeError: anything else: classes, functions, imported names.
    """
    kind = type(value)
    if kind in _WRITABLE or kind.__module__ == MODULE_NAME:
        if isinstance(value, type):
            raise TypeError("classes are read-only in a workflow")
        return value
    raise TypeError(f"{kind.__name__} is read-only in a workflow")


def union(left: Any, right: Any) -> Any:
    """Return ``left | right``; with texts it would build a type that pydantic evaluates."""
    if isinstance(left, str) or isinstance(right, str):
        raise TypeError("| does not take text")
    return left | right


def update_in_place(operator: str, left: Any, right: Any) -> Any:
    """Return what ``left |= right`` leaves (the only operator that needs a guard)."""
    if operator != "|=" or isinstance(left, str) or isinstance(right, str):
        raise TypeError(f"{operator} does not take text")
    left |= right
    return left


def merging(right: Any) -> Any:
    """Return what is merged into an item or attribute by ``|=``: data; with types it would build an annotation."""
    if isinstance(right, Mapping | Set | int):
        return right
    raise TypeError(f"|= does not take {type(right).__name__} here")


def async_iterator(value: Any) -> Any:
    """Return the value for ``async for``, when it is an iterator of the workflow's own or of a facade."""
    if isinstance(value, AsyncGeneratorType) or hasattr(type(value), "__aiter__"):
        return value
    raise TypeError(f"'async for' needs an asynchronous iterator, not {type(value).__name__}")


def has_attribute(value: Any, name: str) -> bool:
    """Return whether ``get_attribute`` would give something."""
    try:
        get_attribute(value, name)
    except AttributeError:
        return False
    return True


def leaving(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return an ``__exit__`` or ``__aexit__`` that is told of an exception without the traceback to frames."""

    def leave(owner: Any, kind: Any = None, error: Any = None, trace: Any = None) -> Any:
        del trace
        return method(owner, kind, error, None)

    return leave


def type_name(value: Any) -> str:
    """Return ``value.__class__.__name__``."""
    return type(value).__name__


def type_of(value: Any) -> type:
    """Return the class of a value; classes of classes could make new ones, and are not for workflows."""
    if isinstance(value, type):
        raise TypeError("type() takes a value, not a class")
    return type(value)


_ANNOTATION: Final = re.compile(r"[\w\s\[\],.|]*")
_WORD: Final = re.compile(r"[^\W\d]\w*")


def is_plain_annotation(text: str) -> bool:
    """Return whether a text is only names, dots, brackets and bars, none of them private."""
    return (
        len(text) < 500
        and bool(_ANNOTATION.fullmatch(text))
        and not any(word.startswith("_") or word in INSPECTION for word in _WORD.findall(text))
    )


def check_subscript(value: Any, key: Any) -> None:
    """Refuse texts that a type would keep as an annotation to evaluate later."""
    if isinstance(value, Mapping | Sequence) or getattr(value, "_name", None) == "Literal":
        return
    if isinstance(value, type) or hasattr(value, "__origin__") or type(value).__module__ == "typing":
        _check_annotation(key, 0)


def _check_annotation(key: Any, depth: int) -> None:
    if isinstance(key, str) and not is_plain_annotation(key):
        raise TypeError("an annotation in quotes may only name types")
    if isinstance(key, list | tuple) and depth < 20:
        for part in key:
            _check_annotation(part, depth + 1)


class _Formatter(string.Formatter):
    """``str.format`` whose fields go through the attribute guard."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        first, rest = string._string.formatter_field_name_split(field_name)  # type: ignore[attr-defined]  # as string.Formatter itself does
        found = self.get_value(first, args, kwargs)
        for is_attribute, key in rest:
            found = get_attribute(found, key) if is_attribute else get_item(found, key)
        return found, first


def _guarded_format(text: str, name: str) -> Callable[..., str]:
    if name == "format":
        return lambda *args, **kwargs: _Formatter().vformat(text, args, kwargs)
    return lambda mapping: _Formatter().vformat(text, (), mapping)


def _unusual_attribute(value: Any, name: str) -> Any:
    """The long way: names not seen before, and those that always need a look."""
    if type(name) is not str:
        raise TypeError("attribute names are text")
    if name in _FORMATS and (isinstance(value, str | super) or (isinstance(value, type) and issubclass(value, str))):
        if isinstance(value, type | super):
            raise AttributeError("call format on the text itself")
        return _guarded_format(value, name)
    if name in _WATCHED:
        watched = _watched_attribute(value, name)
        if watched is not None:
            return watched
    if name.startswith("_"):
        return _private_attribute(value, name)
    if name in INSPECTION:
        raise AttributeError(f"{name!r} is not for workflows")
    if name not in _FORMATS and name not in _WATCHED and len(_admitted) < 10_000:
        _admitted.add(name)
    found = getattr(value, name)
    if type(found) in HIDDEN_TYPES:
        raise AttributeError(f"{name!r} is not for workflows")
    return found


def _watched_attribute(value: Any, name: str) -> Any:
    """Names that are harmless on most objects; None when this is one of those."""
    if name == "obj" and isinstance(value, BaseException):
        raise AttributeError("'obj' of an exception is not for workflows")
    if name == "register" and isinstance(value, type):
        raise AttributeError("'register' changes the class for everyone")
    if name in REFUSED and type(value).__module__.startswith("playwright."):
        raise AttributeError(f"{name!r} of a page is not for workflows")
    if name in {"now", "utcnow"} and value is datetime:
        return _now
    if name == "today" and (value is date or value is datetime):
        return clock.today if value is date else _now
    return None


def _now(tz: tzinfo | None = None) -> datetime:
    """The job's clock in place of the machine's, so that a replay sees the same day."""
    moment = clock.now()
    return moment.replace(tzinfo=None) if tz is None else moment.astimezone(tz)


def _private_attribute(value: Any, name: str) -> Any:
    """Names with an underscore: ``__name__`` of classes and functions, and own attributes of own objects."""
    if name == "__name__":
        return str(getattr(value, name))
    kind = type(value)
    if name in NAMED_TUPLE_METHODS and isinstance(value, tuple):
        return getattr(value, name)
    if not name.startswith("__") and kind.__module__ == MODULE_NAME:
        if name in getattr(value, "__dict__", ()):
            return getattr(value, name)
        if any(name in base.__dict__ for base in kind.__mro__ if base.__module__ == MODULE_NAME):
            return getattr(value, name)
    raise AttributeError(f"{name!r} is not for workflows")
