"""What tests share: the events site, a school of its own, and targets that may be running."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.meaning import gazetteer
from school.app import School, open_school
from school.settings import load_settings
from tests import prepared
from tests.homes import furnished, towns

ROOT = Path(__file__).resolve().parents[1]
TODAY = date(2027, 5, 12)
NOW = "2027-05-12T12:00:00+00:00"

KEPT = ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_CONFIG")
"""What a command of a test gets of this process's environment; the last measures it where this one is measured."""

STARTS = frozenset({"command", "environment", "events_site", "postgres_server", "school", "server"})
"""Fixtures of tests that start processes."""

Command = Callable[..., subprocess.CompletedProcess[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that take longest, so that all of several workers have something to do until the end."""
    longest: dict[Path, float] = {}
    for item in items:
        longest[item.path] = max(longest.get(item.path, 0.0), _about_s(item))
    items.sort(key=lambda item: -longest[item.path])


def _about_s(item: pytest.Item) -> float:
    """Guess how long a test takes: its own time-out tells, then whether it needs a browser or other processes."""
    if (limit := item.get_closest_marker("timeout")) is not None:
        return float(limit.args[0])
    if item.get_closest_marker("browser") is not None:
        return 60.0
    return 30.0 if STARTS.intersection(getattr(item, "fixturenames", ())) else 0.0


@pytest.fixture(autouse=True, scope="session")
def _towns_at_hand() -> None:
    """Let tests without a school look towns up as one does, in the index rather than in the library's file."""
    gazetteer.towns_from(towns)


@pytest.fixture(scope="session")
def events_site() -> Iterator[str]:
    """Run the bundled events site in a process of its own and give its address."""
    with site_process() as url:
        yield url


@contextmanager
def site_process(*arguments: str) -> Iterator[str]:
    """Run the events site with further arguments; it prints its address once it answers."""
    line = ["-m", "examples.events_site", "--port", "0", "--seed", "7", "--today", TODAY.isoformat()]
    process = prepared.start(*line, *arguments, env=os.environ, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1].rstrip("/")
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[School]:
    settings = load_settings(home=furnished(tmp_path / "home"), now=datetime.fromisoformat(NOW), database="")
    async with open_school(settings) as opened:
        yield opened


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {
        **kept,
        "AGENT_SCHOOL_HOME": str(furnished(tmp_path / "home")),
        "AGENT_SCHOOL_NOW": NOW,
        "AGENT_SCHOOL_PLANNER": "builtin",
    }


@pytest.fixture
def command(environment: dict[str, str]) -> Command:
    """Run main.py as a user would, in a home of its own."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return prepared.run(prepared.MAIN, *arguments, env={**environment, **more}, timeout=90)

    return run


def one_object(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Read the one JSON object that a command printed, and make sure that it printed nothing else."""
    value: dict[str, Any] = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    return value
