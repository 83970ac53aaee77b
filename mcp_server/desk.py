"""What every handler is handed, and what it is handed per request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import mcp_types as types

from mcp_server.handles import Handles
from mcp_server.jobs import Jobs, open_jobs
from mcp_server.large import Results
from mcp_server.meters import Meters
from mcp_server.presence import Presence
from mcp_server.principals import Context, Principal
from mcp_server.sessions import Audience
from school.app import School


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The collaborators of all handlers of one server process.

    ``serving`` ends before the process does: who only waits in a call then tells the client where to ask later.
    """

    school: School
    audience: Audience
    jobs: Jobs
    results: Results
    meters: Meters
    handles: Handles = field(default_factory=Handles)
    serving: Presence = field(default_factory=Presence)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call of a tool: who asks, on which connection, with which answers to earlier questions.

    ``approved`` are the fields of the questions that a person approved in this call.
    """

    principal: Principal
    ctx: Context
    params: types.CallToolRequestParams
    approved: frozenset[str] = frozenset()

    @property
    def owner(self) -> str:
        """Whose tools, runs and jobs the call is about."""
        return self.principal.owner


@asynccontextmanager
async def open_desk(school: School) -> AsyncIterator[Desk]:
    """Open what the handlers need beside the school; jobs end with the block."""
    async with open_jobs(school) as jobs:
        audience = Audience()
        yield Desk(school=school, audience=audience, jobs=jobs, results=Results(), meters=Meters(jobs, audience))
