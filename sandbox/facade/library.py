"""The selected names of the standard library and of pydantic that workflows can import.

Left out on purpose: whatever evaluates text (``typing.get_type_hints``, ``ForwardRef``, ``pydantic.create_model``,
``ImportString``), walks attributes by name (``operator.attrgetter``), sets attributes of others
(``functools.wraps``), or keeps state for the whole process (``random``, ``decimal.getcontext``).
"""

from __future__ import annotations

import base64
import bisect
import collections
import collections.abc
import contextlib
import dataclasses
import datetime as dt
import decimal
import enum
import functools
import hashlib
import heapq
import html
import itertools
import json
import math
import operator
import re
import statistics
import string
import textwrap
import types
import typing
import unicodedata
import urllib.parse
import zoneinfo

import typing_extensions

from sandbox.facade import models
from sandbox.facade.frozen import selected


class TracebackType:
    """Stands for the real one in annotations of ``__exit__``; a workflow never gets a traceback."""


PUBLIC_MATH = " ".join(name for name in dir(math) if not name.startswith("_"))

LIBRARY: dict[str, dict[str, typing.Any]] = {
    "base64": selected(base64, "b64encode b64decode urlsafe_b64encode urlsafe_b64decode"),
    "bisect": selected(bisect, "bisect bisect_left bisect_right insort"),
    "collections": selected(collections, "ChainMap Counter OrderedDict defaultdict deque"),
    "collections.abc": selected(collections.abc, " ".join(collections.abc.__all__)),
    "contextlib": selected(contextlib, "suppress nullcontext asynccontextmanager contextmanager"),
    "dataclasses": selected(dataclasses, "asdict astuple dataclass field fields replace"),
    "datetime": selected(dt, "UTC MAXYEAR MINYEAR date datetime time timedelta timezone tzinfo"),
    "decimal": selected(
        decimal,
        "Decimal DecimalException InvalidOperation DivisionByZero ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN "
        "ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP",
    ),
    "enum": selected(enum, "Enum IntEnum StrEnum auto unique"),
    "functools": selected(functools, "cache cmp_to_key lru_cache partial reduce"),
    "hashlib": selected(hashlib, "md5 sha1 sha256 sha512"),
    "heapq": selected(heapq, "heapify heappop heappush heappushpop merge nlargest nsmallest"),
    "html": selected(html, "escape unescape"),
    "itertools": selected(
        itertools,
        "accumulate chain combinations combinations_with_replacement compress count cycle dropwhile "
        "filterfalse groupby "
        "islice pairwise permutations product repeat starmap takewhile tee zip_longest",
    ),
    "json": selected(json, "JSONDecodeError dumps loads"),
    "math": selected(math, PUBLIC_MATH),
    "operator": selected(operator, "itemgetter"),
    "pydantic": models.NAMES,
    "pydantic.alias_generators": models.ALIASES,
    "re": selected(
        re,
        "A ASCII DOTALL I IGNORECASE M MULTILINE Match Pattern S U UNICODE VERBOSE X compile error escape "
        "findall finditer "
        "fullmatch match search split sub subn",
    ),
    "statistics": selected(
        statistics,
        "StatisticsError fmean mean median median_high median_low mode multimode pstdev quantiles stdev variance",
    ),
    "string": selected(
        string,
        "ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits printable punctuation whitespace",
    ),
    "textwrap": selected(textwrap, "dedent fill indent shorten wrap"),
    "types": {"MappingProxyType": types.MappingProxyType, "TracebackType": TracebackType},
    "typing": selected(
        typing,
        "AbstractSet Annotated Any AsyncGenerator AsyncIterable AsyncIterator Awaitable Callable ClassVar Collection "
        "Coroutine DefaultDict Deque Dict Final FrozenSet Generator Generic Hashable Iterable Iterator List "
        "Literal Mapping "
        "MutableMapping MutableSequence NamedTuple Never NoReturn Optional ParamSpec Protocol Required "
        "NotRequired Reversible "
        "Self Sequence Set Sized Tuple Type TypeAlias TypedDict TypeGuard TypeVar Union cast final overload "
        "TYPE_CHECKING",
    ),
    "unicodedata": selected(unicodedata, "category combining name normalize"),
    "urllib.parse": selected(
        urllib.parse,
        "ParseResult SplitResult parse_qs parse_qsl quote quote_plus unquote unquote_plus urldefrag urlencode urljoin "
        "urlparse urlsplit urlunparse urlunsplit",
    ),
    "zoneinfo": selected(zoneinfo, "ZoneInfo ZoneInfoNotFoundError"),
}
LIBRARY["typing"]["TypedDict"] = typing_extensions.TypedDict  # the only one that pydantic takes on Python 3.11
LIBRARY["typing_extensions"] = LIBRARY["typing"]
