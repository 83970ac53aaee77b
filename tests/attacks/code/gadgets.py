"""More escapes, by way of what libraries do with names and texts on a workflow's behalf.

``unseen`` marks those that put their names together while running: no check of the text can see them, so
only the guards and the jail stand in their way.
"""

# ruff: noqa: E501 - one attack a line reads best
from __future__ import annotations

from tests.attacks.code.snippets import Attack


def _a(name: str, body: str = "pass", top: str = "", *, static_only: bool = False, unseen: bool = False) -> Attack:
    return Attack(name=name, body=body, top=top, static_only=static_only, unseen=unseen)


_READER = """from pydantic import AliasPath, ConfigDict


class C(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    x: object = {field}
"""
_SPELL = "spell = ''.join(map(chr, [95, 95]))\n"
_FORMAT = "text = '{0.' + chr(95) * 2 + 'globals' + chr(95) * 2 + '}'\n"

GADGETS: tuple[Attack, ...] = (
    # models that read attributes of any object
    _a(
        "model_reads_frame",
        "g = (i for i in [1])\nloot = C.model_validate(g).x",
        _READER.format(field="Field(default=None, validation_alias='gi_frame')"),
    ),
    _a(
        "model_reads_globals_by_path",
        "g = (i for i in [1])\nloot = C.model_validate(g).x",
        _READER.format(field="Field(default=None, validation_alias=AliasPath('gi_frame', 'f_globals'))"),
    ),
    _a(
        "model_reads_function_globals",
        "loot = C.model_validate(run).x",
        _READER.format(field="Field(default=None, validation_alias=''.join(['_', '_glo', 'bals_', '_']))"),
    ),
    _a(
        "model_reads_by_argument",
        "loot = C.model_validate(run, from_attributes=True).x",
        "class C(BaseModel):\n    x: object = Field(default=None, validation_alias=''.join(['_', '_glo', 'bals_', '_']))\n",
    ),
    _a(
        "adapter_reads_attributes",
        "from pydantic import ConfigDict, TypeAdapter\nloot = TypeAdapter(C, config=ConfigDict(from_attributes=True)).validate_python(run)",
        "from typing import TypedDict\nclass C(TypedDict):\n    x: object\n",
    ),
    _a(
        "model_reads_by_nested_config",
        "loot = D.model_validate({'c': run}).c.x",
        _READER.format(field="Field(default=None, validation_alias=''.join(['_', '_code_', '_']))")
        + "class D(BaseModel):\n    c: C\n",
    ),
    _a(
        "model_reads_by_alias_generator",
        "loot = C.model_validate(run).globals",
        "from pydantic import ConfigDict\nclass C(BaseModel):\n    model_config = ConfigDict(from_attributes=True, alias_generator=lambda n: '_' + '_' + n + '_' + '_')\n    globals: object = None\n",
    ),
    _a("model_reads_exception", "try:\n    raise Lost('x')\nexcept Lost as e:\n    loot = C.model_validate(e).x", "class Lost(ValueError):\n    pass\n" + _READER.format(field="Field(default=None, validation_alias=AliasPath(''.join(['_', '_traceback_', '_']), 'tb_frame', 'f_back', 'f_builtins'))")),
    _a("model_reads_own_exception_unseen", "class D(BaseModel):\n    model_config = {'from_' + 'attributes': True}\n    x: object = Field(default=None, validation_alias=AliasPath(''.join(['_', '_traceback_', '_']), 'tb_frame', 'f_back', 'f_builtins'))\ntry:\n    raise Lost('x')\nexcept Lost as e:\n    loot = D.model_validate(e).x", "from pydantic import AliasPath\nclass Lost(ValueError):\n    pass\n", unseen=True),
    _a("model_reads_node_insides", "from workflow_kit import parse_html\nloot = C.model_validate(parse_html('<p>x</p>')).x.getroottree().docinfo", _READER.format(field="Field(default=None, validation_alias='_element')")),
    _a("root_model_of_text", "from pydantic import RootModel\nloot = RootModel['().__class' + '__']", unseen=True),
    _a("discriminator_reads", "from pydantic import Discriminator, TypeAdapter\nfrom typing import Annotated\nloot = TypeAdapter(Annotated[Item | Request, Discriminator('__globals__')]).validate_python(run)"),
    _a("field_info_factory", "loot = Item.model_fields['name'].default_factory.__globals__"),
    _a("field_info_rebuild", "loot = Item.model_fields['name'].rebuild_annotation().__class__.__mro__"),
    _a("computed_field_function", "loot = Item.model_computed_fields['x'].wrapped_property.fget.__globals__", "from pydantic import computed_field\n"),
    _a("default_factory_of_builtin", top="class C(BaseModel):\n    x: object = Field(default_factory=globals)\n"),
    _a("default_factory_import", top="class C(BaseModel):\n    x: object = Field(default_factory=lambda: __import__('os'))\n"),
    _a("validator_info_context", "loot = C(x=1).x", "from pydantic import field_validator\nclass C(BaseModel):\n    x: object = None\n    @field_validator('x')\n    @classmethod\n    def v(cls, value, info):\n        return info.__class__.__mro__[-1].__subclasses__()\n"),
    _a("json_schema_generator", "loot = Item.model_json_schema(schema_generator=eval)"),
    _a("model_post_init_frame", "loot = C().x", "class C(BaseModel):\n    x: object = None\n    def model_post_init(self, context):\n        self.x = (i for i in []).gi_frame\n"),
    _a("private_attribute_default", top="from pydantic import PrivateAttr\nclass C(BaseModel):\n    _x: object = PrivateAttr(default_factory=vars)\n"),
    _a("model_copy_deep", "loot = Item().model_copy(update={'__class__': dict}).__class__"),
    _a("model_construct_dunder", "loot = Item.model_construct(__dict__={}).__dict__"),
    _a("model_extra_dunder", "loot = Item.model_validate({'__class__': 1}).__class__"),
    # patterns read attributes without a guard
    _a("format_by_match", _FORMAT + "match text:\n    case str(format=f):\n        loot = f(run)", static_only=True),
    _a("format_map_by_match", _FORMAT + "match text:\n    case str(format_map=f):\n        loot = f({'0': run})", static_only=True),
    _a("object_of_error_by_match", "try:\n    run.nothing\nexcept AttributeError as e:\n    match e:\n        case AttributeError(obj=o):\n            loot = o", static_only=True),
    _a("traceback_by_match", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    match e:\n        case Exception(with_traceback=t):\n            loot = t", static_only=True),
    _a("code_by_match", "g = (i for i in [1])\nmatch g:\n    case object(gi_code=c):\n        loot = c", static_only=True),
    _a("coroutine_by_match", "c = http.get('https://site.test/')\nmatch c:\n    case object(cr_frame=f):\n        loot = f\nc.close()", static_only=True),
    _a("register_by_match", "from collections.abc import Mapping\nmatch Mapping:\n    case object(register=r):\n        loot = r(Item)", static_only=True),
    _a("mro_by_match", "match Item:\n    case object(mro=m):\n        loot = m()", static_only=True),
    _a("match_args", "match run:\n    case C(x):\n        loot = x", "class C:\n    __match_args__ = ('__globals__',)\n", static_only=True),
    _a("nested_pattern", "match [run]:\n    case [object(__globals__=g)]:\n        loot = g", static_only=True),
    # format by other ways
    _a("format_by_super", _FORMAT + "class T(str):\n    def f(self, x):\n        return super().format(x)\nloot = T(text).f(run)"),
    _a("format_by_super_twice", _FORMAT + "class T(str):\n    def f(self, x):\n        return super(T, self).format(x)\nloot = T(text).f(run)"),
    _a("format_by_subclass", _FORMAT + "class T(str):\n    pass\nloot = T(text).format(run)", unseen=True),
    _a("format_spelled_out", _FORMAT + "loot = text.format(run)", unseen=True),
    _a("format_nested_spec", "loot = '{0:{1.__class__}}'.format('x', run)"),
    _a("format_of_itemgetter", "from operator import itemgetter\nloot = list(map(itemgetter(0), [str.format]))[0]('{0.__globals__}', run)"),
    _a("format_by_partial", "from functools import partial\nloot = partial(str.format, '{0.__globals__}')(run)"),
    _a("format_builtin", "loot = format(run, '{0.__globals__}')"),
    _a("template_text", "loot = '%(__globals__)s' % vars(run)"),
    # subscripts that no guard sees
    _a("itemgetter_makes_annotation", _SPELL + "from operator import itemgetter\nfrom pydantic import TypeAdapter\nloot = TypeAdapter(itemgetter(spell + 'import' + spell + '(\"os\").getcwd()')(list)).json_schema()", unseen=True),
    _a("typevar_bound_text", top="from typing import TypeVar\nT = TypeVar('T', bound=\"__import__('os').system('true')\")\nclass C(BaseModel):\n    x: T = None\n"),
    _a("typevar_bound_spelled", _SPELL + "from typing import TypeVar\nfrom pydantic import TypeAdapter\nloot = TypeAdapter(TypeVar('T', bound=spell + 'import' + spell + '(\"os\").getcwd()')).json_schema()", unseen=True),
    _a("typevar_constraint_text", _SPELL + "from typing import TypeVar\nfrom pydantic import TypeAdapter\nloot = TypeAdapter(TypeVar('T', 'sys.modules', 'int')).json_schema()", unseen=True),
    _a("named_tuple_call", _SPELL + "from typing import NamedTuple\nfrom pydantic import TypeAdapter\nloot = TypeAdapter(NamedTuple('N', [('x', spell + 'import' + spell + '(\"os\")')])).json_schema()"),
    _a("typed_dict_call", _SPELL + "from typing import TypedDict\nfrom pydantic import TypeAdapter\nloot = TypeAdapter(TypedDict('N', {'x': spell + 'import' + spell + '(\"os\")'})).json_schema()"),
    _a("dataclass_changes_facade", "from dataclasses import dataclass\ndataclass(httpx.Response)"),
    _a("adapter_depth", "from pydantic import TypeAdapter\nloot = TypeAdapter(list['sys.modules'], _parent_depth=1)", unseen=True),
    _a("dotted_annotation", "from pydantic import TypeAdapter\nloot = TypeAdapter(list['typing.sys.modules']).json_schema()", unseen=True),
    _a("annotation_of_facade", top="class C(BaseModel):\n    x: 'pydantic.main.sys.modules' = None\n"),
    _a("annotation_lambda", top="class C(BaseModel):\n    x: (lambda: 1)() = None\n"),
    _a("annotation_walrus", top="class C(BaseModel):\n    x: (y := open) = None\n"),
    _a("annotation_comprehension", top="class C(BaseModel):\n    x: [open for _ in (1,)][0] = None\n"),
    _a("annotation_call", top="class C(BaseModel):\n    x: eval('int') = None\n"),
    # functions that are called by libraries
    _a("sort_key", "loot = sorted([run], key=vars)"),
    _a("reduce_getattr", "from functools import reduce\nloot = reduce(getattr, ['__globals__'], run)"),
    _a("starmap_getattr", "from itertools import starmap\nloot = list(starmap(getattr, [(run, '__globals__')]))"),
    _a("defaultdict_factory", "from collections import defaultdict\nloot = defaultdict(globals)['x']"),
    _a("json_default", "import json\nloot = json.dumps(run, default=vars)"),
    _a("json_object_hook", "import json\nloot = json.loads('{\"a\": 1}', object_hook=eval)"),
    _a("json_class", "import json\nloot = json.loads('1', cls=json.JSONDecoder)"),
    _a("iter_of_two", "loot = list(iter(input, 'x'))"),
    _a("property_function", "class C:\n    @property\n    def x(self):\n        return 1\nloot = C.x.fget.__globals__"),
    _a("cached_function", "from functools import lru_cache\n@lru_cache\ndef f():\n    return 1\nloot = f.__wrapped__.__code__"),
    _a("context_manager_insides", "from contextlib import contextmanager\n@contextmanager\ndef f():\n    yield 1\nloot = f().gen.gi_frame"),
    _a("context_manager_function", "from contextlib import contextmanager\n@contextmanager\ndef f():\n    yield 1\nloot = f().func.__globals__"),
    _a("sleep_insides", "import asyncio\nasync with asyncio.timeout(5) as t:\n    loot = t.timer.task.coro.cr_frame"),
    _a("question_insides", "c = http.get('https://site.test/')\nloot = c.send(None).start.__self__\nc.close()"),
    _a("kit_reads_attributes", "from workflow_kit import unique\nunique([(i for i in [1])], key='gi_frame')\nloot = run.__kit__"),
    # unicode, bytes and texts that look like something else
    _a("fullwidth_name", "loot = ｅval('1')"),
    _a("fullwidth_attribute", "loot = run.__ｇlobals__"),
    _a("fullwidth_import", "import ｏs\nloot = os"),
    _a("mathematical_letters", "loot = 𝓮𝓿𝓪𝓵('1')"),
    _a("fullwidth_underscores", "loot = run.＿＿globals＿＿"),
    _a("fullwidth_getattr", "loot = getattr(run, '__globals__'.replace('g', 'ｇ').replace('ｇ', 'g'))"),
    _a("escaped_text", "loot = getattr(run, '\\x5f\\x5fglobals\\x5f\\x5f')"),
    _a("named_escape", "loot = getattr(run, '\\N{LOW LINE}\\N{LOW LINE}globals\\N{LOW LINE}\\N{LOW LINE}')"),
    _a("bytes_name", "loot = getattr(run, b'__globals__'.decode())"),
    _a("reversed_name", "loot = getattr(run, '__slabolg__'[::-1])", unseen=True),
    _a("name_of_set", "for name in {'__glo' + 'bals__'}:\n    loot = getattr(run, name)", unseen=True),
    _a("coding_line", top="# -*- coding: utf-7 -*-\nX = '+AF8AXw-'\nimport os\n"),
    # statements in odd places
    _a("loop_target", "for Item.name in [1]:\n    pass"),
    _a("with_target", "from contextlib import nullcontext\nwith nullcontext(1) as Item.name:\n    pass"),
    _a("comprehension_target", "loot = [0 for Item.name in [1]]"),
    _a("star_target", "*Item.name, x = [1, 2]"),
    _a("nested_target", "(Item.name, (x, Item.other)) = 1, (2, 3)"),
    _a("guard_by_loop", "for _getattr_ in [lambda o, n: o]:\n    pass\nloot = run.x"),
    _a("guard_by_with", "from contextlib import nullcontext\nwith nullcontext(1) as _getitem_:\n    pass"),
    _a("guard_by_nested_function", "def _getattr_(o, n):\n    return o\nloot = run.x"),
    _a("guard_by_unpacking", "(_getattr_, x) = 1, 2"),
    _a("guard_by_named_capture", "match 1:\n    case int() as _getattr_:\n        pass", static_only=True),
    _a("guard_by_lambda_star", "loot = (lambda *_getattr_: _getattr_)(1)"),
    _a("guard_by_type_params", "def f(a, /, *, _write_=1):\n    return _write_\nloot = f(1)"),
    _a("class_cell", "class C:\n    def f(self):\n        return __class__\nloot = C().f().__mro__"),
    _a("super_in_static", "class C:\n    @staticmethod\n    def f(o):\n        return super(type(o), o).__reduce_ex__(2)\nloot = C.f([1])"),
    _a("decorator_subscript", top="F = [eval]\n@F[0]\ndef f():\n    pass\n"),
    _a("decorator_attribute", top="class C:\n    f = eval\n@C.f\ndef g():\n    pass\n"),
    _a("class_decorator", top="@vars\nclass C:\n    pass\n"),
    _a("class_base_call", top="class C(type('B', (), {})):\n    pass\n"),
    _a("class_base_conditional", top="class C(BaseModel if open else dict):\n    pass\n"),
    _a("mro_entries", top="class B:\n    def __mro_entries__(self, bases):\n        return (dict,)\nclass C(B()):\n    pass\n"),
    _a("instance_check", top="class C:\n    def __instancecheck__(self, other):\n        return True\n"),
    _a("slots_dunder", top="class C:\n    __slots__ = ('__dict__',)\n"),
    _a("new_method", top="class C:\n    def __new__(cls):\n        return run\n"),
    _a("init_subclass_keyword", top="class C(BaseModel, frozen=open):\n    pass\n"),
    _a("enum_missing", top="from enum import Enum\nclass E(Enum):\n    A = 1\n    @classmethod\n    def _missing_(cls, value):\n        return eval\n"),
    _a("enum_generate", top="from enum import Enum, auto\nclass E(Enum):\n    def _generate_next_value_(name, start, count, last):\n        return open\n    A = auto()\n"),
    _a("finally_return", "try:\n    loot = open\nfinally:\n    pass"),
    _a("assert_message", "assert False, __import__('os')"),
    _a("generator_throw", "g = (i for i in [1])\ntry:\n    g.throw(ValueError('x'))\nexcept ValueError as e:\n    loot = e.__traceback__.tb_frame"),
    _a("exception_group", "try:\n    raise ExceptionGroup('x', [ValueError()])\nexcept Exception as e:\n    loot = e.exceptions[0].__traceback__"),
    _a("stop_iteration_frame", "g = (i for i in [])\ntry:\n    next(g)\nexcept StopIteration as e:\n    loot = e.__context__"),
    _a("system_exit", "raise SystemExit(0)"),
    _a("keyboard_interrupt", "raise KeyboardInterrupt"),
    _a("generator_exit", "try:\n    pass\nexcept GeneratorExit:\n    pass"),
    # exhaustion that the check can see or survive
    _a("deep_nesting", top="X = " + "(" * 250 + "1" + ")" * 250, static_only=True),
    _a("deep_attributes", body="loot = run" + ".x" * 3000, static_only=True),
    _a("deep_unary", top="X = " + "-" * 3000 + "1", static_only=True),
    _a("long_operators", top="X = " + "+".join(["1"] * 6000), static_only=True),
    _a("null_byte", top="X = 'a\0b'\n\0", static_only=True),
    _a("surrogate", top="X = '\ud800'\n", static_only=True),
    _a("power_of_text", top="X = ('x' * 10 ** 4) * 10 ** 6", static_only=True),
    _a("bomb_format_width", "loot = f'{1:9999999999}'", static_only=True),
    _a("bomb_pow", "loot = pow(10, 10 ** 9)", static_only=True),
    _a("bomb_range_list", "loot = list(range(10 ** 10))", static_only=True),
)  # fmt: skip
