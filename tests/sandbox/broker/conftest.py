from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.broker import Broker, BrokerOptions
from tests.sandbox.sites import Site, serve


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serve() as running:
        yield running


@pytest.fixture
async def broker() -> AsyncIterator[Broker]:
    async with Broker(BrokerOptions()) as opened:
        yield opened
