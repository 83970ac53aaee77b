"""``check`` never raises, whatever the text."""

# ruff: noqa: E501 - one case a line reads best
from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain.policy import CheckReport, Policy
from sandbox.check import check
from tests.requirements import requirement

FRAGMENTS = st.sampled_from(
    ["async def run(request, http):\n    ", "return ", "class Request(BaseModel):\n    ", "x: '", "match x:\n    case ", "{", "}",
     "(", ")", "[", "]", ":", "=", "\n", "    ", "lambda ", "*", "**", "f'{", "}'", "await ", "async for x in y:", "import ",
     "from . import ", "__class__", ".format(", "@", "\\", "\0", "\ud800", "9" * 50, "x" * 50, "|=", ":=", "yield ", "del "]
)  # fmt: skip


@requirement("BOX-1")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
@example("\0")
@example("\ud800")
@example("\ufeffx = 1")
@example("def f(:\n")
@example("x = '\\N{no such}'")
@example("x = 0777")
@example("é = 1\nª = 2")
def test_any_text_gets_a_report(text: str) -> None:
    assert isinstance(check(text, Policy()), CheckReport)


@requirement("BOX-1")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FRAGMENTS, max_size=40).map("".join), st.sampled_from(["http", "page"]))
def test_any_mixture_of_python_gets_a_report(text: str, interface: str) -> None:
    report = check(text, Policy(), interface)  # type: ignore[arg-type]  # one of the two
    assert not report.passed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x = " + "(" * 5000, "AS001"),
        ("x = " + "(" * 150 + ")" * 150, "AS106"),
        ("x = " + "-" * 3000 + "1", "AS003"),
        ("x = " + "+".join(["a"] * 3000), "AS003"),
        ("x = a" + ".b" * 5000, "AS003"),
        ("x = " + "[" * 120 + "]" * 120, "AS003"),
        ("x = " + "9" * 5000, "AS001"),
        ("if x:\n" + "".join(" " * i + "if x:\n" for i in range(1, 99)), "AS001"),
        ("#" * 200_000, "AS002"),
        *(
            (text.replace("N", "0x" + "f" * 5000), "AS005")
            for text in (
                "getattr(x, N)",
                "class C(N):\n    pass",
                "@(N)()\ndef f():\n    pass",
                "f(**{N: 1})",
                "class C:\n    x: D[N] = 1\nclass D:\n    pass",
            )
        ),
        ("x = 0b" + "1" * 20_000, "AS005"),
        ("x = 1\ny = '\0'", "AS004"),
        ("x = '\u202e'", "AS004"),
        ("x = '\ud800'", "AS004"),
        ("return 1", "AS101"),
        ("x = " + " if 1 else ".join("1" * 500), "AS003"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_a_bad_text_is_named(text: str, code: str) -> None:
    report = check(text, Policy())
    assert not report.passed
    assert code in {violation.code for violation in report.violations}


@pytest.mark.timeout(15)
@pytest.mark.parametrize(
    "text",
    [
        "eyJ-" * 14_000,
        "Bearer " * 8_000,
        "http://a:" * 6_000,
        "-----BEGIN " * 5_000,
        "a1~" * 19_000,
        "{a." * 19_000,
        "__import" * 7_000,
    ],
    ids=lambda text: text[:9],
)
def test_no_text_keeps_the_rules_busy(text: str) -> None:
    assert not check(f"TOKEN = {text!r}", Policy()).passed


def test_a_thousand_breaches_are_as_bad_as_fifty() -> None:
    assert len(check("x = __a\n" * 5_000, Policy()).violations) == 50


def test_a_violation_points_at_its_line() -> None:
    report = check('"""Doc."""\nimport httpx\nimport os\n', Policy())
    assert [(v.code, v.line, v.column) for v in report.violations if v.code == "AS201"] == [("AS201", 3, 0)]
