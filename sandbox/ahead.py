"""The first zygote started ahead of the runner, so that it warms up while the rest is imported.

Loading the broker and what a runner checks takes a third of a second, and the zygote half a second on a core of its
own. This module imports neither.
"""

from __future__ import annotations

import asyncio

from sandbox import doctor, jail
from sandbox.pool import Pool, PoolOptions


async def begin_pool(allow_weaker: tuple[str, ...] = ()) -> Pool:
    """Look at the machine, begin to start the first zygote, and return its pool for ``open_runner``.

    Raises:
        IsolationMissing: a mechanism is missing and not allowed to be.
    """
    machine = jail.this_machine()
    without = doctor.require(await asyncio.to_thread(doctor.report, machine), allow_weaker)
    pool = Pool(PoolOptions(machine=machine, without=without))
    await pool.begin()
    return pool
