"""Progress as clients need it."""

from __future__ import annotations

from domain.events import Progress, never_falling
from tests.requirements import requirement


@requirement("MCP-5")
def test_a_percentage_never_falls() -> None:
    seen: list[float] = []
    sink = never_falling(lambda event: seen.append(event.percent))
    for percent in (5.0, 40.0, 10.0, 50.0):
        sink(Progress(stage="s", message="m", percent=percent))
    assert seen == [5.0, 40.0, 40.0, 50.0]
