from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import IsolationMissing
from domain.run import Outcome
from sandbox import doctor, jail, landlock
from sandbox.runner import RunnerOptions, open_runner
from tests.attacks.jail.raw import HARMLESS, compile_unchecked, execute
from tests.requirements import requirement

pytestmark = requirement("BOX-7")

NEEDED = ["bubblewrap", "user_namespaces", "landlock", "seccomp", "seccomp_notify", "rlimits", "pidfd"]


def test_the_table_names_every_mechanism_and_what_follows_without_it() -> None:
    table = doctor.report()
    assert [row.name for row in table] == [*NEEDED, "cgroups", "browser"]
    assert [row.name for row in table if row.required] == NEEDED
    assert all(row.how and row.consequence for row in table)


def test_this_machine_enforces_all_that_is_required() -> None:
    assert doctor.missing(doctor.report()) == ()
    assert landlock.abi() > 0


async def test_a_runner_refuses_a_machine_without_bubblewrap(tmp_path: Path) -> None:
    machine = jail.this_machine(search_path=str(tmp_path))
    assert machine.bubblewrap is None
    with pytest.raises(IsolationMissing) as caught:
        async with open_runner(RunnerOptions(machine=machine)):
            pytest.fail("it opened")
    assert caught.value.facts["missing"] == ["bubblewrap", "user_namespaces"]
    assert "bubblewrap" in caught.value.remedy


async def test_a_box_that_does_not_start_is_a_missing_mechanism(tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    machine = replace(jail.this_machine(), bubblewrap=str(broken))
    (row,) = doctor.missing(doctor.report(machine))
    assert row.name == "user_namespaces"
    assert "No permissions to create new namespace" in row.how


@pytest.mark.parametrize("name", NEEDED)
async def test_each_missing_mechanism_is_refused_unless_it_is_allowed_by_name(name: str) -> None:
    table = tuple(replace(row, enforced=row.name != name) for row in doctor.report())
    with pytest.raises(IsolationMissing, match=name):
        doctor.require(table, ())
    with pytest.raises(IsolationMissing, match=name):
        doctor.require(table, ("something_else",))
    assert doctor.require(table, (name,)) == {name}


async def test_the_weaker_level_runs_when_it_is_allowed_by_name(tmp_path: Path) -> None:
    machine = jail.this_machine(search_path=str(tmp_path))
    options = RunnerOptions(machine=machine, allow_weaker=("bubblewrap", "user_namespaces"), spare=0)
    async with open_runner(options, compiler=compile_unchecked) as runner:
        assert (await execute(runner, HARMLESS)).outcome is Outcome.OK
        escape = await execute(runner, "async def run(arguments, http):\n    return open('/etc/passwd').read()")
        assert escape.outcome is Outcome.FAILED  # what is there is still enforced
