"""Escapes by way of texts that pydantic evaluates as annotations, and of models that tell what became of them.

``unseen`` marks those that no check of the text can see (see tests.attacks.code.gadgets).
"""

# ruff: noqa: E501 - one attack a line reads best
from __future__ import annotations

from tests.attacks.code.snippets import Attack


def _a(name: str, body: str = "pass", top: str = "", *, static_only: bool = False, unseen: bool = False) -> Attack:
    return Attack(name=name, body=body, top=top, static_only=static_only, unseen=unseen)


_ROOT = "from operator import itemgetter\nfrom typing import Annotated, List\nfrom pydantic import RootModel\n"
_MADE = "class K(BaseModel):\n    x: X = None\nloot = [K.model_fields['x'].annotation, K.model_fields['x'].metadata]\nloot = [*loot, *map(str, loot)]"
_GENERATOR = "q = (i for i in [1])\n"

ANNOTATIONS: tuple[Attack, ...] = (
    _a("annotation_reads_a_frame", _MADE.replace("class K", "X = itemgetter('Annotated[int, q.gi_frame]')(List)\nclass K"), _ROOT + _GENERATOR, unseen=True),
    _a("annotation_reads_a_frame_at_the_top", "loot = [K.model_fields['x'].annotation, str(K.model_fields['x'].annotation)]", _ROOT + _GENERATOR + "X = itemgetter('Annotated[int, q.gi_frame]')(List)\nclass K(BaseModel):\n    x: X = None\n", unseen=True),
    _a("annotation_reads_globals", "loot = [K.model_fields['x'].annotation, str(K.model_fields['x'].annotation)]", _ROOT + _GENERATOR + "X = itemgetter('Annotated[int, q.gi_frame.f_back.f_globals]')(List)\nclass K(BaseModel):\n    x: X = None\n", unseen=True),
    _a("annotation_in_wide_letters", "loot = str(K.model_fields['x'].annotation)", _ROOT + _GENERATOR + "X = List['Annotated[int, q.ｇi_frame]']\nclass K(BaseModel):\n    x: X = None\n", unseen=True),
    _a("annotation_of_a_later_class_reads_a_frame", "loot = C.model_fields['x'].metadata", "from typing import Annotated\nclass C(BaseModel):\n    x: 'Annotated[Later | None, q.gi_frame]' = None\nclass Later(BaseModel):\n    pass\n" + _GENERATOR),
    _a("annotation_of_a_later_class_in_wide_letters", "loot = C.model_fields['x'].metadata", "from typing import Annotated\nclass C(BaseModel):\n    x: 'Annotated[Later | None, q.ｇi_frame]' = None\nclass Later(BaseModel):\n    pass\n" + _GENERATOR),
    _a("annotation_of_a_generic_model", "loot = [G[X].model_fields['x'].annotation, str(G[X].model_fields['x'].annotation)]", "from operator import itemgetter\nfrom typing import Annotated, Generic, List, TypeVar\nT = TypeVar('T')\nclass G(BaseModel, Generic[T]):\n    x: T = None\n" + _GENERATOR + "X = itemgetter('Annotated[int, q.gi_frame]')(List)\n", unseen=True),
    _a("annotation_evaluated_over_given_names", "C = itemgetter('Annotated[int, q.gi_frame.f_globals]')(RootModel)\nf = C.model_fields['root']\nf.apply_typevars_map({int: int}, {'q': (i for i in [1]), 'Annotated': Annotated}, {})\nX = f.annotation\nclass K(BaseModel):\n    x: X = None\nloot = K.model_fields['x'].metadata", _ROOT),
    _a("annotation_evaluated_over_a_function", "C = itemgetter('Annotated[int, q.cr_frame]')(RootModel)\nf = C.model_fields['root']\nf.apply_typevars_map({int: int}, {'q': http.get('https://site.test/'), 'Annotated': Annotated}, {})\nX = f.annotation\nclass K(BaseModel):\n    x: X = None\nloot = K.model_fields['x'].metadata", _ROOT),
    _a("annotation_evaluated_by_name", "C = itemgetter('q.gi_frame')(RootModel)\nf = C.model_fields['root']\ngetattr(f, 'apply_' + 'typevars_map')({int: int}, {'q': (i for i in [1])}, {})\nloot = f.annotation", _ROOT),
    _a("annotation_walks_modules", "loot = str(RootModel[List['typing.Annotated[int, typing.sys]']].model_fields['root'].annotation)", _ROOT, unseen=True),
    _a("adapter_walks_modules", "from pydantic import TypeAdapter\nloot = TypeAdapter(itemgetter('pydantic.main.sys.modules')(List)).json_schema()", _ROOT, unseen=True),
    _a("match_async_generator_frame", "async def ag():\n    yield 1\nmatch ag():\n    case object(ag_frame=f):\n        loot = f", static_only=True),
    _a("match_frame_in_wide_letters", "match (i for i in [1]):\n    case object(ｇi_frame=f):\n        loot = f", static_only=True),
    _a("match_generator_class", "from collections.abc import Generator\nmatch (i for i in [1]):\n    case Generator(gi_frame=f):\n        loot = f", static_only=True),
    _a("enum_member_as_format", "loot = E.A.format((i for i in [1]))", "from enum import StrEnum\nclass E(StrEnum):\n    A = '{0.gi_' + 'frame}'\n", unseen=True),
    _a("enum_member_handed_on", "loot = list(map(E.A.format, [(i for i in [1])]))", "from enum import StrEnum\nclass E(StrEnum):\n    A = '{0.gi_' + 'frame.f_back}'\n", unseen=True),
    _a("format_map_over_own_mapping", "class M:\n    def __getitem__(self, k):\n        return (i for i in [1])\nloot = ('{a.gi_' + 'frame}').format_map(M())"),
    _a("format_map_over_defaults", "from collections import defaultdict\ntext = '{a.gi_' + 'frame.f_back}'\nloot = text.format_map(defaultdict(lambda: (i for i in [1])))", unseen=True),
    _a("name_that_hashes_like_another", "class K(str):\n    def __hash__(self):\n        return hash('name')\n    def __eq__(self, other):\n        return True\nloot = getattr(run, K('__glo' + 'bals__'))"),
    _a("class_getitem_of_own", "class C:\n    def __class_getitem__(cls, key):\n        return eval\nloot = C['x']"),
    _a("init_subclass_of_own", "class B:\n    def __init_subclass__(cls):\n        LOOT.append(cls)\nclass D(B):\n    pass"),
    _a("group_of_exceptions", "try:\n    raise Lost('x')\nexcept Lost as e:\n    loot = getattr(e.subgroup(lambda x: True), '__traceback__')", "class Lost(ExceptionGroup):\n    pass\n"),
    _a("zone_of_a_path", "from zoneinfo import ZoneInfo\nloot = ZoneInfo.no_cache('/etc/passwd')", unseen=True),
    _a("zone_above", "from zoneinfo import ZoneInfo\nloot = ZoneInfo('../../../etc/passwd')", unseen=True),
    _a("zone_from_file", "from zoneinfo import ZoneInfo\nloot = ZoneInfo.from_file(open)"),
    _a("xml_entity", "from workflow_kit import parse_xml\nloot = parse_xml('<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>').text", unseen=True),
    _a("xml_inclusion", "from workflow_kit import parse_xml\nloot = parse_xml('<a xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include href=\"file:///etc/passwd\" parse=\"text\"/></a>').text", unseen=True),
    _a("partial_state", "from functools import partial\np = partial(int)\np.__setstate__((getattr, (), {}, {}))"),
    _a("mangled_class", "class C:\n    def f(self):\n        return self.__class\nloot = C().f()"),
    _a("serializer_reads_globals", "loot = C(x=run).model_dump()", "from typing import Annotated\nfrom pydantic import PlainSerializer\nclass C(BaseModel):\n    x: Annotated[object, PlainSerializer(vars)] = None\n"),
    _a("validator_reads_globals", "loot = C(x=run).x", "from typing import Annotated\nfrom pydantic import BeforeValidator\nclass C(BaseModel):\n    x: Annotated[object, BeforeValidator(lambda f: getattr(f, '__globals' + '__'))] = None\n"),
    _a("error_inside_validation_error", "try:\n    C(x=1)\nexcept ValueError as e:\n    loot = e.errors()[0]['ctx']['error'].__traceback__", "from pydantic import field_validator\nclass C(BaseModel):\n    x: object = None\n    @field_validator('x')\n    @classmethod\n    def v(cls, value):\n        raise ValueError('x')\n"),
)  # fmt: skip
