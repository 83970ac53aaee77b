from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from sandbox.runner import Runner, RunnerOptions, open_runner
from tests.attacks.jail.raw import compile_unchecked


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runner() -> AsyncIterator[Runner]:
    """One jail for the attacks of a module, so that what one leaves behind would meet the next."""
    async with open_runner(RunnerOptions(spare=1), compiler=compile_unchecked) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def checked() -> AsyncIterator[Runner]:
    """A jail for code that passes the check."""
    async with open_runner(RunnerOptions(spare=1)) as opened:
        yield opened
