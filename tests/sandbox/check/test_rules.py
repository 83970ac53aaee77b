"""Every rule fires where it should, says why, and stands in the docs."""

# ruff: noqa: E501 - one case a line reads best
from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import CodeRefused
from domain.policy import HostRule, Policy
from sandbox.check import check, compile_workflow
from sandbox.rules import RULES, catalogue
from sandbox.rules.docs import render
from tests.requirements import requirement
from tests.sandbox.check.site import call, load

ROOT = Path(__file__).parents[3]
POLICY = Policy(hosts=(HostRule(host="site.test"),))
MODULE = '''"""A workflow."""
import httpx
from pydantic import BaseModel
{top}

class Request(BaseModel):
    """In."""


class Item(BaseModel):
    """Row."""

    name: str = ""


class Response(BaseModel):
    """Out."""

    rows: list[Item]
    count: int = 0
    truncated: bool = False


async def run(request: Request, http: httpx.AsyncClient) -> Response:
    """Return rows."""
    {body}
    return Response(rows=[])
'''
PAGE = MODULE.replace("import httpx", "from playwright.async_api import Page").replace(
    "http: httpx.AsyncClient", "page: Page"
)


def module(top: str = "", body: str = "pass") -> str:
    return MODULE.format(top=top, body=body.replace("\n", "\n    "))


GITHUB = "ghp_" + "0123456789abcdefghijklmnopqrstuvwxyz"
BROKEN: dict[str, tuple[str, ...]] = {
    "AS001": ("async def run(request, http:", "```python\nx = 1\n```"),
    "AS002": ("#" * 100_001,),
    "AS003": ("x = " + "-" * 500 + "1",),
    "AS004": ("x = '\x07'",),
    "AS005": ("x = 0x" + "f" * 5000,),
    "AS101": (module(top="if True:\n    pass"), module(top="print"), module(top="a, b = 1, 2"), module(top="del httpx")),
    "AS102": (module(top="X = load()"), module(top="X = [n for n in (1, 2)]"), module(top="X = httpx.AsyncClient()")),
    "AS103": (module().replace("async def run", "def run"), module().replace("async def run", "async def go"),
              module(body="yield 1")),
    "AS104": (module().replace("request: Request, http: httpx.AsyncClient", "request, http"),
              module().replace("-> Response:", "-> dict:"), module().replace("http: httpx", "client: httpx"),
              module().replace("request: Request,", "request: Request, *,")),
    "AS105": (module().replace("class Request(BaseModel)", "class Params(BaseModel)"),
              module().replace("class Request(BaseModel)", "class Request"), module().replace("    rows: list", "    found: list")),
    "AS106": (module().replace('"""A workflow."""', ""), module().replace('"""Return rows."""', "")),
    "AS110": (module(body="global run"),),
    "AS201": (module(top="import os"), module(top="from bs4 import BeautifulSoup"), module(top="from . import x")),
    "AS202": (module(top="from json import codecs"), module(top="import asyncio", body="asyncio.run(1)"),
              module(body="httpx.get('https://site.test/')")),
    "AS203": (module(top="from json import *"),),
    "AS301": (module(body="eval('1')"), module(body="print(1)"), module(body="open")),
    "AS302": (module(body="rowz"),),
    "AS303": (module(top="__secret = 1"), module(body="x = lambda _getattr_: 1"), module(top="import json as _x_")),
    "AS304": (module(body="run.__globals__"), module(body="http._transport"), module(body="match 1:\n    case int(__class__=c): pass")),
    "AS305": (module(body="(i for i in []).gi_frame"), module(body="Item.parse_raw('x')")),
    "AS306": (module(body="'{0.__class__}'.format(1)"), module(body="str.format('x')"), module(body="('a' + 'b').format(1)")),
    "AS307": (module(body="getattr(run, '__code__')"), module(body="getattr(run, 'a' + 'b')"), module(body="map(getattr, [], [])"),
              module(body="getattr(run)")),
    "AS308": (module(body="Item.name = 1"), module(body="httpx.codes = 1"), module(body="dict.get = 1")),
    "AS309": (module(body="x = '__import__'"),),
    "AS310": (module(body="Item.model_validate(request, from_attributes=True)"), module(body="x = {'from_attributes': True}")),
    "AS401": (module(top="class C(httpx.AsyncClient):\n    pass"), module(top="class C(dict):\n    pass")),
    "AS402": (module(top="class C(BaseModel, metaclass=type):\n    pass"), module(top="class C(**{}):\n    pass")),
    "AS403": (module(top="@retry\ndef f():\n    pass"), module(top="from functools import lru_cache\n@lru_cache(run())\ndef f():\n    pass")),
    "AS404": (module(top="class C:\n    def __init_subclass__(cls):\n        pass"),),
    "AS405": (module(top="class C:\n    for x in ():\n        pass"), module(top="class C:\n    x = run()"),
              module(top="class C:\n    a, b = 1, 2")),
    "AS406": (module(body="type('C', (), {})"), module(top="from typing import TypedDict\nR = TypedDict('R', {})"),
              module(top="from typing import TypeVar\nT = TypeVar('T', covariant=True)")),
    "AS501": (module(top="class C(BaseModel):\n    x: \"open('x')\" = 1"), module(top="class C(BaseModel):\n    x: 'Nothing' = 1"),
              module(top="class C(BaseModel):\n    x: '1 +' = 1"), module(top="class C(BaseModel):\n    x: '_x' = 1")),
    "AS502": (module(top="from typing import Annotated\nfrom pydantic import Field\nclass C(BaseModel):\n"
                         "    x: Annotated[list[Item], Field(max_length=3)] = []"),),
    "AS601": (module(body="await http.get('https://other.test/x')"), module(top="BASE = 'http://site.test:8080'"),
              module(body="await http.get(f'https://other.test/{request}')"), module(top="X = 'https://[x/'")),
    "AS602": (module(body="await http.delete('https://site.test/x')"), module(body="await http.request('put', 'https://site.test/')"),
              module(top="from workflow_kit import send", body="await send(http, 'POST', 'https://site.test/')"),
              module(top="from workflow_kit import post_json", body="await post_json(http, 'https://site.test/', json=1)")),
    "AS603": (module(top=f"X = '{GITHUB}'"), module(top="API_KEY = 'a1b2c3d4e5f6a7b8c9d0'"),
              module(body="x = {'api_key': 'a1b2c3d4e5f6a7b8c9d0'}"), module(body="x = dict(token='a1b2c3d4e5f6a7b8c9d0')"),
              module(body="x = 'https://user:pass@site.test/'")),
    "AS604": (module(body="httpx.AsyncClient()"),),
    "AS701": (module(top="X = 10 ** 10 ** 10"), module(top="X = 'x' * 10 ** 9"), module(body="range(10 ** 9)"),
              module(top="X = 1 << 100"), module(top="X = 99999999999999999999"), module(body="request.x ** 99")),
    "AS702": (module(body="while True:\n    pass"),),
    "AS703": (module(body="try:\n    pass\nexcept:\n    pass"),),
    "AS704": (module(body="try:\n    pass\nexcept Exception:\n    pass"),),
    "AS801": (PAGE.format(top="", body="page.route"),),
    "AS802": (PAGE.format(top="", body="await page.goto('https://site.test/', wait_until='networkidle')"),),
    "AS901": (module(body="request.x |= 'a'"),),
    "AS902": (module(body="def f():\n    await x\nx = 1"),),
}  # fmt: skip
CASES = [(code, source) for code, sources in BROKEN.items() for source in sources]


def test_every_rule_has_a_case() -> None:
    assert set(BROKEN) == {rule.code for rule in RULES}


@requirement("BOX-1")
@pytest.mark.parametrize(("code", "source"), CASES, ids=[f"{code}-{i}" for i, (code, _) in enumerate(CASES)])
def test_a_rule_fires_with_reason_and_remedy(code: str, source: str) -> None:
    report = check(source, POLICY, "page" if code.startswith("AS8") else "http")
    found = [violation for violation in report.violations if violation.code == code]
    assert found
    assert all(v.message and v.reason and v.remedy and v.line >= 1 for v in found)


@pytest.mark.parametrize("source", [module(), module(body="x = 1"), module(top="_A = {'a': (1, 2)}")])
def test_a_plain_module_breaks_no_rule(source: str) -> None:
    assert check(source, POLICY).violations == ()


@pytest.mark.parametrize(
    "source",
    [
        module(top='__all__ = ["run"]'),
        module(body="x = request.__class__.__name__"),
        module(
            top="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from datetime import date\n"
            "class K(BaseModel):\n    day: date | None = None",
            body="K()",
        ),
        module(body="token = 'first-page-of-results-1'"),
        module(body="id = 3\ntype = id"),
        module(top="class K(BaseModel):\n    format: str = ''", body="K().format"),
    ],
)
def test_common_habits_are_admitted_and_run(source: str) -> None:
    assert check(source, POLICY).violations == ()
    assert call(load(source, POLICY))["rows"] == []


@requirement("BOX-1")
def test_every_rule_is_documented_and_numbered_once() -> None:
    docs = catalogue()
    assert [doc.code for doc in docs] == sorted({rule.code for rule in RULES})
    assert all(doc.title and doc.reason and doc.remedy and doc.bad_example for doc in docs)


@requirement("BOX-1")
def test_the_reference_of_the_rules_is_fresh() -> None:
    assert (ROOT / "docs" / "reference" / "rules.md").read_text() == render()


def test_a_host_outside_the_policy_is_refused_with_the_way_to_allow_it() -> None:
    source = module(body="await http.get('https://api.other.test/x')")
    (violation,) = check(source, POLICY).violations
    assert violation.code == "AS601"
    assert "--allow-host api.other.test" in violation.remedy
    assert check(source, Policy(hosts=(HostRule(host="other.test", subdomains=True),))).passed


@pytest.mark.parametrize(
    "body",
    [
        "x = 'https://schema.org/Event'",
        "x = f'https://{request}.site.test/'",
        "x = 'https://'",
        "x = 'see https://other.test'",
        "x = 'https://site.test/page?next=https://other.test'",
    ],
)
def test_texts_that_are_no_addresses_of_requests_are_admitted(body: str) -> None:
    assert check(module(body=body), POLICY).passed


def test_addresses_in_descriptions_and_docstrings_are_admitted() -> None:
    top = '''class C(BaseModel):
    """See https://docs.other.test."""

    url: str = Field(default="", description="https://x.test/ for example", examples=["https://y.test/"])'''
    assert check(module(top="from pydantic import Field\n" + top), POLICY).passed


def test_refused_code_names_its_first_violation_and_carries_all() -> None:
    with pytest.raises(CodeRefused) as refused:
        compile_workflow(module(top="import os", body="eval('1')"), POLICY)
    assert refused.value.code == "code_refused"
    assert "AS201" in refused.value.message
    assert {v["code"] for v in refused.value.facts["violations"]} == {"AS201", "AS301"}


def test_a_warning_alone_is_admitted() -> None:
    source = module().replace('"""A workflow."""', "")
    report = check(source, POLICY)
    assert [v.severity for v in report.violations] == ["warning"]
    assert report.passed
    assert compile_workflow(source, POLICY)


def test_results_depend_on_source_policy_and_interface() -> None:
    source = module(body="await http.get('https://site.test/')")
    assert check(source, POLICY).passed
    assert not check(source, Policy()).passed
    assert not check(source, POLICY, "page").passed
    assert compile_workflow(source, POLICY) is compile_workflow(source, POLICY)
