"""Escapes by way of hooks that Python and pydantic call with what a workflow never asks for: tracebacks, frames, fields.

``unseen`` marks those that no check of the text can see, or that lead nowhere and so pass it.
"""

# ruff: noqa: E501 - one attack a line reads best
from __future__ import annotations

from tests.attacks.code.snippets import Attack


def _a(name: str, body: str = "pass", top: str = "", *, static_only: bool = False, unseen: bool = False) -> Attack:
    return Attack(name=name, body=body, top=top, static_only=static_only, unseen=unseen)


HOOKS: tuple[Attack, ...] = (
    _a('discriminator_reads_a_traceback', "try:\n    raise Lost('x')\nexcept Lost as e:\n    try:\n        TypeAdapter(Annotated[A1 | B1, Field(discriminator='f')]).validate_python(e)\n    except ValueError as w:\n        loot = str(w)", "from typing import Annotated, Literal\nfrom pydantic import TypeAdapter\nclass Lost(ValueError):\n    pass\nclass A1(BaseModel):\n    f: Literal['a'] = Field(alias='_' + '_traceback_' + '_')\nclass B1(BaseModel):\n    f: Literal['b'] = Field(alias='_' + '_traceback_' + '_')\n", unseen=True),
    _a('exit_keeps_its_traceback', 'class C:\n    def __enter__(self):\n        return self\n    def __exit__(self, *a):\n        LOOT.append(a[2])\n        return True\nwith C():\n    1 / 0\n', unseen=True),
    _a('async_exit_keeps_its_traceback', 'class C:\n    async def __aenter__(self):\n        return self\n    async def __aexit__(self, *a):\n        LOOT.append(a)\n        return True\nasync with C():\n    1 / 0\n', unseen=True),
    _a('exit_reads_a_line', 'class C:\n    def __enter__(self):\n        return self\n    def __exit__(self, k, e, t):\n        LOOT.append(str(t.tb_lineno))\n        LOOT.append([t])\n        return True\nwith C():\n    1 / 0\n', unseen=True),
    _a('discriminator_reads_a_frame', "try:\n    D.model_validate({'x': (i for i in [1])})\nexcept ValueError as e:\n    loot = str(e)", "from typing import Annotated, Literal\nclass A1(BaseModel):\n    gi_frame: Literal['a']\nclass B1(BaseModel):\n    gi_frame: Literal['b']\nclass D(BaseModel):\n    x: A1 | B1 = Field(discriminator='gi_frame')\n", unseen=True),
    _a('error_input', "try:\n    Item(name=run)\nexcept ValueError as e:\n    loot = e.errors()[0]['input'].__globals__"),
    _a('error_cause', 'try:\n    Item(name=run)\nexcept ValueError as e:\n    loot = e.__cause__'),
    _a('own_schema_generator_sees_the_core_schema', 'loot=[]\nclass G:\n    def __init__(self, **k):\n        pass\n    def generate(self, schema, mode):\n        loot.append(schema)\n        return {}\nItem.model_json_schema(schema_generator=G)\nLOOT.append(str(loot))', unseen=True),
    _a('field_from_a_text', "F = type(Item.model_fields['name'])\nloot = F.from_annotation('q.gi_frame').annotation", unseen=True),
    _a('json_schema_extra', 'loot = C.model_json_schema()', "class C(BaseModel):\n    model_config={'json_schema_extra': lambda s, c: LOOT.append([s, c])}\n    x: int = 1\n", unseen=True),
    _a('alias_gen_cls', 'loot=C.model_json_schema()', "from pydantic import ConfigDict\nclass C(BaseModel):\n    model_config=ConfigDict(model_title_generator=lambda m: LOOT.append(m) or 'x', field_title_generator=lambda n, i: LOOT.append(i) or 'x')\n    x: int = 1\n", unseen=True),
    _a('class_of_functions_is_called', 'F = type(run)\nloot = F(run, {})', unseen=True),
    _a('class_of_methods_binds_getattr', "M = type(request.model_dump)\nloot = M(getattr, run)('__globals__')"),
    _a('facade_cls_dict', 'import json\nF = type(json)\nloot=F.mro'),
    _a('handler_of_a_validator', 'loot = C(x=1).x', 'from typing import Annotated\nfrom pydantic import WrapValidator\nclass C(BaseModel):\n    x: Annotated[object, WrapValidator(lambda v, h, i: [h, i, i.config, i.context, i.data, i.mode, i.field_name])] = None\n', unseen=True),
    _a('handler_told_as_text', 'loot = str(C(x=1).x)', 'from typing import Annotated\nfrom pydantic import WrapValidator\nclass C(BaseModel):\n    x: Annotated[object, WrapValidator(lambda v, h, i: [str(h), str(i)])] = None\n', unseen=True),
    _a('adapter_callable', 'from pydantic import TypeAdapter\nfrom typing import Callable\nloot = TypeAdapter(Callable).validate_python(run).__globals__'),
    _a('import_string_by_annot', "loot=C(x='os.system').x", "from typing import Annotated\nclass C(BaseModel):\n    x: 'pydantic.ImportString' = None\n"),
    _a('serialize_any', 'import json\nloot = Response(loot=run).model_dump_json()', unseen=True),
    _a('model_dump_fallback', 'loot = Response(loot=run).model_dump_json(fallback=lambda f: LOOT.append(f) or 1)', unseen=True),
    _a('model_dump_module', 'import json\nloot = Response(loot=json).model_dump()', unseen=True),
    _a('model_dump_gen', "loot = Response(loot=(i for i in [1,2])).model_dump(mode='json')", unseen=True),
    _a('serialize_as_any_dataclass', 'from dataclasses import asdict, dataclass\n@dataclass\nclass C:\n    x: object\nloot = asdict(C(run))', unseen=True),
    _a('dataclass_fields', 'from dataclasses import fields, dataclass\n@dataclass\nclass C:\n    x: object\nloot = [f.type for f in fields(C)] + [fields(C)[0].default_factory]', unseen=True),
    _a('dataclass_match_args', 'from dataclasses import dataclass\n@dataclass\nclass C:\n    gi_frame: object\nmatch (i for i in [1]):\n    case C(f):\n        loot = f', unseen=True),
    _a('replace_on', 'from dataclasses import replace\nloot = replace(run)', unseen=True),
    _a('asdict_factory', 'from dataclasses import asdict, dataclass\n@dataclass\nclass C:\n    x: object\nloot = asdict(C(1), dict_factory=vars)'),
    _a('copy_deep', 'loot = Response(loot=run).model_copy(deep=True)', unseen=True),
    _a('copy_deep_gen', 'loot = Response(loot=(i for i in [1])).model_copy(deep=True)', unseen=True),
    _a('reduce_getitem', "from functools import reduce\nfrom operator import itemgetter\nloot = reduce(lambda a, k: itemgetter(k)(a), ['q.gi_frame'], list)", unseen=True),
    _a('cmp_to_key_obj', 'from functools import cmp_to_key\nK = cmp_to_key(lambda a, b: 0)\nloot = K((i for i in [1])).obj.gi_frame'),
    _a('lru_params', 'from functools import lru_cache\n@lru_cache\ndef f(x):\n    return 1\nloot = [f.cache_info(), f.cache_parameters()]', unseen=True),
    _a('asyncgen_close', 'async def g():\n    try:\n        yield 1\n    finally:\n        LOOT.append(http)\na = g()\nawait anext(a)\nawait a.aclose()\nloot = a.ag_running', unseen=True),
    _a('asyncgen_hooks', 'async def g():\n    yield 1\na = g().asend(None)\nloot = str(a)', unseen=True),
    _a('coroutine_throw', "c = http.get('https://site.test/')\ntry:\n    c.throw(ValueError('x'))\nexcept ValueError as e:\n    loot = [e.args, str(e)]", unseen=True),
    _a('gen_send_frame', 'def g():\n    x = yield\n    yield x.gi_frame\na = g()\nnext(a)\nloot = a.send(a)'),
    _a('notes', "try:\n    1/0\nexcept ZeroDivisionError as e:\n    loot = getattr(e, '__notes__', None)"),
    _a('exc_args_sub', 'class L(ValueError):\n    def __init__(self, x):\n        super().__init__(x)\n        self.tb = self.__traceback__\ntry:\n    raise L(1)\nexcept L as e:\n    loot = e.tb'),
    _a('keyerr_obj', 'try:\n    {}[run]\nexcept KeyError as e:\n    loot = e.args[0].__globals__'),
    _a('nameerror', 'try:\n    nothing_here\nexcept NameError as e:\n    loot = [e.name, e.args]'),
    _a('importerror', 'try:\n    from json import decoder\nexcept ImportError as e:\n    loot = [e.name, e.path, e.name_from]'),
    _a('unicodeerr_obj', "try:\n    b'\\xff'.decode()\nexcept UnicodeDecodeError as e:\n    loot = e.object", unseen=True),
    _a('str_sub_format_spec', 'class S(str):\n    def __format__(self, spec):\n        return spec\nloot = f"{S(\'x\'):{\'{0.gi_frame}\'}}"'),
    _a('strftime_walk', "from datetime import datetime\nloot = datetime(2020,1,1).strftime('{0.__class__}')"),
    _a('percent_map', "class M:\n    def __getitem__(self, k):\n        return (i for i in [1])\nloot = '%(a)s' % M()", unseen=True),
    _a('walrus_scope', 'loot = [q for x in [1] if (q := run)]\nloot = q.__code__'),
    _a('enum_namesetter', "from enum import Enum\nclass E(Enum):\n    _ignore_ = ['x']\n    A = 1\n"),
    _a('enum_value_call', 'from enum import Enum\nclass E(Enum):\n    A = run\nloot = E.A', unseen=True),
    _a('enum_internals', 'from enum import Enum\nclass E(Enum):\n    A = 1\nloot = [E._member_map_, E._value2member_map_]'),
    _a('enum_sub_fn', "from enum import Enum\nclass E(Enum):\n    pass\nX = E('X', [('mro', 1)], module='sys', qualname='q')\nloot = X", unseen=True),
    _a('namedtuple_repl', 'from typing import NamedTuple\nclass N(NamedTuple):\n    x: int = 1\nloot = N()._replace(x=run)._make'),
    _a('proto', 'from typing import Protocol\nclass N(Protocol):\n    gi_frame: object\nmatch (i for i in [1]):\n    case N(gi_frame=x):\n        loot = x', static_only=True),
    _a('generic_origin', "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass N(BaseModel, Generic[T]):\n    x: T\nloot = N['q.gi_frame']", unseen=True),
    _a('annotated_meta_get', 'from typing import Annotated\nloot = Annotated[int, run].__metadata__[0].__globals__'),
    _a('callable_args', "from typing import Callable\nloot = Callable[['q.gi_frame'], int].__args__"),
    _a('literal_args', "from typing import Literal\nloot = Literal['q.gi_frame'].__args__"),
    _a('union_of_text', "from typing import Union\nfrom operator import itemgetter\nfrom pydantic import TypeAdapter\nloot = TypeAdapter(itemgetter(('typing.sys', 'int'))(Union)).json_schema()", unseen=True),
    _a('paramspec', "from typing import ParamSpec\nP = ParamSpec('P', bound='typing.sys')\nloot = P.args", unseen=True),
    _a('newtype_cast', "from typing import cast\nloot = cast('typing.sys', run).__globals__"),
    _a('sort_recursion', "def f(x):\n    return sorted([x], key=f)\ntry:\n    loot = f(1)\nexcept RecursionError:\n    loot = 'r'", unseen=True),
    _a('aiter_own', 'class C:\n    def __aiter__(self):\n        return run\nasync for x in C():\n    loot = x'),
    _a('property_setter_walk', 'class C:\n    @property\n    def x(self):\n        return 1\nloot = C.x.getter(run).fget.__globals__'),
    _a('staticm_wrapped', 'loot = staticmethod(run).__wrapped__.__globals__'),
    _a('mappingproxy_or', 'loot = type(Item).__dict__'),
    _a('decimal_ctx', 'from decimal import Decimal\nloot = Decimal(1).to_eng_string(context=run)', unseen=True),
    _a('zone_sub', 'from datetime import tzinfo, datetime\nclass Z(tzinfo):\n    def utcoffset(self, d):\n        LOOT.append(d)\n'),
    _a('regex_callable', "import re\nloot = re.sub('x', lambda m: LOOT.append(m.re) or '', 'x')\nloot = re.compile('x').__reduce__()"),
    _a('regex_expand', "import re\nloot = re.match('(x)', 'x').expand('\\\\g<1>')", unseen=True),
    _a('gen_throw_tb', "def g():\n    try:\n        yield\n    except ValueError as e:\n        yield e\na = g()\nnext(a)\nloot = a.throw(ValueError('x')).__traceback__"),
)  # fmt: skip
