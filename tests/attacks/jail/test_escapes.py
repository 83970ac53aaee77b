"""Every escape runs with no code check before it; the jail alone makes it harmless."""

from __future__ import annotations

import pytest

from domain.run import Outcome
from sandbox.runner import Runner
from tests.attacks.jail.escapes import ESCAPES
from tests.attacks.jail.raw import HARMLESS, attack_code, execute
from tests.requirements import requirement

pytestmark = [pytest.mark.asyncio(loop_scope="module"), requirement("BOX-3")]


@pytest.mark.parametrize("name", sorted(ESCAPES))
async def test_escape_fails_and_the_next_call_works(runner: Runner, name: str) -> None:
    run = await execute(runner, attack_code(ESCAPES[name]))
    assert run.output is None
    assert run.outcome is not Outcome.OK
    assert (await execute(runner, HARMLESS, arguments={"after": name})).rows == [{"after": name}]


async def test_an_escape_that_is_possible_would_be_seen(runner: Runner) -> None:
    run = await execute(runner, attack_code("return os.getpid()"))
    assert run.outcome is Outcome.OK


async def test_nothing_is_inherited_but_one_descriptor(runner: Runner) -> None:
    code = attack_code(
        "import select\nfound = []\nfor number in range(64):\n    try:\n        os.lseek(number, 0, 1)\n"
        "        found.append(number)\n    except OSError as error:\n"
        "        if error.errno != errno.EBADF: found.append(number)\nreturn found, dict(os.environ), os.getuid()"
    )
    run = await execute(runner, code)
    assert run.output is not None
    assert run.output["got"] == "([0, 1, 2, 3], {}, 65534)"


async def test_writing_to_the_standard_streams_reaches_nobody(
    runner: Runner, capfd: pytest.CaptureFixture[str]
) -> None:
    run = await execute(runner, attack_code("print('to the stream')\nreturn [os.write(n, b'raw') for n in (1, 2)]"))
    assert run.outcome is Outcome.OK
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "blow", ["ctypes.string_at(0)", "os.abort()", "os._exit(0)", "os._exit(3)", "raise SystemExit(0)"]
)
async def test_a_child_that_dies_is_a_failed_run_and_the_zygote_lives(runner: Runner, blow: str) -> None:
    run = await execute(runner, attack_code(blow))
    assert run.outcome is Outcome.FAILED
    assert run.error is not None
    assert run.error.code in ("died", "run_failed")
    assert (await execute(runner, HARMLESS)).outcome is Outcome.OK
