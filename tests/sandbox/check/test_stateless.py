"""What one call could leave for the next keeps a version off the fast level."""

# ruff: noqa: E501 - one case a line reads best
from __future__ import annotations

from typing import Any

import pytest

from sandbox.check import check
from sandbox.facade.fingerprint import fingerprint
from tests.requirements import requirement
from tests.sandbox.check.site import POLICY, call, load
from tests.sandbox.check.test_rules import module

STATEFUL = {
    "a list of the module": module(top="SEEN = []", body="SEEN.append(1)"),
    "a dict of the module": module(top="SEEN = {}", body="SEEN['a'] = 1"),
    "an alias of a list": module(top="SEEN = []\nALSO = SEEN", body="ALSO.append(1)"),
    "a list handed on": module(top="SEEN = []\ndef f(x):\n    x.append(1)", body="f(SEEN)"),
    "a list inside a dict": module(top="SEEN = {'a': []}", body="SEEN['a'].append(1)"),
    "a mutable default": module(top="def f(acc=[]):\n    acc.append(1)", body="f()"),
    "a default that is made": module(top="def f(acc=dict()):\n    return acc", body="f()"),
    "a cache": module(top="from functools import lru_cache\n@lru_cache\ndef f():\n    return 1", body="f()"),
    "a list in a class": module(top="class K:\n    seen = []", body="K.seen.append(1)"),
    "a class variable": module(top="from typing import ClassVar\nclass K(BaseModel):\n    seen: ClassVar[list[int]] = []"),
    "model_fields": module(body="Item.model_fields['x'] = 1"),
    "model_config": module(body="config = Item.model_config\nconfig['x'] = 1"),
    "a factory of its own": module(top="from pydantic import Field\ndef f():\n    return 1\nclass K(BaseModel):\n"
                                       "    x: int = Field(default_factory=f)"),
    "cls": module(top="class K:\n    @classmethod\n    def f(cls):\n        cls.x = 1"),
    "a dataclass field": module(top="class K:\n    seen = {}"),
}  # fmt: skip
PLAIN = {
    "nothing": module(),
    "a table that is read": module(top="T = {'a': 1}\nL = ['x', 'y']",
                                   body="x = T['a'], T.get('b'), 'x' in L, len(L), [v for v in L], {**T, 'c': 2}, [*L]"),
    "patterns and sets": module(top="import re\nP = re.compile('x')\nS = frozenset({'a'})", body="x = P.search('x'), 'a' in S"),
    "local state": module(body="seen = []\nseen.append(1)\ncounts = {}\ncounts['a'] = 1"),
    "fields with defaults": module(top="class K(BaseModel):\n    tags: list[str] = []", body="K().tags.append('x')"),
    "a local of the same name": module(top="T = (1,)", body="T = {}\nT['a'] = 1"),
    "objects of the call": module(top="class K:\n    def __init__(self):\n        self.x = 1", body="k = K()\nk.x = 2"),
    "an adapter": module(top="from pydantic import TypeAdapter\nA = TypeAdapter(list[Item])".replace("Item", "int")),
}  # fmt: skip


@requirement("BOX-3")
@pytest.mark.parametrize("name", STATEFUL)
def test_state_between_calls_is_seen(name: str) -> None:
    assert not check(STATEFUL[name], POLICY).stateless


@requirement("BOX-3")
@pytest.mark.parametrize("name", PLAIN)
def test_a_module_without_state_may_be_kept(name: str) -> None:
    report = check(PLAIN[name], POLICY)
    assert report.violations == ()
    assert report.stateless


def test_page_workflows_are_never_kept() -> None:
    source = (
        module()
        .replace("import httpx", "from playwright.async_api import Page")
        .replace("http: httpx.AsyncClient", "page: Page")
    )
    report = check(source, POLICY, "page")
    assert (report.passed, report.stateless) == (True, False)


@requirement("BOX-3")
@pytest.mark.parametrize(
    "name",
    ["a list of the module", "a dict of the module", "a list handed on", "a list inside a dict", "a mutable default"],
)
def test_the_fingerprint_sees_what_a_call_changed(name: str) -> None:
    names: dict[str, Any] = load(STATEFUL[name])
    before = fingerprint(names)
    assert fingerprint(names) == before
    call(names)
    assert fingerprint(names) != before


@requirement("BOX-3")
@pytest.mark.parametrize("name", PLAIN)
def test_the_fingerprint_of_a_stateless_module_stays(name: str) -> None:
    names = load(PLAIN[name])
    before = fingerprint(names)
    call(names)
    assert fingerprint(names) == before
