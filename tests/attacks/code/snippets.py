"""One escape per case. ``body`` stands in ``run``, ``top`` in the module; what it gets hold of goes to ``loot``.

``static_only`` marks what no guard at run time sees: there the transformation itself must refuse. ``unseen`` marks what
no check of the text can see.
"""

# ruff: noqa: E501 - one attack a line reads best
from __future__ import annotations

from dataclasses import dataclass

HEAD = '''"""A workflow."""
import httpx
from pydantic import BaseModel, Field
'''
MODELS = '''
class Request(BaseModel):
    """In."""
    name: str = "x"


class Item(BaseModel):
    """Row."""
    name: str = "x"


class Response(BaseModel):
    """Out."""
    rows: list[Item] = []
    count: int = 0
    truncated: bool = False
    loot: object = None


LOOT = []
'''
RUN = '''

async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return the loot."""
    loot = None
{body}
    LOOT.append(loot)
    return Response()
'''


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One attempt."""

    name: str
    body: str = "pass"
    top: str = ""
    static_only: bool = False
    unseen: bool = False

    @property
    def source(self) -> str:
        """The whole module."""
        body = "\n".join("    " + line for line in self.body.splitlines())
        return HEAD + self.top + "\n" + MODELS + RUN.format(body=body)


def _a(name: str, body: str = "pass", top: str = "", *, static_only: bool = False) -> Attack:
    return Attack(name=name, body=body, top=top, static_only=static_only)


ATTACKS: tuple[Attack, ...] = (
    # attribute walks
    _a("class_of_tuple", "loot = ().__class__.__base__.__subclasses__()"),
    _a("class_of_text", "loot = ''.__class__.__mro__[-1].__subclasses__()"),
    _a("globals_of_function", "loot = run.__globals__"),
    _a("globals_of_kit", "from workflow_kit import get_json\nloot = get_json.__globals__['__builtins__']"),
    _a("code_of_function", "loot = run.__code__"),
    _a("closure", "loot = run.__closure__"),
    _a("init_globals", "loot = Item.__init__.__globals__"),
    _a("dict_of_client", "loot = http.__dict__"),
    _a("transport_of_client", "loot = http._transport"),
    _a("method_function", "loot = http.get.__func__.__globals__"),
    _a("module_of_class", "loot = Item.__module__"),
    _a("mro_method", "loot = type(request).mro()"),
    _a(
        "node_internals",
        "from workflow_kit import parse_html\nloot = parse_html('<p>x</p>')._element.getroottree().docinfo",
    ),
    _a("delete_attribute", "del Item.__doc__"),
    _a("write_class", "Item.name = 1\nloot = Item"),
    _a("write_module", "httpx.AsyncClient = None\nloot = None"),
    _a("write_builtin_class", "dict.get = None"),
    _a("write_dunder", "request.__class__ = Item"),
    _a("write_function", "run.marker = 1"),
    # names
    _a("builtins_name", "loot = __builtins__"),
    _a("builtins_item", "loot = __builtins__['__import__']('os')"),
    _a("import_function", "loot = __import__('os').system('true')"),
    _a("loader", "loot = __loader__"),
    _a("guard_name", "loot = _getattr_(run, '__globals__')"),
    _a("guard_rebinding", top="_getattr_ = getattr", body="loot = ().__class__"),
    _a("guard_as_parameter", top="def f(_getitem_):\n    return _getitem_\n"),
    _a("guard_by_walrus", "[(_write_ := lambda o: o) for _ in (1,)]\nItem.name = 2"),
    _a("guard_by_except", "try:\n    1 / 0\nexcept ZeroDivisionError as _getattr_:\n    pass"),
    _a("guard_by_import", "from json import loads as _getattr_\nloot = _getattr_"),
    _a("guard_by_match", "match {'a': 1}:\n    case {**_getattr_}:\n        loot = _getattr_", static_only=True),
    _a("guard_by_star", "match [1, 2]:\n    case [*_getattr_]:\n        loot = 1", static_only=True),
    _a("guard_by_comprehension", "loot = [_getattr_ for _getattr_ in [1]]"),
    _a("guard_by_keyword", "loot = dict(_getattr_=1)"),
    _a("class_name_of_guard", top="class _getattr_(BaseModel):\n    pass\n"),
    _a("eval_call", "loot = eval('1+1')"),
    _a("exec_call", "exec('import os')"),
    _a("compile_call", "loot = compile('1', 'x', 'eval')"),
    _a("open_call", "loot = open('/etc/passwd').read()"),
    _a("input_call", "loot = input()"),
    _a("print_call", "print('x')"),
    _a("globals_call", "loot = globals()"),
    _a("vars_call", "loot = vars(http)"),
    _a("dir_call", "loot = dir(http)"),
    _a("setattr_call", "setattr(Item, 'name', 1)"),
    _a("breakpoint_call", "breakpoint()"),
    _a("base_exception", "try:\n    pass\nexcept BaseException:\n    pass"),
    _a("memoryview_call", "loot = memoryview(b'x')"),
    # attributes by name
    _a("getattr_private", "loot = getattr(run, '__globals__')"),
    _a("getattr_joined", "loot = getattr(run, '__glo' + 'bals__')"),
    _a("getattr_computed", "loot = getattr(run, ''.join(['__glo', 'bals__']))"),
    _a("getattr_default", "loot = getattr(run, '__code__', None) or getattr(run, f'__{\"code\"}__')"),
    _a("hasattr_private", "loot = hasattr(run, '__globals__')"),
    _a(
        "getattr_text_subclass",
        "class T(str):\n    def __eq__(self, other):\n        return True\n    __hash__ = str.__hash__\nloot = getattr(run, T('__globals__'))",
    ),
    _a("attrgetter", "import operator\nloot = operator.attrgetter('__globals__')(run)"),
    _a("methodcaller", "from operator import methodcaller\nloot = methodcaller('__subclasses__')(object)"),
    _a("itemgetter_of_builtins", "import operator\nloot = operator.itemgetter('__builtins__')(globals())"),
    _a("map_getattr", "loot = list(map(getattr, [run], ['__globals__']))"),
    # format
    _a("format_class", "loot = '{0.__class__.__mro__}'.format(1)"),
    _a("format_globals", "loot = '{0.__globals__}'.format(run)"),
    _a("format_map_globals", "loot = '{f.__globals__}'.format_map({'f': run})"),
    _a("format_from_class", "loot = str.format('{0.__globals__}', run)"),
    _a("format_by_getattr", "loot = getattr('{0.__globals__}', 'format')(run)"),
    _a("format_by_map", "loot = list(map(str.format, ['{0.__globals__}'], [run]))"),
    _a("format_put_together", "loot = ('{0.__glo' + 'bals__}').format(run)"),
    _a("format_of_bound", "f = '{0.__code__}'.format\nloot = f(run)"),
    _a("fstring_attribute", "loot = f'{run.__globals__}'"),
    _a("formatter_class", "import string\nloot = string.Formatter().format('{0.__globals__}', run)"),
    _a("template_class", "from string import Template\nloot = Template"),
    # frames
    _a("generator_frame", "g = (i for i in [1])\nloot = g.gi_frame"),
    _a("generator_frame_back", "g = (g.gi_frame.f_back for _ in [1])\nloot = next(g)"),
    _a("generator_code", "g = (i for i in [1])\nloot = g.gi_code"),
    _a("generator_yieldfrom", "g = (i for i in [1])\nloot = g.gi_yieldfrom"),
    _a("coroutine_frame", "async def f():\n    return 1\nc = f()\nloot = c.cr_frame\nc.close()"),
    _a("coroutine_await", "c = http.get('https://site.test/')\nloot = c.cr_await\nc.close()"),
    _a("coroutine_code", "c = http.get('https://site.test/')\nloot = c.cr_code\nc.close()"),
    _a("async_generator_frame", "async def f():\n    yield 1\nloot = f().ag_frame"),
    _a("async_generator_code", "async def f():\n    yield 1\nloot = f().ag_code"),
    _a("frame_by_getattr", "g = (i for i in [1])\nloot = getattr(g, 'gi_frame')"),
    _a(
        "frame_by_match",
        "g = (i for i in [1])\nmatch g:\n    case object(gi_frame=f):\n        loot = f",
        static_only=True,
    ),
    _a(
        "class_by_match", "match 1:\n    case object(__class__=c):\n        loot = c.__subclasses__()", static_only=True
    ),
    _a(
        "traceback_of_exception", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    loot = e.__traceback__.tb_frame"
    ),
    _a("context_of_exception", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    loot = e.__context__"),
    _a("traceback_attribute", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    loot = e.with_traceback(None)"),
    _a("object_of_error", "try:\n    run.nothing\nexcept AttributeError as e:\n    loot = e.obj.__globals__"),
    _a(
        "exit_sees_traceback",
        "class C:\n    def __enter__(self):\n        return self\n    def __exit__(self, kind, error, trace):\n        LOOT.append(trace.tb_frame.f_globals)\n        return True\nwith C():\n    1 / 0",
    ),
    # modules
    _a("import_os", "import os\nloot = os"),
    _a("import_sys", top="import sys", body="loot = sys.modules"),
    _a("import_builtins", "import builtins\nloot = builtins"),
    _a("import_subprocess", "from subprocess import run as go\nloot = go(['true'])"),
    _a("import_socket", "import socket\nloot = socket.socket()"),
    _a("import_importlib", "import importlib\nloot = importlib.import_module('os')"),
    _a("import_inspect", "import inspect\nloot = inspect.currentframe()"),
    _a("import_types", "import types\nloot = types.CodeType"),
    _a("import_ctypes", "import ctypes\nloot = ctypes.CDLL(None)"),
    _a("import_pickle", "import pickle\nloot = pickle.loads(b'cos\\nsystem\\n(S\"true\"\\ntR.')"),
    _a("json_codecs", "import json\nloot = json.codecs.builtins.open('/etc/hostname').read()"),
    _a("from_json_codecs", "from json import codecs\nloot = codecs"),
    _a("from_json_submodule", "from json import decoder\nloot = decoder"),
    _a("re_internals", "import re\nloot = re.enum.sys"),
    _a("typing_sys", "import typing\nloot = typing.sys.modules"),
    _a("datetime_sys", "import datetime\nloot = datetime.sys"),
    _a("statistics_random", "from statistics import random\nloot = random._os"),
    _a("html_submodule", "import html.parser\nloot = html.parser"),
    _a("urllib_request", "import urllib.request\nloot = urllib.request.urlopen('file:///etc/passwd').read()"),
    _a("urllib_sibling", "import urllib.parse\nloot = urllib.request"),
    _a("pydantic_main", "import pydantic\nloot = pydantic.main.sys"),
    _a("facade_name", "import json\nloot = json.__name__\nloot = json.__spec__"),
    _a("facade_dict", "import json\nloot = json.__dict__"),
    _a("import_alias", "import os as json\nloot = json.environ"),
    _a("star_import", top="from os import *"),
    _a("relative_import", top="from . import domain"),
    _a("relative_parent", top="from ..sandbox import facade"),
    _a("import_sandbox", "from sandbox.facade import guards\nloot = guards"),
    _a("import_domain", "import domain.policy\nloot = domain"),
    _a("asyncio_subprocess", "import asyncio\nloot = await asyncio.create_subprocess_shell('true')"),
    _a("asyncio_events", "import asyncio\nloot = asyncio.events"),
    _a("functools_wraps", "import functools\nfunctools.update_wrapper(Item, run, assigned=('name',))"),
    # classes
    _a("metaclass", top="class M(type):\n    pass\n\n\nclass C(metaclass=M):\n    pass\n"),
    _a("metaclass_function", top="class C(metaclass=print):\n    pass\n"),
    _a("class_keywords", top="class C(BaseModel, **{'metaclass': type}):\n    pass\n"),
    _a("type_call", "loot = type('C', (object,), {'__getattr__': None})"),
    _a("type_subclass", top="class M(type):\n    def mro(cls):\n        return [cls, object]\n"),
    _a(
        "init_subclass",
        top="class C:\n    def __init_subclass__(cls, **k):\n        LOOT.append(cls)\n\n\nclass D(C):\n    pass\n",
    ),
    _a("class_getitem", top="class C:\n    def __class_getitem__(cls, item):\n        return item\n"),
    _a("getattr_method", top="class C:\n    def __getattr__(self, name):\n        return name\n"),
    _a("getattribute_method", top="class C:\n    def __getattribute__(self, name):\n        return name\n"),
    _a("reduce_method", top="class C:\n    def __reduce__(self):\n        return eval, ('1',)\n"),
    _a("del_method", top="class C:\n    def __del__(self):\n        pass\n"),
    _a("set_name_method", top="class C:\n    def __set_name__(self, owner, name):\n        pass\n"),
    _a("prepare_method", top="class C:\n    @classmethod\n    def __prepare__(cls, *a):\n        return {}\n"),
    _a("class_body_call", top="class C:\n    data = open('/etc/passwd').read()\n"),
    _a("class_body_loop", top="class C:\n    for x in [1]:\n        pass\n"),
    _a("class_body_dunder", top="class C:\n    __class__ = dict\n"),
    _a("class_body_module", top="class C(BaseModel):\n    __module__ = 'os'\n    x: 'system' = None\n"),
    _a("subclass_client", top="class C(httpx.AsyncClient):\n    pass\n"),
    _a("subclass_node", top="from workflow_kit import Node\n\n\nclass C(Node):\n    pass\n"),
    _a("subclass_dict", top="class C(dict):\n    def __contains__(self, key):\n        return True\n"),
    _a("decorator_call", top="@eval\ndef f():\n    pass\n"),
    _a("decorator_lambda", top="@(lambda f: f)\ndef f():\n    pass\n"),
    _a(
        "decorator_argument",
        top="from pydantic import field_validator\n\n\nclass C(BaseModel):\n    x: int = 1\n\n    @field_validator(open('/etc/passwd').read())\n    @classmethod\n    def f(cls, v):\n        return v\n",
    ),
    _a("default_argument", top="def f(x=open('/etc/passwd')):\n    return x\n"),
    _a(
        "super_walk", "class C:\n    def f(self):\n        return super().__getattribute__('__class__')\nloot = C().f()"
    ),
    _a(
        "super_init_taken",
        "class C:\n    def f(self):\n        x = super().__init__\n        return x\nloot = C().f().__self__",
    ),
    _a("namedtuple_function", "from collections import namedtuple\nloot = namedtuple('T', 'a')"),
    _a(
        "typed_dict_function",
        "from typing import TypedDict\nloot = TypedDict('T', {'a': \"__import__('os').system('true')\"})",
    ),
    _a("enum_function", "from enum import Enum\nloot = Enum('E', 'a', module='os')"),
    _a("descriptor_get", top="class C:\n    def __get__(self, a, b):\n        return a\n"),
    _a("own_private_of_other", "class C:\n    def f(self):\n        return self._transport\nloot = C.f(http)"),
    # pydantic
    _a("annotation_text", top="class C(BaseModel):\n    x: \"__import__('os').system('true')\" = None\n"),
    _a("annotation_nested_text", top="class C(BaseModel):\n    x: 'list[\"().__class__\"]' = None\n"),
    _a(
        "annotation_alias_text",
        top="from typing import Optional\nT = Optional[\"__import__('os').system('true')\"]\n\n\nclass C(BaseModel):\n    x: T = None\n\n\nBAD = open",
    ),
    _a(
        "annotation_joined_text",
        "T = list['__import__(' + '\"os\"' + ').system(\"true\")']\nfrom pydantic import TypeAdapter\nloot = TypeAdapter(T)",
    ),
    _a(
        "annotation_union_text",
        "from typing import Optional\nfrom pydantic import TypeAdapter\nloot = TypeAdapter(Optional[int] | ('__import__(\"os\").' + 'system(\"true\")'))",
    ),
    _a(
        "annotation_inplace_union",
        "from typing import Optional\nT = Optional[int]\nT |= '__import__(\"os\")'\nloot = T.__args__",
    ),
    _a("type_adapter_text", "from pydantic import TypeAdapter\nloot = TypeAdapter('__import__(\"os\")').core_schema"),
    _a(
        "serializer_return_text",
        'from typing import Annotated\nfrom pydantic import PlainSerializer, TypeAdapter\nloot = TypeAdapter(Annotated[int, PlainSerializer(lambda v: v, return_type=\'__import__("os").system("true")\')])',
    ),
    _a("create_model", "from pydantic import create_model\nloot = create_model('M', x=(\"__import__('os')\", 1))"),
    _a(
        "import_string",
        "from pydantic import ImportString, TypeAdapter\nloot = TypeAdapter(ImportString).validate_python('os.system')",
    ),
    _a("py_object", top="from pydantic import PyObject\n"),
    _a("validate_call", "from pydantic import validate_call\nloot = validate_call"),
    _a(
        "parse_raw_pickle",
        "loot = Item.parse_raw(b'cos\\nsystem\\n(S\"true\"\\ntR.', proto='pickle', allow_pickle=True)",
    ),
    _a("parse_file", "loot = Item.parse_file('/etc/passwd')"),
    _a("model_construct_private", "loot = Item.__pydantic_validator__"),
    _a("model_rebuild_namespace", "Item.model_rebuild(force=True, _types_namespace={'x': 1})"),
    _a(
        "validators_dunder",
        top="class C(BaseModel):\n    @classmethod\n    def __get_validators__(cls):\n        yield eval\n",
    ),
    _a(
        "core_schema_dunder",
        top="class C:\n    @classmethod\n    def __get_pydantic_core_schema__(cls, a, b):\n        return b(int)\n",
    ),
    _a("get_type_hints", "from typing import get_type_hints\nloot = get_type_hints(Item)"),
    _a(
        "forward_ref",
        "from typing import ForwardRef\nloot = ForwardRef('__import__(\"os\")')._evaluate({}, {}, frozenset())",
    ),
    _a(
        "dataclass_exec",
        "from dataclasses import make_dataclass\nloot = make_dataclass('C', [('x', int)], namespace={'__eq__': eval})",
    ),
    # statements
    _a("global_statement", "global LOOT\nLOOT = None"),
    _a("nonlocal_statement", "def f():\n    nonlocal loot\n    loot = 1\nf()"),
    _a("except_star", "try:\n    pass\nexcept* ValueError:\n    pass"),
    _a("bare_except", "try:\n    pass\nexcept:\n    pass"),
    _a("async_for_over_anything", "async for x in run.__globals__:\n    loot = x"),
    _a("module_call", top="httpx.codes.OK.name.lower()"),
    _a("module_loop", top="for x in range(3):\n    pass"),
    _a("module_computed", top="DATA = open('/etc/passwd').read()"),
    _a("module_main", top="if __name__ == '__main__':\n    pass"),
    _a("lambda_dunder", "loot = (lambda: 0).__globals__"),
    _a("lambda_guard_parameter", "loot = (lambda _getattr_: _getattr_)(1)"),
    _a("register_abc", "from collections.abc import Mapping\nMapping.register(Item)"),
    _a("sub_function_of_re", "import re\nloot = re.sub('x', lambda m: m.re.__class__.__mro__, 'x')"),
    _a("partial_internals", "from functools import partial\nloot = partial(run).func.__globals__"),
    _a("cache_internals", "from functools import lru_cache\nloot = lru_cache(run).__wrapped__.__globals__"),
    _a("bomb_power", top="X = 10 ** 10 ** 10", static_only=True),
    _a("bomb_text", top="X = 'x' * 10 ** 9", static_only=True),
    _a("bomb_list", "loot = [0] * (10 ** 10)", static_only=True),
    _a("bomb_shift", top="X = 1 << 10000000"),
    _a("endless_loop", "while True:\n    pass", static_only=True),
)
