"""The plan's models need not be written out by a model, and never change by being left out."""

from __future__ import annotations

import ast
from datetime import UTC, datetime

import pytest

from domain.plan import Plan
from generators.emit import emit
from generators.given_models import left_out, put_back
from generators.repair import fingerprint
from generators.write import read_code
from tests.generators.model_planner.test_recorded_plans import planned
from tests.generators.modelling import load_case
from tests.requirements import requirement

NOW = datetime(2027, 5, 12, tzinfo=UTC)


async def made(name: str) -> tuple[Plan, str]:
    case = load_case(name)
    plan = (await planned(case, case.query.planner)).plan
    return plan, emit(plan, NOW).code


@requirement("GEN-1", "PROVE-3")
@pytest.mark.parametrize("name", ["by-bay-founders-guild", "cheapest-wine-la", "pottery-archive-london"])
async def test_models_that_are_left_out_come_back_as_they_were(name: str) -> None:
    plan, code = await made(name)
    short = left_out(code, plan)
    assert len(short) < len(code) - 500
    assert fingerprint(put_back(short, plan)) == fingerprint(code)
    assert read_code(short, plan) == put_back(short, plan)


@requirement("GEN-1")
async def test_code_that_forgot_the_imports_of_the_models_gets_them() -> None:
    plan, code = await made("by-bay-founders-guild")
    bare = left_out(code, plan).replace("from pydantic import BaseModel, ConfigDict, Field\n", "")
    whole = put_back(bare, plan)
    names = {a.name for n in ast.walk(ast.parse(whole)) if isinstance(n, ast.ImportFrom) for a in n.names}
    assert {"BaseModel", "ConfigDict", "Field"} <= names
    assert ast.get_docstring(ast.parse(whole)) == ast.get_docstring(ast.parse(code))


@requirement("GEN-1")
async def test_other_models_than_the_plans_stay_as_they_are() -> None:
    plan, code = await made("by-bay-founders-guild")
    own = code.replace("class Item(BaseModel):\n", "class Item(BaseModel):\n    extra: int = 0\n")
    assert left_out(own, plan) == own
    assert put_back(own, plan) == own
