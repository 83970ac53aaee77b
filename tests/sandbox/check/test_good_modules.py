"""What a good author writes passes, loads and runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.check import check
from sandbox.facade import warm
from tests.requirements import requirement
from tests.sandbox.check.site import POLICY, call, load

MODULES = sorted(path for path in (Path(__file__).parent / "good").glob("*.py"))
HTTP = [path for path in MODULES if not path.name.startswith("page_")]
PAGES = [path for path in MODULES if path.name.startswith("page_")]


@pytest.fixture(scope="module", autouse=True)
def _warmed() -> None:
    warm()  # as in the process that runs them


def test_there_are_modules_of_many_styles() -> None:
    assert len(MODULES) >= 25
    assert len(PAGES) >= 2


@requirement("BOX-1")
@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_good_module_has_no_violation(path: Path) -> None:
    report = check(path.read_text(), POLICY, "page" if path in PAGES else "http")
    assert [v for v in report.violations if v.severity == "error"] == []
    assert report.passed


@requirement("GEN-3")
@pytest.mark.parametrize("path", HTTP, ids=lambda path: path.stem)
def test_a_good_module_runs_behind_the_guards(path: Path) -> None:
    output = call(load(path.read_text()))
    assert output["count"] == len(output["rows"]) > 0


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_good_page_module_loads_behind_the_guards(path: Path) -> None:
    names = load(path.read_text(), interface="page")
    assert names["Request"].model_json_schema()["type"] == "object"
    assert callable(names["run"])


@requirement("GEN-4")
def test_modules_without_state_are_seen_to_be_so() -> None:
    stateless = {path.stem for path in HTTP if check(path.read_text(), POLICY).stateless}
    assert {"kit_json_cursor", "kit_html_list", "plain_httpx", "gather_details", "regex_and_text"} <= stateless
